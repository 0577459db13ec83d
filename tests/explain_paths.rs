//! Methods that look at many versions of an image: SmoothGrad (V1), integrated gradients (V3) and conductance (V8), against linear
//! models, completeness and each other.
#![cfg(not(target_arch = "wasm32"))]

mod explain_support;

use std::ops::ControlFlow;

use explain_support::*;
use pollster::block_on;
use vitrine::device::Device;
use vitrine::explain::{Baseline, ExplainOptions, Explainer, Method};
use vitrine::nn::{Activation, Architecture, Layer, Model, preset};
use vitrine::{Error, Tensor};

const BASELINES: [Baseline; 4] = [Baseline::Black, Baseline::White, Baseline::Blur, Baseline::Noise];

/// S_c = w_c·x + b_c: integrated gradients are Σ_k w_k·(x_k − x′_k), gradient × input is the same against black, and the gradient's
/// mean over any noise is w_c.
#[test]
fn a_linear_model_gives_its_weights() {
    let model = linear([2, 5, 7], 3);
    let mut store = random_weights(&model, 11);
    let weights = parameter(&model, &store, 0);
    let image = random_image(70, 11);
    let w = &weights[70..140];
    for (seed, baseline) in BASELINES.into_iter().enumerate() {
        let options = ExplainOptions { baseline, steps: 3, seed: seed as u32, ..ExplainOptions::default() };
        let missing = baseline.of(&image, [2, 5, 7], seed as u32);
        let expected: Vec<f32> = (0..35).map(|i| [i, 35 + i].iter().map(|&k| w[k] * (image[k] - missing[k])).sum()).collect();
        let found = explain(&model, &mut store, Method::IntegratedGradients, &options, &image, &[1]);
        assert_close(&found.maps, &expected, 1e-5);
        assert_eq!(found.details[0].baseline, missing);
        if baseline == Baseline::Black {
            let product = explain(&model, &mut store, Method::GradientInput, &options, &image, &[1]);
            assert_close(&product.maps, &expected, 1e-5);
        }
    }
    let smooth = explain(&model, &mut store, Method::Smoothgrad, &ExplainOptions::default(), &image, &[1]);
    let expected: Vec<f32> = (0..35).map(|i| w[i].abs().max(w[35 + i].abs())).collect();
    assert_close(&smooth.maps, &expected, 1e-5);
}

/// ΣM = S_c(x) − S_c(x′) within 1 % at 100 steps (COURSE V3), for integrated gradients and for conductance at every layer that all paths
/// cross, with smooth and piecewise linear networks. The path that is told adds up to the same total.
#[test]
fn attributions_are_complete() {
    for (preset, layers) in [("lenet-5", ["conv1", "tanh1", "pool2"]), ("gap-cnn", ["norm1", "relu2", "relu3"])] {
        let model = model(preset, [2, 12, 12], 4);
        let mut store = random_weights(&model, 12);
        let image = random_image(288, 12);
        for baseline in BASELINES {
            let options = ExplainOptions { baseline, steps: 100, ..ExplainOptions::default() };
            let mut check = |method, options: &ExplainOptions| {
                let found = explain(&model, &mut store, method, options, &image, &[2]);
                let details = &found.details[0];
                let error = details.completeness_error().unwrap();
                assert!(error < 0.01, "{preset} {method:?} {baseline:?} {:?}: {error}", options.layer);
                let slopes = details.path[2..].iter().map(|point| point[2]).sum::<f32>() / 100.0;
                let difference = details.score - details.baseline_score.unwrap();
                assert_close(&[slopes / difference], &[1.0], 0.01);
                (found.maps, details.total.unwrap(), details.units.clone())
            };
            let (map, total, _) = check(Method::IntegratedGradients, &options);
            assert_close(&[map.iter().sum::<f32>()], &[total], 1e-4);
            for layer in layers {
                let (_, total, units) =
                    check(Method::LayerConductance, &ExplainOptions { layer: Some(layer.into()), ..options.clone() });
                assert_close(&[units.iter().sum::<f32>()], &[total], 1e-4);
            }
        }
    }
}

