//! Prints what labels are worth to an autoencoder's encoder (COURSE G3), the median of five seeds:
//!
//! `cargo run --release --example finetune_encoder [-- digits | strokes | FOLDER]`, FOLDER with MNIST's four files.

use pollster::block_on;
use vitrine::data::{Dataset, Strokes, digits, idx};
use vitrine::device::Device;
use vitrine::generate::autoencoder::{Autoencoder, AutoencoderOptions, FineTuneOptions, Start};
use vitrine::generate::latent::{Labelled, few, knn, logistic};
use vitrine::{Error, Result};

const SEEDS: [u32; 5] = [1, 2, 3, 4, 5];
/// Steps without labels, and with.
const LEARN: usize = 3000;
const TUNE: usize = 300;
/// Held-out images that are judged, at most.
const JUDGED: usize = 2000;

/// Accuracies with so many labels a class: of logistic regression and 5 nearest neighbours on pixels, the same on codes, and of the
/// network from scratch and fine-tuned.
fn accuracies(data: &Dataset, coder: &mut Autoencoder, per_class: usize, seed: u32) -> Result<[f64; 6]> {
    let classes = data.classes.len();
    let train = data.train.select(&few(&data.train.labels, classes, per_class, seed));
    let test = data.validation.select(&(0..data.validation.len().min(JUDGED)).collect::<Vec<_>>());
    let (from, to) = (block_on(coder.encode(&train.pixels))?.0, block_on(coder.encode(&test.pixels))?.0);
    let mut found = Vec::new();
    for (x, y) in [(&train.pixels, &test.pixels), (&from, &to)] {
        let (train, test) = (Labelled { x, labels: &train.labels }, Labelled { x: y, labels: &test.labels });
        found.push(block_on(logistic(&Device::cpu(), train, test, classes))?.accuracy);
        found.push(knn(train, test, 5)?.accuracy);
    }
    let (train, test) = (Labelled { x: &train.pixels, labels: &train.labels }, Labelled { x: &test.pixels, labels: &test.labels });
    for start in [Start::Scratch, Start::Learnt] {
        let options = FineTuneOptions { start, seed, ..FineTuneOptions::default() };
        let mut tuning = block_on(coder.fine_tuning(train, classes, options))?;
        block_on(tuning.run(TUNE))?;
        found.push(block_on(tuning.classify(test))?.accuracy);
    }
    found.try_into().map_err(|_| Error::Run("six methods were measured".into()))
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

fn on(name: &str, data: &Dataset) -> Result<()> {
    println!("{name}: accuracy in % by labels a class; autoencoder 128–32, {LEARN} steps without labels");
    println!("labels  pixels: logistic, 5-nn   codes: logistic, 5-nn   scratch  fine-tuned");
    let mut coders = Vec::new();
    for seed in SEEDS {
        let options =
            AutoencoderOptions { latent: 32, hidden: Some(vec![128]), learning_rate: 0.002, seed, ..AutoencoderOptions::default() };
        let mut coder = block_on(Autoencoder::new(&Device::cpu(), data, None, options))?;
        block_on(coder.run(LEARN))?;
        coders.push(coder);
    }
    for per_class in [1, 5, 10, 50] {
        let mut all = Vec::new();
        for (coder, seed) in coders.iter_mut().zip(SEEDS) {
            all.push(accuracies(data, coder, per_class, seed)?);
        }
        let of = |i: usize| 100.0 * median(all.iter().map(|row| row[i]).collect());
        println!("{per_class:>6}  {:>16.1} {:>6.1}  {:>16.1} {:>6.1}  {:>8.1}  {:>10.1}", of(0), of(1), of(2), of(3), of(4), of(5));
    }
    Ok(())
}

fn main() -> Result<()> {
    let wanted = std::env::args().nth(1);
    let is = |name: &str| wanted.as_deref().is_none_or(|wanted| wanted == name);
    if is("digits") {
        on("digits", &digits())?;
    }
    if is("strokes") {
        on("drawn digits", &Strokes { count: 4000 }.dataset(1)?)?;
    }
    match wanted.as_deref() {
        None | Some("digits" | "strokes") => Ok(()),
        Some(folder) => on(folder, &idx::folder(folder.as_ref(), 1)?),
    }
}
