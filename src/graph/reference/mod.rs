//! The reference semantics: every operation in `f64`, by plain loops that say what it is.
//!
//! Devices are tested against this, gradients by finite differences of this. It is not meant to be fast, and reads best beside the
//! definitions of [`Op`].

pub mod scalar;
mod spatial;

use std::collections::BTreeMap;

use super::random::{self, Permutation};
use super::{DType, Distribution, Fused, Graph, Instruction, Node, Op, Reduce, Shape};
use crate::error::{Error, Result};
use crate::named::Named;
use crate::tensor::{Data, Tensor};

/// A row-major tensor in double precision. Indices are whole numbers, which `f64` holds exactly.
#[derive(Debug, Clone, PartialEq)]
pub struct Tensor64 {
    pub shape: Shape,
    pub dtype: DType,
    pub values: Vec<f64>,
}

impl From<&Tensor> for Tensor64 {
    fn from(tensor: &Tensor) -> Self {
        let values = match tensor.data() {
            Data::F32(values) => values.iter().copied().map(f64::from).collect(),
            Data::U32(values) => values.iter().copied().map(f64::from).collect(),
        };
        Self { shape: tensor.shape().clone(), dtype: tensor.dtype(), values }
    }
}

/// What a run gives.
#[derive(Debug, Clone, PartialEq)]
pub struct Evaluation {
    /// The value of every node.
    pub values: Vec<Tensor64>,
    pub outputs: BTreeMap<String, Tensor64>,
    /// The new values of the updated states.
    pub updates: BTreeMap<String, Tensor64>,
}

/// Runs `graph` once. An error where an input or state is missing or has another type than the graph says.
pub fn evaluate(graph: &Graph, inputs: &BTreeMap<String, Tensor64>, states: &BTreeMap<String, Tensor64>) -> Result<Evaluation> {
    let mut values: Vec<Tensor64> = Vec::with_capacity(graph.nodes.len());
    for node in &graph.nodes {
        let given = |what: &str, from: &BTreeMap<String, Tensor64>, name: &str| {
            let tensor = from.get(name).ok_or_else(|| Error::Run(format!("there is no {what} `{name}`")))?;
            if (&tensor.shape, tensor.dtype) == (&node.shape, node.dtype) {
                return Ok(tensor.values.clone());
            }
            let (expected, got) = (&node.shape, &tensor.shape);
            Err(Error::Run(format!("the {what} `{name}` must be {}{expected}, not {}{got}", node.dtype, tensor.dtype)))
        };
        let result = match &node.op {
            Op::Input { name, .. } => given("input", inputs, name)?,
            Op::State { name, .. } => given("state", states, name)?,
            _ => compute(node, &node.inputs.iter().map(|id| &values[id.index()]).collect::<Vec<_>>()),
        };
        values.push(Tensor64 { shape: node.shape.clone(), dtype: node.dtype, values: result });
    }
    let named = |ids: &Named<super::NodeId>| {
        ids.iter().map(|(name, id)| (name.to_string(), values[id.index()].clone())).collect::<BTreeMap<_, _>>()
    };
    let (outputs, updates) = (named(&graph.outputs), named(&graph.updates));
    Ok(Evaluation { values, outputs, updates })
}

