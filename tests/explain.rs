//! Explanations against closed forms, published values and finite differences (COURSE V1, V4, V5).
#![cfg(not(target_arch = "wasm32"))]

mod explain_support;

use std::collections::BTreeMap;
use std::ops::ControlFlow;

use explain_support::{assert_close, explain, model, random_image, random_weights};
use pollster::block_on;
use vitrine::device::{Device, Store};
use vitrine::explain::{ExplainOptions, Explainer, Method, grad_cam, saliency};
use vitrine::graph::reference::{Tensor64, evaluate};
use vitrine::graph::{Builder, DType, Graph};
use vitrine::nn::{Architecture, Layer, Mode, Model, PRESETS};
use vitrine::{Error, Tensor};

/// The outputs of `graph` on the CPU.
fn run<const N: usize>(graph: &Graph, store: &mut Store, inputs: &[(&str, &Tensor)], outputs: [&str; N]) -> [Vec<f32>; N] {
    let mut program = Device::cpu().compile(graph).unwrap();
    program.run(store, inputs, 1).unwrap();
    outputs.map(|name| block_on(program.output(name)).unwrap().into_f32().unwrap())
}

/// S_c = w_c·(x − mean)/std + b: the map is max over channels of |w_c|/std, whatever the image.
#[test]
fn saliency_of_a_linear_model_is_its_weights() {
    let (mean, std) = (vec![0.3, 0.4], vec![0.5, 0.25]);
    let layers = vec![Layer::Flatten, Layer::Dense { units: 3 }];
    let model = Model::new(Architecture { input: [2, 2, 3], mean, std: std.clone(), layers }).unwrap();
    let mut store = random_weights(&model, 1);
    let weights = block_on(store.get(&model.parameters()[0].name)).unwrap().into_f32().unwrap();
    let classes = [2, 0, 1, 2, 2];
    let images = random_image(5 * 12, 1);
    // A batch of 2 for 5 images: the last one is padded.
    let mut explainer = Explainer::new(&Device::cpu(), &model, Method::Saliency, &ExplainOptions::default(), 2).unwrap();
    let found = block_on(explainer.run(&mut store, &images, &classes, &mut |_| ControlFlow::Continue(()))).unwrap();
    assert_eq!((found.height, found.width, found.note, &found.classes[..]), (2, 3, None, &classes[..]));
    for (map, class) in found.maps.chunks_exact(6).zip(classes) {
        let w = &weights[class as usize * 12..][..12];
        let expected: Vec<f32> = (0..6).map(|i| (w[i].abs() / std[0]).max(w[6 + i].abs() / std[1])).collect();
        assert_close(map, &expected, 1e-6);
    }
}

/// V4: on a GAP network M_c = Σ_k w_k^c·A^k, mean(M_c) + b_c = S_c, and the unrectified Grad-CAM is M_c/(h·w).
#[test]
fn grad_cam_of_a_gap_network_is_cam() {
    let model = model("gap-cnn", [3, 16, 16], 4);
    let mut store = random_weights(&model, 2);
    let layer = grad_cam::default_layer(&model).unwrap();
    let info = model.summary().layers.iter().find(|info| info.name == layer).unwrap();
    let [k, h, w] = info.shape[..] else { panic!("{:?}", info.shape) };
    let x = Tensor::f32([2, 3, 16, 16], random_image(2 * 3 * 256, 2)).unwrap();
    let class = Tensor::u32([2], vec![1, 3]).unwrap();

    let graph = grad_cam::graph(&model, 2, &layer).unwrap();
    let [raw, logits] = run(&graph, &mut store, &[("x", &x), ("class", &class)], ["raw", "logits"]);

    let builder = Builder::new();
    let input = builder.input("x", [2, 3, 16, 16], DType::F32);
    builder.output("A", model.forward(&builder, input, Mode::Eval).unwrap().layer(&layer).unwrap());
    let [activation] = run(&builder.finish().unwrap(), &mut store, &[("x", &x)], ["A"]);
    let [.., weight, bias] = model.parameters() else { panic!("a dense layer at the end") };
    let weight = block_on(store.get(&weight.name)).unwrap().into_f32().unwrap();
    let bias = block_on(store.get(&bias.name)).unwrap().into_f32().unwrap();
    let cells = h * w;
    for (n, class) in [1, 3].into_iter().enumerate() {
        let cam: Vec<f32> =
            (0..cells).map(|i| (0..k).map(|k_| weight[class * k + k_] * activation[(n * k + k_) * cells + i]).sum()).collect();
        let mean = cam.iter().sum::<f32>() / cells as f32;
        assert_close(&[mean + bias[class]], &[logits[n * 4 + class]], 1e-5);
        let scaled: Vec<f32> = raw[n * cells..][..cells].iter().map(|m| m * cells as f32).collect();
        assert_close(&scaled, &cam, 1e-5);
    }
}

