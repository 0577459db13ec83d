//! The reference, and with it everything that follows it, against values and gradients by PyTorch (`oracle.py` writes
//! `oracle.json`), and against numbers worked out by hand.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;
use vitrine::graph::reference::{Tensor64, evaluate};
use vitrine::graph::{Builder, Conv2d, DType, Pool2d, Reduce, Resize, Var};
use vitrine::tensor::Tensor;

#[derive(Deserialize)]
struct Recorded {
    op: String,
    attributes: Value,
    inputs: Vec<Numbers>,
    /// Which inputs are indices.
    index: Vec<usize>,
    output: Numbers,
    /// The gradients are those of the output's sum with these weights, at the inputs that are no indices.
    weights: Option<Numbers>,
    #[serde(default)]
    gradients: Vec<Numbers>,
}

#[derive(Deserialize)]
struct Numbers {
    shape: Vec<usize>,
    values: Vec<f64>,
}

fn get<T: for<'de> Deserialize<'de>>(attributes: &Value, name: &str) -> T {
    serde_json::from_value(attributes[name].clone()).unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// The recorded operation in our words.
fn build<'b>(op: &str, attributes: &Value, x: &[Var<'b>]) -> Var<'b> {
    let pads = || get(attributes, "pads");
    let stride = || get(attributes, "stride");
    let conv =
        || Conv2d { stride: stride(), pads: pads(), dilation: get(attributes, "dilation"), groups: get(attributes, "groups") };
    let pool = || Pool2d { size: get(attributes, "size"), stride: stride(), pads: pads() };
    match op {
        "conv2d" => x[0].conv2d(x[1], conv()),
        "conv2d_transpose" => x[0].conv2d_transpose(x[1], conv(), get(attributes, "size")),
        "max_pool2d" => x[0].max_pool2d(pool()),
        "avg_pool2d" => x[0].avg_pool2d(pool()),
        "nearest" => x[0].resize2d(Resize::Nearest, get(attributes, "size")),
        "bilinear" => x[0].resize2d(Resize::Bilinear, get(attributes, "size")),
        "exp" => x[0].exp(),
        "tanh" => x[0].tanh(),
        "sigmoid" => x[0].sigmoid(),
        "softplus" => x[0].softplus(),
        "erf" => x[0].erf(),
        "gelu" => x[0].gelu(),
        "relu" => x[0].relu(),
        "leaky_relu" => x[0].leaky_relu(0.25),
        "sin" => x[0].sin(),
        "cos" => x[0].cos(),
        "abs" => x[0].abs(),
        "floor" => x[0].floor(),
        "sign" => x[0].sign(),
        "log_softmax" => x[0].log_softmax(),
        "log" => x[0].log(),
        "sqrt" => x[0].sqrt(),
        "rsqrt" => x[0].rsqrt(),
        "recip" => x[0].recip(),
        "pow" => x[0].pow(x[1]),
        "max" => x[0].max(x[1]),
        "min" => x[0].min(x[1]),
        "reduce_max" => x[0].reduce(Reduce::Max, &get::<Vec<usize>>(attributes, "axes")),
        "mean" => x[0].mean(&get::<Vec<usize>>(attributes, "axes")),
        "matmul" => x[0].matmul_t(get(attributes, "ta"), x[1], get(attributes, "tb")),
        "gather" => x[0].gather(x[1]),
        "argmax" => x[0].argmax(get(attributes, "axis")),
        "one_hot" => x[0].one_hot(get(attributes, "depth")),
        "pad" => {
            let widths = |name: &str| get::<Vec<usize>>(attributes, name);
            x[0].pad(&widths("before"), &widths("after"), get(attributes, "value"))
        }
        other => panic!("oracle.json has an operation `{other}` that this test does not know"),
    }
}

/// Relative to the largest value; the constants in the graphs (1/√2, 2/√π, 1/n) are `f32`, exact to 6·10⁻⁸.
fn assert_close(what: &str, got: &Tensor64, expected: &Numbers) {
    assert_eq!(got.shape[..], expected.shape, "{what}");
    let scale = expected.values.iter().fold(1.0_f64, |scale, v| scale.max(v.abs()));
    for (got, expected) in got.values.iter().zip(&expected.values) {
        assert!((got - expected).abs() <= 2e-7 * scale, "{what}: {got}, not {expected}");
    }
}

