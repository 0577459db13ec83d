//! Convolution of `[N, C, H, W]` and its adjoint in x, as matrix products whose right operand is packed straight from the images, or,
//! where packing does not pay (`strips`), read there.
//!
//! Forward, per group: y[co, (n, oy, ox)] = w[co, k] · patch[k, (n, oy, ox)] with k = (ci, ky, kx). Where the image is padded, a few
//! images at a time are copied with their border into scratch; then a patch is the value at the target's base address plus an
//! offset that depends on k alone, and packing needs no case for the border. The adjoint has the same form from dy to dx, the
//! kernel walked backwards. With a stride, the targets of one phase (y mod stride, x mod stride) share their kernel cells, so the
//! adjoint is one such product per phase, none of which multiplies by the zeros between strides. Where that still means many zeros,
//! at the edges, `lanes` computes it.

use std::ops::Range;

use crate::buffer::Kernel;
use crate::gemm::{self, Panel, Sink};
use crate::lanes::Lanes;
use crate::simd::Offsets;
use crate::strips;
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

impl Grid {
    /// Addresses of targets `first..first + count` (at most `W`), which are counted through the images; unused ones repeat the first.
    #[inline]
    fn places<const W: usize>(&self, first: usize, count: usize) -> [usize; W] {
        let [height, width] = self.size;
        let (mut n, mut y, mut x) = (first / (height * width), first / width % height, first % width);
        let mut places = [0; W];
        for place in &mut places[..count] {
            *place = self.start + n * self.image + y * self.step[0] + x * self.step[1];
            x += 1;
            if x == width {
                (x, y) = (0, y + 1);
                if y == height {
                    (y, n) = (0, n + 1);
                }
            }
        }
        let first = places[0];
        places[count..].fill(first);
        places
    }
}

/// Whether ascending places are neighbours.
fn adjacent(places: &[usize]) -> bool {
    places[places.len() - 1] - places[0] == places.len() - 1
}

/// A batch or some images of it, seen as patches: vectors (n, ty, tx) along k.
struct Patches<'a> {
    source: &'a [f32],
    targets: Grid,
    /// For each k, the distance from the target's base.
    offsets: &'a [usize],
}

impl Panel for Patches<'_> {
    fn pack<const W: usize>(&self, first: usize, count: usize, k: Range<usize>, panel: &mut [f32]) {
        let panel = panel.as_chunks_mut::<W>().0.iter_mut().zip(&self.offsets[k]);
        let places = self.targets.places::<W>(first, count);
        if count == W && adjacent(&places) {
            panel.for_each(|(lanes, offset)| lanes.copy_from_slice(&self.source[places[0] + offset..][..W]));
        } else {
            panel.for_each(|(lanes, offset)| *lanes = places.map(|place| self.source[place + offset]));
        }
    }
}

/// The kernel's rows: vectors m, `vector` apart, along k at `offsets`.
struct Weights<'a> {
    values: &'a [f32],
    vector: usize,
    offsets: &'a [usize],
}

impl Panel for Weights<'_> {
    fn pack<const W: usize>(&self, first: usize, count: usize, k: Range<usize>, panel: &mut [f32]) {
        for (lanes, offset) in panel.as_chunks_mut::<W>().0.iter_mut().zip(&self.offsets[k]) {
            for (i, lane) in lanes[..count].iter_mut().enumerate() {
                *lane = self.values[(first + i) * self.vector + offset];
            }
        }
    }
}

/// Rows are channels, `plane` apart, columns the targets.
struct Images<'a> {
    values: &'a mut [f32],
    plane: usize,
    targets: Grid,
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
        let places = self.targets.places::<NR>(j, columns);
        let places = &places[..columns];
        for (row, channel) in tile[..rows].iter().zip(i..) {
            let values = &mut self.values[channel * self.plane..];
            if adjacent(places) {
                gemm::put(&mut values[places[0]..][..columns], row, first);
            } else if first {
                places.iter().zip(row).for_each(|(&place, &value)| values[place] = value);
            } else {
                places.iter().zip(row).for_each(|(&place, &value)| values[place] += value);
            }
        }
    }

    #[inline(always)]
    fn place<const NR: usize>(&mut self, [i, j]: [usize; 2]) -> Option<(&mut [f32], usize)> {
        let places = self.targets.places::<NR>(j, NR);
        adjacent(&places).then(|| (&mut self.values[i * self.plane + places[0]..], self.plane))
    }
}

/// Targets that share their kernel cells.
struct Pass {
    /// Base addresses in the bordered source, and addresses in the result; both relative to the group's first plane.
    from: Grid,
    to: Grid,
    /// For each k, in the source and in the weights.
    offsets: Offsets,
    weights: Vec<usize>,
    /// Where the strips of one image begin in source and result; empty where patches are to be packed.
    strips: Vec<[usize; 2]>,
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

