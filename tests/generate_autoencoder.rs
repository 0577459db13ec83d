//! Autoencoders against integrals, finite differences and other devices (COURSE G1, G2, G5).
#![cfg(not(target_arch = "wasm32"))]

use std::collections::BTreeMap;

use pollster::block_on;
use vitrine::data::{Dataset, Random, Rooms, Strokes, digits, rooms::Factor};
use vitrine::device::Device;
use vitrine::generate::autoencoder::penalty::{contraction, kl, kl_between};
use vitrine::generate::autoencoder::{
    AutoencoderStep, Network, Pairs, Prior, Reconstruction, Regulariser, Shape, averaged, partners,
};
use vitrine::generate::{Autoencoder, AutoencoderOptions};
use vitrine::graph::reference::{Tensor64, evaluate};
use vitrine::graph::{Builder, DType};
use vitrine::nn::Activation;
use vitrine::{Error, Tensor};

fn normals(seed: u32, n: usize) -> Vec<f32> {
    let mut random = Random::new(seed, 0);
    (0..n).map(|_| random.normal()).collect()
}

/// On the digits, hidden 24, batches of 16.
fn small(regulariser: Regulariser) -> AutoencoderOptions {
    AutoencoderOptions { hidden: Some(vec![24]), latent: 3, batch: 16, regulariser, ..AutoencoderOptions::default() }
}

fn made(device: &Device, data: &Dataset, options: AutoencoderOptions) -> Autoencoder {
    block_on(Autoencoder::new(device, data, None, options)).unwrap()
}

fn run(autoencoder: &mut Autoencoder, steps: usize) -> Vec<AutoencoderStep> {
    let run = block_on(autoencoder.run(steps)).unwrap();
    assert_eq!(run.diverged, None);
    run.steps
}

/// ∫p·ln(p/q) for two normal distributions (mean, deviation), by Simpson's rule over ±12 deviations of p.
fn divergence((m, s): (f64, f64), (n, t): (f64, f64)) -> f64 {
    let log = |x: f64, m: f64, s: f64| -0.5 * ((x - m) / s).powi(2) - s.ln() - 0.5 * std::f64::consts::TAU.ln();
    let value = |x: f64| log(x, m, s).exp() * (log(x, m, s) - log(x, n, t));
    let (pieces, low) = (4000, m - 12.0 * s);
    let step = 24.0 * s / f64::from(pieces);
    let weight = |i: i32| {
        if i == 0 || i == pieces {
            1.0
        } else if i % 2 == 1 {
            4.0
        } else {
            2.0
        }
    };
    (0..=pieces).map(|i| weight(i) * value(low + f64::from(i) * step)).sum::<f64>() * step / 3.0
}

/// Both closed forms of the KL divergence against the integral that defines it.
#[test]
fn divergences_are_the_integrals() {
    let cases = [(0.5, 0.3), (-1.2, -2.0), (0.0, 0.0), (2.0, 1.0)];
    let builder = Builder::new();
    let column = |i: usize| {
        let values = cases.iter().map(|case| if i == 0 { case.0 } else { case.1 }).collect();
        builder.constant(Tensor::f32([1, 4], values).unwrap())
    };
    let shifted = |i: usize| {
        let values = (0..4).map(|k| if i == 0 { cases[(k + 1) % 4].0 } else { cases[(k + 1) % 4].1 }).collect();
        builder.constant(Tensor::f32([1, 4], values).unwrap())
    };
    builder.output("prior", kl(column(0), column(1)));
    builder.output("between", kl_between([column(0), column(1)], [shifted(0), shifted(1)]));
    let found = evaluate(&builder.finish().unwrap(), &BTreeMap::new(), &BTreeMap::new()).unwrap().outputs;
    let normal = |case: (f32, f32)| (f64::from(case.0), (0.5 * f64::from(case.1)).exp());
    for (i, &case) in cases.iter().enumerate() {
        let prior = divergence(normal(case), (0.0, 1.0));
        let between = divergence(normal(case), normal(cases[(i + 1) % 4]));
        assert!((found["prior"].values[i] - prior).abs() < 1e-6, "{case:?}: {} {prior}", found["prior"].values[i]);
        assert!((found["between"].values[i] - between).abs() < 1e-6, "{case:?}: {} {between}", found["between"].values[i]);
    }
}

