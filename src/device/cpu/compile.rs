//! From a graph to prepared kernel calls: where every value lives, and in which order what is computed.
//!
//! The arena begins with what `graph::pass` planned by liveness; behind it inputs and constants have ranges of their own, filled once
//! per run and once for all. A state's new value is computed straight into the state where nothing reads the old value afterwards;
//! else it goes through the arena and is copied when the step ends.

use vitrine_kernels::buffer::{Kernel, LINE, Place};
use vitrine_kernels::movement;

use super::prepare::{Prepared, prepare};
use crate::error::{Error, Result};
use crate::graph::pass::{self, Layout};
use crate::graph::{Graph, NodeId, Op, Type};
use crate::named::Named;

/// One kernel call.
pub struct Step {
    pub kernel: Kernel,
    pub operands: Vec<Place>,
    pub output: Place,
    /// The node's operation, shape and label, for reports.
    pub what: String,
}

/// A state that a program reads or writes.
pub struct StateUse {
    pub name: String,
    pub kind: Type,
    pub read: bool,
}

/// A compiled graph without its memory. Sizes are in words.
#[derive(Default)]
pub struct Plan {
    pub steps: Vec<Step>,
    pub states: Vec<StateUse>,
    /// Name, type, arena range.
    pub inputs: Vec<(String, Type, Place)>,
    pub outputs: Named<(Type, Place)>,
    pub constants: Vec<(Place, Vec<f32>)>,
    /// (arena range, state) to copy when all else is done.
    pub updates: Vec<(Place, usize)>,
    pub arena: usize,
    pub unshared: usize,
    pub scratch: usize,
}

/// All states with how they are used; an error where one name has two types.
fn states(graph: &Graph) -> Result<Vec<StateUse>> {
    let mut states: Named<StateUse> = Named::new();
    let read = graph.nodes.iter().filter_map(|node| match &node.op {
        Op::State { name, .. } => Some((name.as_str(), node, true)),
        _ => None,
    });
    let written = graph.updates.iter().map(|(name, &id)| (name, graph.node(id), false));
    for (name, node, read) in read.chain(written) {
        let kind = (node.shape.clone(), node.dtype);
        let Some(known) = states.get(name) else {
            states.insert(name, StateUse { name: name.to_string(), kind, read });
            continue;
        };
        if known.kind != kind {
            let (shape, dtype) = &known.kind;
            return Err(Error::Graph(format!("state `{name}` is {dtype}{shape} and {}{} in one graph", kind.1, kind.0)));
        }
    }
    Ok(states.into_iter().map(|(_, state)| state).collect())
}

/// For each state, the last node that reads its old value; `usize::MAX` where it is wanted after the last.
fn last_reads(graph: &Graph, layout: &pass::Plan, index: &Named<usize>) -> Vec<Option<usize>> {
    let mut last = vec![None; index.len()];
    let mut read = |id: NodeId, by: usize| {
        if let Op::State { name, .. } = &graph.node(layout.root(id)).op {
            let state = &mut last[index[name.as_str()]];
            *state = (*state).max(Some(by));
        }
    };
    for (i, node) in graph.nodes.iter().enumerate() {
        let reshaped = matches!(node.op, Op::Reshape { .. });
        node.inputs.iter().filter(|_| !reshaped).for_each(|&id| read(id, i));
    }
    graph.outputs.values().chain(graph.updates.values()).for_each(|&id| read(id, usize::MAX));
    last
}

/// Ranges behind the planned part of the arena, never shared.
struct Fixed {
    end: usize,
}

impl Fixed {
    fn take(&mut self, len: usize) -> Place {
        let start = self.end.next_multiple_of(LINE);
        self.end = start + len;
        Place::Arena { start, len }
    }
}

pub fn plan(graph: &Graph) -> Result<Plan> {
    let layout = pass::Plan::new(graph, Layout { align: 4 * LINE, in_place: true });
    let states = states(graph)?;
    let index: Named<usize> = states.iter().enumerate().map(|(i, state)| (state.name.as_str(), i)).collect();
    let last_reads = last_reads(graph, &layout, &index);
    // The first state whose new value a node computes.
    let mut updates: Vec<Option<usize>> = vec![None; graph.nodes.len()];
    for (name, &id) in graph.updates.iter().rev() {
        updates[layout.root(id).index()] = Some(index[name]);
    }

    let mut plan = Plan::default();
    let mut fixed = Fixed { end: layout.arena_bytes / 4 };
    let mut places: Vec<Place> = Vec::with_capacity(graph.nodes.len());
    for (i, node) in graph.nodes.iter().enumerate() {
        let operands: Vec<Place> = node.inputs.iter().map(|id| places[id.index()]).collect();
        let place = match prepare(graph, node) {
            Prepared::Input(name) => {
                let place = fixed.take(node.shape.len());
                plan.inputs.push((name, (node.shape.clone(), node.dtype), place));
                place
            }
            Prepared::Constant(words) => {
                let place = fixed.take(words.len());
                plan.constants.push((place, words));
                place
            }
            Prepared::State(name) => Place::State(index[name.as_str()]),
            Prepared::Alias => operands[0],
            Prepared::Kernel(kernel) => {
                // Into the state, if the old value is not needed later, and here at most value by value.
                let state = updates[i].filter(|&state| match last_reads[state] {
                    Some(read) if read == i => pass::is_elementwise(&node.op),
                    read => read < Some(i),
                });
                let output = match (state, layout.places[i]) {
                    (Some(state), _) => Place::State(state),
                    (None, pass::Place::Arena { offset, len }) => Place::Arena { start: offset / 4, len: len / 4 },
                    (None, pass::Place::External | pass::Place::Alias(_)) => fixed.take(node.shape.len()),
                };
                let what = format!("{} {}{} {}", node.op.name(), node.dtype, node.shape, node.label);
                plan.push(kernel, operands, output, what);
                output
            }
        };
        places.push(place);
    }

    // Outputs are read after the run; a new value that lies in another state must be saved before that one changes.
    let mut in_arena = |id: NodeId, plan: &mut Plan| match places[id.index()] {
        place @ Place::Arena { .. } => place,
        place @ Place::State(_) => {
            let shape = &graph.node(id).shape;
            let output = fixed.take(shape.len());
            plan.push(movement::copy(), vec![place], output, format!("copy {shape}"));
            output
        }
    };
    for (name, &id) in graph.outputs.iter() {
        let kind = (graph.node(id).shape.clone(), graph.node(id).dtype);
        let place = in_arena(id, &mut plan);
        plan.outputs.insert(name, (kind, place));
    }
    for (name, &id) in graph.updates.iter() {
        let state = index[name];
        if places[id.index()] != Place::State(state) {
            let place = in_arena(id, &mut plan);
            plan.updates.push((place, state));
        }
    }
    plan.arena = fixed.end;
    plan.unshared = layout.unshared_bytes / 4;
    plan.states = states;
    Ok(plan)
}

impl Plan {
    fn push(&mut self, kernel: Kernel, operands: Vec<Place>, output: Place, what: String) {
        self.scratch = self.scratch.max(kernel.scratch);
        self.steps.push(Step { kernel, operands, output, what: what.trim_end().to_string() });
    }
}
