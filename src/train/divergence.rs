//! When the loss stops being a number: which step, which layer, what to try.
//!
//! The host sees it in the metrics (a shader may assume that NaN does not exist). The trainer then goes back to the last good
//! checkpoint, repeats the steps up to the bad one, and looks at every layer of that step.

use serde::Serialize;

use super::checkpoint::is_finite;
use super::step;
use crate::device::{Device, Store};
use crate::error::Result;
use crate::graph::Builder;
use crate::nn::Model;

/// What happened and what to try: `DivergenceReport` of `www/engine/types.ts`.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct DivergenceReport {
    /// The first step whose loss was not finite, from 1.
    pub step: u32,
    /// The layer whose values went first; `loss` where every layer's values were finite.
    pub layer: String,
    pub message: String,
    /// A tenth of the rate that diverged.
    pub suggested_learning_rate: f32,
    /// The step of the checkpoint to which the trainer has returned.
    pub checkpoint_step: u32,
}

/// What went first, in the step that a store is about to do.
pub(super) enum Culprit {
    /// A parameter of this layer was not finite before the step: the update of the step before broke it.
    Weights(String),
    /// This layer's output was the first that was not finite.
    Values(String),
    /// Every layer was finite.
    Loss,
}

impl Culprit {
    /// Repeats the forward pass of the next step and looks at all layers in order of computation.
    pub async fn find(device: &Device, store: &mut Store, model: &Model, batch: usize, images: usize) -> Result<Self> {
        for parameter in model.parameters() {
            if !is_finite(&store.get(&parameter.name).await?) {
                return Ok(Culprit::Weights(parameter.layer().to_string()));
            }
        }
        let builder = Builder::new();
        let (_, forward) = step::forward(&builder, model, batch, images)?;
        let mut names = Vec::new();
        for (name, value) in forward.layers {
            builder.output(&name, value);
            names.push(name);
        }
        let mut program = device.compile(&builder.finish()?)?;
        program.run(store, &[], 1)?;
        for name in names {
            if !is_finite(&program.output(&name).await?) {
                return Ok(Culprit::Values(name));
            }
        }
        Ok(Culprit::Loss)
    }

    /// The report for people, given the bad step (from 1), the rate and the checkpoint's step.
    pub fn report(self, step: u32, learning_rate: f32, checkpoint_step: u32) -> DivergenceReport {
        let (layer, what) = match self {
            Culprit::Weights(layer) => {
                let what = format!("the update before it had made weights of {layer} infinite or undefined");
                (layer, what)
            }
            Culprit::Values(layer) => {
                let what = format!("the values of {layer} were the first to become infinite or undefined");
                (layer, what)
            }
            Culprit::Loss => ("loss".to_string(), "the values of all layers were finite, but the loss was not".to_string()),
        };
        let suggested_learning_rate = learning_rate / 10.0;
        let message = format!(
            "Training diverged at step {step}: {what}. The weights are back at step {checkpoint_step}; \
             try a learning rate of {suggested_learning_rate} instead of {learning_rate}."
        );
        DivergenceReport { step, layer, message, suggested_learning_rate, checkpoint_step }
    }
}
