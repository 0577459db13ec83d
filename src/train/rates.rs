//! How fast does a model train on either device? What `auto` goes by: measured on the step itself, not guessed from its size.

use super::options::TrainOptions;
use super::trainer::Trainer;
use crate::data::{Dataset, Images};
use crate::device::{Device, DeviceKind, Rates};
use crate::error::Result;
use crate::nn::Model;

/// Seconds for the steps on one device; a single step may take longer.
const BUDGET: f64 = 0.3;

/// The most steps in a timed block, for clocks that hardly move.
const MAX_STEPS: usize = 4096;

/// Times training steps of `model` on the CPU and on `gpu`, each for at most 0.3 s or one step. `clock` tells seconds. Trainers of
/// their own do it, on the first batch of `data`, and are gone afterwards: no other run is touched. Where the step fails the rate is 0.
pub async fn rates(gpu: &Device, model: &Model, data: &Dataset, options: &TrainOptions, clock: &mut dyn FnMut() -> f64) -> Rates {
    let first: Vec<usize> = (0..options.batch_size.min(data.train.len())).collect();
    let batch = Dataset {
        title: data.title.clone(),
        source: String::new(),
        shape: data.shape,
        classes: data.classes.clone(),
        train: data.train.select(&first),
        validation: Images::default(),
    };
    let mut rates = [0.0; 2];
    for (rate, device) in rates.iter_mut().zip([&Device::Cpu, gpu]) {
        *rate = rate_on(device, model, &batch, options, clock).await.unwrap_or(0.0);
    }
    Rates { cpu: rates[0], gpu: rates[1] }
}

/// Steps per second. Blocks of steps double until the time is used up; the last one counts.
async fn rate_on(
    device: &Device,
    model: &Model,
    batch: &Dataset,
    options: &TrainOptions,
    clock: &mut dyn FnMut() -> f64,
) -> Result<f64> {
    // So small a rate that nothing can diverge.
    let options = TrainOptions { learning_rate: f32::MIN_POSITIVE, ..options.clone() };
    let mut trainer = Trainer::new(device, model.clone(), batch, options).await?;
    if device.kind() == DeviceKind::Gpu {
        trainer.run(1).await?; // shaders are compiled at their first use
    }
    let (mut steps, mut left) = (1, BUDGET);
    loop {
        let start = clock();
        trainer.run(steps).await?;
        let seconds = clock() - start;
        left -= seconds;
        if left < 2.0 * seconds || steps >= MAX_STEPS {
            return Ok(steps as f64 / seconds.max(1e-6));
        }
        steps *= 2;
    }
}
