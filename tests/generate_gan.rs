//! GANs in the plane and on the line against closed forms, finite differences and other devices (COURSE G7).
#![cfg(not(target_arch = "wasm32"))]

use std::collections::BTreeMap;

use pollster::block_on;
use vitrine::Tensor;
use vitrine::data::Random;
use vitrine::device::Device;
use vitrine::generate::gan::{gradient_penalty, optimal_discriminator, squared_gradient};
use vitrine::generate::{Cloud, Gan, GanLoss, GanOptions, Mlp, Turn, coverage};
use vitrine::graph::reference::{Tensor64, evaluate};
use vitrine::graph::{Builder, DType};
use vitrine::nn::Activation;

const LOSSES: [GanLoss; 4] = [GanLoss::Minimax, GanLoss::NonSaturating, GanLoss::LeastSquares, GanLoss::WassersteinGp];

/// A small game: hidden 8-8, batches of 16.
fn small(loss: GanLoss) -> GanOptions {
    GanOptions { loss, hidden: vec![8, 8], batch: 16, ..GanOptions::default() }
}

fn play(device: &Device, options: GanOptions, turns: usize) -> Gan {
    let mut gan = Gan::new(device, Cloud::named("ring").unwrap(), options).unwrap();
    gan.run(Turn::Both, turns).unwrap();
    gan
}

fn normals(seed: u32, n: usize) -> Vec<f32> {
    let mut random = Random::new(seed, 0);
    (0..n).map(|_| random.normal()).collect()
}

/// In f64: the penalty's two forms, and their slopes along each weight as central differences of the value.
#[test]
fn penalties_agree_with_finite_differences() {
    let network = Mlp::new("d", &[2, 5, 4, 1], Activation::Tanh);
    let builder = Builder::new();
    let (x, weights) = (builder.input("x", [6, 2], DType::F32), network.states(&builder));
    let penalty = gradient_penalty(|x| network.forward(&weights, x), x);
    builder.output("penalty", penalty);
    builder.output("norms", squared_gradient(|x| network.forward(&weights, x), x));
    builder.output("value", network.forward(&weights, x));
    for (parameter, slope) in network.parameters().iter().zip(builder.grad(penalty, &weights)) {
        builder.output(&parameter.name, slope);
    }
    let graph = builder.finish().unwrap();
    let mut points = Tensor64::from(&Tensor::f32([6, 2], normals(1, 12)).unwrap());
    let mut states: BTreeMap<String, Tensor64> = BTreeMap::new();
    for (i, parameter) in network.parameters().iter().enumerate() {
        let values = normals(2 + i as u32, parameter.shape.len());
        states.insert(parameter.name.clone(), Tensor64::from(&Tensor::f32(parameter.shape.clone(), values).unwrap()));
    }
    let run = |points: &Tensor64, states: &BTreeMap<String, Tensor64>| {
        evaluate(&graph, &BTreeMap::from([("x".to_string(), points.clone())]), states).unwrap().outputs
    };
    let found = run(&points, &states);
    let h = 1e-5;

    // ‖∇ₓD‖² by differences of D itself, and the penalty from it.
    let mut norms = vec![0.0; 6];
    for i in 0..12 {
        let at = points.values[i];
        points.values[i] = at + h;
        let above = run(&points, &states)["value"].values[i / 2];
        points.values[i] = at - h;
        norms[i / 2] += ((above - run(&points, &states)["value"].values[i / 2]) / (2.0 * h)).powi(2);
        points.values[i] = at;
    }
    let by_hand = norms.iter().map(|norm: &f64| (norm.sqrt() - 1.0).powi(2)).sum::<f64>() / 6.0;
    for (a, b) in found["norms"].values.iter().zip(&norms) {
        assert!((a - b).abs() < 1e-7 * (1.0 + b), "{a} {b}");
    }
    assert!((found["penalty"].values[0] - by_hand).abs() < 1e-7 * (1.0 + by_hand));

    for parameter in network.parameters() {
        for i in 0..parameter.shape.len() {
            let mut moved = |by: f64| {
                states.get_mut(&parameter.name).unwrap().values[i] += by;
                run(&points, &states)["penalty"].values[0]
            };
            let slope = (moved(h) - moved(-2.0 * h)) / (2.0 * h);
            moved(h);
            let exact = found[&parameter.name].values[i];
            assert!((slope - exact).abs() < 1e-6 * (1.0 + exact.abs()), "{} {i}: {exact}, by differences {slope}", parameter.name);
        }
    }
}

