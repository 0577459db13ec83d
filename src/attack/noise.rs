//! R1's control: noise of the same size as an attack, random signs ±1 scaled to length ε and the same for every image. A network that
//! it does not fool but FGSM does is fooled by the direction of a perturbation, not by its size.

use super::{Norm, Plan, Start};
use crate::data::Random;

pub(super) fn plan() -> Plan {
    Plan { start: Start::Noise, steps: 0, step_size: 0.0 }
}

/// `len` values of length `epsilon`.
pub(super) fn delta(norm: Norm, epsilon: f32, len: usize, seed: u32) -> Vec<f32> {
    let size = match norm {
        Norm::Linf => epsilon,
        Norm::L2 => epsilon / (len as f32).sqrt(),
    };
    let mut random = Random::new(seed, 0);
    (0..len).map(|_| if random.bits() >> 31 == 0 { size } else { -size }).collect()
}
