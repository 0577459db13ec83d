//! Random numbers on the host, for splitting and drawing data: the graph's generator ([`graph::random`](crate::graph::random)), read as a
//! stream.

use crate::graph::random;

/// A deterministic stream of random numbers: the blocks of (seed, stream) at step 0, word after word.
///
/// Streams are independent, so that image `i` of a procedural data set depends on (seed, i) only.
#[derive(Debug, Clone)]
pub struct Random {
    seed: u32,
    stream: u32,
    block: u32,
    words: [u32; 4],
    /// Words of `words` that were handed out.
    used: usize,
}

impl Random {
    pub fn new(seed: u32, stream: u32) -> Self {
        Self { seed, stream, block: 0, words: [0; 4], used: 4 }
    }

    /// 32 random bits.
    pub fn bits(&mut self) -> u32 {
        if self.used == 4 {
            self.words = random::block([self.seed, 0], self.stream, self.block);
            self.block += 1;
            self.used = 0;
        }
        self.used += 1;
        self.words[self.used - 1]
    }

    /// Uniform in [0, 1), in steps of 2⁻²⁴.
    pub fn uniform(&mut self) -> f32 {
        random::uniform(self.bits())
    }

    /// Uniform in [`low`, `high`).
    pub fn between(&mut self, low: f32, high: f32) -> f32 {
        low + (high - low) * self.uniform()
    }

    /// Uniform in 0..n (0 for n = 0). The bias is below n/2³².
    pub fn below(&mut self, n: usize) -> usize {
        ((self.bits() as u64 * n as u64) >> 32) as usize
    }

    /// Standard normal.
    pub fn normal(&mut self) -> f32 {
        random::normals([self.bits(), self.bits(), 0, 0])[0] as f32
    }

    /// Permutes `items` uniformly (Fisher–Yates).
    pub fn shuffle<T>(&mut self, items: &mut [T]) {
        for i in (1..items.len()).rev() {
            items.swap(i, self.below(i + 1));
        }
    }
}