/// The losses at r = (0, 2), f = (1, −1), computed by hand: ln(1 + e⁰) = 0.693147, ln(1 + e^−2) = 0.126928, ln(1 + e) = 1.313262,
/// ln(1 + e^−1) = 0.313262.
#[test]
fn losses_by_hand() {
    let builder = Builder::new();
    let r = builder.constant(Tensor::f32([2], vec![0.0, 2.0]).unwrap());
    let f = builder.constant(Tensor::f32([2], vec![1.0, -1.0]).unwrap());
    for (i, loss) in LOSSES.into_iter().enumerate() {
        builder.output(&format!("d{i}"), loss.discriminator(r, f));
        builder.output(&format!("g{i}"), loss.generator(f));
    }
    let found = evaluate(&builder.finish().unwrap(), &BTreeMap::new(), &BTreeMap::new()).unwrap().outputs;
    let cross_entropy = (std::f64::consts::LN_2 + 0.126928) / 2.0 + (1.313262 + 0.313262) / 2.0;
    let expected = [
        ("d0", cross_entropy),
        ("g0", -(1.313262 + 0.313262) / 2.0),
        ("d1", cross_entropy),
        ("g1", (0.313262 + 1.313262) / 2.0),
        ("d2", 0.5 * ((1.0 + 1.0) / 2.0 + (1.0 + 1.0) / 2.0)),
        ("g2", 0.5 * (0.0 + 4.0) / 2.0),
        ("d3", 0.0 - 1.0),
        ("g3", 0.0),
    ];
    for (name, value) in expected {
        assert!((found[name].values[0] - value).abs() < 2e-6, "{name}: {:?}, by hand {value}", found[name].values);
    }
}

/// Densities by hand, their integral over the plane, and D*: ½ where p = q.
#[test]
fn densities_and_the_optimal_discriminator() {
    let line = Cloud::named("gaussian").unwrap();
    // N(1; 1, 0.5²) = 1/(0.5·√(2π)) = 0.797885, and at two standard deviations that times e^−2.
    for (found, expected) in line.density(&[1.0, 2.0]).into_iter().zip([0.797_884_6, 0.107_981_93]) {
        assert!((found - expected).abs() < 1e-6);
    }
    let ring = Cloud::named("ring").unwrap();
    let step = 0.02_f32;
    let side: Vec<f32> = (-150..150).map(|i| (i as f32 + 0.5) * step).collect();
    let points: Vec<f32> = side.iter().flat_map(|&y| side.iter().flat_map(move |&x| [x, y])).collect();
    let integral: f64 = ring.density(&points).iter().map(|&p| f64::from(p * step * step)).sum();
    assert!((integral - 1.0).abs() < 1e-3, "{integral}");

    assert_eq!(optimal_discriminator(3.0, 1.0), 0.75);
    assert_eq!(optimal_discriminator(0.0, 0.0), 0.5);
    let gan = Gan::new(&Device::cpu(), line, small(GanLoss::NonSaturating)).unwrap();
    // Fakes that are quantiles of N(1, 0.5²) are as good as real.
    let fakes: Vec<f32> = normals(5, 20_000).iter().map(|z| 1.0 + 0.5 * z).collect();
    for d in gan.optimal(&fakes, &[0.0, 0.5, 1.0, 1.5, 2.0]).unwrap() {
        assert!((d - 0.5).abs() < 0.02, "{d}");
    }
    let far = gan.optimal(&[9.0], &[1.0, 9.0]).unwrap();
    assert!(far[0] > 0.99 && far[1] < 0.01, "{far:?}");
}

/// 300 points at a corner of the grid, 3 at another (1 % of 300 + 97 + 3 is 4), the rest nowhere.
#[test]
fn coverage_by_hand() {
    let grid = Cloud::named("grid").unwrap();
    let samples = [[-4.0, -4.1].repeat(300), [4.0, 4.0].repeat(3), [1.0, 1.0].repeat(97)].concat();
    let found = coverage(&grid, &samples);
    assert_eq!((found.modes, found.counts[0], found.counts[24]), (1, 300, 3));
    assert!((found.quality - 303.0 / 400.0).abs() < 1e-6);
    assert_eq!(coverage(&grid, &[4.0, 4.0].repeat(4)).modes, 1);
    // 3σ = 0.15 is the border.
    assert_eq!(coverage(&grid, &[0.0, 0.149, 0.0, 0.151]).counts[12], 1);
}

