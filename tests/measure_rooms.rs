//! V14 on rooms (D4) whose shape a CNN with global average pooling has learned: explanations of a network that knows its task find the
//! solid. `cargo run --release --example measure_explanations` prints all figures.
#![cfg(not(target_arch = "wasm32"))]

use std::ops::ControlFlow;

use pollster::block_on;
use vitrine::data::Rooms;
use vitrine::device::Device;
use vitrine::explain::Method;
use vitrine::explain::measure::{MaskedImages, Measure, MeasureOptions, Protocol};
use vitrine::nn::{Model, Schedule, preset};
use vitrine::train::{TrainOptions, Trainer};

const SEED: u32 = 1;
const EPOCHS: usize = 8;
/// Training ends at this validation accuracy: after 6 epochs.
const ENOUGH: f32 = 0.97;
const IMAGES: usize = 40;

#[test]
fn grad_cam_finds_the_solid_whose_shape_the_network_names() {
    let rooms = Rooms { size: 24, count: 4000, ..Rooms::default() };
    let data = rooms.dataset(SEED).unwrap();
    let mut architecture = preset("gap-cnn", data.shape, data.classes.len()).unwrap();
    (architecture.mean, architecture.std) = data.mean_std();
    let model = Model::new(architecture).unwrap();
    let mut options = TrainOptions { learning_rate: 0.01, seed: SEED, ..TrainOptions::default() };
    options.schedule = Schedule::Cosine { steps: (data.train.len() / options.batch_size * EPOCHS) as u32 };
    let mut trainer = block_on(Trainer::new(&Device::cpu(), model.clone(), &data, options)).unwrap();
    let mut accuracy = 0.0;
    block_on(trainer.fit(EPOCHS, None, |epoch| {
        accuracy = epoch.validation.accuracy;
        if accuracy >= ENOUGH { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    }))
    .unwrap();
    assert!(accuracy >= 0.95, "validation accuracy {accuracy}");

    let images = data.validation.select(&(0..IMAGES).collect::<Vec<_>>());
    let first = rooms.validation().start;
    let masks: Vec<f32> = (0..IMAGES).flat_map(|i| rooms.room(SEED, first + i).render(rooms.size).mask).collect();
    let set = MaskedImages { pixels: &images.pixels, labels: &images.labels, masks: &masks };
    let methods = vec![Method::GradCam, Method::GradientInput];
    let mut protocol = Protocol::new(&model, MeasureOptions { methods, ..MeasureOptions::default() }).unwrap();
    let progress = &mut |_| ControlFlow::Continue(());
    block_on(protocol.run(&Device::cpu(), trainer.store_mut(), set, &mut || 0.0, progress)).unwrap();
    let report = protocol.report();
    let grad_cam = &report.summaries[0];
    let [pointing, auc] = [Measure::Pointing, Measure::Auc].map(|measure| grad_cam.figure(measure).mean);
    assert!(pointing >= 0.9 && auc >= 0.85, "pointing {pointing}, AUC {auc}");
    // What it points at is what the network looks at: without it the class is lost, with it alone it is kept.
    assert!(grad_cam.figure(Measure::Deletion).high < grad_cam.figure(Measure::Insertion).low);
    // The signed values of gradient × input are about as often small on the solid as elsewhere.
    let pair = (Measure::Auc, Method::GradCam, Method::GradientInput);
    let test = report.tests.iter().find(|test| (test.measure, test.a, test.b) == pair).unwrap();
    assert!(test.test.difference > 0.0 && test.adjusted < 0.001, "{test:?}");
}
