//! Every operation, on both devices as the browser has them: WebAssembly with 32-bit sizes and SIMD128, and WebGPU's software adapter
//! behind Chromium's shader compiler and validation, which are stricter than the native ones.

use vitrine::device::Device;
use wasm_bindgen_test::wasm_bindgen_test;

#[path = "../ops/cases.rs"]
mod cases;
#[allow(dead_code)] // the comparison between two devices is for the native tests
#[path = "../ops/check.rs"]
mod check;

async fn assert_follows_the_reference(device: &Device) {
    let cases = cases::all();
    let failures = check::failures(device, &cases).await;
    assert!(failures.is_empty(), "{} of {} cases:\n{}", failures.len(), cases.len(), failures.join("\n"));
}

#[wasm_bindgen_test]
async fn the_cpu_follows_the_reference() {
    assert_follows_the_reference(&Device::cpu()).await;
}

#[wasm_bindgen_test]
async fn the_gpu_follows_the_reference() {
    assert_follows_the_reference(&Device::gpu(true).await.expect("a software adapter")).await;
}
