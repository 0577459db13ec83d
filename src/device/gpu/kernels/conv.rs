//! Convolution and its two adjoints.

use super::super::pipelines::{CONV2D, CONV2D_TILED, CONV2D_WEIGHT_GRAD, CONV2D_WEIGHT_GRAD_WIDE, CONV2D_WIDE, Kernel};
use super::choice::{self, TILE, Tile};
use super::reduce::sum_parts;
use super::{Dispatch, Lowering, Operand, Target, grid, linear, wide};
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
    match choice::convolution(f, taps, target) {
        Tile::Small => return direct(op, "forward", conv, g, [n * oh * ow, f]),
        Tile::Wide => return Ok(wide_direct(conv, g, false)),
        Tile::Shared => {}
    }
    let kernel = Kernel::new(CONV2D_TILED, "main", 3, &g.constants(conv));
    let groups = grid(op, [(n * oh * ow).div_ceil(TILE), conv.groups * f.div_ceil(TILE), 1])?;
    let operands = vec![Operand::Input(0), Operand::Input(1), Operand::Output];
    Ok(Lowering::one(Dispatch { kernel, operands, groups }, g.work()))
}

/// `dx` from `dy` and `w`.
pub fn input_gradient(op: &Op, conv: &Conv2d, g: &Geometry, target: Target) -> Result<Lowering> {
    let ([n, .., h, w], c) = (g.x, g.w[1]);
    if choice::wide(&[c], target) {
        return Ok(wide_direct(conv, g, true));
    }
    direct(op, "input_gradient", conv, g, [n * h * w, c])
}

fn direct(op: &Op, entry: &'static str, conv: &Conv2d, g: &Geometry, [positions, channels]: [usize; 2]) -> Result<Lowering> {
    let kernel = Kernel::new(CONV2D, entry, 3, &g.constants(conv));
    let groups = grid(op, [positions.div_ceil(POSITIONS), conv.groups * channels.div_ceil(4), 1])?;
    let operands = vec![Operand::Input(0), Operand::Input(1), Operand::Output];
    Ok(Lowering::one(Dispatch { kernel, operands, groups }, g.work()))
}

/// `y` from `x` and `w`, or `dx` from `dy` and `w`, 8 × 8 values a thread.
fn wide_direct(conv: &Conv2d, g: &Geometry, backward: bool) -> Lowering {
    let ([n, _, h, w], [f, c, kh, kw], [_, _, oh, ow]) = (g.x, g.w, g.y);
    let ((x, x_step), (y, y_step)) = (([c, h, w], kh * kw), ([f / conv.groups, oh, ow], c * kh * kw));
    let ((result, result_step), (source, source_step)) =
        if backward { ((x, x_step), (y, y_step)) } else { ((y, y_step), (x, x_step)) };
    let span = (n * result[1] * result[2]).div_ceil(8);
    let count = span * result[0].div_ceil(8) * conv.groups;
    let constants = [
        ("BACKWARD", usize::from(backward)),
        ("COUNT", count),
        ("SPAN", span),
        ("GROUPS", conv.groups),
        ("N", n),
        ("R", result[0]),
        ("RH", result[1]),
        ("RW", result[2]),
        ("S", source[0]),
        ("SH", source[1]),
        ("SW", source[2]),
        ("RSTEP", result_step),
        ("SSTEP", source_step),
        ("KH", kh),
        ("KW", kw),
        ("SY", conv.stride[0]),
        ("SX", conv.stride[1]),
        ("PY", conv.pads[0][0]),
        ("PX", conv.pads[1][0]),
        ("DY", conv.dilation[0]),
        ("DX", conv.dilation[1]),
    ];
    let kernel = Kernel::new(CONV2D_WIDE, "main", 3, &constants);
    let operands = vec![Operand::Input(0), Operand::Input(1), Operand::Output];
    Lowering::one(Dispatch { kernel, operands, groups: wide(count) }, g.work())
}

/// `dw` from `x` and `dy`.
pub fn weight_gradient(conv: &Conv2d, g: &Geometry, target: Target) -> Lowering {
    let rows = g.y[0] * g.y[2];
    let taps: usize = g.w[1..].iter().product();
    let filters = g.w[0] / conv.groups;
    let is_wide = choice::wide(&[filters, taps], target);
    let side = if is_wide { 8 } else { 4 };
    let tiles = conv.groups * filters.div_ceil(side) * taps.div_ceil(side);
    let splits = choice::weight_gradient_splits(tiles, rows, target);
    let slice = rows.div_ceil(splits);
    let splits = rows.div_ceil(slice.max(1)).max(1);
    let mut constants = g.constants(conv);
    constants.extend([("SPLITS", splits), ("SLICE", slice)]);
    let count = tiles * splits;
    let (source, groups) = if is_wide {
        constants.extend([("COUNT", count), ("FILTERS", filters.div_ceil(8)), ("TAPS", taps.div_ceil(8))]);
        (CONV2D_WEIGHT_GRAD_WIDE, wide(count))
    } else {
        (CONV2D_WEIGHT_GRAD, linear(count))
    };
    let kernel = Kernel::new(source, "main", 3, &constants);
    let to = if splits == 1 { Operand::Output } else { Operand::Scratch(0) };
    let operands = vec![Operand::Input(0), Operand::Input(1), to];
    let mut lowering = Lowering::one(Dispatch { kernel, operands, groups }, g.work());
    if splits > 1 {
        let values = g.w.iter().product();
        lowering.scratch.push(splits * values);
        lowering.dispatches.push(sum_parts(1, splits, values, Operand::Scratch(0)));
    }
    lowering
}
