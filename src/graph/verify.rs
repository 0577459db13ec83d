//! The rules that every graph obeys, checked after each pass in debug builds and tests.

use super::{Graph, NodeId, Op, Type, infer};
use crate::error::{Error, Result};
use crate::named::Named;

impl Graph {
    /// Checks that inputs precede their users, that every type is what the shape rules say, that outputs and updates exist, that a
    /// name has one type, that an update keeps its state's type, and that no two different random nodes draw from one stream.
    pub fn verify(&self) -> Result<()> {
        let broken = |message: String| Err(Error::Graph(message));
        let mut inputs: Named<Type> = Named::new();
        let mut states: Named<Type> = Named::new();
        let mut streams: Vec<(u32, (&Op, &[NodeId]))> = Vec::new();
        for (i, node) in self.nodes.iter().enumerate() {
            if let Some(late) = node.inputs.iter().find(|id| id.index() >= i) {
                return broken(format!("%{i} reads %{}, which does not come before it", late.0));
            }
            let types: Vec<Type> = node.inputs.iter().map(|&id| self.type_of(id)).collect();
            let inferred = infer(&node.op, &types.iter().collect::<Vec<_>>(), &node.label)?;
            let own = (node.shape.clone(), node.dtype);
            if inferred != own {
                return broken(format!("%{i} ({}) is {}{}, not {}{}", node.op.name(), inferred.1, inferred.0, own.1, own.0));
            }
            let named = match &node.op {
                Op::Input { name, .. } => inputs.insert(name.as_str(), own.clone()).map(|other| (name, other)),
                Op::State { name, .. } => states.insert(name.as_str(), own.clone()).map(|other| (name, other)),
                _ => None,
            };
            if let Some((name, other)) = named.filter(|(_, other)| *other != own) {
                return broken(format!("`{name}` is both {}{} and {}{}", other.1, other.0, own.1, own.0));
            }
            if let Op::Random { stream, .. } | Op::Permutation { stream, .. } = &node.op {
                let drawn = (&node.op, node.inputs.as_slice());
                if streams.iter().any(|&(other, by)| other == *stream && by != drawn) {
                    return broken(format!("%{i} ({}) draws from stream {stream}, which another node uses", node.op.name()));
                }
                streams.push((*stream, drawn));
            }
        }
        for (name, id) in self.outputs.iter().chain(self.updates.iter()) {
            if id.index() >= self.nodes.len() {
                return broken(format!("`{name}` is %{}, of {} nodes", id.0, self.nodes.len()));
            }
        }
        for (name, &id) in self.updates.iter() {
            let new = self.type_of(id);
            if let Some(old) = states.get(name).filter(|old| **old != new) {
                return broken(format!("the state `{name}` is {}{}, its update {}{}", old.1, old.0, new.1, new.0));
            }
        }
        Ok(())
    }
}
