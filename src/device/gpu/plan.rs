//! From a graph to dispatches whose operands have places: what a [`super::GpuProgram`] is made of, before the device is touched.
//!
//! - A reshape is only another name for its input. Inputs, outputs and constants keep a place of their own; every other value lives
//!   from the dispatch that makes it to the last that reads it, and values that never live together share memory.
//! - A state is read where it lies in the store. Its new value is computed straight into it where nobody reads the old one
//!   afterwards, or else computed elsewhere and copied at the end, so that all updates seem to happen at once.
//! - No dispatch binds one place twice: WebGPU forbids overlapping writable bindings. A second operand in the same memory is copied.

use std::fmt::Write;

use super::adapter::NAME;
use super::fused;
use super::kernels::{self, Dispatch, Input, Operand, Target};
use super::pipelines::Kernel;
use crate::device::ProgramReport;
use crate::error::Result;
use crate::graph::pass::largest_first;
use crate::graph::{DType, Graph, Node, NodeId, Op, Type};
use crate::named::Named;
use crate::tensor::Tensor;

/// Where a value lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// An index into [`Plan::slots`].
    Slot(usize),
    /// An index into [`Plan::states`].
    State(usize),
}

/// A range of the arena.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Slot {
    /// Which buffer of the arena.
    pub buffer: usize,
    /// In bytes; a multiple of [`ALIGNMENT`].
    pub offset: u64,
    pub bytes: u64,
}

/// Alignment of a storage binding: WebGPU's default limit.
pub const ALIGNMENT: u64 = 256;

/// A dispatch ready to be bound.
#[derive(Debug, Clone)]
pub struct Bound {
    pub kernel: Kernel,
    pub places: Vec<Place>,
    pub groups: [u32; 3],
}

/// Everything that a program needs besides the device.
#[derive(Debug)]
pub struct Plan {
    pub dispatches: Vec<Bound>,
    pub slots: Vec<Slot>,
    /// Sizes of the arena's buffers in bytes.
    pub buffers: Vec<u64>,
    pub states: Vec<(String, Type)>,
    /// Which of `states` must be in the store beforehand.
    pub read: Vec<bool>,
    pub inputs: Named<(usize, Type)>,
    pub outputs: Named<(usize, Type)>,
    /// Values to be written once: slot and tensor.
    pub constants: Vec<(usize, Tensor)>,
    /// Multiply-adds of one run, roughly.
    pub work: u64,
    pub report: ProgramReport,
}

/// A value's size in bytes and the dispatches between which it must be kept.
struct Life {
    bytes: u64,
    first: usize,
    last: usize,
}

/// A life that spans all runs.
const FOREVER: usize = usize::MAX;

struct Planner<'a> {
    graph: &'a Graph,
    target: Target,
    /// The node whose memory each node names.
    roots: Vec<usize>,
    places: Vec<Option<Place>>,
    lives: Vec<Life>,
    plan: Plan,
}

impl Plan {
    /// Plans `graph` for buffers of at most `max_binding` bytes.
    pub fn new(graph: &Graph, target: Target, max_binding: u64) -> Result<Self> {
        let mut roots: Vec<usize> = Vec::with_capacity(graph.nodes.len());
        for (i, node) in graph.nodes.iter().enumerate() {
            roots.push(if matches!(node.op, Op::Reshape { .. }) { roots[node.inputs[0].index()] } else { i });
        }
        let states: Vec<(String, Type)> = graph.states().into_iter().map(|(name, ty)| (name.to_string(), ty)).collect();
        let plan = Plan {
            dispatches: Vec::new(),
            slots: Vec::new(),
            buffers: Vec::new(),
            read: vec![false; states.len()],
            states,
            inputs: Named::new(),
            outputs: Named::new(),
            constants: Vec::new(),
            work: 0,
            report: ProgramReport::default(),
        };
        let mut planner = Planner { graph, target, roots, places: vec![None; graph.nodes.len()], lives: Vec::new(), plan };
        planner.place_updates();
        for i in 0..graph.nodes.len() {
            planner.node(i)?;
        }
        planner.outputs();
        planner.copy_updates();
        planner.lay_out(max_binding)
    }
}

