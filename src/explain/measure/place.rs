//! Does a map show where the object is? A map `[H, W]` against the object's pixels, both row by row.
//!
//! Values count as they are: what speaks against the class (negative) is less than nothing. Thresholds are shares of the map's maximum;
//! a map without a positive value selects nothing.

/// The thresholds of [`ious`], as shares of the map's maximum.
pub const THRESHOLDS: [f32; 9] = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9];

/// The threshold of [`box_error`] (Zhou et al. 2016).
const BOX_THRESHOLD: f32 = 0.2;

/// The overlap of boxes that counts as found (ILSVRC).
const BOX_OVERLAP: f64 = 0.5;

/// The pixels that are at least half covered, from the share of each that the object covers.
pub fn object(mask: &[f32]) -> Vec<bool> {
    mask.iter().map(|&share| share >= 0.5).collect()
}

/// Pixels of at least `share` of the maximum.
fn selected(map: &[f32], share: f32) -> Vec<bool> {
    let most = maximum(map);
    map.iter().map(|&value| most > 0.0 && value >= share * most).collect()
}

fn maximum(map: &[f32]) -> f32 {
    map.iter().copied().fold(f32::NEG_INFINITY, f32::max)
}

/// Intersection over union of the object and the pixels of at least t·max(map), for each t of [`THRESHOLDS`]; 0…1.
pub fn ious(map: &[f32], object: &[bool]) -> [f64; 9] {
    THRESHOLDS.map(|share| {
        let selected = selected(map, share);
        let count = |of: fn(bool, bool) -> bool| selected.iter().zip(object).filter(|&(&a, &b)| of(a, b)).count();
        let union = count(|a, b| a || b);
        if union == 0 { 0.0 } else { count(|a, b| a && b) as f64 / union as f64 }
    })
}

/// The pointing game (Zhang et al. 2016), without a margin: 1 where the map's maximum lies on the object, 0 where it does not. Of several
/// equal maxima, the share that lies on it: what choosing one at random scores on average. So a constant map scores the object's share
/// of the image.
pub fn pointing(map: &[f32], object: &[bool]) -> f64 {
    let most = maximum(map);
    let (mut maxima, mut hits) = (0, 0);
    for (_, &hit) in map.iter().zip(object).filter(|&(&value, _)| value == most) {
        maxima += 1;
        hits += usize::from(hit);
    }
    hits as f64 / f64::from(maxima.max(1))
}

/// Localisation error (ILSVRC; Zhou et al. 2016): 0 where the box around the largest connected region of pixels of at least a fifth of the
/// maximum overlaps the box around the object by an intersection over union of at least ½, else 1. `width` is that of the image.
pub fn box_error(map: &[f32], object: &[bool], width: usize) -> f64 {
    let region = largest_region(&selected(map, BOX_THRESHOLD), width);
    let pixels = (0..object.len()).filter(|&i| object[i]);
    match (bounds(region.into_iter(), width), bounds(pixels, width)) {
        (Some(a), Some(b)) if overlap(a, b) >= BOX_OVERLAP => 0.0,
        _ => 1.0,
    }
}

/// The largest set of pixels of `selected` that touch along their sides; the first of equally large ones.
fn largest_region(selected: &[bool], width: usize) -> Vec<usize> {
    let mut left = selected.to_vec();
    let mut largest = Vec::new();
    for start in 0..left.len() {
        if !std::mem::take(&mut left[start]) {
            continue;
        }
        let mut region = vec![start];
        let mut next = 0;
        while next < region.len() {
            let i = region[next];
            next += 1;
            let column = i % width;
            let neighbours = [
                (i >= width).then(|| i - width),
                (i + width < left.len()).then(|| i + width),
                (column > 0).then(|| i - 1),
                (column + 1 < width).then(|| i + 1),
            ];
            for neighbour in neighbours.into_iter().flatten() {
                if std::mem::take(&mut left[neighbour]) {
                    region.push(neighbour);
                }
            }
        }
        if region.len() > largest.len() {
            largest = region;
        }
    }
    largest
}

/// First row, first column, one beyond the last row, one beyond the last column.
type Bounds = [usize; 4];

fn bounds(pixels: impl Iterator<Item = usize>, width: usize) -> Option<Bounds> {
    pixels.fold(None, |bounds: Option<Bounds>, i| {
        let (row, column) = (i / width, i % width);
        let [top, left, bottom, right] = bounds.unwrap_or([row, column, 0, 0]);
        Some([top.min(row), left.min(column), bottom.max(row + 1), right.max(column + 1)])
    })
}

/// Intersection over union of two boxes.
fn overlap(a: Bounds, b: Bounds) -> f64 {
    let area = |[top, left, bottom, right]: Bounds| (bottom.saturating_sub(top) * right.saturating_sub(left)) as f64;
    let common = area([a[0].max(b[0]), a[1].max(b[1]), a[2].min(b[2]), a[3].min(b[3])]);
    common / (area(a) + area(b) - common)
}
