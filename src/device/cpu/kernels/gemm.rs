//! Matrix products: C[M, N] = A[M, K] · B[K, N] with packed panels and a register tile, after Goto & van de Geijn (2008).
//!
//! Packing the right operand writes some vectors along K side by side, so that a transpose costs nothing but another way of packing; the
//! left one is read where it lies, or, where its rows lie side by side, packed alike. The tile is 2×16 (4×8 for few columns) where
//! registers are 128 bits wide, 6×16 where they are 256 (`simd`). K is cut into blocks; the order of every sum is fixed by the shape
//! alone. A product of few columns is computed as its transpose, which has few rows.

use std::ops::Range;

use crate::buffer::Kernel;
use crate::matvec;
use crate::simd::{self, Rows, Tiles};
use vitrine_graph::Shape;

/// Longest stretch of K that is packed at once: panels of it stay in the first-level cache.
const KC: usize = 256;
/// Columns of B packed at once, and rows of A gone through per sweep of them: blocks that stay in the second-level cache.
const NC: usize = 256;
const MC: usize = 96; // whole panels of 4 and of 6
/// The widest panels of any micro-kernel, by which scratch is sized.
const MAX_MR: usize = 6;
const MAX_NR: usize = 16;

/// With up to this many columns, a left operand that lies along K is read in place: packing it takes as long as some ten columns.
const MANY: usize = 512;

/// Fewer columns than this are too few for a tile.
const NARROW: usize = 4;

/// A strided matrix, seen as vectors along K: vector `i`, step `k` at `i·vector + k·step`.
#[derive(Clone, Copy)]
pub struct Strided<'a> {
    pub values: &'a [f32],
    pub vector: usize,
    pub step: usize,
}

impl Strided<'_> {
    /// Writes vectors `first..first + count` (at most `W`) over `k` to `panel`, `W` values per k; what unused lanes get does not matter.
    pub fn pack<const W: usize>(&self, first: usize, count: usize, k: Range<usize>, panel: &mut [f32]) {
        if k.is_empty() {
            return;
        }
        let panel = panel.as_chunks_mut::<W>().0;
        if self.vector == 1 && count == W {
            for (lanes, k) in panel.iter_mut().zip(k) {
                lanes.copy_from_slice(&self.values[k * self.step + first..][..W]);
            }
            return;
        }
        let turned = if self.step == 1 && count == W { self.pack_blocks(first, k.clone(), panel) } else { 0 };
        let k = k.start + turned..k.end;
        for lane in 0..count {
            let start = (first + lane) * self.vector + k.start * self.step;
            let values = self.values[start..].iter().step_by(self.step.max(1));
            for (lanes, &value) in panel[turned..][..k.len()].iter_mut().zip(values) {
                lanes[lane] = value;
            }
        }
    }

    /// Packs W vectors that lie along K in blocks of four by four, and returns how many steps these are: none for a W that is no
    /// multiple of four.
    fn pack_blocks<const W: usize>(&self, first: usize, k: Range<usize>, panel: &mut [[f32; W]]) -> usize {
        if !W.is_multiple_of(4) {
            return 0;
        }
        let blocks = k.len() / 4;
        for lane in (0..W).step_by(4) {
            let vectors: [&[[f32; 4]]; 4] = std::array::from_fn(|v| {
                let start = (first + lane + v) * self.vector + k.start;
                &self.values[start..][..4 * blocks].as_chunks().0[..blocks]
            });
            for (block, steps) in panel.as_chunks_mut::<4>().0[..blocks].iter_mut().enumerate() {
                let columns = simd::transposed(vectors.map(|vector| vector[block]));
                steps.iter_mut().zip(columns).for_each(|(lanes, column)| lanes[lane..lane + 4].copy_from_slice(&column));
            }
        }
        4 * blocks
    }
}

/// A result whose rows lie `row` and whose columns `column` values apart.
struct Grid<'a> {
    values: &'a mut [f32],
    row: usize,
    column: usize,
}

impl Grid<'_> {
    /// Adds (or, for the first block of K, stores) the tile whose corner is (i, j): its first `rows` rows and `columns` columns.
    fn tile<const MR: usize, const NR: usize>(
        &mut self,
        [i, j]: [usize; 2],
        rows: usize,
        columns: usize,
        tile: &[[f32; NR]; MR],
        first: bool,
    ) {
        for (r, row) in tile[..rows].iter().enumerate() {
            let target = &mut self.values[(i + r) * self.row + j * self.column..];
            if self.column == 1 {
                put(&mut target[..columns], row, first);
            } else {
                for (target, value) in target.iter_mut().step_by(self.column).zip(&row[..columns]) {
                    *target = if first { *value } else { *target + value };
                }
            }
        }
    }

    /// From this corner on, and how far apart the rows are; none where the values of a row are not neighbours.
    #[inline(always)]
    fn place(&mut self, [i, j]: [usize; 2]) -> Option<(&mut [f32], usize)> {
        (self.column == 1).then(|| (&mut self.values[i * self.row + j..], self.row))
    }
}

