//! Why does the network say this? One file per method; each makes a graph from a model, and this file says what they have in common.
//!
//! All explain the logit S_c of a class c (before softmax), in evaluation mode, with respect to pixels in 0…1. Methods that look at an
//! image once take a batch: images `x` `[N, C, H, W]` and classes `class` `u32[N]` give `map` `[N, H, W]` and `logits` `[N, classes]`.
//! Images of a batch do not influence each other, so the gradient of Σ_n S_{c_n}(x_n) holds the gradient for every image. Methods that
//! look at many versions of one image have these along the batch axis: see `path.rs` and `hidden.rs`. [`Explainer`] runs all.

// What only the methods use that a build without them leaves out.
#![cfg_attr(not(feature = "explain"), allow(dead_code, unused_imports))]

mod baseline;
pub mod cam;
pub mod conductance;
mod explainer;
pub mod grad_cam;
pub mod grad_cam_plus_plus;
pub mod gradient_input;
pub mod guided_backprop;
pub mod guided_grad_cam;
mod hidden;
pub mod integrated_gradients;
mod lime;
pub mod linear;
pub mod measure;
mod occlusion;
mod options;
mod path;
pub mod saliency;
pub mod slic;
pub mod smoothgrad;

use serde::{Deserialize, Serialize};

pub use baseline::Baseline;
pub use explainer::Explainer;
pub use options::{ExplainOptions, Surrogate};

use crate::error::Result;
use crate::graph::{Builder, DType, Graph, Var};
use crate::nn::{Forward, Mode, Model};

/// The methods, by their ids on the page (`saliency`, `grad-cam`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Method {
    Saliency,
    Smoothgrad,
    GradientInput,
    GuidedBackprop,
    IntegratedGradients,
    Cam,
    GradCam,
    GradCamPlusPlus,
    GuidedGradCam,
    LayerConductance,
    NeuronConductance,
    Occlusion,
    Lime,
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
    /// Whether it looks at one layer.
    pub layer: bool,
    /// Whether its maps have values for and against the class; else they are at least 0.
    pub signed: bool,
    /// The fields of [`ExplainOptions`] that it reads beside the layer, as JavaScript spells them.
    pub options: &'static [&'static str],
    /// Why its map is zero everywhere, one sentence.
    #[serde(skip)]
    pub zero: &'static str,
}

/// How a method looks at an image.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// Once; the batch axis holds images.
    Once,
    /// At many versions of it, which are the batch: see `path.rs`.
    Path,
    /// At many versions with parts hidden, which are the batch: see `hidden.rs`.
    Hidden,
}

impl Method {
    pub const ALL: [Method; 13] = [
        Method::Saliency,
        Method::Smoothgrad,
        Method::GradientInput,
        Method::GuidedBackprop,
        Method::IntegratedGradients,
        Method::Cam,
        Method::GradCam,
        Method::GradCamPlusPlus,
        Method::GuidedGradCam,
        Method::LayerConductance,
        Method::NeuronConductance,
        Method::Occlusion,
        Method::Lime,
    ];

    /// The method itself where this build has it. Without the feature `explain` the compiler sees that two are left, and leaves out
    /// the code of the others.
    fn available(self) -> Method {
        if cfg!(feature = "explain") {
            self
        } else if self == Method::GradCam {
            Method::GradCam
        } else {
            Method::Saliency
        }
    }

    /// The methods that this build has.
    pub fn all() -> impl Iterator<Item = Method> {
        Method::ALL.into_iter().filter(|&method| method == method.available())
    }

