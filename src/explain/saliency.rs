//! V1 Saliency (Simonyan, Vedaldi & Zisserman 2013, "Deep inside convolutional networks"): M_ij = max over channels of |∂S_c/∂x_kij|.

use super::{About, Setting, setting};
use crate::error::Result;
use crate::graph::{Builder, Graph, Var};
use crate::nn::Model;

pub(super) const ABOUT: About = About {
    title: "Saliency",
    answers: "Which pixels would change the score of the class most if they changed a little?",
    misleads: "It is a local slope, not a contribution: noisy, blind to the sign, and flat where the network is saturated.",
    formula: r"M_{ij} = \max_k \left| \frac{\partial S_c}{\partial x_{kij}} \right|",
    layer: false,
    signed: false,
    options: &[],
    zero: ZERO,
};

pub(super) const ZERO: &str =
    "A map is zero everywhere: no small change of any pixel changes this score, so every path to it is switched off.";

/// The map of `score` (rank 0) in the image `x` `[N, C, H, W]` → `[N, H, W]`.
pub fn map<'b>(x: Var<'b>, score: Var<'b>) -> Var<'b> {
    x.builder().grad(score, &[x])[0].abs().reduce_max(&[1])
}

/// The method for `batch` images; inputs and outputs as in [`explain`](super).
pub fn graph(model: &Model, batch: usize) -> Result<Graph> {
    let builder = Builder::new();
    let Setting { x, score, .. } = setting(&builder, model, batch)?;
    builder.output("map", map(x, score));
    builder.finish()
}
