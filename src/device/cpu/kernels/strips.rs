//! Matrix products whose right operand is read where it lies, as strips of neighbouring targets at a distance that depends on k alone:
//! a convolution without packing its patches. With few rows the packing is most of the work, and a full tile of rows mostly padding;
//! here a tile has as many rows as there are, and more strips the fewer they are. A strip is not cut off at the end of a line, but
//! moved back into it; what two strips share is computed twice, alike.

use crate::simd::{self, Offsets, Strips};

/// The longest K: a panel of it stays in the first-level cache.
pub const MAX_K: usize = 512;

/// Rows of a full panel.
fn panel_rows() -> usize {
    if simd::wide() { 6 } else { 4 }
}

/// Neighbouring targets of a strip: a vector of the machine.
pub fn strip() -> usize {
    if simd::wide() { 8 } else { 4 }
}

/// Whether lines of `width` targets can be computed as strips, where K = `k`.
pub fn suit(k: usize, width: usize) -> bool {
    (1..=MAX_K).contains(&k) && width >= strip()
}

/// What a step along K costs for `rows` rows and `lines` lines of `width` targets, in products.
pub fn cost(rows: usize, lines: usize, width: usize) -> usize {
    rows * lines * width.next_multiple_of(strip())
}

/// Where the strips of a line of `width` targets begin.
pub fn starts(width: usize) -> impl Iterator<Item = usize> {
    (0..width).step_by(strip()).map(move |x| x.min(width - strip()))
}

/// How often a weight is packed: once where a load can put it into all lanes for nothing, else a vector of it.
fn copies() -> usize {
    if simd::wide() { 1 } else { strip() }
}

/// Words of a packed left operand.
pub fn packed_len(rows: usize, k: usize) -> usize {
    rows * k * copies()
}

/// Packs a left operand, `weight` of a row and k: panels of up to [`panel_rows`] rows, the last as wide as is left.
pub fn pack(rows: usize, k: usize, weight: impl Fn(usize, usize) -> f32, packed: &mut [f32]) {
    for i in (0..rows).step_by(panel_rows()) {
        let count = panel_rows().min(rows - i);
        let panel = &mut packed[packed_len(i, k)..][..packed_len(count, k)];
        for (k, lanes) in panel.chunks_exact_mut(packed_len(count, 1)).enumerate() {
            lanes.chunks_exact_mut(copies()).zip(i..).for_each(|(lane, row)| lane.fill(weight(row, k)));
        }
    }
}

/// Strips of one image: where each begins in `source`, and where in a row of the result, whose values are `step` apart.
#[derive(Clone, Copy)]
pub struct Image<'a> {
    pub source: &'a [f32],
    pub offsets: &'a Offsets,
    pub strips: &'a [[usize; 2]],
    pub step: usize,
}

/// `rows` rows of the result, `plane` apart in `out`: packed left operand · strips.
pub fn multiply(rows: usize, packed: &[f32], image: Image, out: &mut [f32], plane: usize) {
    let k = image.offsets.len();
    for i in (0..rows).step_by(panel_rows()) {
        let count = panel_rows().min(rows - i);
        let (panel, out) = (&packed[packed_len(i, k)..][..packed_len(count, k)], &mut out[i * plane..]);
        #[cfg(target_arch = "x86_64")]
        if simd::wide() {
            match count {
                1 => tiles::<simd::Wide, 1, 4, 8, 1>(panel, image, out, plane),
                2 => tiles::<simd::Wide, 2, 4, 8, 1>(panel, image, out, plane),
                3 => tiles::<simd::Wide, 3, 4, 8, 1>(panel, image, out, plane),
                4 => tiles::<simd::Wide, 4, 3, 8, 1>(panel, image, out, plane),
                5 => tiles::<simd::Wide, 5, 2, 8, 1>(panel, image, out, plane),
                _ => tiles::<simd::Wide, 6, 2, 8, 1>(panel, image, out, plane),
            }
            continue;
        }
        match count {
            1 => tiles::<simd::Narrow, 1, 4, 4, 4>(panel, image, out, plane),
            2 => tiles::<simd::Narrow, 2, 4, 4, 4>(panel, image, out, plane),
            3 => tiles::<simd::Narrow, 3, 3, 4, 4>(panel, image, out, plane),
            _ => tiles::<simd::Narrow, 4, 2, 4, 4>(panel, image, out, plane),
        }
    }
}

fn tiles<T: Strips<STRIP, COPIES>, const R: usize, const P: usize, const STRIP: usize, const COPIES: usize>(
    panel: &[f32],
    image: Image,
    out: &mut [f32],
    plane: usize,
) {
    let Image { source, offsets, strips, step } = image;
    let panel = panel.as_chunks().0.as_chunks().0;
    for strips in strips.chunks(P) {
        // Strips that are not there repeat the last.
        let from = std::array::from_fn(|p| strips[p.min(strips.len() - 1)][0]);
        let tile = T::strips::<R, P>(panel, source, from, offsets);
        for (r, row) in tile.iter().enumerate() {
            for (values, &[_, to]) in row.iter().zip(strips) {
                let target = &mut out[r * plane + to..];
                if step == 1 {
                    target[..STRIP].copy_from_slice(values);
                } else {
                    target.iter_mut().step_by(step).zip(values).for_each(|(target, value)| *target = *value);
                }
            }
        }
    }
}
