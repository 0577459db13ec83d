//! Convolution, pooling and resizing of `[N, C, H, W]` in `f64`.
//!
//! Each family is one enumeration of the places that belong together, `(x, w, y)` for a convolution, and its operations sum over the
//! same places in different directions; so they are adjoint to each other by construction.

use super::Tensor64;
use crate::{Conv2d, Pool2d, Resize, Shape};

/// y += x·w over all places.
pub fn conv2d(conv: &Conv2d, x: &Tensor64, w: &Tensor64, shape: &Shape) -> Vec<f64> {
    let mut y = vec![0.0; shape.len()];
    products(conv, &x.shape, &w.shape, shape, |i, j, k| y[k] += x.values[i] * w.values[j]);
    y
}

/// x += y·w over all places.
pub fn conv2d_input_grad(conv: &Conv2d, dy: &Tensor64, w: &Tensor64, shape: &Shape) -> Vec<f64> {
    let mut dx = vec![0.0; shape.len()];
    products(conv, shape, &w.shape, &dy.shape, |i, j, k| dx[i] += dy.values[k] * w.values[j]);
    dx
}

/// w += x·y over all places.
pub fn conv2d_weight_grad(conv: &Conv2d, x: &Tensor64, dy: &Tensor64, shape: &Shape) -> Vec<f64> {
    let mut dw = vec![0.0; shape.len()];
    products(conv, &x.shape, shape, &dy.shape, |i, j, k| dw[j] += x.values[i] * dy.values[k]);
    dw
}

/// Calls `visit` with the offsets of every `(x, w, y)` such that y is a sum of products x·w.
fn products(conv: &Conv2d, x: &Shape, w: &Shape, y: &Shape, mut visit: impl FnMut(usize, usize, usize)) {
    let (per_group_in, per_group_out) = (w[1], w[0] / conv.groups);
    let taps = Shape::from(&w[1..]);
    super::for_each_index(y, |at| {
        let [n, co, oy, ox] = [at[0], at[1], at[2], at[3]];
        super::for_each_index(&taps, |tap| {
            let [ci, ky, kx] = [tap[0], tap[1], tap[2]];
            let row = inside(oy * conv.stride[0] + ky * conv.dilation[0], conv.pads[0][0], x[2]);
            let column = inside(ox * conv.stride[1] + kx * conv.dilation[1], conv.pads[1][0], x[3]);
            if let (Some(row), Some(column)) = (row, column) {
                let channel = co / per_group_out * per_group_in + ci;
                visit(super::offset(x, &[n, channel, row, column]), super::offset(w, &[co, ci, ky, kx]), super::offset(y, at));
            }
        });
    });
}

/// A coordinate of the padded image as one of the image of `size`, if it lies there.
fn inside(padded: usize, before: usize, size: usize) -> Option<usize> {
    padded.checked_sub(before).filter(|&i| i < size)
}

/// For each window of `x`, the value that `from` has at the window's first largest cell.
pub fn max_pool2d(pool: &Pool2d, x: &Tensor64, from: &Tensor64, shape: &Shape) -> Vec<f64> {
    let mut y = vec![0.0; shape.len()];
    windows(pool, &x.shape, shape, |cells, k| y[k] = from.values[winner(x, cells)]);
    y
}

pub fn max_pool2d_grad(pool: &Pool2d, x: &Tensor64, dy: &Tensor64) -> Vec<f64> {
    let mut dx = vec![0.0; x.values.len()];
    windows(pool, &x.shape, &dy.shape, |cells, k| dx[winner(x, cells)] += dy.values[k]);
    dx
}

/// The first of `cells` with the largest value.
fn winner(x: &Tensor64, cells: &[usize]) -> usize {
    cells[1..].iter().fold(cells[0], |best, &cell| if x.values[cell] > x.values[best] { cell } else { best })
}

pub fn avg_pool2d(pool: &Pool2d, x: &Tensor64, shape: &Shape) -> Vec<f64> {
    let mut y = vec![0.0; shape.len()];
    windows(pool, &x.shape, shape, |cells, k| y[k] = cells.iter().map(|&i| x.values[i]).sum::<f64>() / cells.len() as f64);
    y
}

pub fn avg_pool2d_grad(pool: &Pool2d, dy: &Tensor64, shape: &Shape) -> Vec<f64> {
    let mut dx = vec![0.0; shape.len()];
    windows(pool, shape, &dy.shape, |cells, k| cells.iter().for_each(|&i| dx[i] += dy.values[k] / cells.len() as f64));
    dx
}

/// Calls `visit` with the offsets in `x` of each window's cells inside the image, row by row, and the offset in `y`.
fn windows(pool: &Pool2d, x: &Shape, y: &Shape, mut visit: impl FnMut(&[usize], usize)) {
    super::for_each_index(y, |at| {
        let mut cells = Vec::new();
        super::for_each_index(&pool.size.into(), |cell| {
            let row = inside(at[2] * pool.stride[0] + cell[0], pool.pads[0][0], x[2]);
            let column = inside(at[3] * pool.stride[1] + cell[1], pool.pads[1][0], x[3]);
            if let (Some(row), Some(column)) = (row, column) {
                cells.push(super::offset(x, &[at[0], at[1], row, column]));
            }
        });
        visit(&cells, super::offset(y, at));
    });
}

pub fn resize2d(mode: Resize, x: &Tensor64, shape: &Shape) -> Vec<f64> {
    let mut y = vec![0.0; shape.len()];
    interpolation(mode, &x.shape, shape, |i, k, weight| y[k] += weight * x.values[i]);
    y
}

pub fn resize2d_grad(mode: Resize, dy: &Tensor64, shape: &Shape) -> Vec<f64> {
    let mut dx = vec![0.0; shape.len()];
    interpolation(mode, shape, &dy.shape, |i, k, weight| dx[i] += weight * dy.values[k]);
    dx
}

/// Calls `visit` with the offsets of every `(x, y)` such that x contributes to y, and its weight.
fn interpolation(mode: Resize, x: &Shape, y: &Shape, mut visit: impl FnMut(usize, usize, f64)) {
    super::for_each_index(y, |at| {
        for (row, row_weight) in taps(mode, at[2], x[2], y[2]) {
            for (column, column_weight) in taps(mode, at[3], x[3], y[3]) {
                visit(super::offset(x, &[at[0], at[1], row, column]), super::offset(y, at), row_weight * column_weight);
            }
        }
    });
}

/// The input cells, with weights, that output cell `o` of one side is made of.
fn taps(mode: Resize, o: usize, input: usize, output: usize) -> [(usize, f64); 2] {
    match mode {
        Resize::Nearest => [((2 * o + 1) * input / (2 * output), 1.0), (0, 0.0)],
        Resize::Bilinear => {
            let centre = ((o as f64 + 0.5) * input as f64 / output as f64 - 0.5).max(0.0);
            let (below, fraction) = (centre.floor() as usize, centre.fract());
            [(below, 1.0 - fraction), ((below + 1).min(input - 1), fraction)]
        }
    }
}
