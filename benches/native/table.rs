//! What was measured, as a table for people and as JSON.

use std::path::Path;

use serde::Serialize;

use crate::kernels::{Bench, Work};
use crate::peaks::Peaks;

#[derive(Serialize)]
pub struct Row {
    kernel: &'static str,
    shape: String,
    device: String,
    median_ms: f64,
    /// Per second, in `unit`.
    rate: f64,
    unit: &'static str,
    /// What the device can do, in `unit`.
    peak: f64,
    peak_fraction: f64,
}

impl Row {
    pub fn new(bench: &Bench, device: &str, seconds: f64, peaks: &Peaks) -> Self {
        let (work, unit, peak) = match bench.work {
            Work::Operations(count) => (count, "GFLOP/s", peaks.gflops),
            Work::Bytes(count) => (count, "GB/s", peaks.gbytes),
        };
        let rate = work as f64 / seconds / 1e9;
        let (shape, device) = (bench.shape.clone(), device.to_string());
        Row { kernel: bench.kernel, shape, device, median_ms: 1e3 * seconds, rate, unit, peak, peak_fraction: rate / peak }
    }
}

/// In Markdown.
pub fn print(rows: &[Row]) {
    let head = ["kernel", "shape", "device", "ms", "rate", "of the peak"].map(String::from);
    let cells = rows.iter().map(|row| {
        let figure = |value: f64| format!("{value:.*}", if value < 10.0 { 2 } else { 1 });
        let rate = format!("{} {}", figure(row.rate), row.unit);
        let share = format!("{:.0} %", 100.0 * row.peak_fraction);
        [row.kernel.into(), row.shape.clone(), row.device.clone(), figure(row.median_ms), rate, share]
    });
    let lines: Vec<[String; 6]> = std::iter::once(head).chain(cells).collect();
    let width = |column: usize| lines.iter().map(|line| line[column].chars().count()).max().unwrap_or(0);
    println!();
    for (i, line) in lines.iter().enumerate() {
        let padded: Vec<String> = line
            .iter()
            .enumerate()
            .map(|(c, cell)| if c < 3 { format!("{cell:<0$}", width(c)) } else { format!("{cell:>0$}", width(c)) })
            .collect();
        println!("| {} |", padded.join(" | "));
        if i == 0 {
            let rule = |c: usize| if c < 3 { "-".repeat(width(c)) } else { format!("{}:", "-".repeat(width(c) - 1)) };
            println!("| {} |", (0..6).map(rule).collect::<Vec<_>>().join(" | "));
        }
    }
}

pub fn write(path: &Path, rows: &[Row]) {
    let text = serde_json::to_string_pretty(rows).expect("numbers and strings") + "\n";
    std::fs::write(path, text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
}
