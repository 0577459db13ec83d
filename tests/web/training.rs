//! A training run, from the shipped digits to the losses of its steps, on both devices.

use vitrine::data;
use vitrine::device::{Device, DeviceKind};
use vitrine::nn::{self, Model};
use vitrine::train::{Split, TrainOptions, Trainer};
use wasm_bindgen_test::wasm_bindgen_test;

async fn lenet(device: &Device) -> Trainer {
    let digits = data::digits();
    let architecture = nn::preset("lenet-5", digits.shape, digits.classes.len()).unwrap();
    Trainer::new(device, Model::new(architecture).unwrap(), &digits, TrainOptions::default()).await.unwrap()
}

/// Chromium without a GPU offers an adapter that is a program on the CPU.
async fn gpu() -> Device {
    Device::gpu(true).await.expect("Chromium was started without WebGPU: see webdriver.json")
}

async fn losses(device: &Device, steps: usize) -> Vec<f32> {
    lenet(device).await.run(steps).await.unwrap().iter().map(|metric| metric.loss).collect()
}

#[wasm_bindgen_test]
async fn the_cpu_learns_the_digits() {
    let device = Device::cpu();
    assert!(device.info().name.contains("SIMD128"), "{}", device.info().name);
    let mut trainer = lenet(&device).await;
    let before = trainer.evaluate(Split::Validation).await.unwrap();
    trainer.run(3 * trainer.steps_per_epoch()).await.unwrap();
    let after = trainer.evaluate(Split::Validation).await.unwrap();
    assert!(before.accuracy < 0.3 && after.accuracy > 0.8, "{} → {}", before.accuracy, after.accuracy);
    assert!(after.loss < before.loss / 2.0, "{} → {}", before.loss, after.loss);
}

#[wasm_bindgen_test]
async fn a_software_adapter_must_be_asked_for() {
    assert!(gpu().await.info().software);
    let (device, reason) = Device::auto(false).await;
    assert_eq!(device.info().kind, DeviceKind::Cpu);
    assert!(!reason.is_empty());
}

#[wasm_bindgen_test]
async fn both_devices_see_the_same_losses() {
    let (cpu, gpu) = (losses(&Device::cpu(), 50).await, losses(&gpu().await, 50).await);
    assert_eq!((cpu.len(), gpu.len()), (50, 50));
    for (step, (a, b)) in cpu.iter().zip(&gpu).enumerate() {
        assert!((a - b).abs() <= 1e-3 * a.abs(), "step {step}: {a} on the CPU, {b} on the GPU");
    }
}

#[wasm_bindgen_test]
async fn the_same_seed_gives_the_same_bits() {
    let device = Device::cpu();
    assert_eq!(losses(&device, 20).await, losses(&device, 20).await);
}
