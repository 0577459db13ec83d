//! How parameters begin.
//!
//! Weights before a rectifying activation: normal with variance 2/fan_in (He et al. 2015). All others: uniform with variance
//! 2/(fan_in + fan_out) (Glorot & Bengio 2010). Biases and shifts 0, scales 1, running mean 0, running variance 1.

use crate::graph::{Builder, Distribution, Shape, Var};

/// The distribution of a parameter's first values.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Init {
    /// The same value everywhere.
    Constant(f32),
    /// Normal, mean 0, variance 2/`fan_in`.
    He { fan_in: usize },
    /// Uniform in ±√(6/(`fan_in` + `fan_out`)).
    Xavier { fan_in: usize, fan_out: usize },
}

impl Init {
    /// Values of `shape` from `key` (`u32[2]`); every call draws from a stream of its own.
    pub fn draw<'b>(self, builder: &'b Builder, key: Var<'b>, shape: &Shape) -> Var<'b> {
        match self {
            Init::Constant(value) => builder.fill(value, shape),
            Init::He { fan_in } => builder.random(Distribution::Normal, key, shape) * (2.0 / fan_in as f32).sqrt(),
            Init::Xavier { fan_in, fan_out } => {
                let bound = (6.0 / (fan_in + fan_out) as f32).sqrt();
                (builder.random(Distribution::Uniform, key, shape) * 2.0 - 1.0) * bound
            }
        }
    }
}
