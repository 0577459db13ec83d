//! Judging a model on a whole part of the data set.
//!
//! One compiled graph takes the images [`BATCH`] at a time. The last batch reaches beyond the end and repeats the last image (the rule
//! of `Gather`); those rows are cut off on the host, so that every image counts exactly once.

use serde::{Deserialize, Serialize};

use super::step::resident;
use crate::device::{Device, Program, Store};
use crate::error::{Error, Result};
use crate::graph::{Builder, DType, Graph, Var};
use crate::nn::{Mode, Model, loss};
use crate::tensor::Tensor;

/// Images per run.
const BATCH: usize = 128;

/// Loss, predicted class and its probability.
const COLUMNS: usize = 3;

/// A part of the data set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Split {
    Train,
    Validation,
}

impl Split {
    /// The part's name in JSON and in states.
    pub fn word(self) -> &'static str {
        match self {
            Split::Train => "train",
            Split::Validation => "validation",
        }
    }
}

/// How a model does on a part of the data set, in evaluation mode.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Evaluation {
    /// Mean cross-entropy, natural logarithm.
    pub loss: f32,
    /// 0…1.
    pub accuracy: f32,
    /// Predicted class of every image, in order.
    pub predictions: Vec<u32>,
    /// Probability of the predicted class.
    pub confidences: Vec<f32>,
    pub labels: Vec<u32>,
}

/// A compiled evaluation of one part.
pub(super) struct Evaluator {
    program: Program,
    labels: Vec<u32>,
}

impl Evaluator {
    pub fn new(device: &Device, model: &Model, split: Split, labels: Vec<u32>) -> Result<Self> {
        if labels.is_empty() {
            return Err(Error::Run(format!("the {} part has no images", split.word())));
        }
        Ok(Self { program: device.compile(&graph(model, split, labels.len())?)?, labels })
    }

    pub async fn run(&mut self, store: &mut Store) -> Result<Evaluation> {
        let batches = self.labels.len().div_ceil(BATCH);
        store.set("evaluate/batch", &Tensor::zeros([], DType::U32))?;
        store.set("evaluate/rows", &Tensor::zeros([batches * BATCH, COLUMNS], DType::F32))?;
        self.program.run(store, &[], batches)?;
        let values = store.get("evaluate/rows").await?.into_f32()?;
        let rows = || values.chunks_exact(COLUMNS).take(self.labels.len());
        let predictions: Vec<u32> = rows().map(|row| row[1] as u32).collect();
        let right = predictions.iter().zip(&self.labels).filter(|(a, b)| a == b).count();
        Ok(Evaluation {
            loss: (rows().map(|row| f64::from(row[0])).sum::<f64>() / self.labels.len() as f64) as f32,
            accuracy: right as f32 / self.labels.len() as f32,
            predictions,
            confidences: rows().map(|row| row[2]).collect(),
            labels: self.labels.clone(),
        })
    }
}

/// State `evaluate/batch` counts; each run appends its rows to `evaluate/rows` and drops as many at the front, so that after all
/// batches the rows stand in the order of the images.
fn graph(model: &Model, split: Split, images: usize) -> Result<Graph> {
    let builder = Builder::new();
    let batch = builder.state("evaluate/batch", [], DType::U32);
    let index = batch * builder.scalar_u32(BATCH as u32) + builder.iota(BATCH);
    let (pixels, labels) = resident(&builder, split.word(), model, images);
    let logits = model.forward(&builder, pixels.gather(index), Mode::Eval)?.logits; // [BATCH, classes]
    let new = builder.concat(
        1,
        &[
            column(loss::cross_entropy_each(logits, labels.gather(index))),
            column(logits.argmax(1)),
            column(logits.log_softmax().reduce_max(&[1]).exp()),
        ],
    );
    let padded = images.div_ceil(BATCH) * BATCH;
    let rows = builder.state("evaluate/rows", [padded, COLUMNS], DType::F32);
    builder.update("evaluate/rows", builder.concat(0, &[rows, new]).slice(&[BATCH, 0], &[padded, COLUMNS]));
    builder.update("evaluate/batch", batch + builder.scalar_u32(1));
    builder.finish()
}

/// `[BATCH]` of either type as `f32[BATCH, 1]`.
fn column(values: Var) -> Var {
    values.cast(DType::F32).reshape([BATCH, 1])
}
