//! A program that runs many times, with other inputs each time, does what a fresh program would do each time.

use pollster::block_on;
use vitrine::device::{Device, Store};
use vitrine::graph::{Builder, DType, Distribution, Graph, Reduce};
use vitrine::tensor::Tensor;

use super::cases::spread;

/// A training step with everything that lives from step to step: weights with momentum, a counter that drives random numbers, a
/// running mean; and an input that is its own output, a state that another state is set to.
fn training_step() -> Graph {
    let b = Builder::new();
    let x = b.input("x", [6, 5], DType::F32);
    let rate = b.input("rate", [], DType::F32);
    let (w, velocity) = (b.state("w", [5, 3], DType::F32), b.state("velocity", [5, 3], DType::F32));
    let (mean, key) = (b.state("mean", [5], DType::F32), b.state("key", [2], DType::U32));
    let noise = b.random(Distribution::Normal, key, [6, 5]);
    let h = ((x + noise * 0.1 - mean).matmul(w)).tanh();
    let loss = (h - 0.5).square().mean_all() + b.random(Distribution::Uniform, key, []);
    let gradient = b.grad(loss, &[w])[0];
    let pushed = velocity * 0.9 + gradient;
    b.update("velocity", pushed);
    b.update("w", w - rate * pushed);
    b.update("mean", mean * 0.9 + x.reduce(Reduce::Mean, &[0]) * 0.1);
    b.update("previous", w);
    let one = b.constant(Tensor::u32([2], vec![0, 1]).expect("two values"));
    b.update("key", key + one);
    b.output("loss", loss);
    b.output("same x", x);
    b.finish().expect("shapes fit")
}

fn start(device: &Device) -> Store {
    let mut store = device.store();
    for (name, tensor) in [
        ("w", spread([5, 3], -1.0, 1.0, 1)),
        ("velocity", Tensor::zeros([5, 3], DType::F32)),
        ("mean", Tensor::zeros([5], DType::F32)),
        ("key", Tensor::u32([2], vec![9, 0]).expect("two values")),
    ] {
        store.set(name, &tensor).expect("fits");
    }
    store
}

type States = vitrine::Named<Tensor>;

/// Five steps; `fresh`: with a newly compiled program each.
fn run(device: &Device, fresh: bool) -> (Vec<States>, Vec<Tensor>) {
    let graph = training_step();
    let mut program = device.compile(&graph).expect("compiles");
    let (mut store, mut states, mut outputs) = (start(device), Vec::new(), Vec::new());
    for step in 0..5_u32 {
        if fresh {
            program = device.compile(&graph).expect("compiles");
        }
        let (x, rate) = (spread([6, 5], -1.0, 2.0, step), Tensor::scalar(0.5 / (step + 1) as f32));
        program.run(&mut store, &[("x", &x), ("rate", &rate)], 1).expect("runs");
        states.push(block_on(store.snapshot()).expect("readable"));
        outputs.push(block_on(program.output("loss")).expect("an output"));
        assert_eq!(block_on(program.output("same x")).expect("an output"), x);
    }
    (states, outputs)
}

#[test]
fn a_program_keeps_nothing_between_runs_but_its_states() {
    let device = Device::cpu();
    let (kept, fresh) = (run(&device, false), run(&device, true));
    assert_eq!(kept, fresh);
    let (states, losses) = kept;
    assert!(losses.windows(2).all(|pair| pair[0] != pair[1]), "every step draws other numbers");
    for pair in states.windows(2) {
        assert_eq!(pair[1]["previous"], pair[0]["w"], "updates read the values from before the step");
    }
}

#[test]
fn several_steps_at_once_are_as_many_single_steps() {
    let device = Device::cpu();
    let graph = training_step();
    let (x, rate) = (spread([6, 5], -1.0, 2.0, 7), Tensor::scalar(0.1));
    let after = |calls: usize, steps: usize| {
        let (mut program, mut store) = (device.compile(&graph).expect("compiles"), start(&device));
        for _ in 0..calls {
            program.run(&mut store, &[("x", &x), ("rate", &rate)], steps).expect("runs");
        }
        block_on(store.snapshot()).expect("readable")
    };
    assert_eq!(after(6, 1), after(2, 3));
}
