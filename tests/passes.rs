//! The passes keep what a graph means, on random graphs, and do what they are for, on small ones.
#![cfg(not(target_arch = "wasm32"))]

use std::collections::BTreeMap;

use proptest::prelude::*;
use vitrine::graph::pass::{self, MAX_OPERANDS, optimize};
use vitrine::graph::reference::{Tensor64, evaluate};
use vitrine::graph::{Builder, DType, Distribution, Graph, Op, Reduce, Shape, Unary, Var};

/// Names and shapes of the inputs of random graphs.
const INPUTS: [(&str, &[usize]); 6] =
    [("a", &[2, 3]), ("b", &[2, 3]), ("row", &[1, 3]), ("column", &[2, 1]), ("w", &[3, 3]), ("s", &[])];

fn arguments(seed: f64) -> BTreeMap<String, Tensor64> {
    let mut next = seed;
    let mut value = || {
        next = (next * 997.0 + 0.123_456_7).fract();
        4.0 * next - 2.0
    };
    let tensor = |shape: Shape, values| Tensor64 { shape, dtype: DType::F32, values };
    INPUTS
        .iter()
        .map(|(name, dims)| (name.to_string(), tensor((*dims).into(), (0..dims.iter().product()).map(|_| value()).collect())))
        .collect()
}

/// A graph made of the values `(operation, first, second, third operand)`, with gradients where they exist.
fn build(code: &[[u8; 4]]) -> Graph {
    let b = Builder::new();
    let mut pool: Vec<Var> = INPUTS.iter().map(|(name, dims)| b.input(name, *dims, DType::F32)).collect();
    for &[operation, i, j, k] in code {
        let pick = |at: u8| pool[at as usize % pool.len()];
        let (x, y, z) = (pick(i), pick(j), pick(k));
        let fits = x.shape().broadcast(&y.shape()).is_some_and(|s| s.broadcast(&z.shape()).is_some());
        let unary = [Unary::Neg, Unary::Abs, Unary::Exp, Unary::Tanh, Unary::Relu, Unary::Sigmoid, Unary::Sin, Unary::Sqrt];
        let constants = [0.0, 1.0, -1.0, 0.5, 2.0];
        let axes: Vec<usize> = (0..x.rank()).filter(|&axis| k >> axis & 1 == 1).collect();
        pool.push(match operation % 15 {
            0..=2 => x.unary(unary[j as usize % unary.len()]),
            3 if fits => x + y,
            4 if fits => x - y,
            5 if fits => x * y,
            6 if fits => x.max(y),
            7 if fits => x.gt(y).select(y, z),
            8 => x * constants[j as usize % 5],
            9 => x + constants[j as usize % 5],
            10 if x.rank() == 2 => x.transpose(&[1, 0]),
            11 if x.rank() == 2 && y.rank() == 2 && x.dim(1) == y.dim(0) => x.matmul(y),
            12 => x.reduce_keep([Reduce::Sum, Reduce::Mean, Reduce::Max][j as usize % 3], &axes),
            13 => x.reshape([x.shape().len()]).reshape(x.shape()),
            14 if x.rank() == 2 => x.pad(&[1, 0], &[0, j as usize % 2], 0.0).slice(&[1, 0], &x.shape()),
            _ => -x,
        });
    }
    let last = *pool.last().expect("there are inputs");
    let loss = (last * last).mean_all();
    let gradients = b.grad(loss, &pool[..INPUTS.len()]);
    for ((name, _), gradient) in INPUTS.iter().zip(gradients) {
        b.output(name, gradient);
    }
    b.update("last", last);
    b.finish().expect("only fitting operations are chosen")
}

/// Whether the same names have the same values, up to `tolerance` of the largest value of each tensor.
fn same(a: &BTreeMap<String, Tensor64>, b: &BTreeMap<String, Tensor64>, tolerance: f64) -> Result<(), String> {
    for (name, x) in a {
        let y = b.get(name).ok_or(format!("`{name}` is gone"))?;
        let bound = tolerance * x.values.iter().filter(|v| v.is_finite()).fold(1.0_f64, |m, v| m.max(v.abs()));
        let equal = |(a, b): (&f64, &f64)| a == b || (a.is_nan() && b.is_nan()) || (a - b).abs() <= bound;
        if x.shape != y.shape || !x.values.iter().zip(&y.values).all(equal) {
            return Err(format!("`{name}`: {x:?} became {y:?}"));
        }
    }
    if a.len() == b.len() { Ok(()) } else { Err("there are more values than before".into()) }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(600))]
    #[test]
    fn optimised_graphs_mean_the_same(code in prop::collection::vec(any::<[u8; 4]>(), 1..24), seed in 0.0..1.0) {
        let graph = build(&code);
        let optimised = optimize(&graph);
        prop_assert_eq!(optimised.verify(), Ok(()));
        prop_assert_eq!(graph.inputs(), optimised.inputs());
        for node in optimised.nodes.iter().filter(|node| matches!(node.op, Op::Fused(_))) {
            prop_assert!(node.inputs.len() <= MAX_OPERANDS);
        }
        let (none, arguments) = (BTreeMap::new(), arguments(seed));
        let before = evaluate(&graph, &arguments, &none).unwrap();
        let after = evaluate(&optimised, &arguments, &none).unwrap();
        // Values are the same to the last bits. Gradients have factors 1/n, whose folded products are rounded to f32.
        let updates = same(&before.updates, &after.updates, 1e-12);
        let outputs = same(&before.outputs, &after.outputs, 1e-5);
        prop_assert!(updates.is_ok() && outputs.is_ok(), "{updates:?} {outputs:?}\n{graph}\nbecame\n{optimised}");
    }
}

