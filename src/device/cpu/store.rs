//! The CPU's store of named states.

use std::sync::atomic::{AtomicU64, Ordering};

use vitrine_kernels::buffer::Buffer;

use crate::error::{Error, Result};
use crate::graph::{DType, Shape, Type};
use crate::named::Named;
use crate::tensor::Tensor;

/// Named tensors. Programs address them by slot and look the slots up again when [`CpuStore::version`] has changed.
pub struct CpuStore {
    names: Named<usize>,
    types: Vec<Type>,
    buffers: Vec<Buffer>,
    version: u64,
}

/// Versions are unique in the process, so that one number tells both which store and which arrangement of its slots.
fn next_version() -> u64 {
    static NEXT: AtomicU64 = AtomicU64::new(1);
    NEXT.fetch_add(1, Ordering::Relaxed)
}

impl Default for CpuStore {
    fn default() -> Self {
        Self { names: Named::new(), types: Vec::new(), buffers: Vec::new(), version: next_version() }
    }
}

impl CpuStore {
    pub fn new() -> Self {
        Self::default()
    }

    pub fn set(&mut self, name: &str, tensor: &Tensor) -> Result<()> {
        let slot = self.reserve(name, &(tensor.shape().clone(), tensor.dtype()))?;
        copy_words(tensor, self.buffers[slot].words_mut());
        Ok(())
    }

    pub fn get(&self, name: &str) -> Result<Tensor> {
        let slot = self.slot(name).ok_or_else(|| Error::Run(format!("there is no state `{name}`")))?;
        let (shape, dtype) = &self.types[slot];
        tensor(shape.clone(), *dtype, self.buffers[slot].words())
    }

    pub fn remove(&mut self, name: &str) {
        if let Some(slot) = self.names.remove(name) {
            self.types.swap_remove(slot);
            self.buffers.swap_remove(slot);
            let last = self.types.len();
            self.names.values_mut().filter(|at| **at == last).for_each(|at| *at = slot);
            self.version = next_version();
        }
    }

    pub fn types(&self) -> Named<Type> {
        self.names.iter().map(|(name, &slot)| (name, self.types[slot].clone())).collect()
    }

    pub(super) fn version(&self) -> u64 {
        self.version
    }

    pub(super) fn slot(&self, name: &str) -> Option<usize> {
        self.names.get(name).copied()
    }

    pub(super) fn slot_type(&self, slot: usize) -> &Type {
        &self.types[slot]
    }

    /// The slot of `name` with this type; made, or made anew, with zeros where it is not there so.
    pub(super) fn reserve(&mut self, name: &str, wanted: &Type) -> Result<usize> {
        match self.slot(name) {
            Some(slot) if self.types[slot] == *wanted => Ok(slot),
            Some(slot) => {
                self.buffers[slot] = Buffer::zeros(wanted.0.len())?;
                self.types[slot] = wanted.clone();
                self.version = next_version();
                Ok(slot)
            }
            None => {
                self.buffers.push(Buffer::zeros(wanted.0.len())?);
                self.types.push(wanted.clone());
                self.names.insert(name.to_string(), self.types.len() - 1);
                self.version = next_version();
                Ok(self.types.len() - 1)
            }
        }
    }

    pub(super) fn buffers(&self) -> &[Buffer] {
        &self.buffers
    }

    pub(super) fn buffers_mut(&mut self) -> &mut [Buffer] {
        &mut self.buffers
    }
}

/// The words of `source` written to `target`, which has as many.
pub(super) fn copy_words(source: &Tensor, target: &mut [f32]) {
    bytemuck::cast_slice_mut::<f32, u8>(target).copy_from_slice(source.bytes());
}

/// The words as a host tensor.
pub(super) fn tensor(shape: Shape, dtype: DType, words: &[f32]) -> Result<Tensor> {
    match dtype {
        DType::F32 => Tensor::f32(shape, words.to_vec()),
        DType::U32 => Tensor::u32(shape, bytemuck::cast_slice(words).to_vec()),
    }
}
