//! What can be chosen about an explanation: one flat record for all methods, each of which reads what concerns it.

use serde::Deserialize;

use super::Baseline;
use crate::error::{Error, Result};

/// The largest number of steps, samples or windows: a few seconds of a small network.
pub(super) const MAX_SAMPLES: usize = 10_000;

/// The largest number of super-pixels, which are the unknowns of LIME's linear system.
const MAX_SEGMENTS: usize = 256;

/// `ExplainOptions` of `www/engine/types.ts`; everything has a default.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ExplainOptions {
    /// The layer to look at; without it the last one with feature maps (CAM: the one before global average pooling).
    pub layer: Option<String>,
    /// Neuron conductance: the channel, or the unit of a dense layer. 0.
    pub unit: usize,
    /// Steps of the midpoint rule along a path, 1…10,000. 50.
    pub steps: usize,
    /// Noisy images of SmoothGrad (50) or perturbed images of LIME (1000), 2…10,000.
    pub samples: Option<usize>,
    /// SmoothGrad: standard deviation of the noise in pixel units, greater than 0, at most 1. 0.15.
    pub noise: f32,
    /// What a missing pixel is. Black.
    pub baseline: Baseline,
    /// Occlusion: side of the window in pixels, 1…side of the image. A quarter of the shorter side.
    pub window: Option<usize>,
    /// Occlusion: from one window to the next, 1…window. Half the window.
    pub stride: Option<usize>,
    /// LIME: super-pixels wanted, 2…256; there may be a few more or fewer. 40.
    pub segments: usize,
    /// LIME: weight of nearness against likeness of colour in super-pixels, 0.1…1000; the greater, the squarer. 10.
    pub compactness: f32,
    /// LIME: which linear model is fitted. Ridge.
    pub surrogate: Surrogate,
    /// LIME: weight of the penalty, 0…1e6. 1 (ridge), 0.01 (lasso).
    pub penalty: Option<f32>,
    /// LIME: width σ of the kernel exp(−D²/σ²) on the cosine distance D to the image, 0.01…100. 0.25.
    pub kernel_width: f32,
    /// LIME: only this many segments, those of the largest weights; 0 for all. 0.
    pub top: usize,
    /// Of noise and samples. 0.
    pub seed: u32,
}

/// Linear models with a penalty.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Surrogate {
    /// Σω(y − b − wz)² + λ‖w‖₂².
    Ridge,
    /// Σω(y − b − wz)²/(2Σω) + λ‖w‖₁.
    Lasso,
}

impl Default for ExplainOptions {
    fn default() -> Self {
        Self {
            layer: None,
            unit: 0,
            steps: 50,
            samples: None,
            noise: 0.15,
            baseline: Baseline::Black,
            window: None,
            stride: None,
            segments: 40,
            compactness: 10.0,
            surrogate: Surrogate::Ridge,
            penalty: None,
            kernel_width: 0.25,
            top: 0,
            seed: 0,
        }
    }
}

impl ExplainOptions {
    /// The default for everything but the layer.
    pub fn at(layer: &str) -> Self {
        Self { layer: Some(layer.to_string()), ..Self::default() }
    }

    /// Side of the window and stride for an image of `height` × `width`.
    pub(super) fn window_and_stride(&self, height: usize, width: usize) -> (usize, usize) {
        let window = self.window.unwrap_or((height.min(width) / 4).max(1));
        (window, self.stride.unwrap_or((window / 2).max(1)))
    }

    /// Whether every value lies in its range, for images of `height` × `width`; the error names the option.
    pub(super) fn check(&self, height: usize, width: usize) -> Result<()> {
        whole("steps", self.steps, 1, MAX_SAMPLES)?;
        whole("samples", self.samples.unwrap_or(2), 2, MAX_SAMPLES)?;
        real("noise", self.noise, f32::MIN_POSITIVE, 1.0)?;
        let (window, stride) = self.window_and_stride(height, width);
        whole("window", window, 1, height.min(width))?;
        whole("stride", stride, 1, window)?;
        whole("segments", self.segments, 2, MAX_SEGMENTS)?;
        real("compactness", self.compactness, 0.1, 1000.0)?;
        real("penalty", self.penalty.unwrap_or(0.0), 0.0, 1e6)?;
        real("kernelWidth", self.kernel_width, 0.01, 100.0)
    }
}

fn whole(name: &'static str, value: usize, min: usize, max: usize) -> Result<()> {
    if (min..=max).contains(&value) {
        return Ok(());
    }
    Err(Error::option(name, format!("must be {min} to {max}, not {value}")))
}

fn real(name: &'static str, value: f32, min: f32, max: f32) -> Result<()> {
    if (min..=max).contains(&value) {
        return Ok(());
    }
    let least = if min == f32::MIN_POSITIVE { "more than 0".to_string() } else { format!("at least {min}") };
    Err(Error::option(name, format!("must be {least} and at most {max}, not {value}")))
}
