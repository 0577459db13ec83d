//! V6 Grad-CAM++ (Chattopadhay et al. 2018), with Y = exp(S_c) as score, whose second and third derivatives are Y·g² and Y·g³ where S_c
//! is piecewise linear in the feature maps, g = ∂S_c/∂A^k_ij: α_ij^k = g²/(2g² + Σ_ab A^k_ab·g³), 0 where g = 0,
//! w_k = Σ_ij α_ij^k·ReLU(g), M = ReLU(Σ_k w_k·A^k), up-sampled bilinearly. The factor Y of ∂Y/∂A is left out: it is positive and the
//! same for the whole map. A circulating form multiplies w_k by the second derivative once more; that is wrong.

use super::{About, Setting, grad_cam, setting};
use crate::error::Result;
use crate::graph::{Builder, Graph, Var};
use crate::nn::Model;

pub(super) const ABOUT: About = About {
    title: "Grad-CAM++",
    answers: "Where are the features of this layer that speak for the class, each place counted by itself?",
    misleads: "Its weights come from a score that grows exponentially; gradients against the class are ignored, so it is easily positive everywhere.",
    formula: r"M = \mathrm{ReLU}\Bigl(\sum_k w_k A^k\Bigr), \quad w_k = \sum_{ij} \frac{g_{kij}^2}{2 g_{kij}^2 + \sum_{ab} A^k_{ab} \, g_{kij}^3} \, \mathrm{ReLU}(g_{kij}), \quad g_{kij} = \frac{\partial S_c}{\partial A^k_{ij}}",
    layer: true,
    signed: false,
    options: &[],
    zero: grad_cam::ABOUT.zero,
};

/// w_k of the feature maps `activation` `[N, K, h, w]` → `[N, K]`.
pub fn weights<'b>(activation: Var<'b>, score: Var<'b>) -> Var<'b> {
    let builder = activation.builder();
    let g = builder.grad(score, &[activation])[0];
    let sum = activation.sum(&[2, 3]).reshape([activation.dim(0), activation.dim(1), 1, 1]);
    let denominator = 2.0 + sum * g; // of g²/(2g² + ΣA·g³), divided by g²
    let defined = denominator.not_equal(builder.scalar(0.0));
    let alpha = defined.select(defined.select(denominator, builder.scalar(1.0)).recip(), builder.scalar(0.0));
    (alpha * g.relu()).sum(&[2, 3])
}

/// The method at the layer called `layer` for `batch` images; inputs and outputs as for [`grad_cam::graph`].
pub fn graph(model: &Model, batch: usize, layer: &str) -> Result<Graph> {
    let builder = Builder::new();
    let Setting { x, forward, score, .. } = setting(&builder, model, batch)?;
    let activation = grad_cam::features(&forward, layer)?;
    let weights = weights(activation, score);
    let raw = grad_cam::weighted(weights, activation);
    builder.output("units", weights);
    builder.output("raw", raw);
    builder.output("map", grad_cam::over_image(raw, x));
    builder.finish()
}
