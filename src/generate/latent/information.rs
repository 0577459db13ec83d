//! How well latents and true factors belong together, by mutual information of latents cut into bins.

use serde::Serialize;

use crate::error::{Error, Result};

/// Bins of equal width from a latent's smallest to its largest value, as in Locatello et al. 2019.
const BINS: usize = 20;

/// What latents know about factors.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Disentanglement {
    /// `importance[latent][factor]` = I(z; v)/H(v), the share 0…1 of the factor's information that the latent has.
    pub importance: Vec<Vec<f64>>,
    /// Per factor the gap between the most and the second most informative latent, in shares of H(v).
    pub gaps: Vec<f64>,
    /// Their mean: the mutual information gap (Chen et al. 2018).
    pub mig: f64,
    /// Per latent 1 − Σ_{f ≠ f*} I_f²/(I_{f*}²·(F − 1)): 1 where it knows one factor only (Ridgeway & Mozer 2018). 0 for one that
    /// knows nothing.
    pub modularities: Vec<f64>,
    /// Their mean over the latents that know something: more than 0.01 of some factor.
    pub modularity: f64,
    /// Per factor 1 − H(importance over latents)/ln(latents): 1 where one latent alone has it (Eastwood & Williams 2018, there
    /// "completeness").
    pub compactnesses: Vec<f64>,
    /// Their mean.
    pub compactness: f64,
}

/// From `codes` `[n, latent]` and `factors` `[n, F]`, whole numbers.
pub fn disentanglement(codes: &[f32], latent: usize, factors: &[u32], of: usize) -> Result<Disentanglement> {
    let n = codes.len().checked_div(latent).unwrap_or(0);
    if n == 0 || of == 0 || codes.len() != n * latent || factors.len() != n * of {
        return Err(Error::option("codes", "must be one row per row of factors, at least one"));
    }
    if codes.iter().any(|v| !v.is_finite()) {
        return Err(Error::option("codes", "must be finite"));
    }
    let binned: Vec<Vec<u32>> = (0..latent).map(|j| bins(codes.iter().skip(j).step_by(latent))).collect();
    let true_ones: Vec<Vec<u32>> = (0..of).map(|k| factors.iter().skip(k).step_by(of).copied().collect()).collect();
    let information: Vec<Vec<f64>> = binned.iter().map(|z| true_ones.iter().map(|v| mutual_information(z, v)).collect()).collect();
    let entropies: Vec<f64> = true_ones.iter().map(|v| entropy(v)).collect();
    let share = |value: f64, k: usize| if entropies[k] > 0.0 { (value / entropies[k]).clamp(0.0, 1.0) } else { 0.0 };
    let importance: Vec<Vec<f64>> =
        information.iter().map(|row| row.iter().enumerate().map(|(k, &value)| share(value, k)).collect()).collect();
    let gaps: Vec<f64> = (0..of)
        .map(|k| {
            let mut column: Vec<f64> = importance.iter().map(|row| row[k]).collect();
            column.sort_by(|a, b| b.total_cmp(a));
            column[0] - column.get(1).copied().unwrap_or(0.0)
        })
        .collect();
    let modularities: Vec<f64> = information.iter().map(|row| modularity(row)).collect();
    let knowing: Vec<f64> = importance
        .iter()
        .zip(&modularities)
        .filter(|(row, _)| row.iter().any(|&share| share > 0.01))
        .map(|(_, &value)| value)
        .collect();
    let compactnesses: Vec<f64> = (0..of).map(|k| compactness(&importance.iter().map(|row| row[k]).collect::<Vec<_>>())).collect();
    Ok(Disentanglement {
        mig: mean(&gaps),
        modularity: mean(&knowing),
        compactness: mean(&compactnesses),
        importance,
        gaps,
        modularities,
        compactnesses,
    })
}

fn mean(values: &[f64]) -> f64 {
    if values.is_empty() { 0.0 } else { values.iter().sum::<f64>() / values.len() as f64 }
}

/// The bin of each value.
fn bins<'a>(values: impl Iterator<Item = &'a f32> + Clone) -> Vec<u32> {
    let low = values.clone().copied().fold(f32::INFINITY, f32::min);
    let high = values.clone().copied().fold(f32::NEG_INFINITY, f32::max);
    let width = (high - low) / BINS as f32;
    values.map(|v| if width > 0.0 { (((v - low) / width) as u32).min(BINS as u32 - 1) } else { 0 }).collect()
}

/// Σ −p·ln p over the values that occur.
fn entropy(values: &[u32]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_unstable();
    let n = values.len() as f64;
    sorted.chunk_by(|a, b| a == b).map(|same| same.len() as f64 / n).map(|p| -p * p.ln()).sum()
}

/// I(a; b) = H(a) + H(b) − H(a, b), in nats.
pub fn mutual_information(a: &[u32], b: &[u32]) -> f64 {
    let most = b.iter().copied().max().unwrap_or(0) + 1;
    let both: Vec<u32> = a.iter().zip(b).map(|(a, b)| a * most + b).collect();
    entropy(a) + entropy(b) - entropy(&both)
}

fn modularity(information: &[f64]) -> f64 {
    let best = information.iter().copied().fold(0.0, f64::max);
    if best <= 0.0 || information.len() < 2 {
        return if best > 0.0 { 1.0 } else { 0.0 };
    }
    let squares: f64 = information.iter().map(|v| v * v).sum::<f64>() - best * best;
    1.0 - squares / (best * best * (information.len() - 1) as f64)
}

fn compactness(importance: &[f64]) -> f64 {
    let sum: f64 = importance.iter().sum();
    if sum <= 0.0 || importance.len() < 2 {
        return if sum > 0.0 { 1.0 } else { 0.0 };
    }
    let entropy: f64 = importance.iter().filter(|&&v| v > 0.0).map(|v| -(v / sum) * (v / sum).ln()).sum();
    1.0 - entropy / (importance.len() as f64).ln()
}