/// Integrated gradients as they are defined: from black, Σ_k x_k·∂S/∂x_k at each midpoint αx is gradient × input there, divided by α.
/// The engine takes the affine first layers once for all steps instead: convolution, normalisation, and what the pixels are divided by.
#[test]
fn integrated_gradients_are_the_mean_of_gradients_along_the_path() {
    const STEPS: usize = 7;
    let dense_first = vec![Layer::Dense { units: 6 }, Layer::Activation { function: Activation::Tanh }, Layer::Dense { units: 4 }];
    let layers = ["lenet-5", "gap-cnn", "resnet-8"].map(|id| preset(id, [2, 9, 8], 4).unwrap().layers);
    for layers in layers.into_iter().chain([dense_first]) {
        let (mean, std) = (vec![0.3, 0.5], vec![0.2, 0.4]);
        let model = Model::new(Architecture { input: [2, 9, 8], mean, std, layers }).unwrap();
        let mut store = random_weights(&model, 21);
        let image = random_image(144, 21);
        let options = ExplainOptions { steps: STEPS, ..ExplainOptions::default() };
        let found = explain(&model, &mut store, Method::IntegratedGradients, &options, &image, &[3]).maps;
        let mut expected = vec![0.0; 72];
        for step in 0..STEPS {
            let alpha = (step as f32 + 0.5) / STEPS as f32;
            let point: Vec<f32> = image.iter().map(|x| alpha * x).collect();
            let product = explain(&model, &mut store, Method::GradientInput, &options, &point, &[3]).maps;
            expected.iter_mut().zip(product).for_each(|(sum, value)| *sum += value / alpha / STEPS as f32);
        }
        assert_close(&found, &expected, 1e-5);
    }
}

/// The two views of conductance: what flows through one feature map is the same, summed over the map's cells or over the pixels.
#[test]
fn neuron_conductance_sums_to_the_layers() {
    for (preset, layer) in [("lenet-5", "tanh2"), ("gap-cnn", "relu2"), ("resnet-8", "residual2")] {
        let model = model(preset, [1, 8, 8], 3);
        let mut store = random_weights(&model, 13);
        let image = random_image(64, 13);
        let options = ExplainOptions { steps: 20, ..ExplainOptions::at(layer) };
        let whole = explain(&model, &mut store, Method::LayerConductance, &options, &image, &[0]);
        for unit in [0, 3, 7] {
            let options = ExplainOptions { unit, ..options.clone() };
            let found = explain(&model, &mut store, Method::NeuronConductance, &options, &image, &[0]);
            assert_close(&[found.maps.iter().sum()], &[whole.details[0].units[unit]], 1e-4);
        }
    }
}

/// After the last ReLU, S = Σ_k w_k·mean(A^k) + b: Cond(A^k) = w_k·(mean A^k(x) − mean A^k(x′)), and Grad-CAM's α_k = w_k/(h·w).
#[test]
fn conductance_before_a_linear_head_has_a_closed_form() {
    let model = model("gap-cnn", [1, 8, 8], 2);
    let mut store = random_weights(&model, 14);
    let weight = parameter(&model, &store, model.parameters().len() - 2);
    let image = random_image(64, 14);
    let options = ExplainOptions { steps: 2000, ..ExplainOptions::at("relu3") };
    let found = explain(&model, &mut store, Method::LayerConductance, &options, &image, &[1]);
    let mut means = |image: &[f32]| {
        let cam = explain(&model, &mut store, Method::GradCam, &ExplainOptions::at("relu3"), image, &[1]);
        assert_close(&cam.details[0].units, &weight[64..].iter().map(|w| w / 16.0).collect::<Vec<_>>(), 1e-5);
        activations(&model, &mut store, "relu3", image)
    };
    let (at_image, at_black) = (means(&image), means(&[0.0; 64]));
    let expected: Vec<f32> = (0..64).map(|k| weight[64 + k] * (at_image[k] - at_black[k])).collect();
    assert_close(&found.details[0].units, &expected, 2e-3);
}

/// The mean of each feature map of `layer`.
fn activations(model: &vitrine::nn::Model, store: &mut vitrine::device::Store, layer: &str, image: &[f32]) -> Vec<f32> {
    let builder = vitrine::graph::Builder::new();
    let [c, h, w] = model.architecture().input;
    let x = builder.constant(Tensor::f32([1, c, h, w], image.to_vec()).unwrap());
    let value = model.forward(&builder, x, vitrine::nn::Mode::Eval).unwrap().layer(layer).unwrap();
    builder.output("mean", value.mean(&[2, 3]));
    let mut program = Device::cpu().compile(&builder.finish().unwrap()).unwrap();
    program.run(store, &[], 1).unwrap();
    block_on(program.output("mean")).unwrap().into_f32().unwrap()
}

