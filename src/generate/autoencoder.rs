//! Autoencoders, plain, regularised and variational (COURSE G1, G2, G4–G6).
//!
//! An [`Autoencoder`] learns a code h = e(x) of a few numbers from which d(h) gives the image back. One type for all: the
//! [options](AutoencoderOptions) choose the layers, the loss and what is asked of the code. States: `encoder/…`, `decoder/…`,
//! `autoencoder/…` (clock, rate, strength, metrics), `optimizer/…`, and the training images, `data/…`. Random numbers are the graph's
//! own, keyed by seed and step: every device draws the same ones, and the same seed gives the same run.

mod fine_tune;
mod graphs;
mod network;
mod options;
mod pairs;
pub mod penalty;
mod views;

use serde::Serialize;

use crate::data::Dataset;
use crate::device::{Device, Program, Store};
use crate::error::{Error, Result};
use crate::named::Named;
use crate::tensor::Tensor;
use graphs::{COLUMNS, Plan, RING};

pub use fine_tune::{FineTuneOptions, FineTuning, Start};
pub use network::{Code, Network};
pub use options::{AutoencoderOptions, Pairs, Reconstruction, Regulariser, Shape};
pub use pairs::{averaged, partners};
pub use views::{LatentSummary, Prior, Reconstructed, SILENT};

/// What a step measured on its batch, before it changed the weights; means over the batch.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct AutoencoderStep {
    /// From 1.
    pub step: u32,
    /// Reconstruction + strength × penalty; of a variational one with β = 1 this is −ELBO.
    pub loss: f32,
    /// Summed over the pixels.
    pub reconstruction: f32,
    /// Before the strength multiplies it: Σ|h|, Σ‖∇ₓhᵢ‖², or the KL divergence in nats; 0 for the others.
    pub penalty: f32,
    /// The KL divergence of each latent, of a variational one; they add up to the penalty.
    pub divergences: Vec<f32>,
}

/// The steps of a run.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct AutoencoderRun {
    pub steps: Vec<AutoencoderStep>,
    /// The first step whose loss was not finite, if any: the run ended there, and the weights are those of `back`.
    pub diverged: Option<u32>,
    /// Steps done now.
    pub back: u32,
}

/// What an autoencoder takes.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct AutoencoderCost {
    pub parameters: usize,
    /// Multiply–accumulates for one image.
    pub encoder_macs: u64,
    pub decoder_macs: u64,
    /// Kernel calls or dispatches of a training step.
    pub kernels: usize,
    /// Its working memory in bytes, without weights and data.
    pub bytes: usize,
}

/// An autoencoder on a device.
pub struct Autoencoder {
    plan: Plan,
    device: Device,
    store: Store,
    program: Program,
    /// Compiled when first asked for, by what they do and for how many rows.
    programs: Named<Program>,
    /// The state `autoencoder/step`.
    step: u32,
    /// All states but the data after `good_step` steps, all finite.
    good: Named<Tensor>,
    good_step: u32,
}

impl Autoencoder {
    /// Fresh weights. `partners`: with [`Pairs`], for each training image the other of its pair (see [`partners`]).
    ///
    /// Errors: [`Error::Option`] for an option outside its range, [`Error::Device`] where the device cannot hold it.
    pub async fn new(device: &Device, data: &Dataset, partners: Option<&[f32]>, options: AutoencoderOptions) -> Result<Self> {
        options.check(data.train.len(), data.shape.iter().product())?;
        if options.pairs.is_some() != partners.is_some() {
            return Err(Error::option("pairs", "need data whose images come in pairs, and no other data has any"));
        }
        let plan = Plan { network: Network::new(data.shape, &options)?, images: data.train.len(), options };
        let mut made = Self::empty(device, plan)?;
        let [c, h, w] = data.shape;
        let images = |pixels: &[f32]| Tensor::f32([data.train.len(), c, h, w], pixels.to_vec());
        made.store.set("data/images", &images(&data.train.pixels)?)?;
        if let Some(partners) = partners {
            made.store.set("data/partners", &images(partners)?)?;
        }
        made.begin().await?;
        Ok(made)
    }

    /// Everything but data and weights.
    fn empty(device: &Device, plan: Plan) -> Result<Self> {
        let graph = plan.step()?;
        let (program, mut store) = (device.compile(&graph)?, device.store());
        for (name, (shape, dtype)) in graph.states() {
            if !name.starts_with("data/") {
                store.set(&name, &Tensor::zeros(shape, dtype))?;
            }
        }
        let (device, programs, good) = (device.clone(), Named::new(), Named::new());
        Ok(Self { plan, device, store, program, programs, step: 0, good, good_step: 0 })
    }

    /// First weights, everything else at 0; learning rate and strength as last set.
    async fn begin(&mut self) -> Result<()> {
        for (name, (shape, dtype)) in self.store.types() {
            if !name.starts_with("data/") {
                self.store.set(&name, &Tensor::zeros(shape, dtype))?;
            }
        }
        let seed = self.plan.options.seed;
        self.set_learning_rate(self.plan.options.learning_rate)?;
        self.set_strength(self.plan.options.strength())?;
        self.store.set("autoencoder/seed", &Tensor::u32([], vec![seed])?)?;
        let key = Tensor::u32([2], vec![seed, u32::MAX])?; // training does not get there
        self.device.compile(&self.plan.initial()?)?.run(&mut self.store, &[("key", &key)], 1)?;
        self.step = 0;
        self.keep().await
    }

