//! V4 Class activation maps (Zhou et al. 2016), for networks that end in global average pooling and one dense layer: M_c = Σ_k w_k^c·A^k
//! of the last feature maps A, signed, up-sampled bilinearly. mean(M_c) + b_c = S_c: each cell's share of the score.

use super::{About, Setting, grad_cam, setting};
use crate::error::{Error, Result};
use crate::graph::{Builder, Graph};
use crate::nn::Model;

pub(super) const ABOUT: About = About {
    title: "CAM",
    answers: "How much does each place of the last feature maps add to the score?",
    misleads: "It exists only for networks that end in global average pooling and one dense layer, and it is as coarse as the feature maps.",
    formula: r"M = \sum_k w_k^c A^k, \quad S_c = \frac{1}{hw} \sum_{ij} M_{ij} + b_c",
    layer: false,
    signed: true,
    options: &[],
    zero: "A map is zero everywhere: no feature map of the last convolution is active, or the class does not use those that are.",
};

/// The layer whose feature maps are averaged. An error where the network does not end in averaging and one dense layer.
pub fn layer(model: &Model) -> Result<String> {
    let layers = &model.summary().layers;
    let pooling = layers.iter().rposition(|layer| layer.kind == "global-avg-pool").unwrap_or(0);
    let mut head = layers[pooling + 1..].iter().filter(|layer| layer.kind != "dropout").map(|layer| layer.kind);
    match (pooling, head.next(), head.next()) {
        (1.., Some("dense"), None) => Ok(layers[pooling - 1].name.clone()),
        _ => {
            let message = "CAM needs a network that ends in global average pooling and one dense layer; try Grad-CAM";
            Err(Error::option("method", message))
        }
    }
}

/// The method for `batch` images; inputs and outputs as in [`explain`](super), and `raw` `[N, h, w]`, the map before resizing, `units`
/// `[N, K]`, w^c, `total` `[N]`, mean(M_c), and `baseline` `[N]`, b_c, the score where there are no features.
pub fn graph(model: &Model, batch: usize) -> Result<Graph> {
    let builder = Builder::new();
    let Setting { x, class, forward, .. } = setting(&builder, model, batch)?;
    let activation = grad_cam::features(&forward, &layer(model)?)?;
    let [.., weight, bias] = forward.parameters[..] else { unreachable!("a dense layer has a weight and a bias") };
    let class = class.one_hot(model.classes()); // [N, classes]
    let weights = class.matmul(weight);
    let raw = grad_cam::weighted(weights, activation);
    builder.output("units", weights);
    builder.output("raw", raw);
    builder.output("total", raw.mean(&[1, 2]));
    builder.output("baseline", (class * bias).sum(&[1]));
    builder.output("map", grad_cam::resized(raw, x));
    builder.finish()
}
