//! The WebGPU device: the only place that knows wgpu. In the browser WebGPU itself, natively Vulkan, Metal or Direct3D 12.
//!
//! - `adapter`: opening the device, its errors and its loss; `selftest`: whether it computes what it should.
//! - `plan`: from a graph to dispatches with places in memory, without touching the device; `kernels` and `fused`: from an operation
//!   to dispatches; the algorithms are in `shaders/*.wgsl`.
//! - `pipelines`, `store`, `program`, `readback`: what is made once, what stays, what runs, and how values come back.

mod adapter;
mod fused;
mod kernels;
mod pipelines;
mod plan;
mod program;
mod readback;
mod selftest;
mod store;

use std::rc::Rc;

use adapter::Context;
pub use program::GpuProgram;
pub use store::GpuStore;

use super::{DeviceInfo, DeviceKind};
use crate::error::Result;
use crate::graph::Graph;

/// An open GPU; cloning shares it.
#[derive(Clone)]
pub struct Gpu(Rc<Context>);

impl Gpu {
    /// Opens the GPU and tests it. An adapter that is a program on the CPU is refused unless `software`.
    pub async fn open(software: bool) -> Result<Self> {
        let gpu = Gpu(Rc::new(adapter::open(software).await?));
        selftest::run(&gpu).await?;
        Ok(gpu)
    }

    pub fn info(&self) -> DeviceInfo {
        DeviceInfo { kind: DeviceKind::Gpu, name: adapter::name(&self.0.adapter), software: self.0.software, reason: String::new() }
    }

    /// An empty store.
    pub fn store(&self) -> GpuStore {
        GpuStore::new(self.0.clone())
    }

    /// Optimises `graph` and prepares everything that a run needs.
    pub fn compile(&self, graph: &Graph) -> Result<GpuProgram> {
        GpuProgram::compile(self.0.clone(), graph)
    }

    /// Destroys the device, as a lost GPU would be: for tests of what happens then.
    pub fn lose(&self) {
        self.0.device.destroy();
        #[cfg(not(target_arch = "wasm32"))]
        let _ = self.0.device.poll(wgpu::PollType::Poll);
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use pollster::block_on;

    use super::*;
    use crate::device::cpu::{CpuProgram, CpuStore};
    use crate::graph::{Builder, Conv2d, Distribution, Reduce};
    use crate::tensor::Tensor;

    /// The variants for real GPUs and those for software, on whatever adapter there is: the choice only asks whether it is software.
    #[test]
    fn the_variants_for_all_adapters_agree_with_the_cpu() {
        for software in [false, true] {
            let mut context = match block_on(adapter::open(true)) {
                Ok(context) => context,
                Err(error) => return eprintln!("SKIPPED the kernels for all adapters: {error}"),
            };
            context.software = software;
            let gpu = Gpu(Rc::new(context));
            block_on(selftest::run(&gpu)).unwrap();
            agrees_with_the_cpu(&gpu);
        }
    }

    fn agrees_with_the_cpu(gpu: &Gpu) {
        let b = Builder::new();
        let key = b.constant(Tensor::u32([2], vec![5, 6]).unwrap());
        let mut names = Vec::new();
        for (i, [batch, m, n, k]) in [[1, 33, 65, 130], [3, 16, 47, 17], [1, 70, 18, 1000], [2, 5, 300, 64]].into_iter().enumerate()
        {
            for (ta, tb) in [(false, false), (true, false), (false, true), (true, true)] {
                let left = b.random(Distribution::Normal, key, if ta { [batch, k, m] } else { [batch, m, k] });
                let right = b.random(Distribution::Normal, key, if tb { [batch, n, k] } else { [batch, k, n] });
                names.push(format!("product {i} {ta} {tb}"));
                b.output(&names[names.len() - 1], left.matmul_t(ta, right, tb));
            }
        }
        for (i, (x, w)) in [([5, 6, 19, 18], [38, 3, 3, 5]), ([3, 10, 9, 11], [12, 5, 3, 2])].into_iter().enumerate() {
            let x = b.random(Distribution::Normal, key, x);
            let w = b.random(Distribution::Normal, key, w);
            let conv = Conv2d { stride: [2, 1], pads: [[1, 0], [2, 1]], dilation: [1, 2], groups: 2 };
            let y = x.conv2d(w, conv);
            let loss = (y * y).sum_all();
            let gradients = b.grad(loss, &[x, w]);
            for (name, value) in [("y", y), ("dx", gradients[0]), ("dw", gradients[1]), ("row sums", x.sum(&[2, 3]))] {
                names.push(format!("{name} {i}"));
                b.output(&names[names.len() - 1], value);
            }
        }
        let x = b.random(Distribution::Normal, key, [5, 6, 19, 18]);
        b.output("maximum", x.reduce(Reduce::Max, &[0, 1, 2, 3]));
        names.push("maximum".into());
        let graph = b.finish().unwrap();

        let mut expected = CpuProgram::compile(&graph).unwrap();
        expected.run(&mut CpuStore::new(), &[], 1).unwrap();
        let mut program = gpu.compile(&graph).unwrap();
        program.run(&mut gpu.store(), &[], 1).unwrap();
        for name in names {
            let (a, b) = (expected.output(&name).unwrap(), block_on(program.output(&name)).unwrap());
            let (a, b) = (a.as_f32().unwrap(), b.as_f32().unwrap());
            // Sums of at most 1000 products of f32: 4·√1000 units in the last place (Higham & Mary 2019), of the largest value.
            let scale = a.iter().fold(0.0_f32, |m, v| m.max(v.abs()));
            let error = a.iter().zip(b).fold(0.0_f32, |m, (a, b)| m.max((a - b).abs()));
            assert!(error <= 4.0 * 1000_f32.sqrt() * f32::EPSILON * scale, "{name}: {error} of {scale}");
        }
    }
}
