//! DCGANs: networks, turns, samples and neighbours against the definitions, learning and failing on real digits, and other devices
//! (COURSE G8).
#![cfg(not(target_arch = "wasm32"))]

use std::collections::BTreeMap;

use pollster::block_on;
use vitrine::data::{Dataset, Images, Random, digits};
use vitrine::device::Device;
use vitrine::generate::image_gan::{
    Apprentice, Discriminator, Failure, Generator, ImageGan, ImageGanOptions, Judge, Norm, Stages, spherical,
};
use vitrine::generate::{GanLoss, Turn};
use vitrine::graph::reference::{Tensor64, evaluate};
use vitrine::graph::{Builder, DType};
use vitrine::{Named, Tensor};

const LOSSES: [GanLoss; 4] = [GanLoss::Minimax, GanLoss::NonSaturating, GanLoss::LeastSquares, GanLoss::WassersteinGp];

/// A small game.
fn small(loss: GanLoss) -> ImageGanOptions {
    ImageGanOptions { loss, latent: 5, width: 4, batch: 8, ..ImageGanOptions::default() }
}

fn random_images(shape: [usize; 3], n: usize) -> Dataset {
    let mut random = Random::new(7, 0);
    let size: usize = shape.iter().product();
    let pixels = (0..n * size).map(|_| random.uniform()).collect();
    let train = Images { pixels, labels: (0..n as u32).map(|i| i % 2).collect() };
    Dataset::new("noise", "", shape, vec!["a".into(), "b".into()], train, Images::default()).unwrap()
}

fn play(device: &Device, data: &Dataset, options: ImageGanOptions, turns: usize) -> ImageGan {
    let mut gan = ImageGan::new(device, data, options).unwrap();
    gan.run(Turn::Both, turns).unwrap();
    gan
}

fn states(gan: &ImageGan) -> Named<Tensor> {
    block_on(gan.snapshot()).unwrap()
}

/// Odd sides, sides that are not equal, colours.
#[test]
fn images_of_any_size() {
    for shape in [[1, 8, 8], [3, 9, 13], [1, 28, 28], [1, 4, 5], [3, 33, 32]] {
        let data = random_images(shape, 12);
        let mut gan = play(&Device::cpu(), &data, small(GanLoss::WassersteinGp), 1);
        let latent = block_on(gan.noise(70)).unwrap();
        let drawn = block_on(gan.generate(&latent)).unwrap();
        assert_eq!(drawn.images.len(), 70 * shape.iter().product::<usize>(), "{shape:?}");
        assert_eq!(drawn.scores.len(), 70);
        assert!(drawn.images.iter().all(|p| (0.0..=1.0).contains(p)));
        // Each image depends on its own vector only.
        let last = block_on(gan.generate(&latent[69 * 5..])).unwrap();
        assert_eq!(last.images[..], drawn.images[69 * shape.iter().product::<usize>()..]);
    }
    assert!(ImageGan::new(&Device::cpu(), &random_images([1, 3, 8], 12), small(GanLoss::Minimax)).is_err());
}

