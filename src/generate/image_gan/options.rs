//! What an image GAN is played with, presets that fail on purpose, and what a step tells.

use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};
use crate::generate::gan::GanLoss;
use crate::nn::Optimizer;

/// In JavaScript `ImageGanOptions` of `www/engine/types-generate.ts`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct ImageGanOptions {
    /// Non-saturating.
    pub loss: GanLoss,
    /// Dimensions of G's normal input, 1…256. 32.
    pub latent: usize,
    /// Filters of D's first convolution, 1…128; doubled with each further one, and G’s mirror them. 16.
    pub width: usize,
    /// Real, and fake, images per step, 2…512 and at most as many as there are. 64.
    pub batch: usize,
    /// Adam's β₁ and β₂ for both. 0.5 and 0.999, as in Radford et al. 2016.
    pub beta1: f32,
    pub beta2: f32,
    /// Learning rates, > 0 and at most 1. 0.0002.
    pub discriminator_rate: f32,
    pub generator_rate: f32,
    /// Weight of the penalty: λ with `wasserstein-gp`; with the others γ of ½γ‖∇D‖² at real images. 0…1000. 10 with `wasserstein-gp`,
    /// else 0.
    pub penalty: Option<f32>,
    /// Steps of D for one of G, 1…20. 3 with `wasserstein-gp`, else 1.
    pub discriminator_steps: Option<usize>,
    /// 1.
    pub seed: u32,
}

impl Default for ImageGanOptions {
    fn default() -> Self {
        Self {
            loss: GanLoss::NonSaturating,
            latent: 32,
            width: 16,
            batch: 64,
            beta1: 0.5,
            beta2: 0.999,
            discriminator_rate: 2e-4,
            generator_rate: 2e-4,
            penalty: None,
            discriminator_steps: None,
            seed: 1,
        }
    }
}

/// A classic failure that a preset shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Failure {
    /// G is ten to a hundred times faster than D: it puts everything on the image that D likes best just then, and leaves when D has noticed.
    ModeCollapse,
    /// D is perfect before G has learnt anything, and the minimax loss ln(1 − D) is flat there: G's gradient is next to nothing.
    VanishingGradient,
    /// D learns so fast, and so much more often, that it knows every real image; what it tells G is no way towards them.
    StrongDiscriminator,
}

impl ImageGanOptions {
    /// Options with which the game fails.
    pub fn failing(failure: Failure) -> Self {
        let plain = Self::default();
        match failure {
            Failure::ModeCollapse => Self { discriminator_rate: 1e-4, generator_rate: 1e-2, ..plain },
            Failure::VanishingGradient => {
                Self { loss: GanLoss::Minimax, discriminator_rate: 2e-3, discriminator_steps: Some(5), ..plain }
            }
            Failure::StrongDiscriminator => Self { discriminator_rate: 2e-2, discriminator_steps: Some(10), ..plain },
        }
    }

    /// The penalty's weight.
    pub fn penalty(&self) -> f32 {
        self.penalty.unwrap_or(if self.loss == GanLoss::WassersteinGp { 10.0 } else { 0.0 })
    }

    /// Steps of D in a turn of both.
    pub fn discriminator_steps(&self) -> usize {
        self.discriminator_steps.unwrap_or(if self.loss == GanLoss::WassersteinGp { 3 } else { 1 })
    }

    pub(super) fn check(&self, images: usize) -> Result<()> {
        let within = |name, ok: bool, range: &str| if ok { Ok(()) } else { Err(Error::option(name, range)) };
        let rate = |rate: f32| rate > 0.0 && rate <= 1.0;
        within("latent", (1..=256).contains(&self.latent), "must be 1 to 256")?;
        within("width", (1..=128).contains(&self.width), "must be 1 to 128")?;
        let most = images.min(512);
        within("batch", (2..=most).contains(&self.batch), &format!("must be 2 to {most} (there are {images} images)"))?;
        within("discriminatorRate", rate(self.discriminator_rate), "must be greater than 0 and at most 1")?;
        within("generatorRate", rate(self.generator_rate), "must be greater than 0 and at most 1")?;
        within("penalty", (0.0..=1e3).contains(&self.penalty()), "must be 0 to 1000")?;
        within("discriminatorSteps", (1..=20).contains(&self.discriminator_steps()), "must be 1 to 20")?;
        self.optimizer().validate()
    }

    pub(super) fn optimizer(&self) -> Optimizer {
        Optimizer::Adam { beta1: self.beta1, beta2: self.beta2 }
    }
}

/// Of the last steps that were done; 0 before the first.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ImageGanMetrics {
    pub discriminator_steps: u64,
    pub generator_steps: u64,
    pub discriminator_loss: f32,
    pub generator_loss: f32,
    /// The penalty as it entered D's loss.
    pub penalty: f32,
    /// D(x) averaged over the real and over the fake images of D's last batch: a probability, or D's value itself.
    pub real: f32,
    pub fake: f32,
    /// ‖∇‖₂ of G's loss in all of G's parameters.
    pub gradient: f32,
}
