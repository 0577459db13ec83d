//! Methods that look at feature maps or change the backward rule, against published and hand-computed values: guided back-propagation
//! (V2), CAM (V4), Grad-CAM (V5), Grad-CAM++ (V6), guided Grad-CAM (V7).
#![cfg(not(target_arch = "wasm32"))]

mod explain_support;

use explain_support::*;
use pollster::block_on;
use vitrine::Tensor;
use vitrine::device::Device;
use vitrine::explain::{ExplainOptions, Method, grad_cam, grad_cam_plus_plus};
use vitrine::graph::Builder;
use vitrine::nn::{Activation, Architecture, Layer, Model, Padding};

/// A model with the given values in its parameters, in order.
fn fixed(input: [usize; 3], layers: Vec<Layer>, parameters: &[&[f32]]) -> (Model, vitrine::device::Store) {
    let model = Model::new(Architecture { input, mean: vec![], std: vec![], layers }).unwrap();
    let mut store = Device::cpu().store();
    for (parameter, values) in model.parameters().iter().zip(parameters) {
        store.set(&parameter.name, &Tensor::f32(&parameter.shape, values.to_vec()).unwrap()).unwrap();
    }
    (model, store)
}

fn relu() -> Layer {
    Layer::Activation { function: Activation::Relu }
}

/// Captum's one-convolution test model with its published values: input 0…15, two kernels of ones with biases −50 and −75, dense rows
/// of five ones and three minus ones. Grad-CAM without its ReLU for class 0.
#[test]
fn grad_cam_has_captums_values_in_a_model() {
    let conv = Layer::Conv { filters: 2, kernel: 3, stride: 1, padding: Padding::Valid, bias: true, dilation: 1, groups: 1 };
    let rows = [[1.0, 1.0, 1.0, 1.0, 1.0, -1.0, -1.0, -1.0]; 4].concat();
    let layers = vec![conv, relu(), Layer::Dense { units: 4 }];
    let (model, mut store) = fixed([1, 4, 4], layers, &[&[1.0; 18], &[-50.0, -75.0], &rows, &[0.0; 4]]);
    let x = Tensor::f32([1, 1, 4, 4], (0..16).map(|i| i as f32).collect()).unwrap();
    let class = Tensor::u32([1], vec![0]).unwrap();
    for (layer, alpha, expected) in
        [("conv1", [0.75, -0.5], [11.25, 13.5, 20.25, 22.5]), ("relu1", [1.0, -0.5], [0.0, 4.0, 28.0, 32.5])]
    {
        let mut program = Device::cpu().compile(&grad_cam::graph(&model, 1, layer).unwrap()).unwrap();
        program.run(&mut store, &[("x", &x), ("class", &class)], 1).unwrap();
        let output = |name| block_on(program.output(name)).unwrap().into_f32().unwrap();
        assert_close(&output("raw"), &expected, 1e-6);
        assert_close(&output("units"), &alpha, 1e-6);
    }
}

/// By hand, W₁ = [[1, −1], [2, 1]], W₂ = [[1, −1], [−1, 3]]: at x = (1, ½) both units are active, class 0 passes (1, 0) and gives (1, −1),
/// class 1 passes (0, 3) and gives (6, 3). At x = (0.2, 0.9) the first unit is silent: class 0 passes nothing.
#[test]
fn guided_back_propagation_passes_only_positive_gradients_of_active_units() {
    let layers = vec![Layer::Dense { units: 2 }, relu(), Layer::Dense { units: 2 }];
    let (model, mut store) = fixed([1, 1, 2], layers, &[&[1.0, -1.0, 2.0, 1.0], &[0.0; 2], &[1.0, -1.0, -1.0, 3.0], &[0.0; 2]]);
    let images = [1.0, 0.5, 1.0, 0.5, 0.2, 0.9, 0.2, 0.9];
    let mut run = |method| explain(&model, &mut store, method, &ExplainOptions::default(), &images, &[0, 1, 0, 1]);
    let guided = run(Method::GuidedBackprop);
    assert_close(&guided.maps, &[1.0, 1.0, 6.0, 3.0, 0.0, 0.0, 6.0, 3.0], 1e-6);
    assert!(guided.note.unwrap().contains("no path of positive gradients"));
    let plain = run(Method::Saliency);
    assert_close(&plain.maps, &[1.0, 2.0, 5.0, 4.0, 2.0, 1.0, 6.0, 3.0], 1e-6);
    let smooth = model_of_tanh();
    let mut store = random_weights(&smooth, 31);
    let mut run = |method| explain(&smooth, &mut store, method, &ExplainOptions::default(), &random_image(64, 31), &[0]);
    let (guided, plain) = (run(Method::GuidedBackprop), run(Method::Saliency));
    assert_eq!(guided.maps, plain.maps);
    assert!(guided.note.unwrap().contains("has no ReLU"));
}

fn model_of_tanh() -> Model {
    model("lenet-5", [1, 8, 8], 3)
}

