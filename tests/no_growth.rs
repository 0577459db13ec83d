//! Ten thousand steps take no more memory than a few: counted by the allocator itself, which is why this test has a binary of its own.

#![cfg(not(target_arch = "wasm32"))]

use std::alloc::{GlobalAlloc, Layout as Block, System};
use std::sync::atomic::{AtomicIsize, Ordering};

use pollster::block_on;
use vitrine::data::digits;
use vitrine::device::Device;
use vitrine::nn::{Model, preset};
use vitrine::train::{Split, TrainOptions, Trainer};

/// The system's allocator with the bytes that are taken and not given back.
struct Counting;

static LIVE: AtomicIsize = AtomicIsize::new(0);

// SAFETY: every call goes unchanged to the system's allocator.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, block: Block) -> *mut u8 {
        LIVE.fetch_add(block.size() as isize, Ordering::SeqCst);
        unsafe { System.alloc(block) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, block: Block) {
        LIVE.fetch_sub(block.size() as isize, Ordering::SeqCst);
        unsafe { System.dealloc(pointer, block) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

#[test]
fn ten_thousand_steps_leave_nothing_behind() {
    let data = digits();
    let model = Model::new(preset("lenet-5", data.shape, data.classes.len()).unwrap()).unwrap();
    let options = TrainOptions { batch_size: 2, ..TrainOptions::default() };
    let mut trainer = block_on(Trainer::new(&Device::cpu(), model, &data, options)).unwrap();
    // Everything that is made once: evaluators, the first checkpoint, the slots of the states.
    for split in [Split::Train, Split::Validation] {
        block_on(trainer.evaluate(split)).unwrap();
    }
    drop(block_on(trainer.run(500)).unwrap());

    let before = LIVE.load(Ordering::SeqCst);
    for _ in 0..100 {
        assert_eq!(block_on(trainer.run(100)).unwrap().len(), 100, "{:?}", trainer.divergence());
    }
    block_on(trainer.evaluate(Split::Validation)).unwrap();
    let growth = LIVE.load(Ordering::SeqCst) - before;
    println!("{} bytes live before, {growth} more after {} steps", before, trainer.step());
    assert_eq!(trainer.step(), 10_500);
    assert!(before > 0, "the counter counts");
    assert!(growth <= 0, "{growth} bytes");
}
