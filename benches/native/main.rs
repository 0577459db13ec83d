//! Kernels natively, on the CPU and on WebGPU where there is an adapter: `make bench-native`, or `cargo bench --bench native -- gemm` for
//! some of them. Prints a table and writes `target/bench/native.json`; criterion keeps its samples in `target/bench/criterion`.

mod kernels;
mod peaks;
mod table;

use std::path::PathBuf;
use std::time::{Duration, Instant};

use criterion::{Criterion, Throughput};
use pollster::block_on;
use vitrine::device::Device;

use kernels::{Bench, Work};
use peaks::Peaks;
use table::Row;

/// Of each kernel: criterion's least.
const SAMPLES: usize = 10;

fn main() {
    let target = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/target/bench"));
    let mut criterion = Criterion::default()
        .without_plots()
        .sample_size(SAMPLES)
        .warm_up_time(Duration::from_millis(200))
        .measurement_time(Duration::from_secs(1))
        .output_directory(&target.join("criterion"))
        .configure_from_args();
    let mut rows = Vec::new();
    for device in devices() {
        let info = device.info();
        let name = if info.software { format!("{}, software", info.name) } else { info.name };
        let peaks = Peaks::measure(&device);
        println!("\n{name}: at most {:.1} GFLOP/s, {:.1} GB/s\n", peaks.gflops, peaks.gbytes);
        for bench in kernels::all(&device) {
            if let Some(seconds) = measure(&mut criterion, &device, &name, &bench) {
                rows.push(Row::new(&bench, &name, seconds, &peaks));
            }
        }
    }
    criterion.final_summary();
    table::print(&rows);
    table::write(&target.join("native.json"), &rows);
}

/// The CPU, and a GPU or what plays one.
fn devices() -> Vec<Device> {
    let mut devices = vec![Device::cpu()];
    match block_on(Device::gpu(true)) {
        Ok(device) => devices.push(device),
        Err(error) => println!("SKIPPED WebGPU: {error}"),
    }
    devices
}

/// The median of the samples in seconds a step; none where a word on the command line leaves the kernel out. A sample is as many steps as
/// criterion asks for in one call, and a wait for the last.
fn measure(criterion: &mut Criterion, device: &Device, name: &str, bench: &Bench) -> Option<f64> {
    let mut samples = Vec::new();
    let mut group = criterion.benchmark_group(name);
    group.throughput(match bench.work {
        Work::Operations(count) => Throughput::Elements(count),
        Work::Bytes(count) => Throughput::Bytes(count),
    });
    group.bench_function(bench.id(), |bencher| {
        let (mut program, mut store) = bench.prepare(device);
        bencher.iter_custom(|steps| {
            let start = Instant::now();
            program.run(&mut store, &[], steps as usize).expect("a graph that runs");
            block_on(store.get(kernels::FLAG)).expect("a state");
            let time = start.elapsed();
            samples.push(time.as_secs_f64() / steps as f64);
            time
        });
    });
    group.finish();
    // Those before warmed up.
    let mut last = samples.split_off(samples.len().saturating_sub(SAMPLES));
    last.sort_by(f64::total_cmp);
    last.get(last.len() / 2).copied()
}
