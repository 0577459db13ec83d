//! Element-wise fusion: chains of element-wise `f32` operations become one [`Op::Fused`], which reads its operands once and writes
//! one result.
//!
//! A node joins the kernel of its readers when they all lie in one kernel: then its value is needed nowhere else, so nothing is
//! computed twice. A value with readers in several kernels is materialised. Two kinds of nodes are free and join every reader:
//! a fill is a constant, and a broadcast is a way to load its input. What lies beneath a broadcast is materialised, or it would be
//! computed once per repetition.

use std::sync::Arc;

use crate::{DType, Fused, Graph, Instruction, Node, NodeId, Op};

/// A kernel's operands and its result must fit into the eight storage buffers that WebGPU guarantees a stage, with one to spare.
pub const MAX_OPERANDS: usize = 6;

pub fn run(graph: &Graph) -> Graph {
    let kernels = assign(graph);
    let mut new = Graph::default();
    let mut moved = vec![NodeId(u32::MAX); graph.nodes.len()];
    for (i, node) in graph.nodes.iter().enumerate() {
        let id = NodeId(i as u32);
        if kernels[i].is_some_and(|kernel| kernel != id) {
            continue; // computed inside the kernel of its readers
        }
        let (op, inputs) = match kernels[i] {
            Some(_) => fused(graph, &kernels, id),
            None => (node.op.clone(), node.inputs.clone()),
        };
        let inputs = inputs.iter().map(|input| moved[input.index()]).collect();
        moved[i] = new.add(Node { op, inputs, ..node.clone() });
    }
    new.outputs = graph.outputs.iter().map(|(name, id)| (name, moved[id.index()])).collect();
    new.updates = graph.updates.iter().map(|(name, id)| (name, moved[id.index()])).collect();
    new
}

/// For each element-wise node the last node of its kernel.
fn assign(graph: &Graph) -> Vec<Option<NodeId>> {
    let mut readers: Vec<Vec<NodeId>> = vec![Vec::new(); graph.nodes.len()];
    for (i, node) in graph.nodes.iter().enumerate() {
        node.inputs.iter().for_each(|input| readers[input.index()].push(NodeId(i as u32)));
    }
    let wanted: Vec<NodeId> = graph.outputs.values().chain(graph.updates.values()).copied().collect();
    let mut kernels: Vec<Option<NodeId>> = vec![None; graph.nodes.len()];
    // The operands of the kernel that ends at a node.
    let mut operands: Vec<Vec<NodeId>> = vec![Vec::new(); graph.nodes.len()];
    for (i, node) in graph.nodes.iter().enumerate().rev().filter(|(_, node)| computes(node)) {
        let id = NodeId(i as u32);
        let own = union(&[], node.inputs.iter().filter_map(|&input| operand(graph, input)));
        // The one kernel that all readers belong to, and its operands were this node to join.
        let reader = readers[i]
            .first()
            .and_then(|reader| kernels[reader.index()])
            .filter(|&kernel| !wanted.contains(&id) && readers[i].iter().all(|reader| kernels[reader.index()] == Some(kernel)));
        let joined = reader.map(|kernel| {
            let mut all = union(&operands[kernel.index()], own.iter().copied());
            all.retain(|&operand| operand != id);
            (kernel, all)
        });
        let (kernel, operand_set) = joined.filter(|(_, all)| all.len() <= MAX_OPERANDS).unwrap_or((id, own));
        kernels[i] = Some(kernel);
        operands[kernel.index()] = operand_set;
    }
    kernels
}

/// `set` with those of `more` that it has not.
fn union(set: &[NodeId], more: impl Iterator<Item = NodeId>) -> Vec<NodeId> {
    let mut all = set.to_vec();
    for id in more {
        if !all.contains(&id) {
            all.push(id);
        }
    }
    all
}

/// Whether the node computes each value from the inputs' values at the same place.
fn computes(node: &Node) -> bool {
    node.dtype == DType::F32 && matches!(node.op, Op::Unary(_) | Op::Binary(_) | Op::Select)
}

/// The tensor that a kernel loads to get the value of `id`: none for a constant, the input of a broadcast, else the node itself.
fn operand(graph: &Graph, id: NodeId) -> Option<NodeId> {
    match &graph.node(id).op {
        Op::Fill { .. } => None,
        Op::Broadcast { .. } => Some(graph.node(id).inputs[0]),
        _ => Some(id),
    }
}

/// The operation, with its inputs, that computes `result` with everything assigned to its kernel; the node's own where that is all.
fn fused(graph: &Graph, kernels: &[Option<NodeId>], result: NodeId) -> (Op, Vec<NodeId>) {
    let mut kernel = Kernel { graph, kernels, result, instructions: Vec::new(), done: Vec::new(), operands: Vec::new() };
    kernel.emit(result);
    let node = graph.node(result);
    if kernel.operands == node.inputs && kernel.instructions.len() == node.inputs.len() + 1 {
        return (node.op.clone(), node.inputs.clone());
    }
    (Op::Fused(Arc::new(Fused { instructions: kernel.instructions, shape: node.shape.clone() })), kernel.operands)
}

/// A kernel while its instructions are written.
struct Kernel<'g> {
    graph: &'g Graph,
    kernels: &'g [Option<NodeId>],
    result: NodeId,
    instructions: Vec<Instruction>,
    /// Nodes whose value an instruction holds, with its number.
    done: Vec<(NodeId, usize)>,
    operands: Vec<NodeId>,
}

impl Kernel<'_> {
    /// The instruction that holds the value of `id`, after writing it and what it needs.
    fn emit(&mut self, id: NodeId) -> usize {
        if let Some(&(_, instruction)) = self.done.iter().find(|(done, _)| *done == id) {
            return instruction;
        }
        let node = self.graph.node(id);
        let inside = self.kernels[id.index()] == Some(self.result);
        let instruction = match (&node.op, operand(self.graph, id)) {
            (Op::Unary(f), _) if inside => Instruction::Unary(*f, self.emit(node.inputs[0])),
            (Op::Binary(f), _) if inside => Instruction::Binary(*f, [0, 1].map(|i| self.emit(node.inputs[i]))),
            (Op::Select, _) if inside => Instruction::Select([0, 1, 2].map(|i| self.emit(node.inputs[i]))),
            (Op::Fill { value, .. }, _) => Instruction::Constant(*value),
            (_, load) => Instruction::Load(self.load(load.unwrap_or(id))),
        };
        self.instructions.push(instruction);
        self.done.push((id, self.instructions.len() - 1));
        self.instructions.len() - 1
    }

    /// The position of `id` among the operands.
    fn load(&mut self, id: NodeId) -> usize {
        self.operands.iter().position(|&operand| operand == id).unwrap_or_else(|| {
            self.operands.push(id);
            self.operands.len() - 1
        })
    }
}
