//! Whole epochs, and stopping when validation no longer improves (COURSE N7).

use std::ops::ControlFlow;

use super::checkpoint::Checkpoint;
use super::evaluate::{Evaluation, Split};
use super::trainer::{StepMetric, Trainer};
use crate::error::{Error, Result};

/// One epoch's figures.
#[derive(Debug, Clone, PartialEq)]
pub struct Epoch {
    /// From 1.
    pub number: usize,
    /// Mean over the epoch's batches, while the weights were changing.
    pub train_loss: f32,
    /// Mean over the epoch's batches, 0…1.
    pub train_accuracy: f32,
    /// After the epoch.
    pub validation: Evaluation,
}

/// Watches the validation loss, keeps the best weights, and says when `patience` observations in a row brought nothing better.
pub struct EarlyStopping {
    patience: usize,
    best: Option<(f32, Checkpoint)>,
    waited: usize,
}

impl EarlyStopping {
    /// A patience of 0 counts as 1.
    pub fn new(patience: usize) -> Self {
        Self { patience: patience.max(1), best: None, waited: 0 }
    }

    /// Takes note of `trainer`'s validation loss; `true` means stop.
    pub async fn observe(&mut self, trainer: &Trainer, loss: f32) -> Result<bool> {
        let least = self.best.as_ref().map_or(f32::INFINITY, |(least, _)| *least);
        // NaN is not less than anything, so it is never the best.
        if loss < least {
            self.best = Some((loss, trainer.checkpoint().await?));
            self.waited = 0;
        } else {
            self.waited += 1;
        }
        Ok(self.waited >= self.patience)
    }

    /// The smallest loss seen, and after how many steps.
    pub fn best(&self) -> Option<(f32, u32)> {
        self.best.as_ref().map(|(loss, checkpoint)| (*loss, checkpoint.step))
    }

    /// Gives `trainer` the weights and running statistics with the smallest loss; clock and moments stay.
    pub fn restore_best(&self, trainer: &mut Trainer) -> Result<()> {
        self.best.as_ref().map_or(Ok(()), |(_, checkpoint)| trainer.restore_weights(checkpoint))
    }
}

impl Trainer {
    /// Trains at most `epochs` epochs and validates after each. With `patience` it stops early and ends with the best weights.
    /// `progress` is told each epoch and may break off. Divergence is an [`Error::Run`] with the report's message.
    pub async fn fit(
        &mut self,
        epochs: usize,
        patience: Option<usize>,
        mut progress: impl FnMut(&Epoch) -> ControlFlow<()>,
    ) -> Result<Vec<Epoch>> {
        let mut stopping = patience.map(EarlyStopping::new);
        let mut history = Vec::new();
        for number in 1..=epochs {
            let metrics = self.run(self.steps_per_epoch()).await?;
            if let Some(report) = self.divergence() {
                return Err(Error::Run(report.message.clone()));
            }
            let mean = |get: fn(&StepMetric) -> f32| metrics.iter().map(get).sum::<f32>() / metrics.len() as f32;
            let (train_loss, train_accuracy) = (mean(|m| m.loss), mean(|m| m.accuracy));
            let epoch = Epoch { number, train_loss, train_accuracy, validation: self.evaluate(Split::Validation).await? };
            let mut stop = progress(&epoch).is_break();
            if let Some(stopping) = &mut stopping {
                stop |= stopping.observe(self, epoch.validation.loss).await?;
            }
            history.push(epoch);
            if stop {
                break;
            }
        }
        if let Some(stopping) = stopping {
            stopping.restore_best(self)?;
        }
        Ok(history)
    }
}
