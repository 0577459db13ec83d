//! What is looked at while a game is played, as graphs that change nothing.

use super::step::Game;
use crate::error::Result;
use crate::graph::{Builder, DType, Distribution, Graph};

/// Samples drawn, or latent points sent through G, by one run of a program.
pub(super) const SAMPLES: usize = 500;
/// Points whose D is computed by one run of the surface program.
pub(super) const SURFACE: usize = 1024;

/// What the page draws, for one batch: `[batch, dims]` or `[batch]`.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct GanView {
    pub latent: Vec<f32>,
    pub fake: Vec<f32>,
    /// D(x) of each fake.
    pub fake_score: Vec<f32>,
    /// Minus the gradient of G's loss for this sample alone: whither G would move it.
    pub arrow: Vec<f32>,
    pub real: Vec<f32>,
    pub real_score: Vec<f32>,
}

impl Game {
    /// Outputs of [`GanView`]. The points stay the same while only weights change.
    pub fn view(&self) -> Result<Graph> {
        let builder = Builder::new();
        let key = builder.input("key", [2], DType::U32);
        let n = self.options.batch;
        let latent = builder.random(Distribution::Normal, key, [n, self.options.latent]);
        let (real, fake) = (self.cloud.sample(&builder, key, n), self.fakes(&self.generator, latent));
        let weights = self.discriminator.states(&builder);
        let value = self.value(&weights, fake);
        let loss = self.options.loss.generator(value) * n as f32;
        builder.output("latent", latent);
        builder.output("fake", fake);
        builder.output("fake_score", self.score(value));
        builder.output("arrow", -builder.grad(loss, &[fake])[0]);
        builder.output("real", real);
        builder.output("real_score", self.score(self.value(&weights, real)));
        builder.finish()
    }

    pub fn surface(&self) -> Result<Graph> {
        let builder = Builder::new();
        let x = builder.input("x", [SURFACE, self.cloud.dims()], DType::F32);
        builder.output("score", self.score(self.value(&self.discriminator.states(&builder), x)));
        builder.finish()
    }

    pub fn samples(&self) -> Result<Graph> {
        let builder = Builder::new();
        let key = builder.input("key", [2], DType::U32);
        let latent = builder.random(Distribution::Normal, key, [SAMPLES, self.options.latent]);
        builder.output("fake", self.fakes(&self.average, latent));
        builder.finish()
    }

    /// G at given latent points.
    pub fn generate(&self) -> Result<Graph> {
        let builder = Builder::new();
        let z = builder.input("z", [SAMPLES, self.options.latent], DType::F32);
        builder.output("fake", self.fakes(&self.generator, z));
        builder.finish()
    }
}
