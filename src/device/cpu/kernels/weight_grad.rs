//! The adjoint of a convolution in its kernel: dw[co, k] = Σ patch[k, p] · dy[co, p] over images and places p, k = (ci, ky, kx).
//!
//! A matrix product with K = images × places, by the same register tile as all others. The rows of patches are read where they lie:
//! images are copied with their border, split into one plane per phase of the stride (y mod stride, x mod stride), so that
//! neighbouring places are neighbouring cells of a plane, at a distance that depends on k alone. dy is packed, some places of all
//! filters at a time.

use crate::buffer::Kernel;
use crate::movement::copy_row;
use crate::simd::{self, Tiles, Walk};
use vitrine_graph::{Conv2d, Shape};

/// Places of dy packed at once: a panel of them stays in the first-level cache.
const PLACES: usize = 512;
/// The widest panel of any tile, by which scratch is sized.
const MAX_NR: usize = 16;

struct WeightGrad {
    conv: Conv2d,
    /// Cin/groups, H, W.
    x: [usize; 3],
    /// Cout/groups, OH, OW.
    y: [usize; 3],
    /// Height and width of the plane of one phase.
    phase: [usize; 2],
    /// For each k, where the cell of place 0 lies among a group's planes.
    offsets: Vec<usize>,
    /// Images taken at once, and output rows of them.
    images: usize,
    rows: usize,
}

/// x `[N, Cin, H, W]`, dy `[N, Cout, OH, OW]` → dw `[Cout, Cin/groups, KH, KW]`.
pub fn weight_grad(conv: &Conv2d, x: &Shape, dy: &Shape, dw: &Shape) -> Kernel {
    let ([stride_y, stride_x], [down, along]) = (conv.stride, conv.dilation);
    let side = |i: usize| (x[2 + i] + conv.pads[i][0] + conv.pads[i][1]).div_ceil(conv.stride[i]);
    let phase = [side(0), side(1)];
    let offset = |c: usize, y: usize, x: usize| {
        let plane = (c * stride_y + y % stride_y) * stride_x + x % stride_x;
        (plane * phase[0] + y / stride_y) * phase[1] + x / stride_x
    };
    let cells = dw[2] * dw[3];
    let filters = dy[1] / conv.groups;
    let (oh, ow) = (dy[2].max(1), dy[3].max(1));
    let grad = WeightGrad {
        conv: *conv,
        x: [dw[1], x[2], x[3]],
        y: [filters, dy[2], dy[3]],
        phase,
        offsets: (0..dw[1] * cells).map(|k| offset(k / cells, k / dw[3] % dw[2] * down, k % dw[3] * along)).collect(),
        images: (PLACES / (oh * ow)).clamp(1, x[0].max(1)),
        rows: (PLACES / ow).clamp(1, oh),
    };
    let planes = grad.images * grad.planes_len();
    let packed = grad.images * grad.rows * ow * filters.next_multiple_of(MAX_NR);
    Kernel::with_scratch(planes + packed, move |x, out, scratch| {
        let (planes, packed) = scratch.split_at_mut(planes);
        #[cfg(target_arch = "x86_64")]
        if simd::wide() {
            return grad.run::<simd::Wide, 6, 16>(x.get(0), x.get(1), out, planes, packed);
        }
        // The wide tile is the faster one, unless half of it would be empty.
        if filters > 8 {
            return grad.run::<simd::Narrow, 2, 16>(x.get(0), x.get(1), out, planes, packed);
        }
        grad.run::<simd::Narrow, 4, 8>(x.get(0), x.get(1), out, planes, packed);
    })
}

impl WeightGrad {
    /// Words of one group's planes.
    fn planes_len(&self) -> usize {
        self.x[0] * self.conv.stride[0] * self.conv.stride[1] * self.phase[0] * self.phase[1]
    }

