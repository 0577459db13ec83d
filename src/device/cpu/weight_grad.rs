//! The adjoint of a convolution in its kernel: dw[co, (ci, ky, kx)] = Σ dy[co, p] · patch[(ci, ky, kx), p] over images and places p.
//!
//! K is by far the longest side, and both operands lie contiguous along it: dy as it is, the patches of some output rows of one
//! image at a time in scratch. So the products are dot products, a tile of them at once.

use super::buffer::Kernel;
use super::simd::{self, Tiles};
use crate::graph::{Conv2d, Shape};

/// Words of patches in scratch: they stay in the second-level cache.
const PATCHES: usize = 1 << 15;

struct WeightGrad {
    conv: Conv2d,
    /// N, Cin, H, W.
    x: [usize; 4],
    /// Cout, OH, OW.
    y: [usize; 3],
    kernel: [usize; 2],
    /// Output rows taken at once.
    rows: usize,
}

/// x `[N, Cin, H, W]`, dy `[N, Cout, OH, OW]` → dw `[Cout, Cin/groups, KH, KW]`.
pub fn weight_grad(conv: &Conv2d, x: &Shape, dy: &Shape, dw: &Shape) -> Kernel {
    let patch = dw[1] * dw[2] * dw[3];
    let rows = (PATCHES / (patch * dy[3]).max(1)).clamp(1, dy[2].max(1));
    let grad = WeightGrad { conv: *conv, x: [x[0], x[1], x[2], x[3]], y: [dy[1], dy[2], dy[3]], kernel: [dw[2], dw[3]], rows };
    Kernel::with_scratch(patch * rows * dy[3], move |x, out, scratch| grad.run(x.get(0), x.get(1), out, scratch))
}

impl WeightGrad {
    fn run(&self, x: &[f32], dy: &[f32], dw: &mut [f32], scratch: &mut [f32]) {
        dw.fill(0.0);
        let ([n, channels, height, width], [filters, oh, ow], groups) = (self.x, self.y, self.conv.groups);
        let (per_group, group_filters) = (channels / groups, filters / groups);
        let patch = per_group * self.kernel[0] * self.kernel[1];
        if patch == 0 {
            return;
        }
        for image in 0..n {
            for group in 0..groups {
                let planes = &x[(image * channels + group * per_group) * height * width..][..per_group * height * width];
                let dy = &dy[(image * filters + group * group_filters) * oh * ow..][..group_filters * oh * ow];
                let dw = &mut dw[group * group_filters * patch..][..group_filters * patch];
                for row in (0..oh).step_by(self.rows) {
                    let rows = self.rows.min(oh - row);
                    self.patches(planes, row, rows, scratch);
                    dots([group_filters, patch, rows * ow], &dy[row * ow..], oh * ow, scratch, dw);
                }
            }
        }
    }

    /// The patches of output rows `row..row + rows` of one group of one image, `[Cin/groups·KH·KW, rows·OW]`.
    fn patches(&self, planes: &[f32], row: usize, rows: usize, target: &mut [f32]) {
        let ([_, _, height, width], [_, _, ow]) = (self.x, self.y);
        let [stride_y, stride_x] = self.conv.stride;
        let mut lines = target.chunks_exact_mut(ow.max(1));
        for plane in planes.chunks_exact((height * width).max(1)) {
            for ky in 0..self.kernel[0] {
                for kx in 0..self.kernel[1] {
                    // Image column of output column 0, and the output columns whose cell is inside the image.
                    let shift = (kx * self.conv.dilation[1]) as isize - self.conv.pads[1][0] as isize;
                    let from = ((-shift).max(0) as usize).div_ceil(stride_x).min(ow);
                    let to = ((width as isize - shift).max(0) as usize).div_ceil(stride_x).clamp(from, ow);
                    for (oy, line) in (row..row + rows).zip(&mut lines) {
                        let y = (oy * stride_y + ky * self.conv.dilation[0]).checked_sub(self.conv.pads[0][0]);
                        let Some(y) = y.filter(|&y| y < height && from < to) else {
                            line.fill(0.0);
                            continue;
                        };
                        line[..from].fill(0.0);
                        line[to..].fill(0.0);
                        let source = &plane[y * width..][..width][((from * stride_x) as isize + shift) as usize..];
                        if stride_x == 1 {
                            line[from..to].copy_from_slice(&source[..to - from]);
                        } else {
                            line[from..to].iter_mut().zip(source.iter().step_by(stride_x)).for_each(|(t, s)| *t = *s);
                        }
                    }
                }
            }
        }
    }
}

/// C[M, N] += A[M, K] · B[N, K]ᵀ with rows of A `stride` apart and those of B K apart.
fn dots(size: [usize; 3], a: &[f32], stride: usize, b: &[f32], c: &mut [f32]) {
    #[cfg(target_arch = "x86_64")]
    if simd::wide() {
        return tiled::<simd::Wide, 6, 16>(size, a, stride, b, c);
    }
    tiled::<simd::Narrow, 4, 8>(size, a, stride, b, c)
}

fn tiled<T: Tiles<MR, NR>, const MR: usize, const NR: usize>(
    [m, n, k]: [usize; 3],
    a: &[f32],
    stride: usize,
    b: &[f32],
    c: &mut [f32],
) {
    let row_a = |i: usize| &a[i * stride..][..k];
    let row_b = |j: usize| &b[j * k..][..k];
    for i in (0..m).step_by(4) {
        for j in (0..n).step_by(2) {
            let mut add = |r: usize, values: &[f32]| c[(i + r) * n + j..].iter_mut().zip(values).for_each(|(c, v)| *c += v);
            match (m - i >= 4, n - j >= 2) {
                (true, true) => {
                    let rows = T::dots([row_a(i), row_a(i + 1), row_a(i + 2), row_a(i + 3)], [row_b(j), row_b(j + 1)]);
                    rows.iter().enumerate().for_each(|(r, row)| add(r, row));
                }
                (true, false) => {
                    let rows = T::dots([row_a(i), row_a(i + 1), row_a(i + 2), row_a(i + 3)], [row_b(j)]);
                    rows.iter().enumerate().for_each(|(r, row)| add(r, row));
                }
                (false, true) => (i..m).for_each(|i0| add(i0 - i, &T::dots([row_a(i0)], [row_b(j), row_b(j + 1)])[0])),
                (false, false) => (i..m).for_each(|i0| add(i0 - i, &T::dots([row_a(i0)], [row_b(j)])[0])),
            }
        }
    }
}