/// In f64: Σ‖∇ₓhᵢ‖² against central differences of every code along every pixel, and its slopes along weights against central
/// differences of the penalty; for dense and convolutional encoders.
#[test]
fn the_contractive_penalty_agrees_with_finite_differences() {
    for shape in [Shape::Dense, Shape::Convolutional] {
        let options = AutoencoderOptions {
            shape,
            hidden: Some(vec![6]),
            filters: vec![3],
            activation: Activation::Tanh,
            latent: 3,
            ..AutoencoderOptions::default()
        };
        let (n, image) = (2, [1, 4, 4]);
        let network = Network::new(image, &options).unwrap();
        let builder = Builder::new();
        let (x, weights) = (builder.input("x", [n, 1, 4, 4], DType::F32), network.states(&builder));
        let penalty = contraction(|x| network.encode(&weights, x).mean, x, 3);
        builder.output("each", penalty);
        builder.output("code", network.encode(&weights, x).mean);
        builder.output("penalty", penalty.sum_all());
        for (parameter, slope) in network.parameters().iter().zip(builder.grad(penalty.sum_all(), &weights)) {
            builder.output(&parameter.name, slope);
        }
        let graph = builder.finish().unwrap();
        let mut pixels = Tensor64::from(&Tensor::f32([n, 1, 4, 4], normals(1, n * 16)).unwrap());
        let mut states: BTreeMap<String, Tensor64> = BTreeMap::new();
        for (i, parameter) in network.parameters().iter().enumerate() {
            let values = normals(2 + i as u32, parameter.shape.len()).iter().map(|v| 0.4 * v).collect();
            states.insert(parameter.name.clone(), Tensor64::from(&Tensor::f32(parameter.shape.clone(), values).unwrap()));
        }
        let run = |pixels: &Tensor64, states: &BTreeMap<String, Tensor64>| {
            evaluate(&graph, &BTreeMap::from([("x".to_string(), pixels.clone())]), states).unwrap().outputs
        };
        let found = run(&pixels, &states);
        let h = 1e-5;
        let mut each = vec![0.0; n];
        for i in 0..n * 16 {
            let at = pixels.values[i];
            pixels.values[i] = at + h;
            let above = run(&pixels, &states)["code"].values.clone();
            pixels.values[i] = at - h;
            let below = run(&pixels, &states)["code"].values.clone();
            pixels.values[i] = at;
            let row = i / 16;
            each[row] += (3 * row..3 * row + 3).map(|j| ((above[j] - below[j]) / (2.0 * h)).powi(2)).sum::<f64>();
        }
        for (a, b) in found["each"].values.iter().zip(&each) {
            assert!((a - b).abs() < 1e-6 * b, "{shape:?}: {a}, by differences {b}");
        }
        for parameter in network.parameters().iter().filter(|p| p.name.starts_with("encoder/")) {
            for i in 0..parameter.shape.len().min(12) {
                let mut moved = |by: f64| {
                    states.get_mut(&parameter.name).unwrap().values[i] += by;
                    run(&pixels, &states)["penalty"].values[0]
                };
                let slope = (moved(h) - moved(-2.0 * h)) / (2.0 * h);
                moved(h);
                let exact = found[&parameter.name].values[i];
                assert!((slope - exact).abs() < 1e-6 * (1.0 + exact.abs()), "{} {i}: {exact}, {slope}", parameter.name);
            }
        }
    }
}

