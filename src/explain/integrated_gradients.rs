//! V3 Integrated gradients (Sundararajan, Taly & Yan 2017): M_i = (x_i − x′_i)·∫₀¹ ∂S_c/∂x_i (x′ + α(x − x′)) dα by the midpoint rule,
//! summed over channels, signed. Completeness: ΣM = S_c(x) − S_c(x′).

use super::{About, path::Rows};
use crate::error::Result;
use crate::graph::{Builder, Graph};
use crate::nn::Model;

pub(super) const ABOUT: About = About {
    title: "Integrated gradients",
    answers: "How much of the difference between the scores of the image and of a baseline is each pixel's?",
    misleads: "It depends on the baseline: a pixel that equals it gets nothing, and the path crosses images the network never saw.",
    formula: r"M_{ij} = \sum_k (x_{kij} - x'_{kij}) \, \frac{1}{m} \sum_{s=1}^{m} \frac{\partial S_c}{\partial x_{kij}}\Bigl(x' + \tfrac{s - 1/2}{m} (x - x')\Bigr)",
    layer: false,
    signed: true,
    options: &["baseline", "steps", "seed"],
    zero: "A map is zero everywhere: the image equals the baseline, or no small change of a pixel changes this score on the way from it.",
};

/// The method for `rows` steps at a time; inputs and outputs as in [`path`](super::path), and `baseline`, `slope`, `total` (ΣM).
pub fn graph(model: &Model, rows: usize) -> Result<Graph> {
    let builder = Builder::new();
    let rows = Rows::from_baseline(&builder, model, rows)?;
    let gradient = builder.grad(rows.score, &[rows.versions])[0];
    rows.output_slope(gradient);
    let shape = gradient.shape();
    let map = (rows.accumulate(gradient) * rows.direction.reshape(&shape[1..])).sum(&[0]);
    builder.output("map", map);
    builder.output("total", map.sum_all());
    builder.finish()
}