/// The first batch norm in f64, from its definition: z·Wᵀ per channel, shifted and scaled by the batch's moments; the running ones move a
/// tenth of the way, the variance to the unbiased one; and running statistics that are the batch's give the batch's images.
#[test]
fn batch_norm_of_the_generator() {
    let (n, latent) = (6, 3);
    let stages = Stages::new([1, 8, 8], 4).unwrap();
    let network = Generator::new(&stages, latent);
    let mut random = Random::new(3, 0);
    let mut values: BTreeMap<String, Tensor64> = BTreeMap::new();
    for parameter in network.parameters().iter().chain(network.statistics()) {
        let values64 = (0..parameter.shape.len()).map(|_| random.normal().abs() + 0.1).collect();
        values.insert(parameter.name.clone(), Tensor64::from(&Tensor::f32(parameter.shape.clone(), values64).unwrap()));
    }
    let z = Tensor64::from(&Tensor::f32([n, latent], (0..n * latent).map(|_| random.normal()).collect()).unwrap());
    let run = |norm: Norm, values: &BTreeMap<String, Tensor64>| {
        let builder = Builder::new();
        let x = builder.input("z", [n, latent], DType::F32);
        let weights: Vec<_> = network.parameters().iter().map(|p| builder.state(&p.name, p.shape.clone(), DType::F32)).collect();
        builder.output("images", network.forward(&weights, x, norm));
        evaluate(&builder.finish().unwrap(), &BTreeMap::from([("z".to_string(), z.clone())]), values).unwrap()
    };
    let updated = run(Norm::Update, &values);
    assert_eq!(updated.outputs["images"].values, run(Norm::Batch, &values).outputs["images"].values);

    // Channel 0 of 8 at 2×2: the units 0 to 3.
    let weight = &values["generator/dense/weight"].values;
    let mut cells = Vec::new();
    for image in z.values.chunks_exact(latent) {
        for unit in weight.chunks_exact(latent).take(4) {
            cells.push(image.iter().zip(unit).map(|(a, b)| a * b).sum::<f64>());
        }
    }
    let mean = cells.iter().sum::<f64>() / cells.len() as f64;
    let unbiased = cells.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / (cells.len() - 1) as f64;
    for (word, moment) in [("mean", mean), ("variance", unbiased)] {
        let name = format!("generator/norm1/{word}");
        let expected = 0.9 * values[&name].values[0] + 0.1 * moment;
        assert!((updated.updates[&name].values[0] - expected).abs() < 1e-6, "{word}");
    }

    // After so many blends nothing but the batch's moments is left of the running ones: 0.9^300 < 1e-13.
    for _ in 0..300 {
        values.extend(run(Norm::Update, &values).updates);
    }
    let (batch, running) = (run(Norm::Batch, &values).outputs, run(Norm::Running, &values).outputs);
    let counts = [24.0, 96.0]; // cells per channel at the two norms: 6·2·2 and 6·4·4
    for (i, count) in counts.into_iter().enumerate() {
        let name = format!("generator/norm{}/variance", i + 1);
        values.get_mut(&name).unwrap().values.iter_mut().for_each(|v| *v *= (count - 1.0) / count); // biased again
    }
    let exact = run(Norm::Running, &values).outputs;
    let apart = |a: &BTreeMap<String, Tensor64>| {
        a["images"].values.iter().zip(&batch["images"].values).map(|(x, y)| (x - y).abs()).fold(0.0, f64::max)
    };
    assert!(apart(&exact) < 1e-6 && apart(&running) > 1e-4, "{} {}", apart(&exact), apart(&running));
}

/// D's value for an image does not depend on the others in the batch, and has 4·4·(1·4 + 4·8) + 12 + 8·2·2 + 1 parameters.
#[test]
fn the_discriminator_by_hand() {
    let network = Discriminator::new(&Stages::new([1, 8, 8], 4).unwrap());
    assert_eq!(network.parameters().iter().map(|p| p.shape.len()).sum::<usize>(), 16 * (4 + 32) + 12 + 32 + 1);
    let network = Generator::new(&Stages::new([1, 28, 28], 16).unwrap(), 32);
    // Dense to 32×7×7, two norms of 32 and 16, transposed 32→16 and 16→1, one bias.
    let expected = 32 * 32 * 49 + 2 * 32 + 2 * 16 + 16 * (32 * 16 + 16) + 1;
    assert_eq!(network.parameters().iter().map(|p| p.shape.len()).sum::<usize>(), expected);
}

/// A step of D leaves G alone, and the other way round; looking changes nothing; rewinding, and moving, gives the same bits.
#[test]
fn turns_are_apart_and_runs_repeat() {
    let data = random_images([1, 8, 8], 30);
    for loss in LOSSES {
        let mut gan = play(&Device::cpu(), &data, small(loss), 3);
        let changed = |before: &Named<Tensor>, after: &Named<Tensor>, network: &str| {
            before.iter().any(|(name, value)| name.starts_with(network) && after[name] != *value)
        };
        let before = states(&gan);
        gan.run(Turn::Discriminator, 1).unwrap();
        let after = states(&gan);
        assert!(changed(&before, &after, "discriminator/") && !changed(&before, &after, "generator/"), "{loss:?}");
        gan.run(Turn::Generator, 1).unwrap();
        let last = states(&gan);
        assert!(!changed(&after, &last, "discriminator/") && changed(&after, &last, "generator/"), "{loss:?}");
        let latent = block_on(gan.noise(3)).unwrap();
        let images = block_on(gan.generate(&latent)).unwrap().images;
        block_on(gan.nearest(&images)).unwrap();
        assert_eq!(states(&gan), last);

        gan.rewind().unwrap();
        gan.run(Turn::Both, 3).unwrap();
        assert_eq!(states(&gan), before, "{loss:?}");
        let mut moved = play(&Device::cpu(), &data, ImageGanOptions { seed: 9, ..small(loss) }, 0);
        moved.move_to(&Device::cpu(), &data, &before).unwrap();
        moved.run(Turn::Discriminator, 1).unwrap();
        moved.run(Turn::Generator, 1).unwrap();
        assert_eq!(states(&moved), last, "{loss:?}");
    }
}

