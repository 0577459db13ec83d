//! Images that fool a network: perturbations δ with ‖δ‖ ≤ ε that raise the loss J, the cross-entropy from logits of the true class, or
//! lower that of a target class. Pixels stay within 0…1.
//!
//! Every method is a plan: where to start and how often to take the one step that this file builds as a graph. One file per method
//! says its plan. The gradient is that of Σ_n J(x_n), so the images of a batch do not influence each other.

mod fgsm;
mod noise;
mod pgd;
mod projection;

use std::ops::ControlFlow;

use serde::{Deserialize, Serialize};

pub use projection::Norm;

use crate::data::{Images, Random};
use crate::device::{Device, Program, Store};
use crate::error::{Error, Result};
use crate::graph::{Builder, DType, Graph, Shape, Var};
use crate::nn::{Mode, Model, loss};
use crate::tensor::Tensor;

/// The methods, by their ids on the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Method {
    Fgsm,
    Pgd,
    /// Random signs, the same for every image: the control.
    Noise,
}

/// What to do, as `AttackOptions` in `www/engine/types.ts`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AttackOptions {
    pub method: Method,
    pub norm: Norm,
    /// Radius of the ball in pixel units, ≥ 0.
    pub epsilon: f32,
    /// PGD: the number of steps k, 1…1000.
    #[serde(default = "default_steps")]
    pub steps: usize,
    /// PGD: the length of a step; 2.5·ε/k without.
    #[serde(default)]
    pub step_size: Option<f32>,
    /// PGD: start at a random point of the ball instead of the image.
    #[serde(default = "default_random_start")]
    pub random_start: bool,
    /// A class to reach; any wrong class will do without.
    #[serde(default)]
    pub target: Option<u32>,
    /// Of random start and noise.
    #[serde(default)]
    pub seed: u32,
}

fn default_steps() -> usize {
    10
}

fn default_random_start() -> bool {
    true
}

impl AttackOptions {
    /// A method, a norm and a radius; the rest by default (10 steps of 2.5·ε/10 from a random start, untargeted, seed 0).
    pub fn new(method: Method, norm: Norm, epsilon: f32) -> Self {
        Self {
            method,
            norm,
            epsilon,
            steps: default_steps(),
            step_size: None,
            random_start: default_random_start(),
            target: None,
            seed: 0,
        }
    }

    fn check(&self, classes: usize) -> Result<()> {
        check_epsilon(self.epsilon)?;
        if !(1..=1000).contains(&self.steps) {
            return Err(Error::option("steps", format!("must be 1 to 1000, not {}", self.steps)));
        }
        if let Some(size) = self.step_size.filter(|size| !(size.is_finite() && *size > 0.0)) {
            return Err(Error::option("stepSize", format!("must be greater than 0, not {size}")));
        }
        if let Some(target) = self.target.filter(|&target| target as usize >= classes) {
            return Err(Error::option("target", format!("there is no class {target}, the model has {classes}")));
        }
        Ok(())
    }

    fn plan(&self, epsilon: f32) -> Plan {
        match self.method {
            Method::Fgsm => fgsm::plan(epsilon),
            Method::Pgd => pgd::plan(self, epsilon),
            Method::Noise => noise::plan(),
        }
    }
}

fn check_epsilon(epsilon: f32) -> Result<()> {
    if epsilon.is_finite() && epsilon >= 0.0 {
        return Ok(());
    }
    Err(Error::option("epsilon", format!("must be at least 0, not {epsilon}")))
}

/// How a method proceeds.
struct Plan {
    start: Start,
    steps: usize,
    step_size: f32,
}

/// Where it starts.
enum Start {
    Image,
    /// A random point of the ball, another for each image.
    Random,
    /// The image with [`noise`].
    Noise,
}

/// The state that holds the images under attack between steps.
const STATE: &str = "attack/x";

