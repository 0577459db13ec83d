//! Attacks against closed forms (COURSE R1, R3, R4), their promises (ball, pixel range, direction), and the figures on D1.
#![cfg(not(target_arch = "wasm32"))]

use std::collections::BTreeMap;
use std::ops::ControlFlow;

use pollster::block_on;
use proptest::prelude::*;
use vitrine::attack::{self, AttackOptions, Method, Norm, robustness};
use vitrine::data::{Images, Random};
use vitrine::device::{Device, Store};
use vitrine::graph::reference::{Tensor64, evaluate};
use vitrine::graph::{Builder, DType, Graph, Shape};
use vitrine::nn::{Architecture, Layer, Mode, Model, loss, preset};
use vitrine::{Error, Tensor};

const NORMS: [Norm; 2] = [Norm::Linf, Norm::L2];

/// `graph` in the f64 reference.
fn exact(graph: Graph, inputs: &[(&str, &Tensor)]) -> BTreeMap<String, Vec<f64>> {
    let inputs = inputs.iter().map(|(name, tensor)| (name.to_string(), Tensor64::from(*tensor))).collect();
    let outputs = evaluate(&graph, &inputs, &BTreeMap::new()).unwrap().outputs;
    outputs.into_iter().map(|(name, tensor)| (name, tensor.values)).collect()
}

fn assert_close(found: &[f64], expected: &[f64], tolerance: f64) {
    assert_eq!(found.len(), expected.len());
    assert!(found.iter().zip(expected).all(|(a, b)| (a - b).abs() < tolerance), "{found:?}, expected {expected:?}");
}

/// R3: f = σ(wᵀx), w = (1, 1), x = (2, 1). P = 0.9526, ∇f = 0.045177·(1, 1); steps against the gradient and against its sign; those
/// inside ‖δ‖∞ ≤ 0.1 are left alone by the projection, the sign step of 1 is brought back to the edge.
#[test]
fn r3_by_hand() {
    let builder = Builder::new();
    let x = builder.constant(Tensor::f32([1, 1, 1, 2], vec![2.0, 1.0]).unwrap());
    let f = x.sum_all().sigmoid();
    let gradient = builder.grad(f, &[x])[0];
    builder.output("f", f);
    builder.output("gradient", gradient);
    for size in [0.001, 0.1, 1.0] {
        for (name, direction) in [("gradient", gradient), ("sign", Norm::Linf.steepest(gradient))] {
            let delta = direction * -size;
            builder.output(&format!("{name} {size}"), x + delta);
            builder.output(&format!("{name} {size} inside"), x + Norm::Linf.project(delta, builder.scalar(0.1)));
        }
    }
    let found = exact(builder.graph().clone(), &[]);
    assert_close(&found["f"], &[0.9526], 5e-5);
    assert_close(&found["gradient"], &[0.045177, 0.045177], 5e-7);
    let steps = [
        ("gradient 0.001", [1.99995, 0.99995]),
        ("gradient 0.1", [1.99548, 0.99548]),
        ("gradient 1", [1.95482, 0.95482]),
        ("sign 0.001", [1.999, 0.999]),
        ("sign 0.1", [1.9, 0.9]),
        ("sign 1", [1.0, 0.0]),
    ];
    for (name, expected) in steps {
        assert_close(&found[name], &expected, 6e-6);
        let inside = if name == "sign 1" { [1.9, 0.9] } else { expected };
        assert_close(&found[&format!("{name} inside")], &inside, 6e-6);
    }
}

/// The projected and steepest vectors of one δ in both norms, in f64.
fn projected(delta: &[f32], epsilon: f32) -> BTreeMap<String, Vec<f64>> {
    let builder = Builder::new();
    let x = builder.constant(Tensor::f32([1, 1, 1, delta.len()], delta.to_vec()).unwrap());
    let radius = builder.scalar(epsilon);
    for norm in NORMS {
        builder.output(&format!("project {norm:?}"), norm.project(x, radius));
        builder.output(&format!("steepest {norm:?}"), norm.steepest(x));
    }
    exact(builder.finish().unwrap(), &[])
}

fn euclidean(v: &[f64]) -> f64 {
    v.iter().map(|d| d * d).sum::<f64>().sqrt()
}