/// Against a search by hand in f64; a training image is its own neighbour, at distance 0.
#[test]
fn nearest_training_images() {
    let data = digits();
    let mut gan = play(&Device::cpu(), &data, small(GanLoss::NonSaturating), 1);
    let mut images = data.train.select(&[5, 1000]).pixels;
    let latent = block_on(gan.noise(80)).unwrap();
    images.extend(block_on(gan.generate(&latent)).unwrap().images);
    let found = block_on(gan.nearest(&images)).unwrap();
    assert_eq!(found.indices[..2], [5, 1000]);
    assert_eq!(found.distances[..2], [0.0, 0.0]);
    for (i, image) in images.chunks_exact(64).enumerate() {
        let distance = |j: usize| data.train.image(j).iter().zip(image).map(|(a, b)| f64::from(a - b).powi(2)).sum::<f64>().sqrt();
        let least = (0..data.train.len()).map(distance).fold(f64::INFINITY, f64::min);
        assert!((distance(found.indices[i] as usize) - least).abs() < 1e-5 && (f64::from(found.distances[i]) - least).abs() < 1e-5);
        assert_eq!(found.images[i * 64..][..64], *data.train.image(found.indices[i] as usize));
    }
    assert!(block_on(gan.nearest(&images[..63])).is_err());
    assert!(block_on(gan.nearest(&[f32::NAN; 64])).is_err());
}

/// Between (2, 0) and (0, 1): at 45° halfway, length 1.5. Between parallel vectors the straight line.
#[test]
fn interpolation_by_hand() {
    let found = spherical(&[2.0, 0.0], &[0.0, 1.0], 3);
    let half = 1.5 * std::f32::consts::FRAC_1_SQRT_2;
    for (a, b) in found.iter().zip([2.0, 0.0, half, half, 0.0, 1.0]) {
        assert!((a - b).abs() < 1e-6, "{found:?}");
    }
    assert_eq!(spherical(&[1.0, 1.0], &[3.0, 3.0], 3), [1.0, 1.0, 2.0, 2.0, 3.0, 3.0]);
    assert_eq!(spherical(&[0.0, 0.0], &[2.0, 4.0], 3), [0.0, 0.0, 1.0, 2.0, 2.0, 4.0]);
}

fn judge_of(data: &Dataset) -> Judge {
    let mut apprentice = block_on(Apprentice::new(&Device::cpu(), data, 1)).unwrap();
    block_on(apprentice.run(400)).unwrap();
    block_on(apprentice.finish()).unwrap()
}

/// 400 turns on the digits: a healthy game comes near them, in all classes; each preset fails in its own way.
#[test]
fn learns_and_fails_as_it_should() {
    let data = digits();
    let judge = judge_of(&data);
    assert!(judge.accuracy > 0.94, "{}", judge.accuracy);
    let watch = |options: ImageGanOptions| {
        let mut gan = ImageGan::new(&Device::cpu(), &data, options).unwrap();
        gan.adopt(judge.clone()).unwrap();
        let start = block_on(gan.judge(1000)).unwrap();
        gan.run(Turn::Both, 400).unwrap();
        (start, block_on(gan.judge(1000)).unwrap(), block_on(gan.metrics()).unwrap())
    };
    let classes = |shares: &[f32]| shares.iter().filter(|&&share| share >= 0.01).count();

    let (start, end, fair) = watch(ImageGanOptions { discriminator_rate: 1e-3, generator_rate: 1e-3, ..Default::default() });
    let held_out = end.held_out.unwrap();
    assert!(held_out < end.distance && end.distance < start.distance / 5.0, "{start:?} {end:?}");
    assert_eq!(classes(&end.classes), 10);
    assert!((end.classes.iter().sum::<f32>() - 1.0).abs() < 1e-5);

    let (_, collapsed, _) = watch(ImageGanOptions::failing(Failure::ModeCollapse));
    assert!(classes(&collapsed.classes) <= 3 && collapsed.distance > 5.0 * end.distance, "{collapsed:?}");

    let (start, stuck, metrics) = watch(ImageGanOptions::failing(Failure::VanishingGradient));
    assert!(metrics.gradient < fair.gradient / 50.0, "{metrics:?}");
    assert!(metrics.real > 0.99 && metrics.fake < 0.01 && stuck.distance > 0.8 * start.distance, "{metrics:?} {stuck:?}");

    let (_, lost, metrics) = watch(ImageGanOptions::failing(Failure::StrongDiscriminator));
    assert!(metrics.discriminator_loss < 0.05 && metrics.generator_loss > 10.0 * fair.generator_loss, "{metrics:?}");
    assert!(lost.distance > 3.0 * end.distance, "{lost:?}");
}