/// The values of `node`, given those of its inputs `x`.
fn compute(node: &Node, x: &[&Tensor64]) -> Vec<f64> {
    let shape = &node.shape;
    // The result whose value at each index is that of input 0 at another index.
    let moved = |from: &dyn Fn(&[usize]) -> Vec<usize>| build(shape, |at| x[0].at(&from(at)));
    let key = || [x[0].values[0] as u32, x[0].values[1] as u32];
    match &node.op {
        Op::Input { .. } | Op::State { .. } => unreachable!("sources are handed over"),
        Op::Constant(literal) => Tensor64::from(&*literal.0).values,
        Op::Fill { value, .. } => vec![f64::from(value.0); shape.len()],
        Op::Iota { n } => (0..*n).map(|i| i as f64).collect(),

        Op::Unary(f) => x[0].values.iter().map(|&v| scalar::unary(*f, v)).collect(),
        Op::Binary(f) => x[0]
            .values
            .iter()
            .zip(&x[1].values)
            .map(|(&a, &b)| match node.dtype {
                DType::F32 => scalar::binary(*f, a, b),
                DType::U32 => f64::from(scalar::binary_u32(*f, a as u32, b as u32)),
            })
            .collect(),
        Op::Select => (0..shape.len()).map(|i| x[if x[0].values[i] != 0.0 { 1 } else { 2 }].values[i]).collect(),
        Op::Cast(DType::F32) => x[0].values.clone(),
        Op::Cast(DType::U32) => x[0].values.iter().map(|&v| f64::from(v as u32)).collect(),
        Op::Fused(fused) => build(shape, |at| run_fused(fused, x, at)),

        Op::Broadcast { .. } => build(shape, |at| x[0].repeated(at)),
        Op::Reshape { .. } => x[0].values.clone(),
        Op::Transpose { perm } => moved(&|at| {
            let mut from = vec![0; at.len()];
            perm.iter().zip(at).for_each(|(&p, &i)| from[p] = i);
            from
        }),
        Op::Slice { starts, .. } => moved(&|at| at.iter().zip(starts).map(|(i, start)| i + start).collect()),
        Op::Concat { axis } => build(shape, |at| {
            let mut from = at.to_vec();
            let mut parts = x.iter();
            loop {
                let part = parts.next().expect("the parts are as long as the whole");
                if from[*axis] < part.shape[*axis] {
                    return part.at(&from);
                }
                from[*axis] -= part.shape[*axis];
            }
        }),
        Op::Pad { before, value, .. } => build(shape, |at| {
            let from: Option<Vec<usize>> = at.iter().zip(before).map(|(i, before)| i.checked_sub(*before)).collect();
            let inside = from.filter(|from| from.iter().zip(x[0].shape.iter()).all(|(i, size)| i < size));
            inside.map_or(f64::from(value.0), |from| x[0].at(&from))
        }),

        Op::Reduce { kind, .. } => {
            let mut result = vec![if *kind == Reduce::Max { f64::NEG_INFINITY } else { 0.0 }; shape.len()];
            for_each_index(&x[0].shape, |at| {
                let (to, value) = (offset(shape, &clipped(shape, at)), x[0].at(at));
                match kind {
                    Reduce::Sum | Reduce::Mean => result[to] += value,
                    Reduce::Max if value > result[to] || value.is_nan() => result[to] = value,
                    Reduce::Max => {}
                }
            });
            if *kind == Reduce::Mean {
                let count = x[0].values.len() as f64 / result.len() as f64;
                result.iter_mut().for_each(|sum| *sum /= count);
            }
            result
        }
        Op::ArgMax { axis } => build(shape, |at| {
            let value = |i: usize| x[0].at(&[&at[..*axis], &[i], &at[axis + 1..]].concat());
            (1..x[0].shape[*axis]).fold(0, |best, i| if value(i) > value(best) { i } else { best }) as f64
        }),
        Op::LogSoftmax => {
            let row_of = |row: &[f64]| {
                let max = row.iter().copied().fold(f64::NEG_INFINITY, f64::max);
                let log_sum = max + row.iter().map(|v| (v - max).exp()).sum::<f64>().ln();
                row.iter().map(|v| v - log_sum).collect::<Vec<_>>()
            };
            x[0].values.chunks(shape[shape.rank() - 1].max(1)).flat_map(row_of).collect()
        }

        Op::MatMul { ta, tb } => {
            let inner = x[0].shape[x[0].shape.rank() - if *ta { 2 } else { 1 }];
            build(shape, |at| {
                let (batch, [m, n]) = (&at[..at.len() - 2], [at[at.len() - 2], at[at.len() - 1]]);
                let entry = |t: &Tensor64, row, column| t.at(&[batch, &[row, column]].concat());
                let a = |k| if *ta { entry(x[0], k, m) } else { entry(x[0], m, k) };
                let b = |k| if *tb { entry(x[1], n, k) } else { entry(x[1], k, n) };
                (0..inner).map(|k| a(k) * b(k)).sum()
            })
        }
        Op::Conv2d(conv) => spatial::conv2d(conv, x[0], x[1], shape),
        Op::Conv2dInputGrad { conv, .. } => spatial::conv2d_input_grad(conv, x[0], x[1], shape),
        Op::Conv2dWeightGrad { conv, .. } => spatial::conv2d_weight_grad(conv, x[0], x[1], shape),

        Op::MaxPool2d(pool) => spatial::max_pool2d(pool, x[0], x[0], shape),
        Op::MaxPool2dSelect(pool) => spatial::max_pool2d(pool, x[0], x[1], shape),
        Op::MaxPool2dGrad(pool) => spatial::max_pool2d_grad(pool, x[0], x[1]),
        Op::AvgPool2d(pool) => spatial::avg_pool2d(pool, x[0], shape),
        Op::AvgPool2dGrad { pool, .. } => spatial::avg_pool2d_grad(pool, x[0], shape),
        Op::Resize2d { mode, .. } => spatial::resize2d(*mode, x[0], shape),
        Op::Resize2dGrad { mode, .. } => spatial::resize2d_grad(*mode, x[0], shape),

        Op::Gather => {
            let (rows, width) = (x[0].shape[0], x[0].values.len() / x[0].shape[0]);
            let row = |&index: &f64| &x[0].values[(index as usize).min(rows - 1) * width..][..width];
            x[1].values.iter().flat_map(row).copied().collect()
        }
        Op::ScatterAdd { n } => {
            let mut result = vec![0.0; shape.len()];
            let width = shape.len() / n;
            for (i, &index) in x[0].values.iter().enumerate() {
                let to = (index as usize).min(n - 1) * width;
                (0..width).for_each(|j| result[to + j] += x[1].values[i * width + j]);
            }
            result
        }
        Op::OneHot { depth } => {
            let hot = |&index: &f64| (0..*depth).map(move |i| if index == i as f64 { 1.0 } else { 0.0 });
            x[0].values.iter().flat_map(hot).collect()
        }

        Op::Random { distribution, stream, .. } => {
            let four = |block: usize| {
                let words = random::block(key(), *stream, block as u32);
                match distribution {
                    Distribution::Uniform => words.map(|word| f64::from(random::uniform(word))),
                    Distribution::Normal => random::normals(words),
                }
            };
            (0..shape.len().div_ceil(4)).flat_map(four).take(shape.len()).collect()
        }
        Op::Permutation { n, stream } => {
            let permutation = Permutation::new(*n as u32, key(), *stream);
            x[1].values.iter().map(|&position| f64::from(permutation.at(position as u32))).collect()
        }
    }
}

