//! What each layer computes: the one definition of shapes, parameters, cost and values.
//!
//! A [`Tracer`] walks the layers and adds nodes to a graph. `Model::new` traces once with a batch of 1 to learn shapes, parameters
//! and cost, `Model::forward` traces into the graph of its caller. Messages of failing layers are for the student; the model adds
//! which layer it was.

use super::init::Init;
use super::layer::{Activation, Layer, Padding};
use super::model::{MAX_PARAMETERS, Parameter, ParameterKind};
use crate::graph::{Builder, Conv2d, DType, Distribution, Pool2d, Reduce, Shape, Var};

/// The largest number of values that one layer may give for one image.
const MAX_VALUES: u128 = 1 << 24;

/// Added to a variance before its square root, as in PyTorch.
const EPSILON: f32 = 1e-5;

/// The weight of the newest batch in running statistics, as in PyTorch.
const MOMENTUM: f32 = 0.1;

/// How a network is used.
#[derive(Clone, Copy)]
pub enum Mode<'b> {
    /// Batch statistics (running ones are updated), dropout drawn from `key` (`u32[2]`: seed, step).
    Train { key: Var<'b> },
    /// Running statistics, no dropout.
    Eval,
}

/// A network's forward pass inside a graph.
pub struct Forward<'b> {
    /// `[N, classes]`, before softmax.
    pub logits: Var<'b>,
    /// Every layer's output in order of computation, blocks' inner ones (`residual1/conv1`) before the block's own.
    pub layers: Vec<(String, Var<'b>)>,
    /// The parameters' state nodes, in the order of `Model::parameters`: differentiate with respect to these.
    pub parameters: Vec<Var<'b>>,
}

impl<'b> Forward<'b> {
    /// What `tracer` met on its way to `logits`.
    pub(super) fn new(logits: Var<'b>, tracer: Tracer<'b>) -> Self {
        Self { logits, layers: tracer.layers, parameters: tracer.parameters.into_iter().map(|(_, state)| state).collect() }
    }

    /// The output of the layer called `name`.
    pub fn layer(&self, name: &str) -> Option<Var<'b>> {
        self.layers.iter().find(|(n, _)| n == name).map(|&(_, var)| var)
    }
}