/// V4 and V5: mean(M_c) + b = S_c as total and baseline score, and CAM's weights are Grad-CAM's α times the number of cells (that the
/// maps are proportional too is in `explain.rs`).
#[test]
fn cam_accounts_for_the_score_and_is_grad_cam() {
    for (preset, cells) in [("gap-cnn", 36.0), ("resnet-8", 9.0), ("mini-inception", 36.0)] {
        let model = model(preset, [3, 12, 12], 4);
        let mut store = random_weights(&model, 32);
        let images = random_image(2 * 432, 32);
        let cam = explain(&model, &mut store, Method::Cam, &ExplainOptions::default(), &images, &[3, 1]);
        let layer = cam.layer.clone().unwrap();
        let grad_cam = explain(&model, &mut store, Method::GradCam, &ExplainOptions::at(&layer), &images, &[3, 1]);
        let bias = parameter(&model, &store, model.parameters().len() - 1);
        for ((details, other), class) in cam.details.iter().zip(&grad_cam.details).zip([3, 1]) {
            assert_close(&[details.baseline_score.unwrap()], &[bias[class]], 1e-6);
            assert_close(&[details.total.unwrap() + bias[class]], &[details.score], 1e-4);
            assert_close(&other.units.iter().map(|alpha| alpha * cells).collect::<Vec<_>>(), &details.units, 1e-5);
        }
    }
}

/// α from second and third derivatives of Y = exp(S) by central differences in f64, on S = v·relu(U·A + c) over two 2×2 feature maps: the
/// closed form agrees. The circulating form, which multiplies by the second derivative once more, does not.
#[test]
fn grad_cam_plus_plus_has_its_closed_form() {
    let values = |n: usize, seed| random_image(n, seed).iter().map(|v| v * 2.0 - 1.0).collect::<Vec<f32>>();
    let mut told_apart = 0;
    for seed in 40..46 {
        let (a, u, c, v) = (random_image(8, seed), values(40, seed + 100), values(5, seed + 200), values(5, seed + 300));
        let hidden = |a: &[f64], i: usize| (0..8).map(|j| u[i * 8 + j] as f64 * a[j]).sum::<f64>() + c[i] as f64;
        let y = |a: &[f64]| (0..5).map(|i| v[i] as f64 * hidden(a, i).max(0.0)).sum::<f64>().exp();
        let a64: Vec<f64> = a.iter().map(|&v| v as f64).collect();
        let h = 2e-3;
        // Far enough from every kink that the differences stay on one side.
        assert!((0..5).all(|i| hidden(&a64, i).abs() > 4.0 * h), "seed {seed} is too near a kink");
        let at = |j: usize, steps: f64| {
            let mut moved = a64.clone();
            moved[j] += steps * h;
            y(&moved)
        };
        let mut expected = [0.0; 2];
        let mut circulating = [0.0; 2];
        for j in 0..8 {
            let first = (at(j, 1.0) - at(j, -1.0)) / (2.0 * h);
            let second = (at(j, 1.0) - 2.0 * y(&a64) + at(j, -1.0)) / (h * h);
            let third = (at(j, 2.0) - 2.0 * at(j, 1.0) + 2.0 * at(j, -1.0) - at(j, -2.0)) / (2.0 * h * h * h);
            let sum: f64 = a64[j / 4 * 4..][..4].iter().sum();
            let alpha = second / (2.0 * second + sum * third);
            expected[j / 4] += alpha * first.max(0.0) / y(&a64);
            circulating[j / 4] += alpha * second * first.max(0.0) / y(&a64);
        }

        let b = Builder::new();
        let constant = |shape: &[usize], values: &[f32]| b.constant(Tensor::f32(shape.to_vec(), values.to_vec()).unwrap());
        let maps = constant(&[1, 2, 2, 2], &a);
        let hidden = (maps.reshape([1, 8]).matmul_t(false, constant(&[5, 8], &u), true) + constant(&[5], &c)).relu();
        let score = (hidden * constant(&[5], &v)).sum_all();
        b.output("w", grad_cam_plus_plus::weights(maps, score));
        let mut program = Device::cpu().compile(&b.finish().unwrap()).unwrap();
        program.run(&mut Device::cpu().store(), &[], 1).unwrap();
        let found = block_on(program.output("w")).unwrap().into_f32().unwrap();
        assert_close(&found, &expected.map(|w| w as f32), 2e-4);
        told_apart += found.iter().zip(circulating).any(|(a, b)| (a - b as f32).abs() > 1e-2) as usize;
    }
    assert!(told_apart >= 4, "{told_apart}");
}

/// V7 is the product of V5 and V2, pixel by pixel.
#[test]
fn guided_grad_cam_is_the_product() {
    let model = model("gap-cnn", [1, 12, 12], 3);
    let mut store = random_weights(&model, 33);
    let images = random_image(288, 33);
    let options = ExplainOptions::at("relu2");
    let [product, guided, cam] = [Method::GuidedGradCam, Method::GuidedBackprop, Method::GradCam]
        .map(|method| explain(&model, &mut store, method, &options, &images, &[2, 0]).maps);
    let expected: Vec<f32> = guided.iter().zip(&cam).map(|(a, b)| a * b).collect();
    assert!(expected.iter().any(|&v| v > 0.0));
    assert_close(&product, &expected, 1e-6);
}
