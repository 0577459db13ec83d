//! Convolution of `[N, C, H, W]` and its two adjoints, as matrix products whose operands are packed straight from the images.
//!
//! Per group, forward: y[co, (n, oy, ox)] = w[co, (ci, ky, kx)] · patch[(ci, ky, kx), (n, oy, ox)]. The adjoint in x has the same
//! form with the roles of input and output exchanged and the kernel walked backwards. The adjoint in w sums over images and places.

use std::ops::Range;

use super::buffer::Kernel;
use super::gemm::{self, Panel, Sink, gemm};
use crate::graph::{Conv2d, Shape};

/// Along one side, which source cell a kernel cell reads for a target cell: (target·scale + kernel·step + offset) / divisor, where
/// that is whole and inside the source.
#[derive(Clone, Copy)]
struct Side {
    scale: isize,
    step: isize,
    offset: isize,
    divisor: isize,
    source: usize,
    target: usize,
    kernel: usize,
}

impl Side {
    /// Source cells are input pixels, targets output pixels.
    fn forward(conv: &Conv2d, i: usize, input: usize, kernel: usize, output: usize) -> Self {
        let (stride, dilation, pad) = (conv.stride[i] as isize, conv.dilation[i] as isize, conv.pads[i][0] as isize);
        Self { scale: stride, step: dilation, offset: -pad, divisor: 1, source: input, target: output, kernel }
    }

    /// Source cells are output pixels, targets input pixels.
    fn backward(conv: &Conv2d, i: usize, input: usize, kernel: usize, output: usize) -> Self {
        let (stride, dilation, pad) = (conv.stride[i] as isize, conv.dilation[i] as isize, conv.pads[i][0] as isize);
        Self { scale: 1, step: -dilation, offset: pad, divisor: stride, source: output, target: input, kernel }
    }

    #[inline]
    fn source(&self, target: usize, kernel: usize) -> Option<usize> {
        let at = target as isize * self.scale + kernel as isize * self.step + self.offset;
        if at < 0 || at % self.divisor != 0 {
            return None;
        }
        let at = (at / self.divisor) as usize;
        (at < self.source).then_some(at)
    }

    /// The targets that have a source under `kernel`, where neighbouring targets have neighbouring sources (`scale` and `divisor` 1).
    fn run(&self, kernel: usize) -> Range<usize> {
        let shift = kernel as isize * self.step + self.offset;
        let clamp = |v: isize| v.clamp(0, self.target as isize) as usize;
        clamp(-shift)..clamp(self.source as isize - shift).max(clamp(-shift))
    }

    fn unit(&self) -> bool {
        self.scale == 1 && self.divisor == 1
    }
}

/// The patches of one group of channels of a batch, as vectors (n, ty, tx) along K = (c, ky, kx).
struct Patches<'a> {
    /// `[N, channels, H, W]`.
    source: &'a [f32],
    /// Of the whole tensor.
    channels: usize,
    /// Of this group's first.
    channel: usize,
    rows: Side,
    columns: Side,
}

impl Panel for Patches<'_> {
    fn pack<const W: usize>(&self, first: usize, count: usize, k: Range<usize>, panel: &mut [f32]) {
        let panel = panel.as_chunks_mut::<W>().0;
        let (height, width) = (self.rows.target, self.columns.target);
        let cells = self.rows.kernel * self.columns.kernel;
        let plane = self.rows.source * self.columns.source;
        for (lanes, k) in panel.iter_mut().zip(k) {
            let (c, ky, kx) = (k / cells, k % cells / self.columns.kernel, k % self.columns.kernel);
            lanes.fill(0.0);
            let mut lane = 0;
            // Stretches of lanes within one target row.
            while lane < count {
                let at = first + lane;
                let (n, ty, tx) = (at / (height * width), at / width % height, at % width);
                let len = (width - tx).min(count - lane);
                if let Some(row) = self.rows.source(ty, ky) {
                    let start = (n * self.channels + self.channel + c) * plane + row * self.columns.source;
                    let values = &self.source[start..][..self.columns.source];
                    let target = &mut lanes[lane..][..len];
                    if self.columns.unit() {
                        let run = self.columns.run(kx);
                        let (from, to) = (run.start.max(tx), run.end.min(tx + len));
                        if from < to {
                            let shift = kx as isize * self.columns.step + self.columns.offset;
                            let source = (from as isize + shift) as usize;
                            target[from - tx..to - tx].copy_from_slice(&values[source..][..to - from]);
                        }
                    } else {
                        for (i, lane) in target.iter_mut().enumerate() {
                            *lane = self.columns.source(tx + i, kx).map_or(0.0, |x| values[x]);
                        }
                    }
                }
                lane += len;
            }
        }
    }
}

