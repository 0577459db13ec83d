//! The nearest training image of a sample: what shows whether a generator copies (Radford et al. 2016, section 4.1).

use crate::error::Result;
use crate::graph::{Builder, DType, Graph, Reduce};

/// For the input `images` `[n, C, H, W]`, of all `count` images in the state `data/images`: outputs `index` (`u32[n]`) of the one with
/// the least L2 distance, that `distance` `[n]`, and the image itself, `nearest`.
///
/// The search compares ‖x‖² − 2q·x, one matrix product; the distance is then taken of the difference itself, so that a copy has 0.
pub fn nearest(shape: [usize; 3], count: usize, n: usize) -> Result<Graph> {
    let builder = Builder::new();
    let ([c, h, w], size) = (shape, shape.iter().product());
    let query = builder.input("images", [n, c, h, w], DType::F32).reshape([n, size]);
    let data = builder.state("data/images", [count, c, h, w], DType::F32).reshape([count, size]);
    let squares = data.square().reduce(Reduce::Sum, &[1]).reshape([1, count]);
    let index = (query.matmul_t(false, data, true) * 2.0 - squares).argmax(1); // [n, count] → [n]
    let found = data.gather(index);
    builder.output("index", index);
    builder.output("distance", (query - found).square().reduce(Reduce::Sum, &[1]).sqrt());
    builder.output("nearest", found.reshape([n, c, h, w]));
    builder.finish()
}
