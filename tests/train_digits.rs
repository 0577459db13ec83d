//! Training on real digits (D1, 20 % held out): the LeNet-5 preset with the default options, on the CPU.
#![cfg(not(target_arch = "wasm32"))]

use std::ops::ControlFlow;

use pollster::block_on;
use vitrine::data;
use vitrine::device::Device;
use vitrine::nn::{Model, preset};
use vitrine::train::{TrainOptions, Trainer};

/// The best validation accuracy within 30 epochs; stops at `enough`.
fn best_accuracy(seed: u32, enough: f32) -> f32 {
    let data = data::digits();
    let mut architecture = preset("lenet-5", data.shape, data.classes.len()).unwrap();
    (architecture.mean, architecture.std) = data.mean_std();
    let options = TrainOptions { seed, ..TrainOptions::default() };
    let mut trainer = block_on(Trainer::new(&Device::cpu(), Model::new(architecture).unwrap(), &data, options)).unwrap();
    let mut best = 0f32;
    block_on(trainer.fit(30, None, |epoch| {
        best = best.max(epoch.validation.accuracy);
        if best >= enough { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    }))
    .unwrap();
    best
}

#[test]
fn lenet_5_reaches_97_5_percent_within_30_epochs_from_several_seeds() {
    for seed in [1, 2, 3] {
        let best = best_accuracy(seed, 0.975);
        assert!(best >= 0.975, "seed {seed}: {best}");
    }
}
