//! Fine-tuning on few labels (COURSE G3): an encoder that learnt without labels becomes the body of a classifier.
//!
//! The code h = e(x), centred and scaled by its deviation over the labelled images as it was before the first step, goes through one
//! linear layer and a softmax. Layer and encoder learn together, each at its own rate (Howard & Ruder 2018). With the encoder's rate 0
//! this is [`logistic`](crate::generate::latent::logistic) on the codes. States: `encoder/…`, `head/…`, `code/…` (centre and scale),
//! `tune/…` (clock), `optimizer/…`, and the labelled images, `data/…`.

use serde::Deserialize;

use super::Autoencoder;
use super::network::Network;
use crate::device::{Device, Program, Store};
use crate::error::{Error, Result};
use crate::generate::latent::features::{self, Scaling};
use crate::generate::latent::{Classified, Labelled};
use crate::graph::{Binary, Builder, DType, Graph, Var};
use crate::named::Named;
use crate::nn::{Init, Optimizer, Parameter, ParameterKind, loss};
use crate::tensor::Tensor;

/// The most labelled images.
const MOST: usize = 4096;
/// Images that are encoded or classified at once.
const ROWS: usize = 64;

/// The encoder's weights before the first step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Start {
    /// Those of the autoencoder now.
    #[default]
    Learnt,
    /// Fresh ones: the same network learns from the labels alone.
    Scratch,
}

/// How a [`FineTuning`] learns; in JavaScript `FineTuneOptions` of `www/engine/types-generate.ts`.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct FineTuneOptions {
    /// Learnt.
    pub start: Start,
    /// Images per step, from 1; at most the labelled ones are taken. 64.
    pub batch: usize,
    /// Adam's, for the linear layer: > 0 and at most 1. 0.05.
    pub head_rate: f32,
    /// Adam's, for the encoder: 0…1; with 0 it stays as it is. 0.003.
    pub encoder_rate: f32,
    /// Of the order of the images, and of fresh weights. 1.
    pub seed: u32,
}

impl Default for FineTuneOptions {
    fn default() -> Self {
        Self { start: Start::Learnt, batch: 64, head_rate: features::RATE, encoder_rate: 0.003, seed: 1 }
    }
}

/// An encoder with a linear layer on top, on a device. It has its own copy of the encoder's weights: the autoencoder stays as it is.
pub struct FineTuning {
    network: Network,
    classes: usize,
    options: FineTuneOptions,
    images: Vec<f32>,
    labels: Vec<u32>,
    /// The encoder's weights before the first step, and the codes' centre and scale.
    first: Named<Tensor>,
    store: Store,
    program: Program,
    judge: Program,
    step: u32,
}

impl Autoencoder {
    /// A classifier of `classes` classes that is to learn from `labelled`, 1…4096 images of the data's shape.
    pub async fn fine_tuning(&mut self, labelled: Labelled<'_>, classes: usize, options: FineTuneOptions) -> Result<FineTuning> {
        let network = self.plan.network.clone();
        if labelled.size()? != network.image().iter().product::<usize>() || labelled.labels.len() > MOST {
            return Err(Error::option("images", format!("must be 1 to {MOST} of the data's shape")));
        }
        if labelled.labels.iter().any(|&label| label as usize >= classes) {
            return Err(Error::option("labels", format!("must be below the {classes} classes")));
        }
        if options.batch == 0 {
            return Err(Error::option("batch", "must be at least 1"));
        }
        if !(options.head_rate > 0.0 && options.head_rate <= 1.0 && (0.0..=1.0).contains(&options.encoder_rate)) {
            return Err(Error::option("encoderRate", "must be 0 to 1, and the head's above 0 and at most 1"));
        }
        let mut first = Named::new();
        for parameter in network.encoder_parameters() {
            first.insert(parameter.name.clone(), self.store.get(&parameter.name).await?);
        }
        if options.start == Start::Scratch {
            let builder = Builder::new();
            let key = builder.input("key", [2], DType::U32);
            for parameter in network.encoder_parameters() {
                builder.output(&parameter.name, parameter.init.draw(&builder, key, &parameter.shape));
            }
            let mut fresh = self.device.compile(&builder.finish()?)?;
            let key = Tensor::u32([2], vec![options.seed, u32::MAX])?; // training does not get there
            fresh.run(&mut self.device.store(), &[("key", &key)], 1)?;
            for parameter in network.encoder_parameters() {
                first.insert(parameter.name.clone(), fresh.output(&parameter.name).await?);
            }
        }
        let latent = network.latent();
        for (name, value) in [("code/mean", 0.0), ("code/factor", 1.0)] {
            first.insert(name, Tensor::f32([latent], vec![value; latent])?);
        }
        let (images, labels) = (labelled.x.to_vec(), labelled.labels.to_vec());
        let options = FineTuneOptions { batch: options.batch.min(labels.len()), ..options };
        let mut made = FineTuning::on(&self.device, network, classes, options, images, labels, first)?;
        let (codes, _) = made.judged(labelled.x).await?;
        let scaling = Scaling::of(&codes, latent);
        made.first.insert("code/mean", Tensor::f32([latent], scaling.mean)?);
        made.first.insert("code/factor", Tensor::f32([latent], scaling.factor)?);
        made.begin()?;
        Ok(made)
    }
}