    /// Trains `steps` steps and gives the metrics of each. A run that diverges ends early, at the last states that were finite.
    pub async fn run(&mut self, steps: usize) -> Result<AutoencoderRun> {
        let mut rows = Vec::new();
        while rows.len() < steps {
            let count = (steps - rows.len()).min(RING);
            self.program.run(&mut self.store, &[], count)?;
            let ring = self.store.get("autoencoder/metrics").await?.into_f32()?;
            for step in self.step..self.step + count as u32 {
                let columns = self.plan.columns();
                let row = &ring[step as usize % RING * columns..][..columns];
                if row.iter().any(|value| !value.is_finite()) {
                    let good = self.good.clone();
                    self.restore(&good)?;
                    return Ok(AutoencoderRun { steps: rows, diverged: Some(step + 1), back: self.step });
                }
                let (loss, reconstruction, penalty) = (row[0], row[1], row[2]);
                let divergences = row[COLUMNS..].to_vec();
                rows.push(AutoencoderStep { step: step + 1, loss, reconstruction, penalty, divergences });
            }
            self.step += count as u32;
            if self.step - self.good_step >= RING as u32 {
                self.keep().await?;
            }
        }
        Ok(AutoencoderRun { steps: rows, diverged: None, back: self.step })
    }

    /// Takes a copy to return to, unless a number is not finite.
    async fn keep(&mut self) -> Result<()> {
        let states = self.snapshot().await?;
        if states.values().all(|tensor| tensor.as_f32().map_or(true, |values| values.iter().all(|v| v.is_finite()))) {
            (self.good, self.good_step) = (states, self.step);
        }
        Ok(())
    }

    /// All states but the data.
    pub async fn snapshot(&self) -> Result<Named<Tensor>> {
        let mut states = Named::new();
        for (name, _) in self.store.types() {
            if !name.starts_with("data/") {
                let tensor = self.store.get(&name).await?;
                states.insert(name, tensor);
            }
        }
        Ok(states)
    }

    /// Goes on from `states`, a [`snapshot`](Self::snapshot) of the same autoencoder; rate and strength stay as last set.
    pub fn restore(&mut self, states: &Named<Tensor>) -> Result<()> {
        self.store.restore(states)?;
        self.step = states.get("autoencoder/step").map_or(Ok(0), |step| step.as_u32().map(|step| step[0]))?;
        (self.good, self.good_step) = (states.clone(), self.step);
        self.set_learning_rate(self.plan.options.learning_rate)?;
        self.set_strength(self.plan.options.strength())
    }

    /// Goes on, on `device`, from the last copy where the old one cannot be read; the steps since are done again. `data` and
    /// `partners` as in [`new`](Self::new).
    pub async fn move_to(&mut self, device: &Device, data: &Dataset, partners: Option<&[f32]>) -> Result<()> {
        let reached = self.step;
        let states = self.snapshot().await.unwrap_or_else(|_| self.good.clone());
        let mut moved = Self::new(device, data, partners, self.plan.options.clone()).await?;
        moved.restore(&states)?;
        moved.run(reached.saturating_sub(moved.step) as usize).await?;
        *self = moved;
        Ok(())
    }

    /// Back to the first weights of the same seed; learning rate and strength stay.
    pub async fn rewind(&mut self) -> Result<()> {
        self.begin().await
    }

    /// Step 0 with other first weights, order and noise.
    pub async fn new_seed(&mut self, seed: u32) -> Result<()> {
        self.plan.options.seed = seed;
        self.begin().await
    }

    /// From the next step on; > 0 and at most 1.
    pub fn set_learning_rate(&mut self, rate: f32) -> Result<()> {
        self.change(AutoencoderOptions { learning_rate: rate, ..self.plan.options.clone() })?;
        self.store.set("autoencoder/rate", &Tensor::scalar(rate))
    }

    /// λ, the noise's σ or β, from the next step on: 0…1000.
    pub fn set_strength(&mut self, strength: f32) -> Result<()> {
        self.change(AutoencoderOptions { strength: Some(strength), ..self.plan.options.clone() })?;
        self.store.set("autoencoder/strength", &Tensor::scalar(strength))
    }

    fn change(&mut self, options: AutoencoderOptions) -> Result<()> {
        options.check(self.plan.images, self.plan.network.image().iter().product())?;
        self.plan.options = options;
        Ok(())
    }

    /// Steps done.
    pub fn step(&self) -> u32 {
        self.step
    }

    pub fn options(&self) -> &AutoencoderOptions {
        &self.plan.options
    }

    pub fn network(&self) -> &Network {
        &self.plan.network
    }

    /// Whole batches in the training part.
    pub fn steps_per_epoch(&self) -> usize {
        self.plan.images / self.plan.options.batch
    }

    pub fn cost(&self) -> AutoencoderCost {
        let (report, [encoder_macs, decoder_macs]) = (self.program.report(), self.plan.network.macs());
        let parameters = self.plan.network.size();
        AutoencoderCost { parameters, encoder_macs, decoder_macs, kernels: report.kernels, bytes: report.arena_bytes }
    }
}
