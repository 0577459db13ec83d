//! Reverse-mode differentiation, graph to graph.
//!
//! [`rule`] is the whole of it: for each operation, the gradient of a scalar with respect to the operation's inputs, given the
//! gradient `dy` with respect to its output `y`. Rules are written with [`Var`]s, so a gradient is more graph, made of the same
//! operations: it can be differentiated again, to any order, optimised, printed and run on every device.
//!
//! Conventions where a function has a kink: `relu` has derivative 0 at 0; `abs` has 0 at 0; at a tie, `min` and `max` give half of
//! `dy` to each side and a maximum over axes shares it evenly among the winners (so do PyTorch and JAX), while max pooling, as
//! everywhere, takes the first winner. Integers, comparisons and random numbers pass no gradient on.

use super::build::{Builder, Var};
use super::op::{Binary, Op, Reduce, Unary};
use super::shape::DType;
use super::{Node, NodeId};
use crate::error::Error;

/// A replacement for the gradient rule of some nodes: given a node and the gradient at its output, the gradient at each of its
/// inputs, or `None` to keep the ordinary rule.
pub type Rules<'r, 'b> = dyn Fn(Var<'b>, Var<'b>) -> Option<Vec<Var<'b>>> + 'r;

impl Builder {
    /// ∂y/∂x for each `x` in `wrt`, of the shape of `x`; `y` is an `f32` of rank 0. Zeros where `y` does not depend on `x`.
    pub fn grad<'b>(&'b self, y: Var<'b>, wrt: &[Var<'b>]) -> Vec<Var<'b>> {
        self.grad_with(y, wrt, &|_, _| None)
    }

    /// [`grad`](Self::grad) with the rule of some nodes replaced, as in guided back-propagation.
    pub fn grad_with<'b>(&'b self, y: Var<'b>, wrt: &[Var<'b>], rules: &Rules<'_, 'b>) -> Vec<Var<'b>> {
        self.backward(y, wrt, rules).unwrap_or_else(|error| {
            let inert = self.fail(error);
            vec![inert; wrt.len()]
        })
    }

    fn backward<'b>(&'b self, y: Var<'b>, wrt: &[Var<'b>], rules: &Rules<'_, 'b>) -> Result<Vec<Var<'b>>, Error> {
        self.check()?;
        if y.rank() != 0 || y.dtype() != DType::F32 {
            return Err(Error::Graph(format!("only an f32 of rank 0 has a gradient, not {}{}", y.dtype(), y.shape())));
        }
        if let Some(x) = wrt.iter().find(|x| x.dtype() != DType::F32) {
            return Err(Error::Graph(format!("there is no gradient with respect to {}{}", x.dtype(), x.shape())));
        }

        let wanted = self.dependents(wrt, y.id());
        let mut gradients: Vec<Option<Var<'b>>> = vec![None; wanted.len()];
        gradients[y.id().index()] = Some(self.scalar(1.0));
        for index in (0..wanted.len()).rev().filter(|&i| wanted[i]) {
            let Some(dy) = gradients[index] else { continue };
            let Node { op, inputs, label, .. } = self.graph().nodes[index].clone();
            let node = self.var(NodeId(index as u32));
            let inputs: Vec<_> = inputs.into_iter().map(|id| self.var(id)).collect();
            let scope = if label.is_empty() { "grad".to_string() } else { format!("grad/{label}") };
            self.scope(&scope, || {
                let parts = match rules(node, dy) {
                    Some(parts) => parts.into_iter().map(Some).collect(),
                    None => rule(&op, &inputs, node, dy),
                };
                self.check()?;
                if parts.len() != inputs.len() {
                    return Err(Error::Graph(format!(
                        "{} gradients for the {} inputs of {}",
                        parts.len(),
                        inputs.len(),
                        op.name()
                    )));
                }
                for (x, dx) in inputs.iter().zip(parts) {
                    let Some(dx) = dx.filter(|_| wanted[x.id().index()]) else { continue };
                    if dx.shape() != x.shape() {
                        let message = format!("a gradient of shape {} for an input of shape {}", dx.shape(), x.shape());
                        return Err(Error::Shape { op: op.name(), message, label: label.clone() });
                    }
                    let sum = &mut gradients[x.id().index()];
                    *sum = Some(sum.map_or(dx, |other| other + dx));
                }
                Ok(())
            })?;
        }
        let gradient = |x: &Var<'b>| gradients.get(x.id().index()).copied().flatten().unwrap_or_else(|| self.fill(0.0, x.shape()));
        Ok(wrt.iter().map(gradient).collect())
    }

    /// For each node up to `y`: whether it is one of `wrt` or a float computed from them.
    fn dependents(&self, wrt: &[Var], y: NodeId) -> Vec<bool> {
        let mut depends = vec![false; y.index() + 1];
        for x in wrt.iter().filter(|x| x.id() <= y) {
            depends[x.id().index()] = true;
        }
        for (i, node) in self.graph().nodes[..=y.index()].iter().enumerate() {
            depends[i] |= node.dtype == DType::F32 && node.inputs.iter().any(|x| depends[x.index()]);
        }
        depends
    }
}

