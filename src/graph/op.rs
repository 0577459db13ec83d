//! The closed set of operations.
//!
//! Each variant's doc comment is its definition: what it computes, the shapes of its inputs, its attributes. A new operation is a
//! new variant here; the compiler then asks for its shape rule (`infer.rs`), its gradient (`grad.rs`), its reference semantics
//! (`reference.rs`) and its kernel on each device. Tensors are row-major, images NCHW.

use std::fmt;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

use super::shape::{DType, Shape};
use crate::tensor::Tensor;

/// An `f32` attribute that compares and hashes by its bits, so that operations can be shared and ordered.
#[derive(Clone, Copy)]
pub struct Scalar(pub f32);

impl PartialEq for Scalar {
    fn eq(&self, other: &Self) -> bool {
        self.0.to_bits() == other.0.to_bits()
    }
}

impl Eq for Scalar {}

impl Hash for Scalar {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.to_bits().hash(state);
    }
}

impl fmt::Debug for Scalar {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}

/// Element-wise functions of one `f32` value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Unary {
    Neg,
    Abs,
    /// −1, 0 or 1.
    Sign,
    Floor,
    Exp,
    /// Natural logarithm.
    Log,
    Sqrt,
    /// 1/√x.
    Rsqrt,
    /// 1/x.
    Recip,
    Sin,
    Cos,
    Tanh,
    /// 1/(1+e^−x), evaluated without overflow.
    Sigmoid,
    /// max(x, 0), with derivative 0 at 0.
    Relu,
    /// x for x > 0, else slope·x.
    LeakyRelu(Scalar),
    /// ln(1+e^x), evaluated without overflow.
    Softplus,
    /// The Gauss error function, to f32 accuracy.
    Erf,
}

/// Element-wise functions of two values. Comparisons give 1 or 0 of the operands' type.
///
/// On `u32` only `Add`, `Sub`, `Mul` (wrapping), `Div`, `Rem`, `Min`, `Max` and the comparisons exist; `Rem` exists only there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Binary {
    Add,
    Sub,
    Mul,
    /// On `u32`: truncated; division by 0 gives 0.
    Div,
    /// `u32` remainder; by 0 gives 0.
    Rem,
    /// a^b for a ≥ 0, and for a < 0 where b is an integer.
    Pow,
    Min,
    Max,
    Lt,
    Le,
    Gt,
    Ge,
    Eq,
    Ne,
}

/// Reductions over axes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Reduce {
    Sum,
    Mean,
    Max,
}

/// How a convolution slides. Pads are `[[top, bottom], [left, right]]`, the rest `[vertical, horizontal]`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Conv2d {
    pub stride: [usize; 2],
    pub pads: [[usize; 2]; 2],
    pub dilation: [usize; 2],
    pub groups: usize,
}

impl Default for Conv2d {
    fn default() -> Self {
        Self { stride: [1, 1], pads: [[0, 0], [0, 0]], dilation: [1, 1], groups: 1 }
    }
}

impl Conv2d {
    /// Output height and width: ⌊(in + pads − dilation·(k−1) − 1)/stride⌋ + 1, or `None` where the kernel does not fit.
    pub fn output(&self, input: [usize; 2], kernel: [usize; 2]) -> Option<[usize; 2]> {
        let side = |i: usize| {
            let extent = self.dilation[i].checked_mul(kernel[i].checked_sub(1)?)?.checked_add(1)?;
            window_count(input[i], self.pads[i], extent, self.stride[i])
        };
        Some([side(0)?, side(1)?])
    }
}

/// A pooling window, its stride and its pads `[[top, bottom], [left, right]]`.
///
/// Padding never wins a maximum; an average divides by the number of window cells inside the image.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Pool2d {
    pub size: [usize; 2],
    pub stride: [usize; 2],
    pub pads: [[usize; 2]; 2],
}

