//! Eigenvalues and eigenvectors of symmetric matrices against closed forms and published values (COURSE G1, G8, N10).
#![cfg(not(target_arch = "wasm32"))]

use vitrine::data::Random;
use vitrine::generate::eigen::symmetric;

fn close(what: &str, found: f64, expected: f64, tolerance: f64) {
    assert!((found - expected).abs() < tolerance, "{what}: {found}, expected {expected}");
}

/// The second difference matrix has the eigenvalues 2 − 2cos(kπ/(n + 1)); a random one gives itself back from its decomposition.
#[test]
fn eigenvalues_and_vectors() {
    for n in [1usize, 2, 3, 10, 47] {
        let entry = |i: usize, j: usize| {
            if i == j {
                2.0
            } else if i.abs_diff(j) == 1 {
                -1.0
            } else {
                0.0
            }
        };
        let matrix: Vec<f64> = (0..n * n).map(|place| entry(place / n, place % n)).collect();
        for (k, value) in symmetric(&matrix, n).values.into_iter().rev().enumerate() {
            let angle = (k + 1) as f64 * std::f64::consts::PI / (n + 1) as f64;
            close("eigenvalue", value, 2.0 - 2.0 * angle.cos(), 1e-12);
        }
        let mut random = Random::new(n as u32, 0);
        let mut matrix = vec![0.0; n * n];
        for i in 0..n {
            for j in 0..=i {
                // Every third row has nothing beside the diagonal, as constant pixels give.
                let value = if i != j && (i % 3 == 2 || j % 3 == 2) { 0.0 } else { f64::from(random.normal()) };
                (matrix[i * n + j], matrix[j * n + i]) = (value, value);
            }
        }
        let found = symmetric(&matrix, n);
        assert!(found.values.is_sorted_by(|a, b| a >= b));
        for i in 0..n {
            for j in 0..n {
                let terms = found.values.iter().zip(&found.vectors);
                close("the matrix", terms.map(|(value, v)| value * v[i] * v[j]).sum(), matrix[i * n + j], 1e-11);
                let product: f64 = found.vectors[i].iter().zip(&found.vectors[j]).map(|(a, b)| a * b).sum();
                close("orthonormal", product, if i == j { 1.0 } else { 0.0 }, 1e-12);
            }
        }
    }
}

/// The Hilbert matrix 1/(i + j + 1) of side 5: eigenvalues over six orders of magnitude, as tabulated by Fettis & Caslin 1967.
#[test]
fn the_hilbert_matrix() {
    let matrix: Vec<f64> = (0..25).map(|place| 1.0 / (place / 5 + place % 5 + 1) as f64).collect();
    let published =
        [1.567_050_691_098_23, 0.208_534_218_611_013, 0.011_407_491_623_419_8, 3.058_980_401_511_92e-4, 3.287_928_772_171_57e-6];
    let found = symmetric(&matrix, 5);
    for (value, expected) in found.values.iter().zip(published) {
        close("eigenvalue", *value, expected, 1e-14);
    }
}

/// A matrix of ones has one eigenvalue that is not 0, its side; the other eigenvectors still complete an orthonormal basis. One of zeros
/// and one that is diagonal already are left as they are.
#[test]
fn repeated_eigenvalues() {
    for n in [1usize, 2, 5, 16] {
        for (fill, first) in [(1.0, n as f64), (0.0, 0.0)] {
            let found = symmetric(&vec![fill; n * n], n);
            for (k, value) in found.values.iter().enumerate() {
                close("eigenvalue", *value, if k == 0 { first } else { 0.0 }, 1e-13);
            }
            for (i, a) in found.vectors.iter().enumerate() {
                for (j, b) in found.vectors.iter().enumerate() {
                    let product: f64 = a.iter().zip(b).map(|(a, b)| a * b).sum();
                    close("orthonormal", product, f64::from(u8::from(i == j)), 1e-13);
                }
            }
        }
    }
    let found = symmetric(&[2.0, 0.0, 0.0, 0.0, 7.0, 0.0, 0.0, 0.0, 2.0], 3);
    assert_eq!(found.values, [7.0, 2.0, 2.0]);
    assert_eq!(found.vectors[0].iter().map(|v| v.abs()).collect::<Vec<_>>(), [0.0, 1.0, 0.0]);
}
