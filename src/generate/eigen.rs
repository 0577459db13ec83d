//! Eigenvalues and eigenvectors of symmetric matrices: Householder's reduction to tridiagonal form and implicit QL steps, after the
//! EISPACK procedures tred2 and tql2 (Bowdler, Martin, Reinsch & Wilkinson 1968). Its own code because a linear algebra crate would
//! make the download larger than everything else about autoencoders together.

/// Eigenvalues, largest first, and eigenvectors: `vectors[k]` is the unit vector of `values[k]`.
#[derive(Debug, Clone, PartialEq)]
pub struct Eigen {
    pub values: Vec<f64>,
    pub vectors: Vec<Vec<f64>>,
}

/// QL steps for one eigenvalue, at most; 30 are enough for any matrix of finite numbers.
const STEPS: usize = 60;

/// Decomposes the symmetric `matrix` `[n, n]`, row by row, of finite numbers, of which only the lower half is read. About 4n³
/// multiplications.
pub fn symmetric(matrix: &[f64], n: usize) -> Eigen {
    let mut v = matrix.to_vec();
    let (mut d, mut e) = tridiagonal(&mut v, n);
    diagonal(&mut v, &mut d, &mut e, n);
    let mut order: Vec<usize> = (0..n).collect();
    order.sort_by(|&a, &b| d[b].total_cmp(&d[a]));
    let vectors = order.iter().map(|&k| v[k * n..][..n].to_vec()).collect();
    Eigen { values: order.iter().map(|&k| d[k]).collect(), vectors }
}

/// Reduces `v` to tridiagonal form: gives its diagonal and the values beside it (`e[i]` between i − 1 and i), and leaves in `v` the
/// transposed transformation: row k belongs to place k of the diagonal.
fn tridiagonal(v: &mut [f64], n: usize) -> (Vec<f64>, Vec<f64>) {
    let (mut d, mut e) = (vec![0.0; n], vec![0.0; n]);
    // The reflection of step i lives in row i; `size[i]` is half its squared length, 0 where none was needed.
    let mut size = vec![0.0; n];
    for i in (1..n).rev() {
        let scale: f64 = v[i * n..][..i].iter().map(|x| x.abs()).sum();
        if i == 1 || scale == 0.0 {
            e[i] = v[i * n + i - 1];
            continue;
        }
        v[i * n..][..i].iter_mut().for_each(|x| *x /= scale);
        let norm2: f64 = v[i * n..][..i].iter().map(|x| x * x).sum();
        let last = v[i * n + i - 1];
        let root = if last > 0.0 { -norm2.sqrt() } else { norm2.sqrt() };
        e[i] = scale * root;
        size[i] = norm2 - last * root;
        v[i * n + i - 1] = last - root;
        // A ← A − u·qᵀ − q·uᵀ with p = Au/size, q = p − u·(uᵀp)/(2·size), on the lower half of the block before row i.
        let (before, row) = v.split_at_mut(i * n);
        let u = &row[..i];
        let mut q = vec![0.0; i];
        for j in 0..i {
            let line = &before[j * n..][..=j];
            q[j] += line.iter().zip(u).map(|(a, u)| a * u).sum::<f64>();
            for k in 0..j {
                q[k] += line[k] * u[j];
            }
        }
        q.iter_mut().for_each(|x| *x /= size[i]);
        let along = q.iter().zip(u).map(|(q, u)| q * u).sum::<f64>() / (2.0 * size[i]);
        q.iter_mut().zip(u).for_each(|(q, u)| *q -= along * u);
        for j in 0..i {
            for k in 0..=j {
                before[j * n + k] -= u[j] * q[k] + q[j] * u[k];
            }
        }
    }
    (0..n).for_each(|i| d[i] = v[i * n + i]);
    // The product of the reflections, built from the smallest block outwards; its columns become rows as they are finished.
    let mut z = vec![0.0; n * n];
    (0..n).for_each(|i| z[i * n + i] = 1.0);
    for i in 2..n {
        if size[i] == 0.0 {
            continue;
        }
        let u = &v[i * n..][..i];
        for column in 0..i {
            let line = &mut z[column * n..][..i];
            let along = line.iter().zip(u).map(|(z, u)| z * u).sum::<f64>() / size[i];
            line.iter_mut().zip(u).for_each(|(z, u)| *z -= along * u);
        }
    }
    v.copy_from_slice(&z);
    (d, e)
}

/// Makes the tridiagonal matrix (`d`, `e`) diagonal by QL steps with implicit shifts and turns the rows of `v` along.
fn diagonal(v: &mut [f64], d: &mut [f64], e: &mut [f64], n: usize) {
    e.rotate_left(1);
    if let Some(last) = e.last_mut() {
        *last = 0.0;
    }
    for l in 0..n {
        for _ in 0..STEPS {
            let negligible = |m: usize| e[m].abs() <= f64::EPSILON * (d[m].abs() + d[m + 1].abs());
            let m = (l..n - 1).find(|&m| negligible(m)).unwrap_or(n - 1);
            if m == l {
                break;
            }
            let half = (d[l + 1] - d[l]) / (2.0 * e[l]);
            let root = half.hypot(1.0);
            let mut g = d[m] - d[l] + e[l] / (half + root.copysign(half));
            let (mut sine, mut cosine, mut p) = (1.0, 1.0, 0.0);
            let mut vanished = false;
            for i in (l..m).rev() {
                let (f, b) = (sine * e[i], cosine * e[i]);
                let radius = f.hypot(g);
                e[i + 1] = radius;
                if radius == 0.0 {
                    d[i + 1] -= p;
                    e[m] = 0.0;
                    vanished = true;
                    break;
                }
                (sine, cosine) = (f / radius, g / radius);
                let centre = d[i + 1] - p;
                let turned = (d[i] - centre) * sine + 2.0 * cosine * b;
                p = sine * turned;
                d[i + 1] = centre + p;
                g = cosine * turned - b;
                let (low, high) = v.split_at_mut((i + 1) * n);
                for (a, b) in low[i * n..].iter_mut().zip(&mut high[..n]) {
                    (*a, *b) = (cosine * *a - sine * *b, sine * *a + cosine * *b);
                }
            }
            if !vanished {
                d[l] -= p;
                e[l] = g;
                e[m] = 0.0;
            }
        }
    }
}
