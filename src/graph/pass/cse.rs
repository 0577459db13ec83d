//! Common sub-expressions: what is computed twice from the same inputs is computed once. Random nodes too: one stream, one value.

use std::collections::HashMap;

use super::rewrite;
use crate::{Binary, Graph, NodeId, Op};

pub fn run(graph: &Graph) -> Graph {
    let mut seen: HashMap<(Op, Vec<NodeId>), NodeId> = HashMap::new();
    rewrite(graph, |new, node| {
        let mut inputs = node.inputs.clone();
        if matches!(node.op, Op::Binary(Binary::Add | Binary::Mul | Binary::Eq | Binary::Ne)) {
            // a + b is b + a
            if inputs[1] < inputs[0] {
                inputs.swap(0, 1);
            }
        }
        *seen.entry((node.op.clone(), inputs)).or_insert_with(|| new.add(node))
    })
}
