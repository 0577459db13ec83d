//! V3 Integrated gradients (Sundararajan, Taly & Yan 2017): M_i = (x_i − x′_i)·∫₀¹ ∂S_c/∂x_i (x′ + α(x − x′)) dα by the midpoint rule,
//! summed over channels, signed. Completeness: ΣM = S_c(x) − S_c(x′).

use super::About;
use super::path::{self, Rows};
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
///
/// Behind the first layers f, as far as they are affine, the way from x′ to x is straight, too, and f's derivative J is the same all
/// along it. So only the rest g of the network takes every step, S_c = g ∘ f, and M = (x − x′) ⊙ Jᵀ ∫₀¹ ∇g dα.
pub fn graph(model: &Model, rows: usize) -> Result<Graph> {
    let builder = Builder::new();
    let layers = model.affine_layers();
    let [x, baseline] = path::ends(&builder, model);
    let [end, start] = [model.head(&builder, x, layers)?, model.head(&builder, baseline, layers)?];
    let rows = Rows::new(rows, start, end - start, |versions| model.tail(&builder, versions, layers))?;
    let gradient = builder.grad(rows.score, &[rows.versions])[0];
    rows.output_slope(gradient);
    let gradient = rows.accumulate(gradient).reshape(start.shape());
    let anywhere = builder.fill(0.0, x.shape());
    let pulled = builder.grad((model.head(&builder, anywhere, layers)? * gradient).sum_all(), &[anywhere])[0];
    let map = ((x - baseline) * pulled).sum(&[0, 1]);
    builder.output("map", map);
    builder.output("total", map.sum_all());
    builder.finish()
}
