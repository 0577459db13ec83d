//! A [`Model`] is a checked [`Architecture`]: shapes, named parameters, cost. It holds no numbers; weights live in a store.

use std::ops::Range;

use serde::{Deserialize, Serialize};

use super::forward::{Forward, Mode, Tracer};
use super::init::Init;
use super::layer::{self, Layer};
use crate::error::{Error, Result};
use crate::graph::{Builder, DType, Graph, Shape, Var};
use crate::tensor::Tensor;

/// The largest number of trainable values: 128 MiB of weights, which is also what one WebGPU binding can hold.
pub const MAX_PARAMETERS: usize = 1 << 25;

/// The largest number of layers in a list.
const MAX_LAYERS: usize = 256;

/// The largest image side and number of channels.
const MAX_SIDE: usize = 4096;

/// A network without weights, as JSON in `www/engine/types.ts`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Architecture {
    /// `[C, H, W]`.
    pub input: [usize; 3],
    /// Pixels (0…1) are normalised inside the model as (x − mean)/std per channel. Empty: mean 0.
    #[serde(default)]
    pub mean: Vec<f32>,
    /// Empty: 1.
    #[serde(default)]
    pub std: Vec<f32>,
    pub layers: Vec<Layer>,
}

impl Architecture {
    /// Reads JSON; an error in a layer names that layer, as everywhere.
    pub fn from_json(json: &str) -> Result<Self> {
        #[derive(Deserialize)]
        struct Raw {
            input: [usize; 3],
            #[serde(default)]
            mean: Vec<f32>,
            #[serde(default)]
            std: Vec<f32>,
            layers: Vec<serde_json::Value>,
        }
        let Raw { input, mean, std, layers } =
            serde_json::from_str(json).map_err(|e| Error::data("the architecture", e.to_string()))?;
        let read = |(layer, value): (usize, serde_json::Value)| {
            let kind = value["type"].as_str().unwrap_or("unknown").to_string();
            serde_json::from_value(value).map_err(|e| Error::Layer { layer, kind, message: e.to_string() })
        };
        let layers = layers.into_iter().enumerate().map(read).collect::<Result<_>>()?;
        Ok(Self { input, mean, std, layers })
    }

    fn validate(&self) -> Result<()> {
        if self.input.iter().any(|&side| !(1..=MAX_SIDE).contains(&side)) {
            return Err(Error::option("input", format!("{:?}: channels, height and width must be 1 to {MAX_SIDE}", self.input)));
        }
        let channels = self.input[0];
        for (name, values) in [("mean", &self.mean), ("std", &self.std)] {
            if !values.is_empty() && values.len() != channels {
                return Err(Error::option(name, format!("{} values for {channels} channels", values.len())));
            }
        }
        if self.mean.iter().any(|m| !m.is_finite()) {
            return Err(Error::option("mean", "must be finite"));
        }
        if self.std.iter().any(|s| !(s.is_finite() && *s > 0.0)) {
            return Err(Error::option("std", "must be finite and greater than 0"));
        }
        if !(1..=MAX_LAYERS).contains(&self.layers.len()) {
            return Err(Error::option("layers", format!("{} layers; a network has 1 to {MAX_LAYERS}", self.layers.len())));
        }
        Ok(())
    }
}

/// What a trained or running tensor is; weight decay goes by it (COURSE N7).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum ParameterKind {
    Weight,
    Bias,
    /// Of a normalisation.
    Scale,
    /// Of a normalisation.
    Shift,
    /// Running mean of a normalisation: a buffer, not trained.
    Mean,
    /// Running variance of a normalisation: a buffer, not trained.
    Variance,
}

impl ParameterKind {
    /// The last part of the tensor's name.
    pub fn word(self) -> &'static str {
        match self {
            ParameterKind::Weight => "weight",
            ParameterKind::Bias => "bias",
            ParameterKind::Scale => "scale",
            ParameterKind::Shift => "shift",
            ParameterKind::Mean => "mean",
            ParameterKind::Variance => "variance",
        }
    }

    /// Weights decay; biases and normalisation parameters do not.
    pub fn decays(self) -> bool {
        self == ParameterKind::Weight
    }
}

