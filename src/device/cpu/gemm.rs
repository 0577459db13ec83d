//! Matrix products: C[M, N] = A[M, K] · B[K, N] with packed panels and a register tile, after Goto & van de Geijn (2008).
//!
//! Operands come through [`Panel`], which writes `W` vectors along K side by side, so that transposes and the patches of a
//! convolution cost nothing but another way of packing; results leave through [`Sink`], tile by tile. The tile is 4×8 where
//! registers are 128 bits wide (wasm), 6×16 where AVX2 and FMA are found at run time. K is cut into blocks; the order of every sum
//! is fixed by the shape alone.

use std::ops::Range;

use super::buffer::Kernel;
use crate::graph::Shape;

/// Longest stretch of K that is packed at once: panels of it stay in the first-level cache.
const KC: usize = 256;
/// Columns of B packed at once, and rows of A gone through per sweep of them: blocks that stay in the second-level cache.
const NC: usize = 256;
const MC: usize = 96;
/// The widest panels of any micro-kernel, by which scratch is sized.
const MAX_MR: usize = 6;
const MAX_NR: usize = 16;

/// A matrix seen as vectors along K.
pub trait Panel {
    /// Writes vectors `first..first + count` (at most `W`) over `k` to `panel`, `W` values per k; unused lanes become 0.
    fn pack<const W: usize>(&self, first: usize, count: usize, k: Range<usize>, panel: &mut [f32]);
}

/// Where the product goes.
pub trait Sink {
    /// Adds (or, for the first block of K, stores) the tile whose corner is (i, j): its first `rows` rows and `columns` columns.
    fn tile<const MR: usize, const NR: usize>(
        &mut self,
        corner: [usize; 2],
        rows: usize,
        columns: usize,
        tile: &[[f32; NR]; MR],
        first: bool,
    );
}

/// A strided matrix: vector `i`, step `k` at `i·vector + k·step`.
#[derive(Clone, Copy)]
pub struct Strided<'a> {
    pub values: &'a [f32],
    pub vector: usize,
    pub step: usize,
}

impl Panel for Strided<'_> {
    fn pack<const W: usize>(&self, first: usize, count: usize, k: Range<usize>, panel: &mut [f32]) {
        if k.is_empty() {
            return;
        }
        let panel = panel.as_chunks_mut::<W>().0;
        if count < W {
            panel.iter_mut().for_each(|lane| lane.fill(0.0));
        }
        if self.vector == 1 && count == W {
            for (lanes, k) in panel.iter_mut().zip(k) {
                lanes.copy_from_slice(&self.values[k * self.step + first..][..W]);
            }
        } else {
            for lane in 0..count {
                let start = (first + lane) * self.vector + k.start * self.step;
                let values = self.values[start..].iter().step_by(self.step.max(1));
                for (lanes, &value) in panel[..k.len()].iter_mut().zip(values) {
                    lanes[lane] = value;
                }
            }
        }
    }
}

/// A row-major result with `width` columns.
pub struct Rows<'a> {
    pub values: &'a mut [f32],
    pub width: usize,
}

impl Sink for Rows<'_> {
    fn tile<const MR: usize, const NR: usize>(
        &mut self,
        [i, j]: [usize; 2],
        rows: usize,
        columns: usize,
        tile: &[[f32; NR]; MR],
        first: bool,
    ) {
        for (r, row) in tile[..rows].iter().enumerate() {
            put(&mut self.values[(i + r) * self.width + j..][..columns], row, first);
        }
    }
}

/// Stores or adds the first values of `row`.
#[inline(always)]
pub fn put<const NR: usize>(target: &mut [f32], row: &[f32; NR], first: bool) {
    if let Ok(target) = <&mut [f32; NR]>::try_from(&mut *target) {
        if first {
            *target = *row;
        } else {
            target.iter_mut().zip(row).for_each(|(t, v)| *t += v);
        }
    } else if first {
        target.copy_from_slice(&row[..target.len()]);
    } else {
        target.iter_mut().zip(row).for_each(|(t, v)| *t += v);
    }
}

/// Words of scratch for a product of this size.
pub fn scratch(m: usize, n: usize, k: usize) -> usize {
    let kc = k.min(KC);
    (m.next_multiple_of(MAX_MR) + MAX_MR + NC.min(n).next_multiple_of(MAX_NR)) * kc
}

/// `sink` = `a` · `b` for M×K and K×N.
pub fn gemm(m: usize, n: usize, k: usize, a: &impl Panel, b: &impl Panel, sink: &mut impl Sink, scratch: &mut [f32]) {
    #[cfg(target_arch = "x86_64")]
    if avx2::available() {
        return blocked::<avx2::Wide, 6, 16>(m, n, k, a, b, sink, scratch);
    }
    blocked::<Narrow, 4, 8>(m, n, k, a, b, sink, scratch)
}