/// The map is max |∂S_c/∂x| by central differences of the f64 reference (step 1e-5: error about 1e-9); the CPU's f32 map agrees to
/// rounding. LeNet-5 is smooth, so there is no kink to step over.
#[test]
fn saliency_is_the_derivative_of_the_logit() {
    let model = model("lenet-5", [1, 8, 8], 10);
    let mut store = random_weights(&model, 3);
    let graph = saliency::graph(&model, 1).unwrap();
    let x = Tensor::f32([1, 1, 8, 8], random_image(64, 3)).unwrap();
    let class = Tensor::u32([1], vec![7]).unwrap();
    let states: BTreeMap<String, Tensor64> =
        block_on(store.snapshot()).unwrap().iter().map(|(name, tensor)| (name.to_string(), tensor.into())).collect();
    let mut inputs: BTreeMap<String, Tensor64> = [("x", &x), ("class", &class)].map(|(n, t)| (n.to_string(), t.into())).into();
    let exact = evaluate(&graph, &inputs, &states).unwrap().outputs["map"].values.clone();
    for (i, exact) in exact.iter().enumerate().step_by(5) {
        let mut logit = |step: f64| {
            inputs.get_mut("x").unwrap().values[i] += step;
            let value = evaluate(&graph, &inputs, &states).unwrap().outputs["logits"].values[7];
            inputs.get_mut("x").unwrap().values[i] -= step;
            value
        };
        let difference = (logit(1e-5) - logit(-1e-5)) / 2e-5;
        assert!((difference.abs() - exact).abs() < 1e-7, "pixel {i}: {difference} {exact}");
    }
    let [map] = run(&graph, &mut store, &[("x", &x), ("class", &class)], ["map"]);
    assert_close(&map, &exact.iter().map(|&v| v as f32).collect::<Vec<_>>(), 1e-5);
}

/// At every layer with feature maps the map is the rectified `raw` map, resized: never negative, never above its largest value
/// (bilinear interpolation stays between its nodes), and the same where the layer has the image's size.
#[test]
fn grad_cam_is_rectified_and_covers_the_image() {
    let model = model("small-vgg", [1, 12, 12], 5);
    let mut store = random_weights(&model, 4);
    let x = Tensor::f32([1, 1, 12, 12], random_image(144, 4)).unwrap();
    for layer in model.summary().layers.iter().filter(|layer| layer.shape.len() == 3) {
        let graph = grad_cam::graph(&model, 1, &layer.name).unwrap();
        for class in 0..5 {
            let class = Tensor::u32([1], vec![class]).unwrap();
            let [raw, map] = run(&graph, &mut store, &[("x", &x), ("class", &class)], ["raw", "map"]);
            assert_eq!(map.len(), 144);
            let largest = |values: &[f32]| values.iter().fold(0.0f32, |a, &b| a.max(b));
            assert!(map.iter().all(|&m| m >= 0.0) && largest(&map) <= largest(&raw) * (1.0 + 1e-6));
            if raw.len() == 144 {
                assert_close(&map, &raw.iter().map(|r| r.max(0.0)).collect::<Vec<_>>(), 1e-6);
            }
        }
    }
}

/// With all of the last weights at zero nothing depends on anything. With positive features and negative weights everything speaks
/// against the class. The note tells these apart.
#[test]
fn a_zero_map_says_why() {
    let model = model("gap-cnn", [1, 8, 8], 2);
    let mut store = random_weights(&model, 5);
    let [.., weight, _] = model.parameters() else { panic!("a dense layer at the end") };
    let mut explain = |method, last: f32| {
        let values = vec![last; weight.shape.len()];
        store.set(&weight.name, &Tensor::f32(&weight.shape, values).unwrap()).unwrap();
        let mut explainer = Explainer::new(&Device::cpu(), &model, method, &ExplainOptions::default(), 2).unwrap();
        let found = block_on(explainer.run(&mut store, &random_image(64, 5), &[0], &mut |_| ControlFlow::Continue(()))).unwrap();
        assert_eq!(found.note.is_some(), found.maps.iter().all(|&m| m == 0.0));
        found.note.unwrap_or("")
    };
    assert!(explain(Method::Saliency, 0.0).contains("no small change of any pixel"));
    assert!(explain(Method::GradCam, 0.0).contains("does not depend on"));
    assert!(explain(Method::GradCam, -1.0).contains("speaks against the class"));
    assert_eq!(explain(Method::Saliency, -1.0), "");
    assert_eq!(explain(Method::GradCam, 1.0), "");
}

