//! R1 FGSM, the fast gradient sign method (Goodfellow, Shlens & Szegedy 2015): x′ = x + ε·sign(∇ₓJ), one step of full length from the
//! image. Under L2 it is the fast gradient method, x + ε·∇ₓJ/‖∇ₓJ‖₂. Where J is linear in x no perturbation of this size does better.

use super::{Plan, Start};

pub(super) fn plan(epsilon: f32) -> Plan {
    Plan { start: Start::Image, steps: 1, step_size: epsilon }
}
