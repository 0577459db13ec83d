//! What codes are worth, against closed forms and cases computed by hand (COURSE G1, G3, G6, N10).
#![cfg(not(target_arch = "wasm32"))]

use pollster::block_on;
use vitrine::Error;
use vitrine::data::{Random, digits};
use vitrine::device::Device;
use vitrine::generate::autoencoder::{Autoencoder, AutoencoderOptions, Reconstruction, Regulariser, Shape};
use vitrine::generate::latent::information::mutual_information;
use vitrine::generate::latent::{Labelled, Pca, disentanglement, factorise, knn, logistic, nearest, principal_angles};

fn close(what: &str, found: f64, expected: f64, tolerance: f64) {
    assert!((found - expected).abs() < tolerance, "{what}: {found}, expected {expected}");
}

/// Planes turned against each other by known angles, given by bases that are not orthonormal. Sines are roots of eigenvalues, so 1e-8 is
/// what f64 gives.
#[test]
fn angles_between_known_subspaces() {
    for angles in [[0.0, 0.0], [1e-6, 0.3], [0.2, 1.2], [0.0, std::f64::consts::FRAC_PI_2]] {
        let [p, q] = angles;
        let a = vec![vec![1.0, 0.0, 0.0, 0.0], vec![3.0, 2.0, 0.0, 0.0]];
        let (u, v) = ([p.cos(), 0.0, p.sin(), 0.0], [0.0, q.cos(), 0.0, q.sin()]);
        let mix = |s: f64, t: f64| u.iter().zip(&v).map(|(u, v)| s * u + t * v).collect::<Vec<f64>>();
        let found = principal_angles(&a, &[mix(2.0, 1.0), mix(-1.0, 5.0)]);
        close("first", found[0], p, 1e-7);
        close("second", found[1], q, 1e-7);
        close("a line in the plane", principal_angles(&a, &[mix(1.0, 0.0)])[0], p, 1e-7);
    }
    assert_eq!(principal_angles(&[vec![1.0, 0.0], vec![2.0, 0.0]], &[vec![0.0, 1.0], vec![1.0, 0.0]]).len(), 1);
}

/// Points on a tilted ellipse in a plane: its axes and their variances, and the error without the shorter one.
#[test]
fn components_of_an_ellipse() {
    let n = 360;
    let points: Vec<f32> = (0..n)
        .flat_map(|i| {
            let (sin, cos) = (i as f32).to_radians().sin_cos();
            // Half-axes 3 along (0.6, 0.8, 0) and 1 along (−0.8, 0.6, 0), centre (1, 2, 5).
            [1.0 + 1.8 * cos - 0.8 * sin, 2.0 + 2.4 * cos + 0.6 * sin, 5.0]
        })
        .collect();
    let pca = Pca::new(&points, 3, 2).unwrap();
    for (found, expected) in pca.mean.iter().zip([1.0, 2.0, 5.0]) {
        close("mean", *found, expected, 1e-5);
    }
    for (found, expected) in pca.variances.iter().zip([4.5, 0.5, 0.0]) {
        close("variance", *found, expected, 1e-5);
    }
    close("angle", principal_angles(&pca.components[..1], &[vec![0.6, 0.8, 0.0]])[0], 0.0, 1e-5);
    close("error", pca.error(1), 0.5 / 3.0, 1e-6);
    assert!(matches!(Pca::new(&points, 1025, 1), Err(Error::Option { .. })));
}