    fn run<T: Tiles<MR, NR>, const MR: usize, const NR: usize>(
        &self,
        x: &[f32],
        dy: &[f32],
        dw: &mut [f32],
        planes: &mut [f32],
        packed: &mut [f32],
    ) {
        dw.fill(0.0);
        planes.fill(0.0);
        let ([channels, height, width], [filters, oh, ow], groups) = (self.x, self.y, self.conv.groups);
        let (image, gradient, weights) = (channels * height * width, filters * oh * ow, filters * self.offsets.len());
        if [image, gradient, weights].contains(&0) {
            return;
        }
        let chunks = x.chunks(self.images * groups * image).zip(dy.chunks(self.images * groups * gradient));
        for (x, dy) in chunks {
            for (group, dw) in dw.chunks_exact_mut(weights).enumerate() {
                let of_group = x.chunks_exact(image).skip(group).step_by(groups);
                for (x, planes) in of_group.zip(planes.chunks_exact_mut(self.planes_len())) {
                    self.split(x, planes);
                }
                for row in (0..oh).step_by(self.rows) {
                    let rows = self.rows.min(oh - row);
                    let walk = Walk {
                        images: x.len() / (groups * image),
                        image_step: self.planes_len(),
                        lines: rows,
                        line_step: self.phase[1],
                        len: ow,
                    };
                    let of_group = || dy.chunks_exact(gradient).skip(group).step_by(groups);
                    for filter in (0..filters).step_by(NR) {
                        let panel = packed.as_chunks_mut::<NR>().0;
                        let panel = &mut panel[..walk.images * rows * ow];
                        for (dy, panel) in of_group().zip(panel.chunks_exact_mut(rows * ow)) {
                            pack(&dy[filter * oh * ow + row * ow..], oh * ow, filters - filter, panel);
                        }
                        let planes = &planes[row * self.phase[1]..];
                        self.add::<T, MR, NR>(planes, walk, panel, filter, dw);
                    }
                }
            }
        }
    }

    /// Adds the products of all rows of patches with a panel of filters from `filter` on.
    fn add<T: Tiles<MR, NR>, const MR: usize, const NR: usize>(
        &self,
        planes: &[f32],
        walk: Walk,
        panel: &[[f32; NR]],
        filter: usize,
        dw: &mut [f32],
    ) {
        let n = self.offsets.len();
        for (k, offsets) in self.offsets.chunks(MR).enumerate() {
            // Rows that are not there repeat the last.
            let starts = std::array::from_fn(|i| offsets[i.min(offsets.len() - 1)]);
            let tile = T::product_of_rows(planes, starts, walk, panel);
            for (f, dw) in dw[filter * n..].chunks_exact_mut(n).take(NR).enumerate() {
                dw[k * MR..][..offsets.len()].iter_mut().zip(&tile).for_each(|(w, sums)| *w += sums[f]);
            }
        }
    }

    /// Copies one group of one image into the planes of its phases, whose borders are there already.
    fn split(&self, x: &[f32], planes: &mut [f32]) {
        let ([_, height, width], [lines, pitch]) = (self.x, self.phase);
        let ([stride_y, stride_x], [[top, _], [left, _]]) = (self.conv.stride, self.conv.pads);
        let mut targets = planes.chunks_exact_mut(lines * pitch);
        for plane in x.chunks_exact(height * width) {
            for (phase_y, phase_x) in (0..stride_y).flat_map(|y| (0..stride_x).map(move |x| (y, x))) {
                // The columns of this phase that are inside the image.
                let from = left.saturating_sub(phase_x).div_ceil(stride_x).min(pitch);
                let to = (left + width).saturating_sub(phase_x).div_ceil(stride_x).clamp(from, pitch);
                let target = targets.next().into_iter().flat_map(|plane| plane.chunks_exact_mut(pitch));
                for (i, line) in target.enumerate() {
                    let y = (i * stride_y + phase_y).checked_sub(top).filter(|&y| y < height && from < to);
                    let Some(y) = y else { continue };
                    let row = &plane[y * width..][..width][from * stride_x + phase_x - left..];
                    if stride_x == 1 {
                        copy_row(&mut line[from..to], &row[..to - from]);
                    } else {
                        line[from..to].iter_mut().zip(row.iter().step_by(stride_x)).for_each(|(t, s)| *t = *s);
                    }
                }
            }
        }
    }
}

/// Writes NR rows of `values`, `stride` apart, side by side; of which `count` may be fewer, then the others are zeros.
fn pack<const NR: usize>(values: &[f32], stride: usize, count: usize, panel: &mut [[f32; NR]]) {
    if count >= NR {
        let rows: [&[f32]; NR] = std::array::from_fn(|i| &values[i * stride..][..panel.len()]);
        for (p, lanes) in panel.iter_mut().enumerate() {
            *lanes = std::array::from_fn(|i| rows[i][p]);
        }
    } else {
        panel.fill([0.0; NR]);
        for lane in 0..count {
            panel.iter_mut().zip(&values[lane * stride..]).for_each(|(lanes, &value)| lanes[lane] = value);
        }
    }
}
