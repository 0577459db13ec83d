//! V9 Occlusion (Zeiler & Fergus 2014): a window of the baseline slides over the image; M_ij is the mean, over the windows that cover the
//! pixel, of how much the score falls, S_c(x) − S_c(x with the window hidden), signed.

use super::About;

pub(super) const ABOUT: About = About {
    title: "Occlusion",
    answers: "How much does the score fall when this part of the image is hidden?",
    misleads: "It shows one window at a time: what another place could stand in for seems unimportant, and a hole is itself a strange thing to see.",
    formula: r"M_{ij} = \operatorname{mean}_{W \ni (i,j)} \bigl( S_c(x) - S_c(x_{W \leftarrow x'}) \bigr)",
    layer: false,
    signed: true,
    options: &["window", "stride", "baseline", "seed"],
    zero: "A map is zero everywhere: no window changes this score; the image may equal the baseline.",
};

/// The map `[H·W]` from the pixels of each window and how much the score falls without it.
pub(super) fn map(windows: &[Vec<u32>], falls: &[f32], plane: usize) -> Vec<f32> {
    let mut map = vec![0.0; plane];
    let mut covered = vec![0.0f32; plane];
    for (pixels, fall) in windows.iter().zip(falls) {
        for &pixel in pixels {
            map[pixel as usize] += fall;
            covered[pixel as usize] += 1.0;
        }
    }
    map.iter_mut().zip(covered).for_each(|(value, count)| *value /= count.max(1.0));
    map
}
