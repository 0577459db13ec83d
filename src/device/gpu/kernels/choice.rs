//! Which variant of a kernel for which shape on which adapter: the whole table. A real GPU wants many threads and tiles in workgroup
//! memory; a software adapter runs a few threads on the CPU, where a barrier costs more than the loads that a tile saves.
//!
//! | operation | real GPU | software adapter | where |
//! | --- | --- | --- | --- |
//! | matrix product | tiles of 32 × 32, where M, N and K fill half a tile; else 4 × 4 in registers | 4 × 4 in registers | [`product`] |
//! | convolution | tiles of 32 filters × 32 positions, where filters and taps fill half a tile; else 4 × 4 | 4 × 4 in registers | [`convolution_tiled`] |
//! | its gradient in x | 4 channels × 4 positions in registers | the same | |
//! | its gradient in w | 4 filters × 4 taps in registers, rows split | the same, fewer splits | [`weight_gradient_splits`] |
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

/// How a matrix product is computed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Product {
    /// Through workgroup memory.
    pub tiled: bool,
    /// Slices of K, each computed by threads of its own.
    pub splits: usize,
}

/// `[batch, m, k] × [batch, k, n]`.
pub fn product(batch: usize, [m, n, k]: [usize; 3], target: Target) -> Product {
    let threads = batch * m.div_ceil(4) * n.div_ceil(4);
    // Each slice keeps at least 64 steps, or the second pass costs more than it saves.
    let splits = (wanted_threads(target) / threads.max(1)).min(k / 64).clamp(1, 64);
    Product { tiled: fills_tiles(&[m, n, k], target), splits }
}

/// `filters` of one group, each of so many `taps` (channels × height × width).
pub fn convolution_tiled(filters: usize, taps: usize, target: Target) -> bool {
    fills_tiles(&[filters, taps], target)
}

/// Parts of the sum over `rows` (images × rows of an image) for so many 4 × 4 `tiles` of the gradient.
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
        assert!(product(1, [64, 64, 64], REAL).tiled);
        assert!(!product(1, [64, 64, 64], SOFTWARE).tiled);
        assert!(!product(1, [64, 8, 64], REAL).tiled);
        assert!(convolution_tiled(32, 144, REAL) && !convolution_tiled(32, 9, REAL) && !convolution_tiled(32, 144, SOFTWARE));
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
