//! What a trained autoencoder shows: codes, reconstructions, samples, walks through its latent space.

use serde::{Deserialize, Serialize};
use statrs::function::erf::erf_inv;

use super::Autoencoder;
use super::graphs::Plan;
use super::options::Shape;
use crate::data::Random;
use crate::error::{Error, Result};
use crate::graph::Graph;
use crate::tensor::Tensor;

/// Images or codes of one run of a program: the first of these that is enough, else the last.
const ROWS: [usize; 3] = [1, 16, 64];
/// The most images that one call gives.
const MOST: usize = 4096;
/// The random stream of samples from the prior.
const STREAM: u32 = 0x5a3b;

/// A latent is silent where its mean KL divergence, in nats, is below this: what the decoder hears of it is noise.
pub const SILENT: f32 = 0.05;

/// Images given back, and how well.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Reconstructed {
    /// `[n, C, H, W]`.
    pub images: Vec<f32>,
    /// The reconstruction loss of each, summed over its pixels.
    pub errors: Vec<f32>,
    /// The mean squared error per pixel of each.
    pub mse: Vec<f32>,
}

/// Where samples are drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Prior {
    /// N(0, I), the prior of a variational autoencoder.
    #[default]
    Standard,
    /// A normal distribution with the mean and deviation of each latent over given codes.
    Fitted,
}

/// A latent over a set of images.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct LatentSummary {
    /// Mean and standard deviation of the code (μ).
    pub mean: f32,
    pub deviation: f32,
    /// The smallest and the largest code.
    pub low: f32,
    pub high: f32,
    /// Mean KL divergence from the prior in nats; 0 for one that is not variational.
    pub divergence: f32,
    /// Whether it is below [`SILENT`]; never for one that is not variational.
    pub silent: bool,
}

impl Autoencoder {
    /// Runs the program `what` over the rows of `values`, each of shape `row`; gives every one of `outputs` for all rows, one after
    /// another.
    async fn over<const N: usize>(
        &mut self,
        what: &str,
        graph: fn(&Plan, usize) -> Result<Graph>,
        (input, row): (&str, &[usize]),
        values: &[f32],
        outputs: [&str; N],
    ) -> Result<[Vec<f32>; N]> {
        let size: usize = row.iter().product();
        let n = count(values, size)?;
        let rows = ROWS.into_iter().find(|&rows| n <= rows).unwrap_or(ROWS[ROWS.len() - 1]);
        let name = format!("{what}/{rows}");
        let mut program = match self.programs.remove(&name) {
            Some(program) => program,
            None => self.device.compile(&graph(&self.plan, rows)?)?,
        };
        let mut all = [const { Vec::new() }; N];
        for block in values.chunks(rows * size) {
            let mut padded = block.to_vec();
            padded.resize(rows * size, 0.0);
            let tensor = Tensor::f32([&[rows], row].concat(), padded)?;
            program.run(&mut self.store, &[(input, &tensor)], 1)?;
            for (all, output) in all.iter_mut().zip(outputs) {
                let values = program.output(output).await?.into_f32()?;
                all.extend_from_slice(&values[..values.len() / rows * (block.len() / size)]);
            }
        }
        self.programs.insert(name, program);
        Ok(all)
    }

    /// Codes (μ) of `images` `[n, C, H, W]`: `[n, latent]`; and σ, empty where it is not variational.
    pub async fn encode(&mut self, images: &[f32]) -> Result<(Vec<f32>, Vec<f32>)> {
        let shape = self.plan.network.image();
        if self.plan.options.variational() {
            let [mean, deviation] = self.over("encode", Plan::encode, ("x", &shape), images, ["mean", "deviation"]).await?;
            return Ok((mean, deviation));
        }
        let [mean] = self.over("encode", Plan::encode, ("x", &shape), images, ["mean"]).await?;
        Ok((mean, Vec::new()))
    }