proptest! {
    /// Closed forms: Π∞ clips every value, Π₂ scales to the sphere from outside; both leave the inside alone.
    #[test]
    fn projections_are_their_closed_forms(delta in prop::collection::vec(-3.0f32..3.0, 1..20), epsilon in 0.01f32..4.0) {
        let found = projected(&delta, epsilon);
        let (delta, epsilon): (Vec<f64>, _) = (delta.iter().map(|&d| d.into()).collect(), f64::from(epsilon));
        let clipped: Vec<f64> = delta.iter().map(|d| d.clamp(-epsilon, epsilon)).collect();
        assert_close(&found["project Linf"], &clipped, 1e-12);
        let scale = (epsilon / euclidean(&delta)).min(1.0);
        assert_close(&found["project L2"], &delta.iter().map(|d| d * scale).collect::<Vec<_>>(), 1e-9);
    }

    /// Among steps of length 1 the steepest has the largest product with the gradient: its dual norm.
    #[test]
    fn steepest_steps_reach_the_dual_norm(gradient in prop::collection::vec(-3.0f32..3.0, 1..20), exponent in -30i32..10) {
        let gradient: Vec<f32> = gradient.iter().map(|g| g * 2f32.powi(exponent)).collect();
        let found = projected(&gradient, 1.0);
        let gradient: Vec<f64> = gradient.iter().map(|&g| g.into()).collect();
        let gain = |name: &str| gradient.iter().zip(&found[name]).map(|(g, d)| g * d).sum::<f64>();
        let (l1, l2) = (gradient.iter().map(|g| g.abs()).sum::<f64>(), euclidean(&gradient));
        prop_assert!((gain("steepest Linf") - l1).abs() <= 1e-9 * l1);
        prop_assert!((gain("steepest L2") - l2).abs() <= 1e-9 * l2);
    }

    /// Random starts lie in the ball.
    #[test]
    fn random_points_lie_in_the_ball(epsilon in 0.0f32..2.0, len in 1usize..100, seed: u32) {
        for norm in NORMS {
            let delta = norm.random(epsilon, len, &mut Random::new(seed, 0));
            prop_assert!(norm.length(&delta) <= epsilon * (1.0 + 1e-6));
        }
    }
}

/// In the disc, the share of uniform points within half the radius is a quarter (standard error 0.004 of 10,000).
#[test]
fn random_points_of_a_disc_are_uniform() {
    let mut random = Random::new(1, 0);
    let near = (0..10_000).filter(|_| Norm::L2.length(&Norm::L2.random(1.0, 2, &mut random)) < 0.5).count();
    assert!((2280..2720).contains(&near), "{near}");
}

fn random_weights(model: &Model, seed: u32, size: f32) -> Store {
    let mut store = Device::cpu().store();
    for (stream, parameter) in model.parameters().iter().enumerate() {
        let mut random = Random::new(seed, stream as u32);
        let values = (0..parameter.shape.len()).map(|_| random.between(-size, size)).collect();
        store.set(&parameter.name, &Tensor::f32(&parameter.shape, values).unwrap()).unwrap();
    }
    store
}

fn random_images(n: usize, size: usize, low: f32, high: f32) -> Vec<f32> {
    let mut random = Random::new(17, 0);
    (0..n * size).map(|_| random.between(low, high)).collect()
}

/// Logits and cross-entropy of each image.
fn forward(model: &Model, store: &mut Store, images: &[f32], classes: &[u32]) -> (Vec<f32>, Vec<f32>) {
    let [c, h, w] = model.architecture().input;
    let shape = Shape::from([classes.len(), c, h, w]);
    let builder = Builder::new();
    let logits = model.forward(&builder, builder.input("x", &shape, DType::F32), Mode::Eval).unwrap().logits;
    builder.output("logits", logits);
    builder.output("loss", loss::cross_entropy_each(logits, builder.input("class", [classes.len()], DType::U32)));
    let mut program = Device::cpu().compile(&builder.finish().unwrap()).unwrap();
    let (x, class) = (Tensor::f32(&shape, images.to_vec()).unwrap(), Tensor::u32([classes.len()], classes.to_vec()).unwrap());
    program.run(store, &[("x", &x), ("class", &class)], 1).unwrap();
    let output = |name| block_on(program.output(name)).unwrap().into_f32().unwrap();
    (output("logits"), output("loss"))
}

fn run(model: &Model, store: &mut Store, images: &[f32], labels: &[u32], options: &AttackOptions) -> Vec<f32> {
    block_on(attack::run(&Device::cpu(), store, model, images, labels, options)).unwrap()
}

