//! What depends on order only: ranks, Spearman's correlation, the area under the ROC curve.

/// Ranks 1…n of `values`; equal values share the mean of their ranks.
pub fn ranks(values: &[f32]) -> Vec<f64> {
    let mut order: Vec<u32> = (0..values.len() as u32).collect();
    order.sort_unstable_by(|&a, &b| values[a as usize].total_cmp(&values[b as usize]));
    let mut ranks = vec![0.0; values.len()];
    let mut below = 0;
    for equal in order.chunk_by(|&a, &b| values[a as usize] == values[b as usize]) {
        let rank = below as f64 + (equal.len() as f64 + 1.0) / 2.0;
        equal.iter().for_each(|&i| ranks[i as usize] = rank);
        below += equal.len();
    }
    ranks
}

/// Spearman's ρ of two lists of the same length, −1…1; `None` where either is constant or not finite.
pub fn spearman(a: &[f32], b: &[f32]) -> Option<f64> {
    if !a.iter().chain(b).all(|value| value.is_finite()) {
        return None;
    }
    let (a, b) = (ranks(a), ranks(b));
    let middle = (a.len() as f64 + 1.0) / 2.0;
    let (mut ab, mut aa, mut bb) = (0.0, 0.0, 0.0);
    for (a, b) in a.iter().zip(&b) {
        ab += (a - middle) * (b - middle);
        aa += (a - middle) * (a - middle);
        bb += (b - middle) * (b - middle);
    }
    (aa > 0.0 && bb > 0.0).then(|| ab / (aa * bb).sqrt())
}

/// The probability that a value of a chosen place is greater than one of another place, equal values counting half: the area under the
/// ROC curve, 0…1 (Mann & Whitney). `None` where `chosen` holds all places or none, or a value is not finite.
pub fn roc_auc(values: &[f32], chosen: &[bool]) -> Option<f64> {
    let positive = chosen.iter().filter(|&&chosen| chosen).count() as f64;
    let negative = values.len() as f64 - positive;
    if positive == 0.0 || negative == 0.0 || !values.iter().all(|value| value.is_finite()) {
        return None;
    }
    let sum: f64 = ranks(values).iter().zip(chosen).filter(|&(_, &chosen)| chosen).map(|(rank, _)| rank).sum();
    Some((sum - positive * (positive + 1.0) / 2.0) / (positive * negative))
}
