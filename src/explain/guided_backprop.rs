//! V2 Guided back-propagation (Springenberg et al. 2015): saliency with another backward rule for ReLU, which passes only positive
//! gradients, and only where its input was positive: M_ij = max over channels of |R⁰_kij|.

use super::{About, Setting, setting};
use crate::error::Result;
use crate::graph::{Builder, Graph, Op, Unary, Var};
use crate::nn::Model;

pub(super) const ABOUT: About = About {
    title: "Guided back-propagation",
    answers: "Which pixels feed the features that are active in this image?",
    misleads: "It is close to an edge detector: it hardly changes with the class, nor when the weights of the later layers are made random.",
    formula: r"R^{l} = \mathbf{1}[A^{l} > 0] \cdot \mathrm{ReLU}(R^{l+1}) \text{ at each ReLU}, \quad M_{ij} = \max_k |R^0_{kij}|",
    layer: false,
    signed: false,
    options: &[],
    zero: "A map is zero everywhere: no path of positive gradients leads from this score back to the image.",
};

/// Said of a network that the rule does not change.
pub(super) const NO_RELU: &str = "This network has no ReLU, so guided back-propagation is the ordinary gradient here.";

/// The guided gradient of `score` (rank 0) in `x`, of the shape of `x`.
pub fn gradient<'b>(x: Var<'b>, score: Var<'b>) -> Var<'b> {
    let builder = x.builder();
    let rule = |node: Var<'b>, dy: Var<'b>| {
        let node = builder.graph().node(node.id()).clone();
        let input = *node.inputs.first().filter(|_| node.op == Op::Unary(Unary::Relu))?;
        Some(vec![dy.relu() * builder.var(input).gt(builder.scalar(0.0))])
    };
    builder.grad_with(score, &[x], &rule)[0]
}

/// The method for `batch` images; inputs and outputs as in [`explain`](super).
pub fn graph(model: &Model, batch: usize) -> Result<Graph> {
    let builder = Builder::new();
    let Setting { x, score, .. } = setting(&builder, model, batch)?;
    builder.output("map", gradient(x, score).abs().reduce_max(&[1]));
    builder.finish()
}

/// Whether `graph` has a ReLU on the way to the logits.
pub(super) fn applies(graph: &Graph) -> bool {
    let logits = graph.outputs["logits"].index();
    graph.nodes[..=logits].iter().any(|node| node.op == Op::Unary(Unary::Relu))
}