impl Pool2d {
    /// Output height and width, or `None` where the window does not fit.
    pub fn output(&self, input: [usize; 2]) -> Option<[usize; 2]> {
        let side = |i: usize| window_count(input[i], self.pads[i], self.size[i], self.stride[i]);
        Some([side(0)?, side(1)?])
    }
}

/// How often a window of `extent` fits into `input` plus its pads: ⌊(input + pads − extent)/stride⌋ + 1.
fn window_count(input: usize, pads: [usize; 2], extent: usize, stride: usize) -> Option<usize> {
    if extent == 0 || stride == 0 {
        return None;
    }
    Some(input.checked_add(pads[0])?.checked_add(pads[1])?.checked_sub(extent)? / stride + 1)
}

/// Interpolation of [`Op::Resize2d`]. Pixel centres lie at half-integers (ONNX `half_pixel`, PyTorch `align_corners=False`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Resize {
    /// ⌊(o + ½)·in/out⌋ along each side.
    Nearest,
    /// Bilinear, clamped at the border, no anti-aliasing.
    Bilinear,
}

/// Distributions of [`Op::Random`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Distribution {
    /// Uniform in [0, 1): the upper 24 bits of a word times 2⁻²⁴.
    Uniform,
    /// Standard normal by Box–Muller from two words.
    Normal,
}

/// One instruction of a fused element-wise kernel; operands are indices of earlier instructions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Instruction {
    /// Load operand tensor `i` at the output's position (size-1 dimensions repeat).
    Load(usize),
    Constant(Scalar),
    Unary(Unary, usize),
    Binary(Binary, [usize; 2]),
    /// `[0]` ≠ 0 chooses `[1]`, else `[2]`.
    Select([usize; 3]),
}

impl Instruction {
    /// The earlier instructions whose values it takes.
    pub fn reads(&self) -> &[usize] {
        match self {
            Self::Load(_) | Self::Constant(_) => &[],
            Self::Unary(_, a) => std::slice::from_ref(a),
            Self::Binary(_, ab) => ab,
            Self::Select(cab) => cab,
        }
    }
}

/// A fused chain of element-wise `f32` operations; its value is that of the last instruction.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Fused {
    pub instructions: Vec<Instruction>,
    /// Shape of the result; every operand has its rank, with each dimension equal or 1.
    pub shape: Shape,
}

/// A literal tensor, compared and hashed by its bytes.
#[derive(Debug, Clone)]
pub struct Literal(pub Arc<Tensor>);

impl PartialEq for Literal {
    fn eq(&self, other: &Self) -> bool {
        self.0.dtype() == other.0.dtype() && self.0.shape() == other.0.shape() && self.0.bytes() == other.0.bytes()
    }
}

impl Eq for Literal {}

impl Hash for Literal {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.dtype().hash(state);
        self.0.shape().hash(state);
        self.0.bytes().hash(state);
    }
}

