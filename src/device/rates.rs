//! What was measured on the two devices for one model, and what follows from it.

use super::DeviceKind;

/// Training steps per second of one model on each device; 0 where it cannot run.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rates {
    pub cpu: f64,
    pub gpu: f64,
}

impl Rates {
    /// The device with more steps per second. A tie goes to the GPU, which leaves the CPU to the page.
    pub fn faster(&self) -> DeviceKind {
        if self.gpu > 0.0 && self.gpu >= self.cpu { DeviceKind::Gpu } else { DeviceKind::Cpu }
    }

    /// One sentence for the page; `gpu` is the adapter's name.
    pub fn reason(&self, gpu: &str) -> String {
        let first = match self.faster() {
            DeviceKind::Cpu => "CPU",
            DeviceKind::Gpu => "GPU",
        };
        let [cpu, gpu_rate] = [self.cpu, self.gpu].map(|rate| {
            let tenths = (10.0 * rate + 0.5) as u32;
            format!("{}.{}", tenths / 10, tenths % 10)
        });
        format!(
            "This model trains faster on the {first}, by measurement: {cpu} steps a second on the CPU, {gpu_rate} on WebGPU ({gpu})."
        )
    }
}
