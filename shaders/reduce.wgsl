// Sum, mean or maximum over some dimensions of x.
//
// Neighbouring dimensions of one kind are merged, so at most three kept (K) and three reduced (R) dimensions alternate. PARTS
// threads share one output: part p takes every PARTS-th value from the p-th on, and leaves its partial result behind the others;
// a second dispatch with PARTS = 1 reduces those. No barriers, no atomics: the order of additions is fixed.

override MAX: bool; // else the sum
override OUTPUTS: u32; // K0·K1·K2
override PARTS: u32;
override OUTPUT_STEP: u32; // 1 where neighbouring threads take neighbouring outputs, else PARTS
override PART_STEP: u32; // OUTPUTS, or 1
override DIVISOR: u32; // number of values for a mean, else 1
override COUNT: u32; // R0·R1·R2
override K1: u32;
override K2: u32;
override KS0: u32; // strides of the kept dimensions in x
override KS1: u32;
override KS2: u32;
override R1: u32;
override R2: u32;
override RS0: u32; // strides of the reduced dimensions in x
override RS1: u32;
override RS2: u32;

@group(0) @binding(0) var<storage, read_write> x: array<f32>;
@group(0) @binding(1) var<storage, read_write> y: array<f32>; // [OUTPUTS, PARTS]

fn offset(r: u32) -> u32 {
    return r / (R1 * R2) * RS0 + r / R2 % R1 * RS1 + r % R2 * RS2;
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
    let i = id.x + id.y * groups.x * 64u;
    if (i >= OUTPUTS * PARTS) {
        return;
    }
    let output = i / OUTPUT_STEP % OUTPUTS;
    let part = i / PART_STEP % PARTS;
    let base = output / (K1 * K2) * KS0 + output / K2 % K1 * KS1 + output % K2 * KS2;
    var result = 0.0;
    if (MAX) {
        result = x[base + offset(part)];
        for (var r = part + PARTS; r < COUNT; r += PARTS) {
            result = max(result, x[base + offset(r)]);
        }
    } else {
        for (var r = part; r < COUNT; r += PARTS) {
            result += x[base + offset(r)];
        }
        result /= f32(DIVISOR);
    }
    y[output * PARTS + part] = result;
}
