//! First and second derivatives of every case against central differences of the reference, in `f64`.

use std::collections::BTreeMap;

use vitrine::graph::DType;
use vitrine::graph::reference::{Tensor64, evaluate};

use super::cases::{self, Case, spread};

/// Half the step. The error of a central difference is of order STEP² ≈ 10⁻¹⁰ times a third derivative, plus 10⁻¹⁶/STEP from rounding.
const STEP: f64 = 1e-5;
/// Relative to the terms that are summed; the constants in the rules (2/√π, 1/n) are `f32`, exact to 6·10⁻⁸.
const TOLERANCE: f64 = 1e-6;

/// The inputs of `case` moved by `distance` along `direction`.
fn moved(case: &Case, direction: &[Tensor64], distance: f64) -> BTreeMap<String, Tensor64> {
    let inputs = (0..).zip(case.inputs.iter().zip(direction)).map(|(i, (input, direction)): (u32, _)| {
        let mut input = Tensor64::from(input);
        if input.dtype == DType::F32 {
            input.values.iter_mut().zip(&direction.values).for_each(|(v, d)| *v += distance * d);
        }
        (i.to_string(), input)
    });
    inputs.collect()
}

fn check(case: &Case) -> Result<(), String> {
    let graph = case.graph();
    let direction: Vec<Tensor64> = case.inputs.iter().map(|t| (&spread(t.shape(), -1.0, 1.1, 99)).into()).collect();
    let at = |distance: f64| evaluate(&graph, &moved(case, &direction, distance), &BTreeMap::new()).expect("inputs fit").outputs;
    let (before, here, after) = (at(-STEP), at(0.0), at(STEP));
    for (loss, name) in [("loss1", "first"), ("loss2", "second")] {
        let Some(value) = after.get(loss) else { continue };
        let difference = (value.values[0] - before[loss].values[0]) / (2.0 * STEP);
        let terms: Vec<f64> = (0..)
            .zip(&direction)
            .filter_map(|(i, d): (u32, _)| here.get(&format!("{name} {i}")).map(|gradient| (gradient, d)))
            .flat_map(|(gradient, d)| gradient.values.iter().zip(&d.values).map(|(g, d)| g * d))
            .collect();
        let (slope, size) = (terms.iter().sum::<f64>(), terms.iter().fold(1.0, |size, term| size + term.abs()));
        if (slope - difference).abs().is_nan() || (slope - difference).abs() > TOLERANCE * size {
            return Err(format!("{}: the {name} derivative is {slope}, the difference quotient {difference}", case.name));
        }
    }
    Ok(())
}

#[test]
fn derivatives_match_finite_differences() {
    let cases = cases::all();
    let failures: Vec<String> = cases.iter().filter_map(|case| check(case).err()).collect();
    assert!(failures.is_empty(), "{} failures in {} cases:\n{}", failures.len(), cases.len(), failures.join("\n"));
}
