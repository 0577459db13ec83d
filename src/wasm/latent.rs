//! What an `Autoencoder`'s codes are worth.

use wasm_bindgen::prelude::*;

use super::autoencoder::{Autoencoder, Pupil};
use super::convert::{Answer, floats, indices, object, to_js};
use super::dataset::parse_split;
use crate::data::Images;
use crate::device::Device;
use crate::error::{Error, Result};
use crate::generate::latent::{self, Labelled, Pca};
use crate::train::Split;

/// Neighbours that vote.
const NEIGHBOURS: usize = 5;
/// Held-out images by which classifiers are judged, at most.
const JUDGED: usize = 2000;

impl Pupil {
    /// The images of `split`, at most `most` of them.
    fn part(&self, split: Split, most: usize) -> Images {
        let images = match split {
            Split::Train => &self.data.train,
            Split::Validation => &self.data.validation,
        };
        images.select(&(0..images.len().min(most)).collect::<Vec<_>>())
    }

    /// The images by which classifiers are judged.
    pub(super) fn judges(&self) -> Images {
        self.part(Split::Validation, JUDGED)
    }

    /// A `Probe` of classifiers that learnt from `train`.
    pub(super) async fn probe(&mut self, device: &Device, train: &Images) -> Result<JsValue> {
        let test = self.judges();
        let (from, _) = self.autoencoder.encode(&train.pixels).await?;
        let (to, _) = self.autoencoder.encode(&test.pixels).await?;
        let classes = self.data.classes.len();
        let mut found = Vec::new();
        for (x, y) in [(&from, &to), (&train.pixels, &test.pixels)] {
            let (train, test) = (Labelled { x, labels: &train.labels }, Labelled { x: y, labels: &test.labels });
            let knn = latent::knn(train, test, NEIGHBOURS)?.accuracy;
            let logistic = latent::logistic(device, train, test, classes).await?.accuracy;
            found.push(object([("knn", knn.into()), ("logistic", logistic.into())]));
        }
        let [codes, pixels] = [found.remove(0), found.remove(0)];
        let (n, m) = (train.len(), test.len());
        Ok(object([("codes", codes), ("pixels", pixels), ("train", n.into()), ("validation", m.into())]))
    }

    /// The six factors of image `i` of `split`.
    fn factors(&self, split: Split, i: usize) -> Result<[u32; 6]> {
        let Some((rooms, seed)) = &self.rooms else { return Err(Error::option("data", "only rooms have known factors")) };
        let first = match split {
            Split::Train => 0,
            Split::Validation => rooms.validation().start,
        };
        Ok(rooms.room(*seed, first + i).factors.map(|value| value as u32))
    }
}

#[wasm_bindgen]
impl Autoencoder {
    /// The factors of images of rooms, `[n, 6]`.
    pub async fn factors(&self, split: String, chosen: Vec<u32>) -> Answer<JsValue> {
        let split = parse_split(&split)?;
        let work = async |pupil: &mut Pupil| chosen.iter().map(|&i| pupil.factors(split, i as usize)).collect::<Result<Vec<_>>>();
        Ok(indices(&self.shared.run(&self.pupil, work).await?.concat()))
    }

    /// A `Disentanglement` over at most `most` images of `split`.
    pub async fn disentanglement(&self, split: String, most: usize) -> Answer<JsValue> {
        let split = parse_split(&split)?;
        let work = async |pupil: &mut Pupil| {
            let images = pupil.part(split, most.max(1));
            let factors = (0..images.len()).map(|i| pupil.factors(split, i)).collect::<Result<Vec<_>>>()?.concat();
            let (codes, _) = pupil.autoencoder.encode(&images.pixels).await?;
            latent::disentanglement(&codes, pupil.autoencoder.options().latent, &factors, 6)
        };
        Ok(to_js(&self.shared.run(&self.pupil, work).await?))
    }

    /// A `Probe`: classifiers learn from codes, and from pixels, of at most `most` training images.
    pub async fn probe(&self, most: usize) -> Answer<JsValue> {
        let work = async |pupil: &mut Pupil| {
            let train = pupil.part(Split::Train, most.max(1));
            pupil.probe(&self.shared.device(), &train).await
        };
        Ok(self.shared.run(&self.pupil, work).await?)
    }

    /// Indices of the `k` of at most `most` training images whose codes are nearest to that of `image`, and of those whose pixels are.
    pub async fn similar(&self, image: Vec<f32>, k: usize, most: usize) -> Answer<JsValue> {
        let work = async |pupil: &mut Pupil| {
            let images = pupil.part(Split::Train, most.max(1));
            let (own, _) = pupil.autoencoder.encode(&image).await?;
            let (codes, _) = pupil.autoencoder.encode(&images.pixels).await?;
            let list = |of: Vec<usize>| indices(&of.into_iter().map(|i| i as u32).collect::<Vec<_>>());
            let (by_code, by_pixel) = (latent::nearest(&codes, &own, k), latent::nearest(&images.pixels, &image, k));
            Ok(object([("codes", list(by_code)), ("pixels", list(by_pixel))]))
        };
        Ok(self.shared.run(&self.pupil, work).await?)
    }

    /// Of a linear one a `Principal`: the angles between what it decodes into and the subspace of PCA, over the training images.
    pub async fn principal(&self) -> Answer<JsValue> {
        let work = async |pupil: &mut Pupil| {
            let columns = pupil.autoencoder.decoder_columns().await?;
            let k = columns.len();
            let pca = match pupil.pca.get() {
                Some(pca) => pca,
                None => {
                    let values = pupil.data.shape.iter().product();
                    let pca = Pca::new(&pupil.data.train.pixels, values, values)?;
                    pupil.pca.get_or_init(|| pca)
                }
            };
            let single = |values: &[f64]| floats(&values.iter().map(|&v| v as f32).collect::<Vec<_>>());
            let own = pca.error_of(&pupil.autoencoder.reconstruct(&pca.probes()).await?.images)?;
            let components = &pca.components[..k.min(pca.components.len())];
            Ok(object([
                ("angles", single(&latent::principal_angles(&columns, components))),
                ("components", single(&components.concat())),
                ("columns", single(&columns.concat())),
                ("variances", single(&pca.variances)),
                ("error", pca.error(k).into()),
                ("own", own.into()),
            ]))
        };
        Ok(self.shared.run(&self.pupil, work).await?)
    }
}
