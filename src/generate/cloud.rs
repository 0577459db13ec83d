//! Distributions on the line and the plane whose density is known: equal mixtures of Gaussians (COURSE G7).

use crate::error::{Error, Result};
use crate::graph::{Builder, DType, Distribution, Var};
use crate::tensor::Tensor;

/// The most centres.
const MAX_CENTRES: usize = 4096;
/// Centres that stand for a curve.
const CURVE: usize = 128;

/// p(x) = mean over the centres c of N(x; c, σ²I).
#[derive(Debug, Clone, PartialEq)]
pub struct Cloud {
    /// `[K, dims]`.
    centres: Vec<f32>,
    dims: usize,
    sigma: f32,
}

impl Cloud {
    /// The ids that [`Cloud::named`] knows: those of the plane, then those of the line.
    pub const NAMES: [&str; 7] = ["ring", "grid", "line", "moons", "disjoint", "gaussian", "two-gaussians"];

    /// `centres` `[K, dims]`, 1…4096 of them, as a visitor draws them; `dims` 1 or 2; `sigma` > 0.
    pub fn new(centres: Vec<f32>, dims: usize, sigma: f32) -> Result<Self> {
        if !(1..=2).contains(&dims) {
            return Err(Error::option("dims", "must be 1 or 2"));
        }
        if centres.is_empty() || !centres.len().is_multiple_of(dims) || centres.len() / dims > MAX_CENTRES {
            return Err(Error::option("points", format!("must be 1 to {MAX_CENTRES} points of {dims} coordinates")));
        }
        if !centres.iter().all(|x| x.abs() <= 1e3) {
            return Err(Error::option("points", "coordinates must lie within ±1000"));
        }
        if !(sigma > 0.0 && sigma <= 1e3) {
            return Err(Error::option("sigma", "must be greater than 0 and at most 1000"));
        }
        Ok(Self { centres, dims, sigma })
    }

    /// `ring`: 8 modes at radius 2, σ 0.05. `grid`: 5×5 modes 2 apart, σ 0.05. `line`: from (−2, −1) to (2, 1), σ 0.05. `moons`: two
    /// half circles of radius 1.5 that interlock, σ 0.08. `disjoint`: two upright bars, at x = −2 and 2, with nothing between.
    /// On the line: `gaussian`, N(1, 0.5²); `two-gaussians`, at ±1.5, σ 0.4.
    pub fn named(name: &str) -> Option<Self> {
        let curve = |at: &dyn Fn(f32) -> [f32; 2]| (0..CURVE).flat_map(|i| at(i as f32 / (CURVE - 1) as f32)).collect();
        let (centres, dims, sigma): (Vec<f32>, usize, f32) = match name {
            "ring" => {
                let at = |i: usize| {
                    let angle = i as f32 * std::f32::consts::FRAC_PI_4;
                    [2.0 * angle.cos(), 2.0 * angle.sin()]
                };
                ((0..8).flat_map(at).collect(), 2, 0.05)
            }
            "grid" => ((0..25).flat_map(|i| [(i % 5) as f32 * 2.0 - 4.0, (i / 5) as f32 * 2.0 - 4.0]).collect(), 2, 0.05),
            "line" => (curve(&|t| [4.0 * t - 2.0, 2.0 * t - 1.0]), 2, 0.05),
            "moons" => {
                let at = |t: f32| {
                    let (upper, along) = (t < 0.5, (2.0 * t).fract() * std::f32::consts::PI);
                    let (x, y) = (1.5 * along.cos(), 1.5 * along.sin());
                    if upper { [x - 0.75, y - 0.4] } else { [0.75 - x, 0.4 - y] }
                };
                (curve(&at), 2, 0.08)
            }
            "disjoint" => (curve(&|t| [if t < 0.5 { -2.0 } else { 2.0 }, 4.0 * (2.0 * t).fract() - 2.0]), 2, 0.05),
            "gaussian" => (vec![1.0], 1, 0.5),
            "two-gaussians" => (vec![-1.5, 1.5], 1, 0.4),
            _ => return None,
        };
        Some(Self { centres, dims, sigma })
    }

    pub fn dims(&self) -> usize {
        self.dims
    }

    pub fn sigma(&self) -> f32 {
        self.sigma
    }

    /// `[K, dims]`.
    pub fn centres(&self) -> &[f32] {
        &self.centres
    }

    /// The root mean square of the coordinates, noise included: networks see coordinates divided by it.
    pub fn scale(&self) -> f32 {
        let mean = self.centres.iter().map(|x| x * x).sum::<f32>() / self.centres.len() as f32;
        (mean + self.sigma * self.sigma).sqrt()
    }

    /// `n` samples `[n, dims]` in a graph, drawn with `key` (`u32[2]`).
    pub fn sample<'b>(&self, builder: &'b Builder, key: Var<'b>, n: usize) -> Var<'b> {
        let modes = self.centres.len() / self.dims;
        match Tensor::f32([modes, self.dims], self.centres.clone()) {
            Ok(table) => {
                // Below 1 the product can round up to `modes`.
                let mode = (builder.random(Distribution::Uniform, key, [n]) * modes as f32).cast(DType::U32);
                let mode = mode.min(builder.scalar_u32(modes as u32 - 1));
                builder.constant(table).gather(mode) + builder.random(Distribution::Normal, key, [n, self.dims]) * self.sigma
            }
            Err(error) => builder.fail(error),
        }
    }

    /// p at each of `points` `[n, dims]`.
    pub fn density(&self, points: &[f32]) -> Vec<f32> {
        mixture_density(&self.centres, self.dims, self.sigma, points)
    }
}

/// The density at each of `points` of the equal mixture of Gaussians N(c, σ²I) at `centres`, both `[·, dims]`: a kernel density estimate
/// where the centres are samples and σ is the bandwidth.
pub fn mixture_density(centres: &[f32], dims: usize, sigma: f32, points: &[f32]) -> Vec<f32> {
    let norm = (centres.len() / dims) as f32 * (sigma * (2.0 * std::f32::consts::PI).sqrt()).powi(dims as i32);
    let at = |x: &[f32]| {
        let kernel = |c: &[f32]| (-squared_distance(x, c) / (2.0 * sigma * sigma)).exp();
        centres.chunks_exact(dims).map(kernel).sum::<f32>() / norm
    };
    points.chunks_exact(dims).map(at).collect()
}

/// ‖a − b‖².
pub(super) fn squared_distance(a: &[f32], b: &[f32]) -> f32 {
    a.iter().zip(b).map(|(a, b)| (a - b) * (a - b)).sum()
}
