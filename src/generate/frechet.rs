//! The Fréchet distance between Gaussians fitted to two sets of features (Heusel et al. 2017):
//! ‖μ₁ − μ₂‖² + tr(C₁ + C₂ − 2(C₁C₂)^½).
//!
//! It is in squared units of the features. The trace of the root is taken of the symmetric C₁^½C₂C₁^½, whose eigenvalues are those of
//! C₁C₂; everything in f64.

use super::eigen::{Eigen, symmetric};

/// Mean and covariance of features.
#[derive(Debug, Clone, PartialEq)]
pub struct Gaussian {
    /// `[d]`.
    pub mean: Vec<f64>,
    /// `[d, d]`.
    pub covariance: Vec<f64>,
}

impl Gaussian {
    /// Of `features` `[n, d]`, n ≥ 2, with the unbiased covariance, as in Heusel's program. `None` for fewer or for ragged rows.
    pub fn fit(features: &[f32], d: usize) -> Option<Self> {
        if d == 0 || !features.len().is_multiple_of(d) || features.len() / d < 2 {
            return None;
        }
        let n = features.len() / d;
        let mut mean = vec![0.0; d];
        for row in features.chunks_exact(d) {
            row.iter().zip(&mut mean).for_each(|(&x, m)| *m += f64::from(x) / n as f64);
        }
        let mut covariance = vec![0.0; d * d];
        let mut centred = vec![0.0; d];
        for row in features.chunks_exact(d) {
            for ((c, &x), m) in centred.iter_mut().zip(row).zip(&mean) {
                *c = f64::from(x) - m;
            }
            for (i, line) in covariance.chunks_exact_mut(d).enumerate() {
                line.iter_mut().zip(&centred).for_each(|(cell, c)| *cell += centred[i] * c / (n - 1) as f64);
            }
        }
        Some(Self { mean, covariance })
    }
}

/// The distance between two Gaussians of the same dimension, at least 0.
pub fn frechet_distance(a: &Gaussian, b: &Gaussian) -> f64 {
    let d = a.mean.len();
    let means: f64 = a.mean.iter().zip(&b.mean).map(|(x, y)| (x - y) * (x - y)).sum();
    let trace = |matrix: &[f64]| (0..d).map(|i| matrix[i * (d + 1)]).sum::<f64>();
    let root = square_root(&a.covariance, d);
    let product = multiply(&multiply(&root, &b.covariance, d), &root, d);
    let cross: f64 = symmetric(&product, d).values.iter().map(|value| value.max(0.0).sqrt()).sum(); // rounding leaves values just below 0
    (means + trace(&a.covariance) + trace(&b.covariance) - 2.0 * cross).max(0.0)
}

/// The positive root of a symmetric positive semi-definite matrix: V·diag(√λ)·Vᵀ.
pub fn square_root(matrix: &[f64], d: usize) -> Vec<f64> {
    let Eigen { values, vectors } = symmetric(matrix, d);
    let mut root = vec![0.0; d * d];
    for (value, vector) in values.iter().zip(&vectors) {
        let scale = value.max(0.0).sqrt();
        for (i, line) in root.chunks_exact_mut(d).enumerate() {
            line.iter_mut().zip(vector).for_each(|(cell, v)| *cell += scale * vector[i] * v);
        }
    }
    root
}

fn multiply(a: &[f64], b: &[f64], d: usize) -> Vec<f64> {
    let mut product = vec![0.0; d * d];
    for (i, line) in product.chunks_exact_mut(d).enumerate() {
        for (k, row) in b.chunks_exact(d).enumerate() {
            line.iter_mut().zip(row).for_each(|(cell, y)| *cell += a[i * d + k] * y);
        }
    }
    product
}