/// The first row of metrics against the definitions, computed on the host from the first weights.
#[test]
fn the_first_losses_by_hand() {
    let data = digits();
    let whole = |options: AutoencoderOptions| AutoencoderOptions { batch: data.train.len(), ..options };
    let loss = |options: AutoencoderOptions| {
        let mut autoencoder = made(&Device::cpu(), &data, whole(options));
        let codes = block_on(autoencoder.encode(&data.train.pixels)).unwrap();
        let back = block_on(autoencoder.reconstruct(&data.train.pixels)).unwrap();
        (run(&mut autoencoder, 1).remove(0), codes, back)
    };
    let mean = |values: &[f32]| values.iter().map(|&v| f64::from(v)).sum::<f64>() / data.train.len() as f64;
    let close = |what: &str, a: f32, b: f64| assert!((f64::from(a) - b).abs() < 1e-4 * (1.0 + b.abs()), "{what}: {a} {b}");

    let (step, (codes, _), back) = loss(AutoencoderOptions { strength: Some(0.5), ..small(Regulariser::Sparse) });
    let squared: Vec<f32> = back.images.iter().zip(&data.train.pixels).map(|(a, b)| (a - b).powi(2)).collect();
    close("squared", step.reconstruction, mean(&squared));
    close("squared per pixel", step.reconstruction / 64.0, mean(&back.mse));
    close("sparsity", step.penalty, mean(&codes.iter().map(|h| h.abs()).collect::<Vec<_>>()));
    close("total", step.loss, f64::from(step.reconstruction) + 0.5 * f64::from(step.penalty));

    let (step, _, back) = loss(AutoencoderOptions { reconstruction: Some(Reconstruction::Bce), ..small(Regulariser::None) });
    let entropy = |(p, x): (&f32, &f32)| -(x * p.ln() + (1.0 - x) * (1.0 - p).ln());
    close("cross-entropy", step.reconstruction, mean(&back.images.iter().zip(&data.train.pixels).map(entropy).collect::<Vec<_>>()));
    close("its own", step.reconstruction, mean(&back.errors));
    assert_eq!((step.penalty, step.loss), (0.0, step.reconstruction));

    let (step, (mean_of, deviation), _) = loss(small(Regulariser::Variational));
    for i in 0..3 {
        let each = mean_of.iter().zip(&deviation).skip(i).step_by(3);
        let kl = each.map(|(&m, &s)| divergence((f64::from(m), f64::from(s)), (0.0, 1.0)) as f32).collect::<Vec<_>>();
        close("divergence", step.divergences[i], mean(&kl));
    }
    close("its sum", step.penalty, step.divergences.iter().map(|&v| f64::from(v)).sum());
}

/// A pair's shared latents are averaged as in Locatello et al.: of codes that differ in one latent, the others become equal.
#[test]
fn pairs_share_all_but_what_differs() {
    let builder = Builder::new();
    let constant = |values: [f32; 6]| builder.constant(Tensor::f32([2, 3], values.to_vec()).unwrap());
    // One pair of three latents: μ differs by 3 in the second, a little in the others.
    let (mean, log) = (constant([0.0, 2.0, 1.0, 0.2, -1.0, 1.1]), constant([0.0, -1.0, 0.0, 0.0, -1.0, 2.0_f32.ln()]));
    for (name, pairs) in [("adaptive", Pairs::Adaptive), ("one", Pairs::OneFactor)] {
        let [mean, log] = averaged(pairs, [mean, log]);
        builder.output(name, mean);
        builder.output(&format!("{name}/variance"), log.exp());
    }
    let found = evaluate(&builder.finish().unwrap(), &BTreeMap::new(), &BTreeMap::new()).unwrap().outputs;
    for name in ["adaptive", "one"] {
        for (a, b) in found[name].values.iter().zip([0.1, 2.0, 1.05, 0.1, -1.0, 1.05]) {
            assert!((a - b).abs() < 1e-6, "{name}: {:?}", found[name].values);
        }
        let variance = &found[&format!("{name}/variance")].values;
        assert!((variance[2] - 1.5).abs() < 1e-6 && (variance[1] - (-1.0f64).exp()).abs() < 1e-6, "{name}: {variance:?}");
    }
}

