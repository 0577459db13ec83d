//! Encoder and decoder: parameters and values, no numbers.

use super::options::{AutoencoderOptions, Shape};
use crate::error::{Error, Result};
use crate::graph::{Builder, Conv2d, DType, Var};
use crate::nn::{Activation, Init, Parameter, ParameterKind};

/// Kernel side; with stride 2 every output pixel of a transposed convolution sees as many inputs as its neighbour (Odena et al. 2016).
const KERNEL: usize = 4;
/// Halves an even side.
const CONV: Conv2d = Conv2d { stride: [2, 2], pads: [[1, 1], [1, 1]], dilation: [1, 1], groups: 1 };

/// One layer. Images are `[N, C, H, W]`, vectors `[N, units]`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Layer {
    Dense {
        inputs: usize,
        outputs: usize,
    },
    Conv {
        inputs: usize,
        outputs: usize,
    },
    /// A transposed convolution to images of `size`.
    Unconv {
        inputs: usize,
        outputs: usize,
        size: [usize; 2],
    },
}

/// Layers with an activation after all but the last.
#[derive(Debug, Clone, PartialEq)]
struct Half {
    layers: Vec<Layer>,
    activation: Activation,
    /// Weight and bias of each layer.
    parameters: Vec<Parameter>,
}

impl Half {
    fn new(name: &str, layers: Vec<Layer>, activation: Activation) -> Self {
        let mut parameters = Vec::new();
        for (i, &layer) in layers.iter().enumerate() {
            let area = KERNEL * KERNEL;
            let (word, shape, units, fan_in, fan_out) = match layer {
                Layer::Dense { inputs, outputs } => ("dense", vec![outputs, inputs], outputs, inputs, outputs),
                Layer::Conv { inputs, outputs } => {
                    ("conv", vec![outputs, inputs, KERNEL, KERNEL], outputs, inputs * area, outputs * area / 4)
                }
                // Stored as the weights of the convolution that it transposes; an output pixel sees a quarter of the kernel.
                Layer::Unconv { inputs, outputs, .. } => {
                    ("unconv", vec![inputs, outputs, KERNEL, KERNEL], outputs, inputs * area / 4, outputs * area)
                }
            };
            let hidden = i + 1 < layers.len();
            let init = if hidden && activation.rectifies() { Init::He { fan_in } } else { Init::Xavier { fan_in, fan_out } };
            let mut add = |kind: ParameterKind, shape: Vec<usize>, init| {
                let name = format!("{name}/{word}{}/{}", i + 1, kind.word());
                parameters.push(Parameter { name, shape: shape.into(), kind, init });
            };
            add(ParameterKind::Weight, shape, init);
            add(ParameterKind::Bias, vec![units], Init::Constant(0.0));
        }
        Self { layers, activation, parameters }
    }

    fn forward<'b>(&self, weights: &[Var<'b>], x: Var<'b>) -> Var<'b> {
        let mut x = x;
        for (i, (layer, pair)) in self.layers.iter().zip(weights.chunks_exact(2)).enumerate() {
            let (weight, bias) = (pair[0], pair[1]);
            let per_channel = |y: Var<'b>| y + bias.reshape([1, bias.dim(0), 1, 1]);
            let y = match *layer {
                Layer::Dense { inputs, .. } => x.reshape([x.dim(0), inputs]).matmul_t(false, weight, true) + bias,
                Layer::Conv { .. } => per_channel(x.conv2d(weight, CONV)),
                Layer::Unconv { inputs, size, .. } => {
                    let [h, w] = halved(size).unwrap_or([1, 1]);
                    per_channel(x.reshape([x.dim(0), inputs, h, w]).conv2d_transpose(weight, CONV, size))
                }
            };
            x = if i + 1 < self.layers.len() { self.activation.apply(y) } else { y };
        }
        x
    }

    /// Multiply–accumulates for one image of `[C, H, W]`.
    fn macs(&self, image: [usize; 3]) -> u64 {
        let mut size = [image[1], image[2]];
        let mut total = 0;
        for layer in &self.layers {
            let (inputs, outputs, places) = match *layer {
                Layer::Dense { inputs, outputs } => (inputs, outputs, 1),
                Layer::Conv { inputs, outputs } => {
                    size = halved(size).unwrap_or(size);
                    (inputs, outputs, KERNEL * KERNEL * size[0] * size[1])
                }
                Layer::Unconv { inputs, outputs, size } => {
                    let [h, w] = halved(size).unwrap_or(size);
                    (inputs, outputs, KERNEL * KERNEL * h * w)
                }
            };
            total += (inputs * outputs * places) as u64;
        }
        total
    }
}

