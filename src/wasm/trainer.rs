//! The class `Trainer`: a training run.

use std::rc::Rc;

use js_sys::Array;
use wasm_bindgen::prelude::*;

use super::convert::{Answer, floats, from_js, indices, named, object, property, read_tensor, to_js};
use super::dataset::parse_split;
use super::network::Network;
use super::resident::{Shared, Slot};
use crate::error::{Error, Result};
use crate::graph::DType;
use crate::train::{self, Checkpoint, StepMetric};

/// Steps between two looks at whether all is well: where a GPU is lost, so many are done again.
const BLOCK: usize = 64;

/// A handle on the trainer that a network was given as number `number`.
#[wasm_bindgen]
pub struct Trainer {
    shared: Rc<Shared>,
    network: Rc<Slot<Network>>,
    number: u32,
}

impl Trainer {
    pub(super) fn new(shared: Rc<Shared>, network: Rc<Slot<Network>>, number: u32) -> Self {
        Self { shared, network, number }
    }

    async fn with<T>(&self, mut work: impl AsyncFnMut(&mut train::Trainer) -> Result<T>) -> Answer<T> {
        Ok(self.shared.run(&self.network, async |network| work(network.trainer(self.number)?).await).await?)
    }
}

#[wasm_bindgen]
impl Trainer {
    /// `{ step, stepsPerEpoch }`.
    pub async fn position(&self) -> Answer<JsValue> {
        self.with(async |trainer| {
            Ok(object([("step", trainer.step().into()), ("stepsPerEpoch", trainer.steps_per_epoch().into())]))
        })
        .await
    }

    /// A `RunResult`.
    pub async fn run(&self, steps: usize) -> Answer<JsValue> {
        let mut metrics: Vec<StepMetric> = Vec::new();
        let divergence = self
            .with(async |trainer| {
                // After the loss of a GPU this begins again, with the metrics that were there.
                while metrics.len() < steps {
                    metrics.extend(trainer.run((steps - metrics.len()).min(BLOCK)).await?);
                    if let Some(report) = trainer.divergence() {
                        return Ok(Some(report.clone()));
                    }
                }
                Ok(None)
            })
            .await?;
        Ok(object([("metrics", to_js(&metrics)), ("divergence", to_js(&divergence)), ("stepsDone", metrics.len().into())]))
    }

    /// An `Evaluation`.
    pub async fn evaluate(&self, split: String) -> Answer<JsValue> {
        let split = parse_split(&split)?;
        let found = self.with(async |trainer| trainer.evaluate(split).await).await?;
        Ok(object([
            ("loss", found.loss.into()),
            ("accuracy", found.accuracy.into()),
            ("predictions", indices(&found.predictions)),
            ("confidences", floats(&found.confidences)),
            ("labels", indices(&found.labels)),
        ]))
    }

    pub async fn rewind(&self) -> Answer<()> {
        self.with(async |trainer| trainer.rewind()).await
    }

    #[wasm_bindgen(js_name = newSeed)]
    pub async fn new_seed(&self, seed: u32) -> Answer<()> {
        let reseed = async |network: &mut Network| {
            network.trainer(self.number)?;
            network.reseed(seed).await
        };
        Ok(self.shared.run(&self.network, reseed).await?)
    }

    #[wasm_bindgen(js_name = setLearningRate)]
    pub async fn set_learning_rate(&self, rate: f32) -> Answer<()> {
        self.with(async |trainer| trainer.set_learning_rate(rate)).await
    }

    /// `{ step, states: Named[] }`.
    pub async fn checkpoint(&self) -> Answer<JsValue> {
        let checkpoint = self.with(async |trainer| trainer.checkpoint().await).await?;
        let states: Array = checkpoint.states.iter().map(|(name, tensor)| named(name, tensor)).collect();
        Ok(object([("step", checkpoint.step.into()), ("states", states.into())]))
    }

    pub async fn restore(&self, checkpoint: JsValue) -> Answer<()> {
        let checkpoint = read_checkpoint(&checkpoint)?;
        self.with(async |trainer| trainer.restore(&checkpoint)).await
    }
}

/// The inverse of [`Trainer::checkpoint`].
fn read_checkpoint(value: &JsValue) -> Result<Checkpoint> {
    let states =
        property(value, "states").dyn_into::<Array>().map_err(|_| Error::option("checkpoint", "`states` must be a list"))?;
    let read = |state: JsValue| {
        let name: String = from_js("checkpoint", property(&state, "name"))?;
        let shape: Vec<usize> = from_js("checkpoint", property(&state, "shape"))?;
        let data = property(&state, "data");
        let dtype = if data.is_instance_of::<js_sys::Uint32Array>() { DType::U32 } else { DType::F32 };
        Ok((name, read_tensor((shape.into(), dtype), &data)?))
    };
    Ok(Checkpoint {
        step: from_js("checkpoint", property(value, "step"))?,
        states: states.iter().map(read).collect::<Result<_>>()?,
    })
}
