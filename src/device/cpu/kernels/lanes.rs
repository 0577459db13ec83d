//! The adjoint of a convolution in x with an image in each lane of a vector. Where a large kernel meets small images, many vectors
//! of neighbouring targets lie half over the edge, and so multiply zeros, or compute what the next vector computes too; a vector of the
//! same target in several images never does. The price is turning the batch, so that images are neighbours, and turning the result
//! back.

use crate::buffer::Kernel;
use crate::conv::{Phase, runs};
use crate::gemm::Strided;
use crate::simd::{self, Offsets};
use crate::strips;
use vitrine_graph::{Conv2d, Shape};

/// Words of turned images at a time: they stay in the second-level cache.
const TURNED: usize = 1 << 16;
/// What turning a value costs, or packing a weight, in products.
const TURNING: usize = 8;

/// Targets that are reached by the same kernel cells.
struct Pass {
    /// For each k, in a group of turned images and in the weights.
    offsets: Offsets,
    weights: Vec<usize>,
    /// In one group, then in the next.
    strips: Vec<[usize; 2]>,
    /// Of one group.
    targets: usize,
}

/// A group of images is turned into `[values of an image, images of the group]`, as many images as a vector has lanes.
pub struct Lanes {
    images: usize,
    /// Values of an image of dy and of dx; values of a plane of dx, and its channels.
    source: usize,
    result: usize,
    plane: usize,
    rows: usize,
    /// Between the weights of neighbouring rows.
    vector: usize,
    /// Groups turned at a time.
    groups: usize,
    passes: Vec<Pass>,
}

impl Lanes {
    /// None where a sum may be too long for a panel, channels are in groups of their own, or there is but one image.
    pub fn new(conv: &Conv2d, [dy, w, dx]: [&Shape; 3], phases: &[Vec<Phase>; 2]) -> Option<Self> {
        let taps = |i: usize| phases[i].iter().map(|phase| phase.taps.len()).max().unwrap_or(0);
        if conv.groups != 1 || dy[0] < 2 || taps(0) * taps(1) * dy[1] > strips::MAX_K {
            return None;
        }
        let lanes = strips::strip();
        let [rows, columns] =
            [0, 1].map(|i| phases[i].iter().flat_map(|phase| runs(phase, dy[2 + i], conv.stride[i])).collect::<Vec<_>>());
        let (source, result) = (dy[1] * dy[2] * dy[3], dx[1] * dx[2] * dx[3]);
        let (cells, groups) = (w[2] * w[3], (TURNED / (lanes * source.max(1))).clamp(1, dy[0].div_ceil(lanes)));
        let mut passes = Vec::new();
        for rows in &rows {
            for columns in &columns {
                let (mut offsets, mut weights) = (Vec::new(), Vec::new());
                for co in 0..dy[1] {
                    for &(ky, y) in &rows.taps {
                        for &(kx, x) in &columns.taps {
                            offsets.push(((co * dy[2] + y as usize) * dy[3] + x as usize) * lanes);
                            weights.push(co * w[1] * cells + ky * w[3] + kx);
                        }
                    }
                }
                let target = |group: usize, y: usize, x: usize| {
                    let to = (rows.first + y * conv.stride[0]) * dx[3] + columns.first + x * conv.stride[1];
                    [(group * source + y * dy[3] + x) * lanes, (group * result + to) * lanes]
                };
                let row = |group: usize, y: usize| (0..columns.count).map(move |x| target(group, y, x));
                let strips = (0..groups).flat_map(|group| (0..rows.count).flat_map(move |y| row(group, y)));
                let targets = rows.count * columns.count;
                passes.push(Pass { offsets: Offsets::new(offsets), weights, strips: strips.collect(), targets });
            }
        }
        // Targets that no cell reaches are left to those who fill them with zeros.
        let all_reached = !passes.is_empty() && passes.iter().all(|pass| !pass.weights.is_empty());
        all_reached.then_some(Self {
            images: dy[0],
            source,
            result,
            plane: dx[2] * dx[3],
            rows: dx[1],
            vector: cells,
            groups,
            passes,
        })
    }