    /// The image of each row of `z` `[n, latent]`, at most 4096: `[n, C, H, W]`.
    pub async fn decode(&mut self, z: &[f32]) -> Result<Vec<f32>> {
        let latent = self.plan.options.latent;
        if z.len() > MOST * latent {
            return Err(Error::option("z", format!("{} codes; at most {MOST} at once", z.len() / latent)));
        }
        let [images] = self.over("decode", Plan::decode, ("z", &[latent]), z, ["image"]).await?;
        Ok(images)
    }

    /// Of a linear one, the image that each latent adds: the columns of the decoder's matrix, `[latent][values]`.
    pub async fn decoder_columns(&self) -> Result<Vec<Vec<f64>>> {
        if self.plan.options.shape != Shape::Linear {
            return Err(Error::option("shape", "only a linear decoder is a matrix"));
        }
        let (weight, latent) = (self.store.get("decoder/dense1/weight").await?.into_f32()?, self.plan.options.latent);
        Ok((0..latent).map(|k| weight.iter().skip(k).step_by(latent).map(|&v| f64::from(v)).collect()).collect())
    }

    /// `images` `[n, C, H, W]` through the code and back, without noise.
    pub async fn reconstruct(&mut self, images: &[f32]) -> Result<Reconstructed> {
        let shape = self.plan.network.image();
        let outputs = ["image", "error", "mse"];
        let [images, errors, mse] = self.over("reconstruct", Plan::reconstruct, ("x", &shape), images, outputs).await?;
        Ok(Reconstructed { images, errors, mse })
    }

    /// `n` codes, 1…4096, from the prior: `[n, latent]`; with `seed` 0 the ones of this autoencoder's own seed. `codes` `[m, latent]`
    /// is what [`Prior::Fitted`] is fitted to.
    pub fn draw(&self, n: usize, prior: Prior, codes: &[f32], seed: u32) -> Result<Vec<f32>> {
        limited("n", n)?;
        let latent = self.plan.options.latent;
        let mut random = Random::new(if seed == 0 { self.plan.options.seed } else { seed }, STREAM);
        let mut z: Vec<f32> = (0..n * latent).map(|_| random.normal()).collect();
        if prior == Prior::Fitted {
            let summary = summaries(codes, &[], latent)?;
            for row in z.chunks_exact_mut(latent) {
                row.iter_mut().zip(&summary).for_each(|(value, latent)| *value = latent.mean + latent.deviation * *value);
            }
        }
        Ok(z)
    }

    /// `n` images, 2…4096, decoded on the straight line between the codes of image `a` and image `b` (each `[C, H, W]`), both ends
    /// among them: codes and images.
    pub async fn interpolate(&mut self, a: &[f32], b: &[f32], n: usize) -> Result<(Vec<f32>, Vec<f32>)> {
        limited("n", n)?;
        let (codes, _) = self.encode(&[a, b].concat()).await?;
        let latent = self.plan.options.latent;
        if codes.len() != 2 * latent {
            return Err(Error::option("images", "must be two, of the data's shape"));
        }
        let (from, to) = codes.split_at(latent);
        let share = |i: usize| i as f32 / n.saturating_sub(1).max(1) as f32;
        let z: Vec<f32> = (0..n).flat_map(|i| from.iter().zip(to).map(move |(a, b)| (1.0 - share(i)) * a + share(i) * b)).collect();
        let images = self.decode(&z).await?;
        Ok((z, images))
    }

