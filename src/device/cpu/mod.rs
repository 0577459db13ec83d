//! The CPU device: a program is a list of kernel calls over one arena.
//!
//! - `store`: the named states. `compile`: places and order. `prepare`: which kernel computes which operation. `peak`: what
//!   the CPU could do.
//! - The kernels, and memory as they see it, are a crate of their own, `vitrine_kernels`, in the folder beside this file.
//!
//! A run neither allocates nor looks anything up by name: states are resolved to slots once per arrangement of the store. Results
//! are the same bits at every run. One thread.

mod compile;
mod peak;
mod prepare;
mod store;
#[cfg(test)]
mod tests;

use std::fmt::Write;

use vitrine_kernels::buffer::{Buffer, Operands, Place};

use self::compile::Plan;
pub use self::peak::peak;
pub use self::store::CpuStore;
use super::{DeviceInfo, DeviceKind, ProgramReport};
use crate::error::{Error, Result};
use crate::graph::{Graph, pass};
use crate::tensor::Tensor;

pub(super) fn info() -> DeviceInfo {
    DeviceInfo {
        kind: DeviceKind::Cpu,
        name: format!("CPU ({})", vitrine_kernels::instructions()),
        software: false,
        reason: "Always there.".into(),
    }
}

/// A compiled graph with its working memory.
pub struct CpuProgram {
    plan: Plan,
    arena: Buffer,
    scratch: Buffer,
    /// Which of the store's slots each state is, and the version of the store for which this holds.
    slots: Vec<usize>,
    bound: Option<u64>,
    has_run: bool,
}

impl CpuProgram {
    pub fn compile(graph: &Graph) -> Result<Self> {
        let plan = compile::plan(&pass::optimize(graph))?;
        let bytes = 4 * (plan.arena + plan.scratch);
        // Beyond this, 32-bit addresses end.
        const LIMIT: usize = 2 << 30;
        if cfg!(target_pointer_width = "32") && bytes > LIMIT {
            return Err(ProgramReport::too_large("CPU", "working memory", bytes, LIMIT));
        }
        let mut arena = Buffer::zeros(plan.arena)?;
        for (place, words) in &plan.constants {
            range_mut(&mut arena, *place).copy_from_slice(words);
        }
        let scratch = Buffer::zeros(plan.scratch)?;
        Ok(Self { plan, arena, scratch, slots: Vec::new(), bound: None, has_run: false })
    }

    pub fn run(&mut self, store: &mut CpuStore, inputs: &[(&str, &Tensor)], steps: usize) -> Result<()> {
        self.take_inputs(inputs)?;
        if self.bound != Some(store.version()) {
            self.bind(store)?;
        }
        for _ in 0..steps {
            self.step(store);
            self.has_run = true;
        }
        Ok(())
    }

    /// Checks the inputs and copies them into the arena.
    fn take_inputs(&mut self, inputs: &[(&str, &Tensor)]) -> Result<()> {
        for (name, (shape, dtype), place) in &self.plan.inputs {
            let Some((_, tensor)) = inputs.iter().find(|(given, _)| given == name) else {
                return Err(Error::Run(format!("the input `{name}` ({dtype}{shape}) is missing")));
            };
            if tensor.shape() != shape || tensor.dtype() != *dtype {
                let (given, kind) = (tensor.shape(), tensor.dtype());
                return Err(Error::Run(format!("the input `{name}` must be {dtype}{shape}, got {kind}{given}")));
            }
            store::copy_words(tensor, range_mut(&mut self.arena, *place));
        }
        Ok(())
    }

    /// Finds the slots of all states; makes those that are only written.
    fn bind(&mut self, store: &mut CpuStore) -> Result<()> {
        self.bound = None;
        self.slots.clear();
        for state in &self.plan.states {
            let (shape, dtype) = &state.kind;
            let slot = match store.slot(&state.name) {
                Some(slot) if *store.slot_type(slot) == state.kind => slot,
                Some(slot) if state.read => {
                    let (there, kind) = store.slot_type(slot);
                    return Err(Error::Run(format!("the state `{}` must be {dtype}{shape}, it is {kind}{there}", state.name)));
                }
                None if state.read => {
                    return Err(Error::Run(format!("the state `{}` ({dtype}{shape}) is not in the store", state.name)));
                }
                _ => store.reserve(&state.name, &state.kind)?,
            };
            self.slots.push(slot);
        }
        self.bound = Some(store.version());
        Ok(())
    }

    fn step(&mut self, store: &mut CpuStore) {
        let Self { plan, arena, scratch, slots, .. } = self;
        for step in &plan.steps {
            let operands = |before, after, after_start, states| Operands {
                places: &step.operands,
                output: step.output,
                before,
                after,
                after_start,
                states,
                slots,
            };
            match step.output {
                Place::Arena { start, len } => {
                    let (before, rest) = arena.words_mut().split_at_mut(start);
                    let (output, after) = rest.split_at_mut(len);
                    (step.kernel.run)(&operands(before, after, start + len, store.buffers()), output, scratch.words_mut());
                }
                Place::State(state) => {
                    // The state's buffer leaves the store for the call, so that the others can be read.
                    let slot = slots[state];
                    let mut output = std::mem::take(&mut store.buffers_mut()[slot]);
                    (step.kernel.run)(
                        &operands(arena.words(), &[], usize::MAX, store.buffers()),
                        output.words_mut(),
                        scratch.words_mut(),
                    );
                    store.buffers_mut()[slot] = output;
                }
            }
        }
        for (place, state) in &plan.updates {
            store.buffers_mut()[slots[*state]].words_mut().copy_from_slice(range(arena, *place));
        }
    }

    pub fn output(&self, name: &str) -> Result<Tensor> {
        let Some(((shape, dtype), place)) = self.plan.outputs.get(name) else {
            return Err(Error::Run(format!("there is no output `{name}`")));
        };
        if !self.has_run {
            return Err(Error::Run(format!("the output `{name}` has no value before the first run")));
        }
        store::tensor(shape.clone(), *dtype, range(&self.arena, *place))
    }

    pub fn report(&self) -> ProgramReport {
        let mut plan = String::new();
        for step in &self.plan.steps {
            let name = |place: &Place| match place {
                Place::Arena { start, .. } => format!("@{start}"),
                Place::State(state) => self.plan.states[*state].name.clone(),
            };
            let operands: Vec<String> = step.operands.iter().map(name).collect();
            let _ = writeln!(plan, "{} = {} ({})", name(&step.output), step.what, operands.join(", "));
        }
        for (place, state) in &self.plan.updates {
            if let Place::Arena { start, .. } = place {
                let _ = writeln!(plan, "{} = @{start}", self.plan.states[*state].name);
            }
        }
        ProgramReport {
            kernels: self.plan.steps.len() + self.plan.updates.len(),
            arena_bytes: 4 * self.plan.arena,
            unshared_bytes: 4 * self.plan.unshared,
            plan,
        }
    }
}

/// The words of an arena range.
fn range(arena: &Buffer, place: Place) -> &[f32] {
    match place {
        Place::Arena { start, len } => &arena.words()[start..start + len],
        Place::State(_) => &[],
    }
}

fn range_mut(arena: &mut Buffer, place: Place) -> &mut [f32] {
    match place {
        Place::Arena { start, len } => &mut arena.words_mut()[start..start + len],
        Place::State(_) => &mut [],
    }
}