/// One step for `batch` images: x ← clip(o + Π_ε(x + η·d − o), 0, 1) with d the steepest direction of `norm`.
///
/// The images x are the state `attack/x`, so that several steps are one call. Inputs: `origin` o `[N, C, H, W]`; `class` `u32[N]`, whose
/// loss is raised; `epsilon` and `step` η of rank 0, η < 0 to lower the loss. Outputs `loss` `[N]` and `logits`, both at the old x.
///
/// Clipping moves no pixel away from its origin, so the result lies in the ball and in 0…1; under L∞ it is the nearest such point.
pub fn graph(model: &Model, batch: usize, norm: Norm) -> Result<Graph> {
    let builder = Builder::new();
    let [channels, height, width] = model.architecture().input;
    let shape = [batch, channels, height, width];
    let x = builder.state(STATE, shape, DType::F32);
    let origin = builder.input("origin", shape, DType::F32);
    let class = builder.input("class", [batch], DType::U32);
    let epsilon = builder.input("epsilon", Shape::scalar(), DType::F32);
    let step = builder.input("step", Shape::scalar(), DType::F32);

    let logits = model.forward(&builder, x, Mode::Eval)?.logits;
    let loss = loss::cross_entropy_each(logits, class);
    let gradient = builder.grad(loss.sum_all(), &[x])[0];
    builder.update(STATE, take_step(norm, x, origin, gradient, epsilon, step));
    builder.output("loss", loss);
    builder.output("logits", logits);
    builder.finish()
}

fn take_step<'b>(norm: Norm, x: Var<'b>, origin: Var<'b>, gradient: Var<'b>, epsilon: Var<'b>, step: Var<'b>) -> Var<'b> {
    let delta = x + step * norm.steepest(gradient) - origin;
    (origin + norm.project(delta, epsilon)).clamp(0.0, 1.0)
}

/// The adversarial version of each of `images` (`[n, C, H, W]`, true classes `labels`), with the weights in `store`.
pub async fn run(
    device: &Device,
    store: &mut Store,
    model: &Model,
    images: &[f32],
    labels: &[u32],
    options: &AttackOptions,
) -> Result<Vec<f32>> {
    Attacker::new(device, model, options.clone(), labels.len().min(MAX_BATCH))?.run(store, images, labels, options.epsilon).await
}

/// Images attacked at a time.
const MAX_BATCH: usize = 64;

/// An attack compiled for one model and batch size, for any ε.
pub struct Attacker {
    options: AttackOptions,
    program: Program,
    batch: usize,
    /// `[C, H, W]`.
    input: [usize; 3],
    classes: usize,
}

impl Attacker {
    /// Errors name the option that is out of range.
    pub fn new(device: &Device, model: &Model, options: AttackOptions, batch: usize) -> Result<Self> {
        options.check(model.classes())?;
        let batch = batch.max(1);
        let program = device.compile(&graph(model, batch, options.norm)?)?;
        Ok(Self { options, program, batch, input: model.architecture().input, classes: model.classes() })
    }

    /// [`run`] with another ε.
    pub async fn run(&mut self, store: &mut Store, images: &[f32], labels: &[u32], epsilon: f32) -> Result<Vec<f32>> {
        self.check(images, labels, epsilon)?;
        let size = self.input.iter().product::<usize>();
        let mut adversarial = Vec::with_capacity(images.len());
        let batches = images.chunks(self.batch * size).zip(labels.chunks(self.batch));
        for (number, (images, labels)) in batches.enumerate() {
            let found = self.attack(store, images, labels, epsilon, number * self.batch).await?;
            adversarial.extend_from_slice(&found[..images.len()]);
        }
        Ok(adversarial)
    }

    fn check(&self, images: &[f32], labels: &[u32], epsilon: f32) -> Result<()> {
        check_epsilon(epsilon)?;
        let size = self.input.iter().product::<usize>();
        if images.len() != labels.len() * size {
            let [c, h, w] = self.input;
            let message = format!("{} values are not {} images of {c}×{h}×{w}", images.len(), labels.len());
            return Err(Error::option("images", message));
        }
        if let Some(label) = labels.iter().find(|&&label| label as usize >= self.classes) {
            return Err(Error::option("labels", format!("there is no class {label}, the model has {}", self.classes)));
        }
        Ok(())
    }

