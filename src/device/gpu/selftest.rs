//! Does this GPU compute what it should? Drivers exist whose compute shaders return zeros.
//!
//! One training step of a small network (convolution, pooling, matrix product, cross-entropy, momentum) runs here and on the CPU
//! from the same values. Activations, gradients and new weights must agree, and no gradient may be all zero.

use super::Gpu;
use super::adapter::NAME;
use crate::device::cpu::{CpuProgram, CpuStore};
use crate::error::{Error, Result};
use crate::graph::{Builder, Conv2d, DType, Graph, Pool2d, Shape};
use crate::tensor::Tensor;

/// Largest accepted difference, relative to the largest value of the tensor: a thousand times f32 rounding over these short sums,
/// a thousand times less than any wrong kernel.
const TOLERANCE: f32 = 1e-4;

const STATES: &[(&str, &[usize])] = &[("filters", &[3, 2, 3, 3]), ("weights", &[27, 4]), ("momentum", &[27, 4])];
const OUTPUTS: &[&str] = &["convolution", "loss", "filters/gradient", "weights/gradient"];

/// Pseudo-random values in −½..½.
fn values(shape: &[usize], seed: usize) -> Result<Tensor> {
    let count = shape.iter().product();
    Tensor::f32(shape, (0..count).map(|i| ((i * 7919 + seed * 104_729) % 997) as f32 / 997.0 - 0.5).collect())
}

fn training_step() -> Result<Graph> {
    let b = Builder::new();
    let x = b.input("x", [4, 2, 6, 6], DType::F32);
    let labels = b.input("labels", [4], DType::U32);
    let [filters, weights, momentum] = [0, 1, 2].map(|i| b.state(STATES[i].0, STATES[i].1, DType::F32));
    let convolution = x.conv2d(filters, Conv2d { pads: [[1, 1], [1, 1]], ..Conv2d::default() });
    let pooled = convolution.relu().max_pool2d(Pool2d { size: [2, 2], stride: [2, 2], pads: [[0, 0], [0, 0]] });
    let logits = pooled.reshape([4, 27]).matmul(weights);
    let loss = -(labels.one_hot(4) * logits.log_softmax()).sum_all() / 4.0;
    let gradients = b.grad(loss, &[filters, weights]);
    let [dfilters, dweights] = [gradients[0], gradients[1]];
    let velocity = momentum * 0.9 + dweights;
    b.update("filters", filters - dfilters * 0.1);
    b.update("momentum", velocity);
    b.update("weights", weights - velocity * 0.1);
    for (name, value) in OUTPUTS.iter().zip([convolution, loss, dfilters, dweights]) {
        b.output(name, value);
    }
    b.finish()
}

/// An error that says which value is wrong, where one is.
pub(super) async fn run(gpu: &Gpu) -> Result<()> {
    let graph = training_step()?;
    let x = values(&[4, 2, 6, 6], 1)?;
    let labels = Tensor::u32(Shape::from([4]), vec![2, 0, 3, 1])?;
    let inputs = [("x", &x), ("labels", &labels)];
    let (mut here, mut there) = (CpuStore::new(), gpu.store());
    for (seed, (name, shape)) in STATES.iter().enumerate() {
        here.set(name, &values(shape, seed + 2)?)?;
        there.set(name, &values(shape, seed + 2)?)?;
    }
    let mut expected = CpuProgram::compile(&graph)?;
    let mut program = gpu.compile(&graph)?;
    expected.run(&mut here, &inputs, 1)?;
    program.run(&mut there, &inputs, 1)?;
    for name in OUTPUTS {
        compare(name, &expected.output(name)?, &program.output(name).await?)?;
    }
    for (name, _) in STATES {
        compare(name, &here.get(name)?, &there.get(name).await?)?;
    }
    Ok(())
}

fn compare(name: &str, expected: &Tensor, got: &Tensor) -> Result<()> {
    let largest = |values: &mut dyn Iterator<Item = f32>| values.fold(0.0_f32, |m, v| m.max(v.abs()));
    let (expected, got) = (expected.as_f32()?, got.as_f32()?);
    let scale = largest(&mut expected.iter().copied());
    let wrong = |what: String| Err(Error::Device { device: NAME, message: format!("the self-test failed: `{name}` {what}") });
    if got.iter().all(|&v| v == 0.0) {
        return wrong("is all zero".into());
    }
    let error = largest(&mut expected.iter().zip(got).map(|(a, b)| if b.is_finite() { a - b } else { f32::INFINITY }));
    if error > TOLERANCE * scale {
        return wrong(format!("differs from the CPU's by {error} where the largest value is {scale}"));
    }
    Ok(())
}
