//! D1: the 1,797 handwritten digits of 8×8 pixels that ship with the crate (`digits/ATTRIBUTION.md`).

use super::{Dataset, Images, digit_classes, gzip};

const PACKED: &[u8] = include_bytes!("digits/optdigits_8x8.bin.gz");
const COUNT: usize = 1797;
const PIXELS: usize = 64;
/// The file counts the inked cells of 4×4 blocks.
const MAX_VALUE: f32 = 16.0;

/// D1: real digits `[1, 8, 8]`, one fifth of each class held out, always the same.
pub fn digits() -> Dataset {
    let bytes = gzip::inflate("the digits of this crate", PACKED, COUNT * (PIXELS + 1)).expect("the shipped file is whole");
    let (planes, labels) = bytes.split_at(COUNT * PIXELS);
    // The file has pixel 0 of all images, then pixel 1, …, the images ordered by class: that packs a fifth smaller.
    let mut pixels = vec![0.0; COUNT * PIXELS];
    let by_class = (0..10).flat_map(|class| (0..COUNT).filter(move |&i| labels[i] == class));
    for (place, i) in by_class.enumerate() {
        for k in 0..PIXELS {
            pixels[i * PIXELS + k] = f32::from(planes[k * COUNT + place]) / MAX_VALUE;
        }
    }
    let images = Images { pixels, labels: labels.iter().map(|&label| u32::from(label)).collect() };
    let source = "UCI Optical Recognition of Handwritten Digits (E. Alpaydin, C. Kaynak, 1998), CC BY 4.0";
    Dataset::split("Digits 8×8", source, [1, 8, 8], digit_classes(), &images, 0).expect("the shipped file is a data set")
}
