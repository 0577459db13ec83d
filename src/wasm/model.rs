//! The class `Model`: a handle on a network.

use std::rc::Rc;

use js_sys::Array;
use wasm_bindgen::prelude::*;

use super::convert::{Answer, explanation, floats, from_js, now, object, to_js};
use super::dataset::Dataset;
#[cfg(feature = "explain")]
use super::measure::Measurement;
use super::network::Network;
use super::resident::{Shared, Slot};
use super::trainer::Trainer;
use crate::attack::AttackOptions;
use crate::error::{Error, Result};
use crate::explain::ExplainOptions;
#[cfg(feature = "explain")]
use crate::explain::measure::{MeasureOptions, Protocol};
use crate::nn::Architecture;
use crate::train::TrainOptions;

#[wasm_bindgen]
pub struct Model {
    shared: Rc<Shared>,
    network: Rc<Slot<Network>>,
}

impl Model {
    pub(super) async fn create(shared: Rc<Shared>, architecture: Architecture, seed: u32) -> Result<Self> {
        let network = Slot::new(Network::new(&shared, architecture, seed).await?);
        Ok(Self { shared, network })
    }

    async fn with<T>(&self, work: impl AsyncFnMut(&mut Network) -> Result<T>) -> Answer<T> {
        Ok(self.shared.run(&self.network, work).await?)
    }
}

fn prediction([logits, probabilities]: &[Vec<f32>; 2]) -> JsValue {
    object([("logits", floats(logits)), ("probabilities", floats(probabilities))])
}

#[wasm_bindgen]
impl Model {
    /// A `ModelSummary`.
    pub fn summary(&self) -> Answer<JsValue> {
        Ok(to_js(self.network.take()?.model().summary()))
    }

    /// `[C, H, W]`.
    pub fn input(&self) -> Answer<JsValue> {
        Ok(to_js(&self.network.take()?.model().architecture().input))
    }

    /// A trainer that takes this model over.
    pub async fn trainer(&self, data: &Dataset, options: JsValue) -> Answer<Trainer> {
        let options: TrainOptions = from_js("options", options)?;
        let number = self.with(async |network| network.train(&self.shared, data.data(), options.clone()).await).await?;
        Ok(Trainer::new(self.shared.clone(), self.network.clone(), number))
    }

    /// A `Prediction`; `n`, where given, must be the number of images.
    pub async fn predict(&self, images: Vec<f32>, n: Option<usize>) -> Answer<JsValue> {
        let predicted = self.with(async |network| {
            let count = network.count(&images)?;
            match n {
                Some(n) if n != count => Err(Error::option("n", format!("there are {count} images, not {n}"))),
                _ => network.predict(&images).await,
            }
        });
        Ok(prediction(&predicted.await?))
    }

    /// `Named[]`, one per layer.
    pub async fn activations(&self, image: Vec<f32>) -> Answer<Array> {
        self.with(async |network| network.activations(&image).await).await
    }

    /// `Named[]`.
    pub async fn weights(&self) -> Answer<Array> {
        self.with(async |network| network.weights().await).await
    }

    /// `{ loss, gradients: Named[], input }`.
    pub async fn gradients(&self, images: Vec<f32>, labels: Vec<u32>) -> Answer<JsValue> {
        let (loss, gradients, input) = self.with(async |network| network.gradients(&images, &labels).await).await?;
        Ok(object([("loss", loss.into()), ("gradients", gradients.into()), ("input", floats(&input))]))
    }

    /// An `Explanation`; without `classes` for the predicted ones.
    pub async fn explain(&self, method: JsValue, images: Vec<f32>, classes: Option<Vec<u32>>, options: JsValue) -> Answer<JsValue> {
        let method = from_js("method", method)?;
        let options: ExplainOptions = from_js("options", options)?;
        let start = now();
        let found = self.with(async |network| network.explain(method, &images, classes.as_deref(), &options).await).await?;
        Ok(explanation(&found, now() - start))
    }

    /// A comparison of explanation methods, from `MeasureSettings`.
    #[cfg(feature = "explain")]
    pub fn measurement(&self, options: JsValue) -> Answer<Measurement> {
        let options: MeasureOptions = from_js("options", options)?;
        let protocol = Protocol::new(self.network.take()?.model(), options)?;
        Ok(Measurement::new(self.shared.clone(), self.network.clone(), protocol))
    }

    /// An `AttackResult`.
    pub async fn attack(&self, images: Vec<f32>, labels: Vec<u32>, options: JsValue) -> Answer<JsValue> {
        let options: AttackOptions = from_js("options", options)?;
        self.with(async |network| {
            let adversarial = network.attack(&images, &labels, &options).await?;
            let before = network.predict(&images).await?;
            let after = network.predict(&adversarial).await?;
            Ok(object([("adversarial", floats(&adversarial)), ("before", prediction(&before)), ("after", prediction(&after))]))
        })
        .await
    }

    /// Accuracy on the images `start..end` of a split under attack, for each of `epsilons`.
    pub async fn robustness(
        &self,
        data: &Dataset,
        split: String,
        start: usize,
        end: usize,
        epsilons: Vec<f32>,
        options: JsValue,
    ) -> Answer<Vec<f32>> {
        let options: AttackOptions = from_js("options", options)?;
        let part = data.part(&split)?;
        if start >= end || end > part.len() {
            return Err(Error::option("split", format!("has {} images, {start} to {end} were asked for", part.len())).into());
        }
        let images = part.select(&(start..end).collect::<Vec<_>>());
        self.with(async |network| network.robustness(&images, &options, &epsilons).await).await
    }
}