/// Stores or adds the first values of `row`.
#[inline(always)]
fn put<const NR: usize>(target: &mut [f32], row: &[f32; NR], first: bool) {
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

/// Words of a packed M×K left operand.
fn packed_len(m: usize, k: usize) -> usize {
    (m + MAX_MR) * k
}

/// Words of scratch for multiplying packed operands with N columns.
fn panels_len(n: usize, k: usize) -> usize {
    NC.min(n).next_multiple_of(MAX_NR) * k.min(KC)
}

/// The left operand of a product.
#[derive(Clone, Copy)]
enum Left<'a> {
    /// As it lies: rows of neighbours, `apart` from one another.
    InPlace { values: &'a [f32], apart: usize },
    /// By [`pack`].
    Packed(&'a [f32]),
}

/// Packs a left operand.
fn pack(m: usize, k: usize, a: &Strided, packed: &mut [f32]) {
    #[cfg(target_arch = "x86_64")]
    if simd::wide() {
        return pack_panels::<6>(m, k, a, packed);
    }
    pack_panels::<4>(m, k, a, packed)
}

/// `result` = left operand · `b`, M×K and K×N. Few columns, or the few that are left, get a tile that suits them.
fn multiply(m: usize, n: usize, k: usize, a: Left, b: &Strided, result: &mut Grid, panels: &mut [f32]) {
    for depth in blocks(k) {
        for column in (0..n).step_by(NC) {
            let columns = column..n.min(column + NC);
            #[cfg(target_arch = "x86_64")]
            if simd::wide() {
                block::<simd::Wide, 6, 16, 6>(m, columns, depth.clone(), a, b, result, panels);
                continue;
            }
            // At the end, what fits into a narrow tile would leave half of a wide one empty.
            let end = columns.end.min(column + columns.len().next_multiple_of(8) / 16 * 16);
            block::<simd::Narrow, 2, 16, 4>(m, column..end, depth.clone(), a, b, result, panels);
            block::<simd::Narrow, 4, 8, 4>(m, end..columns.end, depth.clone(), a, b, result, panels);
        }
    }
}

/// The blocks of K, of nearly one length; an empty K still is one block, since the product still is zeros.
pub fn blocks(k: usize) -> impl Iterator<Item = Range<usize>> {
    let count = k.div_ceil(KC).max(1);
    let len = k.div_ceil(count);
    (0..count).map(move |block| block * len..k.min((block + 1) * len))
}

/// Block after block of K, in each the panels of all rows.
fn pack_panels<const W: usize>(m: usize, k: usize, a: &Strided, packed: &mut [f32]) {
    let height = m.next_multiple_of(W);
    for depth in blocks(k) {
        let (start, len) = (height * depth.start, depth.len());
        for i in (0..m).step_by(W) {
            a.pack::<W>(i, W.min(m - i), depth.clone(), &mut packed[start + i * len..][..W * len]);
        }
    }
}

/// Some columns of one block of K; packed rows come in panels of W.
fn block<T: Tiles<MR, NR>, const MR: usize, const NR: usize, const W: usize>(
    m: usize,
    columns: Range<usize>,
    depth: Range<usize>,
    a: Left,
    b: &Strided,
    result: &mut Grid,
    panels: &mut [f32],
) {
    let mut tile = [[0.0; NR]; MR];
    let (len, first, width) = (depth.len(), depth.start == 0, columns.len());
    let a = match a {
        Left::InPlace { values, apart } => Rows::<W> { values: &values[depth.start..], count: m, len, apart: Some(apart) },
        Left::Packed(values) => Rows { values: &values[m.next_multiple_of(W) * depth.start..], count: m, len, apart: None },
    };
    for j in (0..width).step_by(NR) {
        b.pack::<NR>(columns.start + j, NR.min(width - j), depth.clone(), &mut panels[j * len..][..NR * len]);
    }
    for top in (0..m).step_by(MC) {
        let bottom = m.min(top + MC);
        for j in (0..width).step_by(NR) {
            let (column, count) = (columns.start + j, NR.min(width - j));
            let b = panels[j * len..][..NR * len].as_chunks().0;
            // Straight to where they belong go whole tiles, the others by way of `tile`.
            let mut rest = top;
            if count == NR
                && let Some((target, pitch)) = result.place([top, column])
            {
                rest = bottom - (bottom - top) % MR;
                T::product(a, top..rest, b, target, pitch, first);
            }
            for i in (rest..bottom).step_by(MR) {
                T::product(a, i..i + 1, b, tile.as_flattened_mut(), NR, true);
                result.tile([i, column], MR.min(m - i), count, &tile, first);
            }
        }
    }
}

/// The kernel of a (batched) matrix product.
pub fn matmul(a: &Shape, b: &Shape, out: &Shape, ta: bool, tb: bool) -> Kernel {
    let r = out.rank();
    let (m, n) = (out[r - 2], out[r - 1]);
    let k = if ta { a[r - 2] } else { a[r - 1] };
    let batch = if r == 3 { out[0] } else { 1 };
    debug_assert_eq!((a.len(), b.len()), (batch * m * k, batch * n * k));
    if m == 1 || n == 1 {
        // The vector is the operand with one row or column; the other's vectors along K lie one behind the other, or side by side.
        let (matrix, vector, behind) = if n == 1 { (0, 1, !ta) } else { (1, 0, tb) };
        return Kernel::new(move |x, out| {
            let (matrix, vector, len) = (x.get(matrix), x.get(vector), m * n);
            for i in 0..batch {
                let (matrix, vector) = (&matrix[i * len * k..][..len * k], &vector[i * k..][..k]);
                let product = if behind { matvec::dots } else { matvec::combination };
                product(matrix, vector, &mut out[i * len..][..len]);
            }
        });
    }
    let (a_strides, b_strides) = (if ta { (1, m) } else { (k, 1) }, if tb { (k, 1) } else { (1, n) });
    // The points of a plane, as batches of them begin and end in many a network: less work than packing them.
    if k == 1 || (k == 2 && !tb) {
        let product = if k == 1 { matvec::outer::<1> } else { matvec::outer::<2> };
        return Kernel::new(move |x, out| {
            for i in 0..batch {
                let (a, b) = (&x.get(0)[i * m * k..][..m * k], &x.get(1)[i * n * k..][..n * k]);
                product(a, a_strides, b, &mut out[i * m * n..][..m * n]);
            }
        });
    }
    // A tile is wider than high: what has few columns is computed as its transpose.
    let turned = n < NARROW && m > n;
    let (rows, columns) = if turned { (n, m) } else { (m, n) };
    Kernel::with_scratch(packed_len(rows, k) + panels_len(columns, k), move |x, out, scratch| {
        for i in 0..batch {
            let a = Strided { values: &x.get(0)[i * m * k..][..m * k], vector: a_strides.0, step: a_strides.1 };
            let b = Strided { values: &x.get(1)[i * n * k..][..n * k], vector: b_strides.0, step: b_strides.1 };
            let values = &mut out[i * m * n..][..m * n];
            let (left, right, row, column) = if turned { (b, a, 1, n) } else { (a, b, n, 1) };
            let (packed, panels) = scratch.split_at_mut(packed_len(rows, k));
            // Of rows side by side, every value would come from another line of the cache.
            let left = if left.step == 1 && columns <= MANY {
                Left::InPlace { values: left.values, apart: left.vector }
            } else {
                pack(rows, k, &left, packed);
                Left::Packed(packed)
            };
            multiply(rows, columns, k, left, &right, &mut Grid { values, row, column }, panels);
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Narrow tiles are what WebAssembly runs; a wider machine never would.
    #[test]
    fn narrow_tiles_give_the_products_of_every_layout() {
        // Rows and columns that fill no tile, more than one block of each, and an empty K.
        for (m, n, k) in [(1, 1, 1), (5, 23, 9), (7, 16, 0), (6, 40, 600), (131, 61, 33)] {
            let value = |i: usize| ((i * 37 % 19) as f32 - 9.0) / 8.0;
            let (a, b): (Vec<f32>, Vec<f32>) = ((0..m * k).map(value).collect(), (0..k * n).map(value).collect());
            let turned: Vec<f32> = (0..m * k).map(|i| a[i % m * k + i / m]).collect();
            let along = Strided { values: &a, vector: k, step: 1 };
            let across = Strided { values: &turned, vector: 1, step: m };
            let [packed, turned] = [along, across].map(|rows| {
                let mut packed = vec![0.0; packed_len(m, k)];
                pack_panels::<4>(m, k, &rows, &mut packed);
                packed
            });
            let right = Strided { values: &b, vector: 1, step: n };
            for left in [Left::InPlace { values: &a, apart: k }, Left::Packed(&packed), Left::Packed(&turned)] {
                for wide in [0, n / 2, n] {
                    let mut values = vec![f32::NAN; m * n];
                    let mut panels = vec![0.0; panels_len(n, k)];
                    for depth in blocks(k) {
                        let sink = &mut Grid { values: &mut values, row: n, column: 1 };
                        block::<simd::Narrow, 2, 16, 4>(m, 0..wide, depth.clone(), left, &right, sink, &mut panels);
                        block::<simd::Narrow, 4, 8, 4>(m, wide..n, depth, left, &right, sink, &mut panels);
                    }
                    for (at, found) in values.iter().enumerate() {
                        // Multiples of 1/64 below 2¹⁸/64: exact in whatever order.
                        let exact: f32 = (0..k).map(|k_| a[at / n * k + k_] * b[k_ * n + at % n]).sum();
                        assert_eq!(*found, exact, "{m}×{n}×{k} at {at}");
                    }
                }
            }
        }
    }
}
