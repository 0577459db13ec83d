//! Pooling and resizing.

use super::super::pipelines::{Kernel, POOL2D, RESIZE2D};
use super::{Dispatch, Lowering, Operand, choice, linear};
use crate::graph::{Pool2d, Resize, Shape};

/// `dx` `[N, C, H, W]` from `x` and `dy` `[N, C, OH, OW]`.
pub fn max_pool_gradient(windows: &Pool2d, image: &Shape, pooled: &Shape) -> Lowering {
    if !choice::windows_apart(windows) {
        return pool("maximum_gradient", windows, image, pooled, 2, image);
    }
    let [rows, columns] = [0, 1].map(|axis| image[2 + axis].div_ceil(windows.size[axis]));
    let all = Shape::from([image[0], image[1], rows, columns]);
    pool("maximum_gradient_apart", windows, image, pooled, 2, &all)
}

/// The entry point `entry` of `pool2d.wgsl` between the image `[N, C, H, W]` and the pooled `[N, C, OH, OW]`; one thread per value of
/// `output`. `inputs` is one or two.
pub fn pool(entry: &'static str, pool: &Pool2d, image: &Shape, pooled: &Shape, inputs: usize, output: &Shape) -> Lowering {
    let constants = [
        ("PLANES", image[0] * image[1]),
        ("H", image[2]),
        ("W", image[3]),
        ("OH", pooled[2]),
        ("OW", pooled[3]),
        ("KH", pool.size[0]),
        ("KW", pool.size[1]),
        ("SY", pool.stride[0]),
        ("SX", pool.stride[1]),
        ("PY", pool.pads[0][0]),
        ("PX", pool.pads[1][0]),
    ];
    let operands = (0..inputs).map(Operand::Input).chain([Operand::Output]).collect();
    let kernel = Kernel::new(POOL2D, entry, inputs + 1, &constants);
    Lowering::one(Dispatch { kernel, operands, groups: linear(output.len()) }, output.len() * pool.size[0] * pool.size[1])
}

/// `entry` of `resize2d.wgsl` between the source image and the target.
pub fn resize(entry: &'static str, mode: Resize, image: &Shape, target: &Shape, output: &Shape) -> Lowering {
    let constants = [
        ("PLANES", image[0] * image[1]),
        ("H", image[2]),
        ("W", image[3]),
        ("OH", target[2]),
        ("OW", target[3]),
        ("BILINEAR", usize::from(mode == Resize::Bilinear)),
    ];
    let kernel = Kernel::new(RESIZE2D, entry, 2, &constants);
    let dispatch = Dispatch { kernel, operands: vec![Operand::Input(0), Operand::Output], groups: linear(output.len()) };
    Lowering::one(dispatch, image.len().max(target.len()) * 4)
}
