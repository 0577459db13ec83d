//! Matrix products, with split-K for small outputs.

use super::super::pipelines::{Kernel, MATMUL, MATMUL_TILED, MATMUL_WIDE};
use super::choice::{self, TILE, Tile};
use super::reduce::sum_parts;
use super::{Dispatch, Lowering, Operand, Target, grid, wide};
use crate::error::Result;
use crate::graph::{Op, Shape};

pub fn matmul(op: &Op, a: &Shape, b: &Shape, ta: bool, tb: bool, target: Target) -> Result<Lowering> {
    let r = a.rank();
    let batch = if r == 3 { a[0] } else { 1 };
    let (m, k) = if ta { (a[r - 1], a[r - 2]) } else { (a[r - 2], a[r - 1]) };
    let n = if tb { b[r - 2] } else { b[r - 1] };
    let plan = choice::product(batch, [m, n, k], target);
    let slice = k.div_ceil(plan.splits);
    let splits = k.div_ceil(slice.max(1)).max(1);
    let mut constants = vec![
        ("M", m),
        ("N", n),
        ("K", k),
        ("A_BATCH", m * k),
        ("A_ROW", if ta { 1 } else { k }),
        ("A_COLUMN", if ta { m } else { 1 }),
        ("B_BATCH", k * n),
        ("B_ROW", if tb { 1 } else { n }),
        ("B_COLUMN", if tb { k } else { 1 }),
        ("SPLITS", splits),
        ("SLICE", slice),
    ];
    let (source, groups) = match plan.tile {
        Tile::Wide => {
            let (rows, columns) = (m.div_ceil(8), n.div_ceil(8));
            let count = batch * splits * rows * columns;
            constants.extend([("COUNT", count), ("ROWS", rows), ("COLUMNS", columns)]);
            (MATMUL_WIDE, wide(count))
        }
        tile => {
            let source = if tile == Tile::Shared { MATMUL_TILED } else { MATMUL };
            (source, grid(op, [n.div_ceil(TILE), m.div_ceil(TILE), batch * splits])?)
        }
    };
    let kernel = Kernel::new(source, "main", 3, &constants);
    let to = if splits == 1 { Operand::Output } else { Operand::Scratch(0) };
    let mut lowering =
        Lowering::one(Dispatch { kernel, operands: vec![Operand::Input(0), Operand::Input(1), to], groups }, batch * m * n * k);
    if splits > 1 {
        lowering.scratch.push(batch * splits * m * n);
        lowering.dispatches.push(sum_parts(batch, splits, m * n, Operand::Scratch(0)));
    }
    Ok(lowering)
}
