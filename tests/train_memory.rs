//! What the plan of a training step's memory saves against keeping every value.
#![cfg(not(target_arch = "wasm32"))]

use pollster::block_on;
use vitrine::data::digits;
use vitrine::device::Device;
use vitrine::nn::{Model, preset};
use vitrine::train::{TrainOptions, Trainer};

#[test]
fn values_share_memory_where_they_do_not_live_together() {
    let batch = 32;
    for network in ["lenet-5", "gap-cnn", "resnet-8", "resnet-20"] {
        let data = digits();
        let model = Model::new(preset(network, data.shape, data.classes.len()).unwrap()).unwrap();
        let options = TrainOptions { batch_size: batch, ..TrainOptions::default() };
        let report = block_on(Trainer::new(&Device::cpu(), model, &data, options)).unwrap().report();
        let share = report.arena_bytes as f64 / report.unshared_bytes as f64;
        println!(
            "{network}, batch {batch}: arena {} kB, all values {} kB, {:.0} % saved by the plan, {} kernels",
            report.arena_bytes / 1000,
            report.unshared_bytes / 1000,
            100.0 * (1.0 - share),
            report.kernels
        );
        // Activations live until their gradients are taken; gradients, on the way back, need not live together.
        assert!(report.arena_bytes > 0 && share < 0.5, "{network}: {share}");
    }
}
