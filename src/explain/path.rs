//! What methods share that look at many versions of one image, along the batch axis: x′ + α(x − x′) on the way from a baseline x′ to the
//! image x (integrated gradients, conductance), or x + α·noise (SmoothGrad).
//!
//! Such a graph takes `x` `[1, C, H, W]`, `class` `u32[1]`, and for each of `rows` versions its α in `alpha` `[rows]` and its weight in
//! `weight` `[rows]`: a row of weight 0 is only scored. What it finds is added to the state [`SUM`], so that any number of versions is
//! a few runs. It gives `score` `[rows]`, and `map` `[H, W]` of the sum so far.

use super::score;
use crate::error::Result;
use crate::graph::{Builder, DType, Var};
use crate::nn::{Forward, Mode, Model};

/// The state that holds the weighted sum over the rows so far.
pub(super) const SUM: &str = "explain/sum";

/// The image and the baseline, inputs `x` and `baseline`, both `[1, C, H, W]`.
pub(super) fn ends<'b>(builder: &'b Builder, model: &Model) -> [Var<'b>; 2] {
    let [channels, height, width] = model.architecture().input;
    ["x", "baseline"].map(|name| builder.input(name, [1, channels, height, width], DType::F32))
}

/// The nodes of a graph from which a method goes on.
pub(super) struct Rows<'b> {
    /// The versions, `[rows, ...]`.
    pub versions: Var<'b>,
    /// What a row moves along, `[1, ...]` or `[rows, ...]`.
    pub direction: Var<'b>,
    pub forward: Forward<'b>,
    /// Σ of the rows' scores, rank 0.
    pub score: Var<'b>,
    weight: Var<'b>,
}

impl<'b> Rows<'b> {
    /// `rows` versions `origin` + α·`direction`, both `[1, ...]` or `[rows, ...]`, that go `forward`.
    pub fn new(
        rows: usize,
        origin: Var<'b>,
        direction: Var<'b>,
        forward: impl FnOnce(Var<'b>) -> Result<Forward<'b>>,
    ) -> Result<Self> {
        let builder = origin.builder();
        let class = builder.input("class", [1], DType::U32).broadcast([rows]);
        let mut column = vec![1; origin.rank()];
        column[0] = rows;
        let alpha = builder.input("alpha", [rows], DType::F32).reshape(column);
        let weight = builder.input("weight", [rows], DType::F32);
        let versions = origin + alpha * direction;
        let forward = forward(versions)?;
        let scores = forward.logits * class.one_hot(forward.logits.dim(1)); // [rows, classes]
        builder.output("score", scores.sum(&[1]));
        Ok(Self { versions, direction, score: score(forward.logits, class), forward, weight })
    }

    /// From the baseline to the image.
    pub fn from_baseline(builder: &'b Builder, model: &Model, rows: usize) -> Result<Self> {
        let [x, baseline] = ends(builder, model);
        Self::new(rows, baseline, x - baseline, |versions| model.forward(builder, versions, Mode::Eval))
    }

    /// The weighted sum of `each` `[rows, ...]` over the rows, added to the sum so far → `[...]`.
    pub fn accumulate(&self, each: Var<'b>) -> Var<'b> {
        let builder = each.builder();
        let shape = each.shape();
        let values = shape[1..].iter().product::<usize>();
        let rows = self.weight.dim(0);
        let sum = self.weight.reshape([1, rows]).matmul(each.reshape([rows, values])).reshape(&shape[1..]);
        let total = builder.state(SUM, &shape[1..], DType::F32) + sum;
        builder.update(SUM, total);
        total
    }

    /// Output `slope` `[rows]`, dS_c/dα along the path from `gradient`, that in the versions: its mean over α is S_c(x) − S_c(x′).
    pub fn output_slope(&self, gradient: Var<'b>) {
        let [rows, values] = [self.weight.dim(0), self.direction.shape().len()];
        let slopes = gradient.reshape([rows, values]).matmul(self.direction.reshape([values, 1]));
        gradient.builder().output("slope", slopes.reshape([rows]));
    }
}

/// α and weight of both ends, of weight 0, and of the midpoints of `steps` equal parts.
pub(super) fn midpoints(steps: usize) -> Vec<(f32, f32)> {
    let part = 1.0 / steps as f32;
    [(1.0, 0.0), (0.0, 0.0)].into_iter().chain((0..steps).map(|i| ((i as f32 + 0.5) * part, part))).collect()
}
