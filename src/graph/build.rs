//! Building a graph with ordinary arithmetic: a [`Var`] is a node seen through its [`Builder`], and `x.matmul(w) + b` adds nodes.
//!
//! The first error is kept and everything after it is inert, so formulas need no `?`; ask [`Builder::check`] at boundaries, and
//! [`Builder::finish`] returns it in any case. Element-wise operators broadcast as in NumPy, through explicit `Broadcast` nodes.
//! After an error a `Var` has rank 0: use [`Var::dim`], which never panics.

use std::cell::{Cell, RefCell};
use std::ops;
use std::sync::Arc;

use super::op::{Binary, Conv2d, Distribution, Literal, Op, Pool2d, Reduce, Resize, Scalar, Unary};
use super::shape::{DType, Shape};
use super::{Graph, Node, NodeId, infer};
use crate::error::{Error, Result};
use crate::tensor::Tensor;

/// A graph under construction.
#[derive(Default)]
pub struct Builder {
    graph: RefCell<Graph>,
    error: RefCell<Option<Error>>,
    scope: RefCell<Vec<String>>,
    streams: Cell<u32>,
}

/// A node of a graph under construction; copy it freely.
#[derive(Clone, Copy)]
pub struct Var<'b> {
    builder: &'b Builder,
    id: NodeId,
}

impl Builder {
    pub fn new() -> Self {
        Self::default()
    }

    /// The finished graph, or the first error met on the way.
    pub fn finish(self) -> Result<Graph> {
        match self.error.into_inner() {
            None => Ok(self.graph.into_inner()),
            Some(error) => Err(error),
        }
    }

    /// The first error met so far.
    pub fn check(&self) -> Result<()> {
        self.error.borrow().clone().map_or(Ok(()), Err)
    }

    /// Runs `body` with `name` added to the labels of the nodes it makes: `conv1/…`.
    pub fn scope<T>(&self, name: &str, body: impl FnOnce() -> T) -> T {
        self.scope.borrow_mut().push(name.to_string());
        let result = body();
        self.scope.borrow_mut().pop();
        result
    }

    /// The graph as it stands.
    pub fn graph(&self) -> std::cell::Ref<'_, Graph> {
        self.graph.borrow()
    }

    /// The node `id` as a variable.
    pub fn var(&self, id: NodeId) -> Var<'_> {
        Var { builder: self, id }
    }

    /// Adds a node. Everything else here is written in terms of this.
    pub fn push(&self, op: Op, inputs: &[Var]) -> Var<'_> {
        let poison = Var { builder: self, id: NodeId(u32::MAX) };
        if self.error.borrow().is_some() {
            return poison;
        }
        let label = self.scope.borrow().join("/");
        let mut graph = self.graph.borrow_mut();
        let types: Vec<_> = inputs.iter().map(|v| (graph.node(v.id).shape.clone(), graph.node(v.id).dtype)).collect();
        match infer(&op, &types.iter().collect::<Vec<_>>(), &label) {
            Ok((shape, dtype)) => {
                let id = NodeId(graph.nodes.len() as u32);
                graph.nodes.push(Node { op, inputs: inputs.iter().map(|v| v.id).collect(), shape, dtype, label });
                Var { builder: self, id }
            }
            Err(error) => {
                *self.error.borrow_mut() = Some(error);
                poison
            }
        }
    }

    /// Records `error` unless an earlier one stands, and gives the inert variable.
    pub fn fail(&self, error: Error) -> Var<'_> {
        self.error.borrow_mut().get_or_insert(error);
        Var { builder: self, id: NodeId(u32::MAX) }
    }

    /// A tensor handed over at each run.
    pub fn input(&self, name: &str, shape: impl Into<Shape>, dtype: DType) -> Var<'_> {
        self.push(Op::Input { name: name.into(), shape: shape.into(), dtype }, &[])
    }

    /// The value of the state `name` at the start of the run.
    pub fn state(&self, name: &str, shape: impl Into<Shape>, dtype: DType) -> Var<'_> {
        self.push(Op::State { name: name.into(), shape: shape.into(), dtype }, &[])
    }

    /// After the run, the state `name` has the value `value`. A second update of one state replaces the first.
    pub fn update(&self, name: &str, value: Var) {
        if self.error.borrow().is_none() {
            self.graph.borrow_mut().updates.insert(name, value.id);
        }
    }

    /// Makes `value` readable after a run under `name`.
    pub fn output(&self, name: &str, value: Var) {
        if self.error.borrow().is_none() {
            self.graph.borrow_mut().outputs.insert(name, value.id);
        }
    }

    /// A literal tensor.
    pub fn constant(&self, tensor: Tensor) -> Var<'_> {
        self.push(Op::Constant(Literal(Arc::new(tensor))), &[])
    }

    /// A rank-0 constant.
    pub fn scalar(&self, value: f32) -> Var<'_> {
        self.fill(value, Shape::scalar())
    }

    /// A rank-0 `u32` constant.
    pub fn scalar_u32(&self, value: u32) -> Var<'_> {
        self.push(
            Op::Constant(Literal(Arc::new(
                Tensor::from_bytes(Shape::scalar(), DType::U32, &value.to_le_bytes()).expect("four bytes are one value"),
            ))),
            &[],
        )
    }

    /// `value` everywhere.
    pub fn fill(&self, value: f32, shape: impl Into<Shape>) -> Var<'_> {
        self.push(Op::Fill { value: Scalar(value), shape: shape.into() }, &[])
    }

    /// 0, 1, …, n−1 as `u32`.
    pub fn iota(&self, n: usize) -> Var<'_> {
        self.push(Op::Iota { n }, &[])
    }

    /// Random numbers from `key` (`u32[2]`: seed, step). Every call draws from a stream of its own, numbered in order of building.
    pub fn random(&self, distribution: Distribution, key: Var, shape: impl Into<Shape>) -> Var<'_> {
        self.push(Op::Random { distribution, stream: self.stream(), shape: shape.into() }, &[key])
    }

    /// Where a pseudo-random permutation of 0..n, chosen by `key` (`u32[2]`: seed, step), sends each `position`.
    pub fn permutation(&self, n: usize, key: Var, position: Var) -> Var<'_> {
        self.push(Op::Permutation { n, stream: self.stream() }, &[key, position])
    }

    fn stream(&self) -> u32 {
        self.streams.replace(self.streams.get() + 1)
    }

    /// The inputs behind one another along `axis`.
    pub fn concat<'b>(&'b self, axis: usize, parts: &[Var<'b>]) -> Var<'b> {
        self.push(Op::Concat { axis }, parts)
    }
}

