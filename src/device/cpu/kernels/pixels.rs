//! Matrix products whose right operand is read where it lies, value by value: each goes into all lanes and meets a vector of rows. In a
//! convolution, tiles of four pixels and sixteen filters. A pixel may lie anywhere, so that no vector is computed in vain at the end of
//! a line; what has few rows leaves lanes empty.

use crate::gemm::blocks;
use crate::simd::{self, Offsets, OffsetsOf, Pixels};

/// Rows of a panel.
const ROWS: usize = 16;
/// Targets of a tile.
const TARGETS: usize = 4;

/// What a step along K costs for `rows` rows and so many targets, in products: each takes a tenth longer than those of strips.
pub fn cost(rows: usize, targets: usize) -> usize {
    rows.next_multiple_of(ROWS) * targets.next_multiple_of(TARGETS) * 11 / 10
}

/// Words of a packed left operand.
pub fn packed_len(rows: usize, k: usize) -> usize {
    rows.next_multiple_of(ROWS) * k
}

/// Packs a left operand, `weight` of a row and k: panels of [`ROWS`] rows.
pub fn pack(rows: usize, k: usize, weight: impl Fn(usize, usize) -> f32, packed: &mut [f32]) {
    for i in (0..rows).step_by(ROWS) {
        for (k, lanes) in packed[i * k..][..ROWS * k].as_chunks_mut::<ROWS>().0.iter_mut().enumerate() {
            *lanes = std::array::from_fn(|lane| if i + lane < rows { weight(i + lane, k) } else { 0.0 });
        }
    }
}

/// `rows` rows of the result, `plane` apart in `out`: packed left operand · values of `source`. For each target `places` has where its
/// values lie, to which `offsets` are added, and where in a row of the result it belongs.
pub fn multiply(
    rows: usize,
    packed: &[f32],
    source: &[f32],
    offsets: &Offsets,
    places: &[[usize; 2]],
    out: &mut [f32],
    plane: usize,
) {
    let k = offsets.len();
    let mut tile = [[0.0; ROWS]; TARGETS];
    for i in (0..rows).step_by(ROWS) {
        let (panel, count) = (&packed[i * k..][..ROWS * k], ROWS.min(rows - i));
        let out = &mut out[i * plane..];
        // Of one panel, a block of K stays in the first-level cache.
        for depth in blocks(k) {
            let (panel, fresh) = (panel[ROWS * depth.start..ROWS * depth.end].as_chunks().0, depth.start == 0);
            let offsets = offsets.of(depth);
            for places in places.chunks(TARGETS) {
                // Targets that are not there repeat the last.
                let starts = std::array::from_fn(|p| places[p.min(places.len() - 1)][0]);
                product(source, starts, offsets, panel, &mut tile);
                store(&tile, count, places, out, plane, fresh);
            }
        }
    }
}

fn product(source: &[f32], starts: [usize; TARGETS], offsets: OffsetsOf, panel: &[[f32; ROWS]], tile: &mut [[f32; ROWS]; TARGETS]) {
    #[cfg(target_arch = "x86_64")]
    if simd::wide() {
        return simd::Wide::pixels(source, starts, offsets, panel, tile);
    }
    simd::Narrow::pixels(source, starts, offsets, panel, tile)
}

/// The first `rows` values of each target to its place; unless `fresh`, added to what is there.
fn store(tile: &[[f32; ROWS]; TARGETS], rows: usize, places: &[[usize; 2]], out: &mut [f32], plane: usize, fresh: bool) {
    let [_, first] = places[0];
    let neighbours = places.len() == TARGETS && places[TARGETS - 1][1] == first + TARGETS - 1;
    if neighbours && rows == ROWS {
        let mut lines = out.chunks_mut(plane);
        for four in 0..ROWS / 4 {
            let columns = simd::transposed(tile.each_ref().map(|values| values.as_chunks().0[four]));
            for (values, line) in columns.iter().zip(lines.by_ref()) {
                let line = &mut line[first..][..TARGETS];
                if fresh {
                    line.copy_from_slice(values);
                } else {
                    line.iter_mut().zip(values).for_each(|(target, value)| *target += value);
                }
            }
        }
        return;
    }
    for row in 0..rows {
        let out = &mut out[row * plane..];
        places.iter().zip(tile).for_each(|(&[_, to], values)| out[to] = if fresh { values[row] } else { out[to] + values[row] });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Narrow tiles are what WebAssembly runs; a wider machine never would.
    #[test]
    fn narrow_tiles_are_sums_of_products() {
        let source: Vec<f32> = (0..40).map(|i| ((i * 37 % 19) as f32 - 9.0) / 8.0).collect();
        for k in [0, 1, 3, 4, 5, 9] {
            let offsets = Offsets::new((0..k).map(|i| i * 7 % 23).collect());
            let panel: Vec<[f32; ROWS]> =
                (0..k).map(|i| std::array::from_fn(|row| ((i * 5 + row * 3) % 11) as f32 - 5.0)).collect();
            let starts = [3, 0, 16, 8];
            let mut tile = [[f32::NAN; ROWS]; TARGETS];
            simd::Narrow::pixels(&source, starts, offsets.of(0..k), &panel, &mut tile);
            for (values, start) in tile.iter().zip(starts) {
                for (row, value) in values.iter().enumerate() {
                    // Eighths of small whole numbers: exact in any order.
                    let wanted: f32 = (0..k).map(|i| source[start + offsets[i]] * panel[i][row]).sum();
                    assert_eq!(*value, wanted);
                }
            }
        }
    }

    #[test]
    fn a_tile_goes_to_its_places() {
        let tile: [[f32; ROWS]; TARGETS] = std::array::from_fn(|i| std::array::from_fn(|row| (100 * i + row) as f32 + 1.0));
        for places in [vec![[0, 2], [0, 3], [0, 4], [0, 5]], vec![[0, 0], [0, 2], [0, 4], [0, 6]], vec![[0, 5], [0, 6]]] {
            for rows in [1, 7, ROWS] {
                let plane = 7;
                let (mut out, mut wanted) = (vec![0.0; ROWS * plane], vec![0.0; ROWS * plane]);
                for times in [1.0, 2.0] {
                    store(&tile, rows, &places, &mut out, plane, times == 1.0);
                    for (i, &[_, to]) in places.iter().enumerate() {
                        (0..rows).for_each(|row| wanted[row * plane + to] = times * tile[i][row]);
                    }
                    assert_eq!(out, wanted);
                }
            }
        }
    }
}
