//! The two networks of a game as graphs: their first weights, and one step of each.

use super::super::cloud::Cloud;
use super::super::mlp::Mlp;
use super::loss::{GanLoss, gradient_penalty, squared_gradient};
use super::options::GanOptions;
use crate::error::Result;
use crate::graph::{Builder, DType, Distribution, Graph, Var};
use crate::nn::Activation;

/// The two networks and the graphs made of them; no numbers.
#[derive(Debug, Clone)]
pub(super) struct Game {
    pub cloud: Cloud,
    pub options: GanOptions,
    pub discriminator: Mlp,
    pub generator: Mlp,
    /// G's weights averaged.
    pub average: Mlp,
}

impl Game {
    pub fn new(cloud: Cloud, options: GanOptions) -> Result<Self> {
        options.check()?;
        let sizes = |input: usize, output: usize| [&[input], &options.hidden[..], &[output]].concat();
        let mlp = |name, input, output| Mlp::new(name, &sizes(input, output), Activation::Relu);
        let dims = cloud.dims();
        Ok(Self {
            discriminator: mlp("discriminator", dims, 1),
            generator: mlp("generator", options.latent, dims),
            average: mlp("average", options.latent, dims),
            cloud,
            options,
        })
    }

    pub fn initial(&self) -> Result<Graph> {
        let builder = Builder::new();
        let key = builder.input("key", [2], DType::U32);
        self.discriminator.initialize(&builder, key);
        self.generator.initialize(&builder, key);
        for (average, own) in self.average.parameters().iter().zip(self.generator.parameters()) {
            let first = builder.graph().updates.get(&own.name).copied();
            if let Some(id) = first {
                builder.update(&average.name, builder.var(id));
            }
        }
        builder.finish()
    }

    /// Samples of `network` (the generator or its average) from `latent` `[n, latent]`: `[n, dims]`.
    pub fn fakes<'b>(&self, network: &Mlp, latent: Var<'b>) -> Var<'b> {
        network.forward(&network.states(latent.builder()), latent) * self.cloud.scale()
    }

    /// D's value before any sigmoid at `x` `[n, dims]`: `[n, 1]`.
    pub fn value<'b>(&self, weights: &[Var<'b>], x: Var<'b>) -> Var<'b> {
        self.discriminator.forward(weights, x * (1.0 / self.cloud.scale()))
    }

    pub fn score<'b>(&self, value: Var<'b>) -> Var<'b> {
        if self.options.loss.is_probability() { value.sigmoid() } else { value }
    }

    /// Key and learning rate of the next step of the network `word`.
    fn clock<'b>(&self, builder: &'b Builder, word: &str, parity: u32) -> (Var<'b>, Var<'b>) {
        let (key, rate, step) = clock(builder, word, parity);
        match self.options.half_life {
            0 => (key, rate),
            steps => (key, rate * (step.cast(DType::F32) * (-std::f32::consts::LN_2 / steps as f32)).exp()),
        }
    }

    /// One step of D. Output `row`: loss, penalty, mean D(real), mean D(fake).
    pub fn discriminator_step(&self) -> Result<Graph> {
        let builder = Builder::new();
        let (key, rate) = self.clock(&builder, "discriminator", 0);
        let n = self.options.batch;
        let real = self.cloud.sample(&builder, key, n);
        let fake = self.fakes(&self.generator, builder.random(Distribution::Normal, key, [n, self.options.latent]));
        let weights = self.discriminator.states(&builder);
        let both = self.value(&weights, builder.concat(0, &[real, fake]));
        let (r, f) = (both.slice(&[0, 0], &[n, 1]), both.slice(&[n, 0], &[n, 1]));
        let wasserstein = self.options.loss == GanLoss::WassersteinGp;
        let penalty = if self.options.penalty() == 0.0 {
            builder.scalar(0.0)
        } else if wasserstein {
            let share = builder.random(Distribution::Uniform, key, [n, 1]);
            let between = real + share * (fake - real);
            gradient_penalty(|x| self.value(&weights, x), between) * self.options.penalty()
        } else {
            squared_gradient(|x| self.value(&weights, x), real).mean_all() * (0.5 * self.options.penalty())
        };
        let loss = self.options.loss.discriminator(r, f) + penalty;
        let gradients = builder.grad(loss, &weights);
        let parameters = self.discriminator.parameters();
        self.options.optimizer().update_for("optimizer/discriminator", parameters, &weights, &gradients, rate, 0.0);
        let row = [loss, penalty, self.score(r).mean_all(), self.score(f).mean_all()];
        builder.output("row", builder.concat(0, &row.map(|value| value.reshape([1]))));
        builder.finish()
    }

    /// One step of G. Output `row`: loss.
    pub fn generator_step(&self) -> Result<Graph> {
        let builder = Builder::new();
        let (key, rate) = self.clock(&builder, "generator", 1);
        let latent = builder.random(Distribution::Normal, key, [self.options.batch, self.options.latent]);
        let weights = self.generator.states(&builder);
        let fake = self.generator.forward(&weights, latent) * self.cloud.scale();
        let loss = self.options.loss.generator(self.value(&self.discriminator.states(&builder), fake));
        let gradients = builder.grad(loss, &weights);
        let parameters = self.generator.parameters();
        self.options.optimizer().update_for("optimizer/generator", parameters, &weights, &gradients, rate, 0.0);
        // Until it is older than its memory the average forgets faster: else the first weights would stay in it.
        let age = builder.state("gan/generator/step", [], DType::U32).cast(DType::F32);
        let decay = ((age + 1.0) / (age + 10.0)).min(builder.scalar(self.options.average));
        for ((average, old), own) in self.average.parameters().iter().zip(self.average.states(&builder)).zip(parameters) {
            let new = builder.graph().updates.get(&own.name).copied();
            if let Some(id) = new {
                let new = builder.var(id);
                builder.update(&average.name, new + (old - new) * decay);
            }
        }
        builder.output("row", loss.reshape([1]));
        builder.finish()
    }
}

/// For the next step of the network `word`, which ticks its clock: its key, the base learning rate, and the steps done before. D's steps
/// have even keys (`parity` 0), G's odd ones.
pub fn clock<'b>(builder: &'b Builder, word: &str, parity: u32) -> (Var<'b>, Var<'b>, Var<'b>) {
    let (name, seed) = (format!("gan/{word}/step"), builder.state("gan/seed", [], DType::U32));
    let step = builder.state(&name, [], DType::U32);
    builder.update(&name, step + builder.scalar_u32(1));
    let turn = step * builder.scalar_u32(2) + builder.scalar_u32(parity);
    let key = builder.concat(0, &[seed.reshape([1]), turn.reshape([1])]);
    (key, builder.state(&format!("gan/{word}/rate"), [], DType::F32), step)
}