#[test]
fn partners_differ_in_exactly_one_factor() {
    let rooms = Rooms { size: 16, count: 50, scatter: 0.0, ..Rooms::default() };
    let (data, partners) = (rooms.dataset(3).unwrap(), partners(&rooms, 3));
    assert_eq!(partners.len(), data.train.len());
    assert!((0..partners.len()).all(|i| partners.image(i) != data.train.image(i)));
    // Of all rooms that differ from the first in one factor, the one that looks like the partner differs in the factor named.
    for i in 0..8 {
        let mut alike = Vec::new();
        for (k, factor) in Factor::ALL.into_iter().enumerate() {
            for value in 0..factor.values().len() {
                let mut room = rooms.room(3, i);
                room.factors[k] = value;
                if room.render(16).pixels == partners.image(i) {
                    alike.push(k as u32);
                }
            }
        }
        assert_eq!(alike, [partners.labels[i]], "pair {i}");
    }
    let options = AutoencoderOptions { pairs: Some(Pairs::Adaptive), ..small(Regulariser::Variational) };
    let mut with = block_on(Autoencoder::new(&Device::cpu(), &data, Some(&partners.pixels), options.clone())).unwrap();
    let steps = run(&mut with, 30);
    assert!(steps[29].loss < steps[0].loss);
    let without = block_on(Autoencoder::new(&Device::cpu(), &data, None, options)).err();
    assert!(matches!(without, Some(Error::Option { name: "pairs", .. })), "{without:?}");
}

/// Every kind learns, gives its run again after a rewind, and another with another seed.
#[test]
fn every_kind_learns_and_repeats() {
    let data = digits();
    let kinds = [
        small(Regulariser::None),
        small(Regulariser::Sparse),
        small(Regulariser::Contractive),
        small(Regulariser::Denoising),
        small(Regulariser::Variational),
        AutoencoderOptions { shape: Shape::Linear, ..small(Regulariser::None) },
        AutoencoderOptions { shape: Shape::Convolutional, filters: vec![4, 8], ..small(Regulariser::Variational) },
    ];
    for options in kinds {
        let what = format!("{:?} {:?}", options.shape, options.regulariser);
        let mut autoencoder = made(&Device::cpu(), &data, options);
        let first = run(&mut autoencoder, 60);
        assert!(first[59].reconstruction < first[0].reconstruction, "{what}: {:?} {:?}", first[0], first[59]);
        let codes = block_on(autoencoder.encode(&data.validation.pixels)).unwrap();
        block_on(autoencoder.rewind()).unwrap();
        assert_eq!(run(&mut autoencoder, 60), first, "{what}");
        assert_eq!(block_on(autoencoder.encode(&data.validation.pixels)).unwrap(), codes, "{what}");
        block_on(autoencoder.new_seed(2)).unwrap();
        assert_ne!(run(&mut autoencoder, 1)[0], first[0], "{what}");
    }
}

/// Images of any side go through the convolutions and back.
#[test]
fn convolutions_fit_every_side() {
    for side in [4, 7, 8, 16, 28, 32] {
        let options = AutoencoderOptions { shape: Shape::Convolutional, filters: vec![3, 5], ..small(Regulariser::None) };
        let network = Network::new([3, side, side], &options).unwrap();
        let builder = Builder::new();
        let weights = network.states(&builder);
        let x = builder.input("x", [2, 3, side, side], DType::F32);
        let code = network.encode(&weights, x).mean;
        let image = network.decode(&weights, code);
        builder.check().unwrap();
        assert_eq!((code.shape()[..].to_vec(), image.shape()[..].to_vec()), (vec![2, 3], vec![2, 3, side, side]), "side {side}");
    }
    let deep = AutoencoderOptions { shape: Shape::Convolutional, filters: vec![4; 4], ..AutoencoderOptions::default() };
    assert!(matches!(Network::new([1, 8, 8], &deep), Err(Error::Option { name: "filters", .. })));
}