/// The sides after one convolution; `None` where the kernel does not fit.
fn halved(size: [usize; 2]) -> Option<[usize; 2]> {
    CONV.output(size, [KERNEL, KERNEL])
}

/// An encoder and its mirror image.
#[derive(Debug, Clone, PartialEq)]
pub struct Network {
    /// `[C, H, W]`.
    image: [usize; 3],
    latent: usize,
    variational: bool,
    encoder: Half,
    decoder: Half,
}

/// What the encoder says about a batch.
#[derive(Clone, Copy)]
pub struct Code<'b> {
    /// `[N, latent]`: the code h, or μ.
    pub mean: Var<'b>,
    /// `[N, latent]`: ln σ², of a variational one.
    pub log_variance: Option<Var<'b>>,
}

impl Network {
    /// For images of shape `image`. An error where convolutions do not fit into them.
    pub fn new(image: [usize; 3], options: &AutoencoderOptions) -> Result<Self> {
        let [channels, height, width] = image;
        let (mut down, mut up) = (Vec::new(), Vec::new());
        let mut flat = channels * height * width;
        if options.shape == Shape::Convolutional {
            let (mut inputs, mut size) = (channels, [height, width]);
            for &outputs in &options.filters {
                let Some(smaller) = halved(size) else {
                    let message = format!("a {}×{} image cannot be halved again: use fewer convolutions", size[0], size[1]);
                    return Err(Error::option("filters", message));
                };
                down.push(Layer::Conv { inputs, outputs });
                up.push(Layer::Unconv { inputs: outputs, outputs: inputs, size });
                (inputs, size) = (outputs, smaller);
            }
            flat = inputs * size[0] * size[1];
        }
        let code = options.latent * if options.variational() { 2 } else { 1 };
        let dense = |sizes: Vec<usize>| sizes.windows(2).map(|s| Layer::Dense { inputs: s[0], outputs: s[1] }).collect::<Vec<_>>();
        let sizes = [&[flat], options.hidden()].concat();
        let back: Vec<usize> = [options.latent].into_iter().chain(sizes.iter().rev().copied()).collect();
        down.extend(dense([&sizes[..], &[code]].concat()));
        let decoder = dense(back).into_iter().chain(up.into_iter().rev()).collect();
        Ok(Self {
            image,
            latent: options.latent,
            variational: options.variational(),
            encoder: Half::new("encoder", down, options.activation),
            decoder: Half::new("decoder", decoder, options.activation),
        })
    }

    /// Encoder's first.
    pub fn parameters(&self) -> Vec<Parameter> {
        [&self.encoder.parameters[..], &self.decoder.parameters].concat()
    }

    pub fn encoder_parameters(&self) -> &[Parameter] {
        &self.encoder.parameters
    }

    /// The parameters' states, in order.
    pub fn states<'b>(&self, builder: &'b Builder) -> Vec<Var<'b>> {
        self.parameters().iter().map(|p| builder.state(&p.name, p.shape.clone(), DType::F32)).collect()
    }

    /// Makes every parameter's first value, drawn with `key`, an update.
    pub fn initialize<'b>(&self, builder: &'b Builder, key: Var<'b>) {
        for parameter in self.parameters() {
            builder.update(&parameter.name, parameter.init.draw(builder, key, &parameter.shape));
        }
    }

    /// The code of `x` `[N, C, H, W]`; of `weights` only the encoder's are read.
    pub fn encode<'b>(&self, weights: &[Var<'b>], x: Var<'b>) -> Code<'b> {
        let out = self.encoder.forward(&weights[..self.encoder.parameters.len()], x);
        if !self.variational {
            return Code { mean: out, log_variance: None };
        }
        let half = |i: usize| out.slice(&[0, i * self.latent], &[x.dim(0), self.latent]);
        Code { mean: half(0), log_variance: Some(half(1)) }
    }

    /// The image of each row of `z` `[N, latent]` before any sigmoid: `[N, C, H, W]`.
    pub fn decode<'b>(&self, weights: &[Var<'b>], z: Var<'b>) -> Var<'b> {
        let [c, h, w] = self.image;
        self.decoder.forward(&weights[self.encoder.parameters.len()..], z).reshape([z.dim(0), c, h, w])
    }

    /// Values of all parameters.
    pub fn size(&self) -> usize {
        self.parameters().iter().map(|p| p.shape.len()).sum()
    }

    /// Multiply–accumulates of encoder and decoder for one image.
    pub fn macs(&self) -> [u64; 2] {
        [self.encoder.macs(self.image), self.decoder.macs(self.image)]
    }

    /// `[C, H, W]`.
    pub fn image(&self) -> [usize; 3] {
        self.image
    }

    pub fn latent(&self) -> usize {
        self.latent
    }
}
