//! Convolution of `[N, C, H, W]` and its adjoint in x, as matrix products whose right operand, the patches, is read where the images
//! lie: vectors of neighbouring pixels for a filter at a time (`strips`), or single pixels for a vector of filters (`pixels`).
//!
//! Forward, per group: y[co, (n, oy, ox)] = w[co, k] · patch[k, (n, oy, ox)] with k = (ci, ky, kx). Where the image is padded, a few
//! images at a time are copied with their border into scratch; then a patch is the value at the target's base address plus an
//! offset that depends on k alone, and there is no case for the border. The adjoint has the same form from dy to dx, the
//! kernel walked backwards. With a stride, the targets of one phase (y mod stride, x mod stride) share their kernel cells, so the
//! adjoint is one such product per phase, none of which multiplies by the zeros between strides. Where that still means many zeros,
//! at the edges, `lanes` computes it.

use crate::buffer::Kernel;
use crate::lanes::Lanes;
use crate::movement::copy_row;
use crate::simd::Offsets;
use crate::{pixels, strips};
use vitrine_graph::{Conv2d, Shape};

/// Words of bordered images in scratch at a time: they stay in the second-level cache.
const BORDERED: usize = 1 << 16;

/// The share of products, in percent, up to which leaving out zeros is worth more passes.
const WORTH: usize = 85;

/// Targets of a pass over images: rows and columns, their distances in memory, the distance of images, the first.
#[derive(Clone, Copy)]
struct Grid {
    size: [usize; 2],
    step: [usize; 2],
    image: usize,
    start: usize,
}

/// Targets that share their kernel cells.
struct Pass {
    /// Base addresses in the bordered source, and addresses in the result; both relative to the group's first plane.
    from: Grid,
    to: Grid,
    /// For each k, in the source and in the weights.
    offsets: Offsets,
    weights: Vec<usize>,
    /// Whether the targets of an image are computed as strips, else one by one; where these begin in source and result.
    strips: bool,
    places: Vec<[usize; 2]>,
    /// Of a step along k, in products.
    cost: usize,
}

/// How the source is surrounded by zeros.
#[derive(Clone, Copy)]
struct Border {
    /// Height and width without it.
    inner: [usize; 2],
    before: [usize; 2],
    after: [usize; 2],
}

impl Border {
    fn side(&self, i: usize) -> usize {
        self.before[i] + self.inner[i] + self.after[i]
    }

    fn is_empty(&self) -> bool {
        self.before == [0, 0] && self.after == [0, 0]
    }

    /// Copies planes to where their borders, which are there already, leave room for them.
    fn surround(&self, source: &[f32], target: &mut [f32]) {
        let ([height, width], pitch) = (self.inner, self.side(1));
        if height * width == 0 {
            return;
        }
        let planes = target.chunks_exact_mut(self.side(0) * pitch).zip(source.chunks_exact(height * width));
        for (target, source) in planes {
            let lines = target[self.before[0] * pitch..].chunks_exact_mut(pitch);
            for (line, row) in lines.zip(source.chunks_exact(width)) {
                copy_row(&mut line[self.before[1]..][..width], row);
            }
        }
    }
}

/// A convolution made ready: source `[N, C, inner]` → result `[N, M, plane]`.
struct Product {
    images: usize,
    /// Of source and result, in one group.
    channels: usize,
    rows: usize,
    groups: usize,
    border: Border,
    /// Words of one plane of the result, of one group's weights, and between the weights of neighbouring rows.
    plane: usize,
    group_weights: usize,
    vector: usize,
    passes: Vec<Pass>,
}

impl Pass {
    /// Words of the packed weights of one group.
    fn packed_len(&self, rows: usize) -> usize {
        let packed_len = if self.strips { strips::packed_len } else { pixels::packed_len };
        packed_len(rows, self.offsets.len())
    }
}

impl Product {
    fn kernel(self) -> Kernel {
        let bordered = self.channels * self.groups * self.border.side(0) * self.border.side(1);
        let chunk = (BORDERED / bordered.max(1)).clamp(1, self.images.max(1));
        let copied = if self.border.is_empty() { 0 } else { chunk * bordered };
        let packed: usize = self.passes.iter().map(|pass| self.groups * pass.packed_len(self.rows)).sum();
        Kernel::with_scratch(copied + packed, move |x, out, scratch| {
            let (copy, packed) = scratch.split_at_mut(copied);
            self.run(chunk, x.get(0), x.get(1), out, copy, packed);
        })
    }

