//! Training: a [`Trainer`] runs one compiled graph per step against weights and data that stay on the device.
//!
//! A step is a pure function of the store: the counter `train/step` and the seed choose the batch (a pseudo-random permutation per
//! epoch) and the dropout mask, so a run can be stopped, saved, moved and continued, and the same seed gives the same run.
//! One concept per file: options, the step's graph, evaluation, checkpoints, divergence, epochs with early stopping, the speed of a
//! step on either device.

mod checkpoint;
mod divergence;
mod evaluate;
mod fit;
mod options;
mod rates;
mod step;
mod trainer;

pub use checkpoint::Checkpoint;
pub use divergence::DivergenceReport;
pub use evaluate::{Evaluation, Split};
pub use fit::{EarlyStopping, Epoch};
pub use options::TrainOptions;
pub use rates::rates;
pub use trainer::{StepMetric, Trainer, initial_key};
