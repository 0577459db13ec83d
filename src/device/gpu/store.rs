//! Named states on the GPU, one buffer each.

use std::rc::Rc;
use std::sync::atomic::{AtomicU64, Ordering};

use super::adapter::{Context, NAME};
use super::readback;
use crate::device::ProgramReport;
use crate::error::{Error, Result};
use crate::graph::Type;
use crate::named::Named;
use crate::tensor::Tensor;

/// Named tensors that stay on the device.
pub struct GpuStore {
    context: Rc<Context>,
    /// Changes whenever a buffer is made or goes away: programs then bind anew. Unique among all stores.
    generation: u64,
    states: Named<State>,
}

struct State {
    buffer: wgpu::Buffer,
    ty: Type,
}

static GENERATION: AtomicU64 = AtomicU64::new(0);

fn next_generation() -> u64 {
    GENERATION.fetch_add(1, Ordering::Relaxed)
}

impl GpuStore {
    pub(super) fn new(context: Rc<Context>) -> Self {
        Self { context, generation: next_generation(), states: Named::new() }
    }

    pub(super) fn generation(&self) -> u64 {
        self.generation
    }

    /// Puts `tensor` under `name`, in the same buffer where it fits.
    pub fn set(&mut self, name: &str, tensor: &Tensor) -> Result<()> {
        self.context.health.check()?;
        let buffer = self.ensure(name, &(tensor.shape().clone(), tensor.dtype()))?;
        self.context.queue.write_buffer(&buffer, 0, tensor.bytes());
        Ok(())
    }

    /// The buffer of the state `name` of type `ty`, made (zeroed) or replaced where it is missing or of another type.
    pub(super) fn ensure(&mut self, name: &str, ty: &Type) -> Result<wgpu::Buffer> {
        if let Some(state) = self.states.get(name)
            && state.ty == *ty
        {
            return Ok(state.buffer.clone());
        }
        let bytes = 4 * ty.0.len() as u64;
        if bytes > self.context.max_binding {
            let limit = self.context.max_binding as usize;
            return Err(ProgramReport::too_large(NAME, &format!("the state `{name}`"), bytes as usize, limit));
        }
        let buffer = self.context.device.create_buffer(&wgpu::BufferDescriptor {
            label: Some(name),
            size: bytes.max(4),
            usage: wgpu::BufferUsages::STORAGE | wgpu::BufferUsages::COPY_SRC | wgpu::BufferUsages::COPY_DST,
            mapped_at_creation: false,
        });
        self.remove(name);
        self.generation = next_generation();
        self.states.insert(name, State { buffer: buffer.clone(), ty: ty.clone() });
        Ok(buffer)
    }

    /// A copy of the state `name`, after everything that was enqueued before.
    pub async fn get(&self, name: &str) -> Result<Tensor> {
        let State { buffer, ty } = self.states.get(name).ok_or_else(|| Error::Run(format!("there is no state `{name}`")))?;
        let bytes = readback::read(&self.context, buffer, 0, 4 * ty.0.len() as u64).await?;
        Tensor::from_bytes(ty.0.clone(), ty.1, &bytes)
    }

    /// Forgets the state `name`.
    pub fn remove(&mut self, name: &str) {
        if let Some(state) = self.states.remove(name) {
            state.buffer.destroy();
            self.generation = next_generation();
        }
    }

    pub fn types(&self) -> Named<Type> {
        self.states.iter().map(|(name, state)| (name, state.ty.clone())).collect()
    }

    /// The type of the state `name`.
    pub(super) fn ty(&self, name: &str) -> Option<&Type> {
        self.states.get(name).map(|state| &state.ty)
    }
}

impl Drop for GpuStore {
    /// In the browser dropping a handle frees nothing before the next garbage collection, which may never see the memory.
    fn drop(&mut self) {
        self.states.values().for_each(|state| state.buffer.destroy());
    }
}
