//! Running the table: on the reference, on a device, and the comparison between them. Native and browser tests share this file.

use std::collections::BTreeMap;

use vitrine::Result;
use vitrine::device::{Device, DeviceKind};
use vitrine::graph::reference::{Tensor64, evaluate};
use vitrine::tensor::Tensor;

use super::cases::Case;

/// The outputs of one run by name.
pub type Values = BTreeMap<String, Tensor64>;

/// The value and the derivatives of `case` by definition.
pub fn reference(case: &Case) -> Values {
    let inputs = (0..).zip(&case.inputs).map(|(i, t): (u32, _)| (i.to_string(), t.into())).collect();
    evaluate(&case.graph(), &inputs, &BTreeMap::new()).unwrap_or_else(|error| panic!("{}: {error}", case.name)).outputs
}

/// The same as `device` computes it.
pub async fn on_device(device: &Device, case: &Case) -> Result<Values> {
    let graph = case.graph();
    let mut program = device.compile(&graph)?;
    let names: Vec<String> = (0..case.inputs.len()).map(|i| i.to_string()).collect();
    let inputs: Vec<(&str, &Tensor)> = names.iter().map(String::as_str).zip(&case.inputs).collect();
    program.run(&mut device.store(), &inputs, 1)?;
    let mut values = Values::new();
    for name in graph.outputs.keys() {
        values.insert(name.to_string(), (&program.output(name).await?).into());
    }
    Ok(values)
}

/// Whether `got` follows `expected` as closely as the case demands; if not, the worst place. `gpu`: one of them is a GPU's.
pub fn compare(case: &Case, gpu: bool, got: &Values, expected: &Values) -> Result<(), String> {
    for (name, expected) in expected.iter().filter(|(name, _)| !name.starts_with("loss")) {
        let order = if name.starts_with("first") { 1 } else { 2 * u32::from(name.starts_with("second")) };
        let got = got.get(name).ok_or_else(|| format!("{}: no {name}", case.name))?;
        if (&got.shape, got.dtype) != (&expected.shape, expected.dtype) {
            return Err(format!("{}: {name} is {}{}, not {}{}", case.name, got.dtype, got.shape, expected.dtype, expected.shape));
        }
        let scale = expected.values.iter().filter(|v| v.is_finite()).fold(1.0_f64, |scale, v| scale.max(v.abs()));
        let bound = case.accuracy.bound(order, gpu) * scale;
        let error = |i: usize| if got.values[i] == expected.values[i] { 0.0 } else { (got.values[i] - expected.values[i]).abs() };
        let worst = (0..expected.values.len()).max_by(|&i, &j| error(i).total_cmp(&error(j)));
        if let Some(i) = worst.filter(|&i| error(i).is_nan() || error(i) > bound) {
            let (got, expected) = (got.values[i], expected.values[i]);
            return Err(format!("{}: {name}, value {i} is {got}, not {expected}: more than {bound:.1e} apart", case.name));
        }
    }
    Ok(())
}

/// Compares `device` with the reference on all of `cases`; the failures, a line each.
pub async fn failures(device: &Device, cases: &[Case]) -> Vec<String> {
    let gpu = device.info().kind == DeviceKind::Gpu;
    let mut lines = Vec::new();
    for case in cases {
        let verdict = match on_device(device, case).await {
            Ok(values) => compare(case, gpu, &values, &reference(case)),
            Err(error) => Err(format!("{}: {error}", case.name)),
        };
        lines.extend(verdict.err());
    }
    lines
}

/// Compares two devices with each other on all of `cases`; the failures, a line each.
#[cfg(feature = "webgpu")]
pub async fn differences(one: &Device, other: &Device, cases: &[Case]) -> Vec<String> {
    let mut lines = Vec::new();
    for case in cases {
        let verdict = match (on_device(one, case).await, on_device(other, case).await) {
            (Ok(one), Ok(other)) => compare(case, true, &one, &other),
            (Err(error), _) | (_, Err(error)) => Err(format!("{}: {error}", case.name)),
        };
        lines.extend(verdict.err());
    }
    lines
}
