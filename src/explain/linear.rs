//! Weighted linear regression with a penalty on the weights, not on the intercept: the surrogate models of LIME.

use super::Surrogate;

/// y ≈ intercept + weights·z.
#[derive(Debug, Clone, PartialEq)]
pub struct Fit {
    pub weights: Vec<f32>,
    pub intercept: f32,
    /// 1 − Σω(y − ŷ)²/Σω(y − ȳ)²: 1 for a perfect fit, 0 for one no better than the mean.
    pub r2: f32,
}

/// Sweeps over the coordinates, at most.
const SWEEPS: usize = 1000;

/// Fits `y` `[n]` from the rows `z` `[n, k]` with weights ω `importance` `[n]` ≥ 0 and the penalty λ of [`Surrogate`], by coordinate
/// descent on the normal equations, until no weight changes by more than 1e-10 of the largest.
pub fn fit(z: &[f32], y: &[f32], importance: &[f32], surrogate: Surrogate, lambda: f32) -> Fit {
    let k = z.len() / y.len().max(1);
    let sum: f64 = importance.iter().map(|&w| w as f64).sum();
    let mean = |of: &dyn Fn(usize) -> f32| -> f64 {
        importance.iter().enumerate().map(|(i, &w)| w as f64 * of(i) as f64).sum::<f64>() / sum
    };
    let y_mean = mean(&|i| y[i]);
    let z_mean: Vec<f64> = (0..k).map(|j| mean(&|i| z[i * k + j])).collect();
    // Σω(z − z̄)(z − z̄)ᵀ and Σω(z − z̄)(y − ȳ).
    let (mut gram, mut right, mut total) = (vec![0.0; k * k], vec![0.0; k], 0.0);
    let mut centred = vec![0.0; k];
    for (i, &w) in importance.iter().enumerate() {
        for j in 0..k {
            centred[j] = z[i * k + j] as f64 - z_mean[j];
        }
        let residual = y[i] as f64 - y_mean;
        total += w as f64 * residual * residual;
        for a in 0..k {
            let weighted = w as f64 * centred[a];
            right[a] += weighted * residual;
            for b in 0..k {
                gram[a * k + b] += weighted * centred[b];
            }
        }
    }
    let (ridge, threshold) = match surrogate {
        Surrogate::Ridge => (lambda as f64, 0.0),
        Surrogate::Lasso => (0.0, lambda as f64 * sum),
    };
    let mut weights = vec![0.0f64; k];
    for _ in 0..SWEEPS {
        let (mut change, mut largest) = (0.0f64, 0.0f64);
        for a in 0..k {
            let own = gram[a * k + a];
            let others: f64 = (0..k).map(|b| gram[a * k + b] * weights[b]).sum::<f64>() - own * weights[a];
            let free = right[a] - others;
            let value = if own + ridge > 0.0 { free.signum() * (free.abs() - threshold).max(0.0) / (own + ridge) } else { 0.0 };
            change = change.max((value - weights[a]).abs());
            largest = largest.max(value.abs());
            weights[a] = value;
        }
        if change <= 1e-10 * largest {
            break;
        }
    }
    let intercept = y_mean - weights.iter().zip(&z_mean).map(|(w, m)| w * m).sum::<f64>();
    let mut left = 0.0;
    for (i, &w) in importance.iter().enumerate() {
        let predicted = intercept + (0..k).map(|j| weights[j] * z[i * k + j] as f64).sum::<f64>();
        left += w as f64 * (y[i] as f64 - predicted).powi(2);
    }
    let r2 = if total > 0.0 { 1.0 - left / total } else { 1.0 };
    Fit { weights: weights.iter().map(|&w| w as f32).collect(), intercept: intercept as f32, r2: r2 as f32 }
}