    pub fn about(self) -> &'static About {
        match self.available() {
            Method::Saliency => &saliency::ABOUT,
            Method::Smoothgrad => &smoothgrad::ABOUT,
            Method::GradientInput => &gradient_input::ABOUT,
            Method::GuidedBackprop => &guided_backprop::ABOUT,
            Method::IntegratedGradients => &integrated_gradients::ABOUT,
            Method::Cam => &cam::ABOUT,
            Method::GradCam => &grad_cam::ABOUT,
            Method::GradCamPlusPlus => &grad_cam_plus_plus::ABOUT,
            Method::GuidedGradCam => &guided_grad_cam::ABOUT,
            Method::LayerConductance => &conductance::LAYER,
            Method::NeuronConductance => &conductance::NEURON,
            Method::Occlusion => &occlusion::ABOUT,
            Method::Lime => &lime::ABOUT,
        }
    }

    /// Whether one map comes from many versions of its image, so that it takes many passes.
    pub fn takes_versions(self) -> bool {
        self.kind() != Kind::Once
    }

    fn kind(self) -> Kind {
        match self.available() {
            Method::Smoothgrad | Method::IntegratedGradients | Method::LayerConductance | Method::NeuronConductance => Kind::Path,
            Method::Saliency
            | Method::GradientInput
            | Method::GuidedBackprop
            | Method::Cam
            | Method::GradCam
            | Method::GradCamPlusPlus
            | Method::GuidedGradCam => Kind::Once,
            Method::Occlusion | Method::Lime => Kind::Hidden,
        }
    }

    /// The layer that the method looks at: `options.layer`, or its default; `None` for a method that looks at none.
    pub fn layer(self, model: &Model, options: &ExplainOptions) -> Result<Option<String>> {
        match &options.layer {
            _ if self == Method::Cam => cam::layer(model).map(Some),
            _ if !self.about().layer => Ok(None),
            Some(layer) => Ok(Some(layer.clone())),
            None => grad_cam::default_layer(model).map(Some),
        }
    }

    /// The method's graph for a batch of `rows`, images or versions of one.
    fn graph(self, model: &Model, rows: usize, layer: &str, options: &ExplainOptions) -> Result<Graph> {
        match self.available() {
            Method::Saliency => saliency::graph(model, rows),
            Method::Smoothgrad => smoothgrad::graph(model, rows),
            Method::GradientInput => gradient_input::graph(model, rows),
            Method::GuidedBackprop => guided_backprop::graph(model, rows),
            Method::IntegratedGradients => integrated_gradients::graph(model, rows),
            Method::Cam => cam::graph(model, rows),
            Method::GradCam => grad_cam::graph(model, rows, layer),
            Method::GradCamPlusPlus => grad_cam_plus_plus::graph(model, rows, layer),
            Method::GuidedGradCam => guided_grad_cam::graph(model, rows, layer),
            Method::LayerConductance => conductance::layer(model, rows, layer),
            Method::NeuronConductance => conductance::neuron(model, rows, layer, options.unit),
            Method::Occlusion | Method::Lime => hidden::graph(model, rows),
        }
    }

    /// Backward passes per forward pass.
    fn backward(self) -> usize {
        match self.available() {
            Method::Cam | Method::Occlusion | Method::Lime => 0,
            Method::Saliency
            | Method::Smoothgrad
            | Method::GradientInput
            | Method::GuidedBackprop
            | Method::IntegratedGradients
            | Method::GradCam
            | Method::GradCamPlusPlus => 1,
            Method::GuidedGradCam | Method::NeuronConductance => 2,
            Method::LayerConductance => 3,
        }
    }

    /// Why a map is zero everywhere, one sentence; `raw` holds what it was made from by steps that can lose everything.
    fn why_zero(self, raw: &[f32]) -> &'static str {
        if !self.about().signed && raw.iter().any(|&value| value < 0.0) { grad_cam::NEGATIVE } else { self.about().zero }
    }
}

/// Maps for a list of images, and where they come from.
#[derive(Debug, Clone, PartialEq)]
pub struct Explanation {
    pub method: Method,
    /// The layer that was looked at, where the method looks at one.
    pub layer: Option<String>,
    /// `[n, height, width]`, not scaled to any range.
    pub maps: Vec<f32>,
    pub height: usize,
    pub width: usize,
    /// The class that each map answers for.
    pub classes: Vec<u32>,
    /// For the first map that is zero everywhere, one sentence that says why; or what else a reader must know.
    pub note: Option<&'static str>,
    /// What else the method knows, per image.
    pub details: Vec<Details>,
    pub cost: Cost,
}

/// What a method knows about one image beside the map.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Details {
    /// S_c of the image.
    pub score: f32,
    /// S_c of the baseline, for methods that have one.
    pub baseline_score: Option<f32>,
    /// The baseline x′ itself, `[C, H, W]`, for methods that start from one or hide parts of the image behind it; else empty.
    pub baseline: Vec<f32>,
    /// What the attributions add up to, before any resizing, for methods that divide score − baseline score among them.
    pub total: Option<f32>,
    /// Per feature map of the layer: its weight in the map, or its own attribution. Empty for other methods.
    pub units: Vec<f32>,
    /// Along the path from the baseline: α, S_c, and dS_c/dα, whose mean over the midpoints is the total. Both ends come first.
    pub path: Vec<[f32; 3]>,
    /// LIME: the segment of each pixel, `[H·W]`, and the linear model of them.
    pub surrogate: Option<(Vec<u32>, linear::Fit)>,
}

impl Details {
    /// |total − (score − baseline score)| / |score − baseline score|: how much of the difference is not accounted for, or too much.
    pub fn completeness_error(&self) -> Option<f32> {
        let difference = self.score - self.baseline_score?;
        Some((self.total? - difference).abs() / difference.abs()).filter(|error| error.is_finite())
    }
}

/// What maps took; time is the caller's to measure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Cost {
    /// Forward passes, one per image or version of an image.
    pub forward: usize,
    /// Backward passes, each through the whole network or a part of it.
    pub backward: usize,
    /// Working memory of the compiled program in bytes, without weights.
    pub bytes: usize,
}

/// From where a method that looks at an image once goes on.
struct Setting<'b> {
    /// `[N, C, H, W]`.
    x: Var<'b>,
    /// `u32[N]`.
    class: Var<'b>,
    forward: Forward<'b>,
    /// Σ_n S_{c_n}(x_n), rank 0.
    score: Var<'b>,
}

fn setting<'b>(builder: &'b Builder, model: &Model, batch: usize) -> Result<Setting<'b>> {
    let [channels, height, width] = model.architecture().input;
    let x = builder.input("x", [batch, channels, height, width], DType::F32);
    let class = builder.input("class", [batch], DType::U32);
    let forward = model.forward(builder, x, Mode::Eval)?;
    builder.output("logits", forward.logits);
    Ok(Setting { x, class, score: score(forward.logits, class), forward })
}

/// Σ_n S_{c_n}: `logits` `[N, classes]`, `class` `u32[N]` → rank 0.
pub fn score<'b>(logits: Var<'b>, class: Var<'b>) -> Var<'b> {
    (logits * class.one_hot(logits.dim(1))).sum_all()
}
