//! What an autoencoder is made of and how it is trained.

use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};
use crate::nn::Activation;

/// The shape of encoder and decoder; the decoder mirrors the encoder.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Shape {
    /// Fully connected layers: pixels → hidden … → latent → … hidden → pixels.
    Dense,
    /// Convolutions 4×4 with stride 2 (each halves the image), hidden dense layers, latent; back by transposed convolutions.
    Convolutional,
    /// h = Wx + b and x̂ = Vh + c: no hidden layer, no activation, no sigmoid at the end. Its best subspace is that of PCA
    /// (Baldi & Hornik 1989).
    Linear,
}

/// How far the reconstruction x̂ is from the image x; summed over an image's pixels, averaged over the batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Reconstruction {
    /// Σ(x̂ − x)². For pixels normal around x̂ with variance σ² this is 2σ² times −ln p(x|z), up to a constant: of a variational one
    /// β = 2σ² makes the loss a multiple of −ELBO.
    Mse,
    /// −Σ x·ln x̂ + (1 − x)·ln(1 − x̂): binary cross-entropy, in nats.
    Bce,
}

/// What is asked of the code h beside a good reconstruction.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Regulariser {
    None,
    /// + λ·Σ|hᵢ|.
    Sparse,
    /// + λ·Σ‖∇ₓhᵢ‖² (Rifai et al. 2011), exact.
    Contractive,
    /// The encoder sees x + σ·ε with ε normal and must give back x (Vincent et al. 2008); the strength is σ.
    Denoising,
    /// z = μ + σ·ε, + β·KL(q(z|x) ‖ N(0, I)): the VAE of Kingma & Welling 2014, for β ≠ 1 the β-VAE of Higgins et al. 2017. As there
    /// the reconstruction is summed over the pixels and the divergence over the latents, so that the same β weighs less on larger
    /// images.
    Variational,
}

impl Regulariser {
    /// The strength where none is given: λ, the noise's standard deviation, or β.
    pub fn default_strength(self) -> f32 {
        match self {
            Regulariser::None => 0.0,
            Regulariser::Sparse => 0.1,
            Regulariser::Contractive => 0.1,
            Regulariser::Denoising => 0.3,
            Regulariser::Variational => 1.0,
        }
    }
}

/// Weak supervision by pairs of images that differ in few factors (Locatello et al. 2020): the latents that a pair shares are
/// replaced by their average. Which they are is judged by KL(q(zᵢ|x₁) ‖ q(zᵢ|x₂)).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Pairs {
    /// Shared are those whose divergence is below the middle between the smallest and the largest (Ada-GVAE).
    Adaptive,
    /// All but the one with the largest divergence are shared: that exactly one factor differs is known.
    OneFactor,
}

/// What to train and how; in JavaScript `AutoencoderOptions` of `www/engine/types-generate.ts`.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct AutoencoderOptions {
    /// Dense.
    pub shape: Shape,
    /// Units of each hidden dense layer of the encoder, 0…4 layers of 1…1024; the decoder has them in reverse. 128; none if linear.
    pub hidden: Option<Vec<usize>>,
    /// Filters of each convolution of the encoder, 1…4 of 1…256. 16, 32.
    pub filters: Vec<usize>,
    /// After all layers but the last of each half. ReLU.
    pub activation: Activation,
    /// Dimensions of the code, 1…64. 2.
    pub latent: usize,
    /// Mean squared error; binary cross-entropy for variational ones.
    pub reconstruction: Option<Reconstruction>,
    /// None.
    pub regulariser: Regulariser,
    /// λ, the noise's σ, or β: 0…1000. See [`Regulariser::default_strength`].
    pub strength: Option<f32>,
    /// Only with `variational`, on data whose images come in pairs. None.
    pub pairs: Option<Pairs>,
    /// Images, or pairs, per step, 1…4096 and at most the training images. 64.
    pub batch: usize,
    /// Adam's, > 0 and at most 1. 0.001.
    pub learning_rate: f32,
    /// The rate halves every so many steps; 0: it stays. 0.
    pub half_life: u32,
    /// 1.
    pub seed: u32,
}

impl Default for AutoencoderOptions {
    fn default() -> Self {
        Self {
            shape: Shape::Dense,
            hidden: None,
            filters: vec![16, 32],
            activation: Activation::Relu,
            latent: 2,
            reconstruction: None,
            regulariser: Regulariser::None,
            strength: None,
            pairs: None,
            batch: 64,
            learning_rate: 0.001,
            half_life: 0,
            seed: 1,
        }
    }
}

impl AutoencoderOptions {
    /// The hidden layers' units.
    pub fn hidden(&self) -> &[usize] {
        match (&self.hidden, self.shape) {
            (_, Shape::Linear) => &[],
            (Some(hidden), _) => hidden,
            (None, _) => &[128],
        }
    }

    /// The reconstruction loss.
    pub fn reconstruction(&self) -> Reconstruction {
        self.reconstruction.unwrap_or(if self.variational() { Reconstruction::Bce } else { Reconstruction::Mse })
    }

    /// λ, σ or β.
    pub fn strength(&self) -> f32 {
        self.strength.unwrap_or(self.regulariser.default_strength())
    }

    pub fn variational(&self) -> bool {
        self.regulariser == Regulariser::Variational
    }

    /// Whether everything lies in its range, for so many training images of so many values.
    pub fn check(&self, images: usize, values: usize) -> Result<()> {
        let within = |name, ok: bool, range: &str| if ok { Ok(()) } else { Err(Error::option(name, range)) };
        let hidden = self.hidden();
        let widths = hidden.iter().all(|units| (1..=1024).contains(units));
        within("hidden", widths && hidden.len() <= 4, "must be 0 to 4 layers of 1 to 1024 units")?;
        let filters = self.filters.iter().all(|filters| (1..=256).contains(filters));
        within("filters", filters && (1..=4).contains(&self.filters.len()), "must be 1 to 4 layers of 1 to 256 filters")?;
        within("latent", (1..=64).contains(&self.latent), "must be 1 to 64")?;
        within("strength", (0.0..=1e3).contains(&self.strength()), "must be 0 to 1000")?;
        within("batch", (1..=4096.min(images)).contains(&self.batch), "must be 1 to 4096, at most the training images")?;
        within("learningRate", self.learning_rate > 0.0 && self.learning_rate <= 1.0, "must be greater than 0 and at most 1")?;
        let linear = self.shape == Shape::Linear;
        within("reconstruction", !linear || self.reconstruction() == Reconstruction::Mse, "must be mse where nothing bounds x̂")?;
        within("pairs", self.pairs.is_none() || self.variational(), "needs the regulariser `variational`")?;
        // The exact penalty looks at every image once per latent, all in one batch.
        let wide = self.regulariser == Regulariser::Contractive && self.batch * self.latent * values > 1 << 24;
        within("batch", !wide, "is too large for the contractive penalty: batch × latent × pixels must be at most 16,777,216")
    }
}
