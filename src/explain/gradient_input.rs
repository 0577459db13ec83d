//! V1 Gradient × input (Shrikumar et al. 2016): M_ij = Σ_k x_kij·∂S_c/∂x_kij, signed. For a network without biases and with piecewise
//! linear layers it sums to S_c.

use super::{About, Setting, setting};
use crate::error::Result;
use crate::graph::{Builder, Graph};
use crate::nn::Model;

pub(super) const ABOUT: About = About {
    title: "Gradient × input",
    answers: "How much does each pixel contribute to the score, if the network were its tangent at this image?",
    misleads: "A black pixel gets nothing, whatever it means to the network, and the tangent is not the network.",
    formula: r"M_{ij} = \sum_k x_{kij} \, \frac{\partial S_c}{\partial x_{kij}}",
    layer: false,
    signed: true,
    options: &[],
    zero: "A map is zero everywhere: the image is black, or no small change of its other pixels changes this score.",
};

/// The method for `batch` images; inputs and outputs as in [`explain`](super).
pub fn graph(model: &Model, batch: usize) -> Result<Graph> {
    let builder = Builder::new();
    let Setting { x, score, .. } = setting(&builder, model, batch)?;
    builder.output("map", (x * builder.grad(score, &[x])[0]).sum(&[1]));
    builder.finish()
}
