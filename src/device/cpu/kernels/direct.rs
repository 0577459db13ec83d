//! Convolution, and its adjoint in x, without packing the patches: neighbouring targets of a row read neighbouring source values, so a
//! register tile can load them where they lie.
//!
//! A packed patch pays off when many rows of the left operand are multiplied with it. With few of them (an image of one channel has
//! one row in the adjoint) packing is most of the work, and a tile of four rows is mostly empty: hence a tile of one row too. The
//! last tile of a row of targets begins early enough to be full and computes some targets again, to the same bits.

use crate::conv::Pass;
use crate::gemm::Panel;
use crate::simd::{self, Columns};

/// Rows from which on packing pays.
const MANY: usize = 9;

/// Whether this way suits `rows` rows and a pass.
pub fn suits(rows: usize, pass: &Pass) -> bool {
    let widest = if simd::wide() { 16 } else { 8 };
    rows < MANY && pass.from.step[1] == 1 && pass.to.size[1] >= widest
}

/// Whether the tile of one row is to be used.
fn single(rows: usize, pass: &Pass) -> bool {
    rows == 1 && pass.to.size[1] >= 16
}

/// Packs the left operand; `packed` is as long as for [`crate::gemm::pack`].
pub fn pack(rows: usize, pass: &Pass, a: &impl Panel, packed: &mut [f32]) {
    if single(rows, pass) {
        return panels::<1>(rows, pass, a, packed);
    }
    #[cfg(target_arch = "x86_64")]
    if simd::wide() {
        return panels::<6>(rows, pass, a, packed);
    }
    panels::<4>(rows, pass, a, packed)
}

fn panels<const MR: usize>(rows: usize, pass: &Pass, a: &impl Panel, packed: &mut [f32]) {
    let k = pass.offsets.len();
    for i in (0..rows).step_by(MR) {
        a.pack::<MR>(i, MR.min(rows - i), 0..k, &mut packed[i * k..][..MR * k]);
    }
}

/// Where a pass reads and writes.
pub struct Planes<'a> {
    pub images: usize,
    pub source: &'a [f32],
    pub result: &'a mut [f32],
    /// Words of one plane of the result.
    pub plane: usize,
}

/// All targets of a pass = packed left operand · patches.
pub fn multiply(rows: usize, pass: &Pass, packed: &[f32], planes: Planes) {
    #[cfg(target_arch = "x86_64")]
    if simd::wide() {
        return if single(rows, pass) {
            tiles::<simd::Wide, 1, 16>(rows, pass, packed, planes)
        } else {
            tiles::<simd::Wide, 6, 16>(rows, pass, packed, planes)
        };
    }
    if single(rows, pass) {
        tiles::<simd::Narrow, 1, 16>(rows, pass, packed, planes)
    } else {
        tiles::<simd::Narrow, 4, 8>(rows, pass, packed, planes)
    }
}

fn tiles<T: Columns<MR, NR>, const MR: usize, const NR: usize>(rows: usize, pass: &Pass, packed: &[f32], planes: Planes) {
    let Planes { images, source, result, plane } = planes;
    let ([height, width], step, k) = (pass.to.size, pass.to.step[1], pass.offsets.len());
    for (n, y) in (0..images).flat_map(|n| (0..height).map(move |y| (n, y))) {
        let (from, to) = (pass.from.line(n, y), pass.to.line(n, y));
        for x in (0..width).step_by(NR).map(|x| x.min(width - NR)) {
            let patch = &source[from + x..];
            for i in (0..rows).step_by(MR) {
                let tile = T::product_of_columns(packed[i * k..][..MR * k].as_chunks().0, patch, &pass.runs);
                for (row, channel) in tile.iter().zip(i..rows) {
                    let target = &mut result[channel * plane + to + x * step..];
                    if step == 1 {
                        target[..NR].copy_from_slice(row);
                    } else {
                        target.iter_mut().step_by(step).zip(row).for_each(|(t, v)| *t = *v);
                    }
                }
            }
        }
    }
}
