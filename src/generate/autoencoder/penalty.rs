//! What a code costs.

use crate::graph::{Reduce, Var};

/// Σᵢ|hᵢ| of each row of `h` `[N, latent]`: `[N]`.
pub fn sparsity(h: Var) -> Var {
    h.abs().sum(&[1])
}

/// Σᵢ‖∇ₓhᵢ‖² of each image of `x` `[N, …]`, for `latent` codes hᵢ that `encode` gives (`[M, latent]` for any batch of M): `[N]`.
/// Exact, and it can be differentiated again (Rifai et al. 2011).
///
/// All ∇ₓhᵢ come from one backward pass over a batch that holds every image once per latent.
pub fn contraction<'b>(encode: impl FnOnce(Var<'b>) -> Var<'b>, x: Var<'b>, latent: usize) -> Var<'b> {
    let builder = x.builder();
    let (n, one) = (x.dim(0), x.shape()[1..].to_vec());
    let copies = x.reshape([vec![1, n], one.clone()].concat()).broadcast([vec![latent, n], one.clone()].concat());
    let copies = copies.reshape([vec![latent * n], one].concat());
    let own = (builder.iota(latent * n) / builder.scalar_u32(n as u32)).one_hot(latent);
    let gradient = builder.grad((encode(copies) * own).sum_all(), &[copies])[0];
    gradient.square().reshape([latent, n, gradient.shape().len() / (latent * n).max(1)]).sum(&[0, 2])
}

/// KL(N(μ, σ²) ‖ N(0, 1)) = ½(μ² + σ² − 1 − ln σ²), element by element, in nats.
pub fn kl<'b>(mean: Var<'b>, log_variance: Var<'b>) -> Var<'b> {
    (mean.square() + log_variance.exp() - 1.0 - log_variance) * 0.5
}

/// KL(N(μ₁, σ₁²) ‖ N(μ₂, σ₂²)) = ½(ln σ₂² − ln σ₁² + (σ₁² + (μ₁ − μ₂)²)/σ₂² − 1), element by element, from (μ, ln σ²) of each.
pub fn kl_between<'b>(first: [Var<'b>; 2], second: [Var<'b>; 2]) -> Var<'b> {
    let [mean1, log1] = first;
    let [mean2, log2] = second;
    (log2 - log1 + (log1 - log2).exp() + (mean1 - mean2).square() * (-log2).exp() - 1.0) * 0.5
}

/// Where a row of `distance` `[N, latent]` has its largest value, 1, elsewhere 0.
pub fn largest(distance: Var) -> Var {
    distance.ge(distance.reduce_keep(Reduce::Max, &[1]))
}
