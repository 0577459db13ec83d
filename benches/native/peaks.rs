//! The limits that kernels are measured against, found on the same device in the same run: arithmetic without memory, and memory
//! without arithmetic to speak of.

use std::time::Instant;

use pollster::block_on;
use vitrine::device::{Device, DeviceKind, cpu};
use vitrine::graph::Shape;

use crate::kernels::{Bench, FLAG, Work};

pub struct Peaks {
    pub gflops: f64,
    /// Bytes read and written, as STREAM counts them (McCalpin 1995).
    pub gbytes: f64,
}

impl Peaks {
    pub fn measure(device: &Device) -> Self {
        if device.kind() == DeviceKind::Gpu {
            return Self { gflops: best(device, &multiply_adds()), gbytes: best(device, &triad()) };
        }
        let start = Instant::now();
        Self { gflops: cpu::peak(&mut || start.elapsed().as_secs_f64()), gbytes: cpu_triad() }
    }
}

/// How often each is tried: whatever else the machine does only makes it slower.
const TRIES: usize = 10;
/// Values of each array: 64 MB, more than caches hold.
const VALUES: usize = 1 << 24;

/// a ← b + 3c, one core, by plain loops.
fn cpu_triad() -> f64 {
    let (mut a, b, c) = (vec![0.0_f32; VALUES], vec![1.0_f32; VALUES], vec![2.0_f32; VALUES]);
    let seconds = (0..TRIES).map(|_| {
        let start = Instant::now();
        a.iter_mut().zip(&b).zip(&c).for_each(|((a, b), c)| *a = b + 3.0 * c);
        std::hint::black_box(&mut a);
        start.elapsed().as_secs_f64()
    });
    (12 * VALUES) as f64 / seconds.fold(f64::INFINITY, f64::min) / 1e9
}

/// The same as a graph.
fn triad() -> Bench {
    let array = Shape::from([VALUES]);
    let states = vec![("b", array.clone()), ("c", array)];
    Bench::new(("triad", VALUES.to_string()), Work::Bytes(12 * VALUES as u64), states, |b, states| {
        b.update("a", states[0] + states[1] * 3.0);
    })
}

/// Chains of v ← v·w + x in a thread, and steps of each: short enough that several are under way together, one kernel in all.
const CHAINS: usize = 16;
const STEPS: usize = 32;
const THREADS: usize = 1 << 20;

fn multiply_adds() -> Bench {
    let operations = 2 * (THREADS * CHAINS * STEPS) as u64;
    let states = vec![("x", Shape::from([THREADS])), ("w", Shape::from([1]))];
    Bench::new(("multiply-adds", THREADS.to_string()), Work::Operations(operations), states, |b, states| {
        let [x, w] = [states[0], states[1]];
        let chain = |start: usize| (0..STEPS).fold(x + start as f32, |v, _| v * w + x);
        b.update("y", (1..=CHAINS).map(chain).reduce(|sum, v| sum + v).expect("chains"));
    })
}

/// Work per second of the fastest step, in units of 10⁹.
fn best(device: &Device, bench: &Bench) -> f64 {
    let (mut program, mut store) = bench.prepare(device);
    let mut step = || {
        let start = Instant::now();
        program.run(&mut store, &[], 1).expect("a graph that runs");
        block_on(store.get(FLAG)).expect("a state");
        start.elapsed().as_secs_f64()
    };
    let seconds = (0..TRIES).map(|_| step()).fold(f64::INFINITY, f64::min);
    let (Work::Operations(count) | Work::Bytes(count)) = bench.work;
    count as f64 / seconds / 1e9
}
