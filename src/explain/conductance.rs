//! V8 Conductance (Dhamdhere, Sundararajan & Yan 2019): integrated gradients that flow through units y of a hidden layer,
//! Cond_i(y) = (x_i − x′_i)·∫₀¹ ∂S_c/∂y·∂y/∂x_i dα along the path from the baseline x′ to the image x, by the midpoint rule, signed.
//!
//! Layer conductance sums over the pixels i and shows each cell of the layer: Cond(y) = ∫₀¹ ∂S_c/∂y·dy/dα dα, summed over feature maps.
//! If every path from the pixels to the score leads through the layer, it sums to S_c(x) − S_c(x′). Neuron conductance sums over the
//! cells of one feature map and shows each pixel.

use super::{About, grad_cam, path::Rows};
use crate::error::{Error, Result};
use crate::graph::{Builder, Graph, Var};
use crate::nn::Model;

pub(super) const LAYER: About = About {
    title: "Layer conductance",
    answers: "How much of the difference between the scores of the image and of a baseline flows through each cell of this layer?",
    misleads: "It depends on the baseline and is as coarse as the layer; the sum over feature maps hides those that cancel each other.",
    formula: r"M_{ij} = \sum_k \int_0^1 \frac{\partial S_c}{\partial A^k_{ij}} \, \frac{\mathrm{d} A^k_{ij}}{\mathrm{d}\alpha} \, \mathrm{d}\alpha, \quad x(\alpha) = x' + \alpha (x - x')",
    layer: true,
    signed: true,
    options: &["baseline", "steps", "seed"],
    zero: "A map is zero everywhere: on the way from the baseline to the image nothing that this layer does changes the score.",
};

pub(super) const NEURON: About = About {
    title: "Neuron conductance",
    answers: "How much does each pixel contribute to the score through this one feature map?",
    misleads: "One feature map is rarely one concept, and what others do at the same place is not shown.",
    formula: r"M_{ij} = \sum_k (x_{kij} - x'_{kij}) \int_0^1 \sum_{uv} \frac{\partial S_c}{\partial A_{uv}} \, \frac{\partial A_{uv}}{\partial x_{kij}} \, \mathrm{d}\alpha",
    layer: true,
    signed: true,
    options: &["unit", "baseline", "steps", "seed"],
    zero: "A map is zero everywhere: on the way from the baseline to the image this feature map is silent, or the score does not depend on it.",
};

/// Layer conductance for `rows` steps at a time; inputs and outputs as in [`path`](super::path), and `baseline`, `slope`, `total`,
/// `units` `[K]` (the sum over each feature map), `raw` `[1, h, w]`.
pub fn layer(model: &Model, rows: usize, layer: &str) -> Result<Graph> {
    let builder = Builder::new();
    let rows = Rows::from_baseline(&builder, model, rows)?;
    let activation = grad_cam::features(&rows.forward, layer)?; // [rows, K, h, w]
    let gradients = builder.grad(rows.score, &[activation, rows.versions]);
    rows.output_slope(gradients[1]);
    // dA/dα = J·d by two backward passes: Jᵀv is linear in v, and the gradient of (Jᵀv)·d in v is J·d.
    let v = builder.fill(1.0, activation.shape());
    let pulled = builder.grad((activation * v).sum_all(), &[rows.versions])[0];
    let pushed = builder.grad((pulled * rows.direction).sum_all(), &[v])[0];
    let conductance = rows.accumulate(gradients[0] * pushed); // [K, h, w]
    let [h, w] = [1, 2].map(|i| conductance.dim(i));
    let raw = conductance.sum(&[0]).reshape([1, h, w]);
    let [height, width] = [2, 3].map(|i| rows.versions.dim(i));
    builder.output("raw", raw);
    builder.output("map", grad_cam::resized(raw, rows.versions).reshape([height, width]));
    builder.output("units", conductance.sum(&[1, 2]));
    builder.output("total", conductance.sum_all());
    builder.finish()
}

/// Neuron conductance of feature map (or, in a vector, value) `unit` for `rows` steps at a time; inputs and outputs as in
/// [`path`](super::path), and `baseline`, `slope`. Its sum is the layer conductance of the unit.
pub fn neuron(model: &Model, rows: usize, layer: &str, unit: usize) -> Result<Graph> {
    let builder = Builder::new();
    let rows = Rows::from_baseline(&builder, model, rows)?;
    let Some(activation) = rows.forward.layer(layer) else {
        let names: Vec<&str> = rows.forward.layers.iter().map(|(name, _)| name.as_str()).collect();
        return Err(Error::option("layer", format!("there is no `{layer}`; choose one of {}", names.join(", "))));
    };
    let shape = activation.shape();
    if unit >= shape[1] {
        return Err(Error::option("unit", format!("must be 0 to {}, not {unit}", shape[1] - 1)));
    }
    let gradients = builder.grad(rows.score, &[activation, rows.versions]);
    rows.output_slope(gradients[1]);
    let mut only = vec![0; shape.rank()];
    only[1] = unit;
    let mut sizes = shape.to_vec();
    sizes[1] = 1;
    let of_unit = |value: Var| builder.var(value.slice(&only, &sizes).id());
    // ∂S/∂y counts as a constant here, so its own dependence on the pixels is cut off: it has another shape, and no gradient.
    let constant = of_unit(gradients[0]).reshape([sizes.iter().product()]);
    let flow = (constant.reshape(sizes.clone()) * of_unit(activation)).sum_all();
    let cut = |node: Var<'_>, _: Var<'_>| (node.id() == constant.id()).then(|| vec![builder.fill(0.0, sizes.clone())]);
    let through = builder.grad_with(flow, &[rows.versions], &cut)[0];
    let inside = through.shape();
    builder.output("map", (rows.accumulate(through) * rows.direction.reshape(&inside[1..])).sum(&[0]));
    builder.finish()
}
