// y[i] = VALUE. The value comes as its bits: WGSL refuses infinities and NaN as constants.

override VALUE: u32;

@group(0) @binding(0) var<storage, read_write> y: array<u32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
    let i = id.x + id.y * groups.x * 64u;
    if (i < arrayLength(&y)) {
        y[i] = VALUE;
    }
}
