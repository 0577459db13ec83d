//! The shape rule of every operation: `infer(op, inputs)` gives the output's shape and type, or says what does not fit.

use super::op::{Binary, Op, Pool2d};
use super::shape::{DType, MAX_RANK, Shape};
use crate::error::{Error, Result};

/// Shape and element type of one tensor.
pub type Type = (Shape, DType);

/// The largest number of values in one tensor (4 GiB of bytes is the reach of a 32-bit address).
const MAX_LEN: u128 = 1 << 30;

/// The output type of `op` on `inputs`. `label` names the place for the error message.
pub fn infer(op: &Op, inputs: &[&Type], label: &str) -> Result<Type> {
    let fail = |message: String| Error::Shape { op: op.name(), message, label: label.to_string() };
    let arity = |n: usize| {
        if inputs.len() == n { Ok(()) } else { Err(fail(format!("takes {n} inputs, got {}", inputs.len()))) }
    };
    let float = |i: usize| {
        let (shape, dtype) = inputs[i];
        if *dtype == DType::F32 { Ok(shape) } else { Err(fail(format!("input {i} must be f32, got {dtype}{shape}"))) }
    };
    let index = |i: usize| {
        let (shape, dtype) = inputs[i];
        if *dtype == DType::U32 { Ok(shape) } else { Err(fail(format!("input {i} must be u32, got {dtype}{shape}"))) }
    };
    let image = |i: usize| {
        let shape = float(i)?;
        if shape.rank() == 4 {
            Ok([shape[0], shape[1], shape[2], shape[3]])
        } else {
            Err(fail(format!("input {i} must be [N,C,H,W], got {shape}")))
        }
    };
    let rank = |shape: &Shape, n: usize, what: &str| {
        if n == shape.rank() { Ok(()) } else { Err(fail(format!("{what} has {n} entries for {shape}"))) }
    };

    let (shape, dtype) = match op {
        Op::Input { shape, dtype, .. } | Op::State { shape, dtype, .. } => {
            arity(0)?;
            (shape.clone(), *dtype)
        }
        Op::Constant(literal) => {
            arity(0)?;
            (literal.0.shape().clone(), literal.0.dtype())
        }
        Op::Fill { shape, .. } => {
            arity(0)?;
            (shape.clone(), DType::F32)
        }
        Op::Iota { n } => {
            arity(0)?;
            ([*n].into(), DType::U32)
        }
        Op::Unary(_) => {
            arity(1)?;
            (float(0)?.clone(), DType::F32)
        }
        Op::Binary(binary) => {
            arity(2)?;
            let (a, b) = (inputs[0], inputs[1]);
            if a != b {
                return Err(fail(format!("operands differ: {}{} and {}{}", a.1, a.0, b.1, b.0)));
            }
            let defined = match a.1 {
                DType::F32 => *binary != Binary::Rem,
                DType::U32 => *binary != Binary::Pow,
            };
            if !defined {
                return Err(fail(format!("is not defined on {}", a.1)));
            }
            a.clone()
        }
        Op::Select => {
            arity(3)?;
            let (c, a, b) = (float(0)?, float(1)?, float(2)?);
            if c != a || a != b {
                return Err(fail(format!("operands differ: {c}, {a} and {b}")));
            }
            (a.clone(), DType::F32)
        }
        Op::Cast(dtype) => {
            arity(1)?;
            (inputs[0].0.clone(), *dtype)
        }
        Op::Fused(fused) => {
            for i in 0..inputs.len() {
                let shape = float(i)?;
                let fits =
                    shape.rank() == fused.shape.rank() && shape.iter().zip(fused.shape.iter()).all(|(&a, &b)| a == b || a == 1);
                if !fits {
                    return Err(fail(format!("operand {i} of shape {shape} does not broadcast to {}", fused.shape)));
                }
            }
            (fused.shape.clone(), DType::F32)
        }
        Op::Broadcast { shape } => {
            arity(1)?;
            let (from, dtype) = inputs[0];
            if from.rank() != shape.rank() || from.iter().zip(shape.iter()).any(|(&a, &b)| a != b && a != 1) {
                return Err(fail(format!("{from} does not broadcast to {shape}")));
            }
            (shape.clone(), *dtype)
        }
        Op::Reshape { shape } => {
            arity(1)?;
            let (from, dtype) = inputs[0];
            if from.len() != shape.len() {
                return Err(fail(format!("{from} has {} values, {shape} has {}", from.len(), shape.len())));
            }
            (shape.clone(), *dtype)
        }
        Op::Transpose { perm } => {
            arity(1)?;
            let (from, dtype) = inputs[0];
            rank(from, perm.len(), "the permutation")?;
            let mut seen = vec![false; perm.len()];
            for &p in perm {
                if p >= perm.len() || std::mem::replace(&mut seen[p], true) {
                    return Err(fail(format!("{perm:?} is not a permutation")));
                }
            }
            (perm.iter().map(|&p| from[p]).collect::<Vec<_>>().into(), *dtype)
        }
        Op::Slice { starts, sizes } => {
            arity(1)?;
            let (from, dtype) = inputs[0];
            rank(from, starts.len(), "starts")?;
            rank(from, sizes.len(), "sizes")?;
            if (0..from.rank()).any(|i| starts[i].checked_add(sizes[i]).is_none_or(|end| end > from[i])) {
                return Err(fail(format!("{starts:?} + {sizes:?} reaches beyond {from}")));
            }
            (sizes.clone().into(), *dtype)
        }
        Op::Concat { axis } => {
            let Some((first, dtype)) = inputs.first() else { return Err(fail("takes at least one input".into())) };
            if *axis >= first.rank() {
                return Err(fail(format!("axis {axis} of {first}")));
            }
            let mut dims = first.to_vec();
            dims[*axis] = 0;
            for (shape, other) in inputs {
                let fits =
                    other == dtype && shape.rank() == first.rank() && (0..first.rank()).all(|i| i == *axis || shape[i] == first[i]);
                if !fits {
                    return Err(fail(format!("{dtype}{first} and {other}{shape} along axis {axis}")));
                }
                dims[*axis] += shape[*axis];
            }
            (dims.into(), *dtype)
        }
        Op::Pad { before, after, .. } => {
            arity(1)?;
            let from = float(0)?;
            rank(from, before.len(), "before")?;
            rank(from, after.len(), "after")?;
            ((0..from.rank()).map(|i| before[i] + from[i] + after[i]).collect::<Vec<_>>().into(), DType::F32)
        }
        Op::Reduce { axes, .. } => {
            arity(1)?;
            let from = float(0)?;
            if axes.windows(2).any(|w| w[0] >= w[1]) || axes.iter().any(|&a| a >= from.rank()) {
                return Err(fail(format!("axes {axes:?} of {from} (ascending, each below the rank)")));
            }
            (from.reduced(axes), DType::F32)
        }
        Op::ArgMax { axis } => {
            arity(1)?;
            let from = float(0)?;
            if *axis >= from.rank() {
                return Err(fail(format!("axis {axis} of {from}")));
            }
            (from.reduced(&[*axis]), DType::U32)
        }
        Op::LogSoftmax => {
            arity(1)?;
            let from = float(0)?;
            if from.rank() == 0 {
                return Err(fail("a scalar has no last dimension".into()));
            }
            (from.clone(), DType::F32)
        }
        Op::MatMul { ta, tb } => {
            arity(2)?;
            let (a, b) = (float(0)?, float(1)?);
            let r = a.rank();
            if r != b.rank() || !(r == 2 || r == 3) || (r == 3 && a[0] != b[0]) {
                return Err(fail(format!("{a} times {b}: both of rank 2, or of rank 3 with one batch size")));
            }
            let (m, k) = if *ta { (a[r - 1], a[r - 2]) } else { (a[r - 2], a[r - 1]) };
            let (k2, n) = if *tb { (b[r - 1], b[r - 2]) } else { (b[r - 2], b[r - 1]) };
            if k != k2 {
                return Err(fail(format!("inner dimensions differ: {k} (of {a}) and {k2} (of {b})")));
            }
            let dims = if r == 2 { vec![m, n] } else { vec![a[0], m, n] };
            (dims.into(), DType::F32)
        }
        Op::Conv2d(conv) => {
            arity(2)?;
            let ([n, c, h, w], [co, ci, kh, kw]) = (image(0)?, image(1)?);
            check_groups(conv.groups, c, ci, co).map_err(fail)?;
            let Some([oh, ow]) = conv.output([h, w], [kh, kw]) else {
                return Err(fail(format!(
                    "a {kh}×{kw} kernel (dilation {:?}, stride {:?}) does not fit into {h}×{w} with pads {:?}",
                    conv.dilation, conv.stride, conv.pads
                )));
            };
            ([n, co, oh, ow].into(), DType::F32)
        }
        Op::Conv2dInputGrad { conv, input } => {
            arity(2)?;
            let ([n, c, oh, ow], [co, ci, kh, kw]) = (image(0)?, image(1)?);
            check_groups(conv.groups, ci * conv.groups, ci, co).map_err(fail)?;
            if c != co || conv.output(*input, [kh, kw]) != Some([oh, ow]) {
                return Err(fail(format!("dy {} does not come from an image {input:?} under kernel {}", inputs[0].0, inputs[1].0)));
            }
            ([n, ci * conv.groups, input[0], input[1]].into(), DType::F32)
        }
        Op::Conv2dWeightGrad { conv, kernel } => {
            arity(2)?;
            let ([n, c, h, w], [n2, co, oh, ow]) = (image(0)?, image(1)?);
            let groups = conv.groups.max(1);
            check_groups(conv.groups, c, c / groups, co).map_err(fail)?;
            if n != n2 || conv.output([h, w], *kernel) != Some([oh, ow]) {
                return Err(fail(format!("x {} and dy {} do not belong to a kernel {kernel:?}", inputs[0].0, inputs[1].0)));
            }
            ([co, c / groups, kernel[0], kernel[1]].into(), DType::F32)
        }
        Op::MaxPool2d(pool) | Op::AvgPool2d(pool) => {
            arity(1)?;
            let [n, c, h, w] = image(0)?;
            let Some([oh, ow]) = pooled(pool, [h, w]) else { return Err(fail(does_not_fit(pool, [h, w]))) };
            ([n, c, oh, ow].into(), DType::F32)
        }
        Op::MaxPool2dGrad(pool) => {
            arity(2)?;
            let ([n, c, h, w], dy) = (image(0)?, image(1)?);
            if pooled(pool, [h, w]).map(|[oh, ow]| [n, c, oh, ow]) != Some(dy) {
                return Err(fail(format!("dy {} is not the pooled shape of x {}", inputs[1].0, inputs[0].0)));
            }
            (inputs[0].0.clone(), DType::F32)
        }
        Op::MaxPool2dSelect(pool) => {
            arity(2)?;
            let ([n, c, h, w], g) = (image(0)?, image(1)?);
            if g != [n, c, h, w] {
                return Err(fail(format!("x {} and g {} differ", inputs[0].0, inputs[1].0)));
            }
            let Some([oh, ow]) = pooled(pool, [h, w]) else { return Err(fail(does_not_fit(pool, [h, w]))) };
            ([n, c, oh, ow].into(), DType::F32)
        }
        Op::AvgPool2dGrad { pool, input } => {
            arity(1)?;
            let [n, c, oh, ow] = image(0)?;
            if pooled(pool, *input) != Some([oh, ow]) {
                return Err(fail(format!("dy {} is not the pooled shape of {input:?}", inputs[0].0)));
            }
            ([n, c, input[0], input[1]].into(), DType::F32)
        }
        Op::Resize2d { output, .. } => {
            arity(1)?;
            let [n, c, ..] = image(0)?;
            ([n, c, output[0], output[1]].into(), DType::F32)
        }
        Op::Resize2dGrad { input, .. } => {
            arity(1)?;
            let [n, c, ..] = image(0)?;
            ([n, c, input[0], input[1]].into(), DType::F32)
        }
        Op::Gather => {
            arity(2)?;
            let ((x, dtype), index) = (inputs[0], index(1)?);
            if x.rank() == 0 || x[0] == 0 {
                return Err(fail(format!("{x} has no rows")));
            }
            ([&index[..], &x[1..]].concat().into(), *dtype)
        }
        Op::ScatterAdd { n } => {
            arity(2)?;
            let (index, dy) = (index(0)?, float(1)?);
            if dy.rank() < index.rank() || dy[..index.rank()] != index[..] {
                return Err(fail(format!("dy {dy} does not begin with the index shape {index}")));
            }
            ([&[*n], &dy[index.rank()..]].concat().into(), DType::F32)
        }
        Op::OneHot { depth } => {
            arity(1)?;
            ([&index(0)?[..], &[*depth]].concat().into(), DType::F32)
        }
        Op::Random { shape, .. } => {
            arity(1)?;
            key(index(0)?).map_err(fail)?;
            (shape.clone(), DType::F32)
        }
        Op::Permutation { n, .. } => {
            arity(2)?;
            key(index(0)?).map_err(fail)?;
            if *n == 0 {
                return Err(fail("of nothing".into()));
            }
            (index(1)?.clone(), DType::U32)
        }
    };
    if shape.rank() > MAX_RANK {
        return Err(fail(format!("{shape} has more than {MAX_RANK} dimensions")));
    }
    if shape.iter().map(|&d| d as u128).try_fold(1u128, |p, d| p.checked_mul(d)).is_none_or(|len| len > MAX_LEN) {
        return Err(fail(format!("{shape} has more than {MAX_LEN} values")));
    }
    Ok((shape, dtype))
}

fn check_groups(groups: usize, input_channels: usize, kernel_channels: usize, filters: usize) -> Result<(), String> {
    if groups == 0 || !filters.is_multiple_of(groups) || kernel_channels * groups != input_channels {
        return Err(format!("{input_channels} input channels, {filters} filters of {kernel_channels} channels, {groups} groups"));
    }
    Ok(())
}

/// The pooled size; pads must be smaller than the window, so that no window lies outside the image.
fn pooled(pool: &Pool2d, input: [usize; 2]) -> Option<[usize; 2]> {
    let padded_ok = (0..2).all(|i| pool.pads[i].iter().all(|&p| p < pool.size[i]));
    if padded_ok { pool.output(input) } else { None }
}

fn does_not_fit(pool: &Pool2d, [h, w]: [usize; 2]) -> String {
    format!(
        "a {}×{} window (pads {:?}, each smaller than the window) does not fit into {h}×{w}",
        pool.size[0], pool.size[1], pool.pads
    )
}

fn key(shape: &Shape) -> Result<(), String> {
    if shape[..] == [2] { Ok(()) } else { Err(format!("a key is u32[2] (seed, step), got {shape}")) }
}
