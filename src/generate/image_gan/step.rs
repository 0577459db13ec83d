//! The game's graphs: first weights, one step of each network, and what is drawn and judged.

use super::judge;
use super::networks::{Discriminator, Generator, Norm, Stages, states};
use super::options::ImageGanOptions;
use crate::error::Result;
use crate::generate::gan::{GanLoss, clock, gradient_penalty, squared_gradient};
use crate::graph::{Binary, Builder, DType, Distribution, Graph, Var};
use crate::nn::{Mode, Model};

/// Images by one run of the programs that draw, judge and search.
pub(super) const PIECE: usize = 64;

/// The two networks and the graphs made of them; no numbers.
#[derive(Debug, Clone)]
pub(super) struct Game {
    pub options: ImageGanOptions,
    /// `[C, H, W]`.
    pub shape: [usize; 3],
    /// In the state `data/images`.
    pub images: usize,
    pub discriminator: Discriminator,
    pub generator: Generator,
}

impl Game {
    pub fn new(shape: [usize; 3], images: usize, options: ImageGanOptions) -> Result<Self> {
        options.check(images)?;
        let stages = Stages::new(shape, options.width)?;
        let (discriminator, generator) = (Discriminator::new(&stages), Generator::new(&stages, options.latent));
        Ok(Self { options, shape, images, discriminator, generator })
    }

    pub fn initial(&self) -> Result<Graph> {
        let builder = Builder::new();
        let key = builder.input("key", [2], DType::U32);
        let own = [self.discriminator.parameters(), self.generator.parameters(), self.generator.statistics()];
        for parameter in own.into_iter().flatten() {
            builder.update(&parameter.name, parameter.init.draw(&builder, key, &parameter.shape));
        }
        builder.finish()
    }

    /// All real images, `[images, C, H, W]`, 0…1.
    fn data<'b>(&self, builder: &'b Builder) -> Var<'b> {
        let [c, h, w] = self.shape;
        builder.state("data/images", [self.images, c, h, w], DType::F32)
    }

    /// The images of D's step `step`: each epoch is a permutation chosen by (seed, epoch), cut into whole batches.
    fn batch<'b>(&self, builder: &'b Builder, step: Var<'b>) -> Var<'b> {
        let seed = builder.state("gan/seed", [], DType::U32);
        let steps = builder.scalar_u32((self.images / self.options.batch) as u32);
        let key = builder.concat(0, &[seed.reshape([1]), (step / steps).reshape([1])]);
        let first = step.binary(Binary::Rem, steps) * builder.scalar_u32(self.options.batch as u32);
        let index = builder.permutation(self.images, key, first + builder.iota(self.options.batch));
        self.data(builder).gather(index) * 2.0 - 1.0
    }

    fn score<'b>(&self, value: Var<'b>) -> Var<'b> {
        if self.options.loss.is_probability() { value.sigmoid() } else { value }
    }

    /// One step of D. Output `row`: loss, penalty, mean D(real), mean D(fake).
    pub fn discriminator_step(&self) -> Result<Graph> {
        let builder = Builder::new();
        let (key, rate, step) = clock(&builder, "discriminator", 0);
        let n = self.options.batch;
        let real = self.batch(&builder, step);
        let latent = builder.random(Distribution::Normal, key, [n, self.options.latent]);
        let fake = self.generator.forward(&states(&builder, self.generator.parameters()), latent, Norm::Batch);
        let weights = states(&builder, self.discriminator.parameters());
        let value = |x| self.discriminator.forward(&weights, x);
        let both = value(builder.concat(0, &[real, fake]));
        let (r, f) = (both.slice(&[0, 0], &[n, 1]), both.slice(&[n, 0], &[n, 1]));
        let weight = self.options.penalty();
        let penalty = if weight == 0.0 {
            builder.scalar(0.0)
        } else if self.options.loss == GanLoss::WassersteinGp {
            let share = builder.random(Distribution::Uniform, key, [n, 1, 1, 1]);
            gradient_penalty(value, real + share * (fake - real)) * weight
        } else {
            squared_gradient(value, real).mean_all() * (0.5 * weight)
        };
        let loss = self.options.loss.discriminator(r, f) + penalty;
        let gradients = builder.grad(loss, &weights);
        let parameters = self.discriminator.parameters();
        self.options.optimizer().update_for("optimizer/discriminator", parameters, &weights, &gradients, rate, 0.0);
        output_row(&builder, &[loss, penalty, self.score(r).mean_all(), self.score(f).mean_all()]);
        builder.finish()
    }

    /// One step of G. Output `row`: loss, norm of its gradient.
    pub fn generator_step(&self) -> Result<Graph> {
        let builder = Builder::new();
        let (key, rate, _) = clock(&builder, "generator", 1);
        let latent = builder.random(Distribution::Normal, key, [self.options.batch, self.options.latent]);
        let weights = states(&builder, self.generator.parameters());
        let fake = self.generator.forward(&weights, latent, Norm::Update);
        let value = self.discriminator.forward(&states(&builder, self.discriminator.parameters()), fake);
        let loss = self.options.loss.generator(value);
        let gradients = builder.grad(loss, &weights);
        let parameters = self.generator.parameters();
        self.options.optimizer().update_for("optimizer/generator", parameters, &weights, &gradients, rate, 0.0);
        let squares = gradients.iter().map(|g| g.square().sum_all()).fold(builder.scalar(0.0), |sum, square| sum + square);
        output_row(&builder, &[loss, squares.sqrt()]);
        builder.finish()
    }

    /// `PIECE` images 0…1 from `latent`, each on its own.
    fn drawn<'b>(&self, latent: Var<'b>) -> Var<'b> {
        let weights = states(latent.builder(), self.generator.parameters());
        (self.generator.forward(&weights, latent, Norm::Running) + 1.0) * 0.5
    }

    /// `PIECE` latent vectors from the input `key`: output `latent`.
    pub fn noise(&self) -> Result<Graph> {
        let builder = Builder::new();
        let key = builder.input("key", [2], DType::U32);
        builder.output("latent", builder.random(Distribution::Normal, key, [PIECE, self.options.latent]));
        builder.finish()
    }

    /// Output `images`, 0…1, and D's `score` of each, from the input `latent`.
    pub fn draw(&self) -> Result<Graph> {
        let builder = Builder::new();
        let images = self.drawn(builder.input("latent", [PIECE, self.options.latent], DType::F32));
        let weights = states(&builder, self.discriminator.parameters());
        builder.output("images", images);
        builder.output("score", self.score(self.discriminator.forward(&weights, images * 2.0 - 1.0)));
        builder.finish()
    }

    /// What the classifier `judge` sees in `PIECE` samples drawn with the input `key`: the outputs of [`judge::outputs`].
    pub fn judged(&self, model: &Model) -> Result<Graph> {
        let builder = Builder::new();
        let key = builder.input("key", [2], DType::U32);
        let images = self.drawn(builder.random(Distribution::Normal, key, [PIECE, self.options.latent]));
        judge::outputs(&builder, model.forward(&builder, images, Mode::Eval)?)?;
        builder.finish()
    }
}

/// Rank-0 `values` as the output `row`.
fn output_row<'b>(builder: &'b Builder, values: &[Var<'b>]) {
    let parts: Vec<Var> = values.iter().map(|value| value.reshape([1])).collect();
    builder.output("row", builder.concat(0, &parts));
}
