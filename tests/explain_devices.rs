//! Every method on the CPU and on whatever GPU there is (lavapipe, on a machine without one); skips loudly where there is none.
#![cfg(all(feature = "webgpu", not(target_arch = "wasm32")))]

mod explain_support;

use std::ops::ControlFlow;

use explain_support::*;
use pollster::block_on;
use vitrine::device::Device;
use vitrine::explain::{ExplainOptions, Explainer, Method};

/// Maps agree to 1e-3 of their largest value, details likewise; LIME's segments are the same, being made on the host.
#[test]
fn all_methods_agree_on_both_devices() {
    let gpu = match block_on(Device::gpu(true)) {
        Ok(gpu) => gpu,
        Err(error) => {
            eprintln!("SKIPPED explanations on the GPU: {error}");
            return;
        }
    };
    let model = model("gap-cnn", [3, 12, 12], 4);
    let mut cpu_store = random_weights(&model, 51);
    let mut gpu_store = gpu.store();
    gpu_store.restore(&block_on(cpu_store.snapshot()).unwrap()).unwrap();
    let images = random_image(3 * 432, 51);
    let options = ExplainOptions { steps: 20, samples: Some(40), segments: 12, unit: 3, seed: 4, ..ExplainOptions::default() };
    for method in Method::ALL {
        let on_cpu = explain(&model, &mut cpu_store, method, &options, &images, &[0, 3, 1]);
        let mut explainer = Explainer::new(&gpu, &model, method, &options, 2).unwrap();
        let mut listen = |_| ControlFlow::Continue(());
        let on_gpu = block_on(explainer.run(&mut gpu_store, &images, &[0, 3, 1], &mut listen)).unwrap();
        assert_eq!((on_gpu.note, &on_gpu.layer, on_gpu.cost.forward), (on_cpu.note, &on_cpu.layer, on_cpu.cost.forward));
        let largest = on_cpu.maps.iter().fold(0.0f32, |a, b| a.max(b.abs()));
        assert!(largest > 0.0, "{method:?}");
        for (a, b) in on_gpu.maps.iter().zip(&on_cpu.maps) {
            assert!((a - b).abs() <= 1e-3 * largest, "{method:?}: {a} {b}, largest {largest}");
        }
        for (a, b) in on_gpu.details.iter().zip(&on_cpu.details) {
            assert_close(&[a.score], &[b.score], 1e-4);
            assert_eq!(a.baseline_score.is_some(), b.baseline_score.is_some());
            assert_close(&[a.total.unwrap_or(0.0)], &[b.total.unwrap_or(0.0)], 1e-3);
            assert_close(&a.units, &b.units, 1e-3);
            let segments = |details: &vitrine::explain::Details| details.surrogate.as_ref().map(|(segments, _)| segments.clone());
            assert_eq!(segments(a), segments(b));
        }
    }
}
