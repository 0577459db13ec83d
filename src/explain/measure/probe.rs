//! Asks the network: what becomes of its answer when parts of one image are removed? Deletion and insertion curves (Petsiuk, Das & Saenko
//! 2018, "RISE"), and the score's fall without each patch (after Alvarez-Melis & Jaakkola 2018). Versions of an image go through the
//! network many at a time.

use super::super::hidden;
use super::MeasureOptions;
use crate::data::Random;
use crate::device::{Device, Program, Store};
use crate::error::Result;
use crate::nn::Model;
use crate::tensor::Tensor;

/// Versions of an image per run.
const ROWS: usize = 32;

/// A network that is asked about versions of an image.
pub struct Probe {
    program: Program,
    /// `[C, H, W]`.
    input: [usize; 3],
}

/// One image and what removed pixels become.
pub struct Subject {
    /// `[1, C, H, W]`.
    x: Tensor,
    baseline: Tensor,
    /// `u32[1]`.
    class: Tensor,
}

impl Probe {
    pub fn new(device: &Device, model: &Model) -> Result<Self> {
        Ok(Self { program: device.compile(&hidden::graph(model, ROWS)?)?, input: model.architecture().input })
    }

    pub fn subject(&self, image: &[f32], class: u32, options: &MeasureOptions) -> Result<Subject> {
        let [channels, height, width] = self.input;
        let tensor = |values| Tensor::f32([1, channels, height, width], values);
        Ok(Subject {
            x: tensor(image.to_vec())?,
            baseline: tensor(options.baseline.of(image, self.input, options.seed))?,
            class: Tensor::u32([1], vec![class])?,
        })
    }

    /// The output `name` (`score`, `probability`) for each version; `mask(i, mask)` writes which pixels version `i` keeps (1) into `[H·W]`.
    async fn ask(
        &mut self,
        store: &mut Store,
        subject: &Subject,
        versions: usize,
        name: &str,
        mask: impl Fn(usize, &mut [f32]),
    ) -> Result<Vec<f32>> {
        let [_, height, width] = self.input;
        let mut answers = Vec::with_capacity(versions);
        while answers.len() < versions {
            let count = ROWS.min(versions - answers.len());
            let mut masks = vec![0.0; ROWS * height * width];
            for (i, one) in masks.chunks_exact_mut(height * width).take(count).enumerate() {
                mask(answers.len() + i, one);
            }
            let masks = Tensor::f32([ROWS, 1, height, width], masks)?;
            let inputs = [("x", &subject.x), ("baseline", &subject.baseline), ("class", &subject.class), ("mask", &masks)];
            self.program.run(store, &inputs, 1)?;
            answers.extend_from_slice(&self.program.output(name).await?.as_f32()?[..count]);
        }
        Ok(answers)
    }

    /// The class's probability with the first i/`steps` of `order` (all pixels, as indices into `H·W`) removed, and with only these kept:
    /// two lists for i = 0…`steps`.
    pub async fn curves(&mut self, store: &mut Store, subject: &Subject, order: &[u32], steps: usize) -> Result<[Vec<f32>; 2]> {
        // The ends of one curve are those of the other: nothing or everything is removed.
        let versions = 2 * steps;
        let ask = self.ask(store, subject, versions, "probability", |version, mask| {
            let (i, kept) = if version <= steps { (version, 0.0) } else { (version - steps, 1.0) };
            mask.fill(1.0 - kept);
            order[..order.len() * i / steps].iter().for_each(|&pixel| mask[pixel as usize] = kept);
        });
        let mut deletion = ask.await?;
        let inner = deletion.split_off(steps + 1);
        let insertion = [&deletion[steps..], &inner, &deletion[..1]].concat();
        Ok([deletion, insertion])
    }

    /// How far the score falls when each patch of side `patch` is removed, patches row by row.
    pub async fn falls(&mut self, store: &mut Store, subject: &Subject, patch: usize) -> Result<Vec<f32>> {
        let [_, height, width] = self.input;
        let patches = patch_count(height, width, patch);
        // The last version keeps everything.
        let scores = self.ask(store, subject, patches + 1, "score", |version, mask| {
            for (i, pixel) in mask.iter_mut().enumerate() {
                *pixel = f32::from(patch_of(i, width, patch) != version);
            }
        });
        let mut falls = scores.await?;
        let whole = falls.remove(patches);
        falls.iter_mut().for_each(|score| *score = whole - *score);
        Ok(falls)
    }
}

fn patch_count(height: usize, width: usize, patch: usize) -> usize {
    height.div_ceil(patch) * width.div_ceil(patch)
}

/// The patch of pixel `i`; those at the far borders may be smaller.
fn patch_of(i: usize, width: usize, patch: usize) -> usize {
    i / width / patch * width.div_ceil(patch) + i % width / patch
}

/// The sum of `map` `[H·W]` over each patch.
pub fn patch_sums(map: &[f32], width: usize, patch: usize) -> Vec<f32> {
    let mut sums = vec![0.0; patch_count(map.len() / width, width, patch)];
    for (i, value) in map.iter().enumerate() {
        sums[patch_of(i, width, patch)] += value;
    }
    sums
}

/// All pixels of `map`, the greatest value first; equal values in random order, so that no place is preferred.
pub fn descending(map: &[f32], random: &mut Random) -> Vec<u32> {
    let mut order: Vec<(u32, u32)> = (0..map.len() as u32).map(|i| (i, random.bits())).collect();
    order.sort_unstable_by(|a, b| map[b.0 as usize].total_cmp(&map[a.0 as usize]).then(a.1.cmp(&b.1)));
    order.into_iter().map(|(i, _)| i).collect()
}

/// The area under equally spaced values over 0…1, by the trapezoidal rule.
pub fn area(curve: &[f32]) -> f64 {
    let pairs = curve.windows(2).map(|pair| f64::from(pair[0]) + f64::from(pair[1]));
    pairs.sum::<f64>() / (2.0 * (curve.len() as f64 - 1.0))
}
