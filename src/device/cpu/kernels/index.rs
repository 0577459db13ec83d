//! Walking `N` row-major or strided tensors together.

use vitrine_graph::{MAX_RANK, Shape};

/// Common dimensions with one list of strides per tensor, simplified: no dimension of size 1, and neighbouring dimensions that
/// every tensor runs through without a gap are one. There is always a last dimension, the row.
#[derive(Debug, Clone, PartialEq)]
pub struct Strided<const N: usize> {
    dims: Vec<usize>,
    strides: Vec<[usize; N]>,
}

impl<const N: usize> Strided<N> {
    pub fn new(dims: &[usize], strides: [&[usize]; N]) -> Self {
        let mut merged = Self { dims: Vec::new(), strides: Vec::new() };
        for (i, &dim) in dims.iter().enumerate() {
            if dim == 1 {
                continue;
            }
            let stride: [usize; N] = std::array::from_fn(|n| strides[n][i]);
            match (merged.dims.last_mut(), merged.strides.last_mut()) {
                (Some(outer), Some(above)) if (0..N).all(|n| above[n] == stride[n] * dim) => {
                    *outer *= dim;
                    *above = stride;
                }
                _ => {
                    merged.dims.push(dim);
                    merged.strides.push(stride);
                }
            }
        }
        if merged.dims.is_empty() {
            merged.dims.push(1);
            merged.strides.push([1; N]);
        }
        merged
    }

    pub fn dims(&self) -> &[usize] {
        &self.dims
    }

    /// The strides of dimension `i`.
    pub fn strides(&self, i: usize) -> [usize; N] {
        self.strides[i]
    }

    /// The length of a row.
    pub fn row(&self) -> usize {
        self.dims[self.dims.len() - 1]
    }

    /// The strides within a row.
    pub fn row_strides(&self) -> [usize; N] {
        self.strides[self.dims.len() - 1]
    }

    /// Calls `body` with each tensor's offset, for every index of the dimensions before the last `inner`, in row-major order.
    pub fn for_each(&self, inner: usize, mut body: impl FnMut([usize; N])) {
        let outer = self.dims.len().saturating_sub(inner);
        if self.dims.contains(&0) {
            return;
        }
        let (mut count, mut at) = ([0; MAX_RANK], [0; N]);
        for _ in 0..self.dims[..outer].iter().product() {
            body(at);
            for d in (0..outer).rev() {
                count[d] += 1;
                (0..N).for_each(|n| at[n] += self.strides[d][n]);
                if count[d] < self.dims[d] {
                    break;
                }
                count[d] = 0;
                (0..N).for_each(|n| at[n] -= self.strides[d][n] * self.dims[d]);
            }
        }
    }
}

/// The strides that read a tensor of shape `from` as one of the same rank with its size-1 dimensions repeated.
pub fn broadcast_strides(from: &Shape) -> Vec<usize> {
    from.strides().into_iter().zip(from.iter()).map(|(stride, &dim)| if dim == 1 { 0 } else { stride }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neighbours_without_gap_merge() {
        // [2,3,1,4] contiguous against a per-channel operand [1,3,1,1].
        let walk = Strided::new(&[2, 3, 1, 4], [&[12, 4, 4, 1], &[0, 1, 0, 0]]);
        assert_eq!(walk.dims(), [2, 3, 4]);
        let walk = Strided::new(&[2, 3, 1, 4], [&[12, 4, 4, 1]]);
        assert_eq!(walk.dims(), [24]);
    }

    #[test]
    fn offsets_follow_row_major_order() {
        let walk = Strided::new(&[2, 3, 5], [&[1, 2, 6], &[15, 5, 1]]);
        let mut seen = Vec::new();
        walk.for_each(1, |at| seen.push(at));
        assert_eq!(seen, [[0, 0], [2, 5], [4, 10], [1, 15], [3, 20], [5, 25]]);
    }

    #[test]
    fn an_empty_dimension_has_no_rows() {
        Strided::new(&[3, 0, 2], [&[0, 2, 1]]).for_each(1, |_| panic!("a row of nothing"));
    }
}
