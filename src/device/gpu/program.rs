//! A compiled program: prebuilt dispatches that a run only encodes again.
//!
//! Pipelines and the arena are made at compilation, bind groups when the program first meets a store or the store's buffers change.
//! A run is one compute pass and one submission, several steps together; only when it would keep the device busy for too long (the
//! system's watchdog resets a device that does not answer) is it cut into several.

use std::rc::Rc;

use super::adapter::Context;
use super::kernels::Target;
use super::plan::{Place, Plan};
use super::readback;
use super::store::GpuStore;
use crate::device::ProgramReport;
use crate::error::{Error, Result};
use crate::graph::Graph;
use crate::graph::pass::optimize;
use crate::tensor::Tensor;

/// A graph as pipelines, an arena and bind groups.
pub struct GpuProgram {
    context: Rc<Context>,
    plan: Plan,
    arena: Vec<wgpu::Buffer>,
    pipelines: Vec<wgpu::ComputePipeline>,
    groups: Vec<wgpu::BindGroup>,
    /// The store generation that `groups` belong to.
    bound: Option<u64>,
    has_run: bool,
}

impl GpuProgram {
    pub(super) fn compile(context: Rc<Context>, graph: &Graph) -> Result<Self> {
        context.health.check()?;
        let plan = Plan::new(&optimize(graph), Target { software: context.software }, context.max_binding)?;
        let usage = wgpu::BufferUsages::STORAGE | wgpu::BufferUsages::COPY_SRC | wgpu::BufferUsages::COPY_DST;
        let arena: Vec<_> = plan
            .buffers
            .iter()
            .map(|&size| {
                context.device.create_buffer(&wgpu::BufferDescriptor {
                    label: Some("arena"),
                    size,
                    usage,
                    mapped_at_creation: false,
                })
            })
            .collect();
        for (slot, tensor) in &plan.constants {
            let slot = plan.slots[*slot];
            context.queue.write_buffer(&arena[slot.buffer], slot.offset, tensor.bytes());
        }
        let mut cache = context.pipelines.borrow_mut();
        let pipelines = plan.dispatches.iter().map(|d| cache.get(&context.device, &d.kernel)).collect();
        drop(cache);
        context.health.check()?;
        Ok(Self { context, plan, arena, pipelines, groups: Vec::new(), bound: None, has_run: false })
    }

    /// Enqueues `steps` runs with the same `inputs`, each followed by its state updates.
    pub fn run(&mut self, store: &mut GpuStore, inputs: &[(&str, &Tensor)], steps: usize) -> Result<()> {
        self.context.health.check()?;
        self.write_inputs(inputs)?;
        self.bind(store)?;
        let per_submission = (submission_budget(self.context.software) / self.plan.work.max(1)).clamp(1, 64) as usize;
        let mut left = steps;
        while left > 0 {
            let now = left.min(per_submission);
            self.submit(now);
            left -= now;
        }
        self.has_run |= steps > 0;
        self.context.health.check()
    }

    fn write_inputs(&self, inputs: &[(&str, &Tensor)]) -> Result<()> {
        for (name, (slot, (shape, dtype))) in self.plan.inputs.iter() {
            let Some((_, tensor)) = inputs.iter().find(|(given, _)| *given == name) else {
                return Err(Error::Run(format!("the input `{name}` ({dtype}{shape}) is missing")));
            };
            if tensor.shape() != shape || tensor.dtype() != *dtype {
                let (got, its) = (tensor.dtype(), tensor.shape());
                return Err(Error::Run(format!("the input `{name}` must be {dtype}{shape}, got {got}{its}")));
            }
            let slot = self.plan.slots[*slot];
            self.context.queue.write_buffer(&self.arena[slot.buffer], slot.offset, tensor.bytes());
        }
        match inputs.iter().find(|(name, _)| !self.plan.inputs.contains_key(name)) {
            Some((name, _)) => Err(Error::Run(format!("there is no input `{name}`"))),
            None => Ok(()),
        }
    }

    /// Makes the bind groups, unless those at hand belong to the store as it is.
    fn bind(&mut self, store: &mut GpuStore) -> Result<()> {
        if self.bound == Some(store.generation()) {
            return Ok(());
        }
        for ((name, (shape, dtype)), read) in self.plan.states.iter().zip(&self.plan.read) {
            match store.ty(name) {
                Some((s, d)) if *read && (s, d) != (shape, dtype) => {
                    return Err(Error::Run(format!("the state `{name}` must be {dtype}{shape}, the store has {d}{s}")));
                }
                None if *read => return Err(Error::Run(format!("the state `{name}` ({dtype}{shape}) is not in the store"))),
                _ => {}
            }
        }
        let states = self.plan.states.iter().map(|(name, ty)| store.ensure(name, ty)).collect::<Result<Vec<_>>>()?;
        let cache = self.context.pipelines.borrow();
        self.groups = self
            .plan
            .dispatches
            .iter()
            .map(|dispatch| {
                let entries: Vec<_> = (0..)
                    .zip(&dispatch.places)
                    .map(|(binding, place)| {
                        let resource = match *place {
                            Place::Slot(slot) => {
                                let slot = self.plan.slots[slot];
                                let size = std::num::NonZeroU64::new(slot.bytes);
                                wgpu::BindingResource::Buffer(wgpu::BufferBinding {
                                    buffer: &self.arena[slot.buffer],
                                    offset: slot.offset,
                                    size,
                                })
                            }
                            Place::State(state) => states[state].as_entire_binding(),
                        };
                        wgpu::BindGroupEntry { binding, resource }
                    })
                    .collect();
                self.context.device.create_bind_group(&wgpu::BindGroupDescriptor {
                    label: None,
                    layout: cache.group_layout(entries.len()),
                    entries: &entries,
                })
            })
            .collect();
        self.bound = Some(store.generation());
        Ok(())
    }

    fn submit(&self, steps: usize) {
        let mut encoder = self.context.device.create_command_encoder(&Default::default());
        let mut pass = encoder.begin_compute_pass(&Default::default());
        for _ in 0..steps {
            for ((dispatch, pipeline), group) in self.plan.dispatches.iter().zip(&self.pipelines).zip(&self.groups) {
                let [x, y, z] = dispatch.groups;
                pass.set_pipeline(pipeline);
                pass.set_bind_group(0, group, &[]);
                pass.dispatch_workgroups(x, y, z);
            }
        }
        drop(pass);
        self.context.queue.submit([encoder.finish()]);
    }

    /// The output `name` of the last run.
    pub async fn output(&self, name: &str) -> Result<Tensor> {
        let (slot, (shape, dtype)) =
            self.plan.outputs.get(name).ok_or_else(|| Error::Run(format!("there is no output `{name}`")))?;
        if !self.has_run {
            return Err(Error::Run(format!("the program has not run yet: there is no output `{name}`")));
        }
        let slot = self.plan.slots[*slot];
        let bytes = readback::read(&self.context, &self.arena[slot.buffer], slot.offset, 4 * shape.len() as u64).await?;
        Tensor::from_bytes(shape.clone(), *dtype, &bytes)
    }

    pub fn report(&self) -> ProgramReport {
        self.plan.report.clone()
    }
}

/// Multiply-adds in one submission: a fraction of a second at the speed of the slowest device of each kind.
fn submission_budget(software: bool) -> u64 {
    if software { 1_000_000_000 } else { 20_000_000_000 }
}

impl Drop for GpuProgram {
    /// In the browser dropping a handle frees nothing before the next garbage collection, which may never see the memory.
    fn drop(&mut self) {
        self.arena.iter().for_each(wgpu::Buffer::destroy);
    }
}