/// Samples of a cloud are what its density says: moments of the two-mode line, within five standard errors.
#[test]
fn samples_have_the_moments_of_the_cloud() {
    let cloud = Cloud::named("two-gaussians").unwrap();
    let builder = Builder::new();
    let key = builder.input("key", [2], DType::U32);
    builder.output("x", cloud.sample(&builder, key, 40_000));
    let mut program = Device::cpu().compile(&builder.finish().unwrap()).unwrap();
    let key = Tensor::u32([2], vec![3, 4]).unwrap();
    program.run(&mut Device::cpu().store(), &[("key", &key)], 1).unwrap();
    let x = block_on(program.output("x")).unwrap().into_f32().unwrap();
    let mean = x.iter().map(|&x| f64::from(x)).sum::<f64>() / 4e4;
    let square = x.iter().map(|&x| f64::from(x * x)).sum::<f64>() / 4e4;
    let variance = 1.5 * 1.5 + 0.4 * 0.4; // 2.41; of x²: 4·1.5²·0.4² + 2·0.4⁴ = 1.49
    assert!(mean.abs() < 5.0 * (variance / 4e4_f64).sqrt(), "{mean}");
    assert!((square - variance).abs() < 5.0 * (1.49 / 4e4_f64).sqrt(), "{square}");
}

/// A step of D leaves G alone, and the other way round; looking changes nothing; rewinding and repeating gives the same bits.
#[test]
fn turns_are_apart_and_runs_repeat() {
    for loss in LOSSES {
        let mut gan = play(&Device::cpu(), small(loss), 3);
        let states = |gan: &Gan| block_on(gan.snapshot()).unwrap();
        let changed = |before: &vitrine::Named<Tensor>, after: &vitrine::Named<Tensor>, network: &str| {
            before.iter().any(|(name, value)| name.starts_with(network) && after[name] != *value)
        };
        let before = states(&gan);
        gan.run(Turn::Discriminator, 1).unwrap();
        let after = states(&gan);
        assert!(changed(&before, &after, "discriminator/") && !changed(&before, &after, "generator/"), "{loss:?}");
        gan.run(Turn::Generator, 1).unwrap();
        let last = states(&gan);
        assert!(!changed(&after, &last, "discriminator/") && changed(&after, &last, "generator/"), "{loss:?}");
        assert!(changed(&after, &last, "average/"));
        let view = block_on(gan.view()).unwrap();
        block_on(gan.samples(10)).unwrap();
        assert_eq!(block_on(gan.surface(&view.fake)).unwrap(), view.fake_score, "{loss:?}");
        assert_eq!(states(&gan), last);

        gan.rewind().unwrap();
        gan.run(Turn::Both, 3).unwrap();
        assert_eq!(states(&gan), before, "{loss:?}");
        let mut moved = play(&Device::cpu(), GanOptions { seed: 9, ..small(loss) }, 0);
        moved.move_to(&Device::cpu(), &before).unwrap();
        moved.run(Turn::Discriminator, 1).unwrap();
        moved.run(Turn::Generator, 1).unwrap();
        assert_eq!(states(&moved), last, "{loss:?}");
    }
}

/// An arrow is minus the slope of G's loss for one fake: −ln D for the non-saturating loss, by differences of D on the surface.
#[test]
fn arrows_point_downhill() {
    let mut gan = play(&Device::cpu(), small(GanLoss::NonSaturating), 20);
    let view = block_on(gan.view()).unwrap();
    let h = 1e-3; // small, for D has kinks
    for i in 0..4 {
        let loss = |gan: &mut Gan, dx: f32, dy: f32| {
            -block_on(gan.surface(&[view.fake[2 * i] + dx, view.fake[2 * i + 1] + dy])).unwrap()[0].ln()
        };
        let slope = [(h, 0.0), (0.0, h)].map(|(dx, dy)| (loss(&mut gan, dx, dy) - loss(&mut gan, -dx, -dy)) / (2.0 * h));
        for (k, slope) in slope.into_iter().enumerate() {
            assert!((view.arrow[2 * i + k] + slope).abs() < 2e-2 * (0.1 + slope.abs()), "{:?} {slope}", view.arrow[2 * i + k]);
        }
    }
}

