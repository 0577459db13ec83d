//! Every operation, from one table of cases: gradients of the reference against finite differences, the reference against PyTorch,
//! the CPU against the reference, WebGPU against the CPU.
#![cfg(not(target_arch = "wasm32"))]

mod cases;
mod check;
mod differences;
mod oracle;
mod penalty;
mod steps;

use vitrine::device::Device;

#[test]
fn the_cpu_follows_the_reference() {
    let cases = cases::all();
    let failures = pollster::block_on(check::failures(&Device::cpu(), &cases));
    assert!(failures.is_empty(), "{} of {} cases:\n{}", failures.len(), cases.len(), failures.join("\n"));
}

/// On a software adapter where there is one (`mesa-vulkan-drivers`).
#[cfg(feature = "webgpu")]
#[test]
fn the_gpu_follows_the_cpu() {
    let device = match pollster::block_on(Device::gpu(true)) {
        Ok(device) => device,
        Err(error) => return println!("SKIPPED operations on the GPU: {error}"),
    };
    let cases = cases::all();
    let failures = pollster::block_on(check::differences(&device, &Device::cpu(), &cases));
    assert!(failures.is_empty(), "{} of {} cases:\n{}", failures.len(), cases.len(), failures.join("\n"));
}

/// Every operation that a graph can be built from occurs in the table, at first hand or in a derivative.
#[test]
fn the_table_is_complete() {
    let seen: std::collections::BTreeSet<&str> =
        cases::all().iter().flat_map(|case| case.graph().nodes.iter().map(|node| node.op.name()).collect::<Vec<_>>()).collect();
    let all = "\
        abs add argmax avg_pool2d avg_pool2d_grad broadcast cast concat constant conv2d conv2d_input_grad conv2d_weight_grad cos div \
        eq erf exp fill floor gather ge gt input iota le leaky_relu log log_softmax lt matmul max max_pool2d max_pool2d_grad \
        max_pool2d_select mean min mul ne neg one_hot pad permutation pow random recip reduce_max relu rem reshape resize2d \
        resize2d_grad rsqrt scatter_add select sigmoid sign sin slice softplus sqrt sub sum tanh transpose";
    assert_eq!(seen.into_iter().collect::<Vec<_>>().join(" "), all);
}
