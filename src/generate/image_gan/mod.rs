//! Generative adversarial networks for images: DCGAN (Radford et al. 2016; COURSE G8).
//!
//! The losses and turns are those of [`gan`](super::gan). The training images lie on the device, in the state `data/images`; what a step
//! takes from them, and every latent vector, follows from the seed, so all devices play the same game. States: `discriminator/…`,
//! `generator/…` (batch norm's running statistics included), `gan/…` (clocks, rates), `optimizer/…`, and `model/…` of the judge.
//! Images go in and out with pixels 0…1; the networks see −1…1. Samples are drawn with the running statistics, each on its own.

mod judge;
mod networks;
mod options;
mod step;

pub use judge::{Apprentice, Judge, Verdict};
pub use networks::{Discriminator, Generator, Norm, Stages};
pub use options::{Failure, ImageGanMetrics, ImageGanOptions};

use super::frechet::{Gaussian, frechet_distance};
use super::gan::Turn;
use super::neighbour;
use crate::data::Dataset;
use crate::device::{Device, Program, Store};
use crate::error::{Error, Result};
use crate::graph::Graph;
use crate::named::Named;
use crate::tensor::Tensor;
use step::{Game, PIECE};

/// Pixels that the device keeps at most: what one WebGPU binding can hold.
const MAX_PIXELS: usize = 1 << 25;
/// Vectors or images that one call takes.
const MAX_IMAGES: usize = 4096;

/// Images with what D says about each.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Drawn {
    /// `[n, C, H, W]`, 0…1.
    pub images: Vec<f32>,
    /// `[n]`: a probability, or D's value with least squares and Wasserstein.
    pub scores: Vec<f32>,
}

/// The nearest training images.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Neighbours {
    /// `[n]`, in the training part.
    pub indices: Vec<u32>,
    /// L2, in pixels 0…1.
    pub distances: Vec<f32>,
    /// `[n, C, H, W]`.
    pub images: Vec<f32>,
}

/// A game being played on a device.
pub struct ImageGan {
    game: Game,
    device: Device,
    store: Store,
    discriminator: Program,
    generator: Program,
    /// Compiled when first asked for.
    noise: Option<Program>,
    draw: Option<Program>,
    nearest: Option<Program>,
    judge: Option<(Judge, Program)>,
    /// Steps of D and of G.
    steps: [u64; 2],
}

