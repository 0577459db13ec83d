// Copies a block of up to six dimensions from one strided place to another:
//     y[TO + Σ c_d·T_d] = x[FROM + Σ c_d·S_d]   for every coordinate c of the block D0 × … × D5.
// Broadcasting is a source stride of 0, a transpose permutes the source strides, a slice offsets the source, and concatenation and
// padding offset the target. Four-byte values of either type are copied as bits.

override COUNT: u32; // D0·D1·…·D5
override D1: u32;
override D2: u32;
override D3: u32;
override D4: u32;
override D5: u32;
override S0: u32;
override S1: u32;
override S2: u32;
override S3: u32;
override S4: u32;
override S5: u32;
override T0: u32;
override T1: u32;
override T2: u32;
override T3: u32;
override T4: u32;
override T5: u32;
override FROM: u32;
override TO: u32;

@group(0) @binding(0) var<storage, read_write> x: array<u32>;
@group(0) @binding(1) var<storage, read_write> y: array<u32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
    let i = id.x + id.y * groups.x * 64u;
    if (i >= COUNT) {
        return;
    }
    let c5 = i % D5;
    let i5 = i / D5;
    let c4 = i5 % D4;
    let i4 = i5 / D4;
    let c3 = i4 % D3;
    let i3 = i4 / D3;
    let c2 = i3 % D2;
    let i2 = i3 / D2;
    let c1 = i2 % D1;
    let c0 = i2 / D1;
    y[TO + c0 * T0 + c1 * T1 + c2 * T2 + c3 * T3 + c4 * T4 + c5 * T5] =
        x[FROM + c0 * S0 + c1 * S1 + c2 * S2 + c3 * S3 + c4 * S4 + c5 * S5];
}
