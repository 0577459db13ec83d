//! Images without evidence: what integrated gradients start from, and what fills a hidden part of an image.

use serde::Deserialize;

use crate::data::Random;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Baseline {
    /// 0 everywhere.
    Black,
    /// 1 everywhere.
    White,
    /// The image, blurred by a Gaussian whose standard deviation is an eighth of the longer side.
    Blur,
    /// Uniform in [0, 1), the same for every image.
    Noise,
}

impl Baseline {
    /// The baseline of `image`, of shape `[C, H, W]`.
    pub fn of(self, image: &[f32], [channels, height, width]: [usize; 3], seed: u32) -> Vec<f32> {
        match self {
            Baseline::Black => vec![0.0; image.len()],
            Baseline::White => vec![1.0; image.len()],
            Baseline::Blur => {
                let kernel = gaussian(height.max(width) as f32 / 8.0);
                let rows = blurred(image, channels * height, width, 1, &kernel);
                let mut result = Vec::with_capacity(rows.len());
                for plane in rows.chunks_exact(height * width) {
                    result.extend(blurred(plane, width, height, width, &kernel));
                }
                result
            }
            Baseline::Noise => {
                let mut random = Random::new(seed, 0);
                image.iter().map(|_| random.uniform()).collect()
            }
        }
    }
}

/// Half of a Gaussian kernel from its centre to three standard deviations; its sum over both halves is 1.
fn gaussian(deviation: f32) -> Vec<f32> {
    let radius = (3.0 * deviation).ceil();
    let mut half: Vec<f32> = (0..=radius as usize).map(|i| (-0.5 * (i as f32 / deviation).powi(2)).exp()).collect();
    let sum = 2.0 * half.iter().sum::<f32>() - half[0];
    half.iter_mut().for_each(|value| *value /= sum);
    half
}

/// `lines` lines of `length` values, blurred along themselves; beyond its ends a line repeats its last value. Line `i` begins at
/// `i·length` where neighbours are 1 apart, else at `i`, its neighbours `step` apart.
fn blurred(values: &[f32], lines: usize, length: usize, step: usize, half: &[f32]) -> Vec<f32> {
    let mut result = vec![0.0; values.len()];
    for line in 0..lines {
        let at = |i: usize| if step == 1 { line * length + i } else { line + i * step };
        for i in 0..length {
            let pair = |d: usize| values[at(i.saturating_sub(d))] + values[at((i + d).min(length - 1))];
            let sum: f32 = half.iter().enumerate().skip(1).map(|(d, weight)| weight * pair(d)).sum();
            result[at(i)] = half[0] * values[at(i)] + sum;
        }
    }
    result
}
