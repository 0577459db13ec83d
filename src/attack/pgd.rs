//! R1 PGD, projected gradient descent (Madry et al. 2018): x ← Π(x + η·d), k times, with d the steepest direction of the norm and Π the
//! projection onto the ball of radius ε around the image within 0…1; from a random point of the ball.

use super::{AttackOptions, Plan, Start};

/// Without a step size of its own, η = 2.5·ε/k as in the paper's code: the ball can be crossed, and its edge followed.
pub(super) fn plan(options: &AttackOptions, epsilon: f32) -> Plan {
    Plan {
        start: if options.random_start { Start::Random } else { Start::Image },
        steps: options.steps,
        step_size: options.step_size.unwrap_or(2.5 * epsilon / options.steps as f32),
    }
}
