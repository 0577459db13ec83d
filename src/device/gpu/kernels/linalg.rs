//! Matrix products: the choice between the two kernels, and split-K for small outputs.

use super::super::pipelines::{Kernel, MATMUL, MATMUL_TILED};
use super::reduce::sum_parts;
use super::{Dispatch, Lowering, Operand, Target, grid};
use crate::error::Result;
use crate::graph::{Op, Shape};

/// Rows and columns of a workgroup's tile.
const TILE: usize = 32;

/// How a matrix product is computed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Plan {
    /// Through workgroup memory.
    tiled: bool,
    /// Slices of K, each computed by threads of its own.
    splits: usize,
}

/// The table of variants. `threads`: 4 × 4 blocks of the output.
fn choose(threads: usize, m: usize, n: usize, k: usize, target: Target) -> Plan {
    // Each slice keeps at least 64 steps, or the second pass costs more than it saves.
    let splits = (target.wanted_threads() / threads.max(1)).min(k / 64).clamp(1, 64);
    // A tile mostly beyond the edge, or barriers on a software adapter, waste more than the tile saves.
    let tiled = !target.software && m >= TILE / 2 && n >= TILE / 2 && k >= TILE / 2;
    Plan { tiled, splits }
}

pub fn matmul(op: &Op, a: &Shape, b: &Shape, ta: bool, tb: bool, target: Target) -> Result<Lowering> {
    let r = a.rank();
    let batch = if r == 3 { a[0] } else { 1 };
    let (m, k) = if ta { (a[r - 1], a[r - 2]) } else { (a[r - 2], a[r - 1]) };
    let n = if tb { b[r - 2] } else { b[r - 1] };
    let plan = choose(batch * m.div_ceil(4) * n.div_ceil(4), m, n, k, target);
    let slice = k.div_ceil(plan.splits);
    let splits = k.div_ceil(slice.max(1)).max(1);
    let constants = [
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
    let kernel = Kernel::new(if plan.tiled { MATMUL_TILED } else { MATMUL }, "main", 3, &constants);
    let to = if splits == 1 { Operand::Output } else { Operand::Scratch(0) };
    let groups = grid(op, [n.div_ceil(TILE), m.div_ceil(TILE), batch * splits])?;
    let mut lowering =
        Lowering::one(Dispatch { kernel, operands: vec![Operand::Input(0), Operand::Input(1), to], groups }, batch * m * n * k);
    if splits > 1 {
        lowering.scratch.push(batch * splits * m * n);
        lowering.dispatches.push(sum_parts(batch, splits, m * n, Operand::Scratch(0)));
    }
    Ok(lowering)
}
