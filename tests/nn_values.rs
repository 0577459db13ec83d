//! Numbers of losses, optimisers, schedules, clipping, batch norm, dropout and initialisers against hand calculation and PyTorch
//! (2.15, double precision; printed by `tests/oracle/nn_torch.py`), on the CPU device.
#![cfg(not(target_arch = "wasm32"))]

use std::collections::BTreeMap;

use pollster::block_on;
use vitrine::Tensor;
use vitrine::device::{Device, Store};
use vitrine::graph::reference::{self, Tensor64};
use vitrine::graph::{Builder, DType, Var};
use vitrine::nn::{
    Activation, Architecture, Clip, Init, Layer, Mode, Model, Optimizer, Padding, Parameter, ParameterKind, Schedule, loss,
};

fn vector<'b>(builder: &'b Builder, values: &[f32]) -> Var<'b> {
    builder.constant(Tensor::f32([values.len()], values.to_vec()).unwrap())
}

/// The value of a graph, run once.
fn run_in(store: &mut Store, inputs: &[(&str, &Tensor)], build: impl for<'b> FnOnce(&'b Builder) -> Var<'b>) -> Vec<f32> {
    let builder = Builder::new();
    builder.output("y", build(&builder));
    let mut program = Device::cpu().compile(&builder.finish().unwrap()).unwrap();
    program.run(store, inputs, 1).unwrap();
    block_on(program.output("y")).unwrap().into_f32().unwrap()
}

fn run(build: impl for<'b> FnOnce(&'b Builder) -> Var<'b>) -> Vec<f32> {
    run_in(&mut Device::cpu().store(), &[], build)
}

#[track_caller]
fn close(actual: &[f32], expected: &[f64], tolerance: f64) {
    assert_eq!(actual.len(), expected.len());
    for (&a, &e) in actual.iter().zip(expected) {
        assert!((f64::from(a) - e).abs() <= tolerance * e.abs().max(1.0), "{actual:?} is not {expected:?}");
    }
}

// COURSE N2.

#[test]
fn mean_squared_error_by_hand() {
    let y = run(|b| loss::mean_squared_error(vector(b, &[0.1, 0.95, 1.1, 0.2]), vector(b, &[0.0, 1.0, 1.0, 0.0])));
    close(&y, &[0.015625], 1e-6);
}

/// Predictions, loss and gradients (∂w₁, ∂w₂, ∂b) of the linear model on the XOR table, in double precision.
fn xor_by_hand(w: [f64; 2], bias: f64) -> Vec<f64> {
    let b = Builder::new();
    let x = b.constant(Tensor::f32([4, 2], vec![0.0, 0.0, 0.0, 1.0, 1.0, 0.0, 1.0, 1.0]).unwrap());
    let (weight, shift) = (b.input("w", [2, 1], DType::F32), b.input("b", [], DType::F32));
    let prediction = (x.matmul(weight) + shift).reshape([4]);
    let loss = loss::mean_squared_error(prediction, vector(&b, &[0.0, 1.0, 1.0, 0.0]));
    let gradients = b.grad(loss, &[weight, shift]);
    b.output("y", b.concat(0, &[loss.reshape([1]), gradients[0].reshape([2]), gradients[1].reshape([1])]));
    let tensor = |shape: &[usize], values: &[f64]| Tensor64 { shape: shape.into(), dtype: DType::F32, values: values.to_vec() };
    let inputs = BTreeMap::from([("w".to_string(), tensor(&[2, 1], &w)), ("b".to_string(), tensor(&[], &[bias]))]);
    let graph = b.finish().unwrap();
    reference::evaluate(&graph, &inputs, &BTreeMap::new()).unwrap().outputs["y"].values.clone()
}

#[test]
fn a_linear_model_on_xor_by_hand() {
    let exactly = |actual: Vec<f64>, expected: [f64; 4]| {
        assert!(actual.iter().zip(expected).all(|(a, e)| (a - e).abs() < 1e-12), "{actual:?} is not {expected:?}");
    };
    exactly(xor_by_hand([2.0, 1.0], 3.0), [17.5, 5.0, 4.5, 8.0]);
    exactly(xor_by_hand([1.5, 0.55], 2.2), [8.31375, 3.475, 3.0, 5.45]);
    exactly(xor_by_hand([0.0, 0.0], 0.5), [0.25, 0.0, 0.0, 0.0]);
}

