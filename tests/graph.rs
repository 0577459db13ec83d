//! Graphs as values: how they print, what the verifier refuses, what a gradient consists of.
#![cfg(not(target_arch = "wasm32"))]

use vitrine::Error;
use vitrine::graph::{Builder, Conv2d, DType, Graph, NodeId};

fn dense_loss() -> Graph {
    let b = Builder::new();
    let x = b.input("x", [2, 3], DType::F32);
    let w = b.state("w", [3, 1], DType::F32);
    let loss = b.scope("loss", || x.matmul(w).tanh().sum_all());
    let dw = b.grad(loss, &[w])[0];
    b.output("loss", loss);
    b.update("w", w - dw * 0.5);
    b.finish().unwrap()
}

#[test]
fn a_training_step_prints_as_this() {
    let expected = "\
%0 = input x : f32[2,3]
%1 = state w : f32[3,1]
%2 = matmul(%0, %1) : f32[2,1]  # loss
%3 = tanh(%2) : f32[2,1]  # loss
%4 = sum(%3) axes=0,1 : f32[1,1]  # loss
%5 = reshape(%4) : f32[]  # loss
%6 = fill 1.0 : f32[]
%7 = reshape(%6) : f32[1,1]  # grad/loss
%8 = broadcast(%7) : f32[2,1]  # grad/loss
%9 = mul(%3, %3) : f32[2,1]  # grad/loss
%10 = fill 1.0 : f32[]  # grad/loss
%11 = reshape(%10) : f32[1,1]  # grad/loss
%12 = broadcast(%11) : f32[2,1]  # grad/loss
%13 = sub(%12, %9) : f32[2,1]  # grad/loss
%14 = mul(%8, %13) : f32[2,1]  # grad/loss
%15 = matmul(%14, %1) tb : f32[2,3]  # grad/loss
%16 = matmul(%0, %14) ta : f32[3,1]  # grad/loss
%17 = fill 0.5 : f32[]
%18 = reshape(%17) : f32[1,1]
%19 = broadcast(%18) : f32[3,1]
%20 = mul(%16, %19) : f32[3,1]
%21 = sub(%1, %20) : f32[3,1]
output loss = %5
update w = %21
";
    assert_eq!(dense_loss().to_string(), expected);
}

#[test]
fn the_verifier_accepts_what_the_builder_makes_and_refuses_what_breaks_a_rule() {
    dense_loss().verify().unwrap();

    let broken = |change: &dyn Fn(&mut Graph), complaint: &str| {
        let mut graph = dense_loss();
        change(&mut graph);
        let message = graph.verify().unwrap_err().to_string();
        assert!(message.contains(complaint), "{message}");
    };
    broken(&|g| g.nodes[2].inputs[0] = NodeId(2), "does not come before");
    broken(&|g| g.nodes[2].shape = [3, 3].into(), "not f32[3,3]");
    broken(&|g| _ = g.outputs.insert("lost", NodeId(1000)), "`lost` is %1000");
    broken(&|g| _ = g.updates.insert("w", NodeId(0)), "the state `w`");
    broken(&|g| g.nodes[1] = g.nodes[0].clone(), "inner dimensions differ");
}

#[test]
fn gradients_of_what_has_none_are_errors() {
    let b = Builder::new();
    let x = b.input("x", [2], DType::F32);
    b.grad(x, &[x]);
    assert!(b.check().unwrap_err().to_string().contains("rank 0"));

    let b = Builder::new();
    let i = b.input("i", [2], DType::U32);
    b.grad(i.cast(DType::F32).sum_all(), &[i]);
    assert!(b.check().unwrap_err().to_string().contains("no gradient with respect to u32"));

    let b = Builder::new();
    let x = b.input("x", [2], DType::F32);
    b.grad_with(x.relu().sum_all(), &[x], &|_, dy| Some(vec![dy, dy]));
    assert!(b.check().is_err(), "a rule for a node of one input may not give two gradients");
}

#[test]
fn independent_variables_have_gradient_zero() {
    let b = Builder::new();
    let x = b.input("x", [2, 2], DType::F32);
    let unused = b.input("unused", [3], DType::F32);
    let y = x.sum_all();
    let after = x * 2.0;
    let grads = b.grad(y, &[unused, x, after]);
    assert_eq!(grads.iter().map(|g| g.shape().to_vec()).collect::<Vec<_>>(), [vec![3], vec![2, 2], vec![2, 2]]);
    b.check().unwrap();
}

/// The convolution triple stays closed: three derivatives deep there is no operation but these.
#[test]
fn convolutions_differentiate_to_any_order() {
    let b = Builder::new();
    let x = b.input("x", [2, 4, 9, 7], DType::F32);
    let w = b.input("w", [6, 2, 3, 2], DType::F32);
    let conv = Conv2d { stride: [2, 1], pads: [[1, 0], [0, 2]], dilation: [1, 2], groups: 2 };
    let mut y = x.conv2d(w, conv);
    for _ in 0..4 {
        y = b.grad((y * y).sum_all(), &[x, w])[1].tanh();
    }
    b.output("y", y);
    b.finish().unwrap().verify().unwrap();
}

#[test]
fn numbers_beyond_the_address_space_are_errors() {
    let far = Conv2d { pads: [[usize::MAX; 2]; 2], ..Conv2d::default() };
    let wide = Conv2d { dilation: [usize::MAX; 2], ..Conv2d::default() };
    for conv in [far, wide] {
        let b = Builder::new();
        b.input("x", [1, 1, 8, 8], DType::F32).conv2d(b.input("w", [1, 1, 3, 3], DType::F32), conv);
        assert!(matches!(b.finish(), Err(Error::Shape { op: "conv2d", .. })));
    }
    let b = Builder::new();
    // 2 · (usize::MAX/2 + 2) is 2 again where products wrap around.
    b.input("x", [2], DType::F32).reshape([2, usize::MAX / 2 + 2]);
    assert!(matches!(b.finish(), Err(Error::Shape { op: "reshape", .. })));
}
