//! V10 LIME (Ribeiro, Singh & Guestrin 2016): super-pixels of the image are switched on and off at random, off meaning the baseline, and a
//! linear model of the switches z ∈ {0,1}^k is fitted to the score, nearer versions counting more: ω = exp(−D²/σ²), D = 1 − cos(z, 1).
//! M_ij is the weight of the pixel's segment, signed. The first version is the image itself.

use super::hidden::Parts;
use super::linear::{Fit, fit};
use super::{About, ExplainOptions, Surrogate, slic};
use crate::data::Random;

pub(super) const ABOUT: About = About {
    title: "LIME",
    answers: "Which segments carry the score, in a linear model of what hiding them does?",
    misleads: "It explains the linear model: look at its R². Other segments, another seed or another baseline can tell another story.",
    formula: r"\min_{w, b} \sum_z \omega_z \bigl( S_c(x_z) - b - w^\top z \bigr)^2 + \lambda \lVert w \rVert, \quad \omega_z = e^{-D(z)^2 / \sigma^2}",
    layer: false,
    signed: true,
    options: &["segments", "compactness", "samples", "surrogate", "penalty", "kernelWidth", "top", "baseline", "seed"],
    zero: "A map is zero everywhere: hiding segments does not change this score, or the penalty is so large that no weight is left.",
};

pub(super) const SAMPLES: usize = 1000;

/// The segments of `image` `[C, H, W]`, and which of them each version hides.
pub(super) fn parts(image: &[f32], shape: [usize; 3], options: &ExplainOptions) -> Parts {
    let labels = slic::segments(image, shape, options.segments, options.compactness);
    let count = labels.iter().fold(0, |most, &label| most.max(label)) + 1;
    let mut pixels = vec![Vec::new(); count as usize];
    labels.iter().enumerate().for_each(|(pixel, &label)| pixels[label as usize].push(pixel as u32));
    let mut random = Random::new(options.seed, 1);
    let mut hidden = vec![Vec::new()];
    for _ in 1..options.samples.unwrap_or(SAMPLES) {
        hidden.push((0..count).filter(|_| random.uniform() < 0.5).collect());
    }
    Parts { hidden, pixels }
}

/// The fit to the `scores` of the versions.
pub(super) fn surrogate(parts: &Parts, scores: &[f32], options: &ExplainOptions) -> Fit {
    let k = parts.pixels.len();
    let mut switches = vec![1.0; scores.len() * k];
    let mut importance = Vec::with_capacity(scores.len());
    for (hidden, row) in parts.hidden.iter().zip(switches.chunks_exact_mut(k)) {
        hidden.iter().for_each(|&part| row[part as usize] = 0.0);
        let distance = 1.0 - ((k - hidden.len()) as f32 / k as f32).sqrt();
        importance.push((-(distance / options.kernel_width).powi(2)).exp());
    }
    let default = match options.surrogate {
        Surrogate::Ridge => 1.0,
        Surrogate::Lasso => 0.01,
    };
    fit(&switches, scores, &importance, options.surrogate, options.penalty.unwrap_or(default))
}

/// The map `[H·W]`: each pixel has the weight of its segment, if that is among the `top` largest (all for 0).
pub(super) fn map(parts: &Parts, weights: &[f32], top: usize, plane: usize) -> Vec<f32> {
    let mut map = vec![0.0; plane];
    for (pixels, weight) in parts.pixels.iter().zip(weights) {
        let larger = weights.iter().filter(|other| other.abs() > weight.abs()).count();
        if top == 0 || larger < top {
            pixels.iter().for_each(|&pixel| map[pixel as usize] = *weight);
        }
    }
    map
}
