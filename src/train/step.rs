//! The graph of one training step: clock → batch → forward → loss → gradients → clip → optimiser → metrics.
//!
//! States it reads and writes: `train/step` (`u32`, steps done), `train/seed` (`u32`), `train/learning_rate` (base rate),
//! `train/metrics` ([`RING`] rows of loss and accuracy), the model's and the optimiser's. It reads `data/train/images` and
//! `data/train/labels`. It has no inputs.

use super::options::TrainOptions;
use crate::error::Result;
use crate::graph::{Binary, Builder, DType, Graph, Var};
use crate::nn::{Forward, Mode, Model, loss};

/// Rows of the metrics ring: the most steps between two readings.
pub(super) const RING: usize = 256;

/// The images and labels of one step.
pub(super) struct Batch<'b> {
    /// `[N, C, H, W]`.
    images: Var<'b>,
    /// `u32[N]`.
    labels: Var<'b>,
    /// Steps done before this one, rank 0.
    step: Var<'b>,
    /// `u32[2]`: (seed, step).
    key: Var<'b>,
}

/// The resident images of a part of the data set, and their labels: states `data/<part>/images` and `data/<part>/labels`.
pub(super) fn resident<'b>(builder: &'b Builder, part: &str, model: &Model, images: usize) -> (Var<'b>, Var<'b>) {
    let [c, h, w] = model.architecture().input;
    (
        builder.state(&format!("data/{part}/images"), [images, c, h, w], DType::F32),
        builder.state(&format!("data/{part}/labels"), [images], DType::U32),
    )
}

/// The batch that the clock points at. Each epoch is a permutation of the images chosen by (seed, epoch), cut into whole batches; the
/// fewer than `batch` images that remain are left out, others in each epoch.
fn next_batch<'b>(builder: &'b Builder, model: &Model, batch: usize, images: usize) -> Batch<'b> {
    let step = builder.state("train/step", [], DType::U32);
    let seed = builder.state("train/seed", [], DType::U32);
    let key = |second: Var<'b>| builder.concat(0, &[seed.reshape([1]), second.reshape([1])]);
    let steps_per_epoch = builder.scalar_u32((images / batch) as u32);
    let first = step.binary(Binary::Rem, steps_per_epoch) * builder.scalar_u32(batch as u32);
    let index = builder.permutation(images, key(step / steps_per_epoch), first + builder.iota(batch));
    let (pixels, labels) = resident(builder, "train", model, images);
    Batch { images: pixels.gather(index), labels: labels.gather(index), step, key: key(step) }
}

/// Batch and forward pass in training mode: the part of a step that the search for a divergence repeats.
pub(super) fn forward<'b>(
    builder: &'b Builder,
    model: &Model,
    batch_size: usize,
    images: usize,
) -> Result<(Batch<'b>, Forward<'b>)> {
    let batch = builder.scope("batch", || next_batch(builder, model, batch_size, images));
    let forward = model.forward(builder, batch.images, Mode::Train { key: batch.key })?;
    Ok((batch, forward))
}

/// The whole step.
pub(super) fn graph(model: &Model, options: &TrainOptions, images: usize) -> Result<Graph> {
    let builder = Builder::new();
    let (batch, forward) = forward(&builder, model, options.batch_size, images)?;
    let loss = builder.scope("loss", || loss::cross_entropy(forward.logits, batch.labels));
    let gradients = builder.grad(loss, &forward.parameters);
    builder.scope("optimizer", || {
        let gradients = match options.clip {
            Some(clip) => clip.apply(&gradients),
            None => gradients,
        };
        let rate = builder.state("train/learning_rate", [], DType::F32) * options.schedule.factor(batch.step);
        options.optimizer.update(model.parameters(), &forward.parameters, &gradients, rate, options.weight_decay);
    });
    builder.scope("metrics", || {
        let right = forward.logits.argmax(1).equal(batch.labels).cast(DType::F32);
        let row = builder.concat(0, &[loss.reshape([1]), right.mean_all().reshape([1])]).reshape([1, 2]);
        let slot = batch.step.binary(Binary::Rem, builder.scalar_u32(RING as u32)).one_hot(RING).reshape([RING, 1]);
        builder.update("train/metrics", slot.select(row, builder.state("train/metrics", [RING, 2], DType::F32)));
    });
    builder.update("train/step", batch.step + builder.scalar_u32(1));
    builder.finish()
}
