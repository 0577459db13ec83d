//! The model zoo, fitted to any image from 8×8 to 64×64.

use serde::Serialize;

use super::layer::{Activation, Layer, Padding};
use super::model::Architecture;

/// A named architecture.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Preset {
    pub id: &'static str,
    pub title: &'static str,
}

/// All presets, simplest first.
pub const PRESETS: &[Preset] = &[
    Preset { id: "lenet-5", title: "LeNet-5" },
    Preset { id: "small-vgg", title: "Small VGG" },
    Preset { id: "gap-cnn", title: "CNN with global average pooling" },
    Preset { id: "resnet-8", title: "ResNet-8" },
    Preset { id: "resnet-20", title: "ResNet-20" },
    Preset { id: "mini-inception", title: "Mini-Inception" },
];

/// The architecture `id` for images `[C, H, W]`, without normalisation; `None` for an unknown id.
pub fn preset(id: &str, input: [usize; 3], classes: usize) -> Option<Architecture> {
    let side = input[1].min(input[2]);
    let layers = match id {
        "lenet-5" => lenet_5(side, classes),
        "small-vgg" => small_vgg(side, classes),
        "gap-cnn" => gap_cnn(classes),
        "resnet-8" => resnet(1, classes),
        "resnet-20" => resnet(3, classes),
        "mini-inception" => mini_inception(classes),
        _ => return None,
    };
    Some(Architecture { input, mean: Vec::new(), std: Vec::new(), layers })
}

/// LeCun et al. 1998, with all maps of the second convolution connected, plain average pooling and softmax: 61,706 parameters for
/// 32×32×1 and 10 classes. 28×28 images get their border of 2 back by `same` padding, as usual. Below 28 both convolutions pad, and
/// below 16 the kernels are 3×3, so that 6 and 16 maps, two poolings and 120–84–classes remain on 8×8.
fn lenet_5(side: usize, classes: usize) -> Vec<Layer> {
    let kernel = if side < 16 { 3 } else { 5 };
    let first = if side < 32 { Padding::Same } else { Padding::Valid };
    let second = if side < 28 { Padding::Same } else { Padding::Valid };
    let conv = |filters, padding| Layer::Conv { filters, kernel, stride: 1, padding, bias: true, dilation: 1, groups: 1 };
    let tanh = || Layer::Activation { function: Activation::Tanh };
    let pool = || Layer::AvgPool { size: 2, stride: None, padding: 0 };
    vec![
        conv(6, first),
        tanh(),
        pool(),
        conv(16, second),
        tanh(),
        pool(),
        Layer::Flatten,
        Layer::Dense { units: 120 },
        tanh(),
        Layer::Dense { units: 84 },
        tanh(),
        Layer::Dense { units: classes },
    ]
}

/// Pairs of 3×3 convolutions and 2×2 max pooling as in Simonyan & Zisserman 2015, with 16, 32 (and from 16×16 on 64) filters.
fn small_vgg(side: usize, classes: usize) -> Vec<Layer> {
    let stages: &[usize] = if side < 16 { &[16, 32] } else { &[16, 32, 64] };
    let mut layers = Vec::new();
    for &filters in stages {
        layers.extend([
            conv3(filters, true),
            relu(),
            conv3(filters, true),
            relu(),
            Layer::MaxPool { size: 2, stride: None, padding: 0 },
        ]);
    }
    layers.extend([
        Layer::Flatten,
        Layer::Dense { units: 128 },
        relu(),
        Layer::Dropout { rate: 0.5 },
        Layer::Dense { units: classes },
    ]);
    layers
}

/// Convolutions, global average pooling and one dense layer: what class activation maps need (Zhou et al. 2016).
fn gap_cnn(classes: usize) -> Vec<Layer> {
    let mut layers = Vec::new();
    for (filters, pooled) in [(16, false), (32, true), (64, false)] {
        layers.extend([conv3(filters, false), Layer::BatchNorm, relu()]);
        if pooled {
            layers.push(Layer::MaxPool { size: 2, stride: None, padding: 0 });
        }
    }
    layers.extend([Layer::GlobalAvgPool, Layer::Dense { units: classes }]);
    layers
}

/// The CIFAR network of He et al. 2016, section 4.2: 6·`blocks` + 2 layers, 16, 32 and 64 filters. With `blocks` 3, 3 channels and
/// 10 classes 272,474 parameters: the paper's 269,722 (0.27 M, shortcut option A without parameters) plus 2,752 of the two
/// projections with batch norm (option B).
fn resnet(blocks: usize, classes: usize) -> Vec<Layer> {
    let mut layers = vec![conv3(16, false), Layer::BatchNorm, relu()];
    for (stage, filters) in [16, 32, 64].into_iter().enumerate() {
        for block in 0..blocks {
            let stride = if stage > 0 && block == 0 { 2 } else { 1 };
            layers.push(Layer::Residual { filters, stride });
        }
    }
    layers.extend([Layer::GlobalAvgPool, Layer::Dense { units: classes }]);
    layers
}

/// A stem and two blocks of Szegedy et al. 2015, narrow.
fn mini_inception(classes: usize) -> Vec<Layer> {
    vec![
        conv3(16, false),
        Layer::BatchNorm,
        relu(),
        Layer::Inception { branch1: 8, reduce3: 8, branch3: 16, reduce5: 4, branch5: 8, pool: 8 },
        Layer::MaxPool { size: 2, stride: None, padding: 0 },
        Layer::Inception { branch1: 16, reduce3: 16, branch3: 32, reduce5: 8, branch5: 16, pool: 16 },
        Layer::GlobalAvgPool,
        Layer::Dropout { rate: 0.2 },
        Layer::Dense { units: classes },
    ]
}

fn conv3(filters: usize, bias: bool) -> Layer {
    Layer::Conv { filters, kernel: 3, stride: 1, padding: Padding::Same, bias, dilation: 1, groups: 1 }
}

fn relu() -> Layer {
    Layer::Activation { function: Activation::Relu }
}
