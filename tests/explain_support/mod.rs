//! What the tests of explanations share: networks with random weights, images, one call that explains.
#![allow(dead_code)] // each test file uses some of it

use std::ops::ControlFlow;

use pollster::block_on;
use vitrine::Tensor;
use vitrine::data::Random;
use vitrine::device::{Device, Store};
use vitrine::explain::{ExplainOptions, Explainer, Explanation, Method};
use vitrine::nn::{Architecture, Layer, Model, preset};

/// Every parameter of `model` random (running variances positive), in a store of the CPU.
pub fn random_weights(model: &Model, seed: u32) -> Store {
    let mut store = Device::cpu().store();
    for (stream, parameter) in model.parameters().iter().chain(model.buffers()).enumerate() {
        let mut random = Random::new(seed, stream as u32);
        let low = if parameter.name.ends_with("variance") { 0.5 } else { -0.4 };
        let values = (0..parameter.shape.len()).map(|_| random.between(low, low + 0.8)).collect();
        store.set(&parameter.name, &Tensor::f32(&parameter.shape, values).unwrap()).unwrap();
    }
    store
}

pub fn random_image(len: usize, seed: u32) -> Vec<f32> {
    let mut random = Random::new(seed, 99);
    (0..len).map(|_| random.uniform()).collect()
}

pub fn model(id: &str, input: [usize; 3], classes: usize) -> Model {
    Model::new(preset(id, input, classes).unwrap()).unwrap()
}

/// S = W·x + b.
pub fn linear(input: [usize; 3], classes: usize) -> Model {
    let layers = vec![Layer::Flatten, Layer::Dense { units: classes }];
    Model::new(Architecture { input, mean: vec![], std: vec![], layers }).unwrap()
}

/// The values of the parameter number `i` of `model`.
pub fn parameter(model: &Model, store: &Store, i: usize) -> Vec<f32> {
    block_on(store.get(&model.parameters()[i].name)).unwrap().into_f32().unwrap()
}

/// On the CPU, all images in one batch.
pub fn explain(
    model: &Model,
    store: &mut Store,
    method: Method,
    options: &ExplainOptions,
    images: &[f32],
    classes: &[u32],
) -> Explanation {
    let mut explainer = Explainer::new(&Device::cpu(), model, method, options, classes.len()).unwrap();
    block_on(explainer.run(store, images, classes, &mut |_| ControlFlow::Continue(()))).unwrap()
}

pub fn assert_close(found: &[f32], expected: &[f32], tolerance: f32) {
    assert_eq!(found.len(), expected.len());
    for (i, (a, b)) in found.iter().zip(expected).enumerate() {
        assert!((a - b).abs() <= tolerance * b.abs().max(1.0), "value {i}: {a}, expected {b}");
    }
}
