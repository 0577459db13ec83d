//! Labelled images: what a data set is, the one that ships with the crate (D1), procedural ones (D4, D5) and readers of files (D2, D3).
//!
//! Pixels are `f32` in 0…1, images `[C, H, W]` one after another, labels indices into the list of classes. Readers take bytes that a
//! visitor dropped on the page: whatever these hold, the answer is a data set or an [`Error::Data`] that names the file.

mod digits;
mod gzip;
pub mod idx;
mod random;
pub mod rooms;
pub mod split;
pub mod strokes;

pub use digits::digits;
pub use random::Random;
pub use rooms::Rooms;
pub use strokes::Strokes;

use crate::error::{Error, Result};

/// The share of a data set without a validation part of its own that is held out.
pub const HELD_OUT: f32 = 0.2;

/// Images with their labels.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Images {
    /// `[n, C, H, W]`, 0…1.
    pub pixels: Vec<f32>,
    /// `[n]`, indices into the classes.
    pub labels: Vec<u32>,
}

impl Images {
    /// The number of images.
    pub fn len(&self) -> usize {
        self.labels.len()
    }

    pub fn is_empty(&self) -> bool {
        self.labels.is_empty()
    }

    /// The pixels of image `i`, `[C, H, W]`. Panics beyond the end.
    pub fn image(&self, i: usize) -> &[f32] {
        let size = self.pixels.len() / self.len();
        &self.pixels[i * size..][..size]
    }

    /// The images at `indices`, in that order; an index may repeat. Panics beyond the end.
    pub fn select(&self, indices: &[usize]) -> Self {
        Self {
            pixels: indices.iter().flat_map(|&i| self.image(i)).copied().collect(),
            labels: indices.iter().map(|&i| self.labels[i]).collect(),
        }
    }
}

/// A classification task: images to learn from and images to judge by.
#[derive(Debug, Clone, PartialEq)]
pub struct Dataset {
    pub title: String,
    /// Where it comes from and under which licence, one sentence.
    pub source: String,
    /// `[C, H, W]`.
    pub shape: [usize; 3],
    /// Names of the classes; a label is an index into this list.
    pub classes: Vec<String>,
    pub train: Images,
    pub validation: Images,
}

impl Dataset {
    /// A data set from two checked parts.
    ///
    /// An [`Error::Data`] where the parts do not fill the shape, a label has no class, a pixel is not within 0…1, or there is nothing
    /// to learn from.
    pub fn new(
        title: impl Into<String>,
        source: impl Into<String>,
        shape: [usize; 3],
        classes: Vec<String>,
        train: Images,
        validation: Images,
    ) -> Result<Self> {
        let title = title.into();
        for images in [&train, &validation] {
            check(images, shape, classes.len()).map_err(|message| Error::data(&title, message))?;
        }
        if train.is_empty() {
            return Err(Error::data(title, "there is no image to learn from"));
        }
        Ok(Self { title, source: source.into(), shape, classes, train, validation })
    }

    /// A data set from one part, of which [`HELD_OUT`] goes to validation by a stratified split with `seed`.
    pub fn split(
        title: impl Into<String>,
        source: impl Into<String>,
        shape: [usize; 3],
        classes: Vec<String>,
        images: &Images,
        seed: u32,
    ) -> Result<Self> {
        let title = title.into();
        check(images, shape, classes.len()).map_err(|message| Error::data(&title, message))?;
        let (train, validation) = split::stratified(&images.labels, HELD_OUT, seed);
        Self::new(title, source, shape, classes, images.select(&train), images.select(&validation))
    }

    /// Mean and standard deviation of each channel over the training part; the deviation of a constant channel is given as 1, so that
    /// (x − mean)/std is always defined.
    pub fn mean_std(&self) -> (Vec<f32>, Vec<f32>) {
        let [channels, height, width] = self.shape;
        let plane = height * width;
        let count = (self.train.len() * plane).max(1) as f64;
        let mut moments = vec![(0f64, 0f64); channels];
        for (i, pixels) in self.train.pixels.chunks_exact(plane).enumerate() {
            let (sum, squares) = &mut moments[i % channels];
            for &p in pixels {
                *sum += f64::from(p);
                *squares += f64::from(p) * f64::from(p);
            }
        }
        moments
            .iter()
            .map(|(sum, squares)| {
                let mean = sum / count;
                let deviation = (squares / count - mean * mean).max(0.0).sqrt();
                (mean as f32, if deviation > 1e-6 { deviation as f32 } else { 1.0 })
            })
            .unzip()
    }
}

/// What is wrong with `images` of `shape` in `classes` classes, if anything.
fn check(images: &Images, shape: [usize; 3], classes: usize) -> Result<(), String> {
    let [c, h, w] = shape;
    let size = c.checked_mul(h).and_then(|p| p.checked_mul(w)).filter(|&size| size > 0);
    let Some(size) = size else { return Err(format!("{c}×{h}×{w} is no image")) };
    if images.len().checked_mul(size) != Some(images.pixels.len()) {
        let (n, pixels) = (images.len(), images.pixels.len());
        return Err(format!("{n} images of {c}×{h}×{w} have {} pixels, not {pixels}", n as u128 * size as u128));
    }
    if let Some(i) = images.labels.iter().position(|&label| label as usize >= classes) {
        return Err(format!("image {i} has label {}, but there are {classes} classes (labels count from 0)", images.labels[i]));
    }
    if let Some(i) = images.pixels.iter().position(|p| !(0.0..=1.0).contains(p)) {
        return Err(format!("image {} has a pixel of value {}, outside 0…1", i / size, images.pixels[i]));
    }
    Ok(())
}

/// The classes of the ten digits.
fn digit_classes() -> Vec<String> {
    (0..10).map(|digit| digit.to_string()).collect()
}
