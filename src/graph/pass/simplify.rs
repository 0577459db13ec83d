//! Local algebra: each node is replaced by something cheaper with the same value, looking at its inputs only.
//!
//! A rule may change the sign of a zero, and rounding where an operation is merged with its neighbour; it never drops a NaN or an
//! infinity (so x·0 stays). Work on constants is done here, in the arithmetic of the reference.

use super::rewrite;
use crate::reference::scalar;
use crate::{Binary, Graph, Node, NodeId, Op, Reduce, Scalar, Shape, Unary};

pub fn run(graph: &Graph) -> Graph {
    rewrite(graph, simplify)
}

/// The node of `graph` that has the value of `node`, new or old. A replacement is simplified in its turn.
fn simplify(graph: &mut Graph, node: Node) -> NodeId {
    match rule(graph, &node) {
        Some(Change::Same(id)) => id,
        Some(Change::As(op, inputs)) => simplify(graph, Node { op, inputs, ..node }),
        None => graph.add(node),
    }
}

/// What a node may be replaced by.
enum Change {
    /// A node that is there already.
    Same(NodeId),
    /// Another operation on nodes that are there.
    As(Op, Vec<NodeId>),
}

fn rule(graph: &Graph, node: &Node) -> Option<Change> {
    let input = |i: usize| graph.node(node.inputs[i]);
    let fill = |i: usize| match input(i).op {
        Op::Fill { value, .. } => Some(value.0),
        _ => None,
    };
    let same = |i: usize| Some(Change::Same(node.inputs[i]));
    let constant = |value: f32| Some(Change::As(Op::Fill { value: Scalar(value), shape: node.shape.clone() }, vec![]));
    // The same operation kind with other attributes, applied to what input 0 was made from.
    let merged = |op: Op| Some(Change::As(op, vec![input(0).inputs[0]]));

    match &node.op {
        Op::Unary(f) => match (f, &input(0).op) {
            (_, Op::Fill { value, .. }) => constant(scalar::unary(*f, f64::from(value.0)) as f32),
            (Unary::Neg, Op::Unary(Unary::Neg)) => Some(Change::Same(input(0).inputs[0])),
            (Unary::Relu | Unary::Abs | Unary::Sign | Unary::Floor, Op::Unary(g)) if f == g => same(0),
            _ => None,
        },
        Op::Binary(f) => match (f, fill(0), fill(1)) {
            (_, Some(a), Some(b)) => constant(scalar::binary(*f, f64::from(a), f64::from(b)) as f32),
            (Binary::Add | Binary::Sub, _, Some(0.0)) => same(0),
            (Binary::Add, Some(0.0), _) => same(1),
            (Binary::Mul | Binary::Div | Binary::Pow, _, Some(1.0)) => same(0),
            (Binary::Mul, Some(1.0), _) => same(1),
            (Binary::Mul | Binary::Div, _, Some(-1.0)) => Some(Change::As(Op::Unary(Unary::Neg), vec![node.inputs[0]])),
            (Binary::Mul, Some(-1.0), _) => Some(Change::As(Op::Unary(Unary::Neg), vec![node.inputs[1]])),
            (Binary::Pow, _, Some(2.0)) => Some(Change::As(Op::Binary(Binary::Mul), vec![node.inputs[0]; 2])),
            _ => None,
        },
        Op::Select => fill(0).and_then(|condition| same(if condition != 0.0 { 1 } else { 2 })),
        Op::Cast(_) if input(0).dtype == node.dtype => same(0),

        // Moving values about: nothing to do, or to do in one go.
        Op::Broadcast { .. } | Op::Reshape { .. } | Op::Slice { .. } | Op::Pad { .. } if is_identity(node, &input(0).shape) => {
            same(0)
        }
        Op::Broadcast { .. } | Op::Reshape { .. } | Op::Transpose { .. } | Op::Slice { .. } if fill(0).is_some() => {
            constant(fill(0)?)
        }
        Op::Broadcast { .. } if matches!(input(0).op, Op::Broadcast { .. }) => merged(node.op.clone()),
        Op::Reshape { .. } if matches!(input(0).op, Op::Reshape { .. }) => merged(node.op.clone()),
        Op::Transpose { perm } => match &input(0).op {
            Op::Transpose { perm: inner } => merged(Op::Transpose { perm: perm.iter().map(|&p| inner[p]).collect() }),
            _ if perm.is_sorted() => same(0),
            _ if keeps_order(perm, &input(0).shape) => {
                Some(Change::As(Op::Reshape { shape: node.shape.clone() }, node.inputs.clone()))
            }
            _ => None,
        },
        Op::Slice { starts, sizes } => match &input(0).op {
            Op::Slice { starts: inner, .. } => {
                merged(Op::Slice { starts: starts.iter().zip(inner).map(|(a, b)| a + b).collect(), sizes: sizes.clone() })
            }
            _ => None,
        },
        Op::Concat { .. } if node.inputs.len() == 1 => same(0),

        Op::Reduce { kind, axes } => {
            let shape = &input(0).shape;
            let long: Vec<usize> = axes.iter().copied().filter(|&axis| shape[axis] != 1).collect();
            if let Some(value) = fill(0).filter(|_| !shape.is_empty()) {
                let count = axes.iter().map(|&axis| shape[axis]).product::<usize>() as f64;
                constant(if *kind == Reduce::Sum { (f64::from(value) * count) as f32 } else { value })
            } else if long.is_empty() {
                same(0)
            } else if long.len() < axes.len() {
                Some(Change::As(Op::Reduce { kind: *kind, axes: long }, node.inputs.clone()))
            } else {
                None
            }
        }

        // A matrix product reads a transposed operand as well as a straight one.
        Op::MatMul { ta, tb } => {
            let flipped = |i: usize| match &input(i).op {
                Op::Transpose { perm } if perm[..] == [1, 0] || perm[..] == [0, 2, 1] => Some(input(i).inputs[0]),
                _ => None,
            };
            match (flipped(0), flipped(1)) {
                (Some(a), _) => Some(Change::As(Op::MatMul { ta: !ta, tb: *tb }, vec![a, node.inputs[1]])),
                (None, Some(b)) => Some(Change::As(Op::MatMul { ta: *ta, tb: !tb }, vec![node.inputs[0], b])),
                (None, None) => None,
            }
        }
        _ => None,
    }
}

/// Whether an operation that moves values about leaves them all as they are. Shapes tell: a slice or padding of no width and a
/// broadcast that repeats nothing keep the shape, and only they do.
fn is_identity(node: &Node, input: &Shape) -> bool {
    node.shape == *input
}

/// Whether `perm` moves only dimensions of size 1, past which the values stay in order.
fn keeps_order(perm: &[usize], input: &Shape) -> bool {
    perm.iter().filter(|&&p| input[p] != 1).is_sorted()
}