/// Two classes, z = Wx + b: FGSM lowers the margin z_y − z_o by exactly ε·‖w_y − w_o‖₁, the fast gradient method by ε·‖w_y − w_o‖₂, and
/// nothing of that size does more.
#[test]
fn fgsm_is_optimal_on_a_linear_model() {
    let layers = vec![Layer::Flatten, Layer::Dense { units: 2 }];
    let model = Model::new(Architecture { input: [1, 4, 5], mean: vec![], std: vec![], layers }).unwrap();
    let mut store = random_weights(&model, 1, 1.0);
    let weight = block_on(store.get(&model.parameters()[0].name)).unwrap().into_f32().unwrap();
    let difference: Vec<f32> = weight[..20].iter().zip(&weight[20..]).map(|(a, b)| a - b).collect();
    let (images, labels) = (random_images(6, 20, 0.3, 0.7), [0, 1, 0, 1, 1, 0]);
    let margin = |store: &mut Store, images: &[f32]| -> Vec<f32> {
        let (logits, _) = forward(&model, store, images, &labels);
        logits.chunks_exact(2).zip(labels).map(|(z, y)| z[y as usize] - z[1 - y as usize]).collect()
    };
    let before = margin(&mut store, &images);
    let l1 = difference.iter().map(|d| d.abs()).sum::<f32>();
    for (norm, dual) in [(Norm::Linf, l1), (Norm::L2, Norm::L2.length(&difference))] {
        let epsilon = 0.1;
        let adversarial = run(&model, &mut store, &images, &labels, &AttackOptions::new(Method::Fgsm, norm, epsilon));
        let fgsm = margin(&mut store, &adversarial);
        for (before, after) in before.iter().zip(&fgsm) {
            assert!((before - after - epsilon * dual).abs() < 1e-5, "{norm:?}: {before} {after} {dual}");
        }
        for method in [Method::Pgd, Method::Noise] {
            let adversarial = run(&model, &mut store, &images, &labels, &AttackOptions::new(method, norm, epsilon));
            let others = margin(&mut store, &adversarial);
            assert!(others.iter().zip(&fgsm).all(|(other, best)| *other >= best - 1e-5));
        }
    }
}

fn lenet() -> (Model, Store, Vec<f32>, Vec<u32>) {
    let model = Model::new(preset("lenet-5", [1, 8, 8], 10).unwrap()).unwrap();
    let store = random_weights(&model, 3, 0.35);
    // 70 images: more than one batch.
    (model, store, random_images(70, 64, 0.0, 1.0), (0..70).map(|i| i % 10).collect())
}

#[test]
fn every_result_lies_in_the_ball_and_in_the_pixel_range() {
    let (model, mut store, images, labels) = lenet();
    for method in [Method::Fgsm, Method::Pgd, Method::Noise] {
        for norm in NORMS {
            for (epsilon, target) in [(0.0, None), (0.03, None), (0.3, Some(4)), (2.0, None)] {
                let options = AttackOptions { target, ..AttackOptions::new(method, norm, epsilon) };
                let adversarial = run(&model, &mut store, &images, &labels, &options);
                assert!(adversarial.iter().all(|p| (0.0..=1.0).contains(p)));
                for (a, x) in adversarial.chunks_exact(64).zip(images.chunks_exact(64)) {
                    let delta: Vec<f32> = a.iter().zip(x).map(|(a, x)| a - x).collect();
                    let length = norm.length(&delta);
                    assert!(length <= epsilon + 1e-6, "{method:?} {norm:?} {epsilon}: {length}");
                    assert!(epsilon == 0.0 || length > 0.0, "{method:?} {norm:?} {epsilon}");
                }
            }
        }
    }
    assert!(!store.contains("attack/x"));
}

/// With the same radius, ten projected steps reach a higher mean loss than one, and one a higher than noise.
#[test]
fn pgd_beats_fgsm_and_fgsm_beats_noise() {
    let (model, mut store, images, labels) = lenet();
    for norm in NORMS {
        let epsilon = if norm == Norm::Linf { 0.05 } else { 0.3 };
        let mut mean = |method| {
            let options = AttackOptions { random_start: false, ..AttackOptions::new(method, norm, epsilon) };
            let adversarial = run(&model, &mut store, &images, &labels, &options);
            forward(&model, &mut store, &adversarial, &labels).1.iter().sum::<f32>() / 70.0
        };
        let (noise, fgsm, pgd) = (mean(Method::Noise), mean(Method::Fgsm), mean(Method::Pgd));
        assert!(noise < fgsm && fgsm <= pgd, "{norm:?}: {noise} {fgsm} {pgd}");
    }
}

#[test]
fn targeted_attacks_raise_the_target() {
    let (model, mut store, images, labels) = lenet();
    let target = vec![3; 70];
    let (_, before) = forward(&model, &mut store, &images, &target);
    for method in [Method::Fgsm, Method::Pgd] {
        for norm in NORMS {
            let epsilon = if norm == Norm::Linf { 0.02 } else { 0.1 };
            let options = AttackOptions { target: Some(3), random_start: false, ..AttackOptions::new(method, norm, epsilon) };
            let adversarial = run(&model, &mut store, &images, &labels, &options);
            let (_, after) = forward(&model, &mut store, &adversarial, &target);
            assert!(before.iter().zip(&after).all(|(before, after)| after < before), "{method:?} {norm:?}");
        }
    }
}