impl ImageGan {
    /// Fresh networks that learn from the training part of `data`: of its first images, as many as have 2²⁵ pixels together. Errors name
    /// the option that is out of range, or the data where their sides are.
    pub fn new(device: &Device, data: &Dataset, options: ImageGanOptions) -> Result<Self> {
        let size: usize = data.shape.iter().product();
        let images = data.train.len().min(MAX_PIXELS / size);
        let game = Game::new(data.shape, images, options)?;
        let (d, g) = (game.discriminator_step()?, game.generator_step()?);
        let (discriminator, generator) = (device.compile(&d)?, device.compile(&g)?);
        let mut store = device.store();
        let [c, h, w] = data.shape;
        store.set("data/images", &Tensor::f32([images, c, h, w], data.train.pixels[..images * size].to_vec())?)?;
        for (name, (shape, dtype)) in d.states().into_iter().chain(g.states()).filter(|(name, _)| trained(name)) {
            store.set(&name, &Tensor::zeros(shape, dtype))?;
        }
        let mut gan = Self {
            game,
            device: device.clone(),
            store,
            discriminator,
            generator,
            noise: None,
            draw: None,
            nearest: None,
            judge: None,
            steps: [0, 0],
        };
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

    /// Back to the first weights of the same seed. The judge stays.
    pub fn rewind(&mut self) -> Result<()> {
        for (name, (shape, dtype)) in self.store.types().into_iter().filter(|(name, _)| trained(name)) {
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

    /// Rates of D and G from now on, each > 0 and at most 1.
    pub fn set_learning_rates(&mut self, discriminator: f32, generator: f32) -> Result<()> {
        let mut options = self.game.options.clone();
        (options.discriminator_rate, options.generator_rate) = (discriminator, generator);
        options.check(self.game.images)?;
        self.game.options = options;
        self.store.set("gan/discriminator/rate", &Tensor::scalar(discriminator))?;
        self.store.set("gan/generator/rate", &Tensor::scalar(generator))
    }

    /// Of the last steps.
    pub async fn metrics(&self) -> Result<ImageGanMetrics> {
        let [discriminator_steps, generator_steps] = self.steps;
        let mut all = ImageGanMetrics { discriminator_steps, generator_steps, ..ImageGanMetrics::default() };
        if discriminator_steps > 0 {
            let row = self.discriminator.output("row").await?.into_f32()?;
            (all.discriminator_loss, all.penalty, all.real, all.fake) = (row[0], row[1], row[2], row[3]);
        }
        if generator_steps > 0 {
            let row = self.generator.output("row").await?.into_f32()?;
            (all.generator_loss, all.gradient) = (row[0], row[1]);
        }
        Ok(all)
    }

    /// `n` latent vectors `[n, latent]`, 1…4096: the same for a seed, whatever was trained.
    pub async fn noise(&mut self, n: usize) -> Result<Vec<f32>> {
        if !(1..=MAX_IMAGES).contains(&n) {
            return Err(Error::option("n", format!("must be 1 to {MAX_IMAGES}")));
        }
        let seed = self.game.options.seed;
        let program = compiled(&mut self.noise, &self.device, || self.game.noise())?;
        let mut all = Vec::new();
        for piece in 0..n.div_ceil(PIECE) {
            let key = Tensor::u32([2], vec![seed, u32::MAX - 1 - piece as u32])?; // training does not get there
            program.run(&mut self.store, &[("key", &key)], 1)?;
            all.extend_from_slice(program.output("latent").await?.as_f32()?);
        }
        all.truncate(n * self.game.options.latent);
        Ok(all)
    }

    /// G's images for `latent` `[n, latent]`, n 1…4096, and D's opinion of each.
    pub async fn generate(&mut self, latent: &[f32]) -> Result<Drawn> {
        let size = self.game.options.latent;
        check_count("latent", latent, size)?;
        let program = compiled(&mut self.draw, &self.device, || self.game.draw())?;
        let mut all = Drawn::default();
        for piece in latent.chunks(PIECE * size) {
            let input = padded(piece, &[PIECE, size])?;
            program.run(&mut self.store, &[("latent", &input)], 1)?;
            let n = piece.len() / size;
            let images = program.output("images").await?.into_f32()?;
            all.images.extend_from_slice(&images[..images.len() / PIECE * n]);
            all.scores.extend_from_slice(&program.output("score").await?.as_f32()?[..n]);
        }
        Ok(all)
    }

    /// The nearest training image of each of `images` `[n, C, H, W]`, n 1…4096.
    pub async fn nearest(&mut self, images: &[f32]) -> Result<Neighbours> {
        let (shape, count) = (self.game.shape, self.game.images);
        let size: usize = shape.iter().product();
        check_count("images", images, size)?;
        let program = compiled(&mut self.nearest, &self.device, || neighbour::nearest(shape, count, PIECE))?;
        let mut all = Neighbours::default();
        for piece in images.chunks(PIECE * size) {
            let input = padded(piece, &[PIECE, shape[0], shape[1], shape[2]])?;
            program.run(&mut self.store, &[("images", &input)], 1)?;
            let n = piece.len() / size;
            all.indices.extend_from_slice(&program.output("index").await?.as_u32()?[..n]);
            all.distances.extend_from_slice(&program.output("distance").await?.as_f32()?[..n]);
            all.images.extend_from_slice(&program.output("nearest").await?.as_f32()?[..n * size]);
        }
        Ok(all)
    }

    /// From now on `judge` says how good samples are. It must know images of this shape.
    pub fn adopt(&mut self, judge: Judge) -> Result<()> {
        let program = self.device.compile(&self.game.judged(&judge.model)?)?;
        self.store.restore(&judge.states)?;
        self.judge = Some((judge, program));
        Ok(())
    }

    /// The judge, where there is one.
    pub fn appointed(&self) -> Option<&Judge> {
        self.judge.as_ref().map(|(judge, _)| judge)
    }

    /// What the judge says about at least `n` samples, 2…100,000; always of the same latent vectors. An error without a judge.
    pub async fn judge(&mut self, n: usize) -> Result<Verdict> {
        if !(2..=100_000).contains(&n) {
            return Err(Error::option("n", "must be 2 to 100000"));
        }
        let seed = self.game.options.seed;
        let Some((judge, program)) = &mut self.judge else {
            return Err(Error::Run("there is no judge yet: train one first".into()));
        };
        let (mut features, mut counts, mut confidence) = (Vec::new(), vec![0u32; judge.model.classes()], 0.0);
        let pieces = n.div_ceil(PIECE);
        for piece in 0..pieces {
            let key = Tensor::u32([2], vec![seed, u32::MAX - 1 - piece as u32])?;
            program.run(&mut self.store, &[("key", &key)], 1)?;
            features.extend_from_slice(program.output("features").await?.as_f32()?);
            program.output("class").await?.as_u32()?.iter().for_each(|&class| counts[class as usize] += 1);
            confidence += program.output("confidence").await?.as_f32()?.iter().sum::<f32>();
        }
        let total = (pieces * PIECE) as f32;
        let Some(fakes) = Gaussian::fit(&features, judge.real.mean.len()).filter(|_| features.iter().all(|x| x.is_finite())) else {
            return Err(Error::Run("the generator's images are not finite any more: rewind and choose smaller rates".into()));
        };
        Ok(Verdict {
            distance: frechet_distance(&fakes, &judge.real) as f32,
            held_out: judge.held_out.as_ref().map(|held_out| frechet_distance(held_out, &judge.real) as f32),
            classes: counts.iter().map(|&count| count as f32 / total).collect(),
            confidence: confidence / total,
            accuracy: judge.accuracy,
        })
    }

    /// All states but the images and the judge's, for [`ImageGan::move_to`].
    pub async fn snapshot(&self) -> Result<Named<Tensor>> {
        let mut all = Named::new();
        for (name, _) in self.store.types().into_iter().filter(|(name, _)| trained(name)) {
            let tensor = self.store.get(&name).await?;
            all.insert(name, tensor);
        }
        Ok(all)
    }

    /// Goes on, on `device`, from `states`; `data` is what the game was made with.
    pub fn move_to(&mut self, device: &Device, data: &Dataset, states: &Named<Tensor>) -> Result<()> {
        let mut moved = Self::new(device, data, self.game.options.clone())?;
        moved.store.restore(states)?;
        for (i, word) in ["gan/discriminator/step", "gan/generator/step"].into_iter().enumerate() {
            moved.steps[i] = states.get(word).map_or(Ok(0), |step| step.as_u32().map(|step| u64::from(step[0])))?;
        }
        if let Some((judge, _)) = self.judge.take() {
            moved.adopt(judge)?;
        }
        *self = moved;
        Ok(())
    }

    pub fn options(&self) -> &ImageGanOptions {
        &self.game.options
    }

    /// `[C, H, W]`.
    pub fn shape(&self) -> [usize; 3] {
        self.game.shape
    }
}

/// `count` points on the great circle from `a` to `b` (Shoemake 1985; White 2016), both included; lengths change evenly. The straight
/// line where the two are parallel or one is 0.
pub fn spherical(a: &[f32], b: &[f32], count: usize) -> Vec<f32> {
    let length = |v: &[f32]| v.iter().map(|x| x * x).sum::<f32>().sqrt();
    let (la, lb) = (length(a), length(b));
    let cosine = a.iter().zip(b).map(|(x, y)| x * y).sum::<f32>() / (la * lb);
    let angle = cosine.clamp(-1.0, 1.0).acos(); // not a number where a length is 0
    let at = |i: usize| {
        let t = if count > 1 { i as f32 / (count - 1) as f32 } else { 0.0 };
        let (from, to) = match angle.sin() {
            sine if sine > 1e-4 => {
                let scale = (la + t * (lb - la)) / sine;
                (scale / la * ((1.0 - t) * angle).sin(), scale / lb * (t * angle).sin())
            }
            _ => (1.0 - t, t),
        };
        a.iter().zip(b).map(move |(x, y)| from * x + to * y)
    };
    (0..count).flat_map(at).collect()
}

/// Whether a state belongs to the game itself.
fn trained(name: &str) -> bool {
    !name.starts_with("data/") && !name.starts_with("model/")
}

/// `values` and zeros, as `shape`.
fn padded(values: &[f32], shape: &[usize]) -> Result<Tensor> {
    let mut all = values.to_vec();
    all.resize(shape.iter().product(), 0.0);
    Tensor::f32(shape.to_vec(), all)
}

/// An error unless `values` are 1 to `MAX_IMAGES` rows of `size` finite numbers.
fn check_count(name: &'static str, values: &[f32], size: usize) -> Result<()> {
    let fits = !values.is_empty() && values.len().is_multiple_of(size) && values.len() / size <= MAX_IMAGES;
    if fits && values.iter().all(|x| x.is_finite()) {
        return Ok(());
    }
    Err(Error::option(name, format!("must be 1 to {MAX_IMAGES} rows of {size} finite numbers")))
}

/// The program in `slot`, made of `graph` when first asked for.
fn compiled<'a>(slot: &'a mut Option<Program>, device: &Device, graph: impl FnOnce() -> Result<Graph>) -> Result<&'a mut Program> {
    match slot {
        Some(program) => Ok(program),
        None => Ok(slot.insert(device.compile(&graph()?)?)),
    }
}
