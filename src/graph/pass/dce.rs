//! Dead code: what neither an output nor an update needs goes away. Inputs and states stay, so that a run takes the same
//! arguments whatever the passes found out.

use super::rewrite;
use crate::{Graph, NodeId, Op};

pub fn run(graph: &Graph) -> Graph {
    let mut live: Vec<bool> = graph.nodes.iter().map(|node| matches!(node.op, Op::Input { .. } | Op::State { .. })).collect();
    for id in graph.outputs.values().chain(graph.updates.values()) {
        live[id.index()] = true;
    }
    for (i, node) in graph.nodes.iter().enumerate().rev() {
        if live[i] {
            node.inputs.iter().for_each(|id| live[id.index()] = true);
        }
    }
    let mut old = live.into_iter();
    rewrite(graph, |new, node| if old.next() == Some(true) { new.add(node) } else { NodeId(u32::MAX) })
}