    fn run(&self, chunk: usize, source: &[f32], weights: &[f32], out: &mut [f32], copy: &mut [f32], packed: &mut [f32]) {
        self.each(|group, pass, at| {
            let weights = &weights[group * self.group_weights..];
            let weight = |row: usize, k: usize| weights[row * self.vector + pass.weights[k]];
            let packed = &mut packed[at..][..pass.packed_len(self.rows)];
            match pass.strips {
                true => strips::pack(self.rows, pass.offsets.len(), weight, packed),
                false => pixels::pack(self.rows, pass.offsets.len(), weight, packed),
            }
        });
        copy.fill(0.0);
        let inner = self.channels * self.groups * self.border.inner[0] * self.border.inner[1];
        let bordered = self.channels * self.groups * self.border.side(0) * self.border.side(1);
        let result = self.rows * self.groups * self.plane;
        for image in (0..self.images).step_by(chunk) {
            let count = chunk.min(self.images - image);
            let raw = &source[image * inner..][..count * inner];
            let source = if self.border.is_empty() {
                raw
            } else {
                self.border.surround(raw, &mut copy[..count * bordered]);
                &copy[..count * bordered]
            };
            let out = &mut out[image * result..][..count * result];
            self.each(|group, pass, at| {
                let source = &source[group * (bordered / self.groups)..];
                let out = &mut out[group * self.rows * self.plane..];
                let Pass { offsets, places, .. } = pass;
                for n in 0..count {
                    let (source, out) = (&source[n * pass.from.image..], &mut out[n * pass.to.image..]);
                    if pass.strips {
                        let image = strips::Image { source, offsets, strips: places, step: pass.to.step[1] };
                        strips::multiply(self.rows, &packed[at..], image, out, self.plane);
                    } else {
                        pixels::multiply(self.rows, &packed[at..], source, offsets, places, out, self.plane);
                    }
                }
            });
        }
    }

    /// Calls `body` with each group, pass and where its packed weights begin.
    fn each(&self, mut body: impl FnMut(usize, &Pass, usize)) {
        let mut at = 0;
        for group in 0..self.groups {
            for pass in &self.passes {
                body(group, pass, at);
                at += pass.packed_len(self.rows);
            }
        }
    }

    /// What a run costs, in products.
    fn cost(&self) -> usize {
        self.images * self.groups * self.passes.iter().map(|pass| pass.cost * pass.offsets.len()).sum::<usize>()
    }

    /// Adds a pass, with its rows joined where they lie behind one another in both tensors.
    fn push(&mut self, mut pass: Pass) {
        let ([height, width], joined) = (pass.to.size, |grid: &Grid| grid.step[0] == grid.size[1] * grid.step[1]);
        if joined(&pass.from) && joined(&pass.to) {
            pass.from.size = [1, height * width];
            pass.to.size = [1, height * width];
        }
        let [height, width] = pass.to.size;
        let strips = strips::cost(self.rows, height, width);
        let pixels = pixels::cost(self.rows, height * width);
        pass.strips = pass.from.step[1] == 1 && strips::suit(pass.offsets.len(), width) && strips <= pixels;
        pass.cost = if pass.strips { strips } else { pixels };
        let columns: Vec<usize> = if pass.strips { strips::starts(width).collect() } else { (0..width).collect() };
        let place = |grid: &Grid, y: usize, x: usize| grid.start + y * grid.step[0] + x * grid.step[1];
        let places = |y: usize| columns.iter().map(move |&x| (y, x));
        pass.places = (0..height).flat_map(places).map(|(y, x)| [place(&pass.from, y, x), place(&pass.to, y, x)]).collect();
        self.passes.push(pass);
    }
}

/// y `[N, Cout, OH, OW]` of x `[N, Cin, H, W]` and w `[Cout, Cin/groups, KH, KW]`.
pub fn conv2d(conv: &Conv2d, x: &Shape, w: &Shape, y: &Shape) -> Kernel {
    let border =
        Border { inner: [x[2], x[3]], before: [conv.pads[0][0], conv.pads[1][0]], after: [conv.pads[0][1], conv.pads[1][1]] };
    let (height, pitch) = (border.side(0), border.side(1));
    let k = w[1] * w[2] * w[3];
    let mut product = Product {
        images: x[0],
        channels: w[1],
        rows: y[1] / conv.groups,
        groups: conv.groups,
        border,
        plane: y[2] * y[3],
        group_weights: y[1] / conv.groups * k,
        vector: k,
        passes: Vec::new(),
    };
    let size = [y[2], y[3]];
    let step = [conv.stride[0] * pitch, conv.stride[1]];
    let offset = |c: usize, ky: usize, kx: usize| (c * height + ky * conv.dilation[0]) * pitch + kx * conv.dilation[1];
    product.push(Pass {
        from: Grid { size, step, image: x[1] * height * pitch, start: 0 },
        to: Grid { size, step: [y[3], 1], image: y[1] * y[2] * y[3], start: 0 },
        offsets: Offsets::new((0..k).map(|k| offset(k / (w[2] * w[3]), k / w[3] % w[2], k % w[3])).collect()),
        weights: (0..k).collect(),
        strips: false,
        places: Vec::new(),
        cost: 0,
    });
    product.kernel()
}

