//! Data sets: drawn, read from files or taken over from arrays.

#[cfg(feature = "generate")]
use std::cell::OnceCell;
use std::rc::Rc;

use js_sys::{Array, Float32Array, Uint8Array, Uint32Array};
use serde::Deserialize;
use wasm_bindgen::prelude::*;

use super::convert::{Answer, floats, from_js, indices, object, property, to_js};
use crate::data::{self, Images, split};
use crate::error::{Error, Result};
#[cfg(feature = "generate")]
use crate::generate::latent::Pca;
use crate::train::Split;

/// `DatasetOptions` of the client, which fills in the defaults.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Options {
    validation_fraction: f32,
    seed: u32,
}

/// The most classes of own images without names for them.
const MAX_CLASSES: u32 = 65_536;

#[wasm_bindgen]
pub struct Dataset {
    data: Rc<data::Dataset>,
    /// The rooms that the images show, and their seed: where the object is in each.
    rooms: Option<(data::Rooms, u32)>,
    /// Of the training images; made when first asked for, and the same for all who learn from them.
    #[cfg(feature = "generate")]
    pca: Rc<OnceCell<Pca>>,
}

impl Dataset {
    /// From a `DataSource`. Fields that hold arrays are read by hand: parsing them number by number would be slow.
    pub(super) fn open(source: &JsValue, options: &JsValue) -> Result<Self> {
        let options: Options = from_js("options", options.clone())?;
        if !(0.0..1.0).contains(&options.validation_fraction) {
            return Err(Error::option("validationFraction", "must be at least 0 and below 1"));
        }
        let kind = property(source, "kind").as_string().unwrap_or_default();
        let mut drawn = None;
        let data = match kind.as_str() {
            "digits" => data::digits(),
            "rooms" => {
                let rooms: data::Rooms = from_js("rooms", source.clone())?;
                drawn = Some((rooms, options.seed));
                rooms.dataset(options.seed)?
            }
            "strokes" => from_js::<data::Strokes>("strokes", source.clone())?.dataset(options.seed)?,
            "files" => data::idx::dataset(&files(source)?, options.seed)?,
            "arrays" => arrays(source, &options)?,
            _ => return Err(Error::option("kind", format!("`{kind}` is none of digits, rooms, strokes, files, arrays"))),
        };
        Ok(Self {
            data: Rc::new(data),
            rooms: drawn,
            #[cfg(feature = "generate")]
            pca: Rc::default(),
        })
    }

    pub(super) fn data(&self) -> Rc<data::Dataset> {
        self.data.clone()
    }

    /// The rooms that the images show, and their seed.
    #[cfg(feature = "generate")]
    pub(super) fn rooms(&self) -> Option<(data::Rooms, u32)> {
        self.rooms
    }

    #[cfg(feature = "generate")]
    pub(super) fn pca(&self) -> Rc<OnceCell<Pca>> {
        self.pca.clone()
    }

    pub(super) fn part(&self, split: &str) -> Result<&Images> {
        match parse_split(split)? {
            Split::Train => Ok(&self.data.train),
            Split::Validation => Ok(&self.data.validation),
        }
    }

    /// `chosen`, unless the split is smaller.
    fn indices(&self, split: &str, chosen: Vec<u32>) -> Result<Vec<usize>> {
        let n = self.part(split)?.len();
        match chosen.iter().find(|&&i| i as usize >= n) {
            Some(i) => Err(Error::option("indices", format!("there is no image {i}; the split has {n}"))),
            None => Ok(chosen.into_iter().map(|i| i as usize).collect()),
        }
    }
}

#[wasm_bindgen]
impl Dataset {
    /// A `DatasetInfo`.
    pub fn info(&self) -> JsValue {
        let (mean, std) = self.data.mean_std();
        object([
            ("title", self.data.title.as_str().into()),
            ("source", self.data.source.as_str().into()),
            ("shape", to_js(&self.data.shape)),
            ("classes", to_js(&self.data.classes)),
            ("train", self.data.train.len().into()),
            ("validation", self.data.validation.len().into()),
            ("mean", to_js(&mean)),
            ("std", to_js(&std)),
            ("masks", self.rooms.is_some().into()),
        ])
    }

    pub fn images(&self, split: String, chosen: Vec<u32>) -> Answer<JsValue> {
        let images = self.part(&split)?.select(&self.indices(&split, chosen)?);
        Ok(object([("pixels", floats(&images.pixels)), ("labels", indices(&images.labels))]))
    }

    /// `[n, H, W]`, the share of each pixel that the object covers.
    pub fn masks(&self, split: String, chosen: Vec<u32>) -> Answer<Vec<f32>> {
        let chosen = self.indices(&split, chosen)?;
        let Some((rooms, seed)) = &self.rooms else {
            return Err(Error::option("data", "only rooms know where their object is").into());
        };
        let first = match parse_split(&split)? {
            Split::Train => 0,
            Split::Validation => rooms.validation().start,
        };
        let masks = chosen.into_iter().map(|i| rooms.room(*seed, first + i).render(rooms.size).mask);
        Ok(masks.collect::<Vec<_>>().concat())
    }
}

/// `train` or `validation`.
pub fn parse_split(word: &str) -> Result<Split> {
    match word {
        "train" => Ok(Split::Train),
        "validation" => Ok(Split::Validation),
        _ => Err(Error::option("split", format!("`{word}` is neither train nor validation"))),
    }
}

/// The files of `{ files: { name, bytes }[] }`.
fn files(source: &JsValue) -> Result<Vec<(String, Vec<u8>)>> {
    let read = |file: JsValue| {
        let name = property(&file, "name").as_string().unwrap_or_default();
        match property(&file, "bytes").dyn_into::<Uint8Array>() {
            Ok(bytes) => Ok((name, bytes.to_vec())),
            Err(_) => Err(Error::data(name, "`bytes` must be a Uint8Array")),
        }
    };
    property(source, "files").dyn_into::<Array>().map_err(|_| Error::option("files", "must be a list"))?.iter().map(read).collect()
}

/// `{ images, labels, shape, classes? }`, split by class; classes are numbered where they have no names.
fn arrays(source: &JsValue, options: &Options) -> Result<data::Dataset> {
    let pixels =
        property(source, "images").dyn_into::<Float32Array>().map_err(|_| Error::option("images", "must be a Float32Array"))?;
    let labels =
        property(source, "labels").dyn_into::<Uint32Array>().map_err(|_| Error::option("labels", "must be a Uint32Array"))?;
    let shape: [usize; 3] = from_js("shape", property(source, "shape"))?;
    let all = Images { pixels: pixels.to_vec(), labels: labels.to_vec() };
    let names: Option<Vec<String>> = from_js("classes", property(source, "classes"))?;
    let classes = match (names, all.labels.iter().copied().max().unwrap_or(0)) {
        (Some(names), _) => names,
        (None, last) if last < MAX_CLASSES => (0..=last).map(|class| class.to_string()).collect(),
        (None, last) => return Err(Error::option("labels", format!("{last} must be below {MAX_CLASSES}"))),
    };
    let (train, validation) = split::stratified(&all.labels, options.validation_fraction, options.seed);
    let whole = data::Dataset::new("Own images", "Handed over by the page.", shape, classes, all, Images::default())?;
    Ok(data::Dataset { train: whole.train.select(&train), validation: whole.train.select(&validation), ..whole })
}
