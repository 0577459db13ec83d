//! How many modes a generator found, and how often it hits one (Srivastava et al. 2017, "VEEGAN").

use super::cloud::{Cloud, squared_distance};

/// The share of all samples from which on a mode counts as covered.
const SHARE: f32 = 0.01;

/// What samples say about a mixture's modes.
#[derive(Debug, Clone, PartialEq)]
pub struct Coverage {
    /// High-quality samples nearest to each mode.
    pub counts: Vec<u32>,
    /// Modes with at least 1 % of all samples.
    pub modes: usize,
    /// The share of samples within 3σ of a mode, 0…1.
    pub quality: f32,
}

/// Counts `samples` `[n, dims]` at the centres of `cloud`. A sample is of high quality within 3σ of its nearest mode; only such count.
pub fn coverage(cloud: &Cloud, samples: &[f32]) -> Coverage {
    let dims = cloud.dims();
    let mut counts = vec![0; cloud.centres().len() / dims];
    let limit = 9.0 * cloud.sigma() * cloud.sigma();
    for sample in samples.chunks_exact(dims) {
        let (mut nearest, mut least) = (0, f32::INFINITY);
        for (mode, centre) in cloud.centres().chunks_exact(dims).enumerate() {
            let distance = squared_distance(sample, centre);
            if distance < least {
                (nearest, least) = (mode, distance);
            }
        }
        if least <= limit {
            counts[nearest] += 1;
        }
    }
    let n = (samples.len() / dims) as f32;
    let good: u32 = counts.iter().sum();
    let modes = counts.iter().filter(|&&count| count > 0 && count as f32 >= SHARE * n).count();
    Coverage { counts, modes, quality: if n > 0.0 { good as f32 / n } else { 0.0 } }
}