    /// What a run costs, in products.
    pub fn cost(&self) -> usize {
        let lanes = strips::strip();
        let products: usize = self.passes.iter().map(|pass| pass.targets * pass.weights.len()).sum();
        let image = self.rows * products + TURNING * (self.source + self.result);
        let weights: usize = self.passes.iter().map(|pass| self.rows * pass.weights.len()).sum();
        self.images.next_multiple_of(lanes) * image + TURNING * weights
    }

    /// Words of the packed weights of all passes.
    fn packed(&self) -> usize {
        self.passes.iter().map(|pass| strips::packed_len(self.rows, pass.weights.len())).sum()
    }

    pub fn kernel(self) -> Kernel {
        let (lanes, packed) = (strips::strip(), self.packed());
        let (source, result) = (self.groups * self.source * lanes, self.groups * self.result * lanes);
        Kernel::with_scratch(packed + source + result, move |x, out, scratch| {
            let (packed, turned) = scratch.split_at_mut(packed);
            let (source, result) = turned[..source + result].split_at_mut(source);
            // Asked again, since here the compiler knows the answer, and leaves out the other.
            match strips::strip() {
                8 => self.run::<8>(x.get(0), x.get(1), out, packed, source, result),
                _ => self.run::<4>(x.get(0), x.get(1), out, packed, source, result),
            }
        })
    }

    fn run<const LANES: usize>(
        &self,
        dy: &[f32],
        w: &[f32],
        dx: &mut [f32],
        packed: &mut [f32],
        source: &mut [f32],
        result: &mut [f32],
    ) {
        let mut rest = &mut *packed;
        for pass in &self.passes {
            let k = pass.weights.len();
            let (panel, next) = rest.split_at_mut(strips::packed_len(self.rows, k));
            strips::pack(self.rows, k, |row, k| w[row * self.vector + pass.weights[k]], panel);
            rest = next;
        }
        let batch = Strided { values: dy, vector: self.source, step: 1 };
        for first in (0..self.images).step_by(self.groups * LANES) {
            let count = (self.groups * LANES).min(self.images - first);
            for (group, turned) in (0..count).step_by(LANES).zip(source.chunks_exact_mut(self.source * LANES)) {
                batch.pack::<LANES>(first + group, LANES.min(count - group), 0..self.source, turned);
            }
            let mut rest = &*packed;
            for pass in &self.passes {
                let (panel, next) = rest.split_at(strips::packed_len(self.rows, pass.weights.len()));
                let strips = &pass.strips[..count.div_ceil(LANES) * pass.targets];
                let image = strips::Image { source, offsets: &pass.offsets, strips, step: 1 };
                strips::multiply(self.rows, panel, image, result, self.plane * LANES);
                rest = next;
            }
            let images = &mut dx[first * self.result..][..count * self.result];
            for (images, turned) in images.chunks_mut(LANES * self.result).zip(result.chunks_exact(self.result * LANES)) {
                turn_back::<LANES>(turned, images, self.result);
            }
        }
    }
}

/// `[size, LANES]` to as many images of `size` values as there are, at most LANES.
fn turn_back<const LANES: usize>(turned: &[f32], images: &mut [f32], size: usize) {
    let turned = turned.as_chunks::<LANES>().0;
    for (block, images) in images.chunks_mut(4 * size).enumerate() {
        let four = |values: &[f32; LANES]| std::array::from_fn(|i| values[4 * block + i]);
        let (blocks, rest) = turned.as_chunks::<4>();
        for (i, block) in blocks.iter().enumerate() {
            let rows = simd::transposed(block.each_ref().map(four));
            images.chunks_exact_mut(size).zip(rows).for_each(|(image, row)| image[4 * i..][..4].copy_from_slice(&row));
        }
        for (i, values) in rest.iter().enumerate() {
            let at = 4 * blocks.len() + i;
            images.chunks_exact_mut(size).zip(four(values)).for_each(|(image, value)| image[at] = value);
        }
    }
}