/// An operation. Inputs are listed in order in each definition; the output is one tensor.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Op {
    // Sources: no inputs.
    /// A tensor handed over at each run.
    Input { name: String, shape: Shape, dtype: DType },
    /// The value that a named state has at the start of the run.
    State { name: String, shape: Shape, dtype: DType },
    /// A literal tensor.
    Constant(Literal),
    /// `value` everywhere, `f32`.
    Fill { value: Scalar, shape: Shape },
    /// 0, 1, …, n−1 as `u32` `[n]`.
    Iota { n: usize },

    // Element-wise: inputs of one shape, result of that shape.
    /// `x` f32.
    Unary(Unary),
    /// `a`, `b` of one shape and type.
    Binary(Binary),
    /// `cond`, `a`, `b`: where `cond` ≠ 0, `a`, else `b`. All f32.
    Select,
    /// `x` converted: `f32` → `u32` truncates and saturates, NaN gives 0.
    Cast(DType),
    /// A fused chain; made by the fusion pass.
    Fused(Arc<Fused>),

    // Shape and place.
    /// `x` repeated along its size-1 dimensions; the same rank.
    Broadcast { shape: Shape },
    /// `x` with the same values in the same order under another shape.
    Reshape { shape: Shape },
    /// Output dimension `i` is input dimension `perm[i]`.
    Transpose { perm: Vec<usize> },
    /// The block of `x` that begins at `starts` and has `sizes`.
    Slice { starts: Vec<usize>, sizes: Vec<usize> },
    /// The inputs behind one another along `axis`.
    Concat { axis: usize },
    /// `x` surrounded by `value`: `before[i]` and `after[i]` cells along dimension `i`.
    Pad { before: Vec<usize>, after: Vec<usize>, value: Scalar },

    // Reductions.
    /// `x` f32; the reduced dimensions stay, with size 1.
    Reduce { kind: Reduce, axes: Vec<usize> },
    /// The index of the first largest value along `axis`, `u32`; that dimension stays, with size 1.
    ArgMax { axis: usize },
    /// log softmax along the last dimension, by log-sum-exp.
    LogSoftmax,

    // Linear algebra.
    /// `a` `[.., M, K]` times `b` `[.., K, N]` = `[.., M, N]`; rank 2, or 3 with one batch dimension. `ta`: `a` is stored `[.., K, M]`;
    /// `tb`: `b` is stored `[.., N, K]`.
    MatMul { ta: bool, tb: bool },
    /// `x` `[N, Cin, H, W]`, `w` `[Cout, Cin/groups, KH, KW]` → `[N, Cout, OH, OW]`; cross-correlation, as in every framework.
    Conv2d(Conv2d),
    /// `dy` `[N, Cout, OH, OW]`, `w` → `[N, Cin, H, W]` with `input = [H, W]`: the adjoint in `x`; also the transposed convolution.
    Conv2dInputGrad { conv: Conv2d, input: [usize; 2] },
    /// `x`, `dy` → `[Cout, Cin/groups, KH, KW]` with `kernel = [KH, KW]`: the adjoint in `w`.
    Conv2dWeightGrad { conv: Conv2d, kernel: [usize; 2] },

    // Pooling and resizing of `[N, C, H, W]`.
    /// The largest value of each window.
    MaxPool2d(Pool2d),
    /// `x`, `dy`: `dy` routed to the first largest cell of each window of `x`, summed.
    MaxPool2dGrad(Pool2d),
    /// `x`, `g` of one shape: `g` at the first largest cell of each window of `x`: the adjoint of `MaxPool2dGrad` in `dy`.
    MaxPool2dSelect(Pool2d),
    /// The mean of each window's cells inside the image.
    AvgPool2d(Pool2d),
    /// `dy` → `[N, C, H, W]` with `input = [H, W]`: the adjoint of `AvgPool2d`.
    AvgPool2dGrad { pool: Pool2d, input: [usize; 2] },
    /// `x` → `[N, C, output..]`.
    Resize2d { mode: Resize, output: [usize; 2] },
    /// `dy` → `[N, C, input..]`: the adjoint of `Resize2d`.
    Resize2dGrad { mode: Resize, input: [usize; 2] },

    // Indexing.
    /// `x` `[n, rest..]` f32 or u32, `index` u32 → `[index.., rest..]`: rows of `x`; an index beyond the end takes the last row.
    Gather,
    /// `index` u32, `dy` `[index.., rest..]` → `[n, rest..]`: rows of `dy` summed at their indices, in order; the adjoint of `Gather`.
    ScatterAdd { n: usize },
    /// `index` u32 → `[index.., depth]` f32: 1 at the index, 0 elsewhere (all 0 beyond the end).
    OneHot { depth: usize },

    // Randomness: pure functions of a key.
    /// `key` u32 `[2]` (seed, step) → `shape`. Philox 4×32-10 with key (seed, `stream`), counter (i, step, 0, 0); value `i`'s words are
    /// words `i mod 4` of block `⌊i/4⌋` (uniform) or a pair of words of it (normal). The same bits on every device.
    Random { distribution: Distribution, stream: u32, shape: Shape },
    /// `key` u32 `[2]`, `position` u32 → where a pseudo-random permutation of 0..n sends each position (taken modulo n); the same
    /// shape as `position`. A Feistel network with cycle walking, so one position costs O(1).
    Permutation { n: usize, stream: u32 },
}

