//! Fully connected networks whose parameters carry the network's name, so that several live in one store.

use crate::graph::{Builder, DType, Shape, Var};
use crate::nn::{Activation, Init, Parameter, ParameterKind};

/// Layers x ← f(x·Wᵀ + b) with `activation` f after all but the last. Parameters are the states `<name>/dense<i>/<weight|bias>`,
/// weights `[out, in]`.
#[derive(Debug, Clone, PartialEq)]
pub struct Mlp {
    activation: Activation,
    parameters: Vec<Parameter>,
}

impl Mlp {
    /// `sizes`: inputs, units of each hidden layer, outputs.
    pub fn new(name: &str, sizes: &[usize], activation: Activation) -> Self {
        let mut parameters = Vec::new();
        for (i, pair) in sizes.windows(2).enumerate() {
            let (fan_in, fan_out) = (pair[0], pair[1]);
            let hidden = i + 2 < sizes.len();
            let init = if hidden && activation.rectifies() { Init::He { fan_in } } else { Init::Xavier { fan_in, fan_out } };
            let mut add = |kind: ParameterKind, shape: Shape, init| {
                parameters.push(Parameter { name: format!("{name}/dense{}/{}", i + 1, kind.word()), shape, kind, init });
            };
            add(ParameterKind::Weight, [fan_out, fan_in].into(), init);
            add(ParameterKind::Bias, [fan_out].into(), Init::Constant(0.0));
        }
        Self { activation, parameters }
    }

    /// Weight and bias of each layer, in order.
    pub fn parameters(&self) -> &[Parameter] {
        &self.parameters
    }

    /// The parameters' states, in order.
    pub fn states<'b>(&self, builder: &'b Builder) -> Vec<Var<'b>> {
        self.parameters.iter().map(|p| builder.state(&p.name, p.shape.clone(), DType::F32)).collect()
    }

    /// `x` `[N, in]` → `[N, out]` with `weights` in the order of [`parameters`](Self::parameters).
    pub fn forward<'b>(&self, weights: &[Var<'b>], x: Var<'b>) -> Var<'b> {
        let mut x = x;
        for (i, layer) in weights.chunks_exact(2).enumerate() {
            let y = x.matmul_t(false, layer[0], true) + layer[1];
            x = if 2 * (i + 1) < weights.len() { self.activation.apply(y) } else { y };
        }
        x
    }

    /// Makes every parameter's first value, drawn with `key`, an update.
    pub fn initialize<'b>(&self, builder: &'b Builder, key: Var<'b>) {
        for parameter in &self.parameters {
            builder.update(&parameter.name, parameter.init.draw(builder, key, &parameter.shape));
        }
    }
}
