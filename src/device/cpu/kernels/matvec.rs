//! Products of a matrix and a vector. They use each value of the matrix once, so that packing it would cost more than the product.

use crate::math;

/// Sums of a result at a time: they stay in the first-level cache.
const BLOCK: usize = 1024;

/// out[j] = Σ_k vector[k] · matrix[j][k].
pub fn dots(matrix: &[f32], vector: &[f32], out: &mut [f32]) {
    if vector.is_empty() {
        return out.fill(0.0);
    }
    for (out, row) in out.iter_mut().zip(matrix.chunks_exact(vector.len())) {
        let ((rows, row_rest), (vectors, rest)) = (row.as_chunks::<16>(), vector.as_chunks::<16>());
        let mut sums = [0.0; 16];
        for (row, vector) in rows.iter().zip(vectors) {
            sums.iter_mut().zip(row).zip(vector).for_each(|((sum, a), b)| *sum += a * b);
        }
        sums.iter_mut().zip(row_rest).zip(rest).for_each(|((sum, a), b)| *sum += a * b);
        *out = math::pairwise(sums);
    }
}

/// out[j] = Σ_k vector[k] · matrix[k][j].
pub fn combination(matrix: &[f32], vector: &[f32], out: &mut [f32]) {
    let width = out.len();
    for (block, out) in out.chunks_mut(BLOCK).enumerate() {
        let row = |k: usize| &matrix[k * width + block * BLOCK..][..out.len()];
        let (fours, rest) = vector.as_chunks::<4>();
        let mut sums = [0.0; BLOCK];
        let sums = &mut sums[..out.len()];
        for (i, [a, b, c, d]) in fours.iter().enumerate() {
            let rows = row(4 * i).iter().zip(row(4 * i + 1)).zip(row(4 * i + 2)).zip(row(4 * i + 3));
            sums.iter_mut().zip(rows).for_each(|(sum, (((p, q), r), s))| *sum = *sum + a * p + b * q + c * r + d * s);
        }
        for (i, a) in rest.iter().enumerate() {
            sums.iter_mut().zip(row(4 * fours.len() + i)).for_each(|(sum, p)| *sum += a * p);
        }
        out.copy_from_slice(sums);
    }
}