#[test]
fn the_reference_agrees_with_pytorch() {
    let recorded: Vec<Recorded> = serde_json::from_str(include_str!("oracle.json")).expect("oracle.py writes JSON");
    assert!(recorded.len() > 50);
    for Recorded { op, attributes, inputs, index, output, weights, gradients } in &recorded {
        let b = Builder::new();
        let dtype = |i: usize| if index.contains(&i) { DType::U32 } else { DType::F32 };
        let vars: Vec<Var> = inputs.iter().enumerate().map(|(i, x)| b.input(&i.to_string(), &x.shape[..], dtype(i))).collect();
        let y = build(op, attributes, &vars);
        b.output("y", y);
        if let Some(weights) = weights {
            let weights = weights.values.iter().map(|&v| v as f32).collect();
            let loss = (y * b.constant(Tensor::f32(y.shape(), weights).expect("one a value"))).sum_all();
            let floats: Vec<Var> = vars.iter().copied().filter(|x| x.dtype() == DType::F32).collect();
            for (i, gradient) in b.grad(loss, &floats).into_iter().enumerate() {
                b.output(&format!("gradient {i}"), gradient);
            }
        }
        let arguments: BTreeMap<String, Tensor64> = inputs
            .iter()
            .enumerate()
            .map(|(i, x)| (i.to_string(), Tensor64 { shape: x.shape[..].into(), dtype: dtype(i), values: x.values.clone() }))
            .collect();
        let result = evaluate(&b.finish().expect("shapes fit"), &arguments, &BTreeMap::new()).expect("inputs fit").outputs;
        let what = format!("{op} {attributes}");
        assert_close(&what, &result["y"], output);
        for (i, gradient) in gradients.iter().enumerate() {
            assert_close(&format!("{what}, gradient {i}"), &result[&format!("gradient {i}")], gradient);
        }
    }
}

/// A graph without inputs, evaluated.
fn evaluated(body: impl for<'b> Fn(&'b Builder) -> Var<'b>) -> Vec<f64> {
    let b = Builder::new();
    b.output("y", body(&b));
    let graph = b.finish().expect("shapes fit");
    evaluate(&graph, &BTreeMap::new(), &BTreeMap::new()).expect("no inputs").outputs["y"].values.clone()
}

/// The convolutions and the pooling of the course, row C1.
#[test]
fn convolution_by_hand() {
    let image = [0.1, -0.6, 0.4, 0.8, -0.4, 0.3, 0.9, 0.2, 0.5, 0.2, 0.8, -0.7, 0.3, 0.7, -0.4, 0.1];
    let convolve = |size: [usize; 2], x: &[f32], kernel: [usize; 2], w: &[f32], stride: usize| {
        let tensor = |[h, w]: [usize; 2], values: &[f32]| Tensor::f32([1, 1, h, w], values.to_vec()).expect("filled");
        let (x, w) = (tensor(size, x), tensor(kernel, w));
        evaluated(move |b| b.constant(x.clone()).conv2d(b.constant(w.clone()), Conv2d { stride: [stride; 2], ..Conv2d::default() }))
    };
    // The numbers are printed with one decimal; the inputs are f32.
    let assert_printed = |got: Vec<f64>, expected: &[f64]| {
        assert_eq!(got.len(), expected.len());
        assert!(got.iter().zip(expected).all(|(g, e)| (g - e).abs() < 1e-6), "{got:?}, not {expected:?}");
    };

    let line = [1.0, -1.0, 3.0, 4.0, 4.0];
    assert_printed(convolve([1, 5], &line, [1, 2], &[1.0, 1.0], 1), &[0.0, 2.0, 7.0, 8.0]);
    assert_printed(convolve([1, 5], &line, [1, 2], &[1.0, 1.0], 2), &[0.0, 7.0]);
    let diagonal = convolve([4, 4], &image, [2, 2], &[1.0, 0.0, 0.0, 1.0], 1);
    assert_printed(diagonal, &[0.4, 0.3, 0.6, -0.2, 1.1, 0.2, 1.2, -0.2, 0.9]);
    let across = [0.0, 1.0, 1.0, 0.0];
    assert_printed(convolve([4, 4], &image, [2, 2], &across, 1), &[-1.0, 0.7, 1.7, 0.8, 1.1, 1.0, 0.5, 1.5, -1.1]);
    assert_printed(convolve([4, 4], &image, [2, 2], &across, 2), &[-1.0, 1.7, 0.5, -1.1]);
    let pooled = evaluated(move |b| {
        let x = b.constant(Tensor::f32([1, 1, 4, 4], image.to_vec()).expect("filled"));
        x.max_pool2d(Pool2d { size: [2, 2], stride: [1, 1], pads: [[0, 0], [0, 0]] })
    });
    assert_printed(pooled, &[0.3, 0.9, 0.9, 0.5, 0.9, 0.9, 0.7, 0.8, 0.8]);
}

/// At a kink: relu has slope 0 at 0, and so have abs and sign; tied operands share.
#[test]
fn slopes_at_kinks() {
    let slope = |f: fn(Var) -> Var| {
        evaluated(move |b| {
            let x = b.constant(Tensor::f32([1], vec![0.0]).expect("filled"));
            b.grad(f(x).sum_all(), &[x])[0]
        })
    };
    assert_eq!(slope(|x| x.relu()), [0.0]);
    assert_eq!(slope(|x| x.abs()), [0.0]);
    assert_eq!(slope(|x| x.max(x.builder().scalar(0.0))), [0.5]);
    assert_eq!(slope(|x| x.leaky_relu(0.25)), [0.25]);
    assert_eq!(slope(|x| x.pow(x.builder().scalar(2.0))), [0.0]);
    assert_eq!(slope(|x| x.pow(x.builder().scalar(1.0))), [1.0]);
    assert_eq!(slope(|x| x.pow(x.builder().scalar(0.0))), [0.0]);
    assert_eq!(slope(|x| x.builder().scalar(0.0).pow(x)), [0.0]);
}
