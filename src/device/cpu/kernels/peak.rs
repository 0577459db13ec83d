//! How fast this machine multiplies and adds, by a loop that does nothing else: what the speed of a kernel is a fraction of.
//!
//! The peak is what one thread reaches with the vectors that the kernels use: fused multiply-adds of 256 bits where the kernels have
//! them, else multiplications and additions of 128 bits, which are two operations of two units or of one and the same. Memory has no
//! part in it.

use crate::simd;

/// `iterations` rounds of multiply-adds, one in each of more registers than the machine can have under way. Returns a value that
/// depends on all of them, and how many multiplications and additions of single values were done; the caller takes the time.
pub fn multiply_add_chains(iterations: usize) -> (f32, usize) {
    simd::multiply_add_chains(iterations)
}

#[cfg(test)]
mod tests {
    #[test]
    fn every_lane_takes_every_step() {
        // A value x·1 + 1 begins at 1 and is s + 1 after s steps; there are flops / 2s of them.
        let steps = 9;
        let (sum, flops) = super::multiply_add_chains(steps);
        assert_eq!(sum, (flops / (2 * steps) * (steps + 1)) as f32);
    }
}
