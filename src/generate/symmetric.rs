//! Eigenvalues and eigenvectors of small symmetric matrices by cyclic Jacobi rotations (Golub & Van Loan, *Matrix Computations*, 8.5).

/// Sweeps after which rounding alone is left; convergence is quadratic.
const SWEEPS: usize = 30;

/// Of the symmetric `matrix` `[d, d]`: all eigenvalues in falling order, and beside them unit eigenvectors as rows of `[d, d]`.
pub fn eigen(matrix: &[f64], d: usize) -> (Vec<f64>, Vec<f64>) {
    let mut a = matrix.to_vec();
    let mut vectors: Vec<f64> = (0..d * d).map(|i| f64::from(u8::from(i / d == i % d))).collect();
    let size: f64 = a.iter().map(|x| x * x).sum();
    for _ in 0..SWEEPS {
        let off: f64 = (0..d).flat_map(|i| (0..i).map(move |j| (i, j))).map(|(i, j)| a[i * d + j] * a[i * d + j]).sum();
        if off <= 1e-30 * size {
            break;
        }
        for p in 0..d {
            for q in p + 1..d {
                rotate(&mut a, &mut vectors, d, p, q);
            }
        }
    }
    let mut order: Vec<usize> = (0..d).collect();
    order.sort_by(|&i, &j| a[j * (d + 1)].total_cmp(&a[i * (d + 1)]));
    let values = order.iter().map(|&i| a[i * (d + 1)]).collect();
    (values, order.iter().flat_map(|&i| vectors[i * d..][..d].iter().copied()).collect())
}

/// Makes a_pq zero by a rotation in the plane of p and q, and turns the rows p and q of `vectors` alike.
fn rotate(a: &mut [f64], vectors: &mut [f64], d: usize, p: usize, q: usize) {
    let apq = a[p * d + q];
    if apq == 0.0 {
        return;
    }
    let theta = (a[q * d + q] - a[p * d + p]) / (2.0 * apq);
    let t = theta.signum() / (theta.abs() + theta.hypot(1.0));
    let c = 1.0 / t.hypot(1.0);
    let s = t * c;
    let turn = |m: &mut [f64], i: usize, j: usize| (m[i], m[j]) = (c * m[i] - s * m[j], s * m[i] + c * m[j]);
    for k in 0..d {
        turn(a, k * d + p, k * d + q);
    }
    for k in 0..d {
        turn(a, p * d + k, q * d + k);
        turn(vectors, p * d + k, q * d + k);
    }
}