/// The wider the code, the better the reconstruction of images that were not learnt from.
#[test]
fn the_error_falls_from_2_to_5_to_32_latents() {
    let data = Strokes { count: 1000 }.dataset(1).unwrap();
    let errors = [2, 5, 32].map(|latent| {
        let options = AutoencoderOptions { hidden: Some(vec![64]), latent, learning_rate: 0.003, ..AutoencoderOptions::default() };
        let mut autoencoder = made(&Device::cpu(), &data, options);
        run(&mut autoencoder, 600);
        let back = block_on(autoencoder.reconstruct(&data.validation.pixels)).unwrap();
        back.mse.iter().sum::<f32>() / back.mse.len() as f32
    });
    println!("mean squared error per pixel with 2, 5, 32 latents: {errors:?}");
    assert!(errors[0] > errors[1] && errors[1] > errors[2], "{errors:?}");
}

/// Codes, decoded images and walks fit together.
#[test]
fn walks_begin_and_end_where_they_should() {
    let data = digits();
    let mut autoencoder = made(&Device::cpu(), &data, small(Regulariser::Variational));
    run(&mut autoencoder, 50);
    let (a, b) = (data.validation.image(0), data.validation.image(1));
    let (codes, _) = block_on(autoencoder.encode(&data.validation.pixels[..128])).unwrap();
    let back = block_on(autoencoder.reconstruct(&data.validation.pixels[..128])).unwrap();
    let (z, images) = block_on(autoencoder.interpolate(a, b, 5)).unwrap();
    assert_eq!((&z[..3], &z[12..]), (&codes[..3], &codes[3..]));
    assert_eq!(z[7], (codes[1] + codes[4]) / 2.0);
    assert_eq!((&images[..64], &images[4 * 64..]), (&back.images[..64], &back.images[64..]));

    // Φ⁻¹(1/6), Φ⁻¹(1/2), Φ⁻¹(5/6), from tables: ∓0.967422.
    let (z, _) = block_on(autoencoder.grid([0, 2], 3, &[9.0, 7.0, 9.0])).unwrap();
    let expected = |i: usize| [-0.967_422, 0.0, 0.967_422][i];
    for place in 0..9 {
        let row = &z[3 * place..][..3];
        assert!((row[0] - expected(place % 3)).abs() < 1e-5 && (row[2] - expected(2 - place / 3)).abs() < 1e-5, "{row:?}");
        assert_eq!(row[1], 7.0);
    }
    let (z, _) = block_on(autoencoder.traverse(&[1.0, 2.0, 3.0], 1, [-2.0, 2.0], 3)).unwrap();
    assert_eq!(z, [1.0, -2.0, 3.0, 1.0, 0.0, 3.0, 1.0, 2.0, 3.0]);

    // 4000 draws: means within five standard errors.
    let summary = block_on(autoencoder.summarise(&data.validation.pixels)).unwrap();
    let (all, _) = block_on(autoencoder.encode(&data.validation.pixels)).unwrap();
    let z = autoencoder.draw(4000, Prior::Fitted, &all, 0).unwrap();
    let standard = autoencoder.draw(4000, Prior::Standard, &[], 0).unwrap();
    for (i, latent) in summary.iter().enumerate() {
        let mean = |z: &[f32]| z.iter().skip(i).step_by(3).sum::<f32>() / 4000.0;
        assert!((mean(&z) - latent.mean).abs() < 5.0 * latent.deviation / 4000f32.sqrt());
        assert!(mean(&standard).abs() < 5.0 / 4000f32.sqrt());
    }
}

/// β so large that nothing passes: every latent falls silent; with a small β none is.
#[test]
fn a_large_beta_silences_all_latents() {
    let data = digits();
    let silent = |beta: f32| {
        let options = AutoencoderOptions { strength: Some(beta), learning_rate: 0.003, ..small(Regulariser::Variational) };
        let mut autoencoder = made(&Device::cpu(), &data, options);
        run(&mut autoencoder, 300);
        let summary = block_on(autoencoder.summarise(&data.train.pixels)).unwrap();
        summary.iter().filter(|latent| latent.silent).count()
    };
    assert_eq!((silent(100.0), silent(0.1)), (3, 0));
}

