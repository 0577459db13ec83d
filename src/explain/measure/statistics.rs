//! What figures of some images say of all images: confidence intervals and paired tests, by Student's t.

use statrs::distribution::{ContinuousCDF, StudentsT};

/// A mean and the interval that contains the true one with the wanted confidence.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Interval {
    /// How many values there are.
    pub n: usize,
    /// NaN without a value.
    pub mean: f64,
    /// NaN below two values.
    pub low: f64,
    pub high: f64,
}

/// A paired t test of two lists, two-sided.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PairedTest {
    /// Pairs.
    pub n: usize,
    /// The mean of a − b.
    pub difference: f64,
    /// NaN below two pairs; infinite where every pair differs by the same amount; 0 where no pair differs at all.
    pub t: f64,
    /// The probability of at least this |t| if the true difference were 0; NaN with t.
    pub p: f64,
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

/// The standard error of the mean; NaN below two values.
fn standard_error(values: &[f64]) -> f64 {
    let (n, middle) = (values.len() as f64, mean(values));
    let squares: f64 = values.iter().map(|value| (value - middle) * (value - middle)).sum();
    (squares / (n - 1.0) / n).sqrt()
}

/// Student's t with n − 1 degrees of freedom.
fn student(n: usize) -> Option<StudentsT> {
    StudentsT::new(0.0, 1.0, n as f64 - 1.0).ok()
}

/// The mean with its interval, t_{(1 + confidence)/2, n−1} standard errors to either side; `confidence` between 0 and 1.
pub fn interval(values: &[f64], confidence: f64) -> Interval {
    let middle = mean(values);
    let half = student(values.len()).map_or(f64::NAN, |t| t.inverse_cdf(0.5 + confidence / 2.0) * standard_error(values));
    Interval { n: values.len(), mean: middle, low: middle - half, high: middle + half }
}

/// Whether a − b is 0 on average, from the differences of all pairs.
pub fn paired_test(differences: &[f64]) -> PairedTest {
    let (n, difference) = (differences.len(), mean(differences));
    let t = if difference == 0.0 && n > 1 { 0.0 } else { difference / standard_error(differences) };
    let p = student(n).filter(|_| !t.is_nan()).map_or(f64::NAN, |student| (2.0 * student.cdf(-t.abs())).min(1.0));
    PairedTest { n, difference, t, p }
}