    /// Copies planes with their borders.
    fn surround(&self, source: &[f32], target: &mut [f32]) {
        let ([height, width], pitch) = (self.inner, self.side(1));
        if height * width == 0 {
            return target.fill(0.0);
        }
        let planes = target.chunks_exact_mut(self.side(0) * pitch).zip(source.chunks_exact(height * width));
        for (target, source) in planes {
            let (top, rest) = target.split_at_mut(self.before[0] * pitch);
            let (middle, bottom) = rest.split_at_mut(height * pitch);
            top.fill(0.0);
            bottom.fill(0.0);
            for (line, row) in middle.chunks_exact_mut(pitch).zip(source.chunks_exact(width)) {
                line[..self.before[1]].fill(0.0);
                line[self.before[1]..][..width].copy_from_slice(row);
                line[self.before[1] + width..].fill(0.0);
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
        let packed_len = if self.strips.is_empty() { gemm::packed_len } else { strips::packed_len };
        packed_len(rows, self.offsets.len())
    }
}

impl Product {
    fn kernel(self) -> Kernel {
        let bordered = self.channels * self.groups * self.border.side(0) * self.border.side(1);
        let chunk = (BORDERED / bordered.max(1)).clamp(1, self.images.max(1));
        let copied = if self.border.is_empty() { 0 } else { chunk * bordered };
        let packed: usize = self.passes.iter().map(|pass| self.groups * pass.packed_len(self.rows)).sum();
        let panels = |pass: &Pass| gemm::panels_len(chunk * pass.to.size[0] * pass.to.size[1], pass.offsets.len());
        let panels = self.passes.iter().map(panels).max().unwrap_or(0);
        Kernel::with_scratch(copied + packed + panels, move |x, out, scratch| {
            let (copy, rest) = scratch.split_at_mut(copied);
            let (packed, panels) = rest.split_at_mut(packed);
            self.run(chunk, x.get(0), x.get(1), out, copy, packed, panels);
        })
    }

    #[allow(clippy::too_many_arguments)] // three operands, three parts of scratch
    fn run(
        &self,
        chunk: usize,
        source: &[f32],
        weights: &[f32],
        out: &mut [f32],
        copy: &mut [f32],
        packed: &mut [f32],
        panels: &mut [f32],
    ) {
        self.each(|group, pass, at| {
            let values = &weights[group * self.group_weights..];
            let k = pass.offsets.len();
            let weights = Weights { values, vector: self.vector, offsets: &pass.weights };
            let packed = &mut packed[at..][..pass.packed_len(self.rows)];
            match pass.strips.is_empty() {
                true => gemm::pack(self.rows, k, &weights, packed),
                false => strips::pack(self.rows, k, |row, k| values[row * self.vector + pass.weights[k]], packed),
            }
        });
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
                if !pass.strips.is_empty() {
                    for n in 0..count {
                        let source = &source[n * pass.from.image..];
                        let Pass { offsets, strips, .. } = pass;
                        let image = strips::Image { source, offsets, strips, step: pass.to.step[1] };
                        strips::multiply(self.rows, &packed[at..], image, &mut out[n * pass.to.image..], self.plane);
                    }
                    return;
                }
                let patches = Patches { source, targets: pass.from, offsets: &pass.offsets };
                let mut sink = Images { values: out, plane: self.plane, targets: pass.to };
                let columns = count * pass.to.size[0] * pass.to.size[1];
                let weights = gemm::Left::Packed(&packed[at..]);
                gemm::multiply::<false>(self.rows, columns, pass.offsets.len(), weights, &patches, &mut sink, panels);
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
        let of = |pass: &Pass| {
            let targets = match pass.strips.is_empty() {
                true => pass.to.size[0] * pass.to.size[1] * strips::packing_rows(self.rows),
                false => pass.strips.len() * strips::strip() * self.rows,
            };
            targets * pass.offsets.len()
        };
        self.images * self.groups * self.passes.iter().map(of).sum::<usize>()
    }

    /// Adds a pass, with its rows joined where they lie behind one another in both tensors.
    fn push(&mut self, mut pass: Pass) {
        let ([height, width], joined) = (pass.to.size, |grid: &Grid| grid.step[0] == grid.size[1] * grid.step[1]);
        if joined(&pass.from) && joined(&pass.to) {
            pass.from.size = [1, height * width];
            pass.to.size = [1, height * width];
        }
        let [height, width] = pass.to.size;
        if pass.from.step[1] == 1 && strips::suit(self.rows, pass.offsets.len(), width) {
            let place = |grid: &Grid, y: usize, x: usize| grid.start + y * grid.step[0] + x * grid.step[1];
            let strips = |y: usize| strips::starts(width).map(move |x| (y, x));
            pass.strips = (0..height).flat_map(strips).map(|(y, x)| [place(&pass.from, y, x), place(&pass.to, y, x)]).collect();
        }
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
        strips: Vec::new(),
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
                strips: Vec::new(),
            });
        }
    }
    match lanes.filter(|lanes| 100 * lanes.cost() <= WORTH * product.cost()) {
        Some(lanes) => lanes.kernel(),
        None => product.kernel(),
    }
}
