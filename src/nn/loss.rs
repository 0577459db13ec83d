//! Losses (COURSE N5), each the mean over all its values, rank 0, natural logarithm.

use crate::graph::Var;

/// Mean of (prediction − target)²; any one shape.
pub fn mean_squared_error<'b>(prediction: Var<'b>, target: Var<'b>) -> Var<'b> {
    (prediction - target).square().mean_all()
}

/// Mean of −y·ln p − (1 − y)·ln(1 − p) for probabilities `p` and targets `y` in 0…1. The logarithms' arguments are kept above
/// 1e-38, so that a certain and wrong answer costs 87.5 and not infinity; prefer [`binary_cross_entropy_with_logits`].
pub fn binary_cross_entropy<'b>(p: Var<'b>, y: Var<'b>) -> Var<'b> {
    let ln = |v: Var<'b>| v.max(v.builder().scalar(1e-38)).log();
    (-(y * ln(p) + (1.0 - y) * ln(1.0 - p))).mean_all()
}

/// The same from logits `z`, p = σ(z), without overflow: mean of softplus(z) − y·z.
pub fn binary_cross_entropy_with_logits<'b>(z: Var<'b>, y: Var<'b>) -> Var<'b> {
    (z.softplus() - y * z).mean_all()
}

/// −ln softmax(`logits`)[label] for each image: `[N, classes]`, labels `u32[N]` → `[N]`. By log-sum-exp.
pub fn cross_entropy_each<'b>(logits: Var<'b>, labels: Var<'b>) -> Var<'b> {
    let classes = logits.dim(1);
    -(logits.log_softmax() * labels.one_hot(classes)).sum(&[1])
}

/// Mean of [`cross_entropy_each`] over the batch.
pub fn cross_entropy<'b>(logits: Var<'b>, labels: Var<'b>) -> Var<'b> {
    cross_entropy_each(logits, labels).mean_all()
}
