//! The [`Trainer`]: a model, its data and its clock on one device.

use serde::Serialize;

use super::checkpoint::Checkpoint;
use super::divergence::{Culprit, DivergenceReport};
use super::evaluate::{Evaluation, Evaluator, Split};
use super::options::{TrainOptions, check_learning_rate};
use super::rates::rates;
use super::step::{self, RING};
use crate::data::Dataset;
use crate::device::{Device, DeviceKind, Program, ProgramReport, Store};
use crate::error::{Error, Result};
use crate::nn::Model;
use crate::tensor::Tensor;

/// The most steps between two good checkpoints, to which a diverged run or a lost GPU returns.
const CHECKPOINT_EVERY: u32 = RING as u32;

/// The second half of the key that draws the initial weights: a step that no run reaches, so that dropout never repeats their words.
const INITIAL: u32 = u32::MAX;

/// The key that draws the initial weights of `seed`, for `Model::initialize`.
pub fn initial_key(seed: u32) -> Tensor {
    Tensor::u32([2], vec![seed, INITIAL]).expect("two values")
}

/// What a step measured on its batch, before it changed the weights.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct StepMetric {
    /// From 1.
    pub step: u32,
    /// Mean cross-entropy.
    pub loss: f32,
    /// 0…1.
    pub accuracy: f32,
}

/// A run of training.
pub struct Trainer {
    device: Device,
    model: Model,
    options: TrainOptions,
    /// Labels of the parts, in the order of [`Split`]: what evaluations are compared with.
    labels: [Vec<u32>; 2],
    store: Store,
    program: Program,
    /// Made when first wanted, in the same order.
    evaluators: [Option<Evaluator>; 2],
    /// The state `train/step`, known here without reading.
    step: u32,
    /// The state `train/learning_rate`.
    learning_rate: f32,
    /// Step 0.
    initial: Checkpoint,
    /// The last one whose numbers were all finite.
    good: Checkpoint,
    /// Weights or rate were changed by hand since `good`, so a replay from there would be another run.
    changed: bool,
    divergence: Option<DivergenceReport>,
}

impl Trainer {
    /// Compiles the training step, copies `data` to `device` and draws the initial weights from the seed.
    ///
    /// Errors: [`Error::Option`] for an option outside its range, [`Error::Data`] where `data` does not fit the model,
    /// [`Error::Device`] where the device cannot hold it.
    pub async fn new(device: &Device, model: Model, data: &Dataset, options: TrainOptions) -> Result<Self> {
        options.validate(data.train.len())?;
        let (input, classes) = (model.architecture().input, model.classes());
        if data.shape != input {
            return Err(Error::data(&data.title, format!("has images of shape {:?}, the model takes {input:?}", data.shape)));
        }
        if data.classes.len() != classes {
            return Err(Error::data(&data.title, format!("has {} classes, the model tells {classes} apart", data.classes.len())));
        }
        let (program, mut store) = prepare(device, &model, data, &options)?;
        device.compile(&model.initialize()?)?.run(&mut store, &[("key", &initial_key(options.seed))], 1)?;
        let initial = Checkpoint::take(&store, 0).await?;
        Ok(Self {
            device: device.clone(),
            model,
            labels: [data.train.labels.clone(), data.validation.labels.clone()],
            store,
            program,
            evaluators: [None, None],
            step: 0,
            learning_rate: options.learning_rate,
            options,
            good: initial.clone(),
            initial,
            changed: false,
            divergence: None,
        })
    }

    /// A trainer on the faster device for this model, with one sentence that says why it is: where there is a GPU (with `software`,
    /// also one that is a program on the CPU), both are timed on a few steps. `clock` tells seconds.
    pub async fn auto(
        software: bool,
        model: Model,
        data: &Dataset,
        options: TrainOptions,
        clock: &mut dyn FnMut() -> f64,
    ) -> Result<(Self, String)> {
        let (mut device, mut reason) = Device::auto(software).await;
        if device.kind() == DeviceKind::Gpu {
            let rates = rates(&device, &model, data, &options, clock).await;
            reason = rates.reason(&device.info().name);
            if rates.faster() == DeviceKind::Cpu {
                device = Device::cpu();
            }
        }
        Ok((Self::new(&device, model, data, options).await?, reason))
    }

