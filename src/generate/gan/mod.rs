//! Generative adversarial networks on the line and the plane (Goodfellow et al. 2014; COURSE G7).
//!
//! Two networks in one store, and one graph for a step of each: the discriminator D learns to tell samples of a [`Cloud`] from those of
//! the generator G, and G learns to make D err. A step of one leaves the other alone. Both networks see coordinates divided by
//! [`Cloud::scale`]. States: `discriminator/…`, `generator/…`, `average/…` (the moving average of G's weights, from which samples are
//! drawn for measuring), `gan/…` (clocks, rates), `optimizer/…`. The clock of a network counts its own steps.

pub mod loss;
mod options;
mod step;
mod view;

pub use loss::{GanLoss, gradient_penalty, optimal_discriminator, squared_gradient};
pub use options::{GanMetrics, GanOptions, Turn};
pub use view::GanView;

pub(super) use step::clock;

use super::cloud::{Cloud, mixture_density};
use crate::device::{Device, Program, Store};
use crate::error::{Error, Result};
use crate::graph::Graph;
use crate::named::Named;
use crate::tensor::Tensor;
use step::Game;
use view::{SAMPLES, SURFACE};

/// The most samples of one call.
const MAX_SAMPLES: usize = 100_000;
/// The bandwidth of the density estimate of G's samples, as a share of the cloud's scale.
const BANDWIDTH: f32 = 0.1;

/// A game being played on a device.
pub struct Gan {
    game: Game,
    device: Device,
    store: Store,
    discriminator: Program,
    generator: Program,
    /// Compiled when first asked for.
    view: Option<Program>,
    surface: Option<Program>,
    samples: Option<Program>,
    generate: Option<Program>,
    /// Steps of D and of G.
    steps: [u64; 2],
}

impl Gan {
    /// Fresh networks. Errors name the option that is out of range.
    pub fn new(device: &Device, cloud: Cloud, options: GanOptions) -> Result<Self> {
        let game = Game::new(cloud, options)?;
        let (d, g) = (game.discriminator_step()?, game.generator_step()?);
        let (discriminator, generator) = (device.compile(&d)?, device.compile(&g)?);
        let mut gan = Self {
            device: device.clone(),
            store: device.store(),
            discriminator,
            generator,
            view: None,
            surface: None,
            samples: None,
            generate: None,
            steps: [0, 0],
            game,
        };
        for (name, (shape, dtype)) in d.states().into_iter().chain(g.states()) {
            gan.store.set(&name, &Tensor::zeros(shape, dtype))?;
        }
        gan.begin()?;
        Ok(gan)
    }

    /// First weights and rates; everything else is at 0.
    fn begin(&mut self) -> Result<()> {
        let (discriminator_rate, generator_rate) = (self.game.options.discriminator_rate, self.game.options.generator_rate);
        self.set_learning_rates(discriminator_rate, generator_rate)?;
        self.store.set("gan/seed", &Tensor::u32([], vec![self.game.options.seed])?)?;
        let key = self.key(u32::MAX)?;
        self.device.compile(&self.game.initial()?)?.run(&mut self.store, &[("key", &key)], 1)
    }

    /// (seed, `step`).
    fn key(&self, step: u32) -> Result<Tensor> {
        Tensor::u32([2], vec![self.game.options.seed, step])
    }

    /// Back to the first weights of the same seed.
    pub fn rewind(&mut self) -> Result<()> {
        for (name, (shape, dtype)) in self.store.types() {
            self.store.set(&name, &Tensor::zeros(shape, dtype))?;
        }
        self.steps = [0, 0];
        self.begin()
    }

    /// The same game with other first weights and random numbers.
    pub fn new_seed(&mut self, seed: u32) -> Result<()> {
        self.game.options.seed = seed;
        self.rewind()
    }