/// COURSE G1 and N10: a linear autoencoder that has learnt all there is to learn decodes into the plane of PCA.
#[test]
fn a_linear_autoencoder_finds_the_principal_subspace() {
    let data = digits();
    let options = AutoencoderOptions {
        shape: Shape::Linear,
        latent: 4,
        batch: data.train.len(),
        learning_rate: 0.02,
        half_life: 700,
        ..AutoencoderOptions::default()
    };
    let mut autoencoder = block_on(Autoencoder::new(&Device::cpu(), &data, None, options)).unwrap();
    block_on(autoencoder.run(3000)).unwrap();
    let pca = Pca::new(&data.train.pixels, 64, 4).unwrap();
    let columns = block_on(autoencoder.decoder_columns()).unwrap();
    let angles = principal_angles(&columns, &pca.components);
    let mse = block_on(autoencoder.reconstruct(&data.train.pixels)).unwrap().mse;
    let mse = mse.iter().map(|&v| f64::from(v)).sum::<f64>() / mse.len() as f64;
    println!("principal angles {angles:?}; error {mse} against {} of PCA", pca.error(4));
    assert!(angles.iter().all(|&angle| angle < 1e-2), "{angles:?}");
    assert!((mse / pca.error(4) - 1.0).abs() < 1e-4, "{mse} against {}", pca.error(4));
}

/// The error over all images of an affine map, known from what it makes of the mean and of a step along each component.
#[test]
fn the_error_of_an_affine_map_without_asking_it_about_every_image() {
    let data = digits();
    let options = AutoencoderOptions { shape: Shape::Linear, latent: 3, ..AutoencoderOptions::default() };
    let mut autoencoder = block_on(Autoencoder::new(&Device::cpu(), &data, None, options)).unwrap();
    let pca = Pca::new(&data.train.pixels, 64, 64).unwrap();
    for steps in [0, 50] {
        block_on(autoencoder.run(steps)).unwrap();
        let mse = block_on(autoencoder.reconstruct(&data.train.pixels)).unwrap().mse;
        let mse = mse.iter().map(|&v| f64::from(v)).sum::<f64>() / mse.len() as f64;
        let answers = block_on(autoencoder.reconstruct(&pca.probes())).unwrap().images;
        close("error", pca.error_of(&answers).unwrap() / mse, 1.0, 1e-5);
    }
    assert!(Pca::new(&data.train.pixels, 64, 4).unwrap().error_of(&[]).is_err());
}

/// Three latents that are the factors, in another order and scale; two that share one; one that knows two; one that knows nothing.
#[test]
fn disentanglement_by_hand() {
    let all: Vec<[u32; 2]> = (0..64).map(|i| [i % 4, i / 4 % 4]).collect();
    let factors = all.concat();
    let codes = |row: fn(f32, f32) -> [f32; 2]| all.iter().flat_map(|v| row(v[0] as f32, v[1] as f32)).collect::<Vec<f32>>();

    let apart = disentanglement(&codes(|a, b| [3.0 - b, 10.0 * a]), 2, &factors, 2).unwrap();
    assert_eq!((apart.mig, apart.modularity, apart.compactness), (1.0, 1.0, 1.0));
    assert_eq!(apart.importance, [[0.0, 1.0], [1.0, 0.0]]);

    // Both latents are the first factor: no gap, each knows one factor, the factor is spread evenly, the second is nowhere.
    let twice = disentanglement(&codes(|a, _| [a, -a]), 2, &factors, 2).unwrap();
    assert_eq!((twice.gaps, twice.modularity, twice.compactnesses), (vec![0.0, 0.0], 1.0, vec![0.0, 0.0]));

    // One latent is both factors at once, 16 values in 20 bins; the other is silent.
    let mixed = disentanglement(&codes(|a, b| [4.0 * a + b, 0.0]), 2, &factors, 2).unwrap();
    close("mixed", mixed.mig, 1.0, 1e-12);
    close("mixed", mixed.modularities[0], 0.0, 1e-12);
    assert_eq!((mixed.modularities[1], mixed.compactness), (0.0, 1.0));

    // Half of a factor of four equally likely values: ln 2 of ln 4.
    let half = disentanglement(&codes(|a, b| [(a / 2.0).floor(), b]), 2, &factors, 2).unwrap();
    close("half", half.importance[0][0], 0.5, 1e-12);
    close("gap", half.mig, 0.75, 1e-12);

    // p(a, b) = ½, ¼, 0, ¼ on 2×2: I = ½ln(½/(¾·½)) + ¼ln(¼/(¾·½)) + ¼ln(¼/(¼·½)) = 0.2157615543388356.
    close("information", mutual_information(&[0, 0, 0, 1], &[0, 0, 1, 1]), 0.215_761_554_338_835_6, 1e-12);
    assert!(disentanglement(&[0.0; 3], 2, &factors, 2).is_err());
    assert!(disentanglement(&[f32::NAN; 128], 2, &factors, 2).is_err());
}