#[test]
fn every_preset_has_a_default_layer_with_feature_maps() {
    for preset in PRESETS {
        let model = model(preset.id, [3, 32, 32], 10);
        let layer = grad_cam::default_layer(&model).unwrap();
        let graph = grad_cam::graph(&model, 2, &layer).unwrap();
        let raw = &graph.node(graph.outputs["raw"]).shape;
        assert!(raw[1] >= 5 && raw[2] >= 5, "{}: {layer} {raw}", preset.id);
        assert_eq!(graph.node(graph.outputs["map"]).shape[..], [2, 32, 32]);
    }
}

#[test]
fn wrong_requests_are_explained() {
    let model = model("lenet-5", [1, 8, 8], 10);
    let new = |method, options: ExplainOptions| Explainer::new(&Device::cpu(), &model, method, &options, 1);
    let message = |error: Error| error.to_string();
    let error = message(new(Method::GradCam, ExplainOptions::at("dense1")).err().unwrap());
    assert!(error.starts_with("layer: `dense1` has no feature maps; choose one of conv1, "), "{error}");
    let mut store = random_weights(&model, 6);
    let mut explainer = new(Method::Saliency, ExplainOptions::default()).unwrap();
    let error = message(block_on(explainer.run(&mut store, &[0.0; 63], &[0], &mut |_| ControlFlow::Continue(()))).unwrap_err());
    assert_eq!(error, "images: 63 values are not 1 images of 1×8×8");
    let error = message(block_on(explainer.run(&mut store, &[0.0; 64], &[10], &mut |_| ControlFlow::Continue(()))).unwrap_err());
    assert_eq!(error, "classes: there is no class 10, the model has 10");
    let dense =
        Architecture { input: [1, 2, 2], mean: vec![], std: vec![], layers: vec![Layer::Flatten, Layer::Dense { units: 2 }] };
    let error = message(grad_cam::default_layer(&Model::new(dense).unwrap()).unwrap_err());
    assert!(error.contains("needs a convolution"), "{error}");
}

/// What an explanation tells of itself, for every method: scores are the network's, costs are counted, unsigned maps have no negative
/// value, and only methods that have a baseline speak of one.
#[test]
fn every_method_tells_what_it_knows() {
    let model = model("gap-cnn", [1, 8, 8], 3);
    let mut store = random_weights(&model, 52);
    let images = random_image(128, 52);
    let scores = explain(&model, &mut store, Method::Saliency, &ExplainOptions::default(), &images, &[2, 0]);
    for method in Method::ALL {
        let about = method.about();
        let found = explain(&model, &mut store, method, &ExplainOptions::default(), &images, &[2, 0]);
        assert_eq!((found.method, found.height, found.width, &found.classes[..]), (method, 8, 8, &[2, 0][..]));
        assert_eq!((found.maps.len(), found.details.len()), (128, 2));
        assert_eq!(found.layer.is_some(), about.layer || method == Method::Cam, "{method:?}");
        assert_eq!(found.maps.iter().any(|&m| m < 0.0), about.signed, "{method:?}");
        for (details, expected) in found.details.iter().zip(&scores.details) {
            assert_close(&[details.score], &[expected.score], 1e-5);
            assert_eq!(details.completeness_error().is_some(), details.total.is_some());
            let filled = about.options.contains(&"baseline") || method == Method::Cam;
            assert_eq!(details.baseline_score.is_some(), filled, "{method:?}");
            assert_eq!(details.surrogate.is_some(), method == Method::Lime);
        }
        let (forward, backward) = match method {
            Method::Cam => (2, 0),
            Method::GuidedGradCam => (2, 4),
            Method::Smoothgrad => (102, 102),
            Method::IntegratedGradients => (104, 104),
            Method::NeuronConductance => (104, 208),
            Method::LayerConductance => (104, 312),
            Method::Occlusion => (2 * (2 + 49), 0),
            Method::Lime => (2004, 0),
            Method::Saliency | Method::GradientInput | Method::GuidedBackprop | Method::GradCam | Method::GradCamPlusPlus => (2, 2),
        };
        assert_eq!((found.cost.forward, found.cost.backward), (forward, backward), "{method:?}");
        assert!(found.cost.bytes > 0);
    }
}
