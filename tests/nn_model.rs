//! Architectures and models: parameter counts against published numbers, shapes, names, JSON, and every way to be wrong.
#![cfg(not(target_arch = "wasm32"))]

use vitrine::Error;
use vitrine::graph::{Builder, DType};
use vitrine::nn::{Activation, Architecture, Layer, MAX_PARAMETERS, Mode, Model, PRESETS, Padding, preset};

fn model(input: [usize; 3], layers: Vec<Layer>) -> Result<Model, Error> {
    Model::new(Architecture { input, mean: vec![], std: vec![], layers })
}

fn from_preset(id: &str, input: [usize; 3], classes: usize) -> Model {
    Model::new(preset(id, input, classes).expect("a known preset")).expect(id)
}

fn conv(filters: usize, kernel: usize, padding: Padding) -> Layer {
    Layer::Conv { filters, kernel, stride: 1, padding, bias: true, dilation: 1, groups: 1 }
}

fn message(result: Result<Model, Error>) -> (usize, String) {
    match result {
        Err(Error::Layer { layer, message, .. }) => (layer, message),
        other => panic!("expected a layer error, got {other:?}"),
    }
}

#[test]
fn lenet_5_has_61706_parameters_on_32_and_28() {
    for side in [28, 32] {
        let lenet = from_preset("lenet-5", [1, side, side], 10);
        let counts: Vec<usize> = lenet.summary().layers.iter().map(|l| l.parameters).filter(|&p| p > 0).collect();
        assert_eq!(counts, [156, 2_416, 48_120, 10_164, 850], "LeCun et al. 1998, every map connected");
        assert_eq!(lenet.summary().parameters, 61_706);
    }
    let lenet = from_preset("lenet-5", [1, 32, 32], 10);
    let shapes: Vec<&[usize]> = lenet.summary().layers.iter().map(|l| &l.shape[..]).collect();
    assert_eq!(shapes[0], [6, 28, 28]);
    assert_eq!(shapes[5], [16, 5, 5]);
    // conv1 6·28²·25, conv2 16·10²·150, dense 400·120 + 120·84 + 84·10.
    assert_eq!(lenet.summary().macs, 117_600 + 240_000 + 48_000 + 10_080 + 840);
}

#[test]
fn lenet_5_for_digits_keeps_its_shape() {
    let lenet = from_preset("lenet-5", [1, 8, 8], 10);
    let names: Vec<&str> = lenet.summary().layers.iter().map(|l| l.name.as_str()).collect();
    let expected =
        ["conv1", "tanh1", "pool1", "conv2", "tanh2", "pool2", "flatten1", "dense1", "tanh3", "dense2", "tanh4", "dense3"];
    assert_eq!(names, expected);
    assert_eq!(lenet.summary().layers[6].shape, [64]);
}

#[test]
fn resnet_20_has_the_papers_parameters_plus_two_projections() {
    // He et al. 2016 with option A: 269,722. Option B adds 1×1 convolutions 16→32 and 32→64 and their batch norms.
    let projections = 16 * 32 + 2 * 32 + 32 * 64 + 2 * 64;
    assert_eq!(from_preset("resnet-20", [3, 32, 32], 10).summary().parameters, 269_722 + projections);
}

#[test]
fn a_residual_block_counts_like_the_formula() {
    let block = model([16, 8, 8], vec![Layer::Residual { filters: 16, stride: 1 }, Layer::GlobalAvgPool]).unwrap();
    assert_eq!(block.summary().parameters, 18 * 16 * 16 + 4 * 16, "18C² and two batch norms");
    assert_eq!(block.summary().macs, 18 * 16 * 16 * 64);
    assert_eq!(block.buffers().len(), 4);
}

#[test]
fn every_preset_fits_every_size() {
    for preset in PRESETS {
        for input in [[1, 8, 8], [1, 28, 28], [3, 9, 13], [3, 32, 32], [3, 64, 64]] {
            let model = from_preset(preset.id, input, 7);
            assert_eq!(model.classes(), 7);
            let builder = Builder::new();
            let x = builder.input("x", [2, input[0], input[1], input[2]], DType::F32);
            let forward = model.forward(&builder, x, Mode::Eval).unwrap();
            assert_eq!(forward.logits.shape()[..], [2, 7]);
            assert_eq!(forward.parameters.len(), model.parameters().len());
            for (parameter, state) in model.parameters().iter().zip(&forward.parameters) {
                assert_eq!(parameter.shape, state.shape());
            }
            let names: std::collections::BTreeSet<_> = forward.layers.iter().map(|(name, _)| name).collect();
            assert_eq!(names.len(), forward.layers.len(), "names are unique");
            for layer in &model.summary().layers {
                let output = forward.layer(&layer.name).expect("every summarised layer can be looked at");
                assert_eq!(output.shape()[1..], layer.shape[..]);
            }
        }
    }
    assert!(preset("lenet-6", [1, 8, 8], 10).is_none());
}