// COURSE N5.

#[test]
fn cross_entropy_is_the_log_sum_exp_form() {
    let each = run(|b| {
        let logits = b.constant(Tensor::f32([2, 3], vec![1.0, 2.0, 3.0, 1000.0, 0.0, -1000.0]).unwrap());
        loss::cross_entropy_each(logits, b.constant(Tensor::u32([2], vec![0, 1]).unwrap()))
    });
    close(&each, &[2.40760596, 1000.0], 1e-6);
    let mean = run(|b| {
        let logits = b.constant(Tensor::f32([2, 3], vec![1.0, 2.0, 3.0, 1000.0, 0.0, -1000.0]).unwrap());
        loss::cross_entropy(logits, b.constant(Tensor::u32([2], vec![0, 1]).unwrap()))
    });
    close(&mean, &[501.20380298], 1e-6);
}

#[test]
fn binary_cross_entropy_in_both_forms() {
    let from_logits = run(|b| loss::binary_cross_entropy_with_logits(vector(b, &[-3.0, 0.5, 40.0]), vector(b, &[1.0, 0.25, 0.0])));
    close(&from_logits, &[14.6325548], 1e-6);
    let from_p = run(|b| loss::binary_cross_entropy(vector(b, &[-3.0, 0.5]).sigmoid(), vector(b, &[1.0, 0.25])));
    close(&from_p, &[1.94883217], 1e-6);
    let certain = run(|b| loss::binary_cross_entropy(vector(b, &[0.0, 1.0, 0.0]), vector(b, &[0.0, 1.0, 1.0])));
    close(&certain, &[38.0 * 10f64.ln() / 3.0], 1e-6);
}

// COURSE N6.

/// w after three steps on Σ c·w²/2 from (1, −2), c = (1, 3), rate 0.1, decay 0.01.
fn three_steps(optimizer: Optimizer, kind: ParameterKind) -> Vec<f32> {
    let device = Device::cpu();
    let b = Builder::new();
    let parameter = Parameter { name: "model/layer/x".into(), shape: [2].into(), kind, init: Init::Constant(0.0) };
    let w = b.state(&parameter.name, [2], DType::F32);
    let loss = (vector(&b, &[0.5, 1.5]) * w.square()).sum_all();
    let gradients = b.grad(loss, &[w]);
    optimizer.update(&[parameter], &[w], &gradients, b.scalar(0.1), 0.01);
    let graph = b.finish().unwrap();
    let mut store = device.store();
    for (name, (shape, dtype)) in graph.states() {
        store.set(&name, &Tensor::zeros(shape, dtype)).unwrap();
    }
    store.set("model/layer/x", &Tensor::f32([2], vec![1.0, -2.0]).unwrap()).unwrap();
    device.compile(&graph).unwrap().run(&mut store, &[], 3).unwrap();
    block_on(store.get("model/layer/x")).unwrap().into_f32().unwrap()
}

#[test]
fn optimisers_step_like_pytorch() {
    let (beta1, beta2) = (0.9, 0.999);
    let cases = [
        (Optimizer::Sgd, [0.726572699, -0.683064198]),
        (Optimizer::Momentum { momentum: 0.9 }, [0.481324499, 0.561992202]),
        (Optimizer::Nesterov { momentum: 0.9 }, [0.321859673, 0.699442804]),
        (Optimizer::Rmsprop { decay: 0.9 }, [0.369180567, -1.30871787]),
        (Optimizer::Adam { beta1, beta2 }, [0.701586274, -1.70062339]),
        (Optimizer::Adamw { beta1, beta2 }, [0.698911185, -1.69494451]),
    ];
    for (optimizer, expected) in cases {
        close(&three_steps(optimizer, ParameterKind::Weight), &expected, 2e-6);
    }
}