#[test]
fn a_judge_is_needed_and_survives_a_move() {
    let data = digits();
    let mut gan = play(&Device::cpu(), &data, small(GanLoss::NonSaturating), 2);
    assert!(block_on(gan.judge(100)).is_err());
    gan.adopt(judge_of(&data)).unwrap();
    let before = block_on(gan.judge(100)).unwrap();
    let all = states(&gan);
    gan.move_to(&Device::cpu(), &data, &all).unwrap();
    assert_eq!(block_on(gan.judge(100)).unwrap(), before);
    assert!(block_on(gan.judge(1)).is_err());
}

#[test]
fn options_out_of_range_are_named() {
    let data = random_images([1, 8, 8], 12);
    let wrong = |options: ImageGanOptions| match ImageGan::new(&Device::cpu(), &data, options) {
        Err(vitrine::Error::Option { name, .. }) => name,
        other => panic!("{:?}", other.err()),
    };
    let plain = || small(GanLoss::NonSaturating);
    assert_eq!(wrong(ImageGanOptions { latent: 0, ..plain() }), "latent");
    assert_eq!(wrong(ImageGanOptions { width: 129, ..plain() }), "width");
    assert_eq!(wrong(ImageGanOptions { batch: 13, ..plain() }), "batch");
    assert_eq!(wrong(ImageGanOptions { batch: 1, ..plain() }), "batch");
    assert_eq!(wrong(ImageGanOptions { generator_rate: f32::NAN, ..plain() }), "generatorRate");
    assert_eq!(wrong(ImageGanOptions { penalty: Some(-1.0), ..plain() }), "penalty");
    assert_eq!(wrong(ImageGanOptions { discriminator_steps: Some(21), ..plain() }), "discriminatorSteps");
    let mut gan = play(&Device::cpu(), &data, plain(), 0);
    assert!(gan.set_learning_rates(0.0, 0.1).is_err());
    assert!(block_on(gan.noise(0)).is_err() && block_on(gan.noise(5000)).is_err());
    assert!(block_on(gan.generate(&[0.0; 7])).is_err());
}

/// The same game on the GPU: the same latent vectors, images that stay close over three turns, the same neighbours. With Wasserstein
/// Adam makes whole steps of what rounding leaves of a slope that is exactly 0 (that of f − r along D's last bias), so there D's first
/// moments after one step are compared, the penalty's part included.
#[cfg(feature = "webgpu")]
#[test]
fn devices_agree() {
    let gpu = match block_on(Device::gpu(true)) {
        Ok(device) => device,
        Err(error) => return eprintln!("SKIPPED image GAN on the GPU: {error}"),
    };
    let close = |what: &str, x: &[f32], y: &[f32]| {
        assert_eq!(x.len(), y.len());
        let worst = x.iter().zip(y).map(|(x, y)| (x - y).abs()).fold(0.0, f32::max);
        assert!(worst < 1e-4, "{what}: {worst}");
    };
    let data = digits();
    for loss in [GanLoss::NonSaturating, GanLoss::LeastSquares] {
        let [here, there] = [&Device::cpu(), &gpu].map(|device| {
            let mut gan = play(device, &data, small(loss), 3);
            let latent = block_on(gan.noise(4)).unwrap();
            let drawn = block_on(gan.generate(&latent)).unwrap();
            (latent, block_on(gan.nearest(&drawn.images)).unwrap(), drawn)
        });
        close("latent", &here.0, &there.0);
        close("distances", &here.1.distances, &there.1.distances);
        assert_eq!(here.1.indices, there.1.indices);
        close("images", &here.2.images, &there.2.images);
        close("scores", &here.2.scores, &there.2.scores);
    }
    let [here, there] = [&Device::cpu(), &gpu].map(|device| {
        let mut gan = play(device, &data, small(GanLoss::WassersteinGp), 0);
        gan.run(Turn::Discriminator, 1).unwrap();
        states(&gan)
    });
    let mut compared = 0;
    for (name, moment) in here.iter().filter(|(name, _)| name.starts_with("optimizer/discriminator/") && name.ends_with("/mean")) {
        close(name, moment.as_f32().unwrap(), there[name].as_f32().unwrap());
        compared += 1;
    }
    assert_eq!(compared, 6);
}
