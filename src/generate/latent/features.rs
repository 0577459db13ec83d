//! Codes as features for classifying, beside raw pixels (COURSE G3).

use serde::Serialize;

use crate::data::Random;
use crate::device::Device;
use crate::error::{Error, Result};
use crate::graph::{Builder, DType};
use crate::nn::{Optimizer, Parameter, ParameterKind, init::Init, loss};
use crate::tensor::Tensor;

/// The random stream of the choice of labels.
const STREAM: u32 = 0x1abe;

/// How many of the test rows were classified right.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Classified {
    /// 0…1.
    pub accuracy: f64,
    pub predictions: Vec<u32>,
}

/// Rows `[n, size]` and their labels.
#[derive(Debug, Clone, Copy)]
pub struct Labelled<'a> {
    pub x: &'a [f32],
    pub labels: &'a [u32],
}

impl Labelled<'_> {
    /// Values in a row.
    pub(in crate::generate) fn size(&self) -> Result<usize> {
        match self.labels.len() {
            n if n > 0 && !self.x.is_empty() && self.x.len().is_multiple_of(n) => Ok(self.x.len() / n),
            _ => Err(Error::option("features", "must be one row per label, at least one")),
        }
    }
}

/// The indices of the `k` rows of `x` `[n, size]` that are nearest to `row`, nearest first, by Euclidean distance; of equal ones the
/// earlier first.
pub fn nearest(x: &[f32], row: &[f32], k: usize) -> Vec<usize> {
    let distance = |other: &[f32]| other.iter().zip(row).map(|(a, b)| (a - b).powi(2)).sum::<f32>();
    let mut all: Vec<(f32, usize)> = x.chunks_exact(row.len().max(1)).map(distance).zip(0..).collect();
    let k = k.min(all.len());
    if k == 0 {
        return Vec::new();
    }
    all.select_nth_unstable_by(k - 1, |a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
    all.truncate(k);
    all.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
    all.into_iter().map(|(_, i)| i).collect()
}

/// Each test row gets the label that most of its `k` nearest training rows have; of equally frequent ones that of the nearer.
pub fn knn(train: Labelled, test: Labelled, k: usize) -> Result<Classified> {
    let size = train.size()?;
    if test.size()? != size {
        return Err(Error::option("features", "of training and test must have the same length"));
    }
    let vote = |row: &[f32]| {
        let labels: Vec<u32> = nearest(train.x, row, k.max(1)).into_iter().map(|i| train.labels[i]).collect();
        let votes = |label: u32| labels.iter().filter(|&&other| other == label).count();
        let most = labels.iter().map(|&label| votes(label)).max().unwrap_or(0);
        labels.iter().copied().find(|&label| votes(label) == most).unwrap_or(0)
    };
    Ok(judged(test.x.chunks_exact(size).map(vote).collect(), test.labels))
}

pub(in crate::generate) fn judged(predictions: Vec<u32>, labels: &[u32]) -> Classified {
    let right = predictions.iter().zip(labels).filter(|(a, b)| a == b).count();
    Classified { accuracy: right as f64 / labels.len().max(1) as f64, predictions }
}

/// Steps of the whole training set, and their rate.
pub(in crate::generate) const STEPS: usize = 300;
pub(in crate::generate) const RATE: f32 = 0.05;
/// The weight of ‖W‖².
pub(in crate::generate) const RIDGE: f32 = 1e-4;

/// Centres features, and divides each by its deviation; one that does not vary becomes 0.
pub(in crate::generate) struct Scaling {
    pub mean: Vec<f32>,
    /// What is multiplied: 1/deviation, or 0.
    pub factor: Vec<f32>,
}

impl Scaling {
    /// By the mean and deviation of the rows of `x` `[n, size]`.
    pub fn of(x: &[f32], size: usize) -> Self {
        let n = (x.len() / size) as f64;
        let column = |i: usize| x.iter().skip(i).step_by(size).map(|&v| f64::from(v));
        let (mut mean, mut factor) = (Vec::new(), Vec::new());
        for i in 0..size {
            let centre = column(i).sum::<f64>() / n;
            let deviation = (column(i).map(|v| (v - centre).powi(2)).sum::<f64>() / n).sqrt();
            mean.push(centre as f32);
            factor.push(if deviation > 1e-6 { (1.0 / deviation) as f32 } else { 0.0 });
        }
        Self { mean, factor }
    }

    fn apply(&self, x: &[f32]) -> Vec<f32> {
        let size = self.mean.len();
        x.iter().enumerate().map(|(i, v)| (v - self.mean[i % size]) * self.factor[i % size]).collect()
    }
}

/// `per_class` of the rows with each label, fewer where there are fewer, chosen with `seed`: their indices, class by class.
pub fn few(labels: &[u32], classes: usize, per_class: usize, seed: u32) -> Vec<usize> {
    let mut order: Vec<usize> = (0..labels.len()).collect();
    Random::new(seed, STREAM).shuffle(&mut order);
    (0..classes as u32).flat_map(|class| order.iter().copied().filter(move |&i| labels[i] == class).take(per_class)).collect()
}

/// Multinomial logistic regression on features that are first centred and scaled by the deviation of each, fitted by 300 steps of Adam
/// on all of `train`, with 1e-4‖W‖², from W = 0.
pub async fn logistic(device: &Device, train: Labelled<'_>, test: Labelled<'_>, classes: usize) -> Result<Classified> {
    let (size, n, m) = (train.size()?, train.labels.len(), test.labels.len());
    if test.size()? != size || train.labels.iter().chain(test.labels).any(|&label| label as usize >= classes) {
        return Err(Error::option("features", "must have the same length in training and test, and labels below the classes"));
    }
    let scaling = Scaling::of(train.x, size);
    let scaled = |x: &[f32], rows: usize| Tensor::f32([rows, size], scaling.apply(x));
    let parameter = |kind: ParameterKind, shape: Vec<usize>| Parameter {
        name: format!("logistic/{}", kind.word()),
        shape: shape.into(),
        kind,
        init: Init::Constant(0.0),
    };
    let parameters = [parameter(ParameterKind::Weight, vec![classes, size]), parameter(ParameterKind::Bias, vec![classes])];
    let builder = Builder::new();
    let weights: Vec<_> = parameters.iter().map(|p| builder.state(&p.name, p.shape.clone(), DType::F32)).collect();
    let labels = builder.state("labels", [n], DType::U32);
    let logits = builder.state("train", [n, size], DType::F32).matmul_t(false, weights[0], true) + weights[1];
    let value = loss::cross_entropy(logits, labels) + weights[0].square().sum_all() * RIDGE;
    let gradients = builder.grad(value, &weights);
    Optimizer::default().update(&parameters, &weights, &gradients, builder.scalar(RATE), 0.0);
    let graph = builder.finish()?;
    let mut store = device.store();
    for (name, (shape, dtype)) in graph.states() {
        store.set(&name, &Tensor::zeros(shape, dtype))?;
    }
    store.set("train", &scaled(train.x, n)?)?;
    store.set("labels", &Tensor::u32([n], train.labels.to_vec())?)?;
    device.compile(&graph)?.run(&mut store, &[], STEPS)?;

    let builder = Builder::new();
    let weights: Vec<_> = parameters.iter().map(|p| builder.state(&p.name, p.shape.clone(), DType::F32)).collect();
    let x = builder.input("x", [m, size], DType::F32);
    builder.output("class", (x.matmul_t(false, weights[0], true) + weights[1]).argmax(1));
    let mut program = device.compile(&builder.finish()?)?;
    program.run(&mut store, &[("x", &scaled(test.x, m)?)], 1)?;
    Ok(judged(program.output("class").await?.as_u32()?.to_vec(), test.labels))
}