    /// Trains `steps` steps and gives the metrics of each. A run that diverges ends early, with the metrics of the steps before:
    /// [`Trainer::divergence`] then says what happened, and the trainer stands at the last good checkpoint, ready to go on with
    /// another rate.
    pub async fn run(&mut self, steps: usize) -> Result<Vec<StepMetric>> {
        self.divergence = None;
        let mut metrics = Vec::new();
        while metrics.len() < steps {
            if self.changed || self.step - self.good.step >= CHECKPOINT_EVERY {
                self.keep().await?;
            }
            let count = (steps - metrics.len()).min(RING);
            self.program.run(&mut self.store, &[], count)?;
            let ring = self.store.get("train/metrics").await?.into_f32()?;
            for step in self.step..self.step + count as u32 {
                let row = step as usize % RING * 2;
                let (loss, accuracy) = (ring[row], ring[row + 1]);
                if !loss.is_finite() {
                    self.divergence = Some(self.look_back(step).await?);
                    return Ok(metrics);
                }
                metrics.push(StepMetric { step: step + 1, loss, accuracy });
            }
            self.step += count as u32;
        }
        Ok(metrics)
    }

    /// What happened to the last [`Trainer::run`], if it diverged.
    pub fn divergence(&self) -> Option<&DivergenceReport> {
        self.divergence.as_ref()
    }

    /// Takes a good checkpoint, unless weights or moments are already beyond the finite numbers.
    async fn keep(&mut self) -> Result<()> {
        let checkpoint = self.checkpoint().await?;
        if checkpoint.is_finite() {
            self.good = checkpoint;
            self.changed = false;
        }
        Ok(())
    }

    /// The report on a loss that was not finite after `step` steps; leaves the trainer at the last good checkpoint.
    async fn look_back(&mut self, step: u32) -> Result<DivergenceReport> {
        let (good, rate) = (self.good.clone(), self.learning_rate);
        good.put(&mut self.store, |_| true)?;
        if step > good.step {
            self.program.run(&mut self.store, &[], (step - good.step) as usize)?;
        }
        let (batch, images) = (self.options.batch_size, self.labels[Split::Train as usize].len());
        let culprit = Culprit::find(&self.device, &mut self.store, &self.model, batch, images).await?;
        self.restore(&good)?;
        Ok(culprit.report(step + 1, rate, good.step))
    }

    /// Loss, accuracy and predictions over a whole part of the data; compiled at the first call.
    pub async fn evaluate(&mut self, split: Split) -> Result<Evaluation> {
        let evaluator = &mut self.evaluators[split as usize];
        if evaluator.is_none() {
            *evaluator = Some(Evaluator::new(&self.device, &self.model, split, self.labels[split as usize].clone())?);
        }
        evaluator.as_mut().expect("just made").run(&mut self.store).await
    }

    /// Steps done.
    pub fn step(&self) -> u32 {
        self.step
    }

    /// Whole batches in the training part.
    pub fn steps_per_epoch(&self) -> usize {
        self.labels[Split::Train as usize].len() / self.options.batch_size
    }

    /// The base rate; the schedule multiplies it.
    pub fn learning_rate(&self) -> f32 {
        self.learning_rate
    }

    /// Changes the base rate from the next step on.
    pub fn set_learning_rate(&mut self, rate: f32) -> Result<()> {
        check_learning_rate(rate)?;
        if rate != self.learning_rate {
            self.store.set("train/learning_rate", &Tensor::scalar(rate))?;
            self.learning_rate = rate;
            self.changed = true;
        }
        Ok(())
    }

    /// Back to step 0 with the same initial weights. The learning rate stays as it was last set.
    pub fn rewind(&mut self) -> Result<()> {
        let rate = self.learning_rate;
        let initial = self.initial.clone();
        self.restore(&initial)?;
        self.set_learning_rate(rate)
    }