/// The same seed gives the same images, whatever the number of images attacked with them; another seed gives others.
#[test]
fn random_starts_follow_from_the_seed() {
    let (model, mut store, images, labels) = lenet();
    let with = |seed| AttackOptions { seed, steps: 2, ..AttackOptions::new(Method::Pgd, Norm::Linf, 0.1) };
    let all = run(&model, &mut store, &images, &labels, &with(1));
    assert_eq!(all, run(&model, &mut store, &images, &labels, &with(1)));
    assert_ne!(all, run(&model, &mut store, &images, &labels, &with(2)));
    let some = run(&model, &mut store, &images[..5 * 64], &labels[..5], &with(1));
    assert!(all.iter().zip(&some).all(|(a, b)| (a - b).abs() < 1e-6));
}

#[test]
fn robustness_counts_batches_and_stops_on_request() {
    let (model, mut store, images, labels) = lenet();
    let predicted: Vec<u32> = forward(&model, &mut store, &images, &labels)
        .0
        .chunks_exact(10)
        .map(|z| (0..10).fold(0, |best, i| if z[i] > z[best] { i } else { best }) as u32)
        .collect();
    // Labels as predicted, but for seven: accuracy 0.9 without attack.
    let labels = predicted.iter().enumerate().map(|(i, &p)| if i % 10 == 0 { (p + 1) % 10 } else { p }).collect();
    let images = Images { pixels: images, labels };
    let options = AttackOptions::new(Method::Fgsm, Norm::Linf, 0.0);
    let mut heard = Vec::new();
    let progress = |share| {
        heard.push(share);
        ControlFlow::Continue(())
    };
    let device = Device::cpu();
    let curve = block_on(robustness(&device, &mut store, &model, &images, &options, &[0.0, 0.05, 0.5], progress)).unwrap();
    assert_eq!(curve[0], 0.9);
    assert!(curve[0] > curve[1] && curve[1] > curve[2], "{curve:?}");
    assert_eq!(heard.len(), 6);
    assert!(heard.windows(2).all(|w| w[0] < w[1]) && heard[5] == 1.0, "{heard:?}");

    let mut calls = 0;
    let stop = |_| {
        calls += 1;
        if calls == 2 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    };
    let stopped = block_on(robustness(&device, &mut store, &model, &images, &options, &[0.1; 9], stop));
    assert_eq!((stopped, calls), (Err(Error::Cancelled), 2));
}

#[test]
fn options_are_those_of_the_page_and_checked() {
    let options: AttackOptions = serde_json::from_str(r#"{"method": "pgd", "norm": "linf", "epsilon": 0.1}"#).unwrap();
    assert_eq!(options, AttackOptions::new(Method::Pgd, Norm::Linf, 0.1));
    let json = r#"{"method": "noise", "norm": "l2", "epsilon": 1, "steps": 3, "stepSize": 0.5, "randomStart": false, "target": 2, "seed": 9}"#;
    let options: AttackOptions = serde_json::from_str(json).unwrap();
    let expected =
        AttackOptions { steps: 3, step_size: Some(0.5), random_start: false, target: Some(2), seed: 9, ..options.clone() };
    assert_eq!(options, expected);

    let (model, mut store, images, labels) = lenet();
    let base = AttackOptions::new(Method::Pgd, Norm::L2, 0.1);
    let mut message = |options: AttackOptions, images: &[f32], labels: &[u32]| {
        block_on(attack::run(&Device::cpu(), &mut store, &model, images, labels, &options)).unwrap_err().to_string()
    };
    assert_eq!(message(AttackOptions { epsilon: -1.0, ..base.clone() }, &images, &labels), "epsilon: must be at least 0, not -1");
    assert!(message(AttackOptions { epsilon: f32::NAN, ..base.clone() }, &images, &labels).contains("NaN"));
    assert_eq!(message(AttackOptions { steps: 0, ..base.clone() }, &images, &labels), "steps: must be 1 to 1000, not 0");
    assert!(message(AttackOptions { step_size: Some(0.0), ..base.clone() }, &images, &labels).starts_with("stepSize: "));
    assert_eq!(
        message(AttackOptions { target: Some(10), ..base.clone() }, &images, &labels),
        "target: there is no class 10, the model has 10"
    );
    assert_eq!(message(base.clone(), &images[1..], &labels), "images: 4479 values are not 70 images of 1×8×8");
    assert_eq!(message(base, &images[..64], &[11]), "labels: there is no class 11, the model has 10");
}
