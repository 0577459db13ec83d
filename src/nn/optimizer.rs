//! Optimisers (COURSE N6) as graph updates.
//!
//! Moments are states named `optimizer/<layer>/<kind>/<moment>` that all begin at 0. Weight decay λ goes by the parameter's kind
//! (COURSE N7): coupled (λw is added to the gradient, L2 regularisation) everywhere but in AdamW, where it is decoupled
//! (w ← w − ηλw, Loshchilov & Hutter 2019). Conventions are PyTorch's.

use serde::{Deserialize, Serialize};

use super::model::Parameter;
use crate::error::{Error, Result};
use crate::graph::{Builder, DType, Var};

/// Keeps a division by a vanishing moment finite, as in PyTorch.
const EPSILON: f32 = 1e-8;

/// A rule for one step; η is the learning rate, g the gradient, w the weight.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "kebab-case", from = "Attributes")]
pub enum Optimizer {
    /// w ← w − ηg.
    Sgd,
    /// v ← μv + g; w ← w − ηv. Default μ 0.9.
    Momentum { momentum: f32 },
    /// v ← μv + g; w ← w − η(g + μv). Default μ 0.9.
    Nesterov { momentum: f32 },
    /// v ← ρv + (1 − ρ)g²; w ← w − ηg/(√v + ε). Default ρ 0.9 (Tieleman & Hinton 2012).
    Rmsprop { decay: f32 },
    /// m ← β₁m + (1 − β₁)g; v ← β₂v + (1 − β₂)g²; w ← w − η·m̂/(√v̂ + ε) with m̂ = m/(1 − β₁ᵗ), v̂ = v/(1 − β₂ᵗ) (Kingma & Ba 2015).
    /// Defaults 0.9 and 0.999.
    Adam { beta1: f32, beta2: f32 },
    /// Adam with decoupled weight decay.
    Adamw { beta1: f32, beta2: f32 },
}

/// What an [`Optimizer`] is parsed from: one flat record is a fraction of the code of a parser per variant.
#[derive(Deserialize)]
struct Attributes {
    r#type: Kind,
    momentum: Option<f32>,
    decay: Option<f32>,
    beta1: Option<f32>,
    beta2: Option<f32>,
}

/// The variants of [`Optimizer`].
#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Kind {
    Sgd,
    Momentum,
    Nesterov,
    Rmsprop,
    Adam,
    Adamw,
}

impl From<Attributes> for Optimizer {
    fn from(it: Attributes) -> Self {
        let momentum = it.momentum.unwrap_or(0.9);
        let (beta1, beta2) = (it.beta1.unwrap_or(0.9), it.beta2.unwrap_or(0.999));
        match it.r#type {
            Kind::Sgd => Optimizer::Sgd,
            Kind::Momentum => Optimizer::Momentum { momentum },
            Kind::Nesterov => Optimizer::Nesterov { momentum },
            Kind::Rmsprop => Optimizer::Rmsprop { decay: it.decay.unwrap_or(0.9) },
            Kind::Adam => Optimizer::Adam { beta1, beta2 },
            Kind::Adamw => Optimizer::Adamw { beta1, beta2 },
        }
    }
}

impl Default for Optimizer {
    fn default() -> Self {
        Optimizer::Adam { beta1: 0.9, beta2: 0.999 }
    }
}

impl Optimizer {
    /// Every coefficient must lie in 0 ≤ c < 1.
    pub fn validate(&self) -> Result<()> {
        let check = |name, value: f32| {
            if (0.0..1.0).contains(&value) {
                Ok(())
            } else {
                Err(Error::option(name, format!("{value} must be at least 0 and below 1")))
            }
        };
        match *self {
            Optimizer::Sgd => Ok(()),
            Optimizer::Momentum { momentum } | Optimizer::Nesterov { momentum } => check("optimizer.momentum", momentum),
            Optimizer::Rmsprop { decay } => check("optimizer.decay", decay),
            Optimizer::Adam { beta1, beta2 } | Optimizer::Adamw { beta1, beta2 } => {
                check("optimizer.beta1", beta1).and(check("optimizer.beta2", beta2))
            }
        }
    }