/// The kernel's rows for the adjoint: vectors ci along K = (co, ky, kx) of one group of `[Cout, Cin/groups, KH, KW]`.
struct Flipped<'a> {
    weight: &'a [f32],
    channels: usize,
    cells: usize,
}

impl Panel for Flipped<'_> {
    fn pack<const W: usize>(&self, first: usize, count: usize, k: Range<usize>, panel: &mut [f32]) {
        for (lanes, k) in panel.as_chunks_mut::<W>().0.iter_mut().zip(k) {
            lanes.fill(0.0);
            let start = k / self.cells * self.channels * self.cells + k % self.cells;
            for (i, lane) in lanes[..count].iter_mut().enumerate() {
                *lane = self.weight[start + (first + i) * self.cells];
            }
        }
    }
}

/// Rows are channels of `[N, channels, plane]`, columns (n, place).
struct Images<'a> {
    values: &'a mut [f32],
    channels: usize,
    channel: usize,
    plane: usize,
}

impl Sink for Images<'_> {
    fn tile<const MR: usize, const NR: usize>(
        &mut self,
        [i, j]: [usize; 2],
        rows: usize,
        columns: usize,
        tile: &[[f32; NR]; MR],
        first: bool,
    ) {
        let (n, place) = (j / self.plane, j % self.plane);
        let start = |n: usize, r: usize| (n * self.channels + self.channel + i + r) * self.plane;
        if place + columns <= self.plane {
            for (r, row) in tile[..rows].iter().enumerate() {
                gemm::put(&mut self.values[start(n, r) + place..][..columns], row, first);
            }
            return;
        }
        for (r, row) in tile[..rows].iter().enumerate() {
            for (c, &value) in row[..columns].iter().enumerate() {
                let at = place + c;
                let target = &mut self.values[start(n + at / self.plane, r) + at % self.plane];
                *target = if first { value } else { *target + value };
            }
        }
    }
}

/// y `[N, Cout, OH, OW]` of x `[N, Cin, H, W]` and w `[Cout, Cin/groups, KH, KW]`.
pub fn conv2d(conv: &Conv2d, x: &Shape, w: &Shape, y: &Shape) -> Kernel {
    let side = |i: usize| Side::forward(conv, i, x[2 + i], w[2 + i], y[2 + i]);
    let (rows, columns, groups) = (side(0), side(1), conv.groups);
    let (channels, filters) = (x[1], y[1]);
    let (m, n, k) = (filters / groups, y[0] * y[2] * y[3], w[1] * w[2] * w[3]);
    let plane = y[2] * y[3];
    Kernel::with_scratch(gemm::scratch(m, n, k), move |x, out, scratch| {
        for group in 0..groups {
            let weight = gemm::Strided { values: &x.get(1)[group * m * k..][..m * k], vector: k, step: 1 };
            let patches = Patches { source: x.get(0), channels, channel: group * channels / groups, rows, columns };
            let mut sink = Images { values: out, channels: filters, channel: group * m, plane };
            gemm(m, n, k, &weight, &patches, &mut sink, scratch);
        }
    })
}

/// The adjoint in x: dy `[N, Cout, OH, OW]`, w → dx `[N, Cin, H, W]`.
pub fn input_grad(conv: &Conv2d, dy: &Shape, w: &Shape, dx: &Shape) -> Kernel {
    let side = |i: usize| Side::backward(conv, i, dx[2 + i], w[2 + i], dy[2 + i]);
    let (rows, columns, groups) = (side(0), side(1), conv.groups);
    let (channels, filters, cells) = (dx[1], dy[1], w[2] * w[3]);
    let per_group = channels / groups;
    let (m, n, k) = (per_group, dx[0] * dx[2] * dx[3], filters / groups * cells);
    let plane = dx[2] * dx[3];
    Kernel::with_scratch(gemm::scratch(m, n, k), move |x, out, scratch| {
        for group in 0..groups {
            let weight = Flipped { weight: &x.get(1)[group * k * per_group..][..k * per_group], channels: per_group, cells };
            let patches = Patches { source: x.get(0), channels: filters, channel: group * filters / groups, rows, columns };
            let mut sink = Images { values: out, channels, channel: group * per_group, plane };
            gemm(m, n, k, &weight, &patches, &mut sink, scratch);
        }
    })
}
