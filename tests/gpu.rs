//! The GPU device on whatever adapter there is; on a machine without a GPU that is lavapipe. Skips loudly where there is none.

#![cfg(all(feature = "webgpu", not(target_arch = "wasm32")))]

use pollster::block_on;
use vitrine::data;
use vitrine::device::Device;
use vitrine::graph::{Builder, DType, Reduce};
use vitrine::nn::{self, Model};
use vitrine::tensor::Tensor;
use vitrine::train::{TrainOptions, Trainer};

/// The GPU, or `None` with a line on stderr.
fn gpu(what: &str) -> Option<Device> {
    match block_on(Device::gpu(true)) {
        Ok(device) => Some(device),
        Err(error) => {
            eprintln!("SKIPPED {what}: {error}");
            None
        }
    }
}

/// x + 1, its row sums and x·xᵀ, with states that swap, accumulate and count over several steps of one submission.
#[test]
fn states_update_at_once_over_several_steps() {
    let Some(device) = gpu("GPU states") else { return };
    let b = Builder::new();
    let x = b.input("x", [2, 3], DType::F32);
    let (left, right) = (b.state("left", [2], DType::F32), b.state("right", [2], DType::F32));
    b.update("left", right);
    b.update("right", left);
    let total = b.state("total", [2, 1], DType::F32);
    b.update("total", total + x.reduce_keep(Reduce::Sum, &[1]));
    let count = b.state("count", [], DType::U32);
    let next = count.binary(vitrine::graph::Binary::Add, b.scalar_u32(1));
    b.update("count", next);
    b.output("before", count);
    b.output("gram", (x + 1.0).matmul_t(false, x + 1.0, true));
    b.output("self", x.matmul_t(false, x, true));
    let mut program = device.compile(&b.finish().unwrap()).unwrap();

    let mut store = device.store();
    store.set("left", &Tensor::f32([2], vec![1.0, 2.0]).unwrap()).unwrap();
    store.set("right", &Tensor::f32([2], vec![3.0, 4.0]).unwrap()).unwrap();
    store.set("total", &Tensor::zeros([2, 1], DType::F32)).unwrap();
    store.set("count", &Tensor::zeros([0; 0], DType::U32)).unwrap();
    let x = Tensor::f32([2, 3], vec![1.0, 2.0, 3.0, 4.0, 5.0, 6.0]).unwrap();
    program.run(&mut store, &[("x", &x)], 2).unwrap();
    program.run(&mut store, &[("x", &x)], 1).unwrap();

    let get = |name: &str| block_on(store.get(name)).unwrap();
    assert_eq!(get("left").as_f32().unwrap(), [3.0, 4.0]);
    assert_eq!(get("right").as_f32().unwrap(), [1.0, 2.0]);
    assert_eq!(get("total").as_f32().unwrap(), [18.0, 45.0]);
    assert_eq!(get("count").as_u32().unwrap(), [3]);
    let out = |name: &str| block_on(program.output(name)).unwrap();
    assert_eq!(out("before").as_u32().unwrap(), [2]);
    assert_eq!(out("gram").as_f32().unwrap(), [29.0, 56.0, 56.0, 110.0]);
    assert_eq!(out("self").as_f32().unwrap(), [14.0, 32.0, 32.0, 77.0]);
}

/// After the loss of the device every call says so instead of hanging.
#[test]
fn a_lost_device_is_an_error() {
    let Some(device) = gpu("GPU loss") else { return };
    let b = Builder::new();
    let x = b.state("x", [4], DType::F32);
    b.update("x", x * 2.0);
    b.output("y", x + 1.0);
    let graph = b.finish().unwrap();
    let mut program = device.compile(&graph).unwrap();
    let mut store = device.store();
    store.set("x", &Tensor::zeros([4], DType::F32)).unwrap();
    program.run(&mut store, &[], 1).unwrap();
    let Device::Gpu(gpu) = &device else { panic!("not a GPU") };
    gpu.lose();
    let lost = |code: &str| assert_eq!(code, "device-lost");
    lost(block_on(program.output("y")).unwrap_err().code());
    lost(block_on(store.get("x")).unwrap_err().code());
    lost(store.set("x", &Tensor::zeros([4], DType::F32)).unwrap_err().code());
    lost(program.run(&mut store, &[], 1).unwrap_err().code());
    lost(device.compile(&graph).err().unwrap().code());
}

/// The first 50 losses of LeNet-5 on the digits, step by step: the same seed, the same batches, the same weights to rounding.
#[test]
fn training_follows_the_cpu() {
    let Some(device) = gpu("GPU training") else { return };
    let losses = |device: &Device| {
        let digits = data::digits();
        let architecture = nn::preset("lenet-5", digits.shape, digits.classes.len()).unwrap();
        let model = Model::new(architecture).unwrap();
        let mut trainer = block_on(Trainer::new(device, model, &digits, TrainOptions::default())).unwrap();
        block_on(trainer.run(50)).unwrap().iter().map(|metric| metric.loss).collect::<Vec<_>>()
    };
    let (cpu, gpu) = (losses(&Device::cpu()), losses(&device));
    assert_eq!((cpu.len(), gpu.len()), (50, 50));
    for (step, (a, b)) in cpu.iter().zip(&gpu).enumerate() {
        assert!((a - b).abs() <= 1e-3 * a.abs(), "step {step}: {a} on the CPU, {b} on the GPU");
    }
}