    /// Everything that is needed to continue from here.
    pub async fn checkpoint(&self) -> Result<Checkpoint> {
        Checkpoint::take(&self.store, self.step).await
    }

    /// Continues from `checkpoint`, which must be of the same model and optimiser. On the CPU the run goes on bit for bit.
    pub fn restore(&mut self, checkpoint: &Checkpoint) -> Result<()> {
        checkpoint.put(&mut self.store, |_| true)?;
        self.adopt(checkpoint);
        Ok(())
    }

    /// Bookkeeping after the store has taken over all of `checkpoint`.
    fn adopt(&mut self, checkpoint: &Checkpoint) {
        self.step = checkpoint.step;
        if let Some(&[rate]) = checkpoint.states.get("train/learning_rate").and_then(|t| t.as_f32().ok()) {
            self.learning_rate = rate;
        }
        self.good = checkpoint.clone();
        self.changed = false;
    }

    /// Takes over weights and running statistics of `checkpoint`; clock, moments and rate stay.
    pub fn restore_weights(&mut self, checkpoint: &Checkpoint) -> Result<()> {
        checkpoint.put(&mut self.store, |name| name.starts_with("model/"))?;
        self.changed = true;
        Ok(())
    }

    /// Goes on with `device`: same weights, clock and moments. `data` is what the trainer was made with; it is copied there. Where the
    /// old device cannot be read any more (a lost GPU), the steps since the last good checkpoint are done again: they follow from it.
    pub async fn move_to(&mut self, device: &Device, data: &Dataset) -> Result<()> {
        let reached = self.step;
        let checkpoint = self.checkpoint().await.unwrap_or_else(|_| self.good.clone());
        let (program, mut store) = prepare(device, &self.model, data, &self.options)?;
        checkpoint.states.iter().try_for_each(|(name, tensor)| store.set(name, tensor))?;
        (self.device, self.program, self.store) = (device.clone(), program, store);
        self.evaluators = [None, None];
        self.adopt(&checkpoint);
        self.run(reached.saturating_sub(checkpoint.step) as usize).await?;
        Ok(())
    }

    pub fn model(&self) -> &Model {
        &self.model
    }

    pub fn options(&self) -> &TrainOptions {
        &self.options
    }

    pub fn device(&self) -> &Device {
        &self.device
    }

    /// Weights, data and everything else on the device.
    pub fn store(&self) -> &Store {
        &self.store
    }

    /// For programs that look inside; call [`Trainer::restore_weights`] rather than setting weights by hand.
    pub fn store_mut(&mut self) -> &mut Store {
        &mut self.store
    }

    /// Figures of the compiled step.
    pub fn report(&self) -> ProgramReport {
        self.program.report()
    }
}

/// The compiled step and a store with the data, the clock at 0, and optimiser and metrics at 0. Weights are not set.
fn prepare(device: &Device, model: &Model, data: &Dataset, options: &TrainOptions) -> Result<(Program, Store)> {
    let graph = step::graph(model, options, data.train.len())?;
    let program = device.compile(&graph)?;
    let mut store = device.store();
    let [c, h, w] = data.shape;
    for (split, images) in [(Split::Train, &data.train), (Split::Validation, &data.validation)] {
        let (n, part) = (images.len(), split.word());
        if n > 0 {
            store.set(&format!("data/{part}/images"), &Tensor::f32([n, c, h, w], images.pixels.clone())?)?;
            store.set(&format!("data/{part}/labels"), &Tensor::u32([n], images.labels.clone())?)?;
        }
    }
    for (name, (shape, dtype)) in graph.states() {
        if name.starts_with("optimizer/") || name.starts_with("train/") {
            store.set(&name, &Tensor::zeros(shape, dtype))?;
        }
    }
    store.set("train/seed", &Tensor::u32([], vec![options.seed])?)?;
    store.set("train/learning_rate", &Tensor::scalar(options.learning_rate))?;
    Ok((program, store))
}