    /// `side`² images, `side` 1…64, over the plane of two latents at the quantiles (i + ½)/`side` of the standard normal, so that each
    /// stands for the same share of the prior; the other latents are as in `code`. The first latent grows to the right, the second
    /// upwards; rows from the top. Codes and images.
    pub async fn grid(&mut self, latents: [usize; 2], side: usize, code: &[f32]) -> Result<(Vec<f32>, Vec<f32>)> {
        let latent = self.plan.options.latent;
        if !(1..=64).contains(&side) {
            return Err(Error::option("side", "must be 1 to 64"));
        }
        if latents.iter().any(|&i| i >= latent) || code.len() != latent {
            return Err(Error::option("latents", format!("there are {latent}, counted from 0; the code must have all")));
        }
        let z: Vec<f32> = (0..side * side)
            .flat_map(|place| {
                let mut z = code.to_vec();
                z[latents[1]] = normal_quantile((side - 1 - place / side) as f32 + 0.5, side);
                z[latents[0]] = normal_quantile((place % side) as f32 + 0.5, side);
                z
            })
            .collect();
        let images = self.decode(&z).await?;
        Ok((z, images))
    }

    /// `n` images, 1…4096, along the latent `which` from `low` to `high`, the others as in `code`: codes and images.
    pub async fn traverse(&mut self, code: &[f32], which: usize, [low, high]: [f32; 2], n: usize) -> Result<(Vec<f32>, Vec<f32>)> {
        limited("n", n)?;
        let latent = self.plan.options.latent;
        if which >= latent || code.len() != latent {
            return Err(Error::option("latent", format!("there are {latent}, counted from 0; the code must have all")));
        }
        let z: Vec<f32> = (0..n)
            .flat_map(|i| {
                let mut z = code.to_vec();
                z[which] = low + (high - low) * i as f32 / n.saturating_sub(1).max(1) as f32;
                z
            })
            .collect();
        let images = self.decode(&z).await?;
        Ok((z, images))
    }

    /// What each latent does over `images` `[n, C, H, W]`.
    pub async fn summarise(&mut self, images: &[f32]) -> Result<Vec<LatentSummary>> {
        let (mean, deviation) = self.encode(images).await?;
        summaries(&mean, &deviation, self.plan.options.latent)
    }
}

/// Φ⁻¹(`place`/`side`).
fn normal_quantile(place: f32, side: usize) -> f32 {
    (std::f64::consts::SQRT_2 * erf_inv(2.0 * f64::from(place) / side as f64 - 1.0)) as f32
}

/// `codes` and `deviations` `[n, latent]`; no deviations: not variational.
fn summaries(codes: &[f32], deviations: &[f32], latent: usize) -> Result<Vec<LatentSummary>> {
    let n = count(codes, latent)? as f64;
    let summary = |i: usize| {
        let column = || codes.iter().skip(i).step_by(latent).map(|&v| f64::from(v));
        let mean = column().sum::<f64>() / n;
        let variance = column().map(|v| (v - mean).powi(2)).sum::<f64>() / n;
        let of_each = column().zip(deviations.iter().skip(i).step_by(latent));
        let divergence = of_each.map(|(m, &s)| divergence(m, f64::from(s))).sum::<f64>() / n;
        LatentSummary {
            mean: mean as f32,
            deviation: variance.sqrt() as f32,
            low: column().fold(f64::INFINITY, f64::min) as f32,
            high: column().fold(f64::NEG_INFINITY, f64::max) as f32,
            divergence: divergence as f32,
            silent: !deviations.is_empty() && divergence < f64::from(SILENT),
        }
    };
    Ok((0..latent).map(summary).collect())
}

/// KL(N(μ, σ²) ‖ N(0, 1)) in nats.
fn divergence(mean: f64, deviation: f64) -> f64 {
    0.5 * (mean * mean + deviation * deviation - 1.0) - deviation.ln()
}

/// How many rows of `size` there are: at least one, and whole ones.
fn count(values: &[f32], size: usize) -> Result<usize> {
    match values.len() {
        0 => Err(Error::option("values", "there are none")),
        len if len % size != 0 => Err(Error::option("values", format!("{len} are not whole rows of {size}"))),
        len => Ok(len / size),
    }
}

fn limited(name: &'static str, n: usize) -> Result<()> {
    if (1..=MOST).contains(&n) { Ok(()) } else { Err(Error::option(name, format!("must be 1 to {MOST}"))) }
}
