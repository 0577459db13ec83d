//! Random numbers on the host, for splitting and drawing data: the same generator as the graph's, read as a stream.

/// A deterministic stream of random numbers: Philox 4×32-10 (Salmon et al. 2011) with key (seed, stream) and a running counter.
///
/// Streams are independent, so that image `i` of a procedural data set depends on (seed, i) only.
#[derive(Debug, Clone)]
pub struct Random {
    key: [u32; 2],
    block: u32,
    words: [u32; 4],
    /// Words of `words` that were handed out.
    used: usize,
}

impl Random {
    pub fn new(seed: u32, stream: u32) -> Self {
        Self { key: [seed, stream], block: 0, words: [0; 4], used: 4 }
    }

    /// 32 random bits.
    pub fn bits(&mut self) -> u32 {
        if self.used == 4 {
            self.words = philox(self.key, [self.block, 0, 0, 0]);
            self.block += 1;
            self.used = 0;
        }
        self.used += 1;
        self.words[self.used - 1]
    }

    /// Uniform in [0, 1), in steps of 2⁻²⁴.
    pub fn uniform(&mut self) -> f32 {
        (self.bits() >> 8) as f32 * (-24f32).exp2()
    }

    /// Uniform in [`low`, `high`).
    pub fn between(&mut self, low: f32, high: f32) -> f32 {
        low + (high - low) * self.uniform()
    }

    /// Uniform in 0..n (0 for n = 0). The bias is below n/2³².
    pub fn below(&mut self, n: usize) -> usize {
        ((self.bits() as u64 * n as u64) >> 32) as usize
    }

    /// Permutes `items` uniformly (Fisher–Yates).
    pub fn shuffle<T>(&mut self, items: &mut [T]) {
        for i in (1..items.len()).rev() {
            items.swap(i, self.below(i + 1));
        }
    }
}

/// One block of Philox 4×32-10.
fn philox([mut k0, mut k1]: [u32; 2], mut c: [u32; 4]) -> [u32; 4] {
    for _ in 0..10 {
        let (p0, p1) = (0xD251_1F53_u64 * c[0] as u64, 0xCD9E_8D57_u64 * c[2] as u64);
        c = [(p1 >> 32) as u32 ^ c[1] ^ k0, p1 as u32, (p0 >> 32) as u32 ^ c[3] ^ k1, p0 as u32];
        (k0, k1) = (k0.wrapping_add(0x9E37_79B9), k1.wrapping_add(0xBB67_AE85));
    }
    c
}