/// The instruction set in use, for people.
pub fn instructions() -> &'static str {
    #[cfg(target_arch = "x86_64")]
    if avx2::available() {
        return "AVX2";
    }
    if cfg!(target_feature = "simd128") { "SIMD128" } else { "portable" }
}

/// The register tile: the product of an MR-wide and an NR-wide panel.
trait Micro<const MR: usize, const NR: usize> {
    fn tile(a: &[[f32; MR]], b: &[[f32; NR]]) -> [[f32; NR]; MR];
}

fn blocked<T: Micro<MR, NR>, const MR: usize, const NR: usize>(
    m: usize,
    n: usize,
    k: usize,
    a: &impl Panel,
    b: &impl Panel,
    sink: &mut impl Sink,
    scratch: &mut [f32],
) {
    // An empty K still has a product: zeros.
    let blocks = k.div_ceil(KC).max(1);
    let kc = k.div_ceil(blocks);
    let (packed_a, packed_b) = scratch.split_at_mut(m.next_multiple_of(MR) * kc);
    for block in 0..blocks {
        let depth = block * kc..k.min((block + 1) * kc);
        let (len, first) = (depth.len(), block == 0);
        for i in (0..m).step_by(MR) {
            a.pack::<MR>(i, MR.min(m - i), depth.clone(), &mut packed_a[i * len..][..MR * len]);
        }
        for column in (0..n).step_by(NC) {
            let width = NC.min(n - column);
            for j in (0..width).step_by(NR) {
                b.pack::<NR>(column + j, NR.min(width - j), depth.clone(), &mut packed_b[j * len..][..NR * len]);
            }
            for row in (0..m).step_by(MC) {
                let height = MC.min(m - row);
                for j in (0..width).step_by(NR) {
                    let panel_b = packed_b[j * len..][..NR * len].as_chunks().0;
                    for i in (row..row + height).step_by(MR) {
                        let panel_a = packed_a[i * len..][..MR * len].as_chunks().0;
                        let tile = T::tile(panel_a, panel_b);
                        sink.tile([i, column + j], MR.min(m - i), NR.min(width - j), &tile, first);
                    }
                }
            }
        }
    }
}

/// Eight accumulators of four values, as many as 128-bit registers hold beside the operands.
struct Narrow;

impl Micro<4, 8> for Narrow {
    #[inline(always)]
    fn tile(a: &[[f32; 4]], b: &[[f32; 8]]) -> [[f32; 8]; 4] {
        let mut sums = [[0.0; 8]; 4];
        for (a, b) in a.iter().zip(b) {
            for i in 0..4 {
                for j in 0..8 {
                    sums[i][j] += a[i] * b[j];
                }
            }
        }
        sums
    }
}

#[cfg(target_arch = "x86_64")]
mod avx2 {
    //! Twelve accumulators of eight values with fused multiply-add.

    use super::Micro;

    pub fn available() -> bool {
        is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma")
    }

    /// To be used only where [`available`].
    pub struct Wide;

    impl Micro<6, 16> for Wide {
        #[inline(always)]
        fn tile(a: &[[f32; 6]], b: &[[f32; 16]]) -> [[f32; 16]; 6] {
            // SAFETY: `gemm` chooses `Wide` only after `available` said that the CPU has both features.
            unsafe { tile(a, b) }
        }
    }

    #[target_feature(enable = "avx2,fma")]
    fn tile(a: &[[f32; 6]], b: &[[f32; 16]]) -> [[f32; 16]; 6] {
        let mut sums = [[0.0f32; 16]; 6];
        for (a, b) in a.iter().zip(b) {
            for i in 0..6 {
                for j in 0..16 {
                    sums[i][j] = a[i].mul_add(b[j], sums[i][j]);
                }
            }
        }
        sums
    }
}

/// The kernel of a (batched) matrix product.
pub fn matmul(a: &Shape, b: &Shape, out: &Shape, ta: bool, tb: bool) -> Kernel {
    let r = out.rank();
    let (m, n) = (out[r - 2], out[r - 1]);
    let k = if ta { a[r - 2] } else { a[r - 1] };
    let batch = if r == 3 { out[0] } else { 1 };
    debug_assert_eq!((a.len(), b.len()), (batch * m * k, batch * n * k));
    let (a_strides, b_strides) = (if ta { (1, m) } else { (k, 1) }, if tb { (k, 1) } else { (1, n) });
    Kernel::with_scratch(scratch(m, n, k), move |x, out, scratch| {
        for i in 0..batch {
            let a = Strided { values: &x.get(0)[i * m * k..][..m * k], vector: a_strides.0, step: a_strides.1 };
            let b = Strided { values: &x.get(1)[i * n * k..][..n * k], vector: b_strides.0, step: b_strides.1 };
            let mut c = Rows { values: &mut out[i * m * n..][..m * n], width: n };
            gemm(m, n, k, &a, &b, &mut c, scratch);
        }
    })
}
