// y = x − m − ln Σ e^(x − m) along the last dimension, m the row's maximum (log-sum-exp). One thread a row: rows are classes.

override ROWS: u32;
override WIDTH: u32;

@group(0) @binding(0) var<storage, read_write> x: array<f32>;
@group(0) @binding(1) var<storage, read_write> y: array<f32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
    let row = id.x + id.y * groups.x * 64u;
    if (row >= ROWS) {
        return;
    }
    let start = row * WIDTH;
    var largest = x[start];
    for (var i = 1u; i < WIDTH; i++) {
        largest = max(largest, x[start + i]);
    }
    var sum = 0.0;
    for (var i = 0u; i < WIDTH; i++) {
        sum += exp(x[start + i] - largest);
    }
    let log_sum = log(sum);
    for (var i = 0u; i < WIDTH; i++) {
        y[start + i] = x[start + i] - largest - log_sum;
    }
}
