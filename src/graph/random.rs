//! Counter-based random numbers as pure integer functions: the definition that every device follows bit by bit.
//!
//! Nothing here has a state. A random tensor is a function of (seed, stream, step, position): the seed is the student's, the stream
//! tells the random nodes of one graph apart, the step counts runs.

/// Ten rounds of Philox 4×32 (Salmon, Moraes, Dror & Shaw 2011, "Parallel random numbers: as easy as 1, 2, 3").
pub fn philox(counter: [u32; 4], key: [u32; 2]) -> [u32; 4] {
    let high_low = |a: u32, b: u32| {
        let product = u64::from(a) * u64::from(b);
        ((product >> 32) as u32, product as u32)
    };
    let ([mut c0, mut c1, mut c2, mut c3], [mut k0, mut k1]) = (counter, key);
    for _ in 0..10 {
        let (high0, low0) = high_low(0xD251_1F53, c0);
        let (high1, low1) = high_low(0xCD9E_8D57, c2);
        (c0, c1, c2, c3) = (high1 ^ c1 ^ k0, low1, high0 ^ c3 ^ k1, low0);
        k0 = k0.wrapping_add(0x9E37_79B9);
        k1 = k1.wrapping_add(0xBB67_AE85);
    }
    [c0, c1, c2, c3]
}

/// Four words for the values `4·block ..` of a random tensor; `key` is (seed, step).
pub fn block(key: [u32; 2], stream: u32, block: u32) -> [u32; 4] {
    let [seed, step] = key;
    philox([block, step, 0, 0], [seed, stream])
}

/// Uniform in [0, 1): the upper 24 bits of `word`, exact in `f32`.
pub fn uniform(word: u32) -> f32 {
    (word >> 8) as f32 / 16_777_216.0
}

/// Four standard normals of one block by Box–Muller (1958). Words (0, 1) give values 0 and 1, words (2, 3) values 2 and 3. Of a pair
/// of words (v, w): u = (⌊v/256⌋ + 1)·2⁻²⁴ in (0, 1], t = ⌊w/256⌋·2⁻²⁴ in [0, 1), r = √(−2 ln u); the first value is r·cos 2πt,
/// the second r·sin 2πt.
///
/// This is in `f64`, for the reference; devices evaluate the same formula in `f32`, so that normals agree to rounding, not to bits.
pub fn normals(words: [u32; 4]) -> [f64; 4] {
    let pair = |v: u32, w: u32| {
        let r = (-2.0 * (f64::from((v >> 8) + 1) / 16_777_216.0).ln()).sqrt();
        let (sin, cos) = (std::f64::consts::TAU * f64::from(w >> 8) / 16_777_216.0).sin_cos();
        (r * cos, r * sin)
    };
    let ((a, b), (c, d)) = (pair(words[0], words[1]), pair(words[2], words[3]));
    [a, b, c, d]
}

/// A pseudo-random permutation of 0..n: a Feistel network of eight rounds on the smallest even number of bits that holds n−1 (at
/// least two), walked until the value falls below n (Black & Rogaway 2002, "Ciphers with arbitrary finite domains").
///
/// The round keys are words 0–3 of blocks 0 and 1 of the stream; the round function is the finaliser of MurmurHash3.
#[derive(Debug, Clone, Copy)]
pub struct Permutation {
    n: u32,
    half_bits: u32,
    round_keys: [u32; 8],
}

impl Permutation {
    /// The permutation of 0..n (n ≥ 1) chosen by `key` (seed, step) and `stream`.
    pub fn new(n: u32, key: [u32; 2], stream: u32) -> Self {
        let bits = u32::BITS - (n - 1).leading_zeros();
        let ([a, b, c, d], [e, f, g, h]) = (block(key, stream, 0), block(key, stream, 1));
        Self { n, half_bits: bits.div_ceil(2).max(1), round_keys: [a, b, c, d, e, f, g, h] }
    }