impl<'b> Var<'b> {
    pub fn id(self) -> NodeId {
        self.id
    }

    pub fn builder(self) -> &'b Builder {
        self.builder
    }

    fn read<T>(self, get: impl FnOnce(&Node) -> T) -> Option<T> {
        self.builder.graph.borrow().nodes.get(self.id.index()).map(get)
    }

    /// The shape; rank 0 after an error.
    pub fn shape(self) -> Shape {
        self.read(|n| n.shape.clone()).unwrap_or_default()
    }

    /// The size of dimension `i`; 1 where there is none.
    pub fn dim(self, i: usize) -> usize {
        self.read(|n| n.shape.get(i).copied()).flatten().unwrap_or(1)
    }

    pub fn rank(self) -> usize {
        self.read(|n| n.shape.rank()).unwrap_or(0)
    }

    pub fn dtype(self) -> DType {
        self.read(|n| n.dtype).unwrap_or(DType::F32)
    }

    /// Gives this node a label of its own, for pictures and messages.
    pub fn named(self, label: &str) -> Self {
        if let Some(node) = self.builder.graph.borrow_mut().nodes.get_mut(self.id.index()) {
            node.label = label.to_string();
        }
        self
    }

    pub fn unary(self, op: Unary) -> Self {
        self.builder.push(Op::Unary(op), &[self])
    }

    /// `self op other` with NumPy broadcasting.
    pub fn binary(self, op: Binary, other: Self) -> Self {
        let (a, b) = (self.shape(), other.shape());
        match a.broadcast(&b) {
            Some(shape) => self.builder.push(Op::Binary(op), &[self.broadcast(&shape), other.broadcast(&shape)]),
            None => self.builder.fail(Error::Shape {
                op: op.name(),
                message: format!("{a} and {b} do not broadcast"),
                label: String::new(),
            }),
        }
    }

    /// This tensor repeated to `shape` (right-aligned); itself where nothing is to be done.
    pub fn broadcast(self, shape: impl Into<Shape>) -> Self {
        let (from, shape) = (self.shape(), shape.into());
        if from == shape {
            return self;
        }
        let missing = shape.rank().saturating_sub(from.rank());
        let aligned = if missing > 0 { self.reshape([vec![1; missing], from.to_vec()].concat()) } else { self };
        if aligned.shape() == shape { aligned } else { self.builder.push(Op::Broadcast { shape }, &[aligned]) }
    }

    /// The same values under another shape; itself where nothing is to be done.
    pub fn reshape(self, shape: impl Into<Shape>) -> Self {
        let shape = shape.into();
        if self.shape() == shape { self } else { self.builder.push(Op::Reshape { shape }, &[self]) }
    }

    pub fn abs(self) -> Self {
        self.unary(Unary::Abs)
    }
    pub fn sign(self) -> Self {
        self.unary(Unary::Sign)
    }
    pub fn floor(self) -> Self {
        self.unary(Unary::Floor)
    }
    pub fn exp(self) -> Self {
        self.unary(Unary::Exp)
    }
    pub fn log(self) -> Self {
        self.unary(Unary::Log)
    }
    pub fn sqrt(self) -> Self {
        self.unary(Unary::Sqrt)
    }
    pub fn rsqrt(self) -> Self {
        self.unary(Unary::Rsqrt)
    }
    pub fn recip(self) -> Self {
        self.unary(Unary::Recip)
    }
    pub fn sin(self) -> Self {
        self.unary(Unary::Sin)
    }
    pub fn cos(self) -> Self {
        self.unary(Unary::Cos)
    }
    pub fn tanh(self) -> Self {
        self.unary(Unary::Tanh)
    }
    pub fn sigmoid(self) -> Self {
        self.unary(Unary::Sigmoid)
    }
    pub fn relu(self) -> Self {
        self.unary(Unary::Relu)
    }
    /// x for x > 0, else `slope`·x.
    pub fn leaky_relu(self, slope: f32) -> Self {
        self.unary(Unary::LeakyRelu(Scalar(slope)))
    }
    pub fn softplus(self) -> Self {
        self.unary(Unary::Softplus)
    }
    pub fn erf(self) -> Self {
        self.unary(Unary::Erf)
    }
    /// x·Φ(x), exactly (Hendrycks & Gimpel 2016), not by the tanh approximation.
    pub fn gelu(self) -> Self {
        self * 0.5 * ((self * std::f32::consts::FRAC_1_SQRT_2).erf() + 1.0)
    }
    pub fn square(self) -> Self {
        self * self
    }
    pub fn pow(self, exponent: Self) -> Self {
        self.binary(Binary::Pow, exponent)
    }
    pub fn min(self, other: Self) -> Self {
        self.binary(Binary::Min, other)
    }
    pub fn max(self, other: Self) -> Self {
        self.binary(Binary::Max, other)
    }
    /// min(max(x, lo), hi).
    pub fn clamp(self, lo: f32, hi: f32) -> Self {
        self.max(self.builder.scalar(lo)).min(self.builder.scalar(hi))
    }
    pub fn lt(self, other: Self) -> Self {
        self.binary(Binary::Lt, other)
    }
    pub fn le(self, other: Self) -> Self {
        self.binary(Binary::Le, other)
    }
    pub fn gt(self, other: Self) -> Self {
        self.binary(Binary::Gt, other)
    }
    pub fn ge(self, other: Self) -> Self {
        self.binary(Binary::Ge, other)
    }
    pub fn equal(self, other: Self) -> Self {
        self.binary(Binary::Eq, other)
    }
    pub fn not_equal(self, other: Self) -> Self {
        self.binary(Binary::Ne, other)
    }

    /// Where this condition is not 0, `a`, else `b`; all three broadcast together.
    pub fn select(self, a: Self, b: Self) -> Self {
        let shape = a.shape().broadcast(&b.shape()).and_then(|s| s.broadcast(&self.shape()));
        match shape {
            Some(s) => self.builder.push(Op::Select, &[self.broadcast(&s), a.broadcast(&s), b.broadcast(&s)]),
            None => {
                let message = format!("{}, {} and {} do not broadcast", self.shape(), a.shape(), b.shape());
                self.builder.fail(Error::Shape { op: "select", message, label: String::new() })
            }
        }
    }

    /// Converted to `dtype`; itself where it has it.
    pub fn cast(self, dtype: DType) -> Self {
        if self.dtype() == dtype { self } else { self.builder.push(Op::Cast(dtype), &[self]) }
    }

    /// Output dimension `i` is input dimension `perm[i]`.
    pub fn transpose(self, perm: &[usize]) -> Self {
        self.builder.push(Op::Transpose { perm: perm.to_vec() }, &[self])
    }

    /// The block that begins at `starts` and has `sizes`.
    pub fn slice(self, starts: &[usize], sizes: &[usize]) -> Self {
        self.builder.push(Op::Slice { starts: starts.to_vec(), sizes: sizes.to_vec() }, &[self])
    }

    /// Surrounded by `value`.
    pub fn pad(self, before: &[usize], after: &[usize], value: f32) -> Self {
        self.builder.push(Op::Pad { before: before.to_vec(), after: after.to_vec(), value: Scalar(value) }, &[self])
    }

    /// Reduced over `axes`, which stay with size 1.
    pub fn reduce_keep(self, kind: Reduce, axes: &[usize]) -> Self {
        self.builder.push(Op::Reduce { kind, axes: axes.to_vec() }, &[self])
    }

    /// Reduced over `axes`, which go away.
    pub fn reduce(self, kind: Reduce, axes: &[usize]) -> Self {
        let kept: Vec<usize> = self.shape().iter().enumerate().filter(|(i, _)| !axes.contains(i)).map(|(_, &d)| d).collect();
        self.reduce_keep(kind, axes).reshape(kept)
    }

    pub fn sum(self, axes: &[usize]) -> Self {
        self.reduce(Reduce::Sum, axes)
    }
    pub fn mean(self, axes: &[usize]) -> Self {
        self.reduce(Reduce::Mean, axes)
    }
    /// The largest value over `axes`.
    pub fn reduce_max(self, axes: &[usize]) -> Self {
        self.reduce(Reduce::Max, axes)
    }
    /// The sum of all values, rank 0.
    pub fn sum_all(self) -> Self {
        self.sum(&(0..self.rank()).collect::<Vec<_>>())
    }
    /// The mean of all values, rank 0.
    pub fn mean_all(self) -> Self {
        self.mean(&(0..self.rank()).collect::<Vec<_>>())
    }

    /// The index of the first largest value along `axis`, `u32`, without that dimension.
    pub fn argmax(self, axis: usize) -> Self {
        let kept: Vec<usize> = self.shape().iter().enumerate().filter(|(i, _)| *i != axis).map(|(_, &d)| d).collect();
        self.builder.push(Op::ArgMax { axis }, &[self]).reshape(kept)
    }

    /// log softmax along the last dimension.
    pub fn log_softmax(self) -> Self {
        self.builder.push(Op::LogSoftmax, &[self])
    }

    /// Matrix product `[.., M, K]` × `[.., K, N]`, rank 2 or 3.
    pub fn matmul(self, other: Self) -> Self {
        self.matmul_t(false, other, false)
    }

    /// Matrix product with either operand stored transposed.
    pub fn matmul_t(self, ta: bool, other: Self, tb: bool) -> Self {
        self.builder.push(Op::MatMul { ta, tb }, &[self, other])
    }

    /// `[N, Cin, H, W]` ⋆ `[Cout, Cin/groups, KH, KW]`.
    pub fn conv2d(self, weight: Self, conv: Conv2d) -> Self {
        self.builder.push(Op::Conv2d(conv), &[self, weight])
    }

    /// The transposed convolution: `self` `[N, Cout, OH, OW]` spread by `weight` over an image of `output` = `[H, W]`.
    pub fn conv2d_transpose(self, weight: Self, conv: Conv2d, output: [usize; 2]) -> Self {
        self.builder.push(Op::Conv2dInputGrad { conv, input: output }, &[self, weight])
    }

    pub fn max_pool2d(self, pool: Pool2d) -> Self {
        self.builder.push(Op::MaxPool2d(pool), &[self])
    }
    pub fn avg_pool2d(self, pool: Pool2d) -> Self {
        self.builder.push(Op::AvgPool2d(pool), &[self])
    }
    pub fn resize2d(self, mode: Resize, output: [usize; 2]) -> Self {
        self.builder.push(Op::Resize2d { mode, output }, &[self])
    }

    /// Rows of this tensor at `index`.
    pub fn gather(self, index: Self) -> Self {
        self.builder.push(Op::Gather, &[self, index])
    }

    /// 1 at this index, 0 elsewhere, along a new last dimension of size `depth`.
    pub fn one_hot(self, depth: usize) -> Self {
        self.builder.push(Op::OneHot { depth }, &[self])
    }
}

/// `Var op Var`, `Var op f32` and `f32 op Var`.
macro_rules! operator {
    ($trait:ident, $method:ident, $op:expr) => {
        impl<'b> ops::$trait<Var<'b>> for Var<'b> {
            type Output = Var<'b>;
            fn $method(self, other: Var<'b>) -> Var<'b> {
                self.binary($op, other)
            }
        }
        impl<'b> ops::$trait<f32> for Var<'b> {
            type Output = Var<'b>;
            fn $method(self, other: f32) -> Var<'b> {
                self.binary($op, self.builder.scalar(other))
            }
        }
        impl<'b> ops::$trait<Var<'b>> for f32 {
            type Output = Var<'b>;
            fn $method(self, other: Var<'b>) -> Var<'b> {
                other.builder.scalar(self).binary($op, other)
            }
        }
    };
}

operator!(Add, add, Binary::Add);
operator!(Sub, sub, Binary::Sub);
operator!(Mul, mul, Binary::Mul);
operator!(Div, div, Binary::Div);

impl<'b> ops::Neg for Var<'b> {
    type Output = Var<'b>;
    fn neg(self) -> Var<'b> {
        self.unary(Unary::Neg)
    }
}
