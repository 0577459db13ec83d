//! Passes: what happens to a graph between building and running.
//!
//! [`optimize`] is graph to graph and keeps the meaning: the same inputs, states, outputs, updates and random streams, and values
//! that are equal up to rounding. [`Plan`] then lays the values out in memory.

mod cse;
mod dce;
mod fuse;
mod plan;
mod simplify;

pub use fuse::MAX_OPERANDS;
pub use plan::{Layout, Place, Plan, Step, is_elementwise, largest_first};

use super::{Graph, Node, NodeId};

/// The graph with less work in it: simplified, shared, fused and without dead code.
pub fn optimize(graph: &Graph) -> Graph {
    // Fusion looks at who reads a value, so the dead must be gone by then; it leaves behind the constants it took in.
    let passes = [simplify::run, cse::run, dce::run, fuse::run, dce::run];
    passes.iter().fold(graph.clone(), |graph, pass| {
        let graph = pass(&graph);
        debug_assert_eq!(graph.verify(), Ok(()), "\n{graph}");
        graph
    })
}

/// Copies `graph` node by node: `replace` gets the new graph so far and a node whose inputs are already there, and tells which node
/// of the new graph stands for it, after adding one if need be.
fn rewrite(graph: &Graph, mut replace: impl FnMut(&mut Graph, Node) -> NodeId) -> Graph {
    let mut new = Graph::default();
    let mut moved: Vec<NodeId> = Vec::with_capacity(graph.nodes.len());
    for node in &graph.nodes {
        let inputs = node.inputs.iter().map(|id| moved[id.index()]).collect();
        let id = replace(&mut new, Node { inputs, ..node.clone() });
        moved.push(id);
    }
    new.outputs = graph.outputs.iter().map(|(name, id)| (name, moved[id.index()])).collect();
    new.updates = graph.updates.iter().map(|(name, id)| (name, moved[id.index()])).collect();
    new
}

impl Graph {
    /// Adds `node` at the end.
    fn add(&mut self, node: Node) -> NodeId {
        self.nodes.push(node);
        NodeId(self.nodes.len() as u32 - 1)
    }
}
