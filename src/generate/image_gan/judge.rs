//! A judge of samples: a classifier trained on the real images, in whose features the Fréchet distance is measured.
//!
//! Heusel et al. 2017 use the Inception network; for digits a LeNet-5 that knows them sees more. Its features are the 84 values before
//! the last layer.

use crate::data::{Dataset, Images};
use crate::device::Device;
use crate::error::{Error, Result};
use crate::generate::frechet::Gaussian;
use crate::graph::{Builder, DType, Graph, Reduce};
use crate::named::Named;
use crate::nn::{Architecture, Forward, Mode, Model, preset};
use crate::tensor::Tensor;
use crate::train::{Split, TrainOptions, Trainer};

use super::step::PIECE;

/// At most so many images teach the judge and stand for the real ones.
const IMAGES: usize = 10_000;
/// At most so many held-out ones say how good it is.
const HELD_OUT: usize = 2_000;

/// A judge being trained.
pub struct Apprentice {
    trainer: Trainer,
    /// What it was trained with.
    data: Dataset,
}

impl Apprentice {
    /// Errors: [`Error::Data`] where the images are of one class only.
    pub async fn new(device: &Device, data: &Dataset, seed: u32) -> Result<Self> {
        if data.classes.len() < 2 {
            return Err(Error::data(&data.title, "a judge needs images of at least two classes"));
        }
        let part = |images: &Images, most: usize| images.select(&(0..images.len().min(most)).collect::<Vec<_>>());
        let (train, validation) = (part(&data.train, IMAGES), part(&data.validation, HELD_OUT));
        let data = Dataset {
            title: data.title.clone(),
            source: data.source.clone(),
            shape: data.shape,
            classes: data.classes.clone(),
            train,
            validation,
        };
        let (mean, std) = data.mean_std();
        let Some(architecture) = preset("lenet-5", data.shape, data.classes.len()) else {
            return Err(Error::Run("the preset lenet-5 is gone".into()));
        };
        let model = Model::new(Architecture { mean, std, ..architecture })?;
        let options = TrainOptions { batch_size: data.train.len().min(64), seed, ..TrainOptions::default() };
        Ok(Self { trainer: Trainer::new(device, model, &data, options).await?, data })
    }

    /// Steps done.
    pub fn step(&self) -> u32 {
        self.trainer.step()
    }

    pub async fn run(&mut self, steps: usize) -> Result<()> {
        self.trainer.run(steps).await?;
        match self.trainer.divergence() {
            Some(report) => Err(Error::Run(report.message.clone())),
            None => Ok(()),
        }
    }

    /// The judge as it is now.
    pub async fn finish(&mut self) -> Result<Judge> {
        let split = if self.data.validation.is_empty() { Split::Train } else { Split::Validation };
        let accuracy = self.trainer.evaluate(split).await?.accuracy;
        let mut states = Named::new();
        for parameter in self.trainer.model().parameters().iter().chain(self.trainer.model().buffers()) {
            states.insert(parameter.name.clone(), self.trainer.store().get(&parameter.name).await?);
        }
        let Some(real) = self.fit(Split::Train).await? else {
            return Err(Error::data(&self.data.title, "a judge needs at least two images"));
        };
        let held_out = self.fit(Split::Validation).await?;
        Ok(Judge { model: self.trainer.model().clone(), states, accuracy, real, held_out })
    }

    /// The features of a part of the data; `None` where it has fewer than two images.
    async fn fit(&mut self, split: Split) -> Result<Option<Gaussian>> {
        let images = match split {
            Split::Train => &self.data.train,
            Split::Validation => &self.data.validation,
        };
        let [c, h, w] = self.data.shape;
        let size = c * h * w;
        let mut program = self.trainer.device().compile(&features(self.trainer.model())?)?;
        let (mut rows, mut width) = (Vec::new(), 0);
        for piece in images.pixels.chunks(PIECE * size) {
            let mut x = piece.to_vec();
            x.resize(PIECE * size, 0.0);
            program.run(self.trainer.store_mut(), &[("images", &Tensor::f32([PIECE, c, h, w], x)?)], 1)?;
            let found = program.output("features").await?;
            width = found.shape()[1];
            rows.extend_from_slice(&found.as_f32()?[..piece.len() / size * width]);
        }
        Ok(Gaussian::fit(&rows, width))
    }
}

/// A trained judge and what it knows of the real images.
#[derive(Debug, Clone)]
pub struct Judge {
    pub(super) model: Model,
    /// Its weights, `model/…`.
    pub(super) states: Named<Tensor>,
    /// On held-out images, 0…1.
    pub accuracy: f32,
    /// The features of the images it was trained with, and of held-out ones where there are some.
    pub real: Gaussian,
    pub held_out: Option<Gaussian>,
}

/// What a judge says about samples.
#[derive(Debug, Clone, PartialEq)]
pub struct Verdict {
    /// Fréchet distance between the features of samples and of real images.
    pub distance: f32,
    /// The same between held-out and real images: what perfect samples would get. `None` without held-out images.
    pub held_out: Option<f32>,
    /// The share of samples taken for each class.
    pub classes: Vec<f32>,
    /// Mean probability of the class that a sample is taken for, 0…1.
    pub confidence: f32,
    /// Of the judge itself on held-out images, 0…1.
    pub accuracy: f32,
}

/// Outputs `features` `[N, d]`, `class` (`u32[N]`) and `confidence` `[N]` of a forward pass.
pub(super) fn outputs(builder: &Builder, forward: Forward) -> Result<()> {
    let [.., (_, features), _] = &forward.layers[..] else {
        return Err(Error::Run("the judge has one layer only".into()));
    };
    let n = features.dim(0);
    builder.output("features", features.reshape([n, features.shape()[1..].iter().product()]));
    builder.output("class", forward.logits.argmax(1));
    builder.output("confidence", forward.logits.log_softmax().reduce(Reduce::Max, &[1]).exp());
    Ok(())
}

/// Of the input `images` `[PIECE, C, H, W]`.
fn features(model: &Model) -> Result<Graph> {
    let builder = Builder::new();
    let [c, h, w] = model.architecture().input;
    let images = builder.input("images", [PIECE, c, h, w], DType::F32);
    outputs(&builder, model.forward(&builder, images, Mode::Eval)?)?;
    builder.finish()
}