#[test]
fn only_weights_decay() {
    for kind in [ParameterKind::Bias, ParameterKind::Scale, ParameterKind::Shift] {
        // Without decay each step multiplies by 1 − 0.1·c.
        close(&three_steps(Optimizer::Sgd, kind), &[0.9f64.powi(3), -2.0 * 0.7f64.powi(3)], 1e-6);
        let (beta1, beta2) = (0.9, 0.999);
        let (coupled, decoupled) = (Optimizer::Adam { beta1, beta2 }, Optimizer::Adamw { beta1, beta2 });
        assert_eq!(three_steps(coupled, kind), three_steps(decoupled, kind), "without decay they are one");
    }
}

#[test]
fn optimisers_read_the_pages_json_with_defaults() {
    let read = |json: &str| serde_json::from_str::<Optimizer>(json).unwrap();
    assert_eq!(read(r#"{"type":"sgd"}"#), Optimizer::Sgd);
    assert_eq!(read(r#"{"type":"nesterov"}"#), Optimizer::Nesterov { momentum: 0.9 });
    assert_eq!(read(r#"{"type":"momentum","momentum":0.5}"#), Optimizer::Momentum { momentum: 0.5 });
    assert_eq!(read(r#"{"type":"rmsprop"}"#), Optimizer::Rmsprop { decay: 0.9 });
    assert_eq!(read(r#"{"type":"adamw"}"#), Optimizer::Adamw { beta1: 0.9, beta2: 0.999 });
    assert_eq!(read(r#"{"type":"adam","beta2":0.99}"#), Optimizer::Adam { beta1: 0.9, beta2: 0.99 });
}

#[test]
fn schedules_follow_their_formulas() {
    let at = |schedule: Schedule, step: u32| run(|b| schedule.factor(b.scalar_u32(step)))[0];
    for (step, expected) in [(0, 1.0), (9, 1.0), (10, 0.5), (25, 0.25), (99, 0.5f64.powi(9))] {
        close(&[at(Schedule::Step { every: 10, factor: 0.5 }, step)], &[expected], 1e-6);
    }
    for (step, expected) in [(0, 1.0), (25, 0.5 + 0.5 * 0.5f64.sqrt()), (50, 0.5), (100, 0.0), (1000, 0.0)] {
        close(&[at(Schedule::Cosine { steps: 100 }, step)], &[expected], 1e-6);
    }
    for (step, expected) in [(0, 0.1), (4, 0.5), (9, 1.0), (10, 1.0), (1_000_000, 1.0)] {
        close(&[at(Schedule::WarmUp { steps: 10 }, step)], &[expected], 1e-6);
    }
    assert_eq!(at(Schedule::Constant, 7), 1.0);
}

#[test]
fn clipping_by_norm_and_by_value() {
    let clipped = |clip: Clip| run(|b| b.concat(0, &clip.apply(&[vector(b, &[3.0, 4.0]), vector(b, &[12.0])])));
    close(&clipped(Clip::Norm { limit: 6.5 }), &[1.5, 2.0, 6.0], 1e-6);
    assert_eq!(clipped(Clip::Norm { limit: 13.0 }), [3.0, 4.0, 12.0], "a norm of at most the limit stays");
    assert_eq!(clipped(Clip::Value { limit: 3.5 }), [3.0, 3.5, 3.5]);
    let zero = run(|b| b.concat(0, &Clip::Norm { limit: 1.0 }.apply(&[vector(b, &[0.0, 0.0])])));
    assert_eq!(zero, [0.0, 0.0]);
}

#[test]
fn options_outside_their_range_are_refused() {
    for momentum in [-0.1, 1.0, f32::NAN] {
        assert_eq!(Optimizer::Nesterov { momentum }.validate().unwrap_err().code(), "option");
        assert_eq!(Optimizer::Adam { beta1: 0.9, beta2: momentum }.validate().unwrap_err().code(), "option");
        assert_eq!(Optimizer::Rmsprop { decay: momentum }.validate().unwrap_err().code(), "option");
    }
    for limit in [0.0, -1.0, f32::NAN, f32::INFINITY] {
        assert_eq!(Clip::Norm { limit }.validate().unwrap_err().code(), "option");
    }
    let schedules = [
        Schedule::Step { every: 0, factor: 0.5 },
        Schedule::Step { every: 1, factor: 0.0 },
        Schedule::Step { every: 1, factor: f32::NAN },
        Schedule::Cosine { steps: 0 },
        Schedule::WarmUp { steps: 0 },
    ];
    for schedule in schedules {
        assert_eq!(schedule.validate().unwrap_err().code(), "option", "{schedule:?}");
    }
}

// Layers.

fn model(input: [usize; 3], layers: Vec<Layer>) -> Model {
    Model::new(Architecture { input, mean: vec![], std: vec![], layers }).unwrap()
}

/// x[n, c, h, w] = sin(n + 2c + 3h + 5w), `[2, 2, 2, 3]`.
fn waves() -> Tensor {
    let value = |i: usize| {
        let (n, c, h, w) = (i / 12, i / 6 % 2, i / 3 % 2, i % 3);
        ((n + 2 * c + 3 * h + 5 * w) as f64).sin() as f32
    };
    Tensor::f32([2, 2, 2, 3], (0..24).map(value).collect()).unwrap()
}

#[test]
fn batch_norm_is_pytorchs_in_both_modes() {
    let device = Device::cpu();
    let model = model([2, 2, 3], vec![Layer::BatchNorm, Layer::GlobalAvgPool]);
    let mut store = device.store();
    for (name, values) in [("scale", [1.5, 0.5]), ("shift", [0.25, -1.0]), ("mean", [0.0, 0.0]), ("variance", [1.0, 1.0])] {
        store.set(&format!("model/norm1/{name}"), &Tensor::f32([2], values.to_vec()).unwrap()).unwrap();
    }
    let train = |store: &mut Store, x: &Tensor| {
        let b = Builder::new();
        let input = b.input("x", [2, 2, 2, 3], DType::F32);
        let key = b.constant(Tensor::u32([2], vec![0, 0]).unwrap());
        let forward = model.forward(&b, input, Mode::Train { key }).unwrap();
        let y = forward.layer("norm1").unwrap();
        let loss = (y * y * y).sum_all();
        let gradients = b.grad(loss, &[input, forward.parameters[0], forward.parameters[1]]);
        b.output("y", y);
        for (name, gradient) in ["dx", "dscale", "dshift"].iter().zip(gradients) {
            b.output(name, gradient);
        }
        let mut program = device.compile(&b.finish().unwrap()).unwrap();
        program.run(store, &[("x", x)], 1).unwrap();
        ["y", "dx", "dscale", "dshift"].map(|name| block_on(program.output(name)).unwrap().into_f32().unwrap())
    };
    let [y, dx, dscale, dshift] = train(&mut store, &waves());
    let expected_y = [
        2.0051856,
        -0.393559963,
        -1.93562101,
        -1.41518879,
        1.08635268,
        2.32434388,
        -0.905809281,
        -0.28041946,
        -0.700073247,
        -1.21586206,
        -1.74712801,
        -1.22211997,
    ];
    let expected_dx = [
        6.11748645,
        -12.0734915,
        15.24713,
        2.61314778,
        -9.58056189,
        14.1069226,
        -0.53031657,
        0.615321233,
        -0.34439913,
        -0.456780151,
        0.657836234,
        -0.450917724,
    ];
    close(&y[12..], &expected_y, 5e-6);
    close(&dx[12..], &expected_dx, 5e-6);
    close(&dscale, &[23.2423062, -36.2599605], 5e-6);
    close(&dshift, &[83.2483513, 44.9998043], 5e-6);

    let scaled = Tensor::f32([2, 2, 2, 3], waves().as_f32().unwrap().iter().map(|v| 2.0 * v + 1.0).collect()).unwrap();
    train(&mut store, &scaled);
    close(block_on(store.get("model/norm1/mean")).unwrap().as_f32().unwrap(), &[0.10617914, 0.103876088], 1e-6);
    close(block_on(store.get("model/norm1/variance")).unwrap().as_f32().unwrap(), &[1.07261118, 1.05583815], 1e-6);

    let evaluated = run_in(&mut store, &[("x", &waves())], |b| {
        let x = b.input("x", [2, 2, 2, 3], DType::F32);
        model.forward(b, x, Mode::Eval).unwrap().layer("norm1").unwrap()
    });
    let expected = [
        1.31494658,
        -0.308468986,
        -1.35210027,
        -0.999883768,
        0.693101692,
        1.53094553,
        -0.981877227,
        -0.569127191,
        -0.846093828,
        -1.18650847,
        -1.53713784,
        -1.19063861,
    ];
    close(&evaluated[12..], &expected, 5e-6);
}

#[test]
fn dropout_keeps_the_expectation_and_is_the_identity_in_evaluation() {
    let rate = 0.3f32;
    let model = model([1, 100, 100], vec![Layer::Dropout { rate }, Layer::Flatten]);
    let forward = |train: bool| {
        run(|b| {
            let key = b.constant(Tensor::u32([2], vec![7, 3]).unwrap());
            let mode = if train { Mode::Train { key } } else { Mode::Eval };
            model.forward(b, b.fill(2.0, [10, 1, 100, 100]), mode).unwrap().logits
        })
    };
    assert!(forward(false).iter().all(|&v| v == 2.0));
    let dropped = forward(true);
    let kept = 2.0 / (1.0 - rate);
    assert!(dropped.iter().all(|&v| v == 0.0 || (v - kept).abs() < 1e-6));
    let n = dropped.len() as f64;
    let mean = dropped.iter().map(|&v| f64::from(v)).sum::<f64>() / n;
    // The mean of n values of variance 4·rate/(1 − rate) lies within five of its standard deviations.
    let deviation = (4.0 * f64::from(rate / (1.0 - rate)) / n).sqrt();
    assert!((mean - 2.0).abs() < 5.0 * deviation, "{mean} is not 2 ± {deviation}");
}

/// Mean and variance of a parameter's first values.
fn moments(model: &Model, name: &str) -> (f64, f64, usize) {
    let device = Device::cpu();
    let mut store = device.store();
    let key = Tensor::u32([2], vec![11, 0]).unwrap();
    device.compile(&model.initialize().unwrap()).unwrap().run(&mut store, &[("key", &key)], 1).unwrap();
    let values = block_on(store.get(name)).unwrap().into_f32().unwrap();
    let n = values.len() as f64;
    let mean = values.iter().map(|&v| f64::from(v)).sum::<f64>() / n;
    (mean, values.iter().map(|&v| (f64::from(v) - mean).powi(2)).sum::<f64>() / n, values.len())
}

#[test]
fn weights_begin_with_the_published_variances() {
    let conv = Layer::Conv { filters: 40, kernel: 5, stride: 1, padding: Padding::Same, bias: true, dilation: 1, groups: 1 };
    let activation = |function| Layer::Activation { function };
    let model = model(
        [8, 10, 10],
        vec![
            conv.clone(),
            Layer::BatchNorm,
            activation(Activation::Relu),
            conv,
            activation(Activation::Tanh),
            Layer::GlobalAvgPool,
            Layer::Dense { units: 300 },
            activation(Activation::Gelu),
            Layer::Dense { units: 100 },
        ],
    );
    let cases = [
        ("model/conv1/weight", 2.0 / (8.0 * 25.0)),                // He, through the batch norm
        ("model/conv2/weight", 2.0 / (40.0 * 25.0 + 40.0 * 25.0)), // Xavier
        ("model/dense1/weight", 2.0 / 40.0),                       // He
        ("model/dense2/weight", 2.0 / 400.0),                      // Xavier, the last layer
    ];
    for (name, expected) in cases {
        let (mean, variance, n) = moments(&model, name);
        // Five standard deviations of the mean, and of the variance of a normal sample.
        assert!(mean.abs() < 5.0 * (expected / n as f64).sqrt(), "{name}: mean {mean}");
        assert!((variance / expected - 1.0).abs() < 5.0 * (2.0 / n as f64).sqrt(), "{name}: variance {variance}, not {expected}");
    }
    assert_eq!(moments(&model, "model/conv1/bias"), (0.0, 0.0, 40));
    assert_eq!(moments(&model, "model/norm1/scale"), (1.0, 0.0, 40));
    assert_eq!(moments(&model, "model/norm1/variance"), (1.0, 0.0, 40));
}

#[test]
fn pixels_are_normalised_inside_the_model() {
    let layers = vec![Layer::GlobalAvgPool];
    let model = Model::new(Architecture { input: [2, 1, 1], mean: vec![0.5, 0.25], std: vec![0.25, 0.5], layers }).unwrap();
    let y = run(|b| {
        let x = b.constant(Tensor::f32([1, 2, 1, 1], vec![1.0, 0.0]).unwrap());
        model.forward(b, x, Mode::Eval).unwrap().logits
    });
    close(&y, &[2.0, -0.5], 1e-6);
}

/// Every parameter of a network with all kinds of layers: derivative of the loss against central differences, in double precision.
#[test]
fn gradients_of_a_whole_network_are_the_differences_of_its_loss() {
    let activation = |function| Layer::Activation { function };
    let model = model(
        [2, 8, 8],
        vec![
            Layer::Conv { filters: 4, kernel: 3, stride: 1, padding: Padding::Same, bias: true, dilation: 1, groups: 2 },
            Layer::BatchNorm,
            activation(Activation::Gelu),
            Layer::Residual { filters: 4, stride: 2 },
            Layer::Inception { branch1: 1, reduce3: 1, branch3: 2, reduce5: 1, branch5: 1, pool: 1 },
            Layer::MaxPool { size: 2, stride: None, padding: 0 },
            Layer::Dropout { rate: 0.25 },
            Layer::Dense { units: 6 },
            activation(Activation::LeakyRelu),
            Layer::Dense { units: 3 },
        ],
    );
    let b = Builder::new();
    let x = b.input("x", [3, 2, 8, 8], DType::F32);
    let key = b.constant(Tensor::u32([2], vec![5, 0]).unwrap());
    let forward = model.forward(&b, x, Mode::Train { key }).unwrap();
    let loss = loss::cross_entropy(forward.logits, b.constant(Tensor::u32([3], vec![2, 0, 1]).unwrap()));
    b.output("loss", loss);
    for (parameter, gradient) in model.parameters().iter().zip(b.grad(loss, &forward.parameters)) {
        b.output(&parameter.name, gradient);
    }
    let graph = b.finish().unwrap();

    let wave = |shape: &[usize], frequency: f64| Tensor64 {
        shape: shape.into(),
        dtype: DType::F32,
        values: (0..shape.iter().product()).map(|i| (frequency * (i as f64 + 1.0)).sin()).collect(),
    };
    let inputs = BTreeMap::from([("x".to_string(), wave(&[3, 2, 8, 8], 1.7))]);
    let mut states: BTreeMap<String, Tensor64> = BTreeMap::new();
    for (i, parameter) in model.parameters().iter().chain(model.buffers()).enumerate() {
        let mut values = wave(&parameter.shape, 0.9 + 0.37 * i as f64);
        values.values.iter_mut().for_each(|v| *v = 0.7 * *v + if parameter.kind == ParameterKind::Scale { 1.0 } else { 0.0 });
        states.insert(parameter.name.clone(), values);
    }
    let evaluate = |states: &BTreeMap<String, Tensor64>| reference::evaluate(&graph, &inputs, states).unwrap().outputs;
    let gradients = evaluate(&states);
    let h = 1e-6;
    for parameter in model.parameters() {
        // A few entries of each, spread over the tensor.
        for at in (0..parameter.shape.len()).step_by(parameter.shape.len().div_ceil(3)) {
            let mut at_offset = |offset: f64| {
                let entry = &mut states.get_mut(&parameter.name).unwrap().values[at];
                *entry += offset;
                let value = evaluate(&states)["loss"].values[0];
                states.get_mut(&parameter.name).unwrap().values[at] -= offset;
                value
            };
            let difference = (at_offset(h) - at_offset(-h)) / (2.0 * h);
            let gradient = gradients[&parameter.name].values[at];
            assert!((difference - gradient).abs() < 1e-6, "{}[{at}]: {gradient} is not {difference}", parameter.name);
        }
    }
    assert!(gradients["model/conv1/weight"].values.iter().any(|g| g.abs() > 1e-4), "the gradient reaches the first layer");
}
