//! V14: how good are explanations? Figures of methods on images whose object is known: does a map show where the object is (`place.rs`),
//! does the network depend on what the map shows (`probe.rs`), and what do figures of some images say of all (`statistics.rs`,
//! `summary.rs`). [`Protocol`] measures image after image; [`Report`] is what it found.
//!
//! All maps answer for the image's label. What is removed from an image is replaced by the pixels of a baseline.

pub mod place;
mod probe;
mod protocol;
pub mod rank;
pub mod statistics;
mod summary;

use serde::Deserialize;

pub use protocol::{MaskedImages, Protocol};
pub use summary::{Curves, Report, Summary, Test};

use super::{Baseline, ExplainOptions, Method};
use crate::error::{Error, Result};

/// One figure of a map.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Measure {
    /// Intersection over union with the object, the mean over [`place::THRESHOLDS`]; see [`place::ious`].
    Iou,
    /// [`place::pointing`].
    Pointing,
    /// That pixels of the object have greater values than others, [`rank::roc_auc`]; ½ by chance.
    Auc,
    /// [`place::box_error`]; less is better.
    BoxError,
    /// Area under the probability of the class while pixels are removed, those of the greatest value first; less is better.
    Deletion,
    /// Area under the probability of the class while pixels are added to the baseline, those of the greatest value first.
    Insertion,
    /// How alike the maps of the image and of noisy copies are: the mean of their [`rank::spearman`] over pixels.
    Stability,
    /// [`rank::spearman`] over patches of the map's sum in the patch and of how far the score S_c falls without it.
    Faithfulness,
    /// Seconds for the map, by a program compiled before; less is better.
    Time,
}

impl Measure {
    /// In the order of [`Row::figures`].
    pub const ALL: [Measure; 9] = [
        Measure::Iou,
        Measure::Pointing,
        Measure::Auc,
        Measure::BoxError,
        Measure::Deletion,
        Measure::Insertion,
        Measure::Stability,
        Measure::Faithfulness,
        Measure::Time,
    ];

    /// Its name in JavaScript.
    pub fn id(self) -> &'static str {
        match self {
            Measure::Iou => "iou",
            Measure::Pointing => "pointing",
            Measure::Auc => "auc",
            Measure::BoxError => "boxError",
            Measure::Deletion => "deletion",
            Measure::Insertion => "insertion",
            Measure::Stability => "stability",
            Measure::Faithfulness => "faithfulness",
            Measure::Time => "time",
        }
    }
}

/// The figures of one method's map of one image.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Row {
    /// Its number among all images measured, from 0.
    pub image: usize,
    pub method: Method,
    /// In the order of [`Measure::ALL`]; NaN where a figure was not asked for, or is not defined: no rank correlation of a constant map.
    pub figures: [f64; Measure::ALL.len()],
    /// For each of [`place::THRESHOLDS`].
    pub ious: [f64; 9],
}

impl Row {
    /// NaN where there is none.
    pub fn figure(&self, measure: Measure) -> f64 {
        self.figures[measure as usize]
    }
}

/// What to measure: `MeasureSettings` of `www/engine/types.ts`. A count of 0 leaves the figures that need it out.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct MeasureOptions {
    /// In this order, none twice.
    pub methods: Vec<Method>,
    /// For all methods; each reads what concerns it.
    pub explain: ExplainOptions,
    /// What stands where something was removed.
    pub baseline: Baseline,
    /// Deletion and insertion: in so many equal steps, up to 1000. 16.
    pub curve_steps: usize,
    /// Faithfulness: side of the square patches in pixels, up to the shorter side of the image. 4.
    pub patch: usize,
    /// Stability: noisy copies of each image, up to 100. 3.
    pub noisy_copies: usize,
    /// Stability: standard deviation of the noise in pixel units, greater than 0, at most 1. 0.05.
    pub noise: f32,
    /// Of the intervals, between 0 and 1. 0.95.
    pub confidence: f64,
    /// Of noise, of baselines, and of the order of pixels with equal values. 0.
    pub seed: u32,
}

impl Default for MeasureOptions {
    fn default() -> Self {
        Self {
            methods: Vec::new(),
            explain: ExplainOptions::default(),
            baseline: Baseline::Blur,
            curve_steps: 16,
            patch: 4,
            noisy_copies: 3,
            noise: 0.05,
            confidence: 0.95,
            seed: 0,
        }
    }
}

impl MeasureOptions {
    fn check(&self, height: usize, width: usize) -> Result<()> {
        let methods = &self.methods;
        if methods.is_empty() || (1..methods.len()).any(|i| methods[..i].contains(&methods[i])) {
            return Err(Error::option("methods", "must be at least one, and none twice"));
        }
        for (name, value, most) in [
            ("curveSteps", self.curve_steps, 1000),
            ("patch", self.patch, height.min(width)),
            ("noisyCopies", self.noisy_copies, 100),
        ] {
            if value > most {
                return Err(Error::option(name, format!("must be 0 to {most}, not {value}")));
            }
        }
        if !(self.noise > 0.0 && self.noise <= 1.0) {
            return Err(Error::option("noise", format!("must be more than 0 and at most 1, not {}", self.noise)));
        }
        if !(self.confidence > 0.0 && self.confidence < 1.0) {
            return Err(Error::option("confidence", format!("must be between 0 and 1, not {}", self.confidence)));
        }
        Ok(())
    }
}