    /// Where `position` (taken modulo n) goes.
    pub fn at(&self, position: u32) -> u32 {
        // The walk ends: the network permutes its domain, so the cycle through a start below n comes back below n.
        let mut value = self.network(position % self.n);
        while value >= self.n {
            value = self.network(value);
        }
        value
    }

    fn network(&self, value: u32) -> u32 {
        let mask = (1 << self.half_bits) - 1;
        let (mut left, mut right) = (value >> self.half_bits, value & mask);
        for key in self.round_keys {
            (left, right) = (right, left ^ (mix(right ^ key) & mask));
        }
        left << self.half_bits | right
    }
}

/// The 32-bit finaliser of MurmurHash3 (Appleby, public domain).
fn mix(mut x: u32) -> u32 {
    x = (x ^ (x >> 16)).wrapping_mul(0x85EB_CA6B);
    x = (x ^ (x >> 13)).wrapping_mul(0xC2B2_AE35);
    x ^ (x >> 16)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The known-answer vectors published with Random123 (`kat_vectors`, `philox4x32 10`).
    #[test]
    fn philox_matches_the_published_vectors() {
        let pi = [0x243f_6a88, 0x85a3_08d3, 0x1319_8a2e, 0x0370_7344];
        let cases = [
            ([0; 4], [0; 2], [0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8]),
            ([u32::MAX; 4], [u32::MAX; 2], [0x408f_276d, 0x41c8_3b0e, 0xa20b_c7c6, 0x6d54_51fd]),
            (pi, [0xa409_3822, 0x299f_31d0], [0xd16c_fe09, 0x94fd_cceb, 0x5001_e420, 0x2412_6ea1]),
        ];
        for (counter, key, words) in cases {
            assert_eq!(philox(counter, key), words);
        }
    }

    #[test]
    fn permutations_are_bijections() {
        for n in (1..=70).chain([127, 128, 129, 1000, 1797, 4096, 4097, 60_000]) {
            let permutation = Permutation::new(n, [7, 3], 5);
            let mut hit = vec![false; n as usize];
            for position in 0..n {
                let value = permutation.at(position) as usize;
                assert!(!std::mem::replace(&mut hit[value], true), "{value} twice among {n}");
                assert_eq!(permutation.at(position + n), value as u32);
            }
        }
    }

    /// Over 24,000 keys, each of the 24 permutations of four things comes up about 1000 times: χ² with 23 degrees of freedom
    /// exceeds 60 with probability 4·10⁻⁵.
    #[test]
    fn permutations_of_four_are_equally_likely() {
        let mut counts = std::collections::BTreeMap::new();
        for step in 0..24_000 {
            let permutation = Permutation::new(4, [1, step], 0);
            *counts.entry([0, 1, 2, 3].map(|i| permutation.at(i))).or_insert(0.0) += 1.0;
        }
        assert_eq!(counts.len(), 24);
        let chi2: f64 = counts.values().map(|count: &f64| (count - 1000.0).powi(2) / 1000.0).sum();
        assert!(chi2 < 60.0, "χ² = {chi2}");
    }

    /// Mean, variance and fourth moment of 400,000 normals, within five standard errors (√(1/n), √(2/n), √(96/n)).
    #[test]
    fn normals_have_the_moments_of_the_standard_normal() {
        let n = 400_000.0_f64;
        let values: Vec<f64> = (0..100_000).flat_map(|i| normals(block([42, 0], 0, i))).collect();
        let moment = |k: i32| values.iter().map(|v| v.powi(k)).sum::<f64>() / n;
        assert!(moment(1).abs() < 5.0 / n.sqrt());
        assert!((moment(2) - 1.0).abs() < 5.0 * (2.0 / n).sqrt());
        assert!((moment(4) - 3.0).abs() < 5.0 * (96.0 / n).sqrt());
    }

    #[test]
    fn uniforms_lie_in_the_half_open_unit_interval() {
        assert_eq!(uniform(0), 0.0);
        assert_eq!(uniform(0xff), 0.0);
        assert_eq!(uniform(u32::MAX), 1.0 - 1.0 / 16_777_216.0);
    }
}
