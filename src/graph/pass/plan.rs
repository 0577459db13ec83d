//! The memory plan: in which order nodes run and which bytes of one arena each value takes, shared by liveness.
//!
//! Values with disjoint lifetimes share bytes. A value lives from the step that makes it to the last step that reads it, outputs and
//! state updates to the end of the run. A reshape is the same bytes under another shape and takes neither step nor space. Offsets
//! are found by size: the largest buffer first, each at the lowest offset where nothing that lives at the same time lies
//! (Pisarchyk & Lee 2020, "Efficient memory management for deep neural net inference").

use std::fmt::Write;

use crate::{Graph, Node, NodeId, Op};

/// Where a node's value is during a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// Outside the arena: the storage of an input, a state or a constant.
    External,
    /// The bytes `offset .. offset + len` of the arena; `offset` is aligned, `len` is the exact size of the value.
    Arena { offset: usize, len: usize },
    /// Where that other node is, which is not itself an alias: a reshape of it.
    Alias(NodeId),
}

/// One kernel call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Step {
    pub node: NodeId,
    /// The input whose bytes the result overwrites, element by element; no other input has different bytes of that buffer.
    pub in_place: Option<usize>,
}

/// What a device may ask for.
#[derive(Debug, Clone, Copy)]
pub struct Layout {
    /// Every offset is a multiple of this many bytes.
    pub align: usize,
    /// Whether an element-wise operation may overwrite an input that is read for the last time.
    pub in_place: bool,
}

/// The order of work and the place of every value.
#[derive(Debug, Clone, PartialEq)]
pub struct Plan {
    /// The nodes that a kernel computes, in order: all but inputs, states, constants and reshapes.
    pub steps: Vec<Step>,
    /// Indexed by node.
    pub places: Vec<Place>,
    /// The size of the arena in bytes.
    pub arena_bytes: usize,
    /// What all values together would take without sharing, in bytes.
    pub unshared_bytes: usize,
}

/// A stretch of the arena and the steps during which it holds a value, both ends included.
struct Buffer {
    len: usize,
    first: usize,
    last: usize,
    offset: usize,
}

impl Plan {
    pub fn new(graph: &Graph, layout: Layout) -> Self {
        let mut places = Vec::with_capacity(graph.nodes.len());
        for node in &graph.nodes {
            places.push(match node.op {
                Op::Input { .. } | Op::State { .. } | Op::Constant(_) => Place::External,
                Op::Reshape { .. } => Place::Alias(root(&places, node.inputs[0])),
                _ => Place::Arena { offset: 0, len: bytes(node) },
            });
        }
        let last_use = last_uses(graph, &places);

        let mut steps = Vec::new();
        let mut buffers: Vec<Buffer> = Vec::new();
        let mut buffer_of = vec![usize::MAX; graph.nodes.len()];
        for (i, node) in graph.nodes.iter().enumerate().filter(|(i, _)| matches!(places[*i], Place::Arena { .. })) {
            // An input's value may be overwritten by this step if it lies in the arena and nobody reads it later.
            let dies = |input: &NodeId| {
                let source = root(&places, *input);
                graph.node(*input).shape == node.shape && buffer_of[source.index()] != usize::MAX && last_use[source.index()] == i
            };
            let in_place = node.inputs.iter().position(dies).filter(|_| layout.in_place && is_elementwise(&node.op));
            buffer_of[i] = match in_place {
                Some(input) => buffer_of[root(&places, node.inputs[input]).index()],
                None => {
                    buffers.push(Buffer { len: bytes(node), first: i, last: i, offset: 0 });
                    buffers.len() - 1
                }
            };
            buffers[buffer_of[i]].last = last_use[i];
            steps.push(Step { node: NodeId(i as u32), in_place });
        }

        let arena_bytes = arrange(&mut buffers, layout.align);
        let mut unshared_bytes = 0;
        for (i, place) in places.iter_mut().enumerate() {
            if let Place::Arena { offset, len } = place {
                *offset = buffers[buffer_of[i]].offset;
                unshared_bytes += *len;
            }
        }
        Plan { steps, places, arena_bytes, unshared_bytes }
    }

    /// The node whose storage holds the value of `id`: itself, unless it is an alias.
    pub fn root(&self, id: NodeId) -> NodeId {
        root(&self.places, id)
    }

    /// One line a step: the bytes it writes, then the node as in the printed graph; `=` marks overwriting in place.
    pub fn print(&self, graph: &Graph) -> String {
        let mut text = String::new();
        for Step { node, in_place } in &self.steps {
            if let Place::Arena { offset, len } = self.places[node.index()] {
                let mark = if in_place.is_some() { '=' } else { ' ' };
                writeln!(text, "{offset:>10} +{len:<9}{mark} %{} = {}", node.0, graph.node(*node))
                    .expect("a String takes all text");
            }
        }
        text
    }
}

fn root(places: &[Place], id: NodeId) -> NodeId {
    match places[id.index()] {
        Place::Alias(other) => other,
        Place::External | Place::Arena { .. } => id,
    }
}

