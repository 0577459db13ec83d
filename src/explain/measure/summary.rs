//! What the figures of all images come to: means with intervals, tests between methods, mean curves.

use super::statistics::{Interval, PairedTest, interval, paired_test};
use super::{Measure, MeasureOptions, Row};
use crate::explain::Method;

/// Everything that a [`Protocol`](super::Protocol) found.
#[derive(Debug, Clone, PartialEq)]
pub struct Report {
    /// Image by image, and in each the methods in the order of the options.
    pub rows: Vec<Row>,
    /// Per method.
    pub summaries: Vec<Summary>,
    /// For each measure all pairs of methods.
    pub tests: Vec<Test>,
    /// Per method, means over the images.
    pub curves: Vec<Curves>,
}

/// One method over all images.
#[derive(Debug, Clone, PartialEq)]
pub struct Summary {
    pub method: Method,
    /// In the order of [`Measure::ALL`], over the images that have the figure.
    pub figures: [Interval; Measure::ALL.len()],
    /// Working memory of the compiled program for one map, without weights.
    pub bytes: usize,
    /// Mean of [`Measure::Pointing`] / (mean of [`Measure::Time`] in seconds × memory in MiB): hits per second and MiB. Infinite or NaN
    /// where the clock is too coarse to tell a time.
    pub efficiency: f64,
}

impl Summary {
    pub fn figure(&self, measure: Measure) -> &Interval {
        &self.figures[measure as usize]
    }
}

/// Whether two methods differ in a measure: a paired t test over the images where both have the figure.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Test {
    pub measure: Measure,
    pub a: Method,
    pub b: Method,
    /// Of a − b.
    pub test: PairedTest,
    /// p after Bonferroni's correction: times the number of pairs of methods, at most 1.
    pub adjusted: f64,
}

/// How figures change with a threshold or with the share of pixels.
#[derive(Debug, Clone, PartialEq)]
pub struct Curves {
    pub method: Method,
    /// Intersection over union at each of [`THRESHOLDS`](super::place::THRESHOLDS).
    pub ious: [f64; 9],
    /// The class's probability with i/`curve_steps` of the pixels removed.
    pub deletion: Vec<f64>,
    /// With only so many pixels kept.
    pub insertion: Vec<f64>,
}

impl Report {
    pub(super) fn new(options: &MeasureOptions, rows: &[Row], sums: &[Curves], bytes: &[usize]) -> Self {
        let methods = &options.methods;
        let images = rows.len() as f64 / methods.len() as f64;
        // The figures of one method, image by image.
        let column =
            |method: usize, measure: Measure| rows.iter().skip(method).step_by(methods.len()).map(move |row| row.figure(measure));
        let summary = |(i, &method): (usize, &Method)| {
            let figures = Measure::ALL.map(|measure| {
                let values: Vec<f64> = column(i, measure).filter(|value| !value.is_nan()).collect();
                interval(&values, options.confidence)
            });
            let mean = |measure: Measure| figures[measure as usize].mean;
            let memory = bytes[i] as f64 / f64::from(1 << 20);
            Summary { method, figures, bytes: bytes[i], efficiency: mean(Measure::Pointing) / (mean(Measure::Time) * memory) }
        };
        let pairs: Vec<(usize, usize)> = (0..methods.len()).flat_map(|a| (a + 1..methods.len()).map(move |b| (a, b))).collect();
        let mut tests = Vec::with_capacity(Measure::ALL.len() * pairs.len());
        for measure in Measure::ALL {
            for &(a, b) in &pairs {
                let differences = column(a, measure).zip(column(b, measure)).map(|(a, b)| a - b);
                let test = paired_test(&differences.filter(|value| !value.is_nan()).collect::<Vec<_>>());
                let adjusted = (test.p * pairs.len() as f64).clamp(0.0, 1.0); // NaN stays
                tests.push(Test { measure, a: methods[a], b: methods[b], test, adjusted });
            }
        }
        let mut curves = sums.to_vec();
        for curve in &mut curves {
            for sum in curve.ious.iter_mut().chain(&mut curve.deletion).chain(&mut curve.insertion) {
                *sum /= images;
            }
        }
        Self { rows: rows.to_vec(), summaries: methods.iter().enumerate().map(summary).collect(), tests, curves }
    }
}
