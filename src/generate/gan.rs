//! Generative adversarial networks on the line and the plane (Goodfellow et al. 2014; COURSE G7).
//!
//! Two networks in one store, and one graph for a step of each: the discriminator D learns to tell samples of a [`Cloud`] from those of
//! the generator G, and G learns to make D err. A step of one leaves the other alone. Both networks see coordinates divided by
//! [`Cloud::scale`]. States: `discriminator/…`, `generator/…`, `average/…` (the moving average of G's weights, from which samples are
//! drawn for measuring), `gan/…` (clocks, rates), `optimizer/…`. The clock of a network counts its own steps.

use serde::{Deserialize, Serialize};

use super::cloud::{Cloud, mixture_density};
use super::mlp::Mlp;
use crate::device::{Device, Program, Store};
use crate::error::{Error, Result};
use crate::graph::{Builder, DType, Distribution, Graph, Reduce, Var};
use crate::named::Named;
use crate::nn::{Activation, Optimizer};
use crate::tensor::Tensor;

/// Samples drawn by one run of the sampling program.
const SAMPLES: usize = 500;
/// Points whose D is computed by one run of the surface program.
const SURFACE: usize = 1024;
/// The bandwidth of the density estimate of G's samples, as a share of the cloud's scale.
const BANDWIDTH: f32 = 0.1;

/// What the two networks play for. r = D's value for a real, f for a fake point, before any sigmoid; D(x) = σ(·) with the first two.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
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

/// What to train and how; in JavaScript `GanOptions` of `www/engine/types.ts`.
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
    /// Memory of the moving average of G's weights, 0 ≤ a < 1. 0.999.
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
    /// Mode collapse: without penalty and with rates that hardly let D follow, G runs from one mode to the next and D after it.
    pub fn collapse() -> Self {
        Self { discriminator_rate: 0.0003, generator_rate: 0.01, half_life: 0, penalty: Some(0.0), average: 0.0, ..Self::default() }
    }

    /// The penalty's weight.
    pub fn penalty(&self) -> f32 {
        self.penalty.unwrap_or(if self.loss == GanLoss::WassersteinGp { 0.3 } else { 0.01 })
    }

    /// Steps of D in a turn of both.
    pub fn discriminator_steps(&self) -> usize {
        self.discriminator_steps.unwrap_or(if self.loss == GanLoss::WassersteinGp { 2 } else { 1 })
    }

    fn check(&self) -> Result<()> {
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

    fn optimizer(&self) -> Optimizer {
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

/// The two networks and the graphs made of them; no numbers.
#[derive(Debug, Clone)]
struct Game {
    cloud: Cloud,
    options: GanOptions,
    discriminator: Mlp,
    generator: Mlp,
    /// G's weights averaged.
    average: Mlp,
}

impl Game {
    fn new(cloud: Cloud, options: GanOptions) -> Result<Self> {
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

    fn initial(&self) -> Result<Graph> {
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
    fn fakes<'b>(&self, network: &Mlp, latent: Var<'b>) -> Var<'b> {
        network.forward(&network.states(latent.builder()), latent) * self.cloud.scale()
    }

    /// D's value before any sigmoid at `x` `[n, dims]`: `[n, 1]`.
    fn value<'b>(&self, weights: &[Var<'b>], x: Var<'b>) -> Var<'b> {
        self.discriminator.forward(weights, x * (1.0 / self.cloud.scale()))
    }

    fn score<'b>(&self, value: Var<'b>) -> Var<'b> {
        if self.options.loss.is_probability() { value.sigmoid() } else { value }
    }

    /// The key of the next step of the network `word`, and its learning rate; the clock ticks. D's steps have even keys, G's odd ones.
    fn clock<'b>(&self, builder: &'b Builder, word: &str, parity: u32) -> (Var<'b>, Var<'b>) {
        let (name, seed) = (format!("gan/{word}/step"), builder.state("gan/seed", [], DType::U32));
        let step = builder.state(&name, [], DType::U32);
        builder.update(&name, step + builder.scalar_u32(1));
        let rate = builder.state(&format!("gan/{word}/rate"), [], DType::F32);
        let rate = match self.options.half_life {
            0 => rate,
            steps => rate * (step.cast(DType::F32) * (-std::f32::consts::LN_2 / steps as f32)).exp(),
        };
        let turn = step * builder.scalar_u32(2) + builder.scalar_u32(parity);
        (builder.concat(0, &[seed.reshape([1]), turn.reshape([1])]), rate)
    }

    /// One step of D. Output `row`: loss, penalty, mean D(real), mean D(fake).
    fn discriminator_step(&self) -> Result<Graph> {
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
    fn generator_step(&self) -> Result<Graph> {
        let builder = Builder::new();
        let (key, rate) = self.clock(&builder, "generator", 1);
        let latent = builder.random(Distribution::Normal, key, [self.options.batch, self.options.latent]);
        let weights = self.generator.states(&builder);
        let fake = self.generator.forward(&weights, latent) * self.cloud.scale();
        let loss = self.options.loss.generator(self.value(&self.discriminator.states(&builder), fake));
        let gradients = builder.grad(loss, &weights);
        let parameters = self.generator.parameters();
        self.options.optimizer().update_for("optimizer/generator", parameters, &weights, &gradients, rate, 0.0);
        let decay = self.options.average;
        for ((average, old), own) in self.average.parameters().iter().zip(self.average.states(&builder)).zip(parameters) {
            let new = builder.graph().updates.get(&own.name).copied();
            if let Some(id) = new {
                builder.update(&average.name, old * decay + builder.var(id) * (1.0 - decay));
            }
        }
        builder.output("row", loss.reshape([1]));
        builder.finish()
    }

    /// Outputs of [`GanView`]. The points stay the same while only weights change.
    fn view(&self) -> Result<Graph> {
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

    fn surface(&self) -> Result<Graph> {
        let builder = Builder::new();
        let x = builder.input("x", [SURFACE, self.cloud.dims()], DType::F32);
        builder.output("score", self.score(self.value(&self.discriminator.states(&builder), x)));
        builder.finish()
    }

    fn samples(&self) -> Result<Graph> {
        let builder = Builder::new();
        let key = builder.input("key", [2], DType::U32);
        let latent = builder.random(Distribution::Normal, key, [SAMPLES, self.options.latent]);
        builder.output("fake", self.fakes(&self.average, latent));
        builder.finish()
    }
}

/// ‖∇ₓ D(x)‖² for each row of `x`: `[n, 1]`. It can be differentiated again.
pub fn squared_gradient<'b>(value: impl FnOnce(Var<'b>) -> Var<'b>, x: Var<'b>) -> Var<'b> {
    let gradient = x.builder().grad(value(x).sum_all(), &[x])[0];
    gradient.square().reduce_keep(Reduce::Sum, &[1])
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
        if n > 100_000 {
            return Err(Error::option("samples", "must be at most 100000"));
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
