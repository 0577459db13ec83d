//! Where it is computed: a [`Device`] compiles a graph to a [`Program`], which runs against a [`Store`] of named states.
//!
//! The same calls work on the CPU and on WebGPU. A run only enqueues; reading waits. On the CPU reading is immediate, natively a
//! `pollster::block_on` is enough. States are shared by name between the programs that use one store: a training step, an
//! evaluation and a saliency map all see the same weights.

pub mod cpu;
#[cfg(feature = "webgpu")]
pub mod gpu;
mod rates;

pub use rates::Rates;

use crate::error::{Error, Result};
use crate::graph::{Graph, Type};
use crate::named::Named;
use crate::tensor::Tensor;

/// What a device is, for people and for choosing.
#[derive(Debug, Clone, PartialEq)]
pub struct DeviceInfo {
    pub kind: DeviceKind,
    /// The adapter's own name, or `CPU (SIMD128)` and the like.
    pub name: String,
    /// A GPU that is really a program on the CPU: never chosen automatically.
    pub software: bool,
    /// Why this device was chosen, one sentence for the page.
    pub reason: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DeviceKind {
    Cpu,
    Gpu,
}

/// Where to compute. Cloning shares the device.
#[derive(Clone)]
pub enum Device {
    Cpu,
    #[cfg(feature = "webgpu")]
    Gpu(gpu::Gpu),
}

impl Device {
    /// The CPU; always there.
    pub fn cpu() -> Self {
        Device::Cpu
    }

    /// A GPU that passed the self-test; with `software`, an adapter that is a program on the CPU is accepted too.
    #[cfg(feature = "webgpu")]
    pub async fn gpu(software: bool) -> Result<Self> {
        Ok(Device::Gpu(gpu::Gpu::open(software).await?))
    }

    /// A real GPU that passes the self-test, else the CPU; with one sentence that says why. With `software`, an adapter that is a
    /// program on the CPU counts too. Which of the two is faster depends on the model: `train::rates` measures it,
    /// `Trainer::auto` chooses by it.
    pub async fn auto(software: bool) -> (Self, String) {
        #[cfg(feature = "webgpu")]
        match Self::gpu(software).await {
            Ok(device) => {
                let reason = format!("WebGPU on {} passed the self-test.", device.info().name);
                (device, reason)
            }
            Err(error) => (Device::Cpu, format!("The CPU computes: {error}.")),
        }
        #[cfg(not(feature = "webgpu"))]
        {
            let _ = software;
            (Device::Cpu, "The CPU computes: this build has no WebGPU.".to_string())
        }
    }

    pub fn kind(&self) -> DeviceKind {
        match self {
            Device::Cpu => DeviceKind::Cpu,
            #[cfg(feature = "webgpu")]
            Device::Gpu(_) => DeviceKind::Gpu,
        }
    }

    pub fn info(&self) -> DeviceInfo {
        match self {
            Device::Cpu => cpu::info(),
            #[cfg(feature = "webgpu")]
            Device::Gpu(gpu) => gpu.info(),
        }
    }

    /// An empty store on this device.
    pub fn store(&self) -> Store {
        match self {
            Device::Cpu => Store(StoreKind::Cpu(cpu::CpuStore::new())),
            #[cfg(feature = "webgpu")]
            Device::Gpu(gpu) => Store(StoreKind::Gpu(gpu.store())),
        }
    }

    /// Optimises `graph` and makes everything that a run needs: plan, kernels, pipelines. An error where the device cannot hold or
    /// run it, naming operation, node and figure.
    pub fn compile(&self, graph: &Graph) -> Result<Program> {
        Ok(Program(match self {
            Device::Cpu => ProgramKind::Cpu(Box::new(cpu::CpuProgram::compile(graph)?)),
            #[cfg(feature = "webgpu")]
            Device::Gpu(gpu) => ProgramKind::Gpu(Box::new(gpu.compile(graph)?)),
        }))
    }
}

/// Named tensors that stay on the device between runs: weights, optimiser moments, running statistics, counters, data sets.
pub struct Store(StoreKind);

enum StoreKind {
    Cpu(cpu::CpuStore),
    #[cfg(feature = "webgpu")]
    Gpu(gpu::GpuStore),
}

impl Store {
    /// Puts `tensor` under `name`, replacing what was there.
    pub fn set(&mut self, name: &str, tensor: &Tensor) -> Result<()> {
        match &mut self.0 {
            StoreKind::Cpu(store) => store.set(name, tensor),
            #[cfg(feature = "webgpu")]
            StoreKind::Gpu(store) => store.set(name, tensor),
        }
    }