    /// Takes `steps` turns.
    pub fn run(&mut self, turn: Turn, steps: usize) -> Result<()> {
        match turn {
            Turn::Discriminator => {
                self.discriminator.run(&mut self.store, &[], steps)?;
                self.steps[0] += steps as u64;
            }
            Turn::Generator => {
                self.generator.run(&mut self.store, &[], steps)?;
                self.steps[1] += steps as u64;
            }
            Turn::Both => {
                for _ in 0..steps {
                    self.run(Turn::Discriminator, self.game.options.discriminator_steps())?;
                    self.run(Turn::Generator, 1)?;
                }
            }
        }
        Ok(())
    }

    /// Base rates of D and G from now on, each > 0 and at most 1.
    pub fn set_learning_rates(&mut self, discriminator: f32, generator: f32) -> Result<()> {
        let options = GanOptions { discriminator_rate: discriminator, generator_rate: generator, ..self.game.options.clone() };
        options.check()?;
        self.game.options = options;
        self.store.set("gan/discriminator/rate", &Tensor::scalar(discriminator))?;
        self.store.set("gan/generator/rate", &Tensor::scalar(generator))
    }

    /// Of the last steps.
    pub async fn metrics(&self) -> Result<GanMetrics> {
        let mut all = GanMetrics { discriminator_steps: self.steps[0], generator_steps: self.steps[1], ..GanMetrics::default() };
        if self.steps[0] > 0 {
            let row = self.discriminator.output("row").await?.into_f32()?;
            (all.discriminator_loss, all.penalty, all.real, all.fake) = (row[0], row[1], row[2], row[3]);
        }
        if self.steps[1] > 0 {
            all.generator_loss = self.generator.output("row").await?.as_f32()?[0];
        }
        Ok(all)
    }

    /// A batch of real and fake points as the networks see them now; always the same latent and real points.
    pub async fn view(&mut self) -> Result<GanView> {
        let key = self.key(u32::MAX)?;
        let program = compiled(&mut self.view, &self.device, || self.game.view())?;
        program.run(&mut self.store, &[("key", &key)], 1)?;
        Ok(GanView {
            latent: program.output("latent").await?.into_f32()?,
            fake: program.output("fake").await?.into_f32()?,
            fake_score: program.output("fake_score").await?.into_f32()?,
            arrow: program.output("arrow").await?.into_f32()?,
            real: program.output("real").await?.into_f32()?,
            real_score: program.output("real_score").await?.into_f32()?,
        })
    }

    /// D(x) at each of `points` `[n, dims]`: a probability, or D's value with least squares and Wasserstein.
    pub async fn surface(&mut self, points: &[f32]) -> Result<Vec<f32>> {
        let dims = self.check_points(points)?;
        let program = compiled(&mut self.surface, &self.device, || self.game.surface())?;
        let mut scores = Vec::with_capacity(points.len() / dims);
        for piece in points.chunks(SURFACE * dims) {
            let mut x = piece.to_vec();
            x.resize(SURFACE * dims, 0.0);
            program.run(&mut self.store, &[("x", &Tensor::f32([SURFACE, dims], x)?)], 1)?;
            scores.extend_from_slice(&program.output("score").await?.as_f32()?[..piece.len() / dims]);
        }
        Ok(scores)
    }

    /// `n` samples `[n, dims]`, at most 100,000, of the generator with averaged weights.
    pub async fn samples(&mut self, n: usize) -> Result<Vec<f32>> {
        if n > MAX_SAMPLES {
            return Err(Error::option("samples", format!("must be at most {MAX_SAMPLES}")));
        }
        let (dims, seed) = (self.game.cloud.dims(), self.game.options.seed);
        let program = compiled(&mut self.samples, &self.device, || self.game.samples())?;
        let mut samples = Vec::with_capacity(n * dims);
        for number in 0..n.div_ceil(SAMPLES) {
            let key = Tensor::u32([2], vec![seed, u32::MAX - 1 - number as u32])?; // training does not get there
            program.run(&mut self.store, &[("key", &key)], 1)?;
            samples.extend_from_slice(program.output("fake").await?.as_f32()?);
        }
        samples.truncate(n * dims);
        Ok(samples)
    }

