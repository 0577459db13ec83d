//! The layers that a student can put into a list, as plain data: exactly the JSON of `Layer` in `www/engine/types.ts`.
//!
//! This file knows ranges and names; what a layer computes is in `forward.rs`. Any number may arrive here (a state in the page's
//! address is anybody's text), so [`Layer::validate`] bounds every attribute before arithmetic is done with it.

use serde::{Deserialize, Serialize};

use crate::graph::Var;

/// The largest kernel, window, stride, padding or dilation.
const MAX_EXTENT: usize = 4096;
/// The largest number of filters or units.
const MAX_WIDTH: usize = 65_536;

/// One layer. An image is `[C, H, W]`, a vector `[units]`, both without the batch.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "kebab-case", try_from = "Attributes")]
pub enum Layer {
    /// Convolution with square kernels: `[C, H, W]` → `[filters, OH, OW]`. Stride, dilation and groups default to 1, padding to
    /// `same`, bias to true.
    Conv { filters: usize, kernel: usize, stride: usize, padding: Padding, bias: bool, dilation: usize, groups: usize },
    /// Batch normalisation per channel (image) or per unit (vector), ε = 1e-5 (Ioffe & Szegedy 2015).
    BatchNorm,
    /// An element-wise function.
    Activation { function: Activation },
    /// The largest value of each window; the stride defaults to the size, padding to 0.
    MaxPool {
        size: usize,
        #[serde(skip_serializing_if = "Option::is_none")]
        stride: Option<usize>,
        padding: usize,
    },
    /// The mean of each window's cells inside the image; the stride defaults to the size, padding to 0.
    AvgPool {
        size: usize,
        #[serde(skip_serializing_if = "Option::is_none")]
        stride: Option<usize>,
        padding: usize,
    },
    /// In training, each value becomes 0 with probability `rate` and is else divided by 1 − `rate`; the identity in evaluation
    /// (Srivastava et al. 2014, inverted form).
    Dropout { rate: f32 },
    /// The basic block of He et al. 2016: ReLU(x + BN(conv3×3(ReLU(BN(conv3×3(x)))))), the first convolution with `stride`. Where
    /// the shape changes, the shortcut is a 1×1 convolution with batch norm (their option B).
    Residual { filters: usize, stride: usize },
    /// The block of Szegedy et al. 2015 with batch norm after every convolution (as in torchvision's GoogLeNet): 1×1, 1×1 → 3×3,
    /// 1×1 → 5×5 and max pool → 1×1, side by side, `branch1 + branch3 + branch5 + pool` channels.
    Inception { branch1: usize, reduce3: usize, branch3: usize, reduce5: usize, branch5: usize, pool: usize },
    /// The mean of each channel: `[C, H, W]` → `[C]`.
    GlobalAvgPool,
    /// `[C, H, W]` → `[C·H·W]`; nothing happens to a vector.
    Flatten,
    /// A fully connected layer → `[units]`. An image is flattened first, so a separate `Flatten` is optional.
    Dense { units: usize },
}

/// The attributes of all layers together: what a [`Layer`] is parsed from. One flat record is a fraction of the code of a parser per
/// variant.
#[derive(Deserialize)]
struct Attributes {
    r#type: Kind,
    filters: Option<usize>,
    kernel: Option<usize>,
    stride: Option<usize>,
    padding: Option<Padding>,
    bias: Option<bool>,
    dilation: Option<usize>,
    groups: Option<usize>,
    function: Option<Activation>,
    size: Option<usize>,
    rate: Option<f32>,
    branch1: Option<usize>,
    reduce3: Option<usize>,
    branch3: Option<usize>,
    reduce5: Option<usize>,
    branch5: Option<usize>,
    pool: Option<usize>,
    units: Option<usize>,
}

/// The variants of [`Layer`].
#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Kind {
    Conv,
    BatchNorm,
    Activation,
    MaxPool,
    AvgPool,
    Dropout,
    Residual,
    Inception,
    GlobalAvgPool,
    Flatten,
    Dense,
}

impl TryFrom<Attributes> for Layer {
    type Error = String;

