//! WebGPU in the browser, on the software adapter: Chromium's shader compiler and validation are stricter than naga's.

use vitrine::device::Device;
use wasm_bindgen_test::wasm_bindgen_test;

/// `Device::gpu` itself compares a training step with the CPU's.
#[wasm_bindgen_test]
async fn the_software_adapter_passes_the_self_test() {
    let device = Device::gpu(true).await.unwrap();
    assert!(device.info().software);
}

#[wasm_bindgen_test]
async fn a_software_adapter_is_refused_unless_asked_for() {
    assert!(Device::gpu(false).await.is_err());
}
