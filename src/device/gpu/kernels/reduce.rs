//! Reductions over axes.

use super::super::pipelines::{Kernel, REDUCE};
use super::{Dispatch, Lowering, Operand, Target, choice, linear};
use crate::graph::{Reduce, Shape};

/// Size and stride of a dimension.
type Dim = (usize, usize);

/// Merges neighbouring dimensions of one kind; at most three kept and three reduced ones remain of rank 6, padded in front.
fn merge(shape: &Shape, axes: &[usize]) -> ([Dim; 3], [Dim; 3]) {
    let mut runs: Vec<(bool, Dim)> = Vec::new();
    for (axis, (&size, stride)) in shape.iter().zip(shape.strides()).enumerate() {
        let reduced = axes.contains(&axis);
        match runs.last_mut() {
            _ if size == 1 => {}
            Some((kind, dim)) if *kind == reduced => *dim = (dim.0 * size, stride),
            _ => runs.push((reduced, (size, stride))),
        }
    }
    let of = |kind: bool| {
        let dims: Vec<Dim> = runs.iter().filter(|run| run.0 == kind).map(|run| run.1).collect();
        let mut padded = [(1, 0); 3];
        padded[3 - dims.len()..].copy_from_slice(&dims);
        padded
    };
    (of(false), of(true))
}

/// One pass over `reduced`, by `parts` threads for each output.
fn pass(kind: Reduce, (kept, reduced): ([Dim; 3], [Dim; 3]), parts: usize, divisor: usize, from: Operand, to: Operand) -> Dispatch {
    let size = |dims: &[Dim; 3]| dims.iter().map(|d| d.0).product::<usize>();
    let (outputs, count) = (size(&kept), size(&reduced));
    // Neighbouring threads should read neighbouring values.
    let outputs_first = kept[2].1 == 1;
    let constants = [
        ("MAX", (kind == Reduce::Max) as usize),
        ("OUTPUTS", outputs),
        ("PARTS", parts),
        ("OUTPUT_STEP", if outputs_first { 1 } else { parts }),
        ("PART_STEP", if outputs_first { outputs } else { 1 }),
        ("DIVISOR", divisor),
        ("COUNT", count),
        ("K1", kept[1].0),
        ("K2", kept[2].0),
        ("KS0", kept[0].1),
        ("KS1", kept[1].1),
        ("KS2", kept[2].1),
        ("R1", reduced[1].0),
        ("R2", reduced[2].0),
        ("RS0", reduced[0].1),
        ("RS1", reduced[1].1),
        ("RS2", reduced[2].1),
    ];
    let kernel = Kernel::new(REDUCE, "main", 2, &constants);
    Dispatch { kernel, operands: vec![from, to], groups: linear(outputs * parts) }
}

/// `parts` partial results `[outputs, parts]` (or `[batch, parts, inner]` with `inner` > 1) summed into the output.
pub fn sum_parts(batch: usize, parts: usize, inner: usize, from: Operand) -> Dispatch {
    let kept = [(1, 0), (batch, parts * inner), (inner, 1)];
    pass(Reduce::Sum, (kept, [(1, 0), (1, 0), (parts, inner)]), 1, 1, from, Operand::Output)
}

pub fn reduce(from: &Shape, kind: Reduce, axes: &[usize], target: Target) -> Lowering {
    let dims = merge(from, axes);
    let outputs = from.reduced(axes).len();
    let count = from.len() / outputs.max(1);
    let divisor = if kind == Reduce::Mean { count } else { 1 };
    let parts = choice::reduction_parts(outputs, count, target);
    if parts == 1 {
        return Lowering::one(pass(kind, dims, 1, divisor, Operand::Input(0), Operand::Output), from.len());
    }
    let partial = if kind == Reduce::Max { Reduce::Max } else { Reduce::Sum };
    let rows = ([(1, 0), (1, 0), (outputs, parts)], [(1, 0), (1, 0), (parts, 1)]);
    Lowering {
        dispatches: vec![
            pass(partial, dims, parts, 1, Operand::Input(0), Operand::Scratch(0)),
            pass(partial, rows, 1, divisor, Operand::Scratch(0), Operand::Output),
        ],
        scratch: vec![outputs * parts],
        work: from.len() as u64,
    }
}
