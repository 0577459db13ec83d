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
