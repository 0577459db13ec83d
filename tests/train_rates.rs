//! `auto`: which device trains a model faster is measured, and the faster one is taken.
#![cfg(not(target_arch = "wasm32"))]

use pollster::block_on;
use vitrine::Error;
use vitrine::data::{Dataset, digits};
use vitrine::device::{Device, DeviceKind, Rates};
use vitrine::nn::{Activation, Architecture, Layer, Model};
use vitrine::train::{TrainOptions, Trainer, rates};

fn model() -> Model {
    let layers = vec![
        Layer::Dense { units: 6 },
        Layer::Activation { function: Activation::Relu },
        Layer::BatchNorm,
        Layer::Dense { units: 10 },
    ];
    Model::new(Architecture { input: [1, 8, 8], mean: vec![], std: vec![], layers }).unwrap()
}

/// A clock that moves on by a second whenever it is read.
fn ticking(reads: &mut usize) -> impl FnMut() -> f64 {
    || {
        *reads += 1;
        *reads as f64
    }
}

fn losses(trainer: &mut Trainer) -> Vec<f32> {
    block_on(trainer.run(5)).unwrap().iter().map(|metric| metric.loss).collect()
}

#[test]
fn the_device_with_more_steps_per_second_is_taken() {
    for (cpu, gpu, faster) in [
        (100.0, 40.0, DeviceKind::Cpu),
        (40.0, 100.0, DeviceKind::Gpu),
        (40.0, 40.0, DeviceKind::Gpu),
        (40.0, 0.0, DeviceKind::Cpu),
        (0.0, 0.0, DeviceKind::Cpu),
    ] {
        assert_eq!(Rates { cpu, gpu }.faster(), faster, "{cpu} {gpu}");
    }
    let reason = Rates { cpu: 12.34, gpu: 0.07 }.reason("a card");
    assert!(reason.contains("12.3 steps a second on the CPU, 0.1 on WebGPU (a card)"), "{reason}");
}

#[test]
fn a_step_that_takes_longer_than_the_budget_is_timed_once_on_each_device() {
    let mut reads = 0;
    let found = block_on(rates(&Device::cpu(), &model(), &digits(), &TrainOptions::default(), &mut ticking(&mut reads)));
    assert_eq!(found, Rates { cpu: 1.0, gpu: 1.0 });
    assert_eq!(reads, 4);
}

#[test]
fn blocks_double_until_the_time_is_used_up() {
    // 0.055 s a block: after the fourth there is no time left for another of twice its length.
    let mut now = 0.0;
    let mut clock = || {
        now += 0.055;
        now
    };
    let found = block_on(rates(&Device::cpu(), &model(), &digits(), &TrainOptions::default(), &mut clock));
    assert!((found.cpu - 8.0 / 0.055).abs() < 1.0, "{found:?}");
}

#[test]
fn a_run_that_is_impossible_has_no_rate_and_the_trainer_says_why() {
    let options = TrainOptions { batch_size: 100_000, ..TrainOptions::default() };
    let mut reads = 0;
    let found = block_on(rates(&Device::cpu(), &model(), &digits(), &options, &mut ticking(&mut reads)));
    assert_eq!((found, reads), (Rates { cpu: 0.0, gpu: 0.0 }, 0));
    let refused = block_on(Trainer::auto(true, model(), &digits(), options, &mut || 0.0)).err().expect("refused");
    assert!(matches!(refused, Error::Option { .. }), "{refused}");
}

#[test]
fn auto_trains_as_on_the_device_that_it_chose() {
    let data: Dataset = digits();
    let mut reads = 0;
    let (mut chosen, reason) =
        block_on(Trainer::auto(true, model(), &data, TrainOptions::default(), &mut ticking(&mut reads))).unwrap();
    println!("{reason}");
    let mut asked_for = block_on(Trainer::new(chosen.device(), model(), &data, TrainOptions::default())).unwrap();
    assert_eq!(chosen.step(), 0);
    assert_eq!(losses(&mut chosen), losses(&mut asked_for));
    // With a GPU both devices are timed, one step each by this clock, and the tie goes to the GPU.
    match chosen.device().info().kind {
        DeviceKind::Gpu => assert!(reason.contains("1.0 steps a second on the CPU, 1.0 on WebGPU"), "{reason}"),
        DeviceKind::Cpu => assert_eq!(reads, 0, "{reason}"),
    }
}

#[cfg(feature = "webgpu")]
#[test]
fn a_gpu_on_which_the_step_fails_is_not_taken() {
    let device = match block_on(Device::gpu(true)) {
        Ok(device) => device,
        Err(error) => return eprintln!("SKIPPED: {error}"),
    };
    if let Device::Gpu(gpu) = &device {
        gpu.lose();
    }
    let mut reads = 0;
    let found = block_on(rates(&device, &model(), &digits(), &TrainOptions::default(), &mut ticking(&mut reads)));
    assert_eq!(found, Rates { cpu: 1.0, gpu: 0.0 });
}