    /// Adds the updates of all `parameters` and moments. `weights` are the parameters' state nodes, `gradients` belong to them;
    /// `learning_rate` has rank 0.
    pub fn update<'b>(
        &self,
        parameters: &[Parameter],
        weights: &[Var<'b>],
        gradients: &[Var<'b>],
        learning_rate: Var<'b>,
        weight_decay: f32,
    ) {
        self.update_for("optimizer", parameters, weights, gradients, learning_rate, weight_decay);
    }

    /// [`update`](Self::update) with states named `<root>/…`, for networks in one store that take steps at different times.
    pub fn update_for<'b>(
        &self,
        root: &str,
        parameters: &[Parameter],
        weights: &[Var<'b>],
        gradients: &[Var<'b>],
        learning_rate: Var<'b>,
        weight_decay: f32,
    ) {
        let builder = learning_rate.builder();
        // 1 − βᵗ is the moving average of the constant 1: no power, and no cancellation in the first steps.
        let correction = |name: &str, beta: f32| moving_average(builder, name, beta, builder.scalar(1.0));
        let corrections = match *self {
            Optimizer::Adam { beta1, beta2 } | Optimizer::Adamw { beta1, beta2 } => {
                Some((correction(&format!("{root}/correction1"), beta1), correction(&format!("{root}/correction2"), beta2)))
            }
            Optimizer::Sgd | Optimizer::Momentum { .. } | Optimizer::Nesterov { .. } | Optimizer::Rmsprop { .. } => None,
        };
        for ((parameter, &weight), &gradient) in parameters.iter().zip(weights).zip(gradients) {
            let decay = if parameter.kind.decays() { weight_decay } else { 0.0 };
            let decoupled = matches!(self, Optimizer::Adamw { .. });
            let gradient = if decay > 0.0 && !decoupled { gradient + weight * decay } else { gradient };
            let path = parameter.name.strip_prefix("model/").unwrap_or(&parameter.name);
            let moment = |word: &str| format!("{root}/{path}/{word}");
            let direction = match *self {
                Optimizer::Sgd => gradient,
                Optimizer::Momentum { momentum } => accumulate(builder, &moment("velocity"), momentum, gradient),
                Optimizer::Nesterov { momentum } => {
                    gradient + accumulate(builder, &moment("velocity"), momentum, gradient) * momentum
                }
                Optimizer::Rmsprop { decay } => {
                    let square = moving_average(builder, &moment("square"), decay, gradient.square());
                    gradient / (square.sqrt() + EPSILON)
                }
                Optimizer::Adam { beta1, beta2 } | Optimizer::Adamw { beta1, beta2 } => {
                    let mean = moving_average(builder, &moment("mean"), beta1, gradient);
                    let square = moving_average(builder, &moment("square"), beta2, gradient.square());
                    let (correction1, correction2) = corrections.expect("made above for the same two kinds");
                    mean / correction1 / ((square / correction2).sqrt() + EPSILON)
                }
            };
            let shrunk = if decay > 0.0 && decoupled { weight * (1.0 - learning_rate * decay) } else { weight };
            builder.update(&parameter.name, shrunk - direction * learning_rate);
        }
    }
}

/// The state `name` ← decay·state + (1 − decay)·value; gives the new value.
fn moving_average<'b>(builder: &'b Builder, name: &str, decay: f32, value: Var<'b>) -> Var<'b> {
    accumulate(builder, name, decay, value * (1.0 - decay))
}

/// The state `name` ← decay·state + value; gives the new value.
fn accumulate<'b>(builder: &'b Builder, name: &str, decay: f32, value: Var<'b>) -> Var<'b> {
    let new = builder.state(name, value.shape(), DType::F32) * decay + value;
    builder.update(name, new);
    new
}
