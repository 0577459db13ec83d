//! The CPU device.

use std::collections::BTreeMap;

use super::{DeviceInfo, DeviceKind, ProgramReport};
use crate::error::{Error, Result};
use crate::graph::{Graph, Type};
use crate::tensor::Tensor;

pub(super) fn info() -> DeviceInfo {
    DeviceInfo { kind: DeviceKind::Cpu, name: "CPU".into(), software: false, reason: String::new() }
}

#[derive(Default)]
pub struct CpuStore;
impl CpuStore {
    pub fn new() -> Self {
        Self
    }
    pub fn set(&mut self, _name: &str, _tensor: &Tensor) -> Result<()> {
        Ok(())
    }
    pub fn get(&self, name: &str) -> Result<Tensor> {
        Err(Error::Run(format!("there is no state `{name}`")))
    }
    pub fn remove(&mut self, _name: &str) {}
    pub fn types(&self) -> BTreeMap<String, Type> {
        BTreeMap::new()
    }
}

pub struct CpuProgram;
impl CpuProgram {
    pub fn compile(_graph: &Graph) -> Result<Self> {
        Ok(Self)
    }
    pub fn run(&mut self, _store: &mut CpuStore, _inputs: &[(&str, &Tensor)], _steps: usize) -> Result<()> {
        Ok(())
    }
    pub fn output(&self, name: &str) -> Result<Tensor> {
        Err(Error::Run(format!("there is no output `{name}`")))
    }
    pub fn report(&self) -> ProgramReport {
        ProgramReport::default()
    }
}
