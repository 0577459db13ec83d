//! What a game is played with, whose turn it is, and what a step tells.

use serde::{Deserialize, Serialize};

use super::loss::GanLoss;
use crate::error::{Error, Result};
use crate::nn::Optimizer;

/// What to train and how; in JavaScript `GanOptions` of `www/engine/types-generate.ts`.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct GanOptions {
    /// Non-saturating.
    pub loss: GanLoss,
    /// Dimensions of G's normal input, 1…64. 2.
    pub latent: usize,
    /// Units of each hidden layer of both networks, 1…512 each, 1…4 layers. 64, 64.
    pub hidden: Vec<usize>,
    /// Real, and fake, points per step, 1…4096. 256.
    pub batch: usize,
    /// Adam's β₁ and β₂ for both. 0.5 and 0.9.
    pub beta1: f32,
    pub beta2: f32,
    /// Initial learning rates, > 0 and at most 1. 0.006 and 0.004.
    pub discriminator_rate: f32,
    pub generator_rate: f32,
    /// Rates halve every so many steps of a network; 0: they stay. 2000.
    pub half_life: u32,
    /// Weight of the penalty: λ with `wasserstein-gp`; with the others γ of ½γ‖∇D‖² at real points (R1, Mescheder et al. 2018). 0…1000.
    /// 0.3 with `wasserstein-gp`, else 0.01.
    pub penalty: Option<f32>,
    /// Steps of D for one of G, 1…20. 2 with `wasserstein-gp`, else 1.
    pub discriminator_steps: Option<usize>,
    /// Memory of the moving average of G's weights, 0 ≤ a < 1; (1 + t)/(10 + t) at step t while that is less. 0.999.
    pub average: f32,
    /// 1.
    pub seed: u32,
}

impl Default for GanOptions {
    fn default() -> Self {
        Self {
            loss: GanLoss::NonSaturating,
            latent: 2,
            hidden: vec![64, 64],
            batch: 256,
            beta1: 0.5,
            beta2: 0.9,
            discriminator_rate: 0.006,
            generator_rate: 0.004,
            half_life: 2000,
            penalty: None,
            discriminator_steps: None,
            average: 0.999,
            seed: 1,
        }
    }
}

impl GanOptions {
    /// The penalty's weight.
    pub fn penalty(&self) -> f32 {
        self.penalty.unwrap_or(if self.loss == GanLoss::WassersteinGp { 0.3 } else { 0.01 })
    }

    /// Steps of D in a turn of both.
    pub fn discriminator_steps(&self) -> usize {
        self.discriminator_steps.unwrap_or(if self.loss == GanLoss::WassersteinGp { 2 } else { 1 })
    }

    pub(super) fn check(&self) -> Result<()> {
        let within = |name, ok: bool, range: &str| if ok { Ok(()) } else { Err(Error::option(name, range)) };
        let rate = |rate: f32| rate > 0.0 && rate <= 1.0;
        within("latent", (1..=64).contains(&self.latent), "must be 1 to 64")?;
        let widths = self.hidden.iter().all(|units| (1..=512).contains(units));
        within("hidden", widths && (1..=4).contains(&self.hidden.len()), "must be 1 to 4 layers of 1 to 512 units")?;
        within("batch", (1..=4096).contains(&self.batch), "must be 1 to 4096")?;
        within("discriminatorRate", rate(self.discriminator_rate), "must be greater than 0 and at most 1")?;
        within("generatorRate", rate(self.generator_rate), "must be greater than 0 and at most 1")?;
        within("penalty", (0.0..=1e3).contains(&self.penalty()), "must be 0 to 1000")?;
        within("discriminatorSteps", (1..=20).contains(&self.discriminator_steps()), "must be 1 to 20")?;
        within("average", (0.0..1.0).contains(&self.average), "must be at least 0 and below 1")?;
        self.optimizer().validate()
    }

    pub(super) fn optimizer(&self) -> Optimizer {
        Optimizer::Adam { beta1: self.beta1, beta2: self.beta2 }
    }
}

/// Whose turn it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Turn {
    Discriminator,
    Generator,
    /// `discriminator_steps` of D, then one of G.
    Both,
}

/// Of the last steps that were done; 0 before the first.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct GanMetrics {
    pub discriminator_steps: u64,
    pub generator_steps: u64,
    pub discriminator_loss: f32,
    pub generator_loss: f32,
    /// The penalty as it entered D's loss.
    pub penalty: f32,
    /// D(x) averaged over the real and over the fake points of D's last batch: a probability, or D's value itself.
    pub real: f32,
    pub fake: f32,
}