/// The optimised graph of what `body` makes of an input `x` [2,3], without the line of that input.
fn optimised(body: impl for<'b> Fn(Var<'b>) -> Var<'b>) -> String {
    let b = Builder::new();
    b.output("y", body(b.input("x", [2, 3], DType::F32)));
    let text = optimize(&b.finish().unwrap()).to_string();
    text.strip_prefix("%0 = input x : f32[2,3]\n").expect("the input stays").to_string()
}

#[test]
fn neutral_operations_vanish() {
    let unchanged = "output y = %0\n";
    assert_eq!(optimised(|x| x * 1.0 + 0.0), unchanged);
    assert_eq!(optimised(|x| 1.0 * -(-x) / 1.0 - 0.0), unchanged);
    assert_eq!(optimised(|x| x.transpose(&[1, 0]).transpose(&[1, 0])), unchanged);
    assert_eq!(optimised(|x| x.reshape([6]).reshape([3, 2]).reshape([2, 3])), unchanged);
    assert_eq!(optimised(|x| x.pad(&[0, 0], &[0, 0], 1.0).slice(&[0, 0], &[2, 3])), unchanged);
    assert_eq!(optimised(|x| x.reshape([1, 2, 1, 3]).sum(&[0, 2])), unchanged);
    assert_eq!(optimised(|x| x.builder().scalar(3.0).gt(x.builder().scalar(2.0)).select(x, x.exp())), unchanged);
}

#[test]
fn not_a_number_and_infinity_survive() {
    assert_eq!(optimised(|x| x * 0.0), "%1 = fused(%0) {load 0; 0.0; mul 0 1} : f32[2,3]\noutput y = %1\n");
    assert_eq!(optimised(|x| x - x), "%1 = fused(%0) {load 0; sub 0 0} : f32[2,3]\noutput y = %1\n");
}

#[test]
fn constants_are_computed_beforehand() {
    let folded = optimised(|x| {
        let two = x.builder().scalar(2.0);
        x + (two * two - 1.0).sqrt().broadcast([2, 3]).mean_all()
    });
    assert_eq!(folded, "%1 = fused(%0) {load 0; 1.7320508; add 0 1} : f32[2,3]\noutput y = %1\n");
}

#[test]
fn transposes_move_into_matrix_products() {
    let product = optimised(|x| x.transpose(&[1, 0]).matmul(x));
    assert_eq!(product, "%1 = matmul(%0, %0) ta : f32[3,3]\noutput y = %1\n");
}

#[test]
fn a_chain_becomes_one_kernel_and_shares_its_parts() {
    let gelu =
        "%1 = fused(%0) {load 0; 0.5; mul 0 1; 0.70710677; mul 0 3; erf 4; 1.0; add 5 6; mul 2 7} : f32[2,3]\noutput y = %1\n";
    assert_eq!(optimised(|x| x.gelu()), gelu);
    let diamond = optimised(|x| {
        let t = x.tanh();
        t * (1.0 - t * t)
    });
    assert_eq!(diamond, "%1 = fused(%0) {load 0; tanh 0; 1.0; mul 1 1; sub 2 3; mul 1 4} : f32[2,3]\noutput y = %1\n");
}

#[test]
fn a_value_for_two_kernels_is_computed_once() {
    let text = optimised(|x| {
        let t = x.exp();
        t * t.reduce_keep(Reduce::Sum, &[1])
    });
    let expected = "\
%1 = exp(%0) : f32[2,3]
%2 = sum(%1) axes=1 : f32[2,1]
%3 = fused(%1, %2) {load 0; load 1; mul 0 1} : f32[2,3]
output y = %3
";
    assert_eq!(text, expected);
}

#[test]
fn what_lies_beneath_a_broadcast_is_not_repeated() {
    let text = optimised(|x| x * x.reduce_keep(Reduce::Max, &[1]).exp());
    let expected = "\
%1 = reduce_max(%0) axes=1 : f32[2,1]
%2 = exp(%1) : f32[2,1]
%3 = fused(%0, %2) {load 0; load 1; mul 0 1} : f32[2,3]
output y = %3
";
    assert_eq!(text, expected);
}

#[test]
fn the_same_random_numbers_are_drawn_once_and_others_again() {
    let b = Builder::new();
    let key = b.input("key", [2], DType::U32);
    let (first, second) = (b.random(Distribution::Uniform, key, [4]), b.random(Distribution::Uniform, key, [4]));
    b.output("y", (first - second).abs() + (first * 2.0).floor());
    let graph = b.finish().unwrap();
    let draws = |graph: &Graph| graph.nodes.iter().filter(|node| matches!(node.op, Op::Random { .. })).count();
    assert_eq!((draws(&graph), draws(&optimize(&graph))), (2, 2));
}

/// The working memory of a training step of a deep network grows with its depth only by what the backward pass must keep.
#[test]
fn the_plan_of_a_deep_network_shares_memory() {
    let b = Builder::new();
    let x = b.input("x", [64, 100], DType::F32);
    let weights: Vec<Var> = (0..8).map(|i| b.state(&format!("w{i}"), [100, 100], DType::F32)).collect();
    let y = weights.iter().fold(x, |h, &w| h.matmul(w).tanh());
    b.output("y", y.mean_all());
    let graph = optimize(&b.finish().unwrap());
    let plan = pass::Plan::new(&graph, pass::Layout { align: 256, in_place: true });
    assert_eq!(plan.arena_bytes, 2 * 64 * 100 * 4, "two layers' values at a time:\n{}", plan.print(&graph));
}
