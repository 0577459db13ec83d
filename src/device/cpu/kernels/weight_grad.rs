//! The adjoint of a convolution in its kernel: dw[co, k] = Σ dy[co, p] · patch[k, p] over images and places p, k = (ci, ky, kx).
//!
//! Both operands can be read along p. The image is copied with its border, and split into one plane per phase of the stride
//! (y mod stride, x mod stride), so that neighbouring places read neighbouring cells; dy is copied with rows as long as those of
//! the planes, zeros behind each. Then every value of dw is one dot product per image, dy against the planes shifted by an amount
//! that depends on k alone. (Where x is infinite at the end of a row, 0·∞ makes dw NaN instead of infinite: diverged either way.)

use crate::buffer::Kernel;
use crate::simd::{self, Tiles};
use vitrine_graph::{Conv2d, Shape};

/// Words of dy in scratch at a time: they stay in cache with the planes they meet.
const SPREAD: usize = 1 << 13;

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
    /// Output rows taken at once.
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
    let grad = WeightGrad {
        conv: *conv,
        x: [dw[1], x[2], x[3]],
        y: [filters, dy[2], dy[3]],
        phase,
        offsets: (0..dw[1] * cells).map(|k| offset(k / cells, k / dw[3] % dw[2] * down, k % dw[3] * along)).collect(),
        rows: (SPREAD / (filters * phase[1]).max(1)).clamp(1, dy[2].max(1)),
    };
    let planes = grad.planes_len();
    let spread = filters * grad.rows * phase[1];
    Kernel::with_scratch(planes + spread, move |x, out, scratch| {
        let (planes, spread) = scratch.split_at_mut(planes);
        grad.run(x.get(0), x.get(1), out, planes, spread);
    })
}

impl WeightGrad {
    /// Words of one group's planes.
    fn planes_len(&self) -> usize {
        self.x[0] * self.conv.stride[0] * self.conv.stride[1] * self.phase[0] * self.phase[1]
    }

    fn run(&self, x: &[f32], dy: &[f32], dw: &mut [f32], planes: &mut [f32], spread: &mut [f32]) {
        dw.fill(0.0);
        let ([channels, height, width], [filters, oh, ow]) = (self.x, self.y);
        let (image, gradient, weights) = (channels * height * width, filters * oh * ow, filters * self.offsets.len());
        if [image, gradient, weights].contains(&0) {
            return;
        }
        for (i, (x, dy)) in x.chunks_exact(image).zip(dy.chunks_exact(gradient)).enumerate() {
            let group = i % self.conv.groups;
            let dw = &mut dw[group * weights..][..weights];
            self.split(x, planes);
            for row in (0..oh).step_by(self.rows) {
                let rows = self.rows.min(oh - row);
                let len = (rows - 1) * self.phase[1] + ow;
                self.spread(dy, row, rows, spread);
                self.add(&planes[row * self.phase[1]..], &spread[..filters * rows * self.phase[1]], len, dw);
            }
        }
    }

    /// Copies one group of one image with its border into the planes of its phases.
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
                    let Some(y) = y else {
                        line.fill(0.0);
                        continue;
                    };
                    let row = &plane[y * width..][..width][from * stride_x + phase_x - left..];
                    line[..from].fill(0.0);
                    line[to..].fill(0.0);
                    if stride_x == 1 {
                        line[from..to].copy_from_slice(&row[..to - from]);
                    } else {
                        line[from..to].iter_mut().zip(row.iter().step_by(stride_x)).for_each(|(t, s)| *t = *s);
                    }
                }
            }
        }
    }

    /// Copies rows `row..row + rows` of one group of dy, each as long as a row of the planes.
    fn spread(&self, dy: &[f32], row: usize, rows: usize, target: &mut [f32]) {
        let ([_, oh, ow], pitch) = (self.y, self.phase[1]);
        for (plane, target) in dy.chunks_exact(oh * ow).zip(target.chunks_exact_mut(rows * pitch)) {
            for (values, line) in plane[row * ow..].chunks_exact(ow).zip(target.chunks_exact_mut(pitch)) {
                line[..ow].copy_from_slice(values);
                line[ow..].fill(0.0);
            }
        }
    }

    /// Adds the dot products over `len` places of each row of dy with each shift of the planes.
    fn add(&self, planes: &[f32], dy: &[f32], len: usize, dw: &mut [f32]) {
        #[cfg(target_arch = "x86_64")]
        if simd::wide() {
            return self.add_tiles::<simd::Wide, 6, 16>(planes, dy, len, dw);
        }
        self.add_tiles::<simd::Narrow, 4, 8>(planes, dy, len, dw)
    }

    fn add_tiles<T: Tiles<MR, NR>, const MR: usize, const NR: usize>(
        &self,
        planes: &[f32],
        dy: &[f32],
        len: usize,
        dw: &mut [f32],
    ) {
        let (m, n) = (self.y[0], self.offsets.len());
        let stride = dy.len() / m;
        let a = |i: usize| &dy[i * stride..][..len];
        let b = |k: usize| &planes[self.offsets[k]..][..len];
        for i in (0..m).step_by(4) {
            for k in (0..n).step_by(2) {
                let mut add = |i: usize, sums: &[f32]| dw[i * n + k..].iter_mut().zip(sums).for_each(|(w, s)| *w += s);
                match (m - i >= 4, n - k >= 2) {
                    (true, true) => {
                        let tile = T::dots([a(i), a(i + 1), a(i + 2), a(i + 3)], [b(k), b(k + 1)]);
                        tile.iter().enumerate().for_each(|(r, sums)| add(i + r, sums));
                    }
                    (true, false) => {
                        let tile = T::dots([a(i), a(i + 1), a(i + 2), a(i + 3)], [b(k)]);
                        tile.iter().enumerate().for_each(|(r, sums)| add(i + r, sums));
                    }
                    (false, true) => (i..m).for_each(|i| add(i, &T::dots([a(i)], [b(k), b(k + 1)])[0])),
                    (false, false) => (i..m).for_each(|i| add(i, &T::dots([a(i)], [b(k)])[0])),
                }
            }
        }
    }
}
