//! Which kernel computes which operation: the one exhaustive match of the CPU device.

use crate::graph::{DType, Graph, Instruction, Node, Op, Shape};
use crate::tensor::Data;
use vitrine_kernels::buffer::Kernel;
use vitrine_kernels::{conv, fused, gather, gemm, movement, pool, random, reduce, weight_grad};

/// How a node gets its value.
pub enum Prepared {
    /// Handed over at each run.
    Input(String),
    /// Read from the store.
    State(String),
    /// The same words at every run.
    Constant(Vec<f32>),
    /// The words of its input under another shape.
    Alias,
    /// Computed.
    Kernel(Kernel),
}

/// Fills of more values than this are computed when needed instead of kept.
const LARGEST_KEPT_FILL: usize = 1 << 12;

pub fn prepare(graph: &Graph, node: &Node) -> Prepared {
    let input = |i: usize| graph.node(node.inputs[i]);
    let shape = |i: usize| &input(i).shape;
    let shapes = || -> Vec<&Shape> { node.inputs.iter().map(|&id| &graph.node(id).shape).collect() };
    let out = &node.shape;
    Prepared::Kernel(match &node.op {
        Op::Input { name, .. } => return Prepared::Input(name.clone()),
        Op::State { name, .. } => return Prepared::State(name.clone()),
        Op::Constant(literal) => {
            return Prepared::Constant(match literal.0.data() {
                Data::F32(values) => values.clone(),
                Data::U32(values) => bytemuck::cast_slice(values).to_vec(),
            });
        }
        Op::Fill { value, .. } if out.len() <= LARGEST_KEPT_FILL => return Prepared::Constant(vec![value.0; out.len()]),
        Op::Fill { value, .. } => {
            let value = value.0;
            Kernel::new(move |_, out| out.fill(value))
        }
        Op::Iota { n } => return Prepared::Constant((0..*n as u32).map(f32::from_bits).collect()),
        Op::Unary(op) => fused::single(Instruction::Unary(*op, 0), 1, out),
        Op::Binary(op) if node.dtype == DType::U32 => gather::binary(*op),
        Op::Binary(op) => fused::single(Instruction::Binary(*op, [0, 1]), 2, out),
        Op::Select => fused::single(Instruction::Select([0, 1, 2]), 3, out),
        Op::Cast(to) => gather::cast(input(0).dtype, *to),
        Op::Fused(chain) => fused::kernel(chain, &shapes()),
        Op::Broadcast { .. } => movement::broadcast(shape(0), out),
        Op::Reshape { .. } => return Prepared::Alias,
        Op::Transpose { perm } => movement::transpose(shape(0), out, perm),
        Op::Slice { starts, .. } => movement::slice(shape(0), starts, out),
        Op::Concat { axis } => movement::concat(&shapes(), *axis, out),
        Op::Pad { before, value, .. } => movement::pad(shape(0), before, out, value.0),
        Op::Reduce { kind, axes } => reduce::reduce(*kind, shape(0), axes),
        Op::ArgMax { axis } => reduce::argmax(shape(0), *axis),
        Op::LogSoftmax => reduce::log_softmax(out),
        Op::MatMul { ta, tb } => gemm::matmul(shape(0), shape(1), out, *ta, *tb),
        Op::Conv2d(conv) => conv::conv2d(conv, shape(0), shape(1), out),
        Op::Conv2dInputGrad { conv, .. } => conv::input_grad(conv, shape(0), shape(1), out),
        Op::Conv2dWeightGrad { conv, .. } => weight_grad::weight_grad(conv, shape(0), shape(1), out),
        Op::MaxPool2d(pool) => pool::max_pool(*pool, shape(0), out),
        Op::MaxPool2dGrad(pool) => pool::max_pool_grad(*pool, out, shape(1)),
        Op::MaxPool2dSelect(pool) => pool::max_pool_select(*pool, shape(0), out),
        Op::AvgPool2d(pool) => pool::avg_pool(*pool, shape(0), out),
        Op::AvgPool2dGrad { pool, .. } => pool::avg_pool_grad(*pool, out, shape(0)),
        Op::Resize2d { mode, .. } => pool::resize(*mode, shape(0), out),
        Op::Resize2dGrad { mode, .. } => pool::resize_grad(*mode, shape(0), out),
        Op::Gather => gather::gather(shape(0)),
        Op::ScatterAdd { .. } => gather::scatter_add(out),
        Op::OneHot { depth } => gather::one_hot(*depth),
        Op::Random { distribution, stream, .. } => random::random(*distribution, *stream),
        Op::Permutation { n, stream } => random::permutation(*n, *stream),
    })
}
