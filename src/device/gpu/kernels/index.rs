//! Gather and its adjoint, one-hot, argmax, log-softmax, and random numbers.

use super::super::pipelines::{INDEX, Kernel, LOG_SOFTMAX, RANDOM};
use super::{Dispatch, Lowering, Operand, linear};
use crate::graph::{Distribution, Shape};

/// The constants of `index.wgsl`.
struct Rows {
    count: usize,
    rows: usize,
    width: usize,
    last: usize,
}

fn index(entry: &'static str, inputs: usize, rows: Rows, work: usize) -> Lowering {
    let constants = [("COUNT", rows.count), ("ROWS", rows.rows), ("WIDTH", rows.width), ("LAST", rows.last)];
    let kernel = Kernel::new(INDEX, entry, inputs + 1, &constants);
    let operands = (0..inputs).map(Operand::Input).chain([Operand::Output]).collect();
    Lowering::one(Dispatch { kernel, operands, groups: linear(rows.count) }, work)
}

pub fn gather(table: &Shape, output: &Shape) -> Lowering {
    let width = table[1..].iter().product();
    index("gather", 2, Rows { count: output.len(), rows: table[0], width, last: table[0] - 1 }, output.len())
}

pub fn scatter_add(indices: &Shape, output: &Shape) -> Lowering {
    let width = output[1..].iter().product();
    let rows = Rows { count: output.len(), rows: indices.len(), width, last: output[0] - 1 };
    index("scatter_add", 2, rows, output.len() * indices.len())
}

pub fn one_hot(depth: usize, output: &Shape) -> Lowering {
    index("one_hot", 1, Rows { count: output.len(), rows: 0, width: depth, last: 0 }, output.len())
}

pub fn argmax(input: &Shape, axis: usize, output: &Shape) -> Lowering {
    let width = input[axis + 1..].iter().product();
    index("argmax", 1, Rows { count: output.len(), rows: input[axis], width, last: 0 }, input.len())
}

pub fn log_softmax(shape: &Shape) -> Lowering {
    let width = shape[shape.rank() - 1];
    let rows = shape.len() / width;
    let kernel = Kernel::new(LOG_SOFTMAX, "main", 2, &[("ROWS", rows), ("WIDTH", width)]);
    let dispatch = Dispatch { kernel, operands: vec![Operand::Input(0), Operand::Output], groups: linear(rows) };
    Lowering::one(dispatch, 3 * shape.len())
}

pub fn random(distribution: Distribution, stream: u32, shape: &Shape) -> Lowering {
    let entry = match distribution {
        Distribution::Uniform => "uniform_numbers",
        Distribution::Normal => "normal_numbers",
    };
    // One thread makes the four values of a block.
    draw(entry, 1, stream, shape.len(), 1, linear(shape.len().div_ceil(4)))
}

pub fn permutation(n: usize, stream: u32, shape: &Shape) -> Lowering {
    draw("permutation", 2, stream, shape.len(), n, linear(shape.len()))
}

fn draw(entry: &'static str, inputs: usize, stream: u32, count: usize, period: usize, groups: [u32; 3]) -> Lowering {
    let bits = usize::BITS - (period - 1).leading_zeros();
    let constants =
        [("STREAM", stream as usize), ("COUNT", count), ("PERIOD", period), ("HALF_BITS", bits.div_ceil(2).max(1) as usize)];
    let kernel = Kernel::new(RANDOM, entry, inputs + 1, &constants);
    let operands = (0..inputs).map(Operand::Input).chain([Operand::Output]).collect();
    Lowering::one(Dispatch { kernel, operands, groups }, 32 * count)
}