/// Noise and samples follow from the seed, not from the company an image keeps.
#[test]
fn the_same_seed_gives_the_same_maps() {
    let model = model("lenet-5", [1, 8, 8], 3);
    let mut store = random_weights(&model, 15);
    let images = random_image(128, 15);
    for method in [Method::Smoothgrad, Method::IntegratedGradients] {
        let mut run = |images: &[f32], classes: &[u32], seed| {
            let options = ExplainOptions { seed, baseline: Baseline::Noise, ..ExplainOptions::default() };
            explain(&model, &mut store, method, &options, images, classes).maps
        };
        let both = run(&images, &[0, 1], 7);
        assert_eq!(both[64..], run(&images[64..], &[1], 7));
        assert_ne!(both[64..], run(&images[64..], &[1], 8));
    }
}

/// `progress` hears growing shares up to 1, and can stop the work; nothing stays behind in the store.
#[test]
fn work_can_be_watched_and_stopped() {
    let model = model("lenet-5", [1, 8, 8], 3);
    let mut store = random_weights(&model, 16);
    let images = random_image(128, 16);
    let states = store.types();
    let options = ExplainOptions { steps: 100, ..ExplainOptions::default() };
    let mut explainer = Explainer::new(&Device::cpu(), &model, Method::IntegratedGradients, &options, 1).unwrap();
    let mut heard = Vec::new();
    let mut listen = |share| {
        heard.push(share);
        ControlFlow::Continue(())
    };
    let found = block_on(explainer.run(&mut store, &images, &[0, 1], &mut listen)).unwrap();
    assert!(heard.len() > 4 && heard.windows(2).all(|pair| pair[0] <= pair[1]) && heard.last() == Some(&1.0), "{heard:?}");
    assert_eq!((found.cost.forward, found.cost.backward), (204, 204));
    let stopped = block_on(explainer.run(&mut store, &images, &[0, 1], &mut |_| ControlFlow::Break(())));
    assert_eq!(stopped.unwrap_err(), Error::Cancelled);
    assert_eq!(store.types(), states);
}

#[test]
fn options_out_of_range_are_named() {
    let model = model("gap-cnn", [1, 8, 8], 3);
    let plain = ExplainOptions::default;
    let hostile = [
        ("steps: must be 1 to 10000, not 0", ExplainOptions { steps: 0, ..plain() }),
        ("steps: must be 1 to 10000", ExplainOptions { steps: usize::MAX, ..plain() }),
        ("samples: must be 2 to 10000", ExplainOptions { samples: Some(1), ..plain() }),
        ("noise: must be more than 0", ExplainOptions { noise: 0.0, ..plain() }),
        ("noise: must be", ExplainOptions { noise: f32::NAN, ..plain() }),
        ("window: must be 1 to 8, not 9", ExplainOptions { window: Some(9), ..plain() }),
        ("stride: must be 1 to 2, not 3", ExplainOptions { stride: Some(3), ..plain() }),
        ("segments: must be 2 to 256", ExplainOptions { segments: 100_000, ..plain() }),
        ("compactness: must be", ExplainOptions { compactness: f32::INFINITY, ..plain() }),
        ("penalty: must be at least 0", ExplainOptions { penalty: Some(-1.0), ..plain() }),
        ("kernelWidth: must be", ExplainOptions { kernel_width: 0.0, ..plain() }),
        ("layer: `no` has no feature maps", ExplainOptions::at("no")),
        ("layer: `dense1` has no feature maps", ExplainOptions::at("dense1")),
    ];
    for (message, options) in hostile {
        let error = Explainer::new(&Device::cpu(), &model, Method::LayerConductance, &options, 1).err().expect(message);
        assert!(error.to_string().starts_with(message), "{error}");
    }
    let options = ExplainOptions { unit: 64, ..plain() };
    let error = Explainer::new(&Device::cpu(), &model, Method::NeuronConductance, &options, 1).err().unwrap();
    assert_eq!(error.to_string(), "unit: must be 0 to 63, not 64");
    let error = Explainer::new(&Device::cpu(), &linear([1, 8, 8], 3), Method::Cam, &plain(), 1).err().unwrap();
    assert!(error.to_string().contains("ends in global average pooling"), "{error}");
}
