//! From a graph to prepared kernel calls: where every value lives, and in which order what is computed.
//!
//! Inputs, constants and outputs keep a range of the arena for themselves; other values share ranges by liveness, and an
//! element-wise operation takes over the range of an operand that dies with it. A state's new value is computed straight into the
//! state where nothing reads the old value afterwards; else it goes through the arena and is copied when the step ends.

use std::collections::BTreeMap;

use super::buffer::{Kernel, LINE, Place};
use super::movement;
use super::prepare::{Prepared, prepare};
use crate::error::{Error, Result};
use crate::graph::{Graph, NodeId, Op, Type};

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
    pub outputs: BTreeMap<String, (Type, Place)>,
    pub constants: Vec<(Place, Vec<f32>)>,
    /// (arena range, state) to copy when all else is done.
    pub updates: Vec<(Place, usize)>,
    pub arena: usize,
    pub unshared: usize,
    pub scratch: usize,
}

/// The node whose words a node has.
fn roots(graph: &Graph) -> Vec<usize> {
    let mut roots: Vec<usize> = (0..graph.nodes.len()).collect();
    for (i, node) in graph.nodes.iter().enumerate() {
        if let Op::Reshape { .. } = node.op {
            roots[i] = roots[node.inputs[0].index()];
        }
    }
    roots
}

/// For each root, the last node that reads it; `usize::MAX` where it is read after the last.
fn last_reads(graph: &Graph, roots: &[usize]) -> Vec<Option<usize>> {
    let mut last = vec![None; graph.nodes.len()];
    let kept = graph.outputs.values().chain(graph.updates.values());
    kept.for_each(|id| last[roots[id.index()]] = Some(usize::MAX));
    for (i, node) in graph.nodes.iter().enumerate().rev() {
        // A node is needed when something that is needed reads it.
        if last[roots[i]].is_some() {
            for input in &node.inputs {
                let root = roots[input.index()];
                if root != roots[i] {
                    last[root] = last[root].max(Some(i));
                }
            }
        }
    }
    last
}

/// First fit over the free ranges of one growing arena, in whole cache lines.
#[derive(Default)]
struct Arena {
    /// Start → length, never touching.
    free: BTreeMap<usize, usize>,
    size: usize,
}

impl Arena {
    fn take(&mut self, len: usize) -> Place {
        let lines = len.next_multiple_of(LINE);
        let found = self.free.iter().find(|(_, have)| **have >= lines).map(|(&start, &have)| (start, have));
        let start = match found {
            Some((start, have)) => {
                self.free.remove(&start);
                if have > lines {
                    self.free.insert(start + lines, have - lines);
                }
                start
            }
            None => {
                self.size += lines;
                self.size - lines
            }
        };
        Place::Arena { start, len }
    }

    fn give_back(&mut self, place: Place) {
        let Place::Arena { mut start, len } = place else { return };
        let mut lines = len.next_multiple_of(LINE);
        if let Some((&below, &have)) = self.free.range(..start).next_back().filter(|(below, have)| *below + *have == start) {
            self.free.remove(&below);
            (start, lines) = (below, lines + have);
        }
        if let Some(above) = self.free.remove(&(start + lines)) {
            lines += above;
        }
        if lines > 0 {
            self.free.insert(start, lines);
        }
    }
}

/// All states with how they are used; an error where one name has two types.
fn states(graph: &Graph) -> Result<Vec<StateUse>> {
    let mut states: BTreeMap<&str, StateUse> = BTreeMap::new();
    let read = graph.nodes.iter().filter_map(|node| match &node.op {
        Op::State { name, .. } => Some((name.as_str(), node, true)),
        _ => None,
    });
    let written = graph.updates.iter().map(|(name, &id)| (name.as_str(), graph.node(id), false));
    for (name, node, read) in read.chain(written) {
        let kind = (node.shape.clone(), node.dtype);
        let known = states.entry(name).or_insert_with(|| StateUse { name: name.to_string(), kind: kind.clone(), read });
        if known.kind != kind {
            let (shape, dtype) = &known.kind;
            return Err(Error::Graph(format!("state `{name}` is {dtype}{shape} and {}{} in one graph", kind.1, kind.0)));
        }
    }
    Ok(states.into_values().collect())
}

