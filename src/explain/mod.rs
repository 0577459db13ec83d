//! Why does the network say this? One file per method; each makes a graph from a model, and this file says what they have in common.
//!
//! All explain the logit S_c of a class c (before softmax), in evaluation mode, with respect to pixels in 0…1. A graph takes images
//! `x` `[N, C, H, W]` and classes `class` `u32[N]` and gives `map` `[N, H, W]` and `logits` `[N, classes]`. Images of a batch do not
//! influence each other, so the gradient of Σ_n S_{c_n}(x_n) holds the gradient for every image.

pub mod grad_cam;
pub mod saliency;

use serde::{Deserialize, Serialize};

use crate::device::{Device, Program, Store};
use crate::error::{Error, Result};
use crate::graph::{Builder, DType, Graph, Var};
use crate::nn::{Forward, Mode, Model};
use crate::tensor::Tensor;

/// The methods, by their ids on the page (`saliency`, `grad-cam`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Method {
    Saliency,
    GradCam,
}

/// What to tell about a method.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct About {
    pub title: &'static str,
    /// The question it answers, one sentence.
    pub answers: &'static str,
    /// Where it misleads, one sentence.
    pub misleads: &'static str,
    /// In TeX.
    pub formula: &'static str,
}

impl Method {
    pub const ALL: [Method; 2] = [Method::Saliency, Method::GradCam];

    pub fn about(self) -> About {
        match self {
            Method::Saliency => saliency::ABOUT,
            Method::GradCam => grad_cam::ABOUT,
        }
    }

    /// The method's graph for `batch` images. `layer` is for methods that look at one; without it they take their default.
    pub fn graph(self, model: &Model, batch: usize, layer: Option<&str>) -> Result<Graph> {
        match self {
            Method::Saliency => saliency::graph(model, batch),
            Method::GradCam => match layer {
                Some(layer) => grad_cam::graph(model, batch, layer),
                None => grad_cam::graph(model, batch, &grad_cam::default_layer(model)?),
            },
        }
    }

    /// The output from which a map was made by steps that can lose everything.
    fn source(self) -> &'static str {
        match self {
            Method::Saliency => "map",
            Method::GradCam => "raw",
        }
    }

    /// Why a map is zero everywhere, one sentence; `source` holds its values of [`source`](Self::source).
    fn why_zero(self, source: &[f32]) -> &'static str {
        match self {
            Method::Saliency => saliency::ZERO,
            Method::GradCam if source.iter().any(|&value| value < 0.0) => grad_cam::NEGATIVE,
            Method::GradCam => grad_cam::ZERO,
        }
    }
}

/// Maps for a list of images.
#[derive(Debug, Clone, PartialEq)]
pub struct Explanation {
    /// `[n, height, width]`, not scaled to any range.
    pub maps: Vec<f32>,
    pub height: usize,
    pub width: usize,
    /// The class that each map answers for.
    pub classes: Vec<u32>,
    /// For the first map that is zero everywhere, one sentence that says why.
    pub note: Option<&'static str>,
}

/// A method compiled for one model and batch size: keep it, and the next explanation costs one run.
pub struct Explainer {
    method: Method,
    program: Program,
    batch: usize,
    /// `[C, H, W]`.
    input: [usize; 3],
    model_classes: usize,
}

impl Explainer {
    /// Compiles `method` for `batch` images at a time. Errors: an unknown layer, or one without feature maps.
    pub fn new(device: &Device, model: &Model, method: Method, layer: Option<&str>, batch: usize) -> Result<Self> {
        let batch = batch.max(1);
        let program = device.compile(&method.graph(model, batch, layer)?)?;
        Ok(Self { method, program, batch, input: model.architecture().input, model_classes: model.classes() })
    }

    /// Maps of `images` (`[n, C, H, W]`) for their `classes` (`[n]`), with the weights in `store`.
    pub async fn run(&mut self, store: &mut Store, images: &[f32], classes: &[u32]) -> Result<Explanation> {
        let [channels, height, width] = self.input;
        let size = channels * height * width;
        if images.len() != classes.len() * size {
            let message = format!("{} values are not {} images of {channels}×{height}×{width}", images.len(), classes.len());
            return Err(Error::option("images", message));
        }
        if let Some(class) = classes.iter().find(|&&class| class as usize >= self.model_classes) {
            return Err(Error::option("classes", format!("there is no class {class}, the model has {}", self.model_classes)));
        }
        let plane = height * width;
        let mut maps = Vec::with_capacity(classes.len() * plane);
        let mut note = None;
        for (images, classes) in images.chunks(self.batch * size).zip(classes.chunks(self.batch)) {
            let (mut x, mut class) = (images.to_vec(), classes.to_vec());
            x.resize(self.batch * size, 0.0);
            class.resize(self.batch, 0);
            let x = Tensor::f32([self.batch, channels, height, width], x)?;
            let class = Tensor::u32([self.batch], class)?;
            self.program.run(store, &[("x", &x), ("class", &class)], 1)?;
            let found = self.program.output("map").await?;
            let found = &found.as_f32()?[..classes.len() * plane];
            maps.extend_from_slice(found);
            let zero = found.chunks_exact(plane).position(|map| map.iter().all(|&value| value == 0.0));
            if let (None, Some(image)) = (note, zero) {
                let source = self.program.output(self.method.source()).await?;
                let per_image = source.len() / self.batch;
                note = Some(self.method.why_zero(&source.as_f32()?[image * per_image..][..per_image]));
            }
        }
        Ok(Explanation { maps, height, width, classes: classes.to_vec(), note })
    }
}

/// The input, the forward pass and Σ_n S_{c_n}(x_n) of a method's graph.
fn setting<'b>(builder: &'b Builder, model: &Model, batch: usize) -> Result<(Var<'b>, Forward<'b>, Var<'b>)> {
    let [channels, height, width] = model.architecture().input;
    let x = builder.input("x", [batch, channels, height, width], DType::F32);
    let class = builder.input("class", [batch], DType::U32);
    let forward = model.forward(builder, x, Mode::Eval)?;
    builder.output("logits", forward.logits);
    let score = score(forward.logits, class);
    Ok((x, forward, score))
}

/// Σ_n S_{c_n}: `logits` `[N, classes]`, `class` `u32[N]` → rank 0.
pub fn score<'b>(logits: Var<'b>, class: Var<'b>) -> Var<'b> {
    (logits * class.one_hot(logits.dim(1))).sum_all()
}