/// A factor of two values moves the middle of a normal latent from −1 to 1. Its information, by Simpson's rule over the density ½φ(z + 1) +
/// ½φ(z − 1), against the estimate from 40,000 draws in 20 bins, which cost a little of it.
#[test]
fn the_information_of_a_noisy_latent_is_the_integral() {
    let density = |z: f64, middle: f64| (-0.5 * (z - middle).powi(2)).exp() / std::f64::consts::TAU.sqrt();
    let value = |z: f64| {
        let (low, high) = (density(z, -1.0), density(z, 1.0));
        0.5 * (low * (2.0 * low / (low + high)).ln() + high * (2.0 * high / (low + high)).ln())
    };
    let (pieces, step) = (2000, 0.01);
    let weight = |i: i32| if i % pieces == 0 { 1.0 } else { 2.0 * f64::from(1 + i % 2) };
    let exact = (0..=pieces).map(|i| weight(i) * value(-10.0 + step * f64::from(i))).sum::<f64>() * step / 3.0;
    let mut random = Random::new(1, 0);
    let factors: Vec<u32> = (0..40_000).map(|i| i % 2).collect();
    let codes: Vec<f32> = factors.iter().flat_map(|&v| [2.0 * v as f32 - 1.0 + random.normal(), random.normal()]).collect();
    let found = disentanglement(&codes, 2, &factors, 1).unwrap();
    close("information", found.importance[0][0], exact / std::f64::consts::LN_2, 0.02);
    close("of noise", found.importance[1][0], 0.0, 2e-3);
    close("gap", found.mig, exact / std::f64::consts::LN_2, 0.02);
}

/// What β weighs. Of a linear autoencoder with the loss Σ(x̂ − x)² + β·KL the best is probabilistic PCA with the noise β/2 (Lucas et al.
/// 2019): the latents whose variance λ along a principal component exceeds β/2 carry ½·ln(2λ/β) nats each, and all others are silent.
#[test]
fn beta_silences_what_varies_less_than_half_of_it() {
    let data = digits();
    let pca = Pca::new(&data.train.pixels, 64, 6).unwrap();
    let beta = pca.variances[2] + pca.variances[3];
    let options = AutoencoderOptions {
        shape: Shape::Linear,
        latent: 6,
        regulariser: Regulariser::Variational,
        reconstruction: Some(Reconstruction::Mse),
        strength: Some(beta as f32),
        batch: data.train.len(),
        learning_rate: 0.02,
        half_life: 400,
        ..AutoencoderOptions::default()
    };
    let mut autoencoder = block_on(Autoencoder::new(&Device::cpu(), &data, None, options)).unwrap();
    block_on(autoencoder.run(2000)).unwrap();
    let latents = block_on(autoencoder.summarise(&data.train.pixels)).unwrap();
    assert_eq!(latents.iter().filter(|latent| latent.silent).count(), 3, "{latents:?}");
    let nats: f64 = latents.iter().map(|latent| f64::from(latent.divergence)).sum();
    close("nats", nats, pca.variances[..3].iter().map(|variance| 0.5 * (2.0 * variance / beta).ln()).sum(), 0.01);
}

#[test]
fn neighbours_by_hand() {
    let x = [0.0, 0.0, 1.0, 0.0, 0.0, 2.0, 5.0, 5.0, 0.0, 0.0];
    assert_eq!(nearest(&x, &[0.1, 0.0], 3), [0, 4, 1]);
    assert_eq!(nearest(&x, &[5.0, 4.0], 9), [3, 2, 1, 0, 4]);
    let train = Labelled { x: &x, labels: &[0, 1, 1, 2, 2] };
    let test = Labelled { x: &[0.1, 0.0, 5.0, 4.0, 0.9, 1.0], labels: &[0, 2, 1] };
    assert_eq!(knn(train, test, 1).unwrap().predictions, [0, 2, 1]);
    // Of the first, one neighbour each: the nearest decides. Of the second, 2, 1, 1.
    let three = knn(train, test, 3).unwrap();
    assert_eq!((three.predictions, three.accuracy), (vec![0, 1, 1], 2.0 / 3.0));
    assert!(knn(train, Labelled { x: &[1.0], labels: &[0] }, 1).is_err());
}