/// Weights of one step: the first weights keep a tenth of the average after one step, 1/10 · 2/11 after two, whatever its memory.
#[test]
fn the_average_soon_forgets_the_first_weights() {
    let mut gan = play(&Device::cpu(), small(GanLoss::NonSaturating), 0);
    let mut expected = block_on(gan.snapshot()).unwrap();
    for share in [1.0 / 10.0, 2.0 / 11.0] {
        gan.run(Turn::Both, 1).unwrap();
        let now = block_on(gan.snapshot()).unwrap();
        for (name, own) in now.iter().filter_map(|(name, value)| Some((name.strip_prefix("generator/")?.to_string(), value))) {
            let name = format!("average/{name}");
            let old = expected.get(&name).unwrap().as_f32().unwrap();
            let mixed =
                old.iter().zip(own.as_f32().unwrap()).map(|(old, new)| share * old + (1.0 - share) * new).collect::<Vec<_>>();
            for (a, b) in now.get(&name).unwrap().as_f32().unwrap().iter().zip(&mixed) {
                assert!((a - b).abs() < 1e-6, "{name}: {a} {b}");
            }
            expected.insert(&name, Tensor::f32(own.shape().clone(), mixed).unwrap());
        }
    }
}

#[test]
fn given_latent_points_are_generated_from() {
    let mut gan = play(&Device::cpu(), GanOptions { batch: 700, ..small(GanLoss::NonSaturating) }, 3);
    let view = block_on(gan.view()).unwrap();
    assert_eq!(block_on(gan.generate(&view.latent)).unwrap(), view.fake);
    for latent in [vec![], vec![0.0; 3], vec![0.0; 200_002]] {
        assert_eq!(block_on(gan.generate(&latent)).unwrap_err().code(), "option");
    }
}

#[test]
fn options_out_of_range_are_named() {
    let wrong = |options: GanOptions| match Gan::new(&Device::cpu(), Cloud::named("ring").unwrap(), options) {
        Err(vitrine::Error::Option { name, .. }) => name,
        other => panic!("{:?}", other.err()),
    };
    assert_eq!(wrong(GanOptions { latent: 0, ..GanOptions::default() }), "latent");
    assert_eq!(wrong(GanOptions { hidden: vec![], ..GanOptions::default() }), "hidden");
    assert_eq!(wrong(GanOptions { batch: 5000, ..GanOptions::default() }), "batch");
    assert_eq!(wrong(GanOptions { generator_rate: f32::NAN, ..GanOptions::default() }), "generatorRate");
    assert_eq!(wrong(GanOptions { average: 1.0, ..GanOptions::default() }), "average");
    assert!(Cloud::new(vec![0.0, 1.0, 2.0], 2, 0.1).is_err());
    assert!(Cloud::new(vec![f32::NAN], 1, 0.1).is_err());
    assert!(Cloud::new(vec![1.0], 1, 0.0).is_err());
}

/// The same game on the GPU: the same latent points, and weights that stay close over ten turns. With Wasserstein some slopes are
/// exactly 0 (that of f − r along D's last bias), what rounding leaves of them differs between devices, and Adam makes whole steps of it;
/// so there the slopes themselves are compared, penalty included: Adam's first moment after one step is half of them.
#[cfg(feature = "webgpu")]
#[test]
fn devices_agree() {
    let gpu = match block_on(Device::gpu(true)) {
        Ok(device) => device,
        Err(error) => return eprintln!("SKIPPED GAN on the GPU: {error}"),
    };
    let close = |what: &str, x: &[f32], y: &[f32]| {
        let worst = x.iter().zip(y).map(|(x, y)| (x - y).abs()).fold(0.0, f32::max);
        assert!(worst < 1e-5, "{what}: {worst}");
    };
    for loss in [GanLoss::NonSaturating, GanLoss::LeastSquares] {
        let (mut here, mut there) = (play(&Device::cpu(), small(loss), 10), play(&gpu, small(loss), 10));
        let (a, b) = (block_on(here.view()).unwrap(), block_on(there.view()).unwrap());
        close("latent", &a.latent, &b.latent);
        close("fake", &a.fake, &b.fake);
        close("score", &a.fake_score, &b.fake_score);
        close("arrow", &a.arrow, &b.arrow);
    }
    let moments = |device: &Device| {
        let mut gan = play(device, small(GanLoss::WassersteinGp), 0);
        gan.run(Turn::Discriminator, 1).unwrap();
        block_on(gan.snapshot()).unwrap()
    };
    let (here, there) = (moments(&Device::cpu()), moments(&gpu));
    let mut compared = 0;
    for (name, moment) in here.iter().filter(|(name, _)| name.starts_with("optimizer/discriminator/") && name.ends_with("/mean")) {
        close(name, moment.as_f32().unwrap(), there[name].as_f32().unwrap());
        compared += 1;
    }
    assert_eq!(compared, 6);
}
