//! Trains a network on MNIST, or on another data set in the same files, and prints its test accuracy after each epoch:
//!
//! `cargo run --release --example train_mnist -- <folder with the IDX files> [--epochs 3] [--device cpu|gpu] [--seed 1] [--model lenet-5]`

use std::error::Error;
use std::io::{IsTerminal, Write};
use std::path::PathBuf;
use std::time::Instant;

use pollster::block_on;
use vitrine::data::idx;
use vitrine::device::Device;
use vitrine::nn::{Model, PRESETS, Schedule, preset};
use vitrine::train::{Split, TrainOptions, Trainer};

const USAGE: &str = "usage: train_mnist <folder with the IDX files> [--epochs 3] [--device cpu|gpu] [--seed 1] [--model lenet-5]";

const BATCH: usize = 32;

/// Steps between two signs of progress.
const PROGRESS: usize = 50;

/// What the command line asks for.
struct Arguments {
    folder: PathBuf,
    epochs: usize,
    gpu: bool,
    seed: u32,
    model: String,
}

impl Arguments {
    fn parse(mut words: impl Iterator<Item = String>) -> Result<Self, Box<dyn Error>> {
        let mut folder = None;
        let (mut epochs, mut gpu, mut seed, mut model) = (3, false, 1, "lenet-5".to_string());
        while let Some(word) = words.next() {
            let mut value = || words.next().ok_or(format!("{word} needs a value\n{USAGE}"));
            match word.as_str() {
                "--epochs" => epochs = value()?.parse().map_err(|e| format!("--epochs: {e}"))?,
                "--seed" => seed = value()?.parse().map_err(|e| format!("--seed: {e}"))?,
                "--model" => model = value()?,
                "--device" => {
                    gpu = match value()?.as_str() {
                        "cpu" => false,
                        "gpu" => true,
                        other => return Err(format!("--device is cpu or gpu, not {other}").into()),
                    }
                }
                _ if word.starts_with('-') || folder.is_some() => return Err(format!("unexpected {word}\n{USAGE}").into()),
                _ => folder = Some(PathBuf::from(word)),
            }
        }
        Ok(Self { folder: folder.ok_or(USAGE)?, epochs, gpu, seed, model })
    }
}

fn main() {
    if let Err(error) = run() {
        eprintln!("{error}");
        std::process::exit(1);
    }
}

fn run() -> Result<(), Box<dyn Error>> {
    let arguments = Arguments::parse(std::env::args().skip(1))?;
    let data = idx::folder(&arguments.folder, 0)?;
    let device = open(arguments.gpu)?;

    let known = || format!("--model is one of {}", PRESETS.iter().map(|p| p.id).collect::<Vec<_>>().join(", "));
    let mut architecture = preset(&arguments.model, data.shape, data.classes.len()).ok_or_else(known)?;
    (architecture.mean, architecture.std) = data.mean_std();
    let model = Model::new(architecture)?;
    println!(
        "{} on {}: {} parameters, {} training and {} test images",
        arguments.model,
        device.info().name,
        model.summary().parameters,
        data.train.len(),
        data.validation.len()
    );

    let steps = data.train.len() / BATCH * arguments.epochs;
    let options = TrainOptions {
        batch_size: BATCH,
        schedule: Schedule::Cosine { steps: steps.max(1) as u32 },
        seed: arguments.seed,
        ..TrainOptions::default()
    };
    let mut trainer = block_on(Trainer::new(&device, model, &data, options))?;
    for epoch in 1..=arguments.epochs {
        let start = Instant::now();
        let (loss, accuracy) = train_epoch(&mut trainer, epoch)?;
        let seconds = start.elapsed().as_secs_f32();
        let test = block_on(trainer.evaluate(Split::Validation))?;
        println!(
            "epoch {epoch} in {seconds:.1} s: training loss {loss:.4}, accuracy {:.2} %; test loss {:.4}, accuracy {:.2} %",
            100.0 * accuracy,
            test.loss,
            100.0 * test.accuracy
        );
    }
    Ok(())
}

/// Mean loss and accuracy of one epoch's batches; progress goes to a terminal only.
fn train_epoch(trainer: &mut Trainer, epoch: usize) -> Result<(f32, f32), Box<dyn Error>> {
    let total = trainer.steps_per_epoch();
    let mut metrics = Vec::with_capacity(total);
    while metrics.len() < total {
        metrics.extend(block_on(trainer.run(PROGRESS.min(total - metrics.len())))?);
        if let Some(report) = trainer.divergence() {
            return Err(report.message.clone().into());
        }
        if let (true, Some(last)) = (std::io::stdout().is_terminal(), metrics.last()) {
            print!("epoch {epoch}: step {}/{total}, loss {:.4}   \r", metrics.len(), last.loss);
            std::io::stdout().flush()?;
        }
    }
    let mean = |sum: f32| sum / metrics.len() as f32;
    Ok((mean(metrics.iter().map(|m| m.loss).sum()), mean(metrics.iter().map(|m| m.accuracy).sum())))
}

fn open(gpu: bool) -> Result<Device, Box<dyn Error>> {
    if !gpu {
        return Ok(Device::cpu());
    }
    #[cfg(feature = "webgpu")]
    return Ok(block_on(Device::gpu(false))?);
    #[cfg(not(feature = "webgpu"))]
    Err("this build has no GPU: build it with the feature webgpu".into())
}
