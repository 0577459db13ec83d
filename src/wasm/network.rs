//! A network with its weights on a device, and the programs that look at it: what the `Model` and `Trainer` classes are handles on.

use std::ops::ControlFlow;
use std::rc::Rc;

use js_sys::Array;

use super::convert::{check_labels, count_images, named};
use super::resident::{Resident, Shared};
use crate::attack::{self, AttackOptions, Attacker};
use crate::data::{Dataset, Images};
use crate::device::{Device, Program, Store};
use crate::error::{Error, Result};
#[cfg(feature = "explain")]
use crate::explain::measure::{MaskedImages, Protocol};
use crate::explain::{ExplainOptions, Explainer, Explanation, Method};
use crate::graph::{Builder, DType, Graph};
use crate::named::Named;
use crate::nn::{self, Architecture, Mode, loss};
use crate::tensor::Tensor;
use crate::train::{self, TrainOptions, Trainer};

/// The most images that go through a network at a time.
const MAX_BATCH: usize = 64;

/// The largest number of compiled programs that a network keeps.
const MAX_PROGRAMS: usize = 16;

/// What a program computes, and for how many images.
#[derive(Clone, PartialEq, Eq)]
pub enum Kind {
    /// Input `x`; outputs `logits` and `probabilities`, `[n, classes]`.
    Predict(usize),
    /// Input `x`, one image; every layer's output under its name.
    Activations,
    /// Inputs `x`, `label`; outputs `loss`, its gradient in each parameter under the parameter's name, and `input`, that in `x`.
    Gradients(usize),
}

impl Kind {
    fn graph(&self, model: &nn::Model) -> Result<Graph> {
        match self {
            Kind::Predict(batch) => predict(model, *batch),
            Kind::Activations => activations(model).map(|(graph, _)| graph),
            Kind::Gradients(batch) => gradients(model, *batch),
        }
    }
}

fn predict(model: &nn::Model, batch: usize) -> Result<Graph> {
    let builder = Builder::new();
    let forward = model.forward(&builder, builder.input("x", images(model, batch), DType::F32), Mode::Eval)?;
    builder.output("logits", forward.logits);
    builder.output("probabilities", forward.logits.log_softmax().exp());
    builder.finish()
}

/// With the layers' names, in order of computation.
fn activations(model: &nn::Model) -> Result<(Graph, Vec<String>)> {
    let builder = Builder::new();
    let forward = model.forward(&builder, builder.input("x", images(model, 1), DType::F32), Mode::Eval)?;
    let mut names = Vec::new();
    for (name, value) in forward.layers {
        builder.output(&name, value.reshape(&value.shape()[1..]));
        names.push(name);
    }
    Ok((builder.finish()?, names))
}

fn gradients(model: &nn::Model, batch: usize) -> Result<Graph> {
    let builder = Builder::new();
    let x = builder.input("x", images(model, batch), DType::F32);
    let label = builder.input("label", [batch], DType::U32);
    let forward = model.forward(&builder, x, Mode::Eval)?;
    let loss = loss::cross_entropy(forward.logits, label);
    builder.output("loss", loss);
    let wrt: Vec<_> = forward.parameters.iter().copied().chain([x]).collect();
    let names = model.parameters().iter().map(|parameter| parameter.name.as_str()).chain(["input"]);
    for (name, gradient) in names.zip(builder.grad(loss, &wrt)) {
        builder.output(name, gradient);
    }
    builder.finish()
}

/// `[n, C, H, W]`.
fn images(model: &nn::Model, n: usize) -> [usize; 4] {
    let [c, h, w] = model.architecture().input;
    [n, c, h, w]
}

/// Where the weights live.
enum Weights {
    /// Untrained, with a copy on the host.
    Fresh { store: Store, initial: Named<Tensor> },
    /// In the trainer's store, with what it learns from.
    Training(Box<Training>),
}

struct Training {
    trainer: Trainer,
    data: Rc<Dataset>,
}

/// A network on a device.
pub struct Network {
    model: nn::Model,
    weights: Weights,
    programs: Vec<(Kind, Program)>,
    /// What was explained last, with its batch; the newest last.
    explainers: Vec<(Method, ExplainOptions, usize, Explainer)>,
    /// The last attack, for any ε: its options with ε = 0, and its batch.
    attacker: Option<(AttackOptions, usize, Attacker)>,
    device: Device,
    generation: u32,
    /// How many trainers there were; the newest one's number.
    trainers: u32,
}

impl Network {
    /// Draws the initial weights on the CPU, whatever the device: the same seed gives the same bits everywhere.
    pub async fn new(shared: &Shared, architecture: Architecture, seed: u32) -> Result<Self> {
        let model = nn::Model::new(architecture)?;
        let cpu = Device::cpu();
        let mut drawn = cpu.store();
        let key = train::initial_key(seed);
        cpu.compile(&model.initialize()?)?.run(&mut drawn, &[("key", &key)], 1)?;
        let initial = drawn.snapshot().await?;
        let device = shared.device();
        let mut store = device.store();
        store.restore(&initial)?;
        Ok(Self {
            model,
            weights: Weights::Fresh { store, initial },
            programs: Vec::new(),
            explainers: Vec::new(),
            attacker: None,
            device,
            generation: shared.generation(),
            trainers: 0,
        })
    }

