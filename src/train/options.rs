//! What a training run may be asked for: `TrainOptions` of `www/engine/types.ts`.

use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};
use crate::nn::{Clip, Optimizer, Schedule};

/// The largest batch.
const MAX_BATCH: usize = 4096;

/// Options of a run. The defaults are Adam, rate 0.003, batches of 32.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct TrainOptions {
    /// Images per step, 1…4096 and at most the size of the training part.
    pub batch_size: usize,
    pub optimizer: Optimizer,
    /// Base rate, finite and greater than 0; `schedule` multiplies it.
    pub learning_rate: f32,
    pub schedule: Schedule,
    /// Finite, at least 0. Weights only; see [`crate::nn::optimizer`] for coupled and decoupled decay.
    pub weight_decay: f32,
    pub clip: Option<Clip>,
    /// Initial weights, order of the images and dropout follow from it.
    pub seed: u32,
}

impl Default for TrainOptions {
    fn default() -> Self {
        Self {
            batch_size: 32,
            optimizer: Optimizer::default(),
            learning_rate: 3e-3,
            schedule: Schedule::Constant,
            weight_decay: 0.0,
            clip: None,
            seed: 1,
        }
    }
}

impl TrainOptions {
    /// An [`Error::Option`] for the first value outside its range; `images` is the size of the training part.
    pub fn validate(&self, images: usize) -> Result<()> {
        let most = images.min(MAX_BATCH);
        if !(1..=most).contains(&self.batch_size) {
            let message = format!("{} must be 1 to {most} (there are {images} training images)", self.batch_size);
            return Err(Error::option("batchSize", message));
        }
        check_learning_rate(self.learning_rate)?;
        if !(self.weight_decay.is_finite() && self.weight_decay >= 0.0) {
            return Err(Error::option("weightDecay", format!("{} must be finite and at least 0", self.weight_decay)));
        }
        self.optimizer.validate()?;
        self.schedule.validate()?;
        self.clip.map_or(Ok(()), |clip| clip.validate())
    }
}

pub(super) fn check_learning_rate(rate: f32) -> Result<()> {
    if rate.is_finite() && rate > 0.0 {
        Ok(())
    } else {
        Err(Error::option("learningRate", format!("{rate} must be finite and greater than 0")))
    }
}