impl Planner<'_> {
    fn state_index(&self, name: &str) -> usize {
        self.plan.states.binary_search_by(|(n, _)| n.as_str().cmp(name)).expect("a state of the graph")
    }

    fn root(&self, id: NodeId) -> usize {
        self.roots[id.index()]
    }

    /// A new slot that lives from the current dispatch on.
    fn slot(&mut self, values: usize, last: usize) -> usize {
        let first = if last == FOREVER { 0 } else { self.plan.dispatches.len() };
        self.lives.push(Life { bytes: 4 * values.max(1) as u64, first, last: last.max(first) });
        self.lives.len() - 1
    }

    /// Gives the new values of states a place in the store where that is safe.
    fn place_updates(&mut self) {
        // The last node that reads each root; outputs and updates read at the very end.
        let mut last_read = vec![0; self.graph.nodes.len()];
        for (i, node) in self.graph.nodes.iter().enumerate().filter(|(_, n)| !matches!(n.op, Op::Reshape { .. })) {
            for &input in &node.inputs {
                last_read[self.root(input)] = i;
            }
        }
        for &id in self.graph.outputs.values().chain(self.graph.updates.values()) {
            let root = self.root(id);
            if matches!(self.graph.nodes[root].op, Op::State { .. }) {
                last_read[root] = FOREVER;
            }
        }
        let outputs: Vec<usize> = self.graph.outputs.values().map(|&id| self.root(id)).collect();
        for (name, &id) in self.graph.updates.iter() {
            let root = self.root(id);
            let node = &self.graph.nodes[root];
            let is_source = node.inputs.is_empty();
            if is_source || self.places[root].is_some() || outputs.contains(&root) {
                continue;
            }
            let reads_old =
                self.graph.nodes.iter().enumerate().filter(|(_, n)| matches!(&n.op, Op::State { name: s, .. } if s == name));
            let safe = reads_old.into_iter().all(|(s, state)| {
                last_read[s] < root
                    || last_read[s] == root
                        && elementwise(&node.op)
                        && state.dtype == node.dtype
                        && node.inputs.iter().all(|&i| self.root(i) != s || self.graph.node(i).shape == node.shape)
            });
            if safe {
                self.places[root] = Some(Place::State(self.state_index(name)));
            }
        }
    }

    fn node(&mut self, i: usize) -> Result<()> {
        let node = &self.graph.nodes[i];
        match &node.op {
            Op::Reshape { .. } => return Ok(()),
            Op::State { name, .. } => {
                let index = self.state_index(name);
                self.plan.read[index] = true;
                self.places[i] = Some(Place::State(index));
                return Ok(());
            }
            Op::Input { name, .. } => {
                let slot = self.slot(node.shape.len(), FOREVER);
                self.plan.inputs.insert(name.clone(), (slot, (node.shape.clone(), node.dtype)));
                self.places[i] = Some(Place::Slot(slot));
                return Ok(());
            }
            Op::Constant(_) | Op::Fill { .. } | Op::Iota { .. } => {
                let slot = self.slot(node.shape.len(), FOREVER);
                self.plan.constants.push((slot, constant(node)?));
                self.places[i] = Some(Place::Slot(slot));
                return Ok(());
            }
            _ => {}
        }
        let inputs: Vec<Input> = node
            .inputs
            .iter()
            .map(|&id| Input { shape: &self.graph.node(id).shape, dtype: self.graph.node(id).dtype, value: self.root(id) })
            .collect();
        let places: Vec<Place> = node.inputs.iter().map(|&id| self.places[self.root(id)].expect("inputs come first")).collect();
        let in_place = self.places[i].and_then(|own| places.iter().position(|&p| p == own));
        let lowering = kernels::lower(node, &inputs, self.target, in_place).map_err(|e| at(e, node))?;
        let output = match self.places[i] {
            Some(place) => place,
            None => Place::Slot(self.slot(node.shape.len(), 0)),
        };
        let scratch: Vec<usize> = lowering.scratch.iter().map(|&values| self.slot(values, 0)).collect();
        let what = format!("{} {}", node.op.name(), node.label);
        for dispatch in lowering.dispatches {
            self.bind(dispatch, &what, |operand| match operand {
                Operand::Input(i) => places[i],
                Operand::Output => output,
                Operand::Scratch(i) => Place::Slot(scratch[i]),
            });
        }
        self.places[i] = Some(output);
        self.plan.work += lowering.work;
        Ok(())
    }

    /// Adds a dispatch; an operand in the memory of an earlier one is copied first.
    fn bind(&mut self, dispatch: Dispatch, what: &str, place: impl Fn(Operand) -> Place) {
        let mut places: Vec<Place> = Vec::new();
        for &operand in &dispatch.operands {
            let mut at = place(operand);
            if places.contains(&at) {
                let values = self.values(at);
                let copy = Place::Slot(self.slot(values, 0));
                self.add(fused::copy(DType::U32, values, Operand::Input(0), Operand::Output), vec![at, copy], what);
                at = copy;
            }
            places.push(at);
        }
        self.add(dispatch, places, what);
    }

    fn add(&mut self, dispatch: Dispatch, places: Vec<Place>, what: &str) {
        let index = self.plan.dispatches.len();
        for place in &places {
            if let Place::Slot(slot) = place {
                let life = &mut self.lives[*slot];
                life.last = life.last.max(index);
            }
        }
        let _ = writeln!(self.plan.report.plan, "{index:4} {what} {:?} {places:?}", dispatch.groups);
        self.plan.dispatches.push(Bound { kernel: dispatch.kernel, places, groups: dispatch.groups });
    }

    fn values(&self, place: Place) -> usize {
        match place {
            Place::Slot(slot) => (self.lives[slot].bytes / 4) as usize,
            Place::State(state) => self.plan.states[state].1.0.len(),
        }
    }

    /// Copies `from` to `to` as bits.
    fn copy(&mut self, from: Place, to: Place, what: &str) {
        let values = self.values(from);
        if values > 0 {
            self.add(fused::copy(DType::U32, values, Operand::Input(0), Operand::Output), vec![from, to], what);
        }
    }

    /// Outputs keep their value until the next run; an output that is a state shows the old one.
    fn outputs(&mut self) {
        for (name, &id) in self.graph.outputs.iter() {
            let node = self.graph.node(id);
            let slot = match self.places[self.root(id)].expect("every node has a place") {
                Place::Slot(slot) => {
                    self.lives[slot].last = FOREVER;
                    slot
                }
                state => {
                    let slot = self.slot(node.shape.len(), FOREVER);
                    self.copy(state, Place::Slot(slot), name);
                    slot
                }
            };
            self.plan.outputs.insert(name, (slot, (node.shape.clone(), node.dtype)));
        }
    }

    /// Writes the new values that were not computed in place; old values of other states are saved before any is overwritten.
    fn copy_updates(&mut self) {
        let updates: Vec<(usize, Place)> = self
            .graph
            .updates
            .iter()
            .map(|(name, &id)| (self.state_index(name), self.places[self.root(id)].expect("every node has a place")))
            .filter(|&(state, from)| from != Place::State(state))
            .collect();
        let sources: Vec<Place> = updates
            .iter()
            .map(|&(_, from)| match from {
                Place::Slot(_) => from,
                Place::State(_) => {
                    let values = self.values(from);
                    let saved = Place::Slot(self.slot(values, 0));
                    self.copy(from, saved, "old value");
                    saved
                }
            })
            .collect();
        for ((state, _), from) in updates.into_iter().zip(sources) {
            self.copy(from, Place::State(state), "update");
        }
    }

    /// Gives every slot its range: the largest first, each at the lowest free place of the first buffer that has one.
    fn lay_out(mut self, max_binding: u64) -> Result<Plan> {
        let order = largest_first(self.lives.iter().map(|life| life.bytes as usize).collect());
        let mut slots = vec![Slot { buffer: 0, offset: 0, bytes: 0 }; self.lives.len()];
        let mut buffers: Vec<(u64, Vec<usize>)> = Vec::new();
        for i in order {
            let life = &self.lives[i];
            let size = life.bytes.next_multiple_of(ALIGNMENT);
            if size > max_binding {
                return Err(ProgramReport::too_large(NAME, "one tensor", size as usize, max_binding as usize));
            }
            let mut buffer = 0;
            let offset = loop {
                if buffer == buffers.len() {
                    buffers.push((0, Vec::new()));
                }
                let mut offset = 0;
                // `members` is sorted by offset; those that live at another time do not matter.
                for &other in &buffers[buffer].1 {
                    let together = life.first <= self.lives[other].last && self.lives[other].first <= life.last;
                    if together && slots[other].offset < offset + size {
                        offset = offset.max(slots[other].offset + slots[other].bytes.next_multiple_of(ALIGNMENT));
                    }
                }
                if offset + size <= max_binding {
                    break offset;
                }
                buffer += 1;
            };
            slots[i] = Slot { buffer, offset, bytes: life.bytes };
            let (total, members) = &mut buffers[buffer];
            *total = (*total).max(offset + size);
            let at = members.partition_point(|&m| slots[m].offset <= offset);
            members.insert(at, i);
        }
        let plan = &mut self.plan;
        plan.buffers = buffers.into_iter().map(|(total, _)| total).collect();
        plan.slots = slots;
        plan.report.kernels = plan.dispatches.len();
        plan.report.arena_bytes = plan.buffers.iter().sum::<u64>() as usize;
        plan.report.unshared_bytes = self.lives.iter().map(|life| life.bytes as usize).sum();
        Ok(self.plan)
    }
}

/// Whether a kernel of `op` reads each input only where it writes the output.
fn elementwise(op: &Op) -> bool {
    matches!(op, Op::Unary(_) | Op::Binary(_) | Op::Select | Op::Cast(_) | Op::Fused(_))
}

/// The value of a node that never changes.
fn constant(node: &Node) -> Result<Tensor> {
    match &node.op {
        Op::Constant(literal) => Ok((*literal.0).clone()),
        Op::Fill { value, shape } => Tensor::f32(shape, vec![value.0; shape.len()]),
        Op::Iota { n } => Tensor::u32([*n], (0..*n as u32).collect()),
        op => unreachable!("{} is not a constant", op.name()),
    }
}

/// Adds the node to a device error.
fn at(error: crate::Error, node: &Node) -> crate::Error {
    match error {
        crate::Error::Device { device, message } => {
            let message = format!("{message} ({} {}{} at `{}`)", node.op.name(), node.dtype, node.shape, node.label);
            crate::Error::Device { device, message }
        }
        other => other,
    }
}
