//! The two convolutional networks of Radford et al. 2016, scaled to small images.
//!
//! D halves the image with convolutions 4×4, stride 2; G doubles it with transposed ones, in reverse. Sides are halved, rounding down,
//! until the next half would be below 4, at least twice and at most three times: 28 → 14 → 7, 8 → 4 → 2, 32 → 16 → 8 → 4. Two departures:
//! D has no batch norm, so that its value for an image, and the gradient penalty, depend on that image alone (Gulrajani et al. 2017); and
//! weights begin by He and Glorot instead of N(0, 0.02²), which suits so few layers of so few filters better.

use crate::error::{Error, Result};
use crate::graph::{Builder, Conv2d, DType, Reduce, Shape, Var};
use crate::nn::{Init, Parameter, ParameterKind};

/// The side of a kernel.
const KERNEL: usize = 4;
const CONV: Conv2d = Conv2d { stride: [2, 2], pads: [[1, 1], [1, 1]], dilation: [1, 1], groups: 1 };
/// The slope of D's rectifiers for negative values.
const SLOPE: f32 = 0.2;
/// Added to a variance before its square root, and the weight of the newest batch in running statistics; both as in PyTorch.
const EPSILON: f32 = 1e-5;
const MOMENTUM: f32 = 0.1;

/// Channels, height and width at each stage, the image first.
#[derive(Debug, Clone, PartialEq)]
pub struct Stages(Vec<[usize; 3]>);

impl Stages {
    /// For images of `shape` `[C, H, W]` with sides of 4 to 128, and `width` filters after the first convolution.
    pub fn new(shape: [usize; 3], width: usize) -> Result<Self> {
        let [_, height, breadth] = shape;
        let (least, most) = (height.min(breadth), height.max(breadth));
        if least < 4 || most > 128 {
            return Err(Error::option("dataset", format!("images of {height}×{breadth}: sides must be 4 to 128")));
        }
        let mut stages = vec![shape];
        let (mut filters, mut size) = (width, [height, breadth]);
        while stages.len() < 4 && (stages.len() < 3 && size[0].min(size[1]) >= 4 || size[0].min(size[1]) >= 8) {
            size = size.map(|side| side / 2);
            stages.push([filters, size[0], size[1]]);
            filters *= 2;
        }
        Ok(Self(stages))
    }

    fn deepest(&self) -> [usize; 3] {
        self.0[self.0.len() - 1]
    }
}

/// Whose statistics a batch norm uses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Norm {
    /// The batch's.
    Batch,
    /// The batch's, which also enter the running ones.
    Update,
    /// The running ones: each image depends on its own latent vector only.
    Running,
}

/// `[N, C, H, W]`, −1…1 → `[N, 1]`, before any sigmoid.
#[derive(Debug, Clone)]
pub struct Discriminator {
    stages: Stages,
    parameters: Vec<Parameter>,
}

impl Discriminator {
    pub fn new(stages: &Stages) -> Self {
        let mut parameters = Vec::new();
        let mut add = |layer: String, kind: ParameterKind, shape: Shape, init| {
            parameters.push(Parameter { name: format!("discriminator/{layer}/{}", kind.word()), shape, kind, init });
        };
        for (i, pair) in stages.0.windows(2).enumerate() {
            let (inside, filters) = (pair[0][0], pair[1][0]);
            let init = Init::He { fan_in: inside * KERNEL * KERNEL };
            add(format!("conv{}", i + 1), ParameterKind::Weight, [filters, inside, KERNEL, KERNEL].into(), init);
            add(format!("conv{}", i + 1), ParameterKind::Bias, [filters].into(), Init::Constant(0.0));
        }
        let inputs = stages.deepest().iter().product();
        add("dense".into(), ParameterKind::Weight, [1, inputs].into(), Init::Xavier { fan_in: inputs, fan_out: 1 });
        add("dense".into(), ParameterKind::Bias, [1].into(), Init::Constant(0.0));
        Self { stages: stages.clone(), parameters }
    }

    pub fn parameters(&self) -> &[Parameter] {
        &self.parameters
    }

    /// `weights` in the order of [`parameters`](Self::parameters).
    pub fn forward<'b>(&self, weights: &[Var<'b>], x: Var<'b>) -> Var<'b> {
        let (convolutions, dense) = weights.split_at(weights.len() - 2);
        let mut x = x;
        for layer in convolutions.chunks_exact(2) {
            x = (x.conv2d(layer[0], CONV) + layer[1].reshape([1, layer[1].dim(0), 1, 1])).leaky_relu(SLOPE);
        }
        let inputs: usize = self.stages.deepest().iter().product();
        x.reshape([x.dim(0), inputs]).matmul_t(false, dense[0], true) + dense[1]
    }
}