#[test]
fn states_are_named_by_layer_and_kind() {
    let model = model([1, 8, 8], vec![Layer::Residual { filters: 2, stride: 2 }, Layer::Dense { units: 3 }]).unwrap();
    let names: Vec<&str> = model.parameters().iter().chain(model.buffers()).map(|p| p.name.as_str()).collect();
    assert!(names.contains(&"model/residual1/conv1/weight"));
    assert!(names.contains(&"model/residual1/projection-norm/scale"));
    assert!(names.contains(&"model/residual1/conv2-norm/variance"));
    assert!(names.contains(&"model/dense1/bias"));
    let written: Vec<String> = model.initialize().unwrap().updates.keys().map(String::from).collect();
    assert_eq!(written.len(), names.len(), "initialisation sets everything");
    assert_eq!(model.parameters()[0].layer(), "residual1/conv1");
}

#[test]
fn layers_read_and_write_the_pages_json() {
    let json = r#"{"input":[1,8,8],"layers":[
        {"type":"conv","filters":4,"kernel":3},
        {"type":"conv","filters":4,"kernel":3,"stride":2,"padding":"valid","bias":false,"dilation":1,"groups":2},
        {"type":"batch-norm"},{"type":"activation","function":"leaky-relu"},
        {"type":"max-pool","size":2},{"type":"avg-pool","size":1,"stride":1,"padding":0},
        {"type":"dropout","rate":0.5},{"type":"residual","filters":4},
        {"type":"inception","branch1":1,"reduce3":1,"branch3":1,"reduce5":1,"branch5":1,"pool":1},
        {"type":"global-avg-pool"},{"type":"flatten"},{"type":"dense","units":3}]}"#;
    let architecture = Architecture::from_json(json).unwrap();
    assert_eq!(architecture.layers[0], conv(4, 3, Padding::Same));
    assert_eq!(architecture.layers[3], Layer::Activation { function: Activation::LeakyRelu });
    assert_eq!(architecture.layers[4], Layer::MaxPool { size: 2, stride: None, padding: 0 });
    let again = Architecture::from_json(&serde_json::to_string(&architecture).unwrap()).unwrap();
    assert_eq!(again, architecture);
    let written = serde_json::to_value(conv(4, 3, Padding::Cells(2))).unwrap();
    assert_eq!(written["padding"], 2);
    assert_eq!(Model::new(architecture).unwrap().classes(), 3);
}

#[test]
fn a_summary_is_the_pages_json() {
    let model = model([1, 4, 4], vec![conv(2, 3, Padding::Same), Layer::Dense { units: 2 }]).unwrap();
    let json = serde_json::to_value(model.summary()).unwrap();
    let dense = serde_json::json!({"name": "dense1", "type": "dense", "shape": [2], "parameters": 66, "macs": 64});
    assert_eq!(json["layers"][1], dense);
    assert_eq!(json["classes"], 2);
}

