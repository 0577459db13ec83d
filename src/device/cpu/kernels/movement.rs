//! Kernels that only move values: broadcast, transpose, slice, concat, pad. All are one strided copy.
//!
//! They move words and so serve both element types.

use crate::buffer::Kernel;
use crate::index::{Strided, broadcast_strides};
use vitrine_graph::Shape;

/// Side of the square in which a transposed copy stays, so that both its sides stay in cache.
const TILE: usize = 16;

/// A block of `dims` read at `from` and written at `to`.
struct Copy {
    /// Source, destination.
    walk: Strided<2>,
    from: usize,
    to: usize,
}

impl Copy {
    fn run(&self, source: &[f32], target: &mut [f32]) {
        let rank = self.walk.dims().len();
        let row = self.walk.row();
        match self.walk.row_strides() {
            [1, 1] => self.walk.for_each(1, |[s, t]| {
                copy_row(&mut target[self.to + t..][..row], &source[self.from + s..][..row]);
            }),
            [0, 1] => self.walk.for_each(1, |[s, t]| target[self.to + t..][..row].fill(source[self.from + s])),
            [stride, 1] if rank > 1 && self.walk.strides(rank - 2)[0] == 1 => self.transpose(stride, source, target),
            [a, b] => self.walk.for_each(1, |[s, t]| {
                for i in 0..row {
                    target[self.to + t + i * b] = source[self.from + s + i * a];
                }
            }),
        }
    }

    /// The source is contiguous along the last but one dimension, the target along the last: go through squares.
    fn transpose(&self, stride: usize, source: &[f32], target: &mut [f32]) {
        let (rows, columns) = (self.walk.dims()[self.walk.dims().len() - 2], self.walk.row());
        let target_stride = self.walk.strides(self.walk.dims().len() - 2)[1];
        self.walk.for_each(2, |[s, t]| {
            for i0 in (0..rows).step_by(TILE) {
                for j0 in (0..columns).step_by(TILE) {
                    let width = TILE.min(columns - j0);
                    for i in i0..rows.min(i0 + TILE) {
                        let line = &mut target[self.to + t + i * target_stride + j0..][..width];
                        for (j, value) in line.iter_mut().enumerate() {
                            *value = source[self.from + s + i + (j0 + j) * stride];
                        }
                    }
                }
            }
        });
    }
}

/// Longer rows are left to the engine's copying function, of which a call takes as long as some tens of values.
const SHORT: usize = 64;

/// Copies `source` to `target`, which is as long, and fast also where that is a few values.
#[inline(never)]
pub fn copy_row(target: &mut [f32], source: &[f32]) {
    let len = target.len();
    if len > SHORT || len != source.len() {
        return target.copy_from_slice(source);
    }
    if len < 4 {
        for i in [0, 1, 2] {
            if i < len {
                target[i] = source[i];
            }
        }
        return;
    }
    // Fours, of which the last may share some values with the one before.
    for i in (0..len).step_by(4) {
        let i = i.min(len - 4);
        target[i..][..4].copy_from_slice(&source[i..][..4]);
    }
}

pub fn broadcast(from: &Shape, to: &Shape) -> Kernel {
    one(Copy { walk: Strided::new(to, [&broadcast_strides(from), &to.strides()]), from: 0, to: 0 })
}

pub fn transpose(from: &Shape, to: &Shape, perm: &[usize]) -> Kernel {
    let strides = from.strides();
    let permuted: Vec<usize> = perm.iter().map(|&p| strides[p]).collect();
    one(Copy { walk: Strided::new(to, [&permuted, &to.strides()]), from: 0, to: 0 })
}

pub fn slice(from: &Shape, starts: &[usize], to: &Shape) -> Kernel {
    let strides = from.strides();
    let offset = starts.iter().zip(&strides).map(|(start, stride)| start * stride).sum();
    one(Copy { walk: Strided::new(to, [&strides, &to.strides()]), from: offset, to: 0 })
}

pub fn pad(from: &Shape, before: &[usize], to: &Shape, value: f32) -> Kernel {
    let strides = to.strides();
    let offset = before.iter().zip(&strides).map(|(start, stride)| start * stride).sum();
    let copy = Copy { walk: Strided::new(from, [&from.strides(), &strides]), from: 0, to: offset };
    Kernel::new(move |x, out| {
        out.fill(value);
        copy.run(x.get(0), out);
    })
}

pub fn concat(parts: &[&Shape], axis: usize, to: &Shape) -> Kernel {
    let strides = to.strides();
    let mut offset = 0;
    let copies: Vec<Copy> = parts
        .iter()
        .map(|part| {
            let copy = Copy { walk: Strided::new(part, [&part.strides(), &strides]), from: 0, to: offset };
            offset += part[axis] * strides[axis];
            copy
        })
        .collect();
    Kernel::new(move |x, out| copies.iter().enumerate().for_each(|(i, copy)| copy.run(x.get(i), out)))
}

/// The same values elsewhere.
pub fn copy() -> Kernel {
    Kernel::new(|x, out| out.copy_from_slice(x.get(0)))
}

fn one(copy: Copy) -> Kernel {
    Kernel::new(move |x, out| copy.run(x.get(0), out))
}
