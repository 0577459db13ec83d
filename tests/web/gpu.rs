//! What a lost GPU does in the browser, where maps resolve by promise and the loss is told by callback.

use vitrine::device::Device;
use vitrine::graph::{Builder, DType};
use vitrine::tensor::Tensor;
use wasm_bindgen_test::wasm_bindgen_test;

/// After the loss of the device every call says so instead of hanging, a read-back under way included.
#[wasm_bindgen_test]
async fn a_lost_device_is_an_error() {
    let device = Device::gpu(true).await.expect("a software adapter");
    let b = Builder::new();
    let x = b.state("x", [4], DType::F32);
    b.update("x", x * 2.0);
    b.output("y", x + 1.0);
    let mut program = device.compile(&b.finish().unwrap()).unwrap();
    let mut store = device.store();
    store.set("x", &Tensor::zeros([4], DType::F32)).unwrap();
    program.run(&mut store, &[], 1).unwrap();
    let Device::Gpu(gpu) = &device else { panic!("not a GPU") };
    gpu.lose();
    assert_eq!(program.output("y").await.unwrap_err().code(), "device-lost");
    assert_eq!(store.get("x").await.unwrap_err().code(), "device-lost");
    assert_eq!(program.run(&mut store, &[], 1).unwrap_err().code(), "device-lost");
}
