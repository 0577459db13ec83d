//! What methods share that hide parts of one image: many versions of it along the batch axis, each with its own mask of pixels to keep.

use super::ExplainOptions;
use crate::error::Result;
use crate::graph::{Builder, DType, Graph};
use crate::nn::{Mode, Model};

/// `x` and `baseline` `[1, C, H, W]`, `mask` `[rows, 1, H, W]` (1 keeps a pixel, 0 takes the baseline's), `class` `u32[1]` → `score`
/// and `probability` of the class, `[rows]`.
pub(super) fn graph(model: &Model, rows: usize) -> Result<Graph> {
    let builder = Builder::new();
    let [channels, height, width] = model.architecture().input;
    let x = builder.input("x", [1, channels, height, width], DType::F32);
    let baseline = builder.input("baseline", [1, channels, height, width], DType::F32);
    let mask = builder.input("mask", [rows, 1, height, width], DType::F32);
    let class = builder.input("class", [1], DType::U32).broadcast([rows]);
    let logits = model.forward(&builder, baseline + mask * (x - baseline), Mode::Eval)?.logits;
    let of_class = class.one_hot(model.classes()); // [rows, classes]
    builder.output("score", (logits * of_class).sum(&[1]));
    builder.output("probability", (logits.log_softmax().exp() * of_class).sum(&[1]));
    builder.finish()
}

/// The versions of one image, by their parts that can be hidden.
pub(super) struct Parts {
    /// Which parts a version hides, for each version.
    pub hidden: Vec<Vec<u32>>,
    /// The pixels of each part, as indices into `H·W`.
    pub pixels: Vec<Vec<u32>>,
}

impl Parts {
    /// The mask of version `i`, into `mask` `[H·W]`.
    pub fn mask(&self, i: usize, mask: &mut [f32]) {
        mask.fill(1.0);
        for &part in &self.hidden[i] {
            self.pixels[part as usize].iter().for_each(|&pixel| mask[pixel as usize] = 0.0);
        }
    }
}

/// How many [`windows`] there are.
pub(super) fn window_count(options: &ExplainOptions, height: usize, width: usize) -> usize {
    let (window, stride) = options.window_and_stride(height, width);
    ((height - window).div_ceil(stride) + 1) * ((width - window).div_ceil(stride) + 1)
}

/// Every window of [`ExplainOptions::window_and_stride`] hidden by itself; the last ones touch the far borders.
pub(super) fn windows(options: &ExplainOptions, height: usize, width: usize) -> Parts {
    let (window, stride) = options.window_and_stride(height, width);
    let mut pixels = Vec::new();
    for top in starts(height, window, stride) {
        for left in starts(width, window, stride) {
            pixels.push((0..window * window).map(|i| ((top + i / window) * width + left + i % window) as u32).collect());
        }
    }
    Parts { hidden: (0..pixels.len() as u32).map(|part| vec![part]).collect(), pixels }
}

/// Where windows begin along a side of `length`.
fn starts(length: usize, window: usize, stride: usize) -> Vec<usize> {
    let last = length - window;
    let mut all: Vec<usize> = (0..=last).step_by(stride).collect();
    if !last.is_multiple_of(stride) {
        all.push(last);
    }
    all
}
