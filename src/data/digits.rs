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
    let (pixels, labels) = bytes.split_at(COUNT * PIXELS);
    let images = Images {
        pixels: pixels.iter().map(|&value| f32::from(value) / MAX_VALUE).collect(),
        labels: labels.iter().map(|&label| u32::from(label)).collect(),
    };
    let source = "UCI Optical Recognition of Handwritten Digits (E. Alpaydin, C. Kaynak, 1998), CC BY 4.0";
    Dataset::split("Digits 8×8", source, [1, 8, 8], digit_classes(), &images, 0).expect("the shipped file is a data set")
}
