//! Pooling and resizing of `[N, C, H, W]`, plane by plane, and their gradients.
//!
//! The first largest cell of a window counts, in row-major order; a NaN is larger than every number, so that it stays visible.

use std::ops::Range;

use crate::buffer::Kernel;
use crate::math;
use vitrine_graph::{Pool2d, Resize, Shape};

/// The planes of an image tensor and what a pooling makes of them.
#[derive(Clone, Copy)]
struct Planes {
    input: [usize; 2],
    output: [usize; 2],
    pool: Pool2d,
}

impl Planes {
    fn new(pool: Pool2d, input: &[usize], output: &[usize]) -> Self {
        Self { input: [input[2], input[3]], output: [output[2], output[3]], pool }
    }

    /// The cells inside the image of window `o` along side `i`.
    fn side(&self, i: usize, o: usize) -> Range<usize> {
        let begin = o * self.pool.stride[i];
        let end = (begin + self.pool.size[i]).saturating_sub(self.pool.pads[i][0]).min(self.input[i]);
        begin.saturating_sub(self.pool.pads[i][0]).min(end)..end
    }

    /// Calls `body` with each window's index in the output plane and its rows and columns in the input plane.
    fn windows(&self, mut body: impl FnMut(usize, Range<usize>, Range<usize>)) {
        for oy in 0..self.output[0] {
            let rows = self.side(0, oy);
            for ox in 0..self.output[1] {
                body(oy * self.output[1] + ox, rows.clone(), self.side(1, ox));
            }
        }
    }

    /// The first largest cell of a window.
    fn largest(&self, x: &[f32], rows: Range<usize>, columns: Range<usize>) -> usize {
        let mut best = rows.start * self.input[1] + columns.start;
        for row in rows {
            for at in row * self.input[1] + columns.start..row * self.input[1] + columns.end {
                if x[at] > x[best] || (x[at].is_nan() && !x[best].is_nan()) {
                    best = at;
                }
            }
        }
        best
    }

    /// Whether the windows are 2×2 side by side without pads, the case that networks use most.
    fn halves(&self) -> bool {
        self.pool == Pool2d { size: [2, 2], stride: [2, 2], pads: [[0, 0], [0, 0]] }
    }

    /// Calls `body` with each 2×2 window's index in the output plane and of its first cell in the input plane.
    #[inline(always)]
    fn quads(&self, mut body: impl FnMut(usize, usize)) {
        for oy in 0..self.output[0] {
            for ox in 0..self.output[1] {
                body(oy * self.output[1] + ox, 2 * (oy * self.input[1] + ox));
            }
        }
    }

    /// [`Planes::largest`] of the 2×2 window at `first`, without branches.
    #[inline(always)]
    fn largest_of_quad(&self, x: &[f32], first: usize) -> usize {
        let better = |a: usize, b: usize| if x[b] > x[a] || (x[b].is_nan() & !x[a].is_nan()) { b } else { a };
        better(better(first, first + 1), better(first + self.input[1], first + self.input[1] + 1))
    }

    /// Calls `body` with each plane's range of the input and of the output.
    fn each(&self, planes: usize, mut body: impl FnMut(Range<usize>, Range<usize>)) {
        let (input, output) = (self.input[0] * self.input[1], self.output[0] * self.output[1]);
        (0..planes).for_each(|p| body(p * input..(p + 1) * input, p * output..(p + 1) * output));
    }
}

pub fn max_pool(pool: Pool2d, from: &Shape, to: &Shape) -> Kernel {
    let (planes, count) = (Planes::new(pool, from, to), from[0] * from[1]);
    Kernel::new(move |x, out| {
        planes.each(count, |input, output| {
            let (x, y) = (&x.get(0)[input], &mut out[output]);
            if planes.halves() {
                let largest = |a: [f32; 2], b: [f32; 2]| math::max(math::max(a[0], a[1]), math::max(b[0], b[1]));
                return halve(x, y, planes.input[1], planes.output[1], largest);
            }
            planes.windows(|o, rows, columns| {
                y[o] = rows.fold(f32::NEG_INFINITY, |best, row| {
                    x[row * planes.input[1]..][columns.clone()].iter().fold(best, |best, &v| math::max(best, v))
                });
            });
        });
    })
}

