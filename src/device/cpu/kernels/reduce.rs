//! Reductions, argmax and log softmax. Every sum is taken in one fixed order, so that runs repeat bit for bit.
//!
//! NaN is never hidden: a maximum over NaN is NaN, and the first NaN is the argmax.

use crate::buffer::{Kernel, as_u32_mut};
use crate::index::Strided;
use crate::math;
use vitrine_graph::{Reduce, Shape};

pub fn reduce(kind: Reduce, from: &Shape, axes: &[usize]) -> Kernel {
    let kept = from.reduced(axes);
    let strides: Vec<usize> =
        kept.strides().into_iter().enumerate().map(|(i, stride)| if axes.contains(&i) { 0 } else { stride }).collect();
    let walk = Strided::new(from, [&from.strides(), &strides]);
    let count: usize = axes.iter().map(|&axis| from[axis]).product();
    Kernel::new(move |x, out| {
        match kind {
            Reduce::Sum | Reduce::Mean => fold(&walk, x.get(0), out, 0.0, math::sum, |a, b| a + b),
            Reduce::Max => fold(&walk, x.get(0), out, f32::NEG_INFINITY, math::largest, math::max),
        }
        if kind == Reduce::Mean {
            out.iter_mut().for_each(|y| *y /= count as f32);
        }
    })
}

/// Folds each row of `x` into its place of `out`: to one value by `row` where the row is reduced, else value by value.
fn fold(walk: &Strided<2>, x: &[f32], out: &mut [f32], empty: f32, row: fn(&[f32]) -> f32, join: impl Fn(f32, f32) -> f32) {
    out.fill(empty);
    let (len, reduced) = (walk.row(), walk.row_strides()[1] == 0);
    if !reduced && len == out.len() && len > 0 {
        return fold_rows(x, out, join);
    }
    walk.for_each(1, |[from, to]| {
        let values = &x[from..][..len];
        if reduced {
            out[to] = join(out[to], row(values));
        } else {
            out[to..][..len].iter_mut().zip(values).for_each(|(y, &v)| *y = join(*y, v));
        }
    });
}

/// Folds rows as long as `out` into it, four at a time: so it is loaded and stored a quarter as often.
fn fold_rows(x: &[f32], out: &mut [f32], join: impl Fn(f32, f32) -> f32) {
    let len = out.len();
    let mut fours = x.chunks_exact(4 * len);
    for rows in &mut fours {
        let [a, b, c, d]: [&[f32]; 4] = std::array::from_fn(|i| &rows[i * len..][..len]);
        let rows = a.iter().zip(b).zip(c).zip(d);
        out.iter_mut().zip(rows).for_each(|(y, (((&a, &b), &c), &d))| *y = join(join(join(join(*y, a), b), c), d));
    }
    for row in fours.remainder().chunks_exact(len) {
        out.iter_mut().zip(row).for_each(|(y, &v)| *y = join(*y, v));
    }
}

/// The index of the first largest value along `axis`.
pub fn argmax(from: &Shape, axis: usize) -> Kernel {
    let (count, inner) = (from[axis], from[axis + 1..].iter().product::<usize>());
    Kernel::new(move |x, out| {
        let x = x.get(0);
        for (i, best) in as_u32_mut(out).iter_mut().enumerate() {
            let first = i / inner * count * inner + i % inner;
            let at = |k: usize| x[first + k * inner];
            let beats = |a: f32, b: f32| a > b || (a.is_nan() && !b.is_nan());
            *best = (0..count).fold(0, |best, k| if beats(at(k), at(best)) { k } else { best }) as u32;
        }
    })
}

/// x − max − ln Σ exp(x − max) along the last dimension.
pub fn log_softmax(shape: &Shape) -> Kernel {
    let row = shape[shape.rank() - 1];
    Kernel::new(move |x, out| {
        if row == 0 {
            return;
        }
        for (x, y) in x.get(0).chunks_exact(row).zip(out.chunks_exact_mut(row)) {
            let (math, largest) = (math::coefficients(), math::largest(x));
            y.iter_mut().zip(x).for_each(|(y, &x)| *y = math.exp(x - largest));
            let log_sum = math.log(math::sum(y));
            y.iter_mut().zip(x).for_each(|(y, &x)| *y = (x - largest) - log_sum);
        }
    })
}
