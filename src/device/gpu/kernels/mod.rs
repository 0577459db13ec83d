//! From an operation to dispatches: which shader, which constants, how many workgroups.
//!
//! [`lower`] is one exhaustive match. The choice between variants is the table in `choice`, the arithmetic of strides in a
//! family's file, the algorithm itself in the shader. Nothing here touches the device.

mod choice;
mod conv;
mod image;
mod index;
mod linalg;
mod movement;
mod reduce;

use super::fused;
use super::pipelines::{FILL, Kernel};
use crate::error::{Error, Result};
use crate::graph::{DType, Node, Op, Shape};

/// Threads of a workgroup of the one-dimensional kernels.
const THREADS: usize = 64;
/// Workgroups along one dimension: WebGPU's default limit.
const MAX_GROUPS: usize = 65_535;

/// What the choice of variants depends on besides shapes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Target {
    /// The adapter is a program on the CPU: barriers are dear, a few hundred threads suffice.
    pub software: bool,
}

/// An input of the operation to be lowered.
#[derive(Debug, Clone, Copy)]
pub struct Input<'a> {
    pub shape: &'a Shape,
    pub dtype: DType,
    /// Equal for inputs that lie in the same memory.
    pub value: usize,
}

/// What a binding of a dispatch is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Operand {
    Input(usize),
    Output,
    /// Temporary memory of this operation.
    Scratch(usize),
}

/// One dispatch whose operands have no place yet.
#[derive(Debug, Clone)]
pub struct Dispatch {
    pub kernel: Kernel,
    pub operands: Vec<Operand>,
    pub groups: [u32; 3],
}

/// An operation as dispatches.
#[derive(Debug, Clone, Default)]
pub struct Lowering {
    pub dispatches: Vec<Dispatch>,
    /// Sizes of the temporary tensors, in values.
    pub scratch: Vec<usize>,
    /// Multiply-adds, roughly: how long it takes.
    pub work: u64,
}

impl Lowering {
    fn one(dispatch: Dispatch, work: usize) -> Self {
        Self { dispatches: vec![dispatch], scratch: Vec::new(), work: work as u64 }
    }
}

/// Workgroups for `count` one-dimensional threads.
pub fn linear(count: usize) -> [u32; 3] {
    folded(count.div_ceil(THREADS))
}

/// Workgroups for `count` threads of the kernels with 8 × 8 values each: so few to a group that every core gets some.
fn wide(count: usize) -> [u32; 3] {
    folded(count.div_ceil(16))
}

/// So many workgroups, in two dimensions where one is not enough.
fn folded(groups: usize) -> [u32; 3] {
    let groups = groups.max(1);
    let x = groups.min(MAX_GROUPS);
    [x as u32, groups.div_ceil(x) as u32, 1]
}

/// `[x, y, z]` workgroups, or an error naming what is too large.
fn grid(op: &Op, groups: [usize; 3]) -> Result<[u32; 3], Error> {
    if groups.iter().any(|&g| g > MAX_GROUPS) {
        let message = format!("{} needs {groups:?} workgroups, the limit is {MAX_GROUPS} a dimension", op.name());
        return Err(Error::Device { device: super::adapter::NAME, message });
    }
    Ok(groups.map(|g| g.max(1) as u32))
}

/// `op` on `inputs`, giving `node`'s shape. With `in_place = Some(i)` the output lies in input `i`'s memory (element-wise only).
pub fn lower(node: &Node, inputs: &[Input], target: Target, in_place: Option<usize>) -> Result<Lowering> {
    let shape = &node.shape;
    if shape.is_empty() {
        return Ok(Lowering::default());
    }
    match &node.op {
        Op::Input { .. } | Op::State { .. } | Op::Constant(_) | Op::Fill { .. } | Op::Iota { .. } | Op::Reshape { .. } => {
            Ok(Lowering::default())
        }
        Op::Unary(_) | Op::Binary(_) | Op::Select | Op::Cast(_) | Op::Fused(_) => fused::lower(node, inputs, in_place),
        Op::Broadcast { .. } => Ok(movement::broadcast(inputs[0].shape, shape)),
        Op::Transpose { perm } => Ok(movement::transpose(inputs[0].shape, perm, shape)),
        Op::Slice { starts, .. } => Ok(movement::slice(inputs[0].shape, starts, shape)),
        Op::Concat { axis } => Ok(movement::concat(inputs, *axis, shape)),
        Op::Pad { before, value, .. } => Ok(movement::pad(inputs[0].shape, before, value.0, shape)),
        Op::Reduce { kind, axes } => Ok(reduce::reduce(inputs[0].shape, *kind, axes, target)),
        Op::MatMul { ta, tb } => linalg::matmul(&node.op, inputs[0].shape, inputs[1].shape, *ta, *tb, target),
        Op::ArgMax { axis } => Ok(index::argmax(inputs[0].shape, *axis, shape)),
        Op::LogSoftmax => Ok(index::log_softmax(shape)),
        Op::Conv2d(conv) => conv::forward(&node.op, conv, &conv::Geometry::new(inputs[0].shape, inputs[1].shape, shape), target),
        Op::Conv2dInputGrad { conv, .. } => {
            conv::input_gradient(&node.op, conv, &conv::Geometry::new(shape, inputs[1].shape, inputs[0].shape), target)
        }
        Op::Conv2dWeightGrad { conv, .. } => {
            Ok(conv::weight_gradient(conv, &conv::Geometry::new(inputs[0].shape, shape, inputs[1].shape), target))
        }
        Op::MaxPool2d(pool) => Ok(image::pool("maximum", pool, inputs[0].shape, shape, 1, shape)),
        Op::MaxPool2dGrad(pool) => Ok(image::max_pool_gradient(pool, shape, inputs[1].shape)),
        Op::MaxPool2dSelect(pool) => Ok(image::pool("maximum_select", pool, inputs[0].shape, shape, 2, shape)),
        Op::AvgPool2d(pool) => Ok(image::pool("average", pool, inputs[0].shape, shape, 1, shape)),
        Op::AvgPool2dGrad { pool, .. } => Ok(image::pool("average_gradient", pool, shape, inputs[0].shape, 1, shape)),
        Op::Resize2d { mode, .. } => Ok(image::resize("forward", *mode, inputs[0].shape, shape, shape)),
        Op::Resize2dGrad { mode, .. } => Ok(image::resize("gradient", *mode, shape, inputs[0].shape, shape)),
        Op::Gather => Ok(index::gather(inputs[0].shape, shape)),
        Op::ScatterAdd { .. } => Ok(index::scatter_add(inputs[0].shape, shape)),
        Op::OneHot { depth } => Ok(index::one_hot(*depth, shape)),
        Op::Random { distribution, stream, .. } => Ok(index::random(*distribution, *stream, shape)),
        Op::Permutation { n, stream } => Ok(index::permutation(*n, *stream, shape)),
    }
}

/// `bits` everywhere in `operand`, which has `count` values.
fn fill(operand: Operand, bits: u32, count: usize) -> Dispatch {
    let kernel = Kernel { constants: vec![("VALUE", bits)], ..Kernel::new(FILL, "main", 1, &[]) };
    Dispatch { kernel, operands: vec![operand], groups: linear(count) }
}
