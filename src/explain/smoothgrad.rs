//! V1 SmoothGrad (Smilkov et al. 2017): saliency of the gradient's mean over noisy copies of the image,
//! M_ij = max over channels of |mean ∂S_c/∂x (x + σ·ε)|. Every image meets the same noise.

use super::{About, path::Rows, saliency};
use crate::error::Result;
use crate::graph::{Builder, DType, Distribution, Graph};
use crate::nn::{Mode, Model};

pub(super) const ABOUT: About = About {
    title: "SmoothGrad",
    answers: "Which pixels matter to the score in the neighbourhood of this image, on average?",
    misleads: "The picture is smoother because it averages over other images; too much noise, and it explains images the network never saw.",
    formula: r"M_{ij} = \max_k \left| \frac{1}{n} \sum_{s=1}^{n} \frac{\partial S_c}{\partial x_{kij}}(x + \sigma\varepsilon_s) \right|, \quad \varepsilon_s \sim \mathcal{N}(0, I)",
    layer: false,
    signed: false,
    options: &["samples", "noise", "seed"],
    zero: saliency::ZERO,
};

pub(super) const SAMPLES: usize = 50;

/// The method for `rows` noisy copies at a time; inputs as in [`path`](super::path), and `key` `u32[2]`: seed, number of the run.
pub fn graph(model: &Model, rows: usize) -> Result<Graph> {
    let builder = Builder::new();
    let key = builder.input("key", [2], DType::U32);
    let [channels, height, width] = model.architecture().input;
    let x = builder.input("x", [1, channels, height, width], DType::F32);
    let noise = builder.random(Distribution::Normal, key, [rows, channels, height, width]);
    let rows = Rows::new(rows, x, noise, |versions| model.forward(&builder, versions, Mode::Eval))?;
    let gradient = builder.grad(rows.score, &[rows.versions])[0];
    builder.output("map", rows.accumulate(gradient).abs().reduce_max(&[0]));
    builder.finish()
}

/// α = σ and weight of the copies, after the image itself, of weight 0.
pub(super) fn points(samples: usize, noise: f32) -> Vec<(f32, f32)> {
    [(0.0, 0.0)].into_iter().chain((0..samples).map(|_| (noise, 1.0 / samples as f32))).collect()
}
