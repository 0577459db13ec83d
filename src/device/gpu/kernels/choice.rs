//! Which variant of a kernel for which shape on which adapter: the whole table. A real GPU wants many threads and tiles in workgroup
//! memory; a software adapter runs a few threads on the CPU, where a barrier costs more than the loads that a tile saves, and the load of
//! one value as much as thirty multiplications (measured on SwiftShader): each value loaded has to be used often.
//!
//! | operation | real GPU | software adapter | where |
//! | --- | --- | --- | --- |
//! | matrix product | tiles of 32 × 32, where M, N and K fill half a tile; else 4 × 4 in registers | 8 × 8 in registers | [`product`] |
//! | convolution | tiles of 32 filters × 32 positions, where filters and taps fill half a tile; else 4 × 4 | 8 × 8 in registers, or 4 × 4 where a side has 4 at most | [`convolution`] |
//! | its gradient in x | 4 channels × 4 positions in registers | as the convolution | [`wide`] |
//! | its gradient in w | 4 filters × 4 taps in registers, rows split | as the convolution, fewer splits | [`wide`], [`weight_gradient_splits`] |
//! | reductions | one pass, or two where outputs are few | the same, fewer parts | [`reduction_parts`] |
//! | gradient of max pooling | a thread per window where windows lie side by side, else one per cell | the same | [`windows_apart`] |
//!
//! A long sum is split among threads until about [`wanted_threads`] are at work, and the parts are added up by a second pass: always
//! in the same order, so that results are the same bits at every run.

use super::Target;
use crate::graph::Pool2d;

/// Rows and columns of the tiles in workgroup memory.
pub const TILE: usize = 32;

/// Threads that keep the device busy.
fn wanted_threads(target: Target) -> usize {
    if target.software { 512 } else { 16_384 }
}

/// A tile mostly beyond the edge wastes more than it saves.
fn fills_tiles(sides: &[usize], target: Target) -> bool {
    !target.software && sides.iter().all(|&side| side >= TILE / 2)
}

/// What a thread computes, or a workgroup together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tile {
    /// 32 × 32 through workgroup memory.
    Shared,
    /// 4 × 4 in registers.
    Small,
    /// 8 × 8 in registers.
    Wide,
}

/// Whether a thread computes 8 values along each of `sides`, where the choice is between that and 4.
pub fn wide(sides: &[usize], target: Target) -> bool {
    target.software && sides.iter().all(|&side| side > 4)
}

/// How a matrix product is computed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Product {
    pub tile: Tile,
    /// Slices of K, each computed by threads of its own.
    pub splits: usize,
}

/// `[batch, m, k] × [batch, k, n]`.
pub fn product(batch: usize, [m, n, k]: [usize; 3], target: Target) -> Product {
    let tile = match fills_tiles(&[m, n, k], target) {
        true => Tile::Shared,
        // However thin: its threads are numbered in one dimension, so that none is idle beside another.
        false if target.software => Tile::Wide,
        false => Tile::Small,
    };
    let side = if tile == Tile::Wide { 8 } else { 4 };
    let threads = batch * m.div_ceil(side) * n.div_ceil(side);
    // Each slice keeps at least 64 steps, or the second pass costs more than it saves.
    let splits = (wanted_threads(target) / threads.max(1)).min(k / 64).clamp(1, 64);
    Product { tile, splits }
}

/// `filters` of one group, each of so many `taps` (channels × height × width).
pub fn convolution(filters: usize, taps: usize, target: Target) -> Tile {
    match fills_tiles(&[filters, taps], target) {
        true => Tile::Shared,
        false if wide(&[filters], target) => Tile::Wide,
        false => Tile::Small,
    }
}

/// Parts of the sum over `rows` (images × rows of an image) for so many `tiles` of the gradient, one a thread.
pub fn weight_gradient_splits(tiles: usize, rows: usize, target: Target) -> usize {
    (wanted_threads(target) / tiles.max(1)).clamp(1, rows.clamp(1, 256))
}

/// Parts of a reduction of `count` values to each of `outputs`.
pub fn reduction_parts(outputs: usize, count: usize, target: Target) -> usize {
    // A part below 16 values is not worth the second pass.
    (wanted_threads(target) / outputs.max(1)).min(count / 16).clamp(1, 256)
}

/// Whether each cell belongs to one window at most, and windows begin at the image's corner.
pub fn windows_apart(pool: &Pool2d) -> bool {
    pool.size == pool.stride && pool.pads == [[0, 0], [0, 0]]
}

#[cfg(test)]
mod tests {
    use super::*;

    const REAL: Target = Target { software: false };
    const SOFTWARE: Target = Target { software: true };

    #[test]
    fn tiles_need_a_real_gpu_and_enough_to_fill_them() {
        assert_eq!(product(1, [64, 64, 64], REAL).tile, Tile::Shared);
        assert_eq!(product(1, [64, 64, 64], SOFTWARE).tile, Tile::Wide);
        assert_eq!(product(1, [64, 8, 64], REAL).tile, Tile::Small);
        assert_eq!(product(1, [64, 1, 64], SOFTWARE).tile, Tile::Wide);
        let tiles = [(32, 144, REAL), (32, 9, REAL), (32, 144, SOFTWARE), (3, 9, SOFTWARE)].map(|(f, k, on)| convolution(f, k, on));
        assert_eq!(tiles, [Tile::Shared, Tile::Small, Tile::Wide, Tile::Small]);
    }

    #[test]
    fn long_sums_are_split_where_outputs_are_few() {
        assert_eq!(product(1, [4, 4, 4096], REAL).splits, 64);
        assert_eq!(product(1, [1024, 1024, 4096], REAL).splits, 1);
        assert_eq!(product(1, [4, 4, 63], REAL).splits, 1);
        assert_eq!(reduction_parts(1, 1 << 20, REAL), 256);
        assert_eq!(reduction_parts(1, 15, REAL), 1);
        assert!(weight_gradient_splits(1, 1000, SOFTWARE) <= weight_gradient_splits(1, 1000, REAL));
        assert_eq!(weight_gradient_splits(1, 3, REAL), 3);
    }
}