    /// A copy of the state `name`, after everything that was enqueued before.
    pub async fn get(&self, name: &str) -> Result<Tensor> {
        match &self.0 {
            StoreKind::Cpu(store) => store.get(name),
            #[cfg(feature = "webgpu")]
            StoreKind::Gpu(store) => store.get(name).await,
        }
    }

    /// Forgets the state `name`; nothing happens where there is none.
    pub fn remove(&mut self, name: &str) {
        match &mut self.0 {
            StoreKind::Cpu(store) => store.remove(name),
            #[cfg(feature = "webgpu")]
            StoreKind::Gpu(store) => store.remove(name),
        }
    }

    /// Names and types of all states.
    pub fn types(&self) -> Named<Type> {
        match &self.0 {
            StoreKind::Cpu(store) => store.types(),
            #[cfg(feature = "webgpu")]
            StoreKind::Gpu(store) => store.types(),
        }
    }

    pub fn contains(&self, name: &str) -> bool {
        self.types().contains_key(name)
    }

    /// Copies of all states.
    pub async fn snapshot(&self) -> Result<Named<Tensor>> {
        let mut all = Named::new();
        for (name, _) in self.types() {
            let tensor = self.get(&name).await?;
            all.insert(name, tensor);
        }
        Ok(all)
    }

    /// Puts all of `states` in place.
    pub fn restore(&mut self, states: &Named<Tensor>) -> Result<()> {
        states.iter().try_for_each(|(name, tensor)| self.set(name, tensor))
    }
}

/// A compiled graph, ready to run as often as wanted.
pub struct Program(ProgramKind);

enum ProgramKind {
    Cpu(Box<cpu::CpuProgram>),
    #[cfg(feature = "webgpu")]
    Gpu(Box<gpu::GpuProgram>),
}

impl Program {
    /// Enqueues `steps` runs with the same `inputs` and applies the state updates after each. A state that the graph reads must be
    /// in the store; one that it only writes is made. Errors name the input or state and both shapes.
    pub fn run(&mut self, store: &mut Store, inputs: &[(&str, &Tensor)], steps: usize) -> Result<()> {
        match (&mut self.0, &mut store.0) {
            (ProgramKind::Cpu(program), StoreKind::Cpu(store)) => program.run(store, inputs, steps),
            #[cfg(feature = "webgpu")]
            (ProgramKind::Gpu(program), StoreKind::Gpu(store)) => program.run(store, inputs, steps),
            #[cfg(feature = "webgpu")]
            _ => Err(Error::Run("the program and the store are on different devices".into())),
        }
    }

    /// The output `name` of the last run.
    pub async fn output(&self, name: &str) -> Result<Tensor> {
        match &self.0 {
            ProgramKind::Cpu(program) => program.output(name),
            #[cfg(feature = "webgpu")]
            ProgramKind::Gpu(program) => program.output(name).await,
        }
    }

    /// What the program consists of and takes.
    pub fn report(&self) -> ProgramReport {
        match &self.0 {
            ProgramKind::Cpu(program) => program.report(),
            #[cfg(feature = "webgpu")]
            ProgramKind::Gpu(program) => program.report(),
        }
    }
}

/// Figures of a compiled program.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ProgramReport {
    /// Kernel calls or dispatches per run.
    pub kernels: usize,
    /// Bytes of working memory with buffers shared by liveness.
    pub arena_bytes: usize,
    /// Bytes that all intermediate values would take without sharing.
    pub unshared_bytes: usize,
    /// The plan, one kernel a line.
    pub plan: String,
}

impl ProgramReport {
    /// An error of the contract's kind for a program that needs more than a device offers.
    pub(crate) fn too_large(device: &'static str, what: &str, needed: usize, limit: usize) -> Error {
        Error::Device {
            device,
            message: format!("{what} needs {needed} bytes, the limit is {limit}: choose a smaller model or batch"),
        }
    }
}