    fn try_from(it: Attributes) -> Result<Self, String> {
        fn wanted<T>(value: Option<T>, name: &str) -> Result<T, String> {
            value.ok_or_else(|| format!("missing field `{name}`"))
        }
        let cells = |padding: Option<Padding>| match padding {
            None | Some(Padding::Valid) => Ok(0),
            Some(Padding::Cells(n)) => Ok(n),
            Some(Padding::Same) => Err("padding of a pool is a number of cells".to_string()),
        };
        Ok(match it.r#type {
            Kind::Conv => Layer::Conv {
                filters: wanted(it.filters, "filters")?,
                kernel: wanted(it.kernel, "kernel")?,
                stride: it.stride.unwrap_or(1),
                padding: it.padding.unwrap_or_default(),
                bias: it.bias.unwrap_or(true),
                dilation: it.dilation.unwrap_or(1),
                groups: it.groups.unwrap_or(1),
            },
            Kind::BatchNorm => Layer::BatchNorm,
            Kind::Activation => Layer::Activation { function: wanted(it.function, "function")? },
            Kind::MaxPool => Layer::MaxPool { size: wanted(it.size, "size")?, stride: it.stride, padding: cells(it.padding)? },
            Kind::AvgPool => Layer::AvgPool { size: wanted(it.size, "size")?, stride: it.stride, padding: cells(it.padding)? },
            Kind::Dropout => Layer::Dropout { rate: wanted(it.rate, "rate")? },
            Kind::Residual => Layer::Residual { filters: wanted(it.filters, "filters")?, stride: it.stride.unwrap_or(1) },
            Kind::Inception => Layer::Inception {
                branch1: wanted(it.branch1, "branch1")?,
                reduce3: wanted(it.reduce3, "reduce3")?,
                branch3: wanted(it.branch3, "branch3")?,
                reduce5: wanted(it.reduce5, "reduce5")?,
                branch5: wanted(it.branch5, "branch5")?,
                pool: wanted(it.pool, "pool")?,
            },
            Kind::GlobalAvgPool => Layer::GlobalAvgPool,
            Kind::Flatten => Layer::Flatten,
            Kind::Dense => Layer::Dense { units: wanted(it.units, "units")? },
        })
    }
}

/// Zeros around the image before a convolution. In JSON `"same"`, `"valid"` or a number of cells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(into = "PaddingJson", try_from = "PaddingJson")]
pub enum Padding {
    /// dilation·(kernel − 1) cells along each direction, half on each side (an odd one at the bottom and right): ⌈in/stride⌉ out.
    #[default]
    Same,
    /// None.
    Valid,
    /// This many cells on each side.
    Cells(usize),
}

#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum PaddingJson {
    Word(String),
    Cells(usize),
}

impl From<Padding> for PaddingJson {
    fn from(padding: Padding) -> Self {
        match padding {
            Padding::Same => Self::Word("same".into()),
            Padding::Valid => Self::Word("valid".into()),
            Padding::Cells(n) => Self::Cells(n),
        }
    }
}

impl TryFrom<PaddingJson> for Padding {
    type Error = String;
    fn try_from(json: PaddingJson) -> Result<Self, String> {
        match json {
            PaddingJson::Word(word) => match word.as_str() {
                "same" => Ok(Padding::Same),
                "valid" => Ok(Padding::Valid),
                _ => Err(format!("padding is `same`, `valid` or a number of cells, not `{word}`")),
            },
            PaddingJson::Cells(n) => Ok(Padding::Cells(n)),
        }
    }
}

/// Activation functions (COURSE N4).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Activation {
    Relu,
    /// Slope 0.01 for negative values.
    LeakyRelu,
    Tanh,
    Sigmoid,
    /// The exact form, x·Φ(x).
    Gelu,
    Identity,
}

impl Activation {
    pub fn apply(self, x: Var) -> Var {
        match self {
            Activation::Relu => x.relu(),
            Activation::LeakyRelu => x.leaky_relu(0.01),
            Activation::Tanh => x.tanh(),
            Activation::Sigmoid => x.sigmoid(),
            Activation::Gelu => x.gelu(),
            Activation::Identity => x,
        }
    }

    /// The word in JSON and in layer names.
    pub fn word(self) -> &'static str {
        match self {
            Activation::Relu => "relu",
            Activation::LeakyRelu => "leaky-relu",
            Activation::Tanh => "tanh",
            Activation::Sigmoid => "sigmoid",
            Activation::Gelu => "gelu",
            Activation::Identity => "identity",
        }
    }

    /// Whether about half of a centred input is cut away, which is what He's initialisation makes up for.
    pub fn rectifies(self) -> bool {
        match self {
            Activation::Relu | Activation::LeakyRelu | Activation::Gelu => true,
            Activation::Tanh | Activation::Sigmoid | Activation::Identity => false,
        }
    }
}