/// Blobs that lines can tell apart, one feature constant; and the digits' pixels, for which scikit-learn's example reports 96–97 %.
#[test]
fn logistic_regression_tells_apart_what_lines_can() {
    let device = Device::cpu();
    let mut random = Random::new(1, 0);
    let labels: Vec<u32> = (0..90).map(|i| i % 3).collect();
    let x: Vec<f32> = labels
        .iter()
        .flat_map(|&label| {
            let turn = label as f32 * 2.1;
            [4.0 * turn.cos() + random.normal() * 0.5, 400.0 * turn.sin() + random.normal() * 50.0, 7.0]
        })
        .collect();
    let (train, test) = (Labelled { x: &x[..180], labels: &labels[..60] }, Labelled { x: &x[180..], labels: &labels[60..] });
    assert_eq!(block_on(logistic(&device, train, test, 3)).unwrap().accuracy, 1.0);
    let data = digits();
    let train = Labelled { x: &data.train.pixels, labels: &data.train.labels };
    let test = Labelled { x: &data.validation.pixels, labels: &data.validation.labels };
    let pixels = block_on(logistic(&device, train, test, 10)).unwrap();
    assert!((0.94..0.99).contains(&pixels.accuracy), "{}", pixels.accuracy);
    let near = knn(train, test, 5).unwrap();
    assert!((0.97..1.0).contains(&near.accuracy), "{}", near.accuracy);
}

/// COURSE N10: gradient descent from two seeds reaches the truncated SVD's loss to 1e-3; the products agree, the factors do not.
#[test]
fn factorisation_is_as_good_as_the_truncated_svd() {
    let device = Device::cpu();
    // UΣVᵀ with singular values 5, 3, 1, ½ along cosines, which are orthogonal: the best rank 2 leaves 1 + ¼.
    let (m, n) = (12, 9);
    let wave = |k: usize, i: usize, of: usize| {
        (2.0 / of as f64).sqrt() * ((k + 1) as f64 * (i as f64 + 0.5) * std::f64::consts::PI / of as f64).cos()
    };
    let entry =
        |i: usize, j: usize| [5.0, 3.0, 1.0, 0.5].iter().enumerate().map(|(k, s)| s * wave(k, i, m) * wave(k, j, n)).sum::<f64>();
    let x: Vec<f32> = (0..m * n).map(|place| entry(place / n, place % n) as f32).collect();
    let [first, second] = [1, 2].map(|seed| block_on(factorise(&device, &x, [m, n], 2, (2000, 0.05), seed)).unwrap());
    let product = |f: &vitrine::generate::latent::Factorisation, place: usize| {
        (0..2).map(|k| f.a[place / n * 2 + k] * f.b[k * n + place % n]).sum::<f32>()
    };
    for found in [&first, &second] {
        close("least", found.best, 1.25, 1e-5);
        let (_, last) = found.losses[found.losses.len() - 1];
        assert!((last / found.best - 1.0).abs() < 1e-3, "{last} against {}", found.best);
    }
    let apart = (0..m * n).map(|place| (product(&first, place) - product(&second, place)).abs()).fold(0.0, f32::max);
    let factors = first.a.iter().zip(&second.a).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
    assert!(apart < 1e-2 && factors > 0.1, "products differ by {apart}, factors by {factors}");
    assert!(block_on(factorise(&device, &x, [m, n], 10, (10, 0.1), 1)).is_err());
    assert!(block_on(factorise(&device, &x, [m, n + 1], 2, (10, 0.1), 1)).is_err());
}