/// The gradients at the inputs `x` of `y = op(x)`, given the gradient `dy` at `y`. `None`: no gradient flows there.
fn rule<'b>(op: &Op, x: &[Var<'b>], y: Var<'b>, dy: Var<'b>) -> Vec<Option<Var<'b>>> {
    let b = dy.builder();
    let none = vec![None; x.len()];
    let one = |dx| vec![Some(dx)];
    let two = |da, db| vec![Some(da), Some(db)];
    let side = |i: usize| [x[i].dim(2), x[i].dim(3)];
    match op {
        // y does not change, or jumps, with its inputs.
        Op::Input { .. } | Op::State { .. } | Op::Constant(_) | Op::Fill { .. } | Op::Iota { .. } => none,
        Op::ArgMax { .. } | Op::OneHot { .. } | Op::Random { .. } | Op::Permutation { .. } => none,

        Op::Unary(f) => vec![unary(*f, x[0], y, dy)],
        Op::Binary(f) => binary(*f, x[0], x[1], y, dy),
        Op::Select => vec![None, Some(x[0].select(dy, b.scalar(0.0))), Some(x[0].select(b.scalar(0.0), dy))],
        Op::Cast(_) => vec![(x[0].dtype() == y.dtype()).then_some(dy)],
        Op::Fused(_) => one(b.fail(Error::Graph("differentiate first, fuse afterwards: a fused node has no gradient rule".into()))),

        Op::Broadcast { shape } => {
            let repeated: Vec<usize> = (0..shape.rank()).filter(|&i| x[0].dim(i) != shape[i]).collect();
            one(dy.reduce_keep(Reduce::Sum, &repeated))
        }
        Op::Reshape { .. } => one(dy.reshape(x[0].shape())),
        Op::Transpose { perm } => {
            let mut inverse = vec![0; perm.len()];
            perm.iter().enumerate().for_each(|(i, &p)| inverse[p] = i);
            one(dy.transpose(&inverse))
        }
        Op::Slice { starts, sizes } => {
            let after: Vec<usize> = (0..sizes.len()).map(|i| x[0].dim(i) - starts[i] - sizes[i]).collect();
            one(dy.pad(starts, &after, 0.0))
        }
        Op::Concat { axis } => {
            let mut starts = vec![0; y.rank()];
            let part = |x: &Var<'b>| {
                let dx = dy.slice(&starts, &x.shape());
                starts[*axis] += x.dim(*axis);
                Some(dx)
            };
            x.iter().map(part).collect()
        }
        Op::Pad { before, .. } => one(dy.slice(before, &x[0].shape())),

        Op::Reduce { kind: Reduce::Sum, .. } => one(dy.broadcast(x[0].shape())),
        Op::Reduce { kind: Reduce::Mean, .. } => {
            let share = y.shape().len() as f32 / x[0].shape().len() as f32;
            one((dy * share).broadcast(x[0].shape()))
        }
        Op::Reduce { kind: Reduce::Max, axes } => {
            let wins = x[0].equal(y);
            one(wins * (dy / wins.reduce_keep(Reduce::Sum, axes)))
        }
        // y = x − ln Σ eˣ along the last axis, so softmax(x) = e^y.
        Op::LogSoftmax => one(dy - y.exp() * dy.reduce_keep(Reduce::Sum, &[y.rank() - 1])),

        // Y = A·B: dA = dY·Bᵀ and dB = Aᵀ·dY, themselves transposed where the operand is stored so.
        Op::MatMul { ta, tb } => {
            let da = if *ta { x[1].matmul_t(*tb, dy, true) } else { dy.matmul_t(false, x[1], !*tb) };
            let db = if *tb { dy.matmul_t(true, x[0], *ta) } else { x[0].matmul_t(!*ta, dy, false) };
            two(da, db)
        }
        // The form ⟨conv(x, w), g⟩ is linear in each of x, w and g. These three operations are its derivatives, each in one of
        // them, so the gradients of any of the three are the other two.
        Op::Conv2d(conv) => two(
            b.push(Op::Conv2dInputGrad { conv: *conv, input: side(0) }, &[dy, x[1]]),
            b.push(Op::Conv2dWeightGrad { conv: *conv, kernel: side(1) }, &[x[0], dy]),
        ),
        Op::Conv2dInputGrad { conv, .. } => {
            two(b.push(Op::Conv2d(*conv), &[dy, x[1]]), b.push(Op::Conv2dWeightGrad { conv: *conv, kernel: side(1) }, &[dy, x[0]]))
        }
        Op::Conv2dWeightGrad { conv, .. } => {
            two(b.push(Op::Conv2dInputGrad { conv: *conv, input: side(0) }, &[x[1], dy]), b.push(Op::Conv2d(*conv), &[x[0], dy]))
        }

        // Which cell wins is piecewise constant in x; routing to the winners and picking the winners are adjoint to each other.
        Op::MaxPool2d(pool) => one(b.push(Op::MaxPool2dGrad(*pool), &[x[0], dy])),
        Op::MaxPool2dGrad(pool) => vec![None, Some(b.push(Op::MaxPool2dSelect(*pool), &[x[0], dy]))],
        Op::MaxPool2dSelect(pool) => vec![None, Some(b.push(Op::MaxPool2dGrad(*pool), &[x[0], dy]))],
        Op::AvgPool2d(pool) => one(b.push(Op::AvgPool2dGrad { pool: *pool, input: side(0) }, &[dy])),
        Op::AvgPool2dGrad { pool, .. } => one(b.push(Op::AvgPool2d(*pool), &[dy])),
        Op::Resize2d { mode, .. } => one(b.push(Op::Resize2dGrad { mode: *mode, input: side(0) }, &[dy])),
        Op::Resize2dGrad { mode, .. } => one(b.push(Op::Resize2d { mode: *mode, output: side(0) }, &[dy])),

        Op::Gather => vec![Some(b.push(Op::ScatterAdd { n: x[0].dim(0) }, &[x[1], dy])), None],
        Op::ScatterAdd { .. } => vec![None, Some(dy.gather(x[0]))],
    }
}