/// A walk over the layers.
pub(super) struct Tracer<'b> {
    builder: &'b Builder,
    mode: Mode<'b>,
    /// Declared so far, with their state nodes.
    pub parameters: Vec<(Parameter, Var<'b>)>,
    /// Running statistics.
    pub buffers: Vec<Parameter>,
    pub layers: Vec<(String, Var<'b>)>,
    /// Multiply–accumulates of convolutions and dense layers for one image.
    pub macs: u64,
    /// Values of all parameters.
    pub size: usize,
}

/// A message for the student where a layer cannot be built.
type Step<'b> = Result<Var<'b>, String>;

impl<'b> Tracer<'b> {
    pub fn new(builder: &'b Builder, mode: Mode<'b>) -> Self {
        Self { builder, mode, parameters: Vec::new(), buffers: Vec::new(), layers: Vec::new(), macs: 0, size: 0 }
    }

    /// Adds `layer` on top of `x` (`[N, C, H, W]` or `[N, units]`). `rectified`: the next activation is a rectifying one.
    pub fn layer(&mut self, name: &str, layer: &Layer, x: Var<'b>, rectified: bool) -> Step<'b> {
        layer.validate()?;
        match *layer {
            Layer::Conv { filters, kernel, stride, padding, bias, dilation, groups } => {
                self.conv(name, x, &Filters { filters, kernel, stride, padding, bias, dilation, groups }, rectified)
            }
            Layer::BatchNorm => self.batch_norm(name, x),
            Layer::Activation { function } => Ok(self.activation(name, x, function)),
            Layer::MaxPool { size, stride, padding } => self.max_pool(name, x, size, stride.unwrap_or(size), padding),
            Layer::AvgPool { size, stride, padding } => {
                let pool = fitting_pool(x, size, stride.unwrap_or(size), padding)?;
                Ok(self.record(name, |_| x.avg_pool2d(pool)))
            }
            Layer::Dropout { rate } => Ok(self.dropout(name, x, rate)),
            Layer::Residual { filters, stride } => self.residual(name, x, filters, stride),
            Layer::Inception { branch1, reduce3, branch3, reduce5, branch5, pool } => {
                self.inception(name, x, [branch1, reduce3, branch3, reduce5, branch5, pool])
            }
            Layer::GlobalAvgPool => {
                image(x)?;
                Ok(self.record(name, |_| x.mean(&[2, 3])))
            }
            Layer::Flatten => Ok(self.record(name, |_| flat(x))),
            Layer::Dense { units } => self.dense(name, x, units, rectified),
        }
    }

    /// Builds one named value under its label and lists it.
    fn record(&mut self, name: &str, body: impl FnOnce(&'b Builder) -> Var<'b>) -> Var<'b> {
        let builder = self.builder;
        let value = builder.scope(name, || body(builder));
        self.layers.push((name.to_string(), value));
        value
    }

    /// Declares a parameter of the layer `layer`.
    fn parameter(&mut self, layer: &str, kind: ParameterKind, shape: impl Into<Shape>, init: Init) -> Step<'b> {
        let shape = shape.into();
        let values = shape.iter().map(|&d| d as u128).product::<u128>();
        let total = values + self.size as u128;
        if total > MAX_PARAMETERS as u128 {
            return Err(format!("{total} parameters up to here are too many; at most {MAX_PARAMETERS}"));
        }
        self.size = total as usize;
        let name = format!("model/{layer}/{}", kind.word());
        let state = self.builder.state(&name, &shape, DType::F32);
        self.parameters.push((Parameter { name, shape, kind, init }, state));
        Ok(state)
    }

    /// Declares a running statistic of the layer `layer`.
    fn buffer(&mut self, layer: &str, kind: ParameterKind, shape: [usize; 1], init: Init) -> (String, Var<'b>) {
        let name = format!("model/{layer}/{}", kind.word());
        let state = self.builder.state(&name, shape, DType::F32);
        self.buffers.push(Parameter { name: name.clone(), shape: shape.into(), kind, init });
        (name, state)
    }

    fn conv(&mut self, name: &str, x: Var<'b>, f: &Filters, rectified: bool) -> Step<'b> {
        let [channels, height, width] = image(x)?;
        if !channels.is_multiple_of(f.groups) || !f.filters.is_multiple_of(f.groups) {
            return Err(format!("{} groups must divide both {channels} input channels and {} filters", f.groups, f.filters));
        }
        let conv = f.conv();
        let Some([oh, ow]) = conv.output([height, width], [f.kernel; 2]) else {
            let reach = f.dilation * (f.kernel - 1) + 1;
            return Err(format!(
                "a kernel that reaches over {reach}×{reach} cells does not fit into the {height}×{width} image; \
                 make it smaller, remove a pooling layer or use `same` padding"
            ));
        };
        bounded(&[f.filters, oh, ow])?;
        let (inside, area) = (channels / f.groups, f.kernel * f.kernel);
        let init = weight_init(inside * area, f.filters * area, rectified);
        let weight = self.parameter(name, ParameterKind::Weight, [f.filters, inside, f.kernel, f.kernel], init)?;
        let bias = match f.bias {
            true => Some(self.parameter(name, ParameterKind::Bias, [f.filters], Init::Constant(0.0))?),
            false => None,
        };
        self.macs += (f.filters * oh * ow) as u64 * (inside * area) as u64;
        Ok(self.record(name, |_| {
            let y = x.conv2d(weight, conv); // [N, filters, OH, OW]
            bias.map_or(y, |bias| y + bias.reshape([1, f.filters, 1, 1]))
        }))
    }

    fn dense(&mut self, name: &str, x: Var<'b>, units: usize, rectified: bool) -> Step<'b> {
        let x = flat(x);
        let inputs = x.dim(1);
        let weight = self.parameter(name, ParameterKind::Weight, [units, inputs], weight_init(inputs, units, rectified))?;
        let bias = self.parameter(name, ParameterKind::Bias, [units], Init::Constant(0.0))?;
        self.macs += inputs as u64 * units as u64;
        Ok(self.record(name, |_| x.matmul_t(false, weight, true) + bias))
    }

    /// Ioffe & Szegedy 2015. The batch is normalised by its biased variance; the running variance takes the unbiased one.
    fn batch_norm(&mut self, name: &str, x: Var<'b>) -> Step<'b> {
        let channels = x.dim(1);
        let scale = self.parameter(name, ParameterKind::Scale, [channels], Init::Constant(1.0))?;
        let shift = self.parameter(name, ParameterKind::Shift, [channels], Init::Constant(0.0))?;
        let (mean_name, running_mean) = self.buffer(name, ParameterKind::Mean, [channels], Init::Constant(0.0));
        let (variance_name, running_variance) = self.buffer(name, ParameterKind::Variance, [channels], Init::Constant(1.0));
        let mode = self.mode;
        Ok(self.record(name, |builder| {
            let mut per_channel = vec![1; x.rank()];
            per_channel[1] = channels;
            let aligned = |v: Var<'b>| v.reshape(per_channel.clone());
            let (mean, variance) = match mode {
                Mode::Eval => (aligned(running_mean), aligned(running_variance)),
                Mode::Train { .. } => {
                    let axes: Vec<usize> = (0..x.rank()).filter(|&axis| axis != 1).collect();
                    let mean = x.reduce_keep(Reduce::Mean, &axes); // [1, C, 1, 1]
                    let variance = (x - mean).square().reduce_keep(Reduce::Mean, &axes);
                    let count = axes.iter().map(|&axis| x.dim(axis)).product::<usize>() as f32;
                    let unbiased = variance * (count / (count - 1.0).max(1.0));
                    let blend = |old: Var<'b>, new: Var<'b>| old * (1.0 - MOMENTUM) + new.reshape([channels]) * MOMENTUM;
                    builder.update(&mean_name, blend(running_mean, mean));
                    builder.update(&variance_name, blend(running_variance, unbiased));
                    (mean, variance)
                }
            };
            (x - mean) * ((variance + EPSILON).rsqrt() * aligned(scale)) + aligned(shift)
        }))
    }

    fn activation(&mut self, name: &str, x: Var<'b>, function: Activation) -> Var<'b> {
        self.record(name, |_| function.apply(x))
    }

    fn max_pool(&mut self, name: &str, x: Var<'b>, size: usize, stride: usize, padding: usize) -> Step<'b> {
        let pool = fitting_pool(x, size, stride, padding)?;
        Ok(self.record(name, |_| x.max_pool2d(pool)))
    }

    fn dropout(&mut self, name: &str, x: Var<'b>, rate: f32) -> Var<'b> {
        let mode = self.mode;
        self.record(name, |builder| match mode {
            Mode::Train { key } if rate > 0.0 => {
                let kept = builder.random(Distribution::Uniform, key, x.shape()).ge(builder.scalar(rate)); // 1 or 0
                x * (kept * (1.0 / (1.0 - rate)))
            }
            Mode::Train { .. } | Mode::Eval => x,
        })
    }

    /// A convolution `<name>` and batch norm `<name>-norm`, as inside both kinds of block.
    fn conv_norm(&mut self, name: &str, x: Var<'b>, filters: usize, kernel: usize, stride: usize) -> Step<'b> {
        let x = self.conv(name, x, &Filters::plain(filters, kernel, stride), true)?;
        self.batch_norm(&format!("{name}-norm"), x)
    }

    /// The same with ReLU, `<name>-relu`.
    fn conv_norm_relu(&mut self, name: &str, x: Var<'b>, filters: usize, kernel: usize, stride: usize) -> Step<'b> {
        let x = self.conv_norm(name, x, filters, kernel, stride)?;
        Ok(self.activation(&format!("{name}-relu"), x, Activation::Relu))
    }

    fn residual(&mut self, name: &str, x: Var<'b>, filters: usize, stride: usize) -> Step<'b> {
        let [channels, ..] = image(x)?;
        let y = self.conv_norm_relu(&format!("{name}/conv1"), x, filters, 3, stride)?;
        let y = self.conv_norm(&format!("{name}/conv2"), y, filters, 3, 1)?;
        let shortcut = match channels == filters && stride == 1 {
            true => x,
            false => self.conv_norm(&format!("{name}/projection"), x, filters, 1, stride)?,
        };
        Ok(self.record(name, |_| (shortcut + y).relu()))
    }

    fn inception(&mut self, name: &str, x: Var<'b>, widths: [usize; 6]) -> Step<'b> {
        let [branch1, reduce3, branch3, reduce5, branch5, pool] = widths;
        let at = |part: &str| format!("{name}/{part}");
        let one = self.conv_norm_relu(&at("branch1"), x, branch1, 1, 1)?;
        let three = self.conv_norm_relu(&at("reduce3"), x, reduce3, 1, 1)?;
        let three = self.conv_norm_relu(&at("branch3"), three, branch3, 3, 1)?;
        let five = self.conv_norm_relu(&at("reduce5"), x, reduce5, 1, 1)?;
        let five = self.conv_norm_relu(&at("branch5"), five, branch5, 5, 1)?;
        let pooled = self.max_pool(&at("max-pool"), x, 3, 1, 1)?;
        let pooled = self.conv_norm_relu(&at("pool"), pooled, pool, 1, 1)?;
        Ok(self.record(name, |builder| builder.concat(1, &[one, three, five, pooled])))
    }
}

/// The attributes of a convolution layer.
struct Filters {
    filters: usize,
    kernel: usize,
    stride: usize,
    padding: Padding,
    bias: bool,
    dilation: usize,
    groups: usize,
}

impl Filters {
    /// `same` padding, no bias: what batch norm wants before it.
    fn plain(filters: usize, kernel: usize, stride: usize) -> Self {
        Self { filters, kernel, stride, padding: Padding::Same, bias: false, dilation: 1, groups: 1 }
    }

    fn conv(&self) -> Conv2d {
        let pads = match self.padding {
            Padding::Same => {
                let total = self.dilation * (self.kernel - 1);
                [total / 2, total - total / 2]
            }
            Padding::Valid => [0, 0],
            Padding::Cells(cells) => [cells, cells],
        };
        Conv2d { stride: [self.stride; 2], pads: [pads; 2], dilation: [self.dilation; 2], groups: self.groups }
    }
}

/// `[C, H, W]` of `[N, C, H, W]`; a message where `x` is no image any more.
fn image(x: Var) -> Result<[usize; 3], String> {
    match x.shape()[..] {
        [_, c, h, w] => Ok([c, h, w]),
        _ => Err(format!(
            "needs an image [C, H, W] but gets a vector of {} values; put it before the flatten, dense or global pooling layer",
            x.dim(1)
        )),
    }
}

fn flat(x: Var) -> Var {
    x.reshape([x.dim(0), x.shape()[1..].iter().product()])
}

fn fitting_pool(x: Var, size: usize, stride: usize, padding: usize) -> Result<Pool2d, String> {
    let [channels, height, width] = image(x)?;
    let pool = Pool2d { size: [size; 2], stride: [stride; 2], pads: [[padding; 2]; 2] };
    let Some([oh, ow]) = pool.output([height, width]) else {
        return Err(format!(
            "a {size}×{size} window does not fit into the {height}×{width} image; make it smaller or remove the layer"
        ));
    };
    bounded(&[channels, oh, ow])?;
    Ok(pool)
}

fn bounded(shape: &[usize]) -> Result<(), String> {
    match shape.iter().map(|&d| d as u128).product::<u128>() {
        values if values > MAX_VALUES => Err(format!("gives {values} values for each image; at most {MAX_VALUES}")),
        _ => Ok(()),
    }
}

fn weight_init(fan_in: usize, fan_out: usize, rectified: bool) -> Init {
    if rectified { Init::He { fan_in } } else { Init::Xavier { fan_in, fan_out } }
}