impl Layer {
    /// The word in JSON, `type`.
    pub fn kind(&self) -> &'static str {
        match self {
            Layer::Conv { .. } => "conv",
            Layer::BatchNorm => "batch-norm",
            Layer::Activation { .. } => "activation",
            Layer::MaxPool { .. } => "max-pool",
            Layer::AvgPool { .. } => "avg-pool",
            Layer::Dropout { .. } => "dropout",
            Layer::Residual { .. } => "residual",
            Layer::Inception { .. } => "inception",
            Layer::GlobalAvgPool => "global-avg-pool",
            Layer::Flatten => "flatten",
            Layer::Dense { .. } => "dense",
        }
    }

    /// Whether the output is an affine function of the input in evaluation mode.
    pub fn is_affine(&self) -> bool {
        match self {
            Layer::Conv { .. }
            | Layer::BatchNorm
            | Layer::AvgPool { .. }
            | Layer::Dropout { .. }
            | Layer::GlobalAvgPool
            | Layer::Flatten
            | Layer::Dense { .. } => true,
            Layer::Activation { .. } | Layer::MaxPool { .. } | Layer::Residual { .. } | Layer::Inception { .. } => false,
        }
    }

    /// The stem of the layer's name, to which a number is added: `conv`, `norm`, `relu`, `pool`, …
    fn stem(&self) -> &'static str {
        match self {
            Layer::BatchNorm => "norm",
            Layer::Activation { function } => function.word(),
            Layer::MaxPool { .. } | Layer::AvgPool { .. } => "pool",
            Layer::GlobalAvgPool => "gap",
            other => other.kind(),
        }
    }

    /// Whether every attribute lies in its range; a message for the student where one does not.
    pub(super) fn validate(&self) -> Result<(), String> {
        let extent = |name, value| in_range(name, value, 1, MAX_EXTENT);
        let width = |name, value| in_range(name, value, 1, MAX_WIDTH);
        match *self {
            Layer::Conv { filters, kernel, stride, padding, bias: _, dilation, groups } => {
                width("filters", filters)?;
                extent("kernel", kernel)?;
                extent("stride", stride)?;
                extent("dilation", dilation)?;
                width("groups", groups)?;
                match padding {
                    Padding::Cells(cells) => in_range("padding", cells, 0, MAX_EXTENT),
                    Padding::Same | Padding::Valid => Ok(()),
                }
            }
            Layer::MaxPool { size, stride, padding } | Layer::AvgPool { size, stride, padding } => {
                extent("size", size)?;
                extent("stride", stride.unwrap_or(size))?;
                if padding >= size {
                    return Err(format!("padding {padding} must be smaller than the window, {size}"));
                }
                Ok(())
            }
            Layer::Dropout { rate } if (0.0..1.0).contains(&rate) => Ok(()),
            Layer::Dropout { rate } => Err(format!("rate {rate} must be at least 0 and below 1")),
            Layer::Residual { filters, stride } => {
                width("filters", filters)?;
                extent("stride", stride)
            }
            Layer::Inception { branch1, reduce3, branch3, reduce5, branch5, pool } => {
                width("branch1", branch1)?;
                width("reduce3", reduce3)?;
                width("branch3", branch3)?;
                width("reduce5", reduce5)?;
                width("branch5", branch5)?;
                width("pool", pool)
            }
            Layer::Dense { units } => width("units", units),
            Layer::BatchNorm | Layer::Activation { .. } | Layer::GlobalAvgPool | Layer::Flatten => Ok(()),
        }
    }
}

/// A unique name for each layer, numbered from 1 by its stem: `conv1`, `relu1`, `conv2`, …
pub(super) fn names(layers: &[Layer]) -> Vec<String> {
    let number = |(i, layer): (usize, &Layer)| {
        let earlier = layers[..i].iter().filter(|other| other.stem() == layer.stem()).count();
        format!("{}{}", layer.stem(), earlier + 1)
    };
    layers.iter().enumerate().map(number).collect()
}

fn in_range(name: &str, value: usize, min: usize, max: usize) -> Result<(), String> {
    if (min..=max).contains(&value) { Ok(()) } else { Err(format!("{name} {value} must be {min} to {max}")) }
}
