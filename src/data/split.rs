//! Holding data out for validation.

use super::Random;

/// Splits the images with these `labels` into (training, validation) indices, both ascending: of every class, `fraction` (0…1) of its
/// images, rounded to the nearest count, are held out at random. The same labels, fraction and seed give the same split.
pub fn stratified(labels: &[u32], fraction: f32, seed: u32) -> (Vec<usize>, Vec<usize>) {
    let mut order: Vec<usize> = (0..labels.len()).collect();
    Random::new(seed, 0).shuffle(&mut order);
    order.sort_by_key(|&i| labels[i]);
    let mut held = vec![false; labels.len()];
    for class in order.chunk_by(|&a, &b| labels[a] == labels[b]) {
        let count = (class.len() as f32 * fraction.clamp(0.0, 1.0)).round() as usize;
        class[..count].iter().for_each(|&i| held[i] = true);
    }
    (0..labels.len()).partition(|&i| !held[i])
}
