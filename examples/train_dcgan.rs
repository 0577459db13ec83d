//! Trains a DCGAN on MNIST, or on another data set in the same files, and prints how its Fréchet distance falls:
//!
//! `cargo run --release --example train_dcgan -- <folder with the IDX files> [--turns 1500] [--seeds 1]`
//!
//! The distance is measured in the features of a LeNet-5 trained on the real images, between 2,000 samples and up to 10,000 of them.

use std::error::Error;
use std::path::PathBuf;
use std::time::Instant;

use pollster::block_on;
use vitrine::data::{Dataset, idx};
use vitrine::device::Device;
use vitrine::generate::Turn;
use vitrine::generate::image_gan::{Apprentice, ImageGan, ImageGanOptions, Judge};

const USAGE: &str = "usage: train_dcgan <folder with the IDX files> [--turns 1500] [--seeds 1]";

/// Steps of the judge's own training.
const LESSONS: usize = 600;
/// Samples that are judged.
const SAMPLES: usize = 2000;
/// Readings on the way.
const READINGS: usize = 5;

fn main() {
    if let Err(error) = run() {
        eprintln!("{error}");
        std::process::exit(1);
    }
}

fn run() -> Result<(), Box<dyn Error>> {
    let (mut folder, mut turns, mut seeds) = (None, 1500, 1);
    let mut words = std::env::args().skip(1);
    while let Some(word) = words.next() {
        let mut number = || words.next().and_then(|value| value.parse().ok()).ok_or(format!("{word} needs a number\n{USAGE}"));
        match word.as_str() {
            "--turns" => turns = number()?,
            "--seeds" => seeds = number()? as u32,
            _ if word.starts_with('-') || folder.is_some() => return Err(format!("unexpected {word}\n{USAGE}").into()),
            _ => folder = Some(PathBuf::from(word)),
        }
    }
    let data = idx::folder(&folder.ok_or(USAGE)?, 0)?;
    let mut apprentice = block_on(Apprentice::new(&Device::cpu(), &data, 1))?;
    block_on(apprentice.run(LESSONS))?;
    let judge = block_on(apprentice.finish())?;
    println!("judge: {:.1} % right on held-out images", 100.0 * judge.accuracy);
    let mut falls = Vec::new();
    for seed in 1..=seeds {
        falls.push(play(&data, &judge, seed, turns)?);
    }
    falls.sort_by(f32::total_cmp);
    let median = falls.get(falls.len() / 2).ok_or("--seeds must be at least 1")?;
    println!("the distance fell by a factor of {median:.1} (median of {seeds}, least {:.1})", falls[0]);
    Ok(())
}

/// The Fréchet distance at the start over that at the end.
fn play(data: &Dataset, judge: &Judge, seed: u32, turns: usize) -> Result<f32, Box<dyn Error>> {
    let start = Instant::now();
    let mut gan = ImageGan::new(&Device::cpu(), data, ImageGanOptions { seed, ..ImageGanOptions::default() })?;
    gan.adopt(judge.clone())?;
    let first = block_on(gan.judge(SAMPLES))?;
    println!("seed {seed}: held-out images {:.2}, before training {:.2}", first.held_out.unwrap_or(f32::NAN), first.distance);
    let mut last = first.distance;
    for reading in 1..=READINGS {
        let done = |reading| turns * reading / READINGS;
        gan.run(Turn::Both, done(reading) - done(reading - 1))?;
        let (verdict, metrics) = (block_on(gan.judge(SAMPLES))?, block_on(gan.metrics())?);
        let (turn, seconds) = (done(reading), start.elapsed().as_secs_f32());
        println!(
            "  turn {turn}, {seconds:.0} s: distance {:.2}; loss of D {:.3}, of G {:.3}",
            verdict.distance, metrics.discriminator_loss, metrics.generator_loss
        );
        last = verdict.distance;
    }
    Ok(first.distance / last)
}
