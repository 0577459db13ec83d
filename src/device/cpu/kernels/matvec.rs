//! Products of a matrix and a vector, and of matrices with one or two steps along K. They use each value so seldom that packing it
//! would cost more than the product.

use crate::movement::copy_row;
use crate::simd;

/// Sums of a result at a time: they stay in the first-level cache.
const BLOCK: usize = 1024;

/// out[j] = Σ_k vector[k] · matrix[j][k]. Four at a time, each as four running sums and one of what is left over.
pub fn dots(matrix: &[f32], vector: &[f32], out: &mut [f32]) {
    let (last, width) = (out.len().saturating_sub(1), vector.len());
    let rest = vector.as_chunks::<4>().1;
    for (i, out) in out.chunks_mut(4).enumerate() {
        // A row that is not there repeats the last.
        let rows: [&[f32]; 4] = std::array::from_fn(|r| &matrix[last.min(4 * i + r) * width..][..width]);
        let [a, b, c, d] = simd::transposed(simd::running_sums(rows, vector));
        let dots = std::array::from_fn::<f32, 4, _>(|r| {
            let rest = rows[r][width - rest.len()..].iter().zip(rest).fold(0.0, |sum, (a, b)| sum + a * b);
            (a[r] + b[r]) + (c[r] + d[r]) + rest
        });
        copy_row(out, &dots[..out.len()]);
    }
}

/// out[j] = Σ_k vector[k] · matrix[k][j].
pub fn combination(matrix: &[f32], vector: &[f32], out: &mut [f32]) {
    let width = out.len();
    out.fill(0.0);
    for (block, sums) in out.chunks_mut(BLOCK).enumerate() {
        let len = sums.len();
        let row = |k: usize| &matrix[k * width + block * BLOCK..][..len];
        let (fours, rest) = vector.as_chunks::<4>();
        for (i, [a, b, c, d]) in fours.iter().enumerate() {
            let rows = row(4 * i).iter().zip(row(4 * i + 1)).zip(row(4 * i + 2)).zip(row(4 * i + 3));
            sums.iter_mut().zip(rows).for_each(|(sum, (((p, q), r), s))| *sum = *sum + a * p + b * q + c * r + d * s);
        }
        for (i, a) in rest.iter().enumerate() {
            sums.iter_mut().zip(row(4 * fours.len() + i)).for_each(|(sum, p)| *sum += a * p);
        }
    }
}

/// out[i][j] = Σ_k a[i·row + k·step] · b[k][j], K outer products.
pub fn outer<const K: usize>(a: &[f32], (row, step): (usize, usize), b: &[f32], out: &mut [f32]) {
    let n = b.len() / K;
    for (i, out) in out.chunks_exact_mut(n.max(1)).enumerate() {
        let a: [f32; K] = std::array::from_fn(|k| a[i * row + k * step]);
        let b: [&[f32]; K] = std::array::from_fn(|k| &b[k * n..][..out.len()]);
        for (j, y) in out.iter_mut().enumerate() {
            *y = (0..K).map(|k| a[k] * b[k][j]).sum();
        }
    }
}