/// Weights whose products no f32 can hold: the run ends at once, says where, and stands where it stood.
#[test]
fn a_diverged_run_goes_back() {
    let mut autoencoder = made(&Device::cpu(), &digits(), AutoencoderOptions { shape: Shape::Linear, ..small(Regulariser::None) });
    run(&mut autoencoder, 3);
    let mut states = block_on(autoencoder.snapshot()).unwrap();
    states.insert("encoder/dense1/weight", Tensor::f32([3, 64], vec![1e30; 3 * 64]).unwrap());
    autoencoder.restore(&states).unwrap();
    let diverged = block_on(autoencoder.run(5)).unwrap();
    assert_eq!((diverged.diverged, diverged.back, diverged.steps.len()), (Some(4), 3, 0));
    assert_eq!(block_on(autoencoder.snapshot()).unwrap(), states);
    block_on(autoencoder.rewind()).unwrap();
    assert!(run(&mut autoencoder, 5)[4].loss.is_finite());
}

#[test]
fn options_out_of_range_are_named() {
    let data = digits();
    let base = AutoencoderOptions::default;
    let cases: Vec<(&str, AutoencoderOptions)> = vec![
        ("latent", AutoencoderOptions { latent: 0, ..base() }),
        ("latent", AutoencoderOptions { latent: 65, ..base() }),
        ("hidden", AutoencoderOptions { hidden: Some(vec![0]), ..base() }),
        ("hidden", AutoencoderOptions { hidden: Some(vec![8; 5]), ..base() }),
        ("filters", AutoencoderOptions { filters: vec![], ..base() }),
        ("filters", AutoencoderOptions { shape: Shape::Convolutional, filters: vec![8; 4], ..base() }),
        ("strength", AutoencoderOptions { strength: Some(f32::NAN), ..base() }),
        ("batch", AutoencoderOptions { batch: 4000, ..base() }),
        ("learningRate", AutoencoderOptions { learning_rate: 0.0, ..base() }),
        ("reconstruction", AutoencoderOptions { shape: Shape::Linear, reconstruction: Some(Reconstruction::Bce), ..base() }),
        ("pairs", AutoencoderOptions { pairs: Some(Pairs::OneFactor), ..base() }),
        ("batch", AutoencoderOptions { regulariser: Regulariser::Contractive, latent: 64, batch: 4096, ..base() }),
    ];
    for (name, options) in cases {
        let error = block_on(Autoencoder::new(&Device::cpu(), &data, None, options.clone())).err();
        let named = matches!(&error, Some(Error::Option { name: found, .. }) if *found == name);
        assert!(named, "{name}: {error:?} for {options:?}");
    }
}

/// The same few steps on the GPU.
#[cfg(feature = "webgpu")]
#[test]
fn devices_agree() {
    let gpu = match block_on(Device::gpu(true)) {
        Ok(device) => device,
        Err(error) => return eprintln!("SKIPPED autoencoders on the GPU: {error}"),
    };
    let data = digits();
    let kinds = [
        small(Regulariser::Contractive),
        small(Regulariser::Denoising),
        AutoencoderOptions { shape: Shape::Convolutional, filters: vec![4, 8], ..small(Regulariser::Variational) },
    ];
    for options in kinds {
        let what = format!("{:?}", options.regulariser);
        let [here, there] = [&Device::cpu(), &gpu].map(|device| {
            let mut autoencoder = made(device, &data, options.clone());
            let steps = run(&mut autoencoder, 5);
            (steps, block_on(autoencoder.encode(&data.validation.pixels)).unwrap().0)
        });
        for (a, b) in here.0.iter().zip(&there.0) {
            assert!((a.loss - b.loss).abs() < 1e-4 * a.loss, "{what}: {a:?} {b:?}");
        }
        let worst = here.1.iter().zip(&there.1).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
        assert!(worst < 1e-3, "{what}: codes differ by {worst}");
    }
}