/// A tensor that a model owns: a state of the store.
#[derive(Debug, Clone, PartialEq)]
pub struct Parameter {
    /// `model/<layer>/<kind>`.
    pub name: String,
    pub shape: Shape,
    pub kind: ParameterKind,
    pub init: Init,
}

impl Parameter {
    /// The layer's name, `conv1` or `residual1/conv2`.
    pub fn layer(&self) -> &str {
        let path = self.name.strip_prefix("model/").unwrap_or(&self.name);
        path.rsplit_once('/').map_or(path, |(layer, _)| layer)
    }
}

/// One line of a summary.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct LayerInfo {
    pub name: String,
    #[serde(rename = "type")]
    pub kind: &'static str,
    /// Output shape without the batch: `[C, H, W]` or `[units]`.
    pub shape: Vec<usize>,
    pub parameters: usize,
    /// Multiply–accumulates of convolutions and dense layers for one image.
    pub macs: u64,
}

/// Layers and totals.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Summary {
    pub layers: Vec<LayerInfo>,
    pub parameters: usize,
    pub macs: u64,
    pub classes: usize,
}

/// A checked architecture.
#[derive(Debug, Clone, PartialEq)]
pub struct Model {
    architecture: Architecture,
    summary: Summary,
    parameters: Vec<Parameter>,
    buffers: Vec<Parameter>,
}

impl Model {
    /// Checks `architecture`. Errors: [`Error::Layer`] for the layer at fault, [`Error::Option`] for the rest.
    pub fn new(architecture: Architecture) -> Result<Self> {
        architecture.validate()?;
        let builder = Builder::new();
        let [c, h, w] = architecture.input;
        let x = builder.input("x", [1, c, h, w], DType::F32);
        builder.check()?;
        let mut tracer = Tracer::new(&builder, Mode::Eval);
        let mut layers: Vec<LayerInfo> = Vec::new();
        let (mut size, mut macs) = (0, 0);
        let normalised = builder.scope("normalise", || normalise(&architecture, x))?;
        let logits = walk(&architecture, &mut tracer, normalised, 0..architecture.layers.len(), |name, layer, output, tracer| {
            layers.push(LayerInfo {
                name: name.to_string(),
                kind: layer.kind(),
                shape: output.shape()[1..].to_vec(),
                parameters: tracer.size - size,
                macs: tracer.macs - macs,
            });
            (size, macs) = (tracer.size, tracer.macs);
        })?;
        let classes = match logits.shape()[1..] {
            [classes] => classes,
            _ => {
                let last = architecture.layers.len() - 1;
                let message = "the last layer must give one number per class: add a dense or global average pooling layer";
                let kind = architecture.layers[last].kind().to_string();
                return Err(Error::Layer { layer: last, kind, message: message.into() });
            }
        };
        let parameters = tracer.parameters.into_iter().map(|(parameter, _)| parameter).collect();
        let buffers = tracer.buffers;
        Ok(Self { architecture, summary: Summary { layers, parameters: size, macs, classes }, parameters, buffers })
    }

    pub fn architecture(&self) -> &Architecture {
        &self.architecture
    }

    pub fn summary(&self) -> &Summary {
        &self.summary
    }

    /// Number of logits.
    pub fn classes(&self) -> usize {
        self.summary.classes
    }

    /// Everything that is trained, in order of computation.
    pub fn parameters(&self) -> &[Parameter] {
        &self.parameters
    }

    /// Running statistics.
    pub fn buffers(&self) -> &[Parameter] {
        &self.buffers
    }

    /// A graph with input `key` (`u32[2]`) whose updates set all parameters and buffers to their first values.
    pub fn initialize(&self) -> Result<Graph> {
        let builder = Builder::new();
        let key = builder.input("key", [2], DType::U32);
        for parameter in self.parameters.iter().chain(&self.buffers) {
            builder.update(&parameter.name, parameter.init.draw(&builder, key, &parameter.shape));
        }
        builder.finish()
    }

