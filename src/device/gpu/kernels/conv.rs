//! Convolution and its two adjoints.

use super::super::pipelines::{CONV2D, CONV2D_TILED, CONV2D_WEIGHT_GRAD, Kernel};
use super::choice::{self, TILE};
use super::reduce::sum_parts;
use super::{Dispatch, Lowering, Operand, Target, grid, linear};
use crate::error::Result;
use crate::graph::{Conv2d, Op, Shape};

/// The shapes of one convolution, whichever of its tensors are given.
pub struct Geometry {
    /// `[N, C, H, W]`
    pub x: [usize; 4],
    /// `[F, C/groups, KH, KW]`
    pub w: [usize; 4],
    /// `[N, F, OH, OW]`
    pub y: [usize; 4],
}

impl Geometry {
    pub fn new(x: &Shape, w: &Shape, y: &Shape) -> Self {
        let four = |shape: &Shape| [shape[0], shape[1], shape[2], shape[3]];
        Self { x: four(x), w: four(w), y: four(y) }
    }

    fn constants(&self, conv: &Conv2d) -> Vec<(&'static str, usize)> {
        let ([n, c, h, w], [f, cg, kh, kw], [_, _, oh, ow]) = (self.x, self.w, self.y);
        vec![
            ("N", n),
            ("C", c),
            ("CG", cg),
            ("H", h),
            ("W", w),
            ("F", f),
            ("FG", f / conv.groups),
            ("OH", oh),
            ("OW", ow),
            ("KH", kh),
            ("KW", kw),
            ("SY", conv.stride[0]),
            ("SX", conv.stride[1]),
            ("PY", conv.pads[0][0]),
            ("PX", conv.pads[1][0]),
            ("DY", conv.dilation[0]),
            ("DX", conv.dilation[1]),
        ]
    }

    /// Multiply-adds of a dense evaluation.
    fn work(&self) -> usize {
        self.y.iter().product::<usize>() * self.w[1..].iter().product::<usize>()
    }
}

/// Positions of a workgroup of `conv2d.wgsl`: 64 threads of four.
const POSITIONS: usize = 256;

/// `y` from `x` and `w`.
pub fn forward(op: &Op, conv: &Conv2d, g: &Geometry, target: Target) -> Result<Lowering> {
    let ([n, .., oh, ow], f) = (g.y, g.w[0] / conv.groups);
    let taps: usize = g.w[1..].iter().product();
    if !choice::convolution_tiled(f, taps, target) {
        return direct(op, "forward", conv, g, [n * oh * ow, f]);
    }
    let kernel = Kernel::new(CONV2D_TILED, "main", 3, &g.constants(conv));
    let groups = grid(op, [(n * oh * ow).div_ceil(TILE), conv.groups * f.div_ceil(TILE), 1])?;
    let operands = vec![Operand::Input(0), Operand::Input(1), Operand::Output];
    Ok(Lowering::one(Dispatch { kernel, operands, groups }, g.work()))
}

/// `dx` from `dy` and `w`.
pub fn input_gradient(op: &Op, conv: &Conv2d, g: &Geometry) -> Result<Lowering> {
    let ([n, .., h, w], c) = (g.x, g.w[1]);
    direct(op, "input_gradient", conv, g, [n * h * w, c])
}

fn direct(op: &Op, entry: &'static str, conv: &Conv2d, g: &Geometry, [positions, channels]: [usize; 2]) -> Result<Lowering> {
    let kernel = Kernel::new(CONV2D, entry, 3, &g.constants(conv));
    let groups = grid(op, [positions.div_ceil(POSITIONS), conv.groups * channels.div_ceil(4), 1])?;
    let operands = vec![Operand::Input(0), Operand::Input(1), Operand::Output];
    Ok(Lowering::one(Dispatch { kernel, operands, groups }, g.work()))
}

/// `dw` from `x` and `dy`.
pub fn weight_gradient(conv: &Conv2d, g: &Geometry, target: Target) -> Lowering {
    let rows = g.y[0] * g.y[2];
    let taps: usize = g.w[1..].iter().product();
    let tiles = conv.groups * (g.w[0] / conv.groups).div_ceil(4) * taps.div_ceil(4);
    let splits = choice::weight_gradient_splits(tiles, rows, target);
    let slice = rows.div_ceil(splits);
    let splits = rows.div_ceil(slice.max(1)).max(1);
    let mut constants = g.constants(conv);
    constants.extend([("SPLITS", splits), ("SLICE", slice)]);
    let kernel = Kernel::new(CONV2D_WEIGHT_GRAD, "main", 3, &constants);
    let to = if splits == 1 { Operand::Output } else { Operand::Scratch(0) };
    let operands = vec![Operand::Input(0), Operand::Input(1), to];
    let mut lowering = Lowering::one(Dispatch { kernel, operands, groups: linear(tiles * splits) }, g.work());
    if splits > 1 {
        let values = g.w.iter().product();
        lowering.scratch.push(splits * values);
        lowering.dispatches.push(sum_parts(1, splits, values, Operand::Scratch(0)));
    }
    lowering
}
