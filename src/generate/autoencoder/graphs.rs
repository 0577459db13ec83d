//! The graphs of an autoencoder: first weights, a training step, encoding, decoding.

use super::network::{Code, Network};
use super::options::{AutoencoderOptions, Reconstruction, Regulariser, Shape};
use super::pairs;
use super::penalty::{contraction, kl, sparsity};
use crate::error::Result;
use crate::graph::{Binary, Builder, DType, Distribution, Graph, Var};
use crate::nn::Optimizer;

/// Rows of the metrics ring: the most steps between two readings.
pub(super) const RING: usize = 256;

/// Columns of a row of metrics before those of the latents: total, reconstruction, penalty.
pub(super) const COLUMNS: usize = 3;

/// An autoencoder without numbers.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Plan {
    pub options: AutoencoderOptions,
    pub network: Network,
    /// Training images.
    pub images: usize,
}

impl Plan {
    pub fn initial(&self) -> Result<Graph> {
        let builder = Builder::new();
        let key = builder.input("key", [2], DType::U32);
        self.network.initialize(&builder, key);
        builder.finish()
    }

    /// Clock → batch → code → image → loss → update. States: `data/images`, `data/partners`, `autoencoder/…`, `optimizer/…`, the
    /// network's. Each epoch is a permutation of the images chosen by (seed, epoch), cut into whole batches.
    pub fn step(&self) -> Result<Graph> {
        let (builder, n, options) = (Builder::new(), self.options.batch, &self.options);
        let step = builder.state("autoencoder/step", [], DType::U32);
        let seed = builder.state("autoencoder/seed", [], DType::U32);
        let strength = builder.state("autoencoder/strength", [], DType::F32);
        let key_of = |turn: Var<'_>| builder.concat(0, &[seed.reshape([1]), builder.var(turn.id()).reshape([1])]);
        let key = key_of(step);
        let x = builder.scope("batch", || {
            let per_epoch = builder.scalar_u32((self.images / n) as u32);
            let first = step.binary(Binary::Rem, per_epoch) * builder.scalar_u32(n as u32);
            let index = builder.permutation(self.images, key_of(step / per_epoch), first + builder.iota(n));
            let [c, h, w] = self.network.image();
            let chosen = |name| builder.state(name, [self.images, c, h, w], DType::F32).gather(index);
            let images = chosen("data/images");
            if options.pairs.is_some() { builder.concat(0, &[images, chosen("data/partners")]) } else { images }
        });
        let weights = self.network.states(&builder);
        let noise = |like: Var<'_>| builder.random(Distribution::Normal, key, like.shape());
        let seen = if options.regulariser == Regulariser::Denoising { x + noise(x) * strength } else { x };
        let code = pairs::apply(options.pairs, builder.scope("encoder", || self.network.encode(&weights, seen)));
        let Code { mean, log_variance } = code;
        let z = log_variance.map_or(mean, |log| mean + (log * 0.5).exp() * noise(mean));
        let decoded = builder.scope("decoder", || self.network.decode(&weights, z));
        let reconstruction = self.error(decoded, x).mean_all();
        let divergences = log_variance.map(|log| kl(mean, log).mean(&[0]));
        let (penalty, weight) = builder.scope("penalty", || match options.regulariser {
            Regulariser::None | Regulariser::Denoising => (builder.scalar(0.0), builder.scalar(0.0)),
            Regulariser::Sparse => (sparsity(mean).mean_all(), strength),
            Regulariser::Contractive => {
                (contraction(|x| self.network.encode(&weights, x).mean, x, options.latent).mean_all(), strength)
            }
            Regulariser::Variational => (divergences.map_or(builder.scalar(0.0), Var::sum_all), strength),
        });
        let loss = reconstruction + penalty * weight;
        let gradients = builder.grad(loss, &weights);
        let rate = builder.state("autoencoder/rate", [], DType::F32);
        let rate = match options.half_life {
            0 => rate,
            steps => rate * (step.cast(DType::F32) * (-std::f32::consts::LN_2 / steps as f32)).exp(),
        };
        Optimizer::default().update(&self.network.parameters(), &weights, &gradients, rate, 0.0);
        let numbers = [loss, reconstruction, penalty].map(|value| value.reshape([1]));
        let row = builder.concat(0, &numbers.into_iter().chain(divergences).collect::<Vec<_>>());
        let columns = self.columns();
        let ring = builder.state("autoencoder/metrics", [RING, columns], DType::F32);
        let slot = step.binary(Binary::Rem, builder.scalar_u32(RING as u32)).one_hot(RING).reshape([RING, 1]);
        builder.update("autoencoder/metrics", slot.select(row.reshape([1, columns]), ring));
        builder.update("autoencoder/step", step + builder.scalar_u32(1));
        builder.finish()
    }

    /// Values in a row of metrics.
    pub fn columns(&self) -> usize {
        COLUMNS + if self.options.variational() { self.options.latent } else { 0 }
    }

    /// The reconstruction loss of each image `x` from `decoded`, both `[N, C, H, W]`, summed over its pixels: `[N]`.
    fn error<'b>(&self, decoded: Var<'b>, x: Var<'b>) -> Var<'b> {
        let each = match self.options.reconstruction() {
            Reconstruction::Mse => (self.pixels(decoded) - x).square(),
            Reconstruction::Bce => decoded.softplus() - x * decoded,
        };
        each.sum(&[1, 2, 3])
    }

    /// What the decoder's values are as pixels.
    fn pixels<'b>(&self, decoded: Var<'b>) -> Var<'b> {
        if self.options.shape == Shape::Linear { decoded } else { decoded.sigmoid() }
    }

    /// Input `x` `[rows, C, H, W]`; outputs `mean`, and `deviation` of a variational one: `[rows, latent]`.
    pub fn encode(&self, rows: usize) -> Result<Graph> {
        let builder = Builder::new();
        let Code { mean, log_variance } = self.network.encode(&self.network.states(&builder), self.input(&builder, rows));
        builder.output("mean", mean);
        if let Some(log_variance) = log_variance {
            builder.output("deviation", (log_variance * 0.5).exp());
        }
        builder.finish()
    }

    /// Input `x` `[rows, C, H, W]`; outputs `image`, decoded from the code (the mean), and of each image the reconstruction loss
    /// `error` and the mean squared error per pixel `mse`.
    pub fn reconstruct(&self, rows: usize) -> Result<Graph> {
        let builder = Builder::new();
        let (x, weights) = (self.input(&builder, rows), self.network.states(&builder));
        let decoded = self.network.decode(&weights, self.network.encode(&weights, x).mean);
        builder.output("image", self.pixels(decoded));
        builder.output("error", self.error(decoded, x));
        builder.output("mse", (self.pixels(decoded) - x).square().mean(&[1, 2, 3]));
        builder.finish()
    }

    fn input<'b>(&self, builder: &'b Builder, rows: usize) -> Var<'b> {
        let [c, h, w] = self.network.image();
        builder.input("x", [rows, c, h, w], DType::F32)
    }

    /// Input `z` `[rows, latent]`; output `image` `[rows, C, H, W]`.
    pub fn decode(&self, rows: usize) -> Result<Graph> {
        let builder = Builder::new();
        let z = builder.input("z", [rows, self.options.latent], DType::F32);
        builder.output("image", self.pixels(self.network.decode(&self.network.states(&builder), z)));
        builder.finish()
    }
}