    pub fn model(&self) -> &nn::Model {
        &self.model
    }

    /// Gives the weights to a new trainer, which begins with its own from `options.seed`; the trainer's number.
    pub async fn train(&mut self, shared: &Shared, data: Rc<Dataset>, options: TrainOptions) -> Result<u32> {
        let device = shared.device_for(&self.model, &data, &options).await;
        let trainer = Trainer::new(&device, self.model.clone(), &data, options).await?;
        if device.kind() != self.device.kind() {
            self.settle(&device);
        }
        self.weights = Weights::Training(Box::new(Training { trainer, data }));
        self.trainers += 1;
        Ok(self.trainers)
    }

    /// Goes on with `device`; programs for another one are of no use there.
    fn settle(&mut self, device: &Device) {
        self.programs.clear();
        self.explainers.clear();
        self.attacker = None;
        self.device = device.clone();
    }

    /// The trainer, if number `number` still is the newest.
    pub fn trainer(&mut self, number: u32) -> Result<&mut Trainer> {
        match &mut self.weights {
            Weights::Training(training) if self.trainers == number => Ok(&mut training.trainer),
            _ => Err(Error::Run("another trainer has taken this model over; use that one".into())),
        }
    }

    /// Begins the newest training again with other initial weights, order and dropout, at the present learning rate.
    pub async fn reseed(&mut self, seed: u32) -> Result<()> {
        if let Weights::Training(training) = &mut self.weights {
            let options =
                TrainOptions { seed, learning_rate: training.trainer.learning_rate(), ..training.trainer.options().clone() };
            training.trainer = Trainer::new(&self.device, self.model.clone(), &training.data, options).await?;
        }
        Ok(())
    }

    fn store(&mut self) -> &mut Store {
        match &mut self.weights {
            Weights::Fresh { store, .. } => store,
            Weights::Training(training) => training.trainer.store_mut(),
        }
    }

    /// Runs the program `kind` once.
    async fn run(&mut self, kind: &Kind, inputs: &[(&str, &Tensor)]) -> Result<&Program> {
        let mut program = match self.programs.iter().position(|(made, _)| made == kind) {
            Some(i) => self.programs.swap_remove(i).1,
            None => self.device.compile(&kind.graph(&self.model)?)?,
        };
        if self.programs.len() == MAX_PROGRAMS {
            self.programs.clear();
        }
        let ran = program.run(self.store(), inputs, 1);
        self.programs.push((kind.clone(), program));
        ran.map(|()| &self.programs[self.programs.len() - 1].1)
    }

    /// How many images `pixels` holds.
    pub fn count(&self, pixels: &[f32]) -> Result<usize> {
        count_images(pixels, self.model.architecture().input)
    }

    /// Logits and probabilities, each `[n, classes]`.
    pub async fn predict(&mut self, pixels: &[f32]) -> Result<[Vec<f32>; 2]> {
        let n = self.count(pixels)?;
        let batch = batch_for(n);
        let (size, classes) = (pixels.len() / n, self.model.classes());
        let (mut logits, mut probabilities) = (Vec::new(), Vec::new());
        for pixels in pixels.chunks(batch * size) {
            let values = pixels.len() / size * classes;
            let mut padded = pixels.to_vec();
            padded.resize(batch * size, 0.0);
            let x = Tensor::f32(images(&self.model, batch), padded)?;
            let program = self.run(&Kind::Predict(batch), &[("x", &x)]).await?;
            logits.extend_from_slice(&program.output("logits").await?.as_f32()?[..values]);
            probabilities.extend_from_slice(&program.output("probabilities").await?.as_f32()?[..values]);
        }
        Ok([logits, probabilities])
    }

    /// The predicted class of each image.
    pub async fn classify(&mut self, pixels: &[f32]) -> Result<Vec<u32>> {
        let [logits, _] = self.predict(pixels).await?;
        let largest = |row: &[f32]| (0..row.len()).fold(0, |best, i| if row[i] > row[best] { i } else { best }) as u32;
        Ok(logits.chunks_exact(self.model.classes()).map(largest).collect())
    }

    /// `Named[]`, one per layer.
    pub async fn activations(&mut self, image: &[f32]) -> Result<Array> {
        let n = self.count(image)?;
        if n != 1 {
            return Err(Error::option("image", format!("one image is wanted, not {n}")));
        }
        let x = Tensor::f32(images(&self.model, 1), image.to_vec())?;
        let (_, names) = activations(&self.model)?;
        let program = self.run(&Kind::Activations, &[("x", &x)]).await?;
        let list = Array::new();
        for name in names {
            list.push(&named(&name, &program.output(&name).await?));
        }
        Ok(list)
    }

