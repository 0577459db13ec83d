//! Eigenvalues, matrix roots and the Fréchet distance against SciPy (tests/oracle/frechet_scipy.py) and closed forms (COURSE G8).

use vitrine::generate::frechet::{Gaussian, frechet_distance, square_root};

/// x[i, j] = scale·sin(phase + i + j²) + cos(i·j): n rows, d columns.
fn features(n: usize, d: usize, phase: f64, scale: f64) -> Vec<f32> {
    let at = |i: usize, j: usize| {
        let (i, j) = (i as f64, j as f64);
        (scale * (phase + i + j * j).sin() + (i * j).cos()) as f32
    };
    (0..n).flat_map(|i| (0..d).map(move |j| at(i, j))).collect()
}

fn close(found: &[f64], expected: &[f64], tolerance: f64) {
    assert_eq!(found.len(), expected.len());
    for (a, b) in found.iter().zip(expected) {
        assert!((a - b).abs() <= tolerance * (1.0 + b.abs()), "{a}, expected {b}");
    }
}

#[test]
fn distances_are_those_of_scipy() {
    for (n, d, expected) in [(12, 3, 1.7657862270336468), (40, 6, 3.088144010470959), (200, 16, 7.909272031826594)] {
        let fit = |phase, scale| Gaussian::fit(&features(n, d, phase, scale), d).unwrap();
        let (a, b) = (fit(0.0, 1.0), fit(0.5, 2.0));
        close(&[frechet_distance(&a, &b), frechet_distance(&b, &a)], &[expected, expected], 1e-6);
        assert!(frechet_distance(&a, &a) < 1e-7, "{}", frechet_distance(&a, &a));
    }
}

#[test]
fn the_root_is_that_of_scipy() {
    let matrix = [4.0, 1.0, 0.5, 1.0, 3.0, -1.0, 0.5, -1.0, 2.0];
    let expected = [
        1.97033502493,
        0.291809434539,
        0.180629851996,
        0.291809434539,
        1.67158056345,
        -0.347369650101,
        0.180629851996,
        -0.347369650101,
        1.35893604807,
    ];
    close(&square_root(&matrix, 3), &expected, 1e-10);
}

/// For diagonal covariances the distance is ‖μ₁ − μ₂‖² + Σ(σ₁ − σ₂)²; here 9 + 16 + (2 − 1)² + (0 − 3)² = 35. A singular one is no trouble.
#[test]
fn diagonal_covariances_by_hand() {
    let a = Gaussian { mean: vec![1.0, 2.0], covariance: vec![4.0, 0.0, 0.0, 0.0] };
    let b = Gaussian { mean: vec![-2.0, 6.0], covariance: vec![1.0, 0.0, 0.0, 9.0] };
    close(&[frechet_distance(&a, &b)], &[35.0], 1e-12);
}

/// Rows (1, 2), (3, 6), (5, 1): means 3 and 3, variances 4 and 7, covariance −1 (divided by n − 1).
#[test]
fn moments_by_hand() {
    let fit = Gaussian::fit(&[1.0, 2.0, 3.0, 6.0, 5.0, 1.0], 2).unwrap();
    close(&fit.mean, &[3.0, 3.0], 1e-15);
    close(&fit.covariance, &[4.0, -1.0, -1.0, 7.0], 1e-15);
    assert_eq!(Gaussian::fit(&[1.0, 2.0], 2), None);
    assert_eq!(Gaussian::fit(&[1.0, 2.0, 3.0], 2), None);
    assert_eq!(Gaussian::fit(&[], 0), None);
}
