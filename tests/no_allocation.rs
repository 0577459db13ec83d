//! A step on the CPU allocates nothing: counted by the allocator itself, which is why this test has a binary of its own.

#![cfg(not(target_arch = "wasm32"))]

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicUsize, Ordering};

use vitrine::Tensor;
use vitrine::device::Device;
use vitrine::graph::{Builder, Conv2d, DType, Distribution, Pool2d};

/// The system's allocator with a counter.
struct Counting;

static COUNT: AtomicUsize = AtomicUsize::new(0);

// SAFETY: every call goes unchanged to the system's allocator.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        COUNT.fetch_add(1, Ordering::SeqCst);
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

#[test]
fn a_training_step_allocates_nothing() {
    let b = Builder::new();
    let x = b.input("x", [4, 2, 9, 9], DType::F32);
    let labels = b.input("labels", [4], DType::U32);
    let step = b.state("step", [2], DType::U32);
    let weights = [b.state("w1", [6, 2, 3, 3], DType::F32), b.state("w2", [96, 5], DType::F32)];
    let conv = Conv2d { pads: [[1, 1], [1, 1]], ..Conv2d::default() };
    let pool = Pool2d { size: [2, 2], stride: [2, 2], pads: [[0, 0], [0, 0]] };
    let h = x.conv2d(weights[0], conv).tanh().max_pool2d(pool).reshape([4, 96]);
    let h = h * b.random(Distribution::Uniform, step, [4, 96]).ge(b.scalar(0.5));
    let loss = -(h.matmul(weights[1]).log_softmax() * labels.one_hot(5)).sum_all();
    for (i, gradient) in b.grad(loss, &weights).into_iter().enumerate() {
        b.update(&format!("w{}", i + 1), weights[i] - gradient * 0.1);
    }
    b.update("step", step + b.constant(Tensor::u32([2], vec![0, 1]).unwrap()));
    b.output("loss", loss);

    let device = Device::cpu();
    let mut program = device.compile(&b.finish().unwrap()).unwrap();
    let mut store = device.store();
    store.set("step", &Tensor::u32([2], vec![1, 0]).unwrap()).unwrap();
    store.set("w1", &Tensor::zeros([6, 2, 3, 3], DType::F32)).unwrap();
    store.set("w2", &Tensor::zeros([96, 5], DType::F32)).unwrap();
    let (x, labels) = (Tensor::zeros([4, 2, 9, 9], DType::F32), Tensor::zeros([4], DType::U32));
    let inputs = [("x", &x), ("labels", &labels)];
    program.run(&mut store, &inputs, 1).unwrap();

    let before = COUNT.load(Ordering::SeqCst);
    program.run(&mut store, &inputs, 10).unwrap();
    assert_eq!(COUNT.load(Ordering::SeqCst) - before, 0);
    assert!(before > 0, "the counter counts");
}