impl FineTuning {
    fn on(
        device: &Device,
        network: Network,
        classes: usize,
        options: FineTuneOptions,
        images: Vec<f32>,
        labels: Vec<u32>,
        first: Named<Tensor>,
    ) -> Result<Self> {
        let plan = Plan { network: &network, classes, images: labels.len(), options: &options };
        let (program, judge, store) = (device.compile(&plan.step()?)?, device.compile(&plan.judge()?)?, device.store());
        let mut made = Self { network, classes, options, images, labels, first, store, program, judge, step: 0 };
        made.begin()?;
        Ok(made)
    }

    /// The first weights of the encoder, a linear layer of zeros, step 0.
    fn begin(&mut self) -> Result<()> {
        let plan = Plan { network: &self.network, classes: self.classes, images: self.labels.len(), options: &self.options };
        for (name, (shape, dtype)) in plan.step()?.states() {
            self.store.set(&name, &Tensor::zeros(shape, dtype))?;
        }
        self.store.restore(&self.first)?;
        let ([c, h, w], n) = (self.network.image(), self.labels.len());
        self.store.set("data/images", &Tensor::f32([n, c, h, w], self.images.clone())?)?;
        self.store.set("data/labels", &Tensor::u32([n], self.labels.clone())?)?;
        self.store.set("tune/seed", &Tensor::u32([], vec![self.options.seed])?)?;
        self.step = 0;
        Ok(())
    }

    /// Takes `steps` steps, from 1; gives the cross-entropy of the last one's batch, before it changed the weights.
    ///
    /// Errors: [`Error::Run`] where that is no number any more.
    pub async fn run(&mut self, steps: usize) -> Result<f32> {
        if steps == 0 {
            return Err(Error::option("steps", "must be at least 1"));
        }
        self.program.run(&mut self.store, &[], steps)?;
        self.step += steps as u32;
        let loss = self.program.output("loss").await?.into_f32()?[0];
        if loss.is_finite() {
            return Ok(loss);
        }
        Err(Error::Run(format!("the loss was no number any more at step {}: take smaller rates", self.step)))
    }

    /// How many of the images of `test` are classified right.
    pub async fn classify(&mut self, test: Labelled<'_>) -> Result<Classified> {
        if test.size()? != self.network.image().iter().product::<usize>() {
            return Err(Error::option("images", "must have the data's shape"));
        }
        let (_, classes) = self.judged(test.x).await?;
        Ok(features::judged(classes, test.labels))
    }

    /// Codes `[n, latent]` and classes `[n]` of `images` `[n, C, H, W]`.
    async fn judged(&mut self, images: &[f32]) -> Result<(Vec<f32>, Vec<u32>)> {
        let [c, h, w] = self.network.image();
        let size = c * h * w;
        let (mut codes, mut classes) = (Vec::new(), Vec::new());
        for block in images.chunks(ROWS * size) {
            let mut padded = block.to_vec();
            padded.resize(ROWS * size, 0.0);
            self.judge.run(&mut self.store, &[("x", &Tensor::f32([ROWS, c, h, w], padded)?)], 1)?;
            let (rows, latent) = (block.len() / size, self.network.latent());
            codes.extend_from_slice(&self.judge.output("code").await?.into_f32()?[..rows * latent]);
            classes.extend_from_slice(&self.judge.output("class").await?.as_u32()?[..rows]);
        }
        Ok((codes, classes))
    }

    /// Goes on, on `device`: the steps so far are done again.
    pub async fn move_to(&mut self, device: &Device) -> Result<()> {
        let (images, labels) = (self.images.clone(), self.labels.clone());
        let mut moved =
            Self::on(device, self.network.clone(), self.classes, self.options.clone(), images, labels, self.first.clone())?;
        if self.step > 0 {
            moved.run(self.step as usize).await?;
        }
        *self = moved;
        Ok(())
    }