/// Along one side of the adjoint: the targets phase, phase + stride, …, and (kernel cell, source cell of target 0) for each that
/// reaches them.
pub struct Phase {
    pub first: usize,
    pub count: usize,
    pub taps: Vec<(usize, isize)>,
}

fn phases(conv: &Conv2d, i: usize, input: usize, kernel: usize) -> Vec<Phase> {
    let (stride, dilation, pad) = (conv.stride[i], conv.dilation[i], conv.pads[i][0]);
    (0..stride.min(input))
        .map(|first| {
            let source = |cell: usize| (first + pad) as isize - (cell * dilation) as isize;
            let taps = (0..kernel).filter(|&cell| source(cell).rem_euclid(stride as isize) == 0);
            Phase {
                first,
                count: (input - first).div_ceil(stride),
                taps: taps.map(|cell| (cell, source(cell).div_euclid(stride as isize))).collect(),
            }
        })
        .collect()
}

/// The phase as runs of targets that are reached by the same cells of a source of `len`, without those that only reach the zeros around
/// it: a phase each, as if the run's first target were the first.
pub fn runs(phase: &Phase, len: usize, stride: usize) -> Vec<Phase> {
    let reached = |target: usize| phase.taps.iter().filter(move |(_, at)| (0..len as isize).contains(&(at + target as isize)));
    let same = |&a: &usize, &b: &usize| reached(a).eq(reached(b));
    (0..phase.count)
        .collect::<Vec<_>>()
        .chunk_by(same)
        .map(|run| Phase {
            first: phase.first + run[0] * stride,
            count: run.len(),
            taps: reached(run[0]).map(|&(cell, at)| (cell, at + run[0] as isize)).collect(),
        })
        .collect()
}

/// Products along one side.
fn work(phases: &[Phase]) -> usize {
    phases.iter().map(|phase| phase.count * phase.taps.len()).sum()
}

/// The adjoint in x: dy `[N, Cout, OH, OW]`, w → dx `[N, Cin, H, W]`.
pub fn input_grad(conv: &Conv2d, dy: &Shape, w: &Shape, dx: &Shape) -> Kernel {
    let mut sides = [phases(conv, 0, dx[2], w[2]), phases(conv, 1, dx[3], w[3])];
    let lanes = Lanes::new(conv, [dy, w, dx], &sides);
    // Large kernels on small images mostly multiply zeros in the rows near the edge.
    let split: Vec<Phase> = sides[0].iter().flat_map(|phase| runs(phase, dy[2], conv.stride[0])).collect();
    if work(&split) <= work(&sides[0]) * WORTH / 100 {
        sides[0] = split;
    }
    // The border that covers the farthest source cell of any phase.
    let reach = |i: usize| {
        let cells = sides[i].iter().flat_map(|p| p.taps.iter().flat_map(|&(_, at)| [at, at + p.count as isize - 1]));
        let (low, high) = cells.fold((0, dy[2 + i] as isize - 1), |(low, high), at| (low.min(at), high.max(at)));
        (-low as usize, (high + 1) as usize - dy[2 + i])
    };
    let ((top, bottom), (left, right)) = (reach(0), reach(1));
    let border = Border { inner: [dy[2], dy[3]], before: [top, left], after: [bottom, right] };
    let (height, pitch) = (border.side(0), border.side(1));
    let (per_group, filters, cells) = (w[1], dy[1] / conv.groups, w[2] * w[3]);
    let mut product = Product {
        images: dy[0],
        channels: filters,
        rows: per_group,
        groups: conv.groups,
        border,
        plane: dx[2] * dx[3],
        group_weights: filters * per_group * cells,
        vector: cells,
        passes: Vec::new(),
    };
    for rows in &sides[0] {
        for columns in &sides[1] {
            let size = [rows.count, columns.count];
            let (mut offsets, mut weights) = (Vec::new(), Vec::new());
            for co in 0..filters {
                for &(ky, y) in &rows.taps {
                    for &(kx, x) in &columns.taps {
                        let (y, x) = ((y + top as isize) as usize, (x + left as isize) as usize);
                        offsets.push((co * height + y) * pitch + x);
                        weights.push(co * per_group * cells + ky * w[3] + kx);
                    }
                }
            }
            let step = [conv.stride[0] * dx[3], conv.stride[1]];
            let start = rows.first * dx[3] + columns.first;
            product.push(Pass {
                from: Grid { size, step: [pitch, 1], image: dy[1] * height * pitch, start: 0 },
                to: Grid { size, step, image: dx[1] * dx[2] * dx[3], start },
                offsets: Offsets::new(offsets),
                weights,
                strips: false,
                places: Vec::new(),
                cost: 0,
            });
        }
    }
    match lanes.filter(|lanes| 100 * lanes.cost() <= WORTH * product.cost()) {
        Some(lanes) => lanes.kernel(),
        None => product.kernel(),
    }
}
