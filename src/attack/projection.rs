//! Norm balls: lengths, steepest steps, projections and random points (COURSE R1; Madry et al. 2018).

use serde::{Deserialize, Serialize};

use crate::data::Random;
use crate::graph::{Reduce, Var};

/// How the size of a perturbation δ of one image is measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Norm {
    /// ‖δ‖∞ = max |δ_i|.
    Linf,
    /// ‖δ‖₂ = √Σδ_i².
    L2,
}

impl Norm {
    /// ‖δ‖.
    pub fn length(self, delta: &[f32]) -> f32 {
        match self {
            Norm::Linf => delta.iter().fold(0.0, |max, d| max.max(d.abs())),
            Norm::L2 => delta.iter().map(|&d| f64::from(d).powi(2)).sum::<f64>().sqrt() as f32,
        }
    }

    /// The step of length 1 that raises a function with this `gradient` (`[N, C, H, W]`) most, for each image: sign(g), or g/‖g‖₂.
    /// Zero where the gradient is zero.
    pub fn steepest(self, gradient: Var) -> Var {
        match self {
            Norm::Linf => gradient.sign(),
            Norm::L2 => {
                // First to a largest value of 1: squares of a nearly saturated network's gradient would vanish.
                let tiny = gradient.builder().scalar(f32::MIN_POSITIVE);
                let scaled = gradient / gradient.abs().reduce_keep(Reduce::Max, &EACH_IMAGE).max(tiny);
                scaled / euclidean(scaled).max(tiny)
            }
        }
    }

    /// The nearest point to each image's δ (`[N, C, H, W]`) with ‖δ‖ ≤ ε, in the Euclidean sense; `epsilon` has rank 0.
    pub fn project<'b>(self, delta: Var<'b>, epsilon: Var<'b>) -> Var<'b> {
        match self {
            Norm::Linf => delta.min(epsilon).max(-epsilon),
            Norm::L2 => {
                let builder = delta.builder();
                let ratio = epsilon / euclidean(delta).max(builder.scalar(f32::MIN_POSITIVE));
                delta * ratio.min(builder.scalar(1.0))
            }
        }
    }

    /// A random δ of `len` values, uniform in the ball of radius `epsilon`.
    pub fn random(self, epsilon: f32, len: usize, random: &mut Random) -> Vec<f32> {
        match self {
            Norm::Linf => (0..len).map(|_| random.between(-epsilon, epsilon)).collect(),
            Norm::L2 => {
                // A normal direction, and a radius whose distribution is that of the volume.
                let direction: Vec<f32> = (0..len).map(|_| random.normal()).collect();
                let radius = epsilon * random.uniform().powf(1.0 / len as f32);
                let scale = radius / self.length(&direction).max(f32::MIN_POSITIVE);
                direction.into_iter().map(|d| d * scale).collect()
            }
        }
    }
}

const EACH_IMAGE: [usize; 3] = [1, 2, 3];

/// ‖δ‖₂ of each image: `[N, C, H, W]` → `[N, 1, 1, 1]`.
fn euclidean(delta: Var) -> Var {
    delta.square().reduce_keep(Reduce::Sum, &EACH_IMAGE).sqrt()
}