/// The gradient at `x` of `y = f(x)`; by way of `y` where that is cheaper.
fn unary<'b>(f: Unary, x: Var<'b>, y: Var<'b>, dy: Var<'b>) -> Option<Var<'b>> {
    let zero = || x.builder().scalar(0.0);
    Some(match f {
        Unary::Sign | Unary::Floor => return None,
        Unary::Neg => -dy,
        Unary::Abs => dy * x.sign(),
        Unary::Exp => dy * y,
        Unary::Log => dy / x,
        Unary::Sqrt => dy * 0.5 / y,
        Unary::Rsqrt => dy * -0.5 * y * y * y,
        Unary::Recip => -(dy * y * y),
        Unary::Sin => dy * x.cos(),
        Unary::Cos => -(dy * x.sin()),
        Unary::Tanh => dy * (1.0 - y * y),
        Unary::Sigmoid => dy * (y * (1.0 - y)),
        // Not by x, so that nobody keeps x: it can be computed and used up in one kernel.
        Unary::Relu => y.gt(zero()).select(dy, zero()),
        Unary::LeakyRelu(slope) => x.gt(zero()).select(dy, dy * slope.0),
        Unary::Softplus => dy * x.sigmoid(),
        Unary::Erf => dy * std::f32::consts::FRAC_2_SQRT_PI * (-(x * x)).exp(),
    })
}

/// The gradients at `a` and `b` of `y = f(a, b)`.
fn binary<'b>(f: Binary, a: Var<'b>, b: Var<'b>, y: Var<'b>, dy: Var<'b>) -> Vec<Option<Var<'b>>> {
    let (da, db) = match f {
        Binary::Rem | Binary::Lt | Binary::Le | Binary::Gt | Binary::Ge | Binary::Eq | Binary::Ne => return vec![None, None],
        Binary::Add => (dy, dy),
        Binary::Sub => (dy, -dy),
        Binary::Mul => (dy * b, dy * a),
        Binary::Div => (dy / b, -(dy * y / b)),
        // Both formulas have a singularity that the function has not: b·a^(b−1) at a = b = 0, and ln a at a ≤ 0, where b has no
        // derivative (0 stands for it). There they are evaluated at a = 1, lest 0·∞ come out, here or in the next derivative.
        Binary::Pow => {
            let (zero, one) = (a.builder().scalar(0.0), a.builder().scalar(1.0));
            let base = (a.equal(zero) * b.equal(zero)).select(one, a);
            let positive = a.gt(zero);
            (dy * b * base.pow(b - 1.0), positive.select(dy * y * positive.select(a, one).log(), zero))
        }
        Binary::Max => share(a.gt(b), a.equal(b), dy),
        Binary::Min => share(a.lt(b), a.equal(b), dy),
    };
    vec![Some(da), Some(db)]
}

/// `dy` goes to the first side where `wins`, half to each side at a `tie`, and to the second side elsewhere.
fn share<'b>(wins: Var<'b>, tie: Var<'b>, dy: Var<'b>) -> (Var<'b>, Var<'b>) {
    let first = dy * (wins + tie * 0.5);
    (first, dy - first)
}
