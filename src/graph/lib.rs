//! What is computed: a [`Graph`] of operations on tensors of static shape, as a value.
//!
//! A graph has nodes in topological order, named inputs (handed over at each run), named states (kept on the device between runs),
//! named outputs and state updates. It has no other side effects. Build one with a [`Builder`]; differentiate it with
//! [`Builder::grad`]; make it fast with [`pass::optimize`]; run it with `device`. This crate knows no other
//! of the house; with it come what all of them share: [`Error`], host [`Tensor`]s and [`Named`] values.

mod build;
pub mod error;
mod grad;
mod infer;
pub mod named;
mod op;
pub mod pass;
mod print;
pub mod random;
pub mod reference;
mod shape;
pub mod tensor;
mod verify;

pub use build::{Builder, Var};
pub use error::{Error, Result};
pub use grad::Rules;
pub use infer::{Type, infer};
pub use named::Named;
pub use op::{Binary, Conv2d, Distribution, Fused, Instruction, Literal, Op, Pool2d, Reduce, Resize, Scalar, Unary};
pub use shape::{DType, MAX_RANK, Shape};
pub use tensor::{Data, Tensor};

/// The index of a node in its graph; a node's inputs always have smaller indices.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct NodeId(pub u32);

impl NodeId {
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// One operation with its inputs and the type of its result.
#[derive(Debug, Clone, PartialEq)]
pub struct Node {
    pub op: Op,
    pub inputs: Vec<NodeId>,
    pub shape: Shape,
    pub dtype: DType,
    /// Where it comes from, for people: `conv1/relu`. Empty where nobody said.
    pub label: String,
}

/// A computation: nodes in topological order, outputs by name, and the states' new values.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Graph {
    pub nodes: Vec<Node>,
    pub outputs: Named<NodeId>,
    /// The value each named state takes after the run. All updates read the old values: they happen at once, at the end.
    pub updates: Named<NodeId>,
}

impl Graph {
    pub fn node(&self, id: NodeId) -> &Node {
        &self.nodes[id.index()]
    }

    /// Shape and element type of the node `id`.
    pub fn type_of(&self, id: NodeId) -> Type {
        let node = self.node(id);
        (node.shape.clone(), node.dtype)
    }

    /// Names and types of the inputs that a run must be given.
    pub fn inputs(&self) -> Named<Type> {
        self.nodes
            .iter()
            .filter_map(|n| match &n.op {
                Op::Input { name, shape, dtype } => Some((name.as_str(), (shape.clone(), *dtype))),
                _ => None,
            })
            .collect()
    }

    /// Names and types of all states that the graph reads or updates.
    pub fn states(&self) -> Named<Type> {
        let read = self.nodes.iter().filter_map(|n| match &n.op {
            Op::State { name, shape, dtype } => Some((name.as_str(), (shape.clone(), *dtype))),
            _ => None,
        });
        let written = self.updates.iter().map(|(name, &id)| (name, (self.node(id).shape.clone(), self.node(id).dtype)));
        read.chain(written).collect()
    }
}