    /// Loss, `Named[]` of the gradient in each parameter, and the gradient in the pixels.
    pub async fn gradients(&mut self, pixels: &[f32], labels: &[u32]) -> Result<(f32, Array, Vec<f32>)> {
        let n = self.count(pixels)?;
        check_labels(labels, n, self.model.classes())?;
        let names: Vec<String> = self.model.parameters().iter().map(|parameter| parameter.name.clone()).collect();
        let x = Tensor::f32(images(&self.model, n), pixels.to_vec())?;
        let label = Tensor::u32([n], labels.to_vec())?;
        let program = self.run(&Kind::Gradients(n), &[("x", &x), ("label", &label)]).await?;
        let list = Array::new();
        for name in names {
            list.push(&named(short(&name), &program.output(&name).await?));
        }
        let loss = program.output("loss").await?.as_f32()?[0];
        Ok((loss, list, program.output("input").await?.into_f32()?))
    }

    /// `Named[]`: parameters, then running statistics.
    pub async fn weights(&mut self) -> Result<Array> {
        let states = self.model.parameters().iter().chain(self.model.buffers());
        let names: Vec<String> = states.map(|state| state.name.clone()).collect();
        let store = self.store();
        let list = Array::new();
        for name in names {
            list.push(&named(short(&name), &store.get(&name).await?));
        }
        Ok(list)
    }

    /// One map per image; without `classes` for the predicted ones.
    pub async fn explain(
        &mut self,
        method: Method,
        pixels: &[f32],
        classes: Option<&[u32]>,
        options: &ExplainOptions,
    ) -> Result<Explanation> {
        let batch = batch_for(self.count(pixels)?);
        let classes = match classes {
            Some(classes) => classes.to_vec(),
            None => self.classify(pixels).await?,
        };
        let known = self.explainers.iter().position(|(m, o, b, _)| (*m, o, *b) == (method, options, batch));
        let mut explainer = match known {
            Some(i) => self.explainers.remove(i).3,
            None => Explainer::new(&self.device, &self.model, method, options, batch)?,
        };
        let explanation = explainer.run(self.store(), pixels, &classes, &mut |_| ControlFlow::Continue(())).await;
        if self.explainers.len() == MAX_PROGRAMS {
            self.explainers.remove(0);
        }
        self.explainers.push((method, options.clone(), batch, explainer));
        explanation
    }

    /// Measures explanations of `images`; `clock` tells seconds.
    #[cfg(feature = "explain")]
    pub async fn measure(
        &mut self,
        protocol: &mut Protocol,
        images: MaskedImages<'_>,
        clock: &mut dyn FnMut() -> f64,
    ) -> Result<()> {
        let device = self.device.clone();
        protocol.run(&device, self.store(), images, clock, &mut |_| ControlFlow::Continue(())).await
    }

    /// Adversarial versions of `pixels`, whose true classes are `labels`.
    pub async fn attack(&mut self, pixels: &[f32], labels: &[u32], options: &AttackOptions) -> Result<Vec<f32>> {
        let batch = batch_for(self.count(pixels)?);
        let general = AttackOptions { epsilon: 0.0, ..options.clone() };
        let attacker = match self.attacker.take() {
            Some((made_for, size, attacker)) if made_for == general && size == batch => attacker,
            _ => Attacker::new(&self.device, &self.model, general.clone(), batch)?,
        };
        let (_, _, attacker) = self.attacker.insert((general, batch, attacker));
        let store = match &mut self.weights {
            Weights::Fresh { store, .. } => store,
            Weights::Training(training) => training.trainer.store_mut(),
        };
        attacker.run(store, pixels, labels, options.epsilon).await
    }

    /// Accuracy on `images` under attack, for each of `epsilons`.
    pub async fn robustness(&mut self, images: &Images, options: &AttackOptions, epsilons: &[f32]) -> Result<Vec<f32>> {
        let (device, model) = (self.device.clone(), self.model.clone());
        attack::robustness(&device, self.store(), &model, images, options, epsilons, |_| ControlFlow::Continue(())).await
    }
}

impl Resident for Network {
    async fn move_to(&mut self, device: &Device) -> Result<()> {
        match &mut self.weights {
            Weights::Fresh { store, initial } => {
                *store = device.store();
                store.restore(initial)?;
            }
            Weights::Training(training) => {
                // The steps since the last good checkpoint went with the device; a step is a function of seed and position: do them again.
                let position = training.trainer.step();
                training.trainer.move_to(device, &training.data).await?;
                let lost = position.saturating_sub(training.trainer.step());
                training.trainer.run(lost as usize).await?;
            }
        }
        self.settle(device);
        Ok(())
    }

    fn generation(&mut self) -> &mut u32 {
        &mut self.generation
    }
}

/// `conv1/weight` of the state `model/conv1/weight`.
fn short(name: &str) -> &str {
    name.strip_prefix("model/").unwrap_or(name)
}

/// The number of images that a program for `n` images takes at a time: few sizes, so that few programs are compiled.
fn batch_for(n: usize) -> usize {
    n.min(MAX_BATCH).next_power_of_two()
}