/// What `join` makes of the two rows of each 2×2 window, side by side, row by row.
#[inline(always)]
fn halve(x: &[f32], y: &mut [f32], width: usize, half: usize, join: impl Fn([f32; 2], [f32; 2]) -> f32) {
    if half == 0 {
        return;
    }
    for (pair, line) in x.chunks_exact(2 * width).zip(y.chunks_exact_mut(half)) {
        let (above, below) = pair.split_at(width);
        for ((y, a), b) in line.iter_mut().zip(above.as_chunks::<2>().0).zip(below.as_chunks::<2>().0) {
            *y = join(*a, *b);
        }
    }
}

/// `dy` added at the first largest cell of each window of `x`.
pub fn max_pool_grad(pool: Pool2d, image: &Shape, pooled: &Shape) -> Kernel {
    let (planes, count) = (Planes::new(pool, image, pooled), image[0] * image[1]);
    Kernel::new(move |x, out| {
        out.fill(0.0);
        planes.each(count, |input, output| {
            let (x, dy, dx) = (&x.get(0)[input.clone()], &x.get(1)[output], &mut out[input]);
            if planes.halves() {
                planes.quads(|o, first| dx[planes.largest_of_quad(x, first)] = dy[o]);
            } else {
                planes.windows(|o, rows, columns| dx[planes.largest(x, rows, columns)] += dy[o]);
            }
        });
    })
}

/// `g` at the first largest cell of each window of `x`.
pub fn max_pool_select(pool: Pool2d, image: &Shape, pooled: &Shape) -> Kernel {
    let (planes, count) = (Planes::new(pool, image, pooled), image[0] * image[1]);
    Kernel::new(move |x, out| {
        planes.each(count, |input, output| {
            let (x, g, y) = (&x.get(0)[input.clone()], &x.get(1)[input], &mut out[output]);
            if planes.halves() {
                planes.quads(|o, first| y[o] = g[planes.largest_of_quad(x, first)]);
            } else {
                planes.windows(|o, rows, columns| y[o] = g[planes.largest(x, rows, columns)]);
            }
        });
    })
}

pub fn avg_pool(pool: Pool2d, from: &Shape, to: &Shape) -> Kernel {
    let (planes, count) = (Planes::new(pool, from, to), from[0] * from[1]);
    Kernel::new(move |x, out| {
        planes.each(count, |input, output| {
            let (x, y) = (&x.get(0)[input], &mut out[output]);
            if planes.halves() {
                return halve(x, y, planes.input[1], planes.output[1], |a, b| ((a[0] + a[1]) + (b[0] + b[1])) * 0.25);
            }
            planes.windows(|o, rows, columns| {
                let cells = (rows.len() * columns.len()) as f32;
                y[o] = rows.map(|row| math::sum(&x[row * planes.input[1]..][columns.clone()])).sum::<f32>() / cells;
            });
        });
    })
}

pub fn avg_pool_grad(pool: Pool2d, image: &Shape, pooled: &Shape) -> Kernel {
    let (planes, count) = (Planes::new(pool, image, pooled), image[0] * image[1]);
    Kernel::new(move |x, out| {
        if planes.halves() && planes.input == planes.output.map(|side| 2 * side) {
            return spread(x.get(0), out, planes.output[1]);
        }
        out.fill(0.0);
        planes.each(count, |input, output| {
            let (dy, dx) = (&x.get(0)[output], &mut out[input]);
            planes.windows(|o, rows, columns| {
                let share = dy[o] / (rows.len() * columns.len()) as f32;
                for row in rows {
                    dx[row * planes.input[1]..][columns.clone()].iter_mut().for_each(|d| *d += share);
                }
            });
        });
    })
}

