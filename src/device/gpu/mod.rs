//! The WebGPU device: the only place that knows wgpu.

use std::collections::BTreeMap;

use super::{DeviceInfo, DeviceKind, ProgramReport};
use crate::error::{Error, Result};
use crate::graph::{Graph, Type};
use crate::tensor::Tensor;

#[derive(Clone)]
pub struct Gpu;
impl Gpu {
    pub async fn open(_software: bool) -> Result<Self> {
        Err(Error::Device { device: "WebGPU", message: "no adapter".into() })
    }
    pub fn info(&self) -> DeviceInfo {
        DeviceInfo { kind: DeviceKind::Gpu, name: String::new(), software: false, reason: String::new() }
    }
    pub fn store(&self) -> GpuStore {
        GpuStore
    }
    pub fn compile(&self, _graph: &Graph) -> Result<GpuProgram> {
        Ok(GpuProgram)
    }
}

pub struct GpuStore;
impl GpuStore {
    pub fn set(&mut self, _name: &str, _tensor: &Tensor) -> Result<()> {
        Ok(())
    }
    pub async fn get(&self, name: &str) -> Result<Tensor> {
        Err(Error::Run(format!("there is no state `{name}`")))
    }
    pub fn remove(&mut self, _name: &str) {}
    pub fn types(&self) -> BTreeMap<String, Type> {
        BTreeMap::new()
    }
}

pub struct GpuProgram;
impl GpuProgram {
    pub fn run(&mut self, _store: &mut GpuStore, _inputs: &[(&str, &Tensor)], _steps: usize) -> Result<()> {
        Ok(())
    }
    pub async fn output(&self, name: &str) -> Result<Tensor> {
        Err(Error::Run(format!("there is no output `{name}`")))
    }
    pub fn report(&self) -> ProgramReport {
        ProgramReport::default()
    }
}