    /// The forward pass of `x` (`[N, C, H, W]`, pixels 0…1) in `builder`. In [`Mode::Train`] running statistics become updates.
    pub fn forward<'b>(&self, builder: &'b Builder, x: Var<'b>, mode: Mode<'b>) -> Result<Forward<'b>> {
        builder.check()?;
        if x.rank() != 4 || x.shape()[1..] != self.architecture.input {
            let message = format!("takes images of shape {:?}, got a batch {}", self.architecture.input, x.shape());
            return Err(Error::Shape { op: "model", message, label: String::new() });
        }
        let mut tracer = Tracer::new(builder, mode);
        let normalised = builder.scope("normalise", || normalise(&self.architecture, x))?;
        let logits = walk(&self.architecture, &mut tracer, normalised, 0..self.architecture.layers.len(), |_, _, _, _| {})?;
        Ok(Forward::new(logits, tracer))
    }

    /// How many of the first layers are affine in [`Mode::Eval`].
    pub(crate) fn affine_layers(&self) -> usize {
        self.architecture.layers.iter().take_while(|layer| layer.is_affine()).count()
    }

    /// What `x` (`[N, C, H, W]`, pixels 0…1) is after the first `layers` layers, in [`Mode::Eval`].
    pub(crate) fn head<'b>(&self, builder: &'b Builder, x: Var<'b>, layers: usize) -> Result<Var<'b>> {
        let normalised = builder.scope("normalise", || normalise(&self.architecture, x))?;
        walk(&self.architecture, &mut Tracer::new(builder, Mode::Eval), normalised, 0..layers, |_, _, _, _| {})
    }

    /// The rest of the forward pass of what a [`head`](Self::head) of `layers` layers gives.
    pub(crate) fn tail<'b>(&self, builder: &'b Builder, hidden: Var<'b>, layers: usize) -> Result<Forward<'b>> {
        let mut tracer = Tracer::new(builder, Mode::Eval);
        let logits = walk(&self.architecture, &mut tracer, hidden, layers..self.architecture.layers.len(), |_, _, _, _| {})?;
        Ok(Forward::new(logits, tracer))
    }
}

/// Adds the layers `range` on top of `x`; `visit` sees each layer's name and output.
fn walk<'b>(
    architecture: &Architecture,
    tracer: &mut Tracer<'b>,
    mut x: Var<'b>,
    range: Range<usize>,
    mut visit: impl FnMut(&str, &Layer, Var<'b>, &Tracer<'b>),
) -> Result<Var<'b>> {
    let builder = x.builder();
    let layers = &architecture.layers;
    for (index, (layer, name)) in layers.iter().zip(layer::names(layers)).enumerate().take(range.end).skip(range.start) {
        let fail = |message| Error::Layer { layer: index, kind: layer.kind().to_string(), message };
        let output = tracer.layer(&name, layer, x, rectified(&layers[index + 1..]));
        builder.check().map_err(|e| fail(e.to_string()))?; // comes first: a message about an inert variable would mislead
        x = output.map_err(fail)?;
        visit(&name, layer, x, tracer);
    }
    Ok(x)
}

/// (x − mean)/std per channel.
fn normalise<'b>(architecture: &Architecture, x: Var<'b>) -> Result<Var<'b>> {
    let per_channel = |values: &[f32]| Ok(x.builder().constant(Tensor::f32([1, values.len(), 1, 1], values.to_vec())?));
    let centred = if architecture.mean.is_empty() { x } else { x - per_channel(&architecture.mean)? };
    let inverse: Vec<f32> = architecture.std.iter().map(|s| 1.0 / s).collect();
    Ok(if inverse.is_empty() { centred } else { centred * per_channel(&inverse)? })
}

/// Whether the next activation is a rectifying one; layers without weights of their own between do not matter.
fn rectified(following: &[Layer]) -> bool {
    for layer in following {
        match layer {
            Layer::Activation { function } => return function.rectifies(),
            Layer::BatchNorm
            | Layer::MaxPool { .. }
            | Layer::AvgPool { .. }
            | Layer::Dropout { .. }
            | Layer::GlobalAvgPool
            | Layer::Flatten => {}
            Layer::Conv { .. } | Layer::Residual { .. } | Layer::Inception { .. } | Layer::Dense { .. } => return false,
        }
    }
    false
}