pub fn plan(graph: &Graph) -> Result<Plan> {
    let roots = roots(graph);
    let last = last_reads(graph, &roots);
    let states = states(graph)?;
    let index: BTreeMap<&str, usize> = states.iter().enumerate().map(|(i, state)| (state.name.as_str(), i)).collect();
    // The last reader of each state's old value, and the state that each node updates, if any.
    let mut last_state_read: Vec<Option<usize>> = vec![None; states.len()];
    for (node, last) in graph.nodes.iter().zip(&last) {
        if let Op::State { name, .. } = &node.op {
            let read = &mut last_state_read[index[name.as_str()]];
            *read = (*read).max(*last);
        }
    }
    let mut updates: BTreeMap<usize, usize> = BTreeMap::new();
    for (name, id) in &graph.updates {
        updates.entry(roots[id.index()]).or_insert(index[name.as_str()]);
    }

    let mut arena = Arena::default();
    let mut plan = Plan::default();
    let mut places: Vec<Option<Place>> = vec![None; graph.nodes.len()];
    let mut calls = Vec::new();
    for (i, node) in graph.nodes.iter().enumerate().filter(|(i, _)| last[roots[*i]].is_some()) {
        // What is filled before the first step must not share memory with any step: take it first.
        match (prepare(graph, node), &node.op) {
            (Prepared::Input, Op::Input { name, .. }) => {
                let place = arena.take(node.shape.len());
                plan.inputs.push((name.clone(), (node.shape.clone(), node.dtype), place));
                places[i] = Some(place);
            }
            (Prepared::Constant(words), _) => {
                let place = arena.take(words.len());
                plan.constants.push((place, words));
                places[i] = Some(place);
            }
            (Prepared::State, Op::State { name, .. }) => places[i] = Some(Place::State(index[name.as_str()])),
            (prepared, _) => calls.push((i, prepared)),
        }
    }
    let kept: Vec<bool> = places.iter().map(Option::is_some).collect();
    for (i, prepared) in calls {
        let (kernel, element_wise) = match prepared {
            Prepared::Kernel(kernel) => (kernel, false),
            Prepared::ElementWise(kernel) => (kernel, true),
            Prepared::Alias | Prepared::Input | Prepared::State | Prepared::Constant(_) => {
                places[i] = places[roots[i]];
                continue;
            }
        };
        let node = &graph.nodes[i];
        let operands: Vec<Place> = node.inputs.iter().filter_map(|id| places[id.index()]).collect();
        let mut dying: Vec<usize> = node.inputs.iter().map(|id| roots[id.index()]).collect();
        dying.retain(|&root| last[root] == Some(i) && !kept[root]);
        dying.sort_unstable();
        dying.dedup();

        let state = updates.get(&i).copied().filter(|&state| match last_state_read[state] {
            Some(read) if read == i => element_wise || !operands.contains(&Place::State(state)),
            read => read < Some(i),
        });
        let output = match state {
            Some(state) => Place::State(state),
            None => {
                plan.unshared += node.shape.len();
                let taken_over = dying.iter().filter(|_| element_wise).find_map(|&root| {
                    places[root].filter(|place| matches!(place, Place::Arena { len, .. } if *len == node.shape.len()))
                });
                taken_over.unwrap_or_else(|| arena.take(node.shape.len()))
            }
        };
        for place in dying.into_iter().filter_map(|root| places[root]).filter(|&place| place != output) {
            arena.give_back(place);
        }
        places[i] = Some(output);
        plan.push(kernel, operands, output, format!("{} {}{} {}", node.op.name(), node.dtype, node.shape, node.label));
    }

    // Outputs are read after the run; a new value that lies in another state must be saved before that one changes.
    let mut in_arena = |id: NodeId, plan: &mut Plan| {
        let (shape, place) = (&graph.node(id).shape, places[id.index()].expect("every node that is needed has a place"));
        match place {
            Place::Arena { .. } => place,
            Place::State(_) => {
                let output = arena.take(shape.len());
                plan.unshared += shape.len();
                plan.push(movement::copy(), vec![place], output, format!("copy {shape}"));
                output
            }
        }
    };
    for (name, &id) in &graph.outputs {
        let kind = (graph.node(id).shape.clone(), graph.node(id).dtype);
        let place = in_arena(id, &mut plan);
        plan.outputs.insert(name.clone(), (kind, place));
    }
    for (name, &id) in &graph.updates {
        let state = index[name.as_str()];
        if places[id.index()] != Some(Place::State(state)) {
            let place = in_arena(id, &mut plan);
            plan.updates.push((place, state));
        }
    }
    plan.arena = arena.size;
    plan.states = states;
    Ok(plan)
}

impl Plan {
    fn push(&mut self, kernel: Kernel, operands: Vec<Place>, output: Place, what: String) {
        self.scratch = self.scratch.max(kernel.scratch);
        self.steps.push(Step { kernel, operands, output, what: what.trim_end().to_string() });
    }
}