/// A quarter of each value to all four cells of its 2×2 window; `half` values a row.
fn spread(dy: &[f32], dx: &mut [f32], half: usize) {
    if half == 0 {
        return;
    }
    for (line, pair) in dy.chunks_exact(half).zip(dx.chunks_exact_mut(4 * half)) {
        let (above, below) = pair.split_at_mut(2 * half);
        let ((fours, rest), (eights, pairs)) = (line.as_chunks::<4>(), above.as_chunks_mut::<8>());
        for ([a, b, c, d], eight) in fours.iter().map(|four| four.map(|dy| dy * 0.25)).zip(eights) {
            *eight = [a, a, b, b, c, c, d, d];
        }
        for (dy, pair) in rest.iter().zip(pairs.as_chunks_mut::<2>().0) {
            *pair = [dy * 0.25; 2];
        }
        below.copy_from_slice(above);
    }
}

/// One side of a resize: for each output, two neighbouring inputs and the second's weight.
fn taps(mode: Resize, input: usize, output: usize) -> Vec<(usize, usize, f32)> {
    let scale = input as f64 / output as f64;
    (0..output)
        .map(|o| match mode {
            Resize::Nearest => {
                // ⌊(o + ½)·in/out⌋ in whole numbers.
                let i = ((2 * o + 1) * input / (2 * output)).min(input - 1);
                (i, i, 0.0)
            }
            Resize::Bilinear => {
                let at = ((o as f64 + 0.5) * scale - 0.5).clamp(0.0, (input - 1) as f64);
                let low = at as usize;
                (low, (low + 1).min(input - 1), (at - low as f64) as f32)
            }
        })
        .collect()
}

/// Rows and columns of the smaller description of a resize of `small` to `large`.
struct Taps {
    rows: Vec<(usize, usize, f32)>,
    columns: Vec<(usize, usize, f32)>,
    /// Height and width of what the taps point into.
    width: usize,
    plane: usize,
    planes: usize,
}

impl Taps {
    fn new(mode: Resize, input: &[usize], output: &[usize]) -> Self {
        let rows = if input[2] == 0 { Vec::new() } else { taps(mode, input[2], output[2]) };
        let columns = if input[3] == 0 { Vec::new() } else { taps(mode, input[3], output[3]) };
        Self { rows, columns, width: input[3], plane: input[2] * input[3], planes: input[0] * input[1] }
    }
}

pub fn resize(mode: Resize, from: &Shape, to: &Shape) -> Kernel {
    let taps = Taps::new(mode, from, to);
    Kernel::new(move |x, out| {
        let x = x.get(0);
        let mut targets = out.iter_mut();
        for p in 0..taps.planes {
            let plane = &x[p * taps.plane..][..taps.plane];
            for &(top, bottom, down) in &taps.rows {
                let (above, below) = (&plane[top * taps.width..][..taps.width], &plane[bottom * taps.width..][..taps.width]);
                for (&(left, right, along), y) in taps.columns.iter().zip(&mut targets) {
                    let upper = above[left] + (above[right] - above[left]) * along;
                    let lower = below[left] + (below[right] - below[left]) * along;
                    *y = upper + (lower - upper) * down;
                }
            }
        }
    })
}

/// The adjoint of [`resize`]: `dy` of shape `from`, the image of shape `to`.
pub fn resize_grad(mode: Resize, from: &Shape, to: &Shape) -> Kernel {
    let taps = Taps::new(mode, to, from);
    Kernel::new(move |x, out| {
        out.fill(0.0);
        let mut sources = x.get(0).iter();
        for p in 0..taps.planes {
            let plane = &mut out[p * taps.plane..][..taps.plane];
            for &(top, bottom, down) in &taps.rows {
                for (&(left, right, along), &dy) in taps.columns.iter().zip(&mut sources) {
                    let (upper, lower) = (dy * (1.0 - down), dy * down);
                    plane[top * taps.width + left] += upper * (1.0 - along);
                    plane[top * taps.width + right] += upper * along;
                    plane[bottom * taps.width + left] += lower * (1.0 - along);
                    plane[bottom * taps.width + right] += lower * along;
                }
            }
        }
    })
}