    /// At most one batch, whose first image is number `first` of all. The result is padded to a batch.
    async fn attack(&mut self, store: &mut Store, images: &[f32], labels: &[u32], epsilon: f32, first: usize) -> Result<Vec<f32>> {
        let [channels, height, width] = self.input;
        let shape = [self.batch, channels, height, width];
        let plan = self.options.plan(epsilon);
        let mut origin = images.to_vec();
        origin.resize(shape.iter().product(), 0.0);
        let start = self.start(&plan, &origin, epsilon, first);
        if plan.steps == 0 {
            return Ok(start);
        }
        let (mut class, sense) = match self.options.target {
            Some(target) => (vec![target; labels.len()], -1.0),
            None => (labels.to_vec(), 1.0),
        };
        class.resize(self.batch, 0);
        store.set(STATE, &Tensor::f32(shape, start)?)?;
        let (origin, class) = (Tensor::f32(shape, origin)?, Tensor::u32([self.batch], class)?);
        let (epsilon, step) = (Tensor::scalar(epsilon), Tensor::scalar(sense * plan.step_size));
        let inputs = [("origin", &origin), ("class", &class), ("epsilon", &epsilon), ("step", &step)];
        let done = self.program.run(store, &inputs, plan.steps);
        let found = store.get(STATE).await;
        store.remove(STATE);
        done?;
        found?.into_f32()
    }

    fn start(&self, plan: &Plan, origin: &[f32], epsilon: f32, first: usize) -> Vec<f32> {
        let size = self.input.iter().product::<usize>();
        let (norm, seed) = (self.options.norm, self.options.seed);
        let moved = |image: &[f32], delta: Vec<f32>| image.iter().zip(delta).map(|(x, d)| (x + d).clamp(0.0, 1.0)).collect();
        let images = origin.chunks_exact(size).enumerate();
        images
            .flat_map(|(i, image)| match plan.start {
                Start::Image => image.to_vec(),
                Start::Random => moved(image, norm.random(epsilon, size, &mut Random::new(seed, (first + i) as u32))),
                Start::Noise => moved(image, noise::delta(norm, epsilon, size, seed)),
            })
            .collect()
    }
}

/// Accuracy (0…1) on `images` under attack, for each of `epsilons`; `options.epsilon` is not used.
///
/// After each batch `progress` hears the share that is done and may stop the work: [`Error::Cancelled`].
pub async fn robustness(
    device: &Device,
    store: &mut Store,
    model: &Model,
    images: &Images,
    options: &AttackOptions,
    epsilons: &[f32],
    mut progress: impl FnMut(f32) -> ControlFlow<()>,
) -> Result<Vec<f32>> {
    if images.is_empty() {
        return Err(Error::option("images", "there is none to attack"));
    }
    let batch = images.len().min(MAX_BATCH);
    let mut attacker = Attacker::new(device, model, options.clone(), batch)?;
    let mut classifier = device.compile(&classifier(model, batch)?)?;
    let [channels, height, width] = model.architecture().input;
    let size = channels * height * width;
    let total = (epsilons.len() * images.len()) as f32;
    let mut accuracies = Vec::with_capacity(epsilons.len());
    for (number, &epsilon) in epsilons.iter().enumerate() {
        let (mut right, mut seen) = (0, 0);
        attacker.check(&images.pixels, &images.labels, epsilon)?;
        for (pixels, labels) in images.pixels.chunks(batch * size).zip(images.labels.chunks(batch)) {
            let adversarial = attacker.attack(store, pixels, labels, epsilon, seen).await?;
            let x = Tensor::f32([batch, channels, height, width], adversarial)?;
            classifier.run(store, &[("x", &x)], 1)?;
            let predicted = classifier.output("class").await?;
            right += predicted.as_u32()?.iter().zip(labels).filter(|(predicted, label)| predicted == label).count();
            seen += labels.len();
            if progress((number * images.len() + seen) as f32 / total).is_break() {
                return Err(Error::Cancelled);
            }
        }
        accuracies.push(right as f32 / images.len() as f32);
    }
    Ok(accuracies)
}

/// Images `x` `[N, C, H, W]` → the predicted `class` `u32[N]`.
fn classifier(model: &Model, batch: usize) -> Result<Graph> {
    let builder = Builder::new();
    let [channels, height, width] = model.architecture().input;
    let x = builder.input("x", [batch, channels, height, width], DType::F32);
    builder.output("class", model.forward(&builder, x, Mode::Eval)?.logits.argmax(1));
    builder.finish()
}
