//! What generator and discriminator play for: losses, gradient penalties, and the best possible discriminator.

use serde::{Deserialize, Serialize};

use crate::graph::{Reduce, Var};

/// What the two networks play for. r = D's value for a real, f for a fake point, before any sigmoid; D(x) = σ(·) with the first two.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum GanLoss {
    /// D: −ln σ(r) − ln(1 − σ(f)). G: ln(1 − σ(f)), which hardly changes where D is sure (Goodfellow et al. 2014).
    Minimax,
    /// D as with minimax. G: −ln σ(f).
    NonSaturating,
    /// D: ½(r − 1)² + ½f². G: ½(f − 1)² (Mao et al. 2017).
    LeastSquares,
    /// D: f − r + λ(‖∇D(x̂)‖ − 1)² at random points x̂ between real and fake. G: −f (Gulrajani et al. 2017).
    WassersteinGp,
}

impl GanLoss {
    /// Whether D's value passes through a sigmoid and so is a probability.
    pub fn is_probability(self) -> bool {
        matches!(self, GanLoss::Minimax | GanLoss::NonSaturating)
    }

    /// D's loss from its values `real` and `fake`, without penalty; rank 0.
    pub fn discriminator<'b>(self, real: Var<'b>, fake: Var<'b>) -> Var<'b> {
        match self {
            GanLoss::Minimax | GanLoss::NonSaturating => (-real).softplus().mean_all() + fake.softplus().mean_all(),
            GanLoss::LeastSquares => ((real - 1.0).square().mean_all() + fake.square().mean_all()) * 0.5,
            GanLoss::WassersteinGp => fake.mean_all() - real.mean_all(),
        }
    }

    /// G's loss from D's values for its samples; rank 0.
    pub fn generator<'b>(self, fake: Var<'b>) -> Var<'b> {
        match self {
            GanLoss::Minimax => -fake.softplus().mean_all(),
            GanLoss::NonSaturating => (-fake).softplus().mean_all(),
            GanLoss::LeastSquares => (fake - 1.0).square().mean_all() * 0.5,
            GanLoss::WassersteinGp => -fake.mean_all(),
        }
    }
}

/// ‖∇ₓ D(x)‖² for each of the n points or images of `x`: `[n, 1, …]`. It can be differentiated again.
pub fn squared_gradient<'b>(value: impl FnOnce(Var<'b>) -> Var<'b>, x: Var<'b>) -> Var<'b> {
    let gradient = x.builder().grad(value(x).sum_all(), &[x])[0];
    gradient.square().reduce_keep(Reduce::Sum, &(1..x.rank()).collect::<Vec<_>>())
}

/// The mean of (‖∇ₓ D(x)‖ − 1)² over the rows of `x` (Gulrajani et al. 2017); rank 0. 1e-12 under the root keeps its slope finite.
pub fn gradient_penalty<'b>(value: impl FnOnce(Var<'b>) -> Var<'b>, x: Var<'b>) -> Var<'b> {
    ((squared_gradient(value, x) + 1e-12).sqrt() - 1.0).square().mean_all()
}

/// The best possible discriminator, p/(p + q) for densities of real and fake points (Goodfellow et al. 2014, proposition 1); ½ where
/// both vanish.
pub fn optimal_discriminator(p: f32, q: f32) -> f32 {
    if p + q > 0.0 { p / (p + q) } else { 0.5 }
}
