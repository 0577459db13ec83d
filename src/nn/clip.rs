//! Gradient clipping (COURSE N6).

use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};
use crate::graph::Var;

/// How gradients are kept small before the optimiser sees them.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "kebab-case", from = "Attributes")]
pub enum Clip {
    /// All gradients times min(1, limit/‖all gradients‖₂) (Pascanu et al. 2013): the direction stays.
    Norm { limit: f32 },
    /// Each value into ±limit.
    Value { limit: f32 },
}

/// What a [`Clip`] is parsed from.
#[derive(Deserialize)]
struct Attributes {
    r#type: Kind,
    limit: f32,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Kind {
    Norm,
    Value,
}

impl From<Attributes> for Clip {
    fn from(Attributes { r#type, limit }: Attributes) -> Self {
        match r#type {
            Kind::Norm => Clip::Norm { limit },
            Kind::Value => Clip::Value { limit },
        }
    }
}

impl Clip {
    pub fn validate(&self) -> Result<()> {
        let (Clip::Norm { limit } | Clip::Value { limit }) = *self;
        if limit.is_finite() && limit > 0.0 {
            Ok(())
        } else {
            Err(Error::option("clip.limit", format!("{limit} must be finite and greater than 0")))
        }
    }

    /// The clipped gradients, in order.
    pub fn apply<'b>(&self, gradients: &[Var<'b>]) -> Vec<Var<'b>> {
        match *self {
            Clip::Value { limit } => gradients.iter().map(|g| g.clamp(-limit, limit)).collect(),
            Clip::Norm { limit } => {
                let Some(squares) = gradients.iter().map(|g| g.square().sum_all()).reduce(|a, b| a + b) else { return Vec::new() };
                let builder = squares.builder();
                // Exactly 1 for a norm of at most `limit`, also for 0.
                let factor = builder.scalar(limit) / squares.sqrt().max(builder.scalar(limit));
                gradients.iter().map(|&g| g * factor).collect()
            }
        }
    }
}