/// For each node that is no alias: the index of the last node that reads its value, itself if none does, the number of nodes if the
/// value is wanted after the run.
fn last_uses(graph: &Graph, places: &[Place]) -> Vec<usize> {
    let mut last: Vec<usize> = (0..graph.nodes.len()).collect();
    for (i, node) in graph.nodes.iter().enumerate() {
        for &input in &node.inputs {
            last[root(places, input).index()] = i;
        }
    }
    for &id in graph.outputs.values().chain(graph.updates.values()) {
        last[root(places, id).index()] = graph.nodes.len();
    }
    last
}

/// The indices of `sizes`, the largest first, equal ones in their order: the order in which to give things a place.
pub fn largest_first(sizes: Vec<usize>) -> Vec<usize> {
    let mut order: Vec<usize> = (0..sizes.len()).collect();
    order.sort_by_key(|&i| std::cmp::Reverse(sizes[i]));
    order
}

/// Gives every buffer an offset; returns the size of the arena.
fn arrange(buffers: &mut [Buffer], align: usize) -> usize {
    let order = largest_first(buffers.iter().map(|buffer| buffer.len).collect());
    let mut arena = 0;
    for (rank, &i) in order.iter().enumerate() {
        let buffer = &buffers[i];
        let mut taken: Vec<(usize, usize)> = order[..rank]
            .iter()
            .map(|&j| &buffers[j])
            .filter(|other| other.first <= buffer.last && buffer.first <= other.last)
            .map(|other| (other.offset, (other.offset + other.len).next_multiple_of(align)))
            .collect();
        taken.sort_unstable();
        let mut offset = 0;
        for (begin, end) in taken {
            if offset + buffer.len <= begin {
                break;
            }
            offset = offset.max(end);
        }
        arena = arena.max(offset + buffer.len);
        buffers[i].offset = offset;
    }
    arena
}

fn bytes(node: &Node) -> usize {
    node.shape.len() * size_of::<f32>()
}

/// Whether value `i` of the result depends only on the values `i` of the inputs that have the result's shape.
pub fn is_elementwise(op: &Op) -> bool {
    matches!(op, Op::Unary(_) | Op::Binary(_) | Op::Select | Op::Cast(_) | Op::Fused(_))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Builder, DType};

    const LAYOUT: Layout = Layout { align: 256, in_place: false };

    /// Two values that live at the same time never overlap, unless one overwrites the other in place.
    fn check(graph: &Graph, plan: &Plan) {
        let last = last_uses(graph, &plan.places);
        let range = |id: NodeId| match plan.places[id.index()] {
            Place::Arena { offset, len } => (offset, offset + len),
            place => panic!("{id:?} is computed, yet at {place:?}"),
        };
        for a in &plan.steps {
            let (begin, end) = range(a.node);
            assert!(begin % LAYOUT.align == 0 && end <= plan.arena_bytes);
            for b in plan.steps.iter().filter(|b| a.node < b.node && last[a.node.index()] >= b.node.index()) {
                let replaced = b.in_place.map(|i| plan.root(graph.node(b.node).inputs[i])) == Some(a.node);
                assert_eq!(replaced, range(a.node) == range(b.node), "%{} and %{}", a.node.0, b.node.0);
                assert!(replaced || range(b.node).1 <= begin || end <= range(b.node).0, "%{} and %{}", a.node.0, b.node.0);
            }
        }
    }

    fn chain() -> Graph {
        let b = Builder::new();
        let x = b.input("x", [8, 33], DType::F32);
        let w = b.state("w", [33, 33], DType::F32);
        let h = x.matmul(w).tanh();
        let kept = h.reshape([33, 8]).exp();
        let y = h.matmul(w).sigmoid().matmul(w).sum_all();
        b.output("kept", kept);
        b.output("y", y);
        b.update("w", w * 0.5);
        b.finish().unwrap()
    }

    #[test]
    fn values_that_live_together_lie_apart() {
        for in_place in [false, true] {
            let graph = chain();
            let plan = Plan::new(&graph, Layout { in_place, ..LAYOUT });
            check(&graph, &plan);
            assert!(plan.arena_bytes < plan.unshared_bytes);
            assert_eq!(plan.steps.iter().any(|step| step.in_place.is_some()), in_place);
        }
    }

    #[test]
    fn inputs_states_and_reshapes_take_no_space() {
        let b = Builder::new();
        let x = b.input("x", [2, 3], DType::F32);
        b.output("y", x.reshape([3, 2]).reshape([6]));
        let graph = b.finish().unwrap();
        let plan = Plan::new(&graph, LAYOUT);
        assert_eq!(plan.places, [Place::External, Place::Alias(NodeId(0)), Place::Alias(NodeId(0))]);
        assert_eq!((plan.steps.len(), plan.arena_bytes), (0, 0));
    }

    #[test]
    fn a_plan_prints_as_this() {
        let b = Builder::new();
        let x = b.input("x", [100], DType::F32);
        b.output("y", x.exp().abs().sum_all());
        let graph = b.finish().unwrap();
        let plan = Plan::new(&graph, Layout { in_place: true, ..LAYOUT });
        let expected = "         0 +400        %1 = exp(%0) : f32[100]
         0 +400      = %2 = abs(%1) : f32[100]
       512 +4          %3 = sum(%2) axes=0 : f32[1]
";
        assert_eq!(plan.print(&graph), expected);
    }
}
