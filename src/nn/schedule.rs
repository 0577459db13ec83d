//! Learning-rate schedules (COURSE N6): a factor on the base rate, computed in the graph from the step counter.

use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};
use crate::graph::{DType, Var};

/// How the learning rate changes over the run; `s` counts the steps done, from 0.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "kebab-case", try_from = "Attributes")]
pub enum Schedule {
    /// 1.
    #[default]
    Constant,
    /// factor^⌊s/every⌋.
    Step { every: u32, factor: f32 },
    /// ½(1 + cos(π·min(s, steps)/steps)) (Loshchilov & Hutter 2017, one period): 0 from `steps` on.
    Cosine { steps: u32 },
    /// min(1, (s + 1)/steps) (Goyal et al. 2017).
    WarmUp { steps: u32 },
}

/// What a [`Schedule`] is parsed from: one flat record is a fraction of the code of a parser per variant.
#[derive(Deserialize)]
struct Attributes {
    r#type: Kind,
    every: Option<u32>,
    factor: Option<f32>,
    steps: Option<u32>,
}

/// The variants of [`Schedule`].
#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Kind {
    Constant,
    Step,
    Cosine,
    WarmUp,
}

impl TryFrom<Attributes> for Schedule {
    type Error = &'static str;

    fn try_from(it: Attributes) -> Result<Self, &'static str> {
        let steps = it.steps.ok_or("missing field `steps`");
        match it.r#type {
            Kind::Constant => Ok(Schedule::Constant),
            Kind::Step => Ok(Schedule::Step {
                every: it.every.ok_or("missing field `every`")?,
                factor: it.factor.ok_or("missing field `factor`")?,
            }),
            Kind::Cosine => Ok(Schedule::Cosine { steps: steps? }),
            Kind::WarmUp => Ok(Schedule::WarmUp { steps: steps? }),
        }
    }
}

impl Schedule {
    pub fn validate(&self) -> Result<()> {
        match *self {
            Schedule::Step { factor, .. } if !(factor > 0.0 && factor <= 1.0) => {
                Err(Error::option("schedule.factor", format!("{factor} must be greater than 0 and at most 1")))
            }
            Schedule::Step { every: steps, .. } | Schedule::Cosine { steps } | Schedule::WarmUp { steps } if steps == 0 => {
                Err(Error::option("schedule", "the number of steps must be at least 1"))
            }
            _ => Ok(()),
        }
    }

    /// The factor at `step` (`u32`, rank 0); rank 0.
    pub fn factor<'b>(&self, step: Var<'b>) -> Var<'b> {
        let builder = step.builder();
        match *self {
            Schedule::Constant => builder.scalar(1.0),
            Schedule::Step { every, factor } => builder.scalar(factor).pow((step / builder.scalar_u32(every)).cast(DType::F32)),
            Schedule::Cosine { steps } => {
                let done = step.min(builder.scalar_u32(steps)).cast(DType::F32) * (std::f32::consts::PI / steps as f32);
                (done.cos() + 1.0) * 0.5
            }
            Schedule::WarmUp { steps } => {
                let last = builder.scalar_u32(steps - 1);
                (step.min(last).cast(DType::F32) + 1.0) * (1.0 / steps as f32)
            }
        }
    }
}
