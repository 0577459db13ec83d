//! Programs on the CPU against plain loops in `f64`, at odd shapes; state updates, errors, repeatability.

use super::{CpuProgram, CpuStore};
use crate::graph::{Builder, Conv2d, DType, Distribution, Pool2d, Reduce, Shape, Var};
use crate::tensor::Tensor;

/// Values in −1..1 that repeat only after 2³² (a linear congruential generator).
fn noise(shape: impl Into<Shape>, seed: u32) -> Tensor {
    let shape = shape.into();
    let mut state = seed.wrapping_mul(747_796_405).wrapping_add(1);
    let values = (0..shape.len())
        .map(|_| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 8) as f32 / 8_388_608.0 - 1.0
        })
        .collect();
    Tensor::f32(shape, values).unwrap()
}

/// The output of a graph on tensors, in order of their use.
fn evaluate(inputs: &[&Tensor], body: impl for<'b> Fn(&'b Builder, &[Var<'b>]) -> Var<'b>) -> Tensor {
    let names: Vec<String> = (0..inputs.len()).map(|i| i.to_string()).collect();
    let b = Builder::new();
    let vars: Vec<Var> = names.iter().zip(inputs).map(|(name, t)| b.input(name, t.shape(), t.dtype())).collect();
    b.output("y", body(&b, &vars));
    let mut program = CpuProgram::compile(&b.finish().unwrap()).unwrap();
    let inputs: Vec<(&str, &Tensor)> = names.iter().map(String::as_str).zip(inputs.iter().copied()).collect();
    program.run(&mut CpuStore::new(), &inputs, 1).unwrap();
    program.output("y").unwrap()
}

/// Asserts agreement within `terms` roundings of sums of products of values below 1 in size.
fn assert_close(got: &Tensor, wanted: &[f64], terms: usize) {
    let tolerance = 4.0 * f64::from(f32::EPSILON) * (terms as f64).sqrt().max(1.0);
    let got = got.as_f32().unwrap();
    assert_eq!(got.len(), wanted.len());
    for (i, (&g, &w)) in got.iter().zip(wanted).enumerate() {
        assert!((f64::from(g) - w).abs() <= tolerance * w.abs().max(1.0), "value {i}: {g} instead of {w}");
    }
}

#[test]
fn matrix_products_of_odd_sizes() {
    for (batch, m, n, k) in [
        (1, 1, 1, 1),
        (1, 7, 19, 5),
        (2, 13, 8, 300),
        (3, 100, 33, 17),
        (1, 5, 270, 513),
        (2, 6, 21, 1),
        (2, 9, 5, 2),
        (1, 4, 4, 0),
    ] {
        for (ta, tb) in [(false, false), (true, false), (false, true), (true, true)] {
            let a = noise(if ta { [batch, k, m] } else { [batch, m, k] }, 1);
            let b = noise(if tb { [batch, n, k] } else { [batch, k, n] }, 2);
            let (x, y) = (a.as_f32().unwrap(), b.as_f32().unwrap());
            let mut wanted = vec![0.0; batch * m * n];
            for s in 0..batch {
                for i in 0..m {
                    for j in 0..n {
                        for p in 0..k {
                            let left = x[s * m * k + if ta { p * m + i } else { i * k + p }];
                            let right = y[s * n * k + if tb { j * k + p } else { p * n + j }];
                            wanted[(s * m + i) * n + j] += f64::from(left) * f64::from(right);
                        }
                    }
                }
            }
            assert_close(&evaluate(&[&a, &b], |_, v| v[0].matmul_t(ta, v[1], tb)), &wanted, k);
        }
    }
}

/// Calls `body` with the indices (into x, w, y) of every product of a convolution.
fn products(conv: &Conv2d, x: &[usize], w: &[usize], y: &[usize], mut body: impl FnMut(usize, usize, usize)) {
    let (per_group, filters) = (w[1], y[1] / conv.groups);
    for n in 0..y[0] {
        for co in 0..y[1] {
            for oy in 0..y[2] {
                for ox in 0..y[3] {
                    for ci in 0..per_group {
                        for ky in 0..w[2] {
                            for kx in 0..w[3] {
                                let iy = (oy * conv.stride[0] + ky * conv.dilation[0]).wrapping_sub(conv.pads[0][0]);
                                let ix = (ox * conv.stride[1] + kx * conv.dilation[1]).wrapping_sub(conv.pads[1][0]);
                                if iy < x[2] && ix < x[3] {
                                    let c = co / filters * per_group + ci;
                                    body(
                                        ((n * x[1] + c) * x[2] + iy) * x[3] + ix,
                                        ((co * per_group + ci) * w[2] + ky) * w[3] + kx,
                                        ((n * y[1] + co) * y[2] + oy) * y[3] + ox,
                                    );
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

#[test]
fn convolutions_and_their_adjoints() {
    let conv = |stride, pads, dilation, groups| Conv2d { stride, pads, dilation, groups };
    let same = [[1, 1], [1, 1]];
    let cases = [
        (conv([1, 1], same, [1, 1], 1), [3, 1, 28, 28], [16, 1, 3, 3]),
        (conv([1, 1], same, [1, 1], 1), [2, 16, 14, 14], [32, 16, 3, 3]),
        (conv([1, 1], [[0, 0], [0, 0]], [1, 1], 1), [2, 5, 7, 9], [6, 5, 1, 1]),
        (conv([1, 1], [[2, 2], [2, 2]], [1, 1], 1), [2, 3, 5, 4], [4, 3, 5, 5]),
        (conv([2, 2], [[0, 1], [0, 1]], [1, 1], 1), [3, 2, 8, 9], [5, 2, 3, 3]),
        (conv([2, 3], [[1, 0], [2, 1]], [2, 1], 2), [2, 4, 11, 13], [6, 2, 3, 2]),
        (conv([1, 1], same, [1, 1], 6), [2, 6, 9, 7], [6, 1, 3, 3]),
        (conv([2, 2], same, [1, 1], 3), [1, 3, 7, 7], [6, 1, 3, 3]),
        (conv([1, 2], [[3, 4], [0, 5]], [3, 2], 1), [1, 1, 1, 3], [1, 1, 2, 2]),
        (conv([1, 1], [[0, 0], [0, 0]], [1, 1], 1), [5, 3, 1, 1], [7, 3, 1, 1]),
        (conv([1, 1], same, [1, 1], 1), [1, 130, 6, 5], [3, 130, 3, 3]),
        // Large kernels on small images, whose adjoint takes a lane per image: less, more and many times as many as there are lanes.
        (conv([1, 1], [[0, 0], [0, 0]], [1, 1], 1), [13, 6, 14, 14], [16, 6, 5, 5]),
        (conv([1, 1], [[0, 0], [0, 0]], [1, 1], 1), [3, 3, 8, 9], [20, 3, 5, 4]),
        (conv([2, 1], [[2, 1], [1, 2]], [1, 2], 1), [70, 5, 7, 9], [9, 5, 5, 3]),
    ];
    for (conv, xs, ws) in cases {
        let [oh, ow] = conv.output([xs[2], xs[3]], [ws[2], ws[3]]).unwrap();
        let ys = [xs[0], ws[0], oh, ow];
        let (x, w, dy) = (noise(xs, 1), noise(ws, 2), noise(ys, 3));
        let values = [&x, &w, &dy].map(|t| t.as_f32().unwrap().iter().map(|&v| f64::from(v)).collect::<Vec<_>>());
        let (mut y, mut dx, mut dw) = (vec![0.0; dy.len()], vec![0.0; x.len()], vec![0.0; w.len()]);
        products(&conv, &xs, &ws, &ys, |i, j, o| {
            y[o] += values[0][i] * values[1][j];
            dx[i] += values[2][o] * values[1][j];
            dw[j] += values[2][o] * values[0][i];
        });
        let cells = ws[1] * ws[2] * ws[3];
        assert_close(&evaluate(&[&x, &w], |_, v| v[0].conv2d(v[1], conv)), &y, cells);
        let input = [xs[2], xs[3]];
        assert_close(&evaluate(&[&dy, &w], |_, v| v[0].conv2d_transpose(v[1], conv, input)), &dx, ws[0] * ws[2] * ws[3]);
        let kernel = [ws[2], ws[3]];
        let got = evaluate(&[&x, &dy], |b, v| b.push(crate::graph::Op::Conv2dWeightGrad { conv, kernel }, v));
        assert_close(&got, &dw, xs[0] * oh * ow);
    }
}

/// Lengths around those of vectors and of the interpreter's blocks; operands that are overwritten (slices, which nobody else reads) and
/// such that are not (inputs).
#[test]
fn chains_of_operations_at_every_length() {
    type Chain = (&'static str, for<'b> fn(Var<'b>, Var<'b>, Var<'b>) -> Var<'b>, fn(f64, f64, f64) -> f64);
    fn relu_gradient<'b>(a: Var<'b>, b: Var<'b>) -> Var<'b> {
        let zero = a.builder().scalar(0.0);
        a.gt(zero).select(b, zero)
    }
    let chains: [Chain; 9] = [
        ("relu of a sum", |a, b, _| (a + b).relu(), |a, b, _| (a + b).max(0.0)),
        ("relu of a double", |a, _, _| (a + a).relu(), |a, _, _| (a + a).max(0.0)),
        ("product and sum", |a, b, c| a * b + c, |a, b, c| a * b + c),
        ("sum and product", |a, b, c| a + b * c, |a, b, c| a + b * c),
        ("two products", |a, b, c| a * b + b * c, |a, b, c| a * b + b * c),
        ("relu of product and sum", |a, b, c| (a * b + c).relu(), |a, b, c| (a * b + c).max(0.0)),
        ("gradient of relu", |a, b, _| relu_gradient(a, b), |a, b, _| if a > 0.0 { b } else { 0.0 }),
        ("gradient of relu and sum", |a, b, c| relu_gradient(a, b) + c, |a, b, c| if a > 0.0 { b + c } else { c }),
        ("a sum that is read twice", |a, b, _| (a + b).relu() * (a + b), |a, b, _| (a + b).max(0.0) * (a + b)),
    ];
    for n in [1, 2, 3, 4, 7, 8, 511, 512, 513, 1027] {
        let operands = [1, 2, 3].map(|seed| noise([n + 1], seed));
        let at = |operand: &Tensor, i: usize| f64::from(operand.as_f32().unwrap()[i + 1]);
        for (name, chain, exact) in chains {
            let wanted: Vec<f64> = (0..n).map(|i| exact(at(&operands[0], i), at(&operands[1], i), at(&operands[2], i))).collect();
            for overwritten in 0..8 {
                let slice = |i: usize| overwritten >> i & 1 == 1;
                let tails = operands.each_ref().map(|t| Tensor::f32([n], t.as_f32().unwrap()[1..].to_vec()).unwrap());
                let inputs: Vec<&Tensor> = (0..3).map(|i| if slice(i) { &operands[i] } else { &tails[i] }).collect();
                let got = evaluate(&inputs, |_, v| {
                    let [a, b, c] = [0, 1, 2].map(|i| if slice(i) { v[i].slice(&[1], &[n]) } else { v[i] });
                    chain(a, b, c)
                });
                for (i, (&got, &wanted)) in got.as_f32().unwrap().iter().zip(&wanted).enumerate() {
                    let near = (f64::from(got) - wanted).abs() <= 4.0 * f64::from(f32::EPSILON);
                    assert!(near, "{name} of {n} values, overwritten {overwritten:03b}: value {i} is {got} instead of {wanted}");
                }
            }
        }
    }
}

#[test]
fn nan_is_never_hidden() {
    let x = Tensor::f32([1, 1, 4, 4], (0..16).map(|i| if i == 5 { f32::NAN } else { -1.0 }).collect()).unwrap();
    let pool = Pool2d { size: [2, 2], stride: [2, 2], pads: [[0, 0], [0, 0]] };
    let has_nan = |t: &Tensor| t.as_f32().unwrap().iter().any(|v| v.is_nan());
    assert!(has_nan(&evaluate(&[&x], |_, v| v[0].relu())));
    assert!(has_nan(&evaluate(&[&x], |_, v| v[0].clamp(0.0, 1.0))));
    assert!(has_nan(&evaluate(&[&x], |_, v| v[0].reduce_max(&[0, 1, 2, 3]))));
    assert!(has_nan(&evaluate(&[&x], |_, v| v[0].max_pool2d(pool))));
    assert!(has_nan(&evaluate(&[&x], |_, v| v[0].log_softmax())));
}

#[test]
fn updates_read_old_values_and_happen_at_once() {
    let b = Builder::new();
    let (p, q) = (b.state("p", [3], DType::F32), b.state("q", [3], DType::F32));
    let count = b.state("count", [1], DType::U32);
    b.update("p", q);
    b.update("q", p);
    b.update("sum", p + q);
    b.update("twice", p * 2.0);
    b.update("count", count + b.scalar_u32(1));
    b.output("old", p);
    b.output("new", p + q);
    let mut program = CpuProgram::compile(&b.finish().unwrap()).unwrap();
    let mut store = CpuStore::new();
    store.set("p", &Tensor::f32([3], vec![1.0, 2.0, 3.0]).unwrap()).unwrap();
    store.set("q", &Tensor::f32([3], vec![10.0, 20.0, 30.0]).unwrap()).unwrap();
    store.set("count", &Tensor::u32([1], vec![7]).unwrap()).unwrap();
    program.run(&mut store, &[], 3).unwrap();
    let get = |name: &str| store.get(name).unwrap().into_f32().unwrap();
    assert_eq!(get("p"), [10.0, 20.0, 30.0]);
    assert_eq!(get("q"), [1.0, 2.0, 3.0]);
    assert_eq!(get("sum"), [11.0, 22.0, 33.0]);
    assert_eq!(get("twice"), [2.0, 4.0, 6.0]);
    assert_eq!(store.get("count").unwrap().as_u32().unwrap(), [10]);
    assert_eq!(program.output("old").unwrap().as_f32().unwrap(), [1.0, 2.0, 3.0]);
    assert_eq!(program.output("new").unwrap().as_f32().unwrap(), [11.0, 22.0, 33.0]);
}

#[test]
fn a_state_read_after_its_new_value_is_known_keeps_its_old_value() {
    let b = Builder::new();
    let w = b.state("w", [5], DType::F32);
    let new = w * 0.5;
    b.update("w", new);
    b.output("difference", (w - new).sum_all());
    let mut program = CpuProgram::compile(&b.finish().unwrap()).unwrap();
    let mut store = CpuStore::new();
    store.set("w", &Tensor::f32([5], vec![8.0; 5]).unwrap()).unwrap();
    program.run(&mut store, &[], 2).unwrap();
    assert_eq!(program.output("difference").unwrap().as_f32().unwrap(), [10.0]);
    assert_eq!(store.get("w").unwrap().as_f32().unwrap(), [2.0; 5]);
}

#[test]
fn errors_name_what_is_missing_and_both_shapes() {
    let b = Builder::new();
    b.output("y", b.input("x", [2, 3], DType::F32) + b.state("w", [3], DType::F32));
    let mut program = CpuProgram::compile(&b.finish().unwrap()).unwrap();
    let mut store = CpuStore::new();
    let x = noise([2, 3], 1);
    let message = |result: crate::Result<()>| result.unwrap_err().to_string();
    assert!(program.output("y").unwrap_err().to_string().contains("before the first run"));
    assert!(message(program.run(&mut store, &[], 1)).contains("the input `x` (f32[2,3]) is missing"));
    let wrong = noise([3, 2], 1);
    assert!(message(program.run(&mut store, &[("x", &wrong)], 1)).contains("must be f32[2,3], got f32[3,2]"));
    assert!(message(program.run(&mut store, &[("x", &x)], 1)).contains("the state `w` (f32[3]) is not in the store"));
    store.set("w", &noise([4], 1)).unwrap();
    assert!(message(program.run(&mut store, &[("x", &x)], 1)).contains("must be f32[3], it is f32[4]"));
    store.set("w", &noise([3], 1)).unwrap();
    program.run(&mut store, &[("x", &x)], 1).unwrap();
    store.remove("w");
    assert!(message(program.run(&mut store, &[("x", &x)], 1)).contains("not in the store"));
}

/// Two layers of convolution, pooling, batch statistics, dropout, cross-entropy and a step of gradient descent.
fn training_step() -> crate::graph::Graph {
    let b = Builder::new();
    let x = b.input("x", [8, 1, 12, 12], DType::F32);
    let labels = b.input("labels", [8], DType::U32);
    let step = b.state("step", [2], DType::U32);
    let weights =
        [b.state("w1", [8, 1, 3, 3], DType::F32), b.state("w2", [12, 8, 3, 3], DType::F32), b.state("w3", [108, 4], DType::F32)];
    let same = Conv2d { pads: [[1, 1], [1, 1]], ..Conv2d::default() };
    let pool = Pool2d { size: [2, 2], stride: [2, 2], pads: [[0, 0], [0, 0]] };
    let h = x.conv2d(weights[0], same);
    let centred = h - h.reduce_keep(Reduce::Mean, &[0, 2, 3]);
    let h = (centred * (centred.square().reduce_keep(Reduce::Mean, &[0, 2, 3]) + 1e-5).rsqrt()).relu().max_pool2d(pool);
    let kept = b.random(Distribution::Uniform, step, h.shape()).ge(b.scalar(0.2));
    let h = (h * kept).conv2d(weights[1], same).tanh().max_pool2d(pool).reshape([8, 108]);
    let loss = -(h.matmul(weights[2]).log_softmax() * labels.one_hot(4)).sum_all() / 8.0;
    for (i, gradient) in b.grad(loss, &weights).into_iter().enumerate() {
        b.update(&format!("w{}", i + 1), weights[i] - gradient * 0.1);
    }
    b.update("step", step + b.constant(Tensor::u32([2], vec![0, 1]).unwrap()));
    b.output("loss", loss);
    b.finish().unwrap()
}

fn start() -> CpuStore {
    let mut store = CpuStore::new();
    store.set("step", &Tensor::u32([2], vec![3, 0]).unwrap()).unwrap();
    for (name, shape) in [("w1", vec![8, 1, 3, 3]), ("w2", vec![12, 8, 3, 3]), ("w3", vec![108, 4])] {
        let values = noise(shape.clone(), 9).into_f32().unwrap().into_iter().map(|v| v * 0.3).collect();
        store.set(name, &Tensor::f32(shape, values).unwrap()).unwrap();
    }
    store
}

#[test]
fn training_lowers_the_loss_and_repeats_bit_for_bit() {
    let (x, labels) = (noise([8, 1, 12, 12], 5), Tensor::u32([8], vec![0, 1, 2, 3, 0, 1, 2, 3]).unwrap());
    let graph = training_step();
    let run = |at_once: usize| {
        let (mut store, mut losses) = (start(), Vec::new());
        let mut program = CpuProgram::compile(&graph).unwrap();
        for _ in 0..60 / at_once {
            program.run(&mut store, &[("x", &x), ("labels", &labels)], at_once).unwrap();
            losses.push(program.output("loss").unwrap().as_f32().unwrap()[0]);
        }
        (losses, store.get("w2").unwrap())
    };
    let (losses, weights) = run(1);
    assert!(losses[59] < 0.1 * losses[0], "{losses:?}");
    assert_eq!(run(1), (losses.clone(), weights.clone()));
    let (few, same) = run(20);
    assert_eq!((few, same), (vec![losses[19], losses[39], losses[59]], weights));
}

#[test]
fn the_peak_is_operations_over_time() {
    let mut now = 0.0;
    let measured = super::peak(&mut || {
        now += 0.05;
        now
    });
    let (_, operations) = vitrine_kernels::peak::multiply_add_chains(1 << 12);
    assert!((measured - operations as f64 / 0.05 / 1e9).abs() < 1e-6 * measured, "{measured}");
}
