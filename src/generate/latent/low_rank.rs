//! Low-rank factorisation by gradient descent (COURSE N10): a loss that is not convex and whose minimum is not unique, yet every
//! minimum is as good as the truncated singular value decomposition (Eckart & Young 1936).

use serde::Serialize;

use crate::device::Device;
use crate::error::{Error, Result};
use crate::generate::eigen::symmetric;
use crate::graph::{Builder, DType, Distribution};
use crate::nn::{Optimizer, Parameter, ParameterKind, init::Init};
use crate::tensor::Tensor;

/// A factorisation X ≈ AB.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Factorisation {
    /// `[m, r]`.
    pub a: Vec<f32>,
    /// `[r, n]`.
    pub b: Vec<f32>,
    /// ‖X − AB‖²_F at some of the steps: (step, loss), the last step included.
    pub losses: Vec<(usize, f64)>,
    /// The least possible: the sum of all squared singular values of X but the r largest.
    pub best: f64,
}

/// The largest side of X.
const MOST: usize = 1024;
/// Readings of the loss on the way.
const READINGS: usize = 50;

/// Minimises ‖X − AB‖²_F over A `[m, r]` and B `[r, n]` by `steps` steps of Adam, whose rate falls from `rate` to a thousandth of it, from
/// normal values drawn with `seed`. `x` is `[m, n]`, sides 1…1024, `steps` 1…100,000.
pub async fn factorise(
    device: &Device,
    x: &[f32],
    [m, n]: [usize; 2],
    rank: usize,
    (steps, rate): (usize, f32),
    seed: u32,
) -> Result<Factorisation> {
    if !(1..=MOST).contains(&m) || !(1..=MOST).contains(&n) || x.len() != m * n || x.iter().any(|v| !v.is_finite()) {
        return Err(Error::option("x", format!("must be finite values of a matrix with sides 1 to {MOST}")));
    }
    if !(1..=m.min(n)).contains(&rank) {
        return Err(Error::option("rank", format!("must be 1 to {}", m.min(n))));
    }
    if !((1..=100_000).contains(&steps) && rate > 0.0 && rate <= 1.0) {
        return Err(Error::option("steps", "must be 1 to 100,000, and the rate above 0 and at most 1"));
    }
    let parameter = |name: &str, shape: [usize; 2]| Parameter {
        name: format!("factor/{name}"),
        shape: shape.into(),
        kind: ParameterKind::Weight,
        init: Init::Constant(0.0),
    };
    let parameters = [parameter("a", [m, rank]), parameter("b", [rank, n])];
    let builder = Builder::new();
    let factors = parameters.each_ref().map(|p| builder.state(&p.name, p.shape.clone(), DType::F32));
    let step = builder.state("step", [], DType::F32);
    let difference = builder.state("x", [m, n], DType::F32) - factors[0].matmul(factors[1]);
    let loss = difference.square().sum_all();
    builder.update("step", step + 1.0);
    let falling = (step * (-(1e3f32.ln()) / steps as f32)).exp() * rate;
    Optimizer::default().update(&parameters, &factors, &builder.grad(loss, &factors), falling, 0.0);
    let graph = builder.finish()?;
    let mut store = device.store();
    for (name, (shape, dtype)) in graph.states() {
        store.set(&name, &Tensor::zeros(shape, dtype))?;
    }
    store.set("x", &Tensor::f32([m, n], x.to_vec())?)?;
    let first = Builder::new();
    let key = first.input("key", [2], DType::U32);
    for parameter in &parameters {
        let value = first.random(Distribution::Normal, key, &parameter.shape) * (1.0 / (rank as f32).sqrt());
        first.update(&parameter.name, value);
    }
    device.compile(&first.finish()?)?.run(&mut store, &[("key", &Tensor::u32([2], vec![seed, 0])?)], 1)?;
    let mut program = device.compile(&graph)?;
    let (mut losses, mut done) = (Vec::new(), 0);
    loop {
        let (a, b) = (store.get("factor/a").await?.into_f32()?, store.get("factor/b").await?.into_f32()?);
        losses.push((done, distance(x, &a, &b, [m, n], rank)));
        if done == steps {
            return Ok(Factorisation { a, b, losses, best: best(x, [m, n], rank) });
        }
        let count = steps.div_ceil(READINGS).min(steps - done);
        program.run(&mut store, &[], count)?;
        done += count;
    }
}

/// ‖X − AB‖²_F, in f64.
fn distance(x: &[f32], a: &[f32], b: &[f32], [m, n]: [usize; 2], rank: usize) -> f64 {
    let product = |i: usize, j: usize| (0..rank).map(|k| f64::from(a[i * rank + k]) * f64::from(b[k * n + j])).sum::<f64>();
    (0..m * n).map(|place| (f64::from(x[place]) - product(place / n, place % n)).powi(2)).sum()
}

/// The sum of the squared singular values of X after the `rank` largest: eigenvalues of XᵀX or XXᵀ, whichever is smaller.
fn best(x: &[f32], [m, n]: [usize; 2], rank: usize) -> f64 {
    let (k, across) = (m.min(n), m.max(n));
    let at = |i: usize, j: usize| f64::from(if m <= n { x[i * n + j] } else { x[j * n + i] });
    let gram: Vec<f64> = (0..k * k).map(|place| (0..across).map(|j| at(place / k, j) * at(place % k, j)).sum()).collect();
    symmetric(&gram, k).values[rank..].iter().map(|v| v.max(0.0)).sum()
}
