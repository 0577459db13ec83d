//! Trains a CNN with global average pooling to name the solid in rendered rooms (D4), then measures how well explanations of it show the
//! solid and what the network depends on (V14). A method's baseline is `black`, `white`, `blur` or `noise`.
//!
//! ```sh
//! cargo run --release --example measure_explanations -- [images (20)] [seed (1)] [baseline (blur)]
//! ```
//!
//! Prints validation accuracy per epoch, a table of means with 95 % confidence intervals, and the pairs of methods that differ in the
//! pointing game and the ROC-AUC after Bonferroni's correction.

use std::error::Error;
use std::ops::ControlFlow;
use std::time::Instant;

use pollster::block_on;
use vitrine::data::{Dataset, Rooms};
use vitrine::device::Device;
use vitrine::explain::measure::{MaskedImages, Measure, MeasureOptions, Protocol, Report};
use vitrine::explain::{ExplainOptions, Method};
use vitrine::nn::{Model, Schedule, preset};
use vitrine::train::{TrainOptions, Trainer};

const EPOCHS: usize = 8;

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let mut number = |default: u32| arguments.next().map_or(Ok(default), |text| text.parse());
    let (images, seed) = (number(20)? as usize, number(1)?);
    let baseline = serde_json::from_value(arguments.next().unwrap_or("blur".into()).into())?;

    let rooms = Rooms { size: 24, count: 4000, ..Rooms::default() };
    let data = rooms.dataset(seed)?;
    let mut trainer = train(&data, seed)?;

    let model = trainer.model().clone();
    let chosen: Vec<usize> = (0..images.min(data.validation.len())).collect();
    let images = data.validation.select(&chosen);
    let masks: Vec<f32> =
        chosen.iter().flat_map(|i| rooms.room(seed, rooms.validation().start + i).render(rooms.size).mask).collect();
    let explain = ExplainOptions { baseline, ..ExplainOptions::default() };
    let options = MeasureOptions { methods: Method::ALL.to_vec(), explain, seed, ..MeasureOptions::default() };
    let mut protocol = Protocol::new(&model, options)?;
    let set = MaskedImages { pixels: &images.pixels, labels: &images.labels, masks: &masks };
    let start = Instant::now();
    let (mut clock, mut progress) = (|| start.elapsed().as_secs_f64(), |_| ControlFlow::Continue(()));
    block_on(protocol.run(&Device::cpu(), trainer.store_mut(), set, &mut clock, &mut progress))?;
    println!("{} images, {} methods, {:.1} s\n", images.len(), Method::ALL.len(), start.elapsed().as_secs_f64());
    print(&protocol.report());
    Ok(())
}

fn train(data: &Dataset, seed: u32) -> Result<Trainer, Box<dyn Error>> {
    let mut architecture = preset("gap-cnn", data.shape, data.classes.len()).ok_or("no such preset")?;
    (architecture.mean, architecture.std) = data.mean_std();
    let mut options = TrainOptions { learning_rate: 0.01, seed, ..TrainOptions::default() };
    options.schedule = Schedule::Cosine { steps: (data.train.len() / options.batch_size * EPOCHS) as u32 };
    let mut trainer = block_on(Trainer::new(&Device::cpu(), Model::new(architecture)?, data, options))?;
    let start = Instant::now();
    block_on(trainer.fit(EPOCHS, None, |epoch| {
        let accuracy = 100.0 * epoch.validation.accuracy;
        println!("epoch {}: {accuracy:.1} % of the validation images, {:.1} s", epoch.number, start.elapsed().as_secs_f64());
        ControlFlow::Continue(())
    }))?;
    Ok(trainer)
}

fn print(report: &Report) {
    print!("{:22}", "");
    Measure::ALL.iter().for_each(|measure| print!("{:>17}", measure.id()));
    println!("{:>10}{:>14}", "KiB", "efficiency");
    for summary in &report.summaries {
        print!("{:22}", summary.method.about().title);
        for figure in summary.figures {
            print!("{:>17}", format!("{:.3} ± {:.3}", figure.mean, figure.high - figure.mean));
        }
        println!("{:>10}{:>14.1}", summary.bytes / 1024, summary.efficiency);
    }
    for measure in [Measure::Pointing, Measure::Auc] {
        println!("\nDifferent in {} (p < 0.05 after Bonferroni's correction):", measure.id());
        for test in report.tests.iter().filter(|test| test.measure == measure && test.adjusted < 0.05) {
            let [a, b] = [test.a, test.b].map(|method| method.about().title);
            println!("  {a} − {b} = {:+.3}, t = {:.2}, p = {:.2e}", test.test.difference, test.test.t, test.adjusted);
        }
    }
}
