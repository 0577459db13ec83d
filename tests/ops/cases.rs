//! The table of operation cases: every operation on inputs that are awkward on purpose (sizes 1, primes, no multiples of a tile).
//!
//! It is plain data and closures, so that every kind of test can be driven by it: the reference against finite differences, the CPU
//! against the reference, WebGPU against the CPU, natively and in a browser. A new operation gets a line here.

use vitrine::graph::random::Permutation;
use vitrine::graph::{Binary, Builder, Conv2d, DType, Distribution, Graph, Op, Pool2d, Reduce, Resize, Scalar, Shape, Unary, Var};
use vitrine::tensor::Tensor;

/// One operation, or a short formula, on given inputs.
pub struct Case {
    pub name: String,
    /// Handed over under the names `0`, `1`, ….
    pub inputs: Vec<Tensor>,
    pub accuracy: Accuracy,
    body: Box<Body>,
}

type Body = dyn for<'b> Fn(&'b Builder, &[Var<'b>]) -> Var<'b>;

/// How closely an `f32` device must follow the reference, relative to the largest value of the tensor (at least 1).
#[derive(Debug, Clone, Copy)]
pub enum Accuracy {
    /// Values are moved, compared or counted: not a bit may differ.
    Exact,
    /// Element-wise functions. WGSL allows e^x an error of (3 + 2|x|) units in the last place, the worst of them here; |x| ≤ 6.
    Function,
    /// Sums of this many products: 4·√n units in the last place, the probabilistic bound (Higham & Mary 2019).
    Sum(usize),
    /// Sine and cosine: as `Function`, but on a GPU WGSL promises no more than an absolute error of 2⁻¹¹.
    Trigonometric,
}

impl Accuracy {
    /// The bound for a value (`order` 0), a first or a second derivative. Derivatives are sums and products of several such values,
    /// scaled by coefficients of size up to 1: allow each order eight times the error. A derivative of exact operations sums.
    pub fn bound(self, order: u32, gpu: bool) -> f64 {
        let ulp = f64::from(f32::EPSILON);
        let value = match self {
            Accuracy::Exact if order == 0 => 0.0,
            Accuracy::Exact => 4.0 * ulp,
            Accuracy::Function => 16.0 * ulp,
            Accuracy::Sum(terms) => 4.0 * ulp * (terms as f64).sqrt().max(1.0),
            Accuracy::Trigonometric if gpu => 2.0_f64.powi(-11),
            Accuracy::Trigonometric => 16.0 * ulp,
        };
        value * 8.0_f64.powi(order as i32)
    }
}

impl Case {
    fn new(
        name: impl Into<String>,
        inputs: Vec<Tensor>,
        accuracy: Accuracy,
        body: impl for<'b> Fn(&'b Builder, &[Var<'b>]) -> Var<'b> + 'static,
    ) -> Self {
        Case { name: name.into(), inputs, accuracy, body: Box::new(body) }
    }

    /// The graph with outputs `value`; `loss1`, a weighted sum of it, and its gradients `first 0`, …; and `loss2`, a weighted sum of
    /// those, and its gradients `second 0`, …. What is made of indices has no derivatives.
    pub fn graph(&self) -> Graph {
        let b = Builder::new();
        let inputs: Vec<Var> =
            (0..).zip(&self.inputs).map(|(i, t): (u32, _)| b.input(&i.to_string(), t.shape(), t.dtype())).collect();
        let value = (self.body)(&b, &inputs);
        b.output("value", value);
        let floats: Vec<(usize, Var)> = inputs.iter().copied().enumerate().filter(|(_, x)| x.dtype() == DType::F32).collect();
        if value.dtype() == DType::F32 && !floats.is_empty() {
            let wrt: Vec<Var> = floats.iter().map(|(_, x)| *x).collect();
            let mut summed = vec![value];
            for (order, name) in [(1, "first"), (2, "second")] {
                let loss =
                    (0..).zip(&summed).map(|(i, &v)| weighted_sum(v, 10 * order + i)).reduce(|a, b| a + b).expect("not empty");
                b.output(&format!("loss{order}"), loss);
                summed = b.grad(loss, &wrt);
                for ((i, _), gradient) in floats.iter().zip(&summed) {
                    b.output(&format!("{name} {i}"), *gradient);
                }
            }
        }
        b.finish().unwrap_or_else(|error| panic!("{}: {error}", self.name))
    }
}

/// Σ cᵢ·vᵢ with fixed coefficients in −1..1, so that no derivative is hidden by symmetry.
fn weighted_sum(v: Var, seed: u32) -> Var {
    (v * v.builder().constant(spread(v.shape(), -0.9, 1.0, seed))).sum_all()
}

/// Evenly spaced values in `low..high` in shuffled order: no two alike, so that maxima are unique.
pub fn spread(shape: impl Into<Shape>, low: f32, high: f32, seed: u32) -> Tensor {
    let shape = shape.into();
    let n = shape.len().max(1) as u32;
    let order = Permutation::new(n, [seed, 0], 0);
    let value = |i: u32| low + (high - low) * (order.at(i) as f32 + 0.5) / n as f32;
    Tensor::f32(shape.clone(), (0..shape.len() as u32).map(value).collect()).expect("one value each")
}

/// Values in about −1..1, none of them 0.
fn values(shape: impl Into<Shape>, seed: u32) -> Tensor {
    spread(shape, -1.0, 1.03, seed)
}

fn index(shape: impl Into<Shape>, values: &[u32]) -> Tensor {
    Tensor::u32(shape, values.to_vec()).expect("one value each")
}

fn floats(shape: impl Into<Shape>, values: &[f32]) -> Tensor {
    Tensor::f32(shape, values.to_vec()).expect("one value each")
}

/// All cases.
pub fn all() -> Vec<Case> {
    [sources(), unary(), binary(), movement(), reductions(), products(), convolutions(), pooling(), indexing(), formulas()]
        .into_iter()
        .flatten()
        .collect()
}

fn sources() -> Vec<Case> {
    let key = || vec![index([2], &[42, 3])];
    vec![
        Case::new("iota", vec![], Accuracy::Exact, |b, _| b.iota(259)),
        Case::new("fill", vec![], Accuracy::Exact, |b, _| b.fill(0.1, [3, 5])),
        Case::new("constant", vec![], Accuracy::Exact, |b, _| b.constant(values([7, 3], 1))),
        Case::new("random uniform", key(), Accuracy::Exact, |b, x| b.random(Distribution::Uniform, x[0], [3, 37])),
        Case::new("random normal", key(), Accuracy::Trigonometric, |b, x| b.random(Distribution::Normal, x[0], [5, 29])),
        Case::new("two random streams", key(), Accuracy::Exact, |b, x| {
            b.concat(0, &[b.random(Distribution::Uniform, x[0], [1]), b.random(Distribution::Uniform, x[0], [6])])
        }),
        Case::new("permutation of 1", key(), Accuracy::Exact, |b, x| b.permutation(1, x[0], b.iota(3))),
        Case::new("permutation of 101", key(), Accuracy::Exact, |b, x| b.permutation(101, x[0], b.iota(303))),
        Case::new("permutation of 65536", key(), Accuracy::Exact, |b, x| b.permutation(65_536, x[0], b.iota(70))),
    ]
}

fn unary() -> Vec<Case> {
    use Accuracy::{Exact, Function, Trigonometric};
    let table = [
        (Unary::Neg, -2.0, 2.1, Exact),
        (Unary::Abs, -2.0, 2.1, Exact),
        (Unary::Sign, -2.0, 2.1, Exact),
        (Unary::Floor, -3.0, 3.1, Exact),
        (Unary::Exp, -3.0, 3.0, Function),
        (Unary::Log, 0.3, 4.0, Function),
        (Unary::Sqrt, 0.3, 4.0, Function),
        (Unary::Rsqrt, 0.3, 4.0, Function),
        (Unary::Recip, 0.5, 4.0, Function),
        (Unary::Recip, -4.0, -0.5, Function),
        (Unary::Sin, -3.1, 3.1, Trigonometric),
        (Unary::Cos, -3.1, 3.1, Trigonometric),
        (Unary::Tanh, -4.0, 4.0, Function),
        (Unary::Sigmoid, -6.0, 6.0, Function),
        (Unary::Relu, -2.0, 2.1, Exact),
        (Unary::LeakyRelu(Scalar(0.2)), -2.0, 2.1, Function),
        (Unary::Softplus, -6.0, 6.0, Function),
        (Unary::Erf, -2.5, 2.5, Function),
    ];
    let near = table.into_iter().map(|(f, low, high, accuracy)| {
        let name = format!("{} on {low}..{high}", f.name());
        Case::new(name, vec![spread([7, 13], low, high, 5)], accuracy, move |_, x| x[0].unary(f))
    });
    // Where naive formulas overflow or cancel.
    let far = [Unary::Tanh, Unary::Sigmoid, Unary::Softplus, Unary::Erf].map(|f| {
        let x = floats([9], &[-200.0, -90.0, -30.0, -1e-3, 1e-3, 10.0, 30.0, 90.0, 200.0]);
        Case::new(format!("{} far out", f.name()), vec![x], Function, move |_, x| x[0].unary(f))
    });
    let one = [1, 257, 1021].map(|n| Case::new(format!("tanh of {n}"), vec![values([n], n as u32)], Function, |_, x| x[0].tanh()));
    near.chain(far).chain(one).collect()
}

fn binary() -> Vec<Case> {
    use Accuracy::{Exact, Function, Sum};
    let mut cases = Vec::new();
    let table = [
        (Binary::Add, Sum(1)),
        (Binary::Sub, Sum(1)),
        (Binary::Mul, Sum(1)),
        (Binary::Div, Function),
        (Binary::Pow, Function),
        (Binary::Min, Exact),
        (Binary::Max, Exact),
        (Binary::Lt, Exact),
        (Binary::Le, Exact),
        (Binary::Gt, Exact),
        (Binary::Ge, Exact),
        (Binary::Eq, Exact),
        (Binary::Ne, Exact),
    ];
    for (f, accuracy) in table {
        for (a, b) in [(vec![5, 7], vec![5, 7]), (vec![4, 1, 3], vec![5, 1]), (vec![], vec![11])] {
            let name = format!("{} of {a:?} and {b:?}", f.name());
            let inputs = vec![spread(a, 0.4, 2.0, 1), spread(b, 0.5, 1.93, 2)];
            cases.push(Case::new(name, inputs, accuracy, move |_, x| x[0].binary(f, x[1])));
        }
    }
    for f in [Binary::Lt, Binary::Le, Binary::Gt, Binary::Ge, Binary::Eq, Binary::Ne, Binary::Min, Binary::Max] {
        cases.push(Case::new(format!("{} with ties", f.name()), vec![], Exact, move |b, _| {
            let a = b.constant(floats([6], &[-1.0, 0.0, 1.0, 2.0, 2.5, 3.0]));
            a.binary(f, b.constant(floats([6], &[-1.0, 0.0, 0.0, 2.0, 3.0, 3.0])))
        }));
    }
    let integers = [
        Binary::Add,
        Binary::Sub,
        Binary::Mul,
        Binary::Div,
        Binary::Rem,
        Binary::Min,
        Binary::Max,
        Binary::Lt,
        Binary::Le,
        Binary::Gt,
        Binary::Ge,
        Binary::Eq,
        Binary::Ne,
    ];
    for f in integers {
        let a = index([2, 5], &[0, 1, 2, 7, 7, 100, 65_537, 3_000_000_000, u32::MAX, u32::MAX]);
        let b = index([2, 5], &[0, 0, 3, 7, 2, 9, 65_537, 2_000_000_000, 1, u32::MAX]);
        cases.push(Case::new(format!("{} of indices", f.name()), vec![a, b], Exact, move |_, x| x[0].binary(f, x[1])));
    }
    cases.push(Case::new("cube of negative values", vec![values([17], 3)], Function, |b, x| x[0].pow(b.scalar(3.0))));
    cases.push(Case::new("square at 0", vec![floats([3], &[-1.5, 0.0, 0.5])], Function, |b, x| x[0].pow(b.scalar(2.0))));
    cases.push(Case::new("clamp", vec![spread([43], -2.0, 2.1, 3)], Exact, |_, x| x[0].clamp(-0.5, 1.5)));
    cases.push(Case::new("select", vec![values([2, 5, 3], 1), values([5, 1], 2)], Exact, |b, x| {
        b.constant(floats([2, 1, 3], &[0.0, 1.0, -2.0, 0.5, 0.0, f32::NAN])).select(x[0], x[1])
    }));
    let odd = floats([9], &[-1e9, -1.5, -0.5, 0.0, 0.99, 1.0, 2.5, 16_777_216.0, 1e10]);
    cases.push(Case::new("cast to u32", vec![odd], Exact, |_, x| x[0].cast(DType::U32)));
    let whole = index([5], &[0, 1, 255, 16_777_216, 4_000_000_000]);
    cases.push(Case::new("cast to f32", vec![whole], Sum(1), |_, x| x[0].cast(DType::F32)));
    cases
}

fn movement() -> Vec<Case> {
    use Accuracy::Exact;
    let mut cases = vec![
        Case::new("reshape", vec![values([3, 5, 2], 1)], Exact, |_, x| (-x[0]).reshape([5, 6])),
        Case::new("slice", vec![values([4, 7, 5], 1)], Exact, |_, x| x[0].slice(&[1, 0, 2], &[2, 7, 3])),
        Case::new("slice of nothing more than one", vec![values([11], 1)], Exact, |_, x| x[0].slice(&[10], &[1])),
        Case::new("pad", vec![values([2, 3, 4], 1)], Exact, |_, x| x[0].pad(&[0, 2, 1], &[1, 0, 3], 0.25)),
        Case::new("pad with minus infinity", vec![index([2], &[1, 2])], Exact, |_, x| {
            x[0].cast(DType::F32).pad(&[1], &[1], f32::NEG_INFINITY)
        }),
        Case::new("concat along 0", vec![values([2, 3], 1), values([1, 3], 2), values([5, 3], 3)], Exact, |b, x| b.concat(0, x)),
        Case::new("concat along 1", vec![values([3, 2, 5], 1), values([3, 4, 5], 2)], Exact, |b, x| b.concat(1, x)),
        Case::new("concat of indices", vec![index([2], &[1, 2]), index([3], &[3, 4, 5])], Exact, |b, x| b.concat(0, x)),
        Case::new("transpose of indices", vec![index([2, 3], &[1, 2, 3, 4, 5, 6])], Exact, |_, x| x[0].transpose(&[1, 0])),
        Case::new("slice of indices", vec![index([2, 3], &[1, 2, 3, 4, 5, 6])], Exact, |_, x| x[0].slice(&[0, 1], &[2, 2])),
        Case::new("broadcast of indices", vec![index([2, 1], &[7, 8])], Exact, |_, x| x[0].broadcast([3, 2, 4])),
    ];
    for (shape, perm) in
        [(vec![5, 7], vec![1, 0]), (vec![2, 3, 5], vec![2, 0, 1]), (vec![2, 3, 5, 7], vec![0, 2, 3, 1]), (vec![33, 65], vec![1, 0])]
    {
        let name = format!("transpose {shape:?} by {perm:?}");
        cases.push(Case::new(name, vec![values(shape, 1)], Exact, move |_, x| x[0].transpose(&perm)));
    }
    for (from, to) in
        [(vec![1, 5], vec![3, 5]), (vec![4, 1, 3], vec![4, 7, 3]), (vec![], vec![2, 3]), (vec![1, 3, 1, 1], vec![2, 3, 5, 7])]
    {
        let name = format!("broadcast {from:?} to {to:?}");
        cases.push(Case::new(name, vec![values(from, 1)], Accuracy::Sum(35), move |_, x| x[0].broadcast(to.clone())));
    }
    cases
}

fn reductions() -> Vec<Case> {
    let mut cases = Vec::new();
    let shapes = [
        (vec![3, 5, 7], vec![vec![0], vec![1], vec![2], vec![0, 2], vec![1, 2], vec![0, 1, 2]]),
        (vec![2, 1031], vec![vec![0], vec![1]]),
        (vec![1031, 3], vec![vec![0], vec![1]]),
        (vec![4, 3, 9, 11], vec![vec![0, 2, 3], vec![1], vec![2, 3]]),
        (vec![1], vec![vec![0]]),
    ];
    for (shape, many) in shapes {
        for axes in many {
            let terms = axes.iter().map(|&axis| shape[axis]).product();
            for (kind, accuracy) in
                [(Reduce::Sum, Accuracy::Sum(terms)), (Reduce::Mean, Accuracy::Sum(terms)), (Reduce::Max, Accuracy::Exact)]
            {
                let (name, axes) = (format!("{kind:?} of {shape:?} over {axes:?}"), axes.clone());
                cases.push(Case::new(name, vec![values(shape.clone(), 1)], accuracy, move |_, x| x[0].reduce_keep(kind, &axes)));
            }
        }
    }
    for (shape, axis) in [(vec![5, 7], 0), (vec![5, 7], 1), (vec![2, 11, 3], 1), (vec![300], 0)] {
        let name = format!("argmax of {shape:?} along {axis}");
        cases.push(Case::new(name, vec![values(shape, 4)], Accuracy::Exact, move |_, x| x[0].argmax(axis)));
    }
    let tied = floats([2, 4], &[1.0, 3.0, 3.0, 2.0, 5.0, 5.0, 5.0, 5.0]);
    cases.push(Case::new("argmax takes the first", vec![tied], Accuracy::Exact, |_, x| x[0].argmax(1)));
    for shape in [vec![5, 10], vec![3, 1], vec![2, 257], vec![7], vec![2, 3, 5]] {
        let name = format!("log_softmax of {shape:?}");
        cases.push(Case::new(name, vec![spread(shape, -3.0, 3.0, 6)], Accuracy::Function, |_, x| x[0].log_softmax()));
    }
    let far = floats([2, 3], &[1000.0, 999.0, -1000.0, 0.0, -90.0, 90.0]);
    cases.push(Case::new("log_softmax far out", vec![far], Accuracy::Function, |_, x| x[0].log_softmax()));
    cases
}

fn products() -> Vec<Case> {
    let mut cases = Vec::new();
    let sizes = [
        (None, 1, 1, 1),
        (None, 5, 7, 3),
        (None, 33, 65, 17),
        (None, 64, 64, 64),
        (None, 67, 10, 131),
        (None, 3, 2, 1100),
        (None, 41, 3, 259),
        (None, 1, 130, 9),
        (None, 1, 1100, 18),
        (None, 37, 1, 70),
        (None, 19, 23, 2),
        (Some(3), 6, 21, 1),
        (Some(1), 3, 5, 7),
        (Some(4), 9, 33, 5),
        (Some(2), 21, 1, 13),
    ];
    for (batch, m, n, k) in sizes {
        for (ta, tb) in [(false, false), (true, false), (false, true), (true, true)] {
            let shape = |rows: usize, columns: usize, swap: bool| {
                let matrix = if swap { [columns, rows] } else { [rows, columns] };
                batch.into_iter().chain(matrix).collect::<Vec<usize>>()
            };
            let inputs = vec![values(shape(m, k, ta), 1), values(shape(k, n, tb), 2)];
            let name = format!("matmul {}{}{batch:?} {m}×{n} over {k}", if ta { "ta " } else { "" }, if tb { "tb " } else { "" });
            cases.push(Case::new(name, inputs, Accuracy::Sum(m.max(n).max(k)), move |_, x| x[0].matmul_t(ta, x[1], tb)));
        }
    }
    cases
}

/// Convolutions `(x, w, settings)` that between them have every attribute, alone and together.
fn convolution_shapes() -> Vec<([usize; 4], [usize; 4], Conv2d)> {
    let plain = Conv2d::default();
    let same = |p: usize| Conv2d { pads: [[p, p], [p, p]], ..plain };
    vec![
        ([1, 1, 1, 1], [1, 1, 1, 1], plain),
        ([2, 3, 7, 5], [4, 3, 3, 3], plain),
        ([2, 3, 7, 5], [5, 3, 3, 3], same(1)),
        ([1, 1, 11, 13], [6, 1, 5, 5], same(2)),
        ([3, 5, 9, 9], [7, 5, 1, 1], plain),
        ([2, 4, 9, 8], [3, 4, 3, 3], Conv2d { stride: [2, 2], ..same(1) }),
        ([1, 2, 10, 7], [3, 2, 3, 2], Conv2d { stride: [3, 1], pads: [[2, 0], [1, 3]], ..plain }),
        ([2, 2, 9, 11], [3, 2, 3, 3], Conv2d { dilation: [2, 3], ..plain }),
        ([2, 6, 7, 7], [4, 3, 3, 3], Conv2d { groups: 2, ..same(1) }),
        ([1, 5, 6, 7], [5, 1, 3, 3], Conv2d { groups: 5, ..same(1) }),
        ([2, 4, 9, 7], [6, 2, 3, 2], Conv2d { stride: [2, 1], pads: [[1, 0], [0, 2]], dilation: [1, 2], groups: 2 }),
        ([2, 17, 10, 10], [33, 17, 3, 3], same(1)),
        ([5, 1, 28, 28], [6, 1, 5, 5], plain),
        // Rows that a register tile covers more than once, with few channels, a stride and groups.
        ([2, 3, 5, 37], [4, 3, 3, 3], Conv2d { stride: [2, 2], ..same(1) }),
        ([2, 1, 4, 35], [2, 1, 3, 3], Conv2d { stride: [2, 2], ..same(1) }),
        ([1, 4, 3, 19], [6, 2, 3, 3], Conv2d { groups: 2, ..same(1) }),
        // Kernels that are large for the image, so that its edges see little of them.
        ([2, 6, 14, 14], [16, 6, 5, 5], plain),
        ([2, 3, 8, 12], [4, 3, 5, 5], Conv2d { stride: [2, 2], ..same(2) }),
        ([3, 4, 5, 5], [7, 4, 5, 5], plain),
        // The same in batches for which a vector of images pays: some more, and some fewer, than whole vectors.
        ([13, 6, 14, 14], [16, 6, 5, 5], plain),
        ([7, 3, 8, 9], [20, 3, 5, 4], Conv2d { stride: [2, 1], pads: [[2, 1], [1, 2]], ..plain }),
    ]
}

fn convolutions() -> Vec<Case> {
    let mut cases = Vec::new();
    for (x, w, conv) in convolution_shapes() {
        let [oh, ow] = conv.output([x[2], x[3]], [w[2], w[3]]).expect("the kernel fits");
        let y = [x[0], w[0], oh, ow];
        // Each of the three operations, and each of their derivatives, sums over one of these extents.
        let terms = (w[1] * w[2] * w[3]).max(w[0] / conv.groups * w[2] * w[3]).max(x[0] * oh * ow);
        let name = |what: &str| format!("{what} {x:?} by {w:?}, {conv:?}");
        let accuracy = Accuracy::Sum(terms);
        cases.push(Case::new(name("conv2d"), vec![values(x, 1), values(w, 2)], accuracy, move |_, v| v[0].conv2d(v[1], conv)));
        let input = [x[2], x[3]];
        cases.push(Case::new(name("conv2d_input_grad"), vec![values(y, 3), values(w, 2)], accuracy, move |_, v| {
            v[0].conv2d_transpose(v[1], conv, input)
        }));
        let kernel = [w[2], w[3]];
        cases.push(Case::new(name("conv2d_weight_grad"), vec![values(x, 1), values(y, 3)], accuracy, move |b, v| {
            b.push(Op::Conv2dWeightGrad { conv, kernel }, v)
        }));
    }
    cases
}

fn pooling() -> Vec<Case> {
    let mut cases = Vec::new();
    let window = |size, stride, pads| Pool2d { size, stride, pads };
    let pools = [
        ([2, 3, 6, 8], window([2, 2], [2, 2], [[0, 0], [0, 0]])),
        ([1, 2, 4, 14], window([2, 2], [2, 2], [[0, 0], [0, 0]])),
        ([2, 1, 5, 9], window([2, 2], [2, 2], [[0, 0], [0, 0]])),
        ([1, 2, 7, 5], window([3, 3], [2, 2], [[1, 1], [1, 1]])),
        ([2, 3, 7, 9], window([2, 4], [2, 4], [[0, 0], [0, 0]])),
        ([2, 1, 7, 9], window([3, 2], [1, 2], [[2, 0], [0, 1]])),
        ([1, 1, 5, 5], window([5, 5], [1, 1], [[0, 0], [0, 0]])),
        ([1, 3, 4, 4], window([1, 1], [3, 3], [[0, 0], [0, 0]])),
        ([3, 5, 13, 11], window([2, 2], [1, 1], [[0, 0], [0, 0]])),
    ];
    for (shape, pool) in pools {
        let [oh, ow] = pool.output([shape[2], shape[3]]).expect("the window fits");
        let pooled = [shape[0], shape[1], oh, ow];
        let name = |what: &str| format!("{what} {shape:?}, {pool:?}");
        let terms = pool.size[0] * pool.size[1];
        let x = || values(shape, 7);
        let sums = Accuracy::Sum(terms);
        cases.push(Case::new(name("max_pool2d"), vec![x()], Accuracy::Exact, move |_, v| v[0].max_pool2d(pool)));
        cases.push(Case::new(name("max_pool2d_grad"), vec![x(), values(pooled, 8)], sums, move |b, v| {
            b.push(Op::MaxPool2dGrad(pool), v)
        }));
        cases.push(Case::new(name("max_pool2d_select"), vec![x(), values(shape, 9)], Accuracy::Exact, move |b, v| {
            b.push(Op::MaxPool2dSelect(pool), v)
        }));
        cases.push(Case::new(name("avg_pool2d"), vec![x()], sums, move |_, v| v[0].avg_pool2d(pool)));
        let input = [shape[2], shape[3]];
        cases.push(Case::new(name("avg_pool2d_grad"), vec![values(pooled, 8)], sums, move |b, v| {
            b.push(Op::AvgPool2dGrad { pool, input }, v)
        }));
    }
    let pool = window([2, 2], [1, 1], [[0, 0], [0, 0]]);
    let tied = floats([1, 1, 3, 3], &[1.0, 2.0, 2.0, 2.0, 2.0, 1.0, 2.0, 0.0, 2.0]);
    let dy = values([1, 1, 2, 2], 1).into_f32().expect("floats");
    cases.push(Case::new("max_pool2d_grad takes the first of equals", vec![], Accuracy::Sum(4), move |b, _| {
        b.push(Op::MaxPool2dGrad(pool), &[b.constant(tied.clone()), b.constant(floats([1, 1, 2, 2], &dy))])
    }));
    for (from, to) in [([3, 5], [6, 10]), ([4, 4], [9, 7]), ([8, 6], [3, 4]), ([1, 1], [4, 3]), ([7, 7], [7, 7]), ([5, 9], [1, 1])]
    {
        for mode in [Resize::Nearest, Resize::Bilinear] {
            let [small, large] = [[2, 3, from[0], from[1]], [2, 3, to[0], to[1]]];
            // A cell is read by about as many cells as it grows to.
            let terms = 4 * usize::div_ceil(to[0] * to[1], from[0] * from[1]);
            let accuracy = if mode == Resize::Nearest { Accuracy::Exact } else { Accuracy::Sum(terms) };
            cases.push(Case::new(
                format!("resize2d {from:?} to {to:?} {mode:?}"),
                vec![values(small, 1)],
                accuracy,
                move |_, v| v[0].resize2d(mode, to),
            ));
            cases.push(Case::new(
                format!("resize2d_grad {from:?} to {to:?} {mode:?}"),
                vec![values(large, 1)],
                Accuracy::Sum(terms),
                move |b, v| b.push(Op::Resize2dGrad { mode, input: from }, v),
            ));
        }
    }
    cases
}

fn indexing() -> Vec<Case> {
    use Accuracy::{Exact, Sum};
    vec![
        Case::new("gather rows", vec![values([5, 3], 1), index([4], &[4, 0, 0, 2])], Exact, |_, x| x[0].gather(x[1])),
        Case::new("gather images", vec![values([3, 2, 5, 7], 1), index([2, 2], &[2, 1, 0, 2])], Exact, |_, x| x[0].gather(x[1])),
        Case::new("gather scalars", vec![values([7], 1), index([3], &[6, 6, 1])], Exact, |_, x| x[0].gather(x[1])),
        Case::new("gather one", vec![values([5, 3], 1), index([], &[3])], Exact, |_, x| x[0].gather(x[1])),
        Case::new("gather beyond the end", vec![values([3, 2], 1), index([3], &[1, 3, u32::MAX])], Exact, |_, x| x[0].gather(x[1])),
        Case::new("gather indices", vec![index([4], &[9, 8, 7, 6]), index([3], &[3, 0, 5])], Exact, |_, x| x[0].gather(x[1])),
        Case::new("scatter_add", vec![index([5], &[2, 0, 2, 3, 9]), values([5, 3], 1)], Sum(5), |b, x| {
            b.push(Op::ScatterAdd { n: 4 }, x)
        }),
        Case::new("scatter_add of scalars", vec![index([2, 2], &[1, 1, 1, 0]), values([2, 2], 1)], Sum(4), |b, x| {
            b.push(Op::ScatterAdd { n: 3 }, x)
        }),
        Case::new("one_hot", vec![index([2, 3], &[0, 4, 2, 1, 5, 4_000_000_000])], Exact, |_, x| x[0].one_hot(5)),
    ]
}

/// Formulas as networks use them: chains that fuse, values that are used twice, more operands than one kernel can take.
fn formulas() -> Vec<Case> {
    use Accuracy::{Function, Sum};
    vec![
        Case::new("gelu", vec![spread([5, 11], -3.0, 3.0, 1)], Function, |_, x| x[0].gelu()),
        Case::new("softmax attention", vec![values([2, 5, 3], 1), values([2, 7, 3], 2), values([2, 7, 4], 3)], Sum(35), |_, x| {
            x[0].matmul_t(false, x[1], true).log_softmax().exp().matmul(x[2])
        }),
        Case::new(
            "batch normalisation",
            vec![spread([3, 2, 5, 7], -1.0, 1.5, 1), values([1, 2, 1, 1], 2), values([1, 2, 1, 1], 3)],
            Sum(105),
            |_, x| {
                let centred = x[0] - x[0].reduce_keep(Reduce::Mean, &[0, 2, 3]);
                let variance = centred.square().reduce_keep(Reduce::Mean, &[0, 2, 3]);
                centred * (variance + 1e-5).rsqrt() * x[1] + x[2]
            },
        ),
        Case::new("a chain of nine operands", (0..9).map(|i| values([4, 9], i)).collect(), Function, |_, x| {
            x.iter().copied().reduce(|sum, v| (sum * v).tanh() + v).expect("nine operands")
        }),
        Case::new(
            "cross-entropy of a small network",
            vec![values([5, 7], 1), values([7, 11], 2), values([11], 3), values([11, 4], 4)],
            Sum(77),
            |b, x| {
                let logits = (x[0].matmul(x[1]) + x[2]).relu().matmul(x[3]);
                let labels = b.constant(index([5], &[0, 3, 1, 2, 3])).one_hot(4);
                -(logits.log_softmax() * labels).sum(&[1]).mean_all()
            },
        ),
    ]
}
