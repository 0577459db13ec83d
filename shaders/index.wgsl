// Rows by index: gather, its adjoint, one-hot, and the index of the largest value.
//
// The adjoint of gather gathers too: each row of the result looks through all indices for its own, and adds in their order.

override COUNT: u32; // values of the result
override ROWS: u32; // rows of the table; number of indices for scatter_add; values along the axis for argmax
override WIDTH: u32; // values in a row; values behind the axis for argmax
override LAST: u32; // the last row: an index beyond it means it

@group(0) @binding(0) var<storage, read_write> a: array<u32>;
@group(0) @binding(1) var<storage, read_write> b: array<u32>;
@group(0) @binding(2) var<storage, read_write> result: array<u32>;

// result[i, :] = a[b[i], :], four-byte values of either type, as bits
@compute @workgroup_size(64)
fn gather(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
    let i = id.x + id.y * groups.x * 64u;
    if (i < COUNT) {
        result[i] = a[min(b[i / WIDTH], LAST) * WIDTH + i % WIDTH];
    }
}

// result[r, :] = Σ over i with a[i] = r of b[i, :]
@compute @workgroup_size(64)
fn scatter_add(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
    let i = id.x + id.y * groups.x * 64u;
    if (i >= COUNT) {
        return;
    }
    var sum = 0.0;
    for (var row = 0u; row < ROWS; row++) {
        if (min(a[row], LAST) == i / WIDTH) {
            sum += bitcast<f32>(b[row * WIDTH + i % WIDTH]);
        }
    }
    result[i] = bitcast<u32>(sum);
}

// b[i, :] = 1 at a[i], else 0
@compute @workgroup_size(64)
fn one_hot(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
    let i = id.x + id.y * groups.x * 64u;
    if (i < COUNT) {
        b[i] = bitcast<u32>(select(0.0, 1.0, a[i / WIDTH] == i % WIDTH));
    }
}

// b[outer, inner] = the first r with the largest a[outer, r, inner]
@compute @workgroup_size(64)
fn argmax(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
    let i = id.x + id.y * groups.x * 64u;
    if (i >= COUNT) {
        return;
    }
    let base = i / WIDTH * ROWS * WIDTH + i % WIDTH;
    var best = 0u;
    var value = bitcast<f32>(a[base]);
    for (var r = 1u; r < ROWS; r++) {
        let next = bitcast<f32>(a[base + r * WIDTH]);
        if (next > value) {
            best = r;
            value = next;
        }
    }
    b[i] = best;
}
