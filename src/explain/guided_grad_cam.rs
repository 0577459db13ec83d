//! V7 Guided Grad-CAM (Selvaraju et al. 2017): the guided gradient times the up-sampled Grad-CAM, M_ij = G_ij·max over channels of
//! |R⁰_kij|.

use super::{About, Setting, grad_cam, guided_backprop, setting};
use crate::error::Result;
use crate::graph::{Builder, Graph};
use crate::nn::Model;

pub(super) const ABOUT: About = About {
    title: "Guided Grad-CAM",
    answers: "Which fine details lie where this layer finds evidence for the class?",
    misleads: "Only the coarse Grad-CAM in it depends on the class; the crisp detail is guided back-propagation, close to an edge detector.",
    formula: r"M_{ij} = M^{\text{Grad-CAM}}_{ij} \cdot \max_k |R^0_{kij}|",
    layer: true,
    signed: false,
    options: &[],
    zero: "A map is zero everywhere: where Grad-CAM is not zero, no path of positive gradients leads back to the image; try another layer.",
};

/// The method at the layer called `layer` for `batch` images; inputs and outputs as for [`grad_cam::graph`].
pub fn graph(model: &Model, batch: usize, layer: &str) -> Result<Graph> {
    let builder = Builder::new();
    let Setting { x, forward, score, .. } = setting(&builder, model, batch)?;
    let activation = grad_cam::features(&forward, layer)?;
    let alpha = grad_cam::weights(activation, score);
    let raw = grad_cam::weighted(alpha, activation);
    let guided = guided_backprop::gradient(x, score).abs().reduce_max(&[1]);
    builder.output("units", alpha);
    builder.output("raw", raw);
    builder.output("map", grad_cam::over_image(raw, x) * guided);
    builder.finish()
}
