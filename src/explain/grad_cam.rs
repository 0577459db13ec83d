//! V5 Grad-CAM (Selvaraju et al. 2017): with feature maps A^k of one layer, α_k = mean_ij ∂S_c/∂A^k_ij and M = ReLU(Σ_k α_k·A^k), up-sampled
//! bilinearly over the image. On a network that ends in global average pooling and a dense layer it is CAM divided by the number of
//! cells of a feature map.

use super::{About, Setting, setting};
use crate::error::{Error, Result};
use crate::graph::{Builder, Graph, Resize, Var};
use crate::nn::{Forward, Model};

pub(super) const ABOUT: About = About {
    title: "Grad-CAM",
    answers: "Where are the features of this layer that speak for the class?",
    misleads: "It is as coarse as the layer, and averaging the gradient over the image can point at places the score does not depend on.",
    formula: r"M = \mathrm{ReLU}\Bigl(\sum_k \alpha_k A^k\Bigr), \quad \alpha_k = \frac{1}{hw} \sum_{ij} \frac{\partial S_c}{\partial A^k_{ij}}",
    layer: true,
    signed: false,
    options: &[],
    zero: "A map is zero everywhere: the score does not depend on the features of this layer, or none of them is active; try another layer.",
};

pub(super) const NEGATIVE: &str = "A map is zero everywhere: all that this layer sees speaks against the class, and negative values are cut off; try another layer.";

/// α_k, the mean gradient of each of the feature maps `activation` `[N, K, h, w]` → `[N, K]`.
pub fn weights<'b>(activation: Var<'b>, score: Var<'b>) -> Var<'b> {
    activation.builder().grad(score, &[activation])[0].mean(&[2, 3])
}

/// Σ_k w_k·A^k: `weights` `[N, K]`, `activation` `[N, K, h, w]` → `[N, h, w]`, neither rectified nor resized.
pub fn weighted<'b>(weights: Var<'b>, activation: Var<'b>) -> Var<'b> {
    (weights.reshape([activation.dim(0), activation.dim(1), 1, 1]) * activation).sum(&[1])
}

/// `raw` `[N, h, w]` rectified and up-sampled over the image `x` → `[N, H, W]`.
pub(super) fn over_image<'b>(raw: Var<'b>, x: Var<'b>) -> Var<'b> {
    resized(raw.relu(), x)
}

/// `raw` `[N, h, w]` up-sampled bilinearly to the size of `x` `[_, _, H, W]` → `[N, H, W]`.
pub(super) fn resized<'b>(raw: Var<'b>, x: Var<'b>) -> Var<'b> {
    let [n, h, w] = [0, 1, 2].map(|i| raw.dim(i));
    let [height, width] = [2, 3].map(|i| x.dim(i));
    raw.reshape([n, 1, h, w]).resize2d(Resize::Bilinear, [height, width]).reshape([n, height, width])
}

/// The output of `layer` in `forward`; an error unless it is feature maps.
pub(super) fn features<'b>(forward: &Forward<'b>, layer: &str) -> Result<Var<'b>> {
    if let Some(activation) = forward.layer(layer).filter(|activation| activation.rank() == 4) {
        return Ok(activation);
    }
    let names: Vec<&str> = forward.layers.iter().filter(|(_, var)| var.rank() == 4).map(|(name, _)| name.as_str()).collect();
    Err(Error::option("layer", format!("`{layer}` has no feature maps; choose one of {}", names.join(", "))))
}

/// The method at the layer called `layer` for `batch` images; inputs and outputs as in [`explain`](super), and `raw` `[N, h, w]`, the
/// map before rectifying and resizing, and `units` `[N, K]`, α.
pub fn graph(model: &Model, batch: usize, layer: &str) -> Result<Graph> {
    let builder = Builder::new();
    let Setting { x, forward, score, .. } = setting(&builder, model, batch)?;
    let activation = features(&forward, layer)?;
    let alpha = weights(activation, score);
    let raw = weighted(alpha, activation);
    builder.output("units", alpha);
    builder.output("raw", raw);
    builder.output("map", over_image(raw, x));
    builder.finish()
}

/// The last feature maps that a convolution made: the output of the last convolution or block, after the normalisation and activation
/// that follow it. An error where the model has none.
pub fn default_layer(model: &Model) -> Result<String> {
    let layers = &model.summary().layers;
    let Some(last) = layers.iter().rposition(|layer| matches!(layer.kind, "conv" | "residual" | "inception")) else {
        return Err(Error::option("layer", "this method needs a convolution, this network has none"));
    };
    let follows = |kind| matches!(kind, "batch-norm" | "activation" | "dropout");
    let more = layers[last + 1..].iter().take_while(|layer| follows(layer.kind)).count();
    Ok(layers[last + more].name.clone())
}
