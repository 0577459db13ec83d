//! Broadcast, transpose, slice, concatenation and padding: all are `place.wgsl` with other strides.

use super::super::pipelines::{Kernel, PLACE};
use super::{Dispatch, Input, Lowering, Operand, fill, linear};
use crate::graph::{MAX_RANK, Shape};

/// A block to copy: its dimensions, and strides and offset on both sides.
struct Block<'a> {
    dims: &'a [usize],
    from: (usize, Vec<usize>),
    to: (usize, Vec<usize>),
}

fn place(source: Operand, block: Block) -> Dispatch {
    let missing = MAX_RANK - block.dims.len();
    let aligned = |values: &[usize], fill: usize| [&vec![fill; missing][..], values].concat();
    let (d, s, t) = (aligned(block.dims, 1), aligned(&block.from.1, 0), aligned(&block.to.1, 0));
    let count: usize = d.iter().product();
    let constants = [
        ("COUNT", count),
        ("FROM", block.from.0),
        ("TO", block.to.0),
        ("D1", d[1]),
        ("D2", d[2]),
        ("D3", d[3]),
        ("D4", d[4]),
        ("D5", d[5]),
        ("S0", s[0]),
        ("S1", s[1]),
        ("S2", s[2]),
        ("S3", s[3]),
        ("S4", s[4]),
        ("S5", s[5]),
        ("T0", t[0]),
        ("T1", t[1]),
        ("T2", t[2]),
        ("T3", t[3]),
        ("T4", t[4]),
        ("T5", t[5]),
    ];
    Dispatch { kernel: Kernel::new(PLACE, "main", 2, &constants), operands: vec![source, Operand::Output], groups: linear(count) }
}

/// The offset of the coordinate `at` under `strides`.
fn offset(at: &[usize], strides: &[usize]) -> usize {
    at.iter().zip(strides).map(|(c, s)| c * s).sum()
}

pub fn broadcast(from: &Shape, to: &Shape) -> Lowering {
    let strides = from.strides().iter().zip(from.iter()).map(|(&s, &d)| if d == 1 { 0 } else { s }).collect();
    Lowering::one(place(Operand::Input(0), Block { dims: to, from: (0, strides), to: (0, to.strides()) }), to.len())
}

pub fn transpose(from: &Shape, perm: &[usize], to: &Shape) -> Lowering {
    let strides = from.strides();
    let permuted = perm.iter().map(|&p| strides[p]).collect();
    Lowering::one(place(Operand::Input(0), Block { dims: to, from: (0, permuted), to: (0, to.strides()) }), to.len())
}

pub fn slice(from: &Shape, starts: &[usize], to: &Shape) -> Lowering {
    let strides = from.strides();
    let block = Block { dims: to, from: (offset(starts, &strides), strides), to: (0, to.strides()) };
    Lowering::one(place(Operand::Input(0), block), to.len())
}

pub fn concat(inputs: &[Input], axis: usize, to: &Shape) -> Lowering {
    let strides = to.strides();
    let mut start = 0;
    let mut dispatches = Vec::new();
    for (i, input) in inputs.iter().enumerate() {
        if !input.shape.is_empty() {
            let block = Block { dims: input.shape, from: (0, input.shape.strides()), to: (start * strides[axis], strides.clone()) };
            dispatches.push(place(Operand::Input(i), block));
        }
        start += input.shape[axis];
    }
    Lowering { dispatches, scratch: Vec::new(), work: to.len() as u64 }
}

pub fn pad(from: &Shape, before: &[usize], value: f32, to: &Shape) -> Lowering {
    let mut dispatches = vec![fill(Operand::Output, value.to_bits(), to.len())];
    if !from.is_empty() {
        let strides = to.strides();
        let block = Block { dims: from, from: (0, from.strides()), to: (offset(before, &strides), strides) };
        dispatches.push(place(Operand::Input(0), block));
    }
    Lowering { dispatches, scratch: Vec::new(), work: to.len() as u64 }
}