/// `[N, latent]` → `[N, C, H, W]`, −1…1: dense, then transposed convolutions, batch norm and ReLU after all but the last, which ends in tanh.
#[derive(Debug, Clone)]
pub struct Generator {
    stages: Stages,
    parameters: Vec<Parameter>,
    /// Running mean and variance of each batch norm, deepest first.
    statistics: Vec<Parameter>,
}

impl Generator {
    pub fn new(stages: &Stages, latent: usize) -> Self {
        let (mut parameters, mut statistics) = (Vec::new(), Vec::new());
        let parameter = |layer: &str, kind: ParameterKind, shape: Shape, init| {
            let name = format!("generator/{layer}/{}", kind.word());
            Parameter { name, shape, kind, init }
        };
        let deepest = stages.deepest();
        let units: usize = deepest.iter().product();
        parameters.push(parameter("dense", ParameterKind::Weight, [units, latent].into(), Init::He { fan_in: latent }));
        for (i, pair) in stages.0.windows(2).rev().enumerate() {
            let (outside, inside) = (pair[0][0], pair[1][0]);
            let norm = format!("norm{}", i + 1);
            for (kind, first) in [(ParameterKind::Scale, 1.0), (ParameterKind::Shift, 0.0)] {
                parameters.push(parameter(&norm, kind, [inside].into(), Init::Constant(first)));
            }
            for (kind, first) in [(ParameterKind::Mean, 0.0), (ParameterKind::Variance, 1.0)] {
                statistics.push(parameter(&norm, kind, [inside].into(), Init::Constant(first)));
            }
            // With stride 2 each output cell sees a quarter of the kernel.
            let fan_in = inside * KERNEL * KERNEL / 4;
            let last = i + 2 == stages.0.len();
            let init = if last { Init::Xavier { fan_in, fan_out: outside * KERNEL * KERNEL } } else { Init::He { fan_in } };
            let shape = [inside, outside, KERNEL, KERNEL];
            parameters.push(parameter(&format!("transposed{}", i + 1), ParameterKind::Weight, shape.into(), init));
        }
        let image = [stages.0[0][0]];
        parameters.push(parameter("transposed-last", ParameterKind::Bias, image.into(), Init::Constant(0.0)));
        Self { stages: stages.clone(), parameters, statistics }
    }

    pub fn parameters(&self) -> &[Parameter] {
        &self.parameters
    }

    pub fn statistics(&self) -> &[Parameter] {
        &self.statistics
    }

    /// `weights` in the order of [`parameters`](Self::parameters).
    pub fn forward<'b>(&self, weights: &[Var<'b>], latent: Var<'b>, norm: Norm) -> Var<'b> {
        let [c, h, w] = self.stages.deepest();
        let mut x = latent.matmul_t(false, weights[0], true).reshape([latent.dim(0), c, h, w]);
        let blocks = weights[1..].chunks_exact(3).zip(self.statistics.chunks_exact(2)).zip(self.stages.0.iter().rev().skip(1));
        for ((layer, statistics), &[_, height, width]) in blocks {
            x = batch_norm(x, &layer[..2], statistics, norm).relu().conv2d_transpose(layer[2], CONV, [height, width]);
        }
        (x + weights[weights.len() - 1].reshape([1, x.dim(1), 1, 1])).tanh()
    }
}

/// Ioffe & Szegedy 2015 per channel, as the layer of that name in `nn`. `layer`: scale and shift.
fn batch_norm<'b>(x: Var<'b>, layer: &[Var<'b>], statistics: &[Parameter], norm: Norm) -> Var<'b> {
    let (builder, channels) = (x.builder(), x.dim(1));
    let aligned = |v: Var<'b>| v.reshape([1, channels, 1, 1]);
    let running = || [0, 1].map(|i| builder.state(&statistics[i].name, [channels], DType::F32));
    let (mean, variance) = match norm {
        Norm::Running => running().map(aligned).into(),
        Norm::Batch | Norm::Update => {
            let mean = x.reduce_keep(Reduce::Mean, &[0, 2, 3]); // [1, C, 1, 1]
            (mean, (x - mean).square().reduce_keep(Reduce::Mean, &[0, 2, 3]))
        }
    };
    if norm == Norm::Update {
        let count = (x.dim(0) * x.dim(2) * x.dim(3)) as f32;
        let unbiased = variance * (count / (count - 1.0));
        for ((old, new), statistic) in running().into_iter().zip([mean, unbiased]).zip(statistics) {
            builder.update(&statistic.name, old * (1.0 - MOMENTUM) + new.reshape([channels]) * MOMENTUM);
        }
    }
    (x - mean) * ((variance + EPSILON).rsqrt() * aligned(layer[0])) + aligned(layer[1])
}

/// The states of `parameters`, in order.
pub fn states<'b>(builder: &'b Builder, parameters: &[Parameter]) -> Vec<Var<'b>> {
    parameters.iter().map(|p| builder.state(&p.name, p.shape.clone(), DType::F32)).collect()
}