impl Op {
    /// The operation's name in errors and printed graphs.
    pub fn name(&self) -> &'static str {
        match self {
            Op::Input { .. } => "input",
            Op::State { .. } => "state",
            Op::Constant(_) => "constant",
            Op::Fill { .. } => "fill",
            Op::Iota { .. } => "iota",
            Op::Unary(u) => u.name(),
            Op::Binary(b) => b.name(),
            Op::Select => "select",
            Op::Cast(_) => "cast",
            Op::Fused(_) => "fused",
            Op::Broadcast { .. } => "broadcast",
            Op::Reshape { .. } => "reshape",
            Op::Transpose { .. } => "transpose",
            Op::Slice { .. } => "slice",
            Op::Concat { .. } => "concat",
            Op::Pad { .. } => "pad",
            Op::Reduce { kind: Reduce::Sum, .. } => "sum",
            Op::Reduce { kind: Reduce::Mean, .. } => "mean",
            Op::Reduce { kind: Reduce::Max, .. } => "reduce_max",
            Op::ArgMax { .. } => "argmax",
            Op::LogSoftmax => "log_softmax",
            Op::MatMul { .. } => "matmul",
            Op::Conv2d(_) => "conv2d",
            Op::Conv2dInputGrad { .. } => "conv2d_input_grad",
            Op::Conv2dWeightGrad { .. } => "conv2d_weight_grad",
            Op::MaxPool2d(_) => "max_pool2d",
            Op::MaxPool2dGrad(_) => "max_pool2d_grad",
            Op::MaxPool2dSelect(_) => "max_pool2d_select",
            Op::AvgPool2d(_) => "avg_pool2d",
            Op::AvgPool2dGrad { .. } => "avg_pool2d_grad",
            Op::Resize2d { .. } => "resize2d",
            Op::Resize2dGrad { .. } => "resize2d_grad",
            Op::Gather => "gather",
            Op::ScatterAdd { .. } => "scatter_add",
            Op::OneHot { .. } => "one_hot",
            Op::Random { .. } => "random",
            Op::Permutation { .. } => "permutation",
        }
    }
}

impl Unary {
    pub fn name(self) -> &'static str {
        match self {
            Unary::Neg => "neg",
            Unary::Abs => "abs",
            Unary::Sign => "sign",
            Unary::Floor => "floor",
            Unary::Exp => "exp",
            Unary::Log => "log",
            Unary::Sqrt => "sqrt",
            Unary::Rsqrt => "rsqrt",
            Unary::Recip => "recip",
            Unary::Sin => "sin",
            Unary::Cos => "cos",
            Unary::Tanh => "tanh",
            Unary::Sigmoid => "sigmoid",
            Unary::Relu => "relu",
            Unary::LeakyRelu(_) => "leaky_relu",
            Unary::Softplus => "softplus",
            Unary::Erf => "erf",
        }
    }
}

impl Binary {
    pub fn name(self) -> &'static str {
        match self {
            Binary::Add => "add",
            Binary::Sub => "sub",
            Binary::Mul => "mul",
            Binary::Div => "div",
            Binary::Rem => "rem",
            Binary::Pow => "pow",
            Binary::Min => "min",
            Binary::Max => "max",
            Binary::Lt => "lt",
            Binary::Le => "le",
            Binary::Gt => "gt",
            Binary::Ge => "ge",
            Binary::Eq => "eq",
            Binary::Ne => "ne",
        }
    }
}