    /// Steps done.
    pub fn step(&self) -> u32 {
        self.step
    }
}

/// A classifier without numbers.
struct Plan<'a> {
    network: &'a Network,
    classes: usize,
    /// Labelled ones.
    images: usize,
    options: &'a FineTuneOptions,
}

impl Plan<'_> {
    /// Weight and bias of the linear layer.
    fn head(&self) -> [Parameter; 2] {
        let parameter = |kind: ParameterKind, shape: Vec<usize>| Parameter {
            name: format!("head/{}", kind.word()),
            shape: shape.into(),
            kind,
            init: Init::Constant(0.0),
        };
        let latent = self.network.latent();
        [parameter(ParameterKind::Weight, vec![self.classes, latent]), parameter(ParameterKind::Bias, vec![self.classes])]
    }

    /// The code of `x` `[N, C, H, W]`, `[N, latent]`, and the logits `[N, classes]`.
    fn forward<'b>(&self, builder: &'b Builder, encoder: &[Var<'b>], head: &[Var<'b>], x: Var<'b>) -> [Var<'b>; 2] {
        let latent = [self.network.latent()];
        let code = builder.scope("encoder", || self.network.encode(encoder, x).mean);
        let (mean, factor) = (builder.state("code/mean", latent, DType::F32), builder.state("code/factor", latent, DType::F32));
        [code, builder.scope("head", || ((code - mean) * factor).matmul_t(false, head[0], true) + head[1])]
    }

    /// Clock → batch → logits → cross-entropy + 1e-4‖W‖² → update. Output `loss`, the cross-entropy. Each epoch is a permutation of the
    /// images chosen by (seed, epoch), cut into whole batches.
    fn step(&self) -> Result<Graph> {
        let (builder, options) = (Builder::new(), self.options);
        let (encoder, head) = (states(&builder, self.network.encoder_parameters()), states(&builder, &self.head()));
        let step = builder.state("tune/step", [], DType::U32);
        let seed = builder.state("tune/seed", [], DType::U32);
        let [x, labels] = builder.scope("batch", || {
            let per_epoch = builder.scalar_u32((self.images / options.batch) as u32);
            let first = step.binary(Binary::Rem, per_epoch) * builder.scalar_u32(options.batch as u32);
            let key = builder.concat(0, &[seed.reshape([1]), (step / per_epoch).reshape([1])]);
            let index = builder.permutation(self.images, key, first + builder.iota(options.batch));
            let [c, h, w] = self.network.image();
            let images = builder.state("data/images", [self.images, c, h, w], DType::F32);
            [images.gather(index), builder.state("data/labels", [self.images], DType::U32).gather(index)]
        });
        let [_, logits] = self.forward(&builder, &encoder, &head, x);
        let entropy = loss::cross_entropy(logits, labels);
        builder.output("loss", entropy);
        let gradients = builder.grad(entropy + head[0].square().sum_all() * features::RIDGE, &[&encoder[..], &head].concat());
        let (of_encoder, of_head) = gradients.split_at(encoder.len());
        let update = |root: &str, parameters: &[Parameter], weights: &[Var], gradients: &[Var], rate: f32| {
            Optimizer::default().update_for(root, parameters, weights, gradients, builder.scalar(rate), 0.0);
        };
        update("optimizer/head", &self.head(), &head, of_head, options.head_rate);
        if options.encoder_rate > 0.0 {
            update("optimizer/encoder", self.network.encoder_parameters(), &encoder, of_encoder, options.encoder_rate);
        }
        builder.update("tune/step", step + builder.scalar_u32(1));
        builder.finish()
    }

    /// Input `x` `[ROWS, C, H, W]`; outputs `code` `[ROWS, latent]` and `class` `[ROWS]`.
    fn judge(&self) -> Result<Graph> {
        let builder = Builder::new();
        let (encoder, head) = (states(&builder, self.network.encoder_parameters()), states(&builder, &self.head()));
        let [c, h, w] = self.network.image();
        let [code, logits] = self.forward(&builder, &encoder, &head, builder.input("x", [ROWS, c, h, w], DType::F32));
        builder.output("code", code);
        builder.output("class", logits.argmax(1));
        builder.finish()
    }
}

fn states<'b>(builder: &'b Builder, parameters: &[Parameter]) -> Vec<Var<'b>> {
    parameters.iter().map(|p| builder.state(&p.name, p.shape.clone(), DType::F32)).collect()
}
