//! Graphs as text, one node a line, stable from version to version so that tests can hold snapshots:
//! `%7 = conv2d(%3, %6) stride=1,1 pads=0,0,0,0 dilation=1,1 groups=1 : f32[8,6,24,24]  # conv1`.

use std::fmt;

use super::op::{Conv2d, Fused, Instruction, Pool2d, Scalar, Unary};
use super::{Graph, Node, Op};

impl fmt::Display for Graph {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        for (i, node) in self.nodes.iter().enumerate() {
            writeln!(f, "%{i} = {node}")?;
        }
        for (name, id) in self.outputs.iter() {
            writeln!(f, "output {name} = %{}", id.0)?;
        }
        for (name, id) in self.updates.iter() {
            writeln!(f, "update {name} = %{}", id.0)?;
        }
        Ok(())
    }
}

impl fmt::Display for Node {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str(self.op.name())?;
        if !self.inputs.is_empty() {
            write!(f, "({})", self.inputs.iter().map(|id| format!("%{}", id.0)).collect::<Vec<_>>().join(", "))?;
        }
        write!(f, "{} : {}{}", attributes(&self.op), self.dtype, self.shape)?;
        if self.label.is_empty() { Ok(()) } else { write!(f, "  # {}", self.label) }
    }
}

/// What the types of inputs and result do not tell of `op`, each attribute with a space before it.
fn attributes(op: &Op) -> String {
    match op {
        Op::Input { name, .. } | Op::State { name, .. } => format!(" {name}"),
        Op::Fill { value, .. } => format!(" {value:?}"),
        Op::Unary(Unary::LeakyRelu(slope)) => format!(" slope={slope:?}"),
        Op::Fused(fused) => format!(" {fused}"),
        Op::Transpose { perm } => format!(" {}", list(perm)),
        Op::Slice { starts, .. } => format!(" starts={}", list(starts)),
        Op::Concat { axis } | Op::ArgMax { axis } => format!(" axis={axis}"),
        Op::Pad { before, after, value } => format!(" before={} after={} value={value:?}", list(before), list(after)),
        Op::Reduce { axes, .. } => format!(" axes={}", list(axes)),
        Op::MatMul { ta, tb } => format!("{}{}", if *ta { " ta" } else { "" }, if *tb { " tb" } else { "" }),
        Op::Conv2d(conv) | Op::Conv2dInputGrad { conv, .. } | Op::Conv2dWeightGrad { conv, .. } => convolution(conv),
        Op::MaxPool2d(pool) | Op::MaxPool2dGrad(pool) | Op::MaxPool2dSelect(pool) | Op::AvgPool2d(pool) => window(pool),
        Op::AvgPool2dGrad { pool, .. } => window(pool),
        Op::Resize2d { mode, .. } | Op::Resize2dGrad { mode, .. } => format!(" {}", format!("{mode:?}").to_lowercase()),
        Op::Random { distribution, stream, .. } => format!(" {} stream={stream}", format!("{distribution:?}").to_lowercase()),
        Op::Permutation { n, stream } => format!(" n={n} stream={stream}"),
        Op::Constant(_) | Op::Iota { .. } | Op::Unary(_) | Op::Binary(_) | Op::Select | Op::Cast(_) => String::new(),
        Op::Broadcast { .. } | Op::Reshape { .. } | Op::LogSoftmax => String::new(),
        Op::Gather | Op::ScatterAdd { .. } | Op::OneHot { .. } => String::new(),
    }
}

fn list(values: &[usize]) -> String {
    values.iter().map(usize::to_string).collect::<Vec<_>>().join(",")
}

fn convolution(conv: &Conv2d) -> String {
    let Conv2d { stride, pads, dilation, groups } = conv;
    format!(" stride={} pads={} dilation={} groups={groups}", list(stride), list(pads.as_flattened()), list(dilation))
}

fn window(pool: &Pool2d) -> String {
    format!(" size={} stride={} pads={}", list(&pool.size), list(&pool.stride), list(pool.pads.as_flattened()))
}

/// The instructions in order, operands by their position: `{load 0; 2.0; mul 0 1}`.
impl fmt::Display for Fused {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("{")?;
        for (i, instruction) in self.instructions.iter().enumerate() {
            let separator = if i > 0 { "; " } else { "" };
            match instruction {
                Instruction::Load(operand) => write!(f, "{separator}load {operand}")?,
                Instruction::Constant(Scalar(value)) => write!(f, "{separator}{value:?}")?,
                Instruction::Unary(Unary::LeakyRelu(slope), x) => write!(f, "{separator}leaky_relu {x} slope={slope:?}")?,
                Instruction::Unary(u, x) => write!(f, "{separator}{} {x}", u.name())?,
                Instruction::Binary(op, [a, b]) => write!(f, "{separator}{} {a} {b}", op.name())?,
                Instruction::Select([c, a, b]) => write!(f, "{separator}select {c} {a} {b}")?,
            }
        }
        f.write_str("}")
    }
}
