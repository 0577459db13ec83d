//! The gradient penalty of WGAN-GP (Gulrajani et al. 2017): the derivative, by the weights, of a term that contains the derivative by
//! the input. A library whose gradients are not differentiable through tanh or sigmoid gets it silently wrong.

use std::collections::BTreeMap;

use vitrine::device::Device;
use vitrine::graph::reference::{Tensor64, evaluate};
use vitrine::graph::{Builder, DType, Graph, Unary, Var};
use vitrine::tensor::Tensor;

use super::cases::spread;

const BATCH: usize = 5;
const PARAMETERS: [(&str, &[usize]); 4] = [("w1", &[3, 7]), ("b1", &[7]), ("w2", &[7, 1]), ("x", &[BATCH, 3])];

/// D(x) = f(x·w₁ + b₁)·w₂; the penalty mean (‖∇ₓD‖ − 1)² and its derivatives by all of [`PARAMETERS`].
fn penalty(activation: Unary) -> Graph {
    let b = Builder::new();
    let vars: Vec<Var> = PARAMETERS.iter().map(|(name, shape)| b.input(name, *shape, DType::F32)).collect();
    let [w1, b1, w2, x] = vars[..] else { unreachable!("four parameters") };
    let d = (x.matmul(w1) + b1).unary(activation).matmul(w2).sum_all();
    let slope = b.grad(d, &[x])[0]; // [BATCH, 3]: each row depends on its own x only
    let penalty = (slope.square().sum(&[1]).sqrt() - 1.0).square().mean_all();
    b.output("penalty", penalty);
    for ((name, _), gradient) in PARAMETERS.iter().zip(b.grad(penalty, &vars)) {
        b.output(name, gradient);
    }
    b.finish().expect("shapes fit")
}

fn parameters() -> BTreeMap<String, Tensor> {
    (1..).zip(PARAMETERS).map(|(seed, (name, shape))| (name.to_string(), spread(shape, -1.0, 1.1, seed))).collect()
}

#[test]
fn the_gradient_penalty_is_differentiated_through_the_gradient() {
    for activation in [Unary::Tanh, Unary::Sigmoid, Unary::Softplus, Unary::Exp] {
        let graph = penalty(activation);
        let exact: BTreeMap<String, Tensor64> = parameters().iter().map(|(name, t)| (name.clone(), t.into())).collect();
        let run = |inputs: &BTreeMap<String, Tensor64>| evaluate(&graph, inputs, &BTreeMap::new()).expect("inputs fit").outputs;
        let gradients = run(&exact);

        for (name, shape) in PARAMETERS {
            for i in 0..shape.iter().product() {
                let at = |distance: f64| {
                    let mut inputs = exact.clone();
                    inputs.get_mut(name).expect("a parameter").values[i] += distance;
                    run(&inputs)["penalty"].values[0]
                };
                let difference = (at(1e-5) - at(-1e-5)) / 2e-5;
                let slope = gradients[name].values[i];
                assert!(
                    (slope - difference).abs() < 1e-7 * difference.abs().max(1.0),
                    "{activation:?} {name}[{i}]: {slope}, not {difference}"
                );
            }
        }

        let device = Device::cpu();
        let mut program = device.compile(&graph).expect("compiles");
        let parameters = parameters();
        let inputs: Vec<(&str, &Tensor)> = parameters.iter().map(|(name, t)| (name.as_str(), t)).collect();
        program.run(&mut device.store(), &inputs, 1).expect("runs");
        for (name, expected) in &gradients {
            let got = pollster::block_on(program.output(name)).expect("an output");
            for (got, expected) in got.as_f32().expect("floats").iter().zip(&expected.values) {
                // About ten rounded operations deep.
                assert!(
                    (f64::from(*got) - expected).abs() < 1e-5 * expected.abs().max(1.0),
                    "{activation:?} {name}: {got}, not {expected}"
                );
            }
        }
    }
}