fn run_fused(fused: &Fused, x: &[&Tensor64], at: &[usize]) -> f64 {
    let mut values: Vec<f64> = Vec::with_capacity(fused.instructions.len());
    for instruction in &fused.instructions {
        values.push(match *instruction {
            Instruction::Load(operand) => x[operand].repeated(at),
            Instruction::Constant(value) => f64::from(value.0),
            Instruction::Unary(f, a) => scalar::unary(f, values[a]),
            Instruction::Binary(f, [a, b]) => scalar::binary(f, values[a], values[b]),
            Instruction::Select([c, a, b]) => values[if values[c] != 0.0 { a } else { b }],
        });
    }
    values[values.len() - 1]
}

impl Tensor64 {
    fn at(&self, index: &[usize]) -> f64 {
        self.values[offset(&self.shape, index)]
    }

    /// The value at `index` of this tensor repeated along its size-1 dimensions.
    fn repeated(&self, index: &[usize]) -> f64 {
        self.at(&clipped(&self.shape, index))
    }
}

/// `index` with 0 wherever `shape` has size 1.
fn clipped(shape: &Shape, index: &[usize]) -> Vec<usize> {
    index.iter().zip(shape.iter()).map(|(&i, &size)| if size == 1 { 0 } else { i }).collect()
}

/// The position of `index` in row-major order.
fn offset(shape: &Shape, index: &[usize]) -> usize {
    index.iter().zip(shape.iter()).fold(0, |offset, (&i, &size)| offset * size + i)
}

/// Calls `visit` with every index of `shape` in row-major order.
fn for_each_index(shape: &Shape, mut visit: impl FnMut(&[usize])) {
    let mut index = vec![0; shape.rank()];
    for _ in 0..shape.len() {
        visit(&index);
        for d in (0..index.len()).rev() {
            index[d] += 1;
            if index[d] < shape[d] {
                break;
            }
            index[d] = 0;
        }
    }
}

/// The values of a tensor of `shape` by index.
fn build(shape: &Shape, mut value: impl FnMut(&[usize]) -> f64) -> Vec<f64> {
    let mut values = Vec::with_capacity(shape.len());
    for_each_index(shape, |index| values.push(value(index)));
    values
}