#[test]
fn a_bad_number_names_its_layer() {
    for bad in ["-1", "1.5", "1e300", "\"many\"", "null"] {
        let json = format!(r#"{{"input":[1,8,8],"layers":[{{"type":"flatten"}},{{"type":"dense","units":{bad}}}]}}"#);
        match Architecture::from_json(&json) {
            Err(Error::Layer { layer: 1, kind, .. }) => assert_eq!(kind, "dense"),
            other => panic!("{bad}: {other:?}"),
        }
    }
    assert_eq!(Architecture::from_json("[]").unwrap_err().code(), "data");
}

#[test]
fn a_kernel_larger_than_the_image_is_refused() {
    let (layer, text) =
        message(model([1, 8, 8], vec![conv(2, 3, Padding::Same), conv(2, 9, Padding::Valid), Layer::Dense { units: 2 }]));
    assert_eq!(layer, 1);
    assert!(text.contains("9×9") && text.contains("8×8"), "{text}");
    let pool = Layer::MaxPool { size: 3, stride: None, padding: 0 };
    let (layer, text) = message(model([1, 4, 2], vec![pool, Layer::Dense { units: 2 }]));
    assert_eq!(layer, 0);
    assert!(text.contains("3×3") && text.contains("4×2"), "{text}");
}

#[test]
fn an_image_layer_after_a_vector_is_refused() {
    for layer in [conv(2, 1, Padding::Same), Layer::GlobalAvgPool, Layer::Residual { filters: 2, stride: 1 }] {
        let (at, text) = message(model([1, 8, 8], vec![Layer::Dense { units: 5 }, layer]));
        assert_eq!(at, 1);
        assert!(text.contains("vector of 5"), "{text}");
    }
}

#[test]
fn a_dense_layer_flattens_by_itself() {
    let with = model([2, 4, 4], vec![Layer::Flatten, Layer::Dense { units: 3 }]).unwrap();
    let without = model([2, 4, 4], vec![Layer::Dense { units: 3 }]).unwrap();
    assert_eq!(with.summary().parameters, without.summary().parameters);
}

#[test]
fn hostile_numbers_are_refused_without_overflow() {
    let huge = [0, usize::MAX, usize::MAX / 2, 1 << 40, 70_000];
    let dense = || Layer::Dense { units: 2 };
    for n in huge {
        let layers = [
            conv(n, 3, Padding::Same),
            conv(2, n, Padding::Same),
            conv(2, 3, Padding::Cells(if n == 0 { usize::MAX } else { n })),
            Layer::Conv { filters: 2, kernel: 3, stride: n, padding: Padding::Same, bias: true, dilation: 1, groups: 1 },
            Layer::Conv { filters: 2, kernel: 3, stride: 1, padding: Padding::Same, bias: true, dilation: n, groups: 1 },
            Layer::Conv { filters: 2, kernel: 3, stride: 1, padding: Padding::Same, bias: true, dilation: 1, groups: n },
            Layer::MaxPool { size: n, stride: None, padding: 0 },
            Layer::AvgPool { size: 2, stride: Some(n), padding: 0 },
            Layer::AvgPool { size: 2, stride: None, padding: if n == 0 { 2 } else { n } },
            Layer::Residual { filters: n, stride: 1 },
            Layer::Residual { filters: 2, stride: n },
            Layer::Inception { branch1: n, reduce3: 1, branch3: 1, reduce5: 1, branch5: 1, pool: 1 },
            Layer::Inception { branch1: 1, reduce3: 1, branch3: 1, reduce5: 1, branch5: 1, pool: n },
            Layer::Dense { units: n },
        ];
        for layer in layers {
            let (at, _) = message(model([1, 8, 8], vec![layer, dense()]));
            assert_eq!(at, 0);
        }
        assert_eq!(model([1, n, 8], vec![dense()]).unwrap_err().code(), "option");
    }
    for rate in [-0.1, 1.0, f32::NAN, f32::INFINITY] {
        let (at, text) = message(model([1, 8, 8], vec![dense(), Layer::Dropout { rate }]));
        assert_eq!(at, 1);
        assert!(text.contains("rate"), "{text}");
    }
}

#[test]
fn an_image_beyond_every_memory_is_refused() {
    let result = model([4096, 4096, 4096], vec![Layer::Dense { units: 10 }]);
    assert!(matches!(result, Err(Error::Shape { .. })), "{result:?}");
}

#[test]
fn too_large_is_refused_with_the_figure() {
    let (at, text) = message(model([3, 64, 64], vec![Layer::Dense { units: 60_000 }]));
    assert_eq!(at, 0);
    assert!(text.contains("737280000") && text.contains(&MAX_PARAMETERS.to_string()), "{text}");
    let (at, text) = message(model([1, 4096, 4096], vec![conv(64, 3, Padding::Same), Layer::GlobalAvgPool]));
    assert_eq!(at, 0);
    assert!(text.contains("1073741824"), "{text}");
    let stacked = vec![conv(65_536, 1, Padding::Same), conv(65_536, 1, Padding::Same), Layer::GlobalAvgPool];
    assert_eq!(message(model([1, 1, 1], stacked)).0, 1);
}

#[test]
fn a_network_ends_with_one_number_per_class() {
    let (at, text) = message(model([1, 8, 8], vec![conv(2, 3, Padding::Same)]));
    assert_eq!(at, 0);
    assert!(text.contains("class"), "{text}");
    assert_eq!(model([1, 8, 8], vec![]).unwrap_err().code(), "option");
    assert_eq!(model([1, 8, 8], vec![Layer::Flatten; 300]).unwrap_err().code(), "option");
}

#[test]
fn normalisation_values_are_checked() {
    let build = |mean: &[f32], std: &[f32]| {
        Model::new(Architecture {
            input: [1, 2, 2],
            mean: mean.to_vec(),
            std: std.to_vec(),
            layers: vec![Layer::Dense { units: 2 }],
        })
    };
    assert!(build(&[0.5], &[0.25]).is_ok());
    for (mean, std) in [(&[0.5, 0.5][..], &[1.0][..]), (&[f32::NAN], &[1.0]), (&[0.0], &[0.0]), (&[0.0], &[f32::INFINITY])] {
        assert_eq!(build(mean, std).unwrap_err().code(), "option");
    }
}

#[test]
fn a_batch_of_another_shape_is_refused() {
    let model = model([1, 2, 2], vec![Layer::Dense { units: 2 }]).unwrap();
    let builder = Builder::new();
    let x = builder.input("x", [1, 1, 2, 3], DType::F32);
    assert_eq!(model.forward(&builder, x, Mode::Eval).err().expect("refused").code(), "shape");
}
