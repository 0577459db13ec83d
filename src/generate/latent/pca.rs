//! Principal component analysis, and the angles between its subspace and another.

use crate::error::{Error, Result};
use crate::generate::eigen::{Eigen, symmetric};

/// The most values of an image: more would take minutes.
const MOST: usize = 1024;

/// The principal components of a set of images.
#[derive(Debug, Clone, PartialEq)]
pub struct Pca {
    /// `[values]`.
    pub mean: Vec<f64>,
    /// Unit vectors `[values]`, the most important first.
    pub components: Vec<Vec<f64>>,
    /// The variance along each of all components, largest first.
    pub variances: Vec<f64>,
}

impl Pca {
    /// Of the rows of `x` `[n, values]`, the `k` first components (at most as many as there are values, of which there may be 1024).
    pub fn new(x: &[f32], values: usize, k: usize) -> Result<Self> {
        if !(1..=MOST).contains(&values) || x.is_empty() || !x.len().is_multiple_of(values) {
            return Err(Error::option("images", format!("PCA takes whole images of 1 to {MOST} values")));
        }
        let n = (x.len() / values) as f64;
        // E(xxᵀ) − E(x)·E(x)ᵀ: what is 0 in an image, most of a handwritten digit, costs nothing, and in f64 nothing is lost.
        let (mut mean, mut covariance) = (vec![0.0; values], vec![0.0; values * values]);
        let mut image = vec![0.0; values];
        for row in x.chunks_exact(values) {
            image.iter_mut().zip(row).for_each(|(wide, &v)| *wide = f64::from(v));
            for (i, &a) in image.iter().enumerate().filter(|(_, a)| **a != 0.0) {
                mean[i] += a / n;
                covariance[i * values..][..=i].iter_mut().zip(&image).for_each(|(sum, b)| *sum += a * b);
            }
        }
        for (row, a) in covariance.chunks_exact_mut(values).zip(&mean) {
            row.iter_mut().zip(&mean).for_each(|(sum, b)| *sum = *sum / n - a * b);
        }
        let Eigen { values: variances, mut vectors } = symmetric(&covariance, values);
        vectors.truncate(k);
        Ok(Self { mean, components: vectors, variances })
    }

    /// The mean squared error per value of giving the images back from their `k` first components: no linear code of k numbers does
    /// better (Eckart & Young 1936).
    pub fn error(&self, k: usize) -> f64 {
        self.variances[k.min(self.variances.len())..].iter().map(|v| v.max(0.0)).sum::<f64>() / self.mean.len() as f64
    }

    /// The mean, and the mean moved by each component: `[1 + components, values]`. What an affine map makes of these says all of it.
    pub fn probes(&self) -> Vec<f32> {
        let moved = self.components.iter().flat_map(|v| self.mean.iter().zip(v).map(|(m, v)| m + v));
        self.mean.iter().copied().chain(moved).map(|v| v as f32).collect()
    }

    /// The mean squared error per value, over all the images, of an affine map that makes `answers` of [`Pca::probes`]; takes all
    /// components. Along them the images are uncorrelated, so their errors add up.
    pub fn error_of(&self, answers: &[f32]) -> Result<f64> {
        let values = self.mean.len();
        if self.components.len() != values || answers.len() != (1 + values) * values {
            return Err(Error::option("answers", format!("must be {} images, and all components must be known", 1 + values)));
        }
        let wrong: Vec<f64> = answers.iter().zip(self.probes()).map(|(a, b)| f64::from(*a) - f64::from(b)).collect();
        let (at_mean, moved) = wrong.split_at(values);
        let along = |(errors, variance): (&[f64], &f64)| {
            variance.max(0.0) * errors.iter().zip(at_mean).map(|(e, m)| (e - m).powi(2)).sum::<f64>()
        };
        Ok((dot(at_mean, at_mean) + moved.chunks_exact(values).zip(&self.variances).map(along).sum::<f64>()) / values as f64)
    }
}

/// The principal angles, in radians, smallest first, between the spans of `a` and of `b`: as many as the smaller has dimensions. Small
/// angles come from sines, large ones from cosines (Björck & Golub 1973).
pub fn principal_angles(a: &[Vec<f64>], b: &[Vec<f64>]) -> Vec<f64> {
    let (mut a, mut b) = (orthonormal(a), orthonormal(b));
    if b.len() > a.len() {
        std::mem::swap(&mut a, &mut b);
    }
    let k = b.len();
    // What of each vector of b lies in a, and what does not.
    let inside: Vec<Vec<f64>> = b.iter().map(|v| a.iter().map(|u| dot(u, v)).collect()).collect();
    let outside: Vec<Vec<f64>> = b.iter().zip(&inside).map(|(v, shares)| without(v, &a, shares)).collect();
    let gram = |of: &[Vec<f64>]| -> Vec<f64> { of.iter().flat_map(|x| of.iter().map(move |y| dot(x, y))).collect() };
    let roots = |of: &[Vec<f64>]| symmetric(&gram(of), k).values.into_iter().map(|v| v.max(0.0).sqrt()).collect::<Vec<_>>();
    let (cosines, mut sines) = (roots(&inside), roots(&outside));
    sines.reverse();
    let angle = |(c, s): (&f64, &f64)| if *s < 0.5 { s.asin() } else { c.clamp(0.0, 1.0).acos() };
    cosines.iter().zip(&sines).map(angle).collect()
}

/// An orthonormal basis of the span of `vectors`, by Gram–Schmidt, twice; what depends on others is left out.
fn orthonormal(vectors: &[Vec<f64>]) -> Vec<Vec<f64>> {
    let mut basis: Vec<Vec<f64>> = Vec::new();
    for vector in vectors {
        let before = dot(vector, vector).sqrt();
        let mut rest = vector.clone();
        for _ in 0..2 {
            let shares: Vec<f64> = basis.iter().map(|u| dot(u, &rest)).collect();
            rest = without(&rest, &basis, &shares);
        }
        let length = dot(&rest, &rest).sqrt();
        if length > 1e-10 * before {
            basis.push(rest.iter().map(|v| v / length).collect());
        }
    }
    basis
}

/// `v` − Σ `shares`·`basis`.
fn without(v: &[f64], basis: &[Vec<f64>], shares: &[f64]) -> Vec<f64> {
    let mut rest = v.to_vec();
    for (u, share) in basis.iter().zip(shares) {
        rest.iter_mut().zip(u).for_each(|(r, u)| *r -= share * u);
    }
    rest
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}
