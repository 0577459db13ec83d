//! The class `Autoencoder`.

use std::cell::OnceCell;
use std::rc::Rc;

use serde::Deserialize;
use wasm_bindgen::prelude::*;

use super::convert::{Answer, floats, from_js, object, to_js};
use super::dataset::Dataset;
use super::resident::{Resident, Shared, Slot};
use crate::data;
use crate::device::Device;
use crate::error::{Error, Result};
use crate::generate::autoencoder::{self, AutoencoderOptions, Prior, partners};
use crate::generate::latent::Pca;

/// An autoencoder and what it learns from.
pub(super) struct Pupil {
    pub autoencoder: autoencoder::Autoencoder,
    pub data: Rc<data::Dataset>,
    /// The rooms that the images show, and their seed.
    pub rooms: Option<(data::Rooms, u32)>,
    partners: Option<Vec<f32>>,
    /// Of the training images, all components; that of the data set.
    pub pca: Rc<OnceCell<Pca>>,
    generation: u32,
}

impl Resident for Pupil {
    async fn move_to(&mut self, device: &Device) -> Result<()> {
        self.autoencoder.move_to(device, &self.data, self.partners.as_deref()).await
    }

    fn generation(&mut self) -> &mut u32 {
        &mut self.generation
    }
}

/// `SampleOptions` of types-generate.ts.
#[derive(Deserialize)]
#[serde(default)]
struct Sampling {
    prior: Prior,
    seed: u32,
}

impl Default for Sampling {
    fn default() -> Self {
        Self { prior: Prior::Standard, seed: 0 }
    }
}

#[wasm_bindgen]
pub struct Autoencoder {
    pub(super) shared: Rc<Shared>,
    pub(super) pupil: Rc<Slot<Pupil>>,
}

impl Autoencoder {
    pub(super) async fn create(shared: Rc<Shared>, dataset: &Dataset, options: JsValue) -> Result<Self> {
        let options: AutoencoderOptions = from_js("options", options)?;
        let data = dataset.data();
        let partners = match (options.pairs, dataset.rooms()) {
            (None, _) => None,
            (Some(_), Some((rooms, seed))) => Some(partners(&rooms, seed).pixels),
            (Some(_), None) => return Err(Error::option("pairs", "are made of rooms only")),
        };
        let autoencoder = autoencoder::Autoencoder::new(&shared.device(), &data, partners.as_deref(), options).await?;
        let (rooms, pca, generation) = (dataset.rooms(), dataset.pca(), shared.generation());
        let pupil = Slot::new(Pupil { autoencoder, data, rooms, partners, pca, generation });
        Ok(Self { shared, pupil })
    }

    async fn with<T>(&self, mut work: impl AsyncFnMut(&mut autoencoder::Autoencoder) -> Result<T>) -> Answer<T> {
        Ok(self.shared.run(&self.pupil, async |pupil| work(&mut pupil.autoencoder).await).await?)
    }
}

/// `{ codes, images }`.
fn walk((codes, images): (Vec<f32>, Vec<f32>)) -> JsValue {
    object([("codes", floats(&codes)), ("images", floats(&images))])
}

#[wasm_bindgen]
impl Autoencoder {
    /// An `AutoencoderRun`.
    pub async fn run(&self, steps: usize) -> Answer<JsValue> {
        Ok(to_js(&self.with(async |it| it.run(steps).await).await?))
    }

    /// `{ codes, deviations }`: the latter `null` where it is not variational.
    pub async fn encode(&self, images: Vec<f32>) -> Answer<JsValue> {
        let (codes, deviations) = self.with(async |it| it.encode(&images).await).await?;
        let deviations = if deviations.is_empty() { JsValue::NULL } else { floats(&deviations) };
        Ok(object([("codes", floats(&codes)), ("deviations", deviations)]))
    }

    pub async fn decode(&self, codes: Vec<f32>) -> Answer<JsValue> {
        Ok(floats(&self.with(async |it| it.decode(&codes).await).await?))
    }

    /// `{ images, errors, mse }`.
    pub async fn reconstruct(&self, images: Vec<f32>) -> Answer<JsValue> {
        let back = self.with(async |it| it.reconstruct(&images).await).await?;
        Ok(object([("images", floats(&back.images)), ("errors", floats(&back.errors)), ("mse", floats(&back.mse))]))
    }

    /// `options` is a `SampleOptions`; a fitted prior is fitted to the training images, at most 512 of them.
    pub async fn sample(&self, n: usize, options: JsValue) -> Answer<JsValue> {
        let options: Sampling = from_js("options", options)?;
        let work = async |pupil: &mut Pupil| {
            let (it, data) = (&mut pupil.autoencoder, &pupil.data);
            let size: usize = data.shape.iter().product();
            let codes = match options.prior {
                Prior::Standard => Vec::new(),
                Prior::Fitted => it.encode(&data.train.pixels[..data.train.len().min(512) * size]).await?.0,
            };
            let z = it.draw(n, options.prior, &codes, options.seed)?;
            let images = it.decode(&z).await?;
            Ok((z, images))
        };
        Ok(walk(self.shared.run(&self.pupil, work).await?))
    }

    pub async fn interpolate(&self, a: Vec<f32>, b: Vec<f32>, n: usize) -> Answer<JsValue> {
        Ok(walk(self.with(async |it| it.interpolate(&a, &b, n).await).await?))
    }

    pub async fn grid(&self, side: usize, latents: Vec<usize>, code: Vec<f32>) -> Answer<JsValue> {
        let latents = <[usize; 2]>::try_from(latents).map_err(|_| Error::option("latents", "must be two"))?;
        Ok(walk(self.with(async |it| it.grid(latents, side, &code).await).await?))
    }

    pub async fn traverse(&self, code: Vec<f32>, latent: usize, low: f32, high: f32, n: usize) -> Answer<JsValue> {
        Ok(walk(self.with(async |it| it.traverse(&code, latent, [low, high], n).await).await?))
    }

    /// `LatentSummary[]`.
    pub async fn latents(&self, images: Vec<f32>) -> Answer<JsValue> {
        Ok(to_js(&self.with(async |it| it.summarise(&images).await).await?))
    }

    /// An `AutoencoderCost`.
    pub async fn cost(&self) -> Answer<JsValue> {
        Ok(to_js(&self.with(async |it| Ok(it.cost())).await?))
    }

    #[wasm_bindgen(js_name = setLearningRate)]
    pub async fn set_learning_rate(&self, rate: f32) -> Answer<()> {
        self.with(async |it| it.set_learning_rate(rate)).await
    }

    #[wasm_bindgen(js_name = setStrength)]
    pub async fn set_strength(&self, strength: f32) -> Answer<()> {
        self.with(async |it| it.set_strength(strength)).await
    }

    /// Back to the first weights; with `seed` to those of another.
    pub async fn rewind(&self, seed: Option<u32>) -> Answer<()> {
        self.with(async |it| match seed {
            Some(seed) => it.new_seed(seed).await,
            None => it.rewind().await,
        })
        .await
    }
}