    /// G(z) for each of `latent` `[n, latent]`, at most 100,000 of them: `[n, dims]`, of the generator as it is now.
    pub async fn generate(&mut self, latent: &[f32]) -> Result<Vec<f32>> {
        let (size, dims) = (self.game.options.latent, self.game.cloud.dims());
        if latent.is_empty() || !latent.len().is_multiple_of(size) || latent.len() / size > MAX_SAMPLES {
            return Err(Error::option("latent", format!("must be 1 to {MAX_SAMPLES} points of {size} coordinates")));
        }
        let program = compiled(&mut self.generate, &self.device, || self.game.generate())?;
        let mut images = Vec::with_capacity(latent.len() / size * dims);
        for piece in latent.chunks(SAMPLES * size) {
            let mut z = piece.to_vec();
            z.resize(SAMPLES * size, 0.0);
            program.run(&mut self.store, &[("z", &Tensor::f32([SAMPLES, size], z)?)], 1)?;
            images.extend_from_slice(&program.output("fake").await?.as_f32()?[..piece.len() / size * dims]);
        }
        Ok(images)
    }

    /// D*(x) = p/(p + q) at each of `points`: p is the cloud's density, q a Gaussian kernel estimate from `fakes` `[m, dims]` with
    /// a tenth of the cloud's scale as bandwidth; the same smoothing is applied to p, so that D* is ½ where both agree.
    pub fn optimal(&self, fakes: &[f32], points: &[f32]) -> Result<Vec<f32>> {
        let dims = self.check_points(points)?;
        self.check_points(fakes)?;
        let (cloud, bandwidth) = (&self.game.cloud, BANDWIDTH * self.game.cloud.scale());
        let smoothed = (cloud.sigma() * cloud.sigma() + bandwidth * bandwidth).sqrt();
        let p = mixture_density(cloud.centres(), dims, smoothed, points);
        let q = mixture_density(fakes, dims, bandwidth, points);
        Ok(p.iter().zip(q).map(|(&p, q)| optimal_discriminator(p, q)).collect())
    }

    fn check_points(&self, points: &[f32]) -> Result<usize> {
        let dims = self.game.cloud.dims();
        if points.is_empty() || !points.len().is_multiple_of(dims) {
            return Err(Error::option("points", format!("must be points of {dims} coordinates, at least one")));
        }
        Ok(dims)
    }

    /// All states, for [`Gan::move_to`].
    pub async fn snapshot(&self) -> Result<Named<Tensor>> {
        self.store.snapshot().await
    }

    /// Goes on, on `device`, from `states`.
    pub fn move_to(&mut self, device: &Device, states: &Named<Tensor>) -> Result<()> {
        let mut moved = Self::new(device, self.game.cloud.clone(), self.game.options.clone())?;
        moved.store.restore(states)?;
        for (i, word) in ["gan/discriminator/step", "gan/generator/step"].into_iter().enumerate() {
            moved.steps[i] = states.get(word).map_or(Ok(0), |step| step.as_u32().map(|step| u64::from(step[0])))?;
        }
        *self = moved;
        Ok(())
    }

    pub fn cloud(&self) -> &Cloud {
        &self.game.cloud
    }

    pub fn options(&self) -> &GanOptions {
        &self.game.options
    }
}

/// The program in `slot`, made of `graph` when first asked for.
fn compiled<'a>(slot: &'a mut Option<Program>, device: &Device, graph: impl FnOnce() -> Result<Graph>) -> Result<&'a mut Program> {
    match slot {
        Some(program) => Ok(program),
        None => Ok(slot.insert(device.compile(&graph()?)?)),
    }
}
