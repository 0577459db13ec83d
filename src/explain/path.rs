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

/// The nodes of a graph from which a method goes on.
pub(super) struct Rows<'b> {
    /// The versions, `[rows, C, H, W]`.
    pub versions: Var<'b>,
    /// What a row moves along: x − x′ `[1, C, H, W]`, or noise `[rows, C, H, W]`.
    pub direction: Var<'b>,
    pub forward: Forward<'b>,
    /// Σ of the rows' scores, rank 0.
    pub score: Var<'b>,
    weight: Var<'b>,
}

impl<'b> Rows<'b> {
    /// `ends` gives, from the image and the shape of its versions, where α = 0 lies and the direction of α.
    pub fn new(
        builder: &'b Builder,
        model: &Model,
        rows: usize,
        ends: impl FnOnce(Var<'b>, [usize; 4]) -> (Var<'b>, Var<'b>),
    ) -> Result<Self> {
        let [channels, height, width] = model.architecture().input;
        let x = builder.input("x", [1, channels, height, width], DType::F32);
        let class = builder.input("class", [1], DType::U32).broadcast([rows]);
        let alpha = builder.input("alpha", [rows], DType::F32).reshape([rows, 1, 1, 1]);
        let weight = builder.input("weight", [rows], DType::F32);
        let (origin, direction) = ends(x, [rows, channels, height, width]);
        let versions = origin + alpha * direction;
        let forward = model.forward(builder, versions, Mode::Eval)?;
        let scores = forward.logits * class.one_hot(model.classes()); // [rows, classes]
        builder.output("score", scores.sum(&[1]));
        Ok(Self { versions, direction, score: score(forward.logits, class), forward, weight })
    }

    /// From the baseline, input `baseline` `[1, C, H, W]`, to the image.
    pub fn from_baseline(builder: &'b Builder, model: &Model, rows: usize) -> Result<Self> {
        Self::new(builder, model, rows, |x, _| {
            let baseline = builder.input("baseline", x.shape(), DType::F32);
            (baseline, x - baseline)
        })
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
        gradient.builder().output("slope", (gradient * self.direction).sum(&[1, 2, 3]));
    }
}

/// α and weight of both ends, of weight 0, and of the midpoints of `steps` equal parts.
pub(super) fn midpoints(steps: usize) -> Vec<(f32, f32)> {
    let part = 1.0 / steps as f32;
    [(1.0, 0.0), (0.0, 0.0)].into_iter().chain((0..steps).map(|i| ((i as f32 + 0.5) * part, part))).collect()
}
