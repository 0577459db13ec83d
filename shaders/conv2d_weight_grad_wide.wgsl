// The adjoint of a convolution in its weights, one thread per 8 filters × 8 taps, for software adapters, to which a load of one value
// costs as much as thirty multiplications.
//
// Same contract as conv2d_weight_grad.wgsl; a thread's filters are FILTERS apart, its taps TAPS: there are just as many threads as are
// needed.

override COUNT: u32; // threads: SPLITS·groups·FILTERS·TAPS
override FILTERS: u32; // ⌈FG / 8⌉
override TAPS: u32; // ⌈CG·KH·KW / 8⌉
override N: u32; // images
override C: u32; // channels of x, CG of them in each group
override CG: u32;
override H: u32;
override W: u32;
override F: u32; // channels of dy, FG of them in each group
override FG: u32;
override OH: u32;
override OW: u32;
override KH: u32;
override KW: u32;
override SY: u32; // stride
override SX: u32;
override PY: u32; // pad at the top and at the left
override PX: u32;
override DY: u32; // dilation
override DX: u32;
override SPLITS: u32;
override SLICE: u32; // ⌈N·OH / SPLITS⌉

@group(0) @binding(0) var<storage, read_write> x: array<f32>;
@group(0) @binding(1) var<storage, read_write> dy: array<f32>;
@group(0) @binding(2) var<storage, read_write> dw: array<f32>; // [SPLITS, F, CG, KH, KW]

// Four taps (c, ky, kx): where they begin in x.
struct Tap {
    channel: vec4u,
    y: vec4u, // wraps round to a large number above the image
    x: vec4u,
}

fn tap_of(tap: vec4u, filter_group: u32) -> Tap {
    let c = min(tap / (KH * KW), vec4u(CG - 1));
    return Tap((filter_group * CG + c) * (H * W), tap / KW % KH * DY - PY, tap % KW * DX - PX);
}

fn load_x(line: vec4u, ix: vec4u, inside_y: vec4<bool>) -> vec4f {
    let inside = inside_y & (ix < vec4u(W));
    let at = line + select(vec4u(), ix, inside);
    return select(vec4f(), vec4f(x[at.x], x[at.y], x[at.z], x[at.w]), inside);
}

fn load_dy(at: vec4u) -> vec4f {
    return vec4f(dy[at.x], dy[at.y], dy[at.z], dy[at.w]);
}

fn outer(left: vec4f, right: vec4f) -> mat4x4f {
    return mat4x4f(left.x * right, left.y * right, left.z * right, left.w * right);
}

fn store(part: u32, row: u32, taps: vec4u, values: vec4f) {
    if (row < FG) {
        let count = CG * KH * KW;
        let at = (part * FG + row) * count + taps;
        if (taps.x < count) {
            dw[at.x] = values.x;
        }
        if (taps.y < count) {
            dw[at.y] = values.y;
        }
        if (taps.z < count) {
            dw[at.z] = values.z;
        }
        if (taps.w < count) {
            dw[at.w] = values.w;
        }
    }
}

fn store_block(part: u32, rows: vec4u, taps: vec4u, values: mat4x4f) {
    store(part, rows.x, taps, values[0]);
    store(part, rows.y, taps, values[1]);
    store(part, rows.z, taps, values[2]);
    store(part, rows.w, taps, values[3]);
}

@compute @workgroup_size(16)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
    let i = id.x + id.y * groups.x * 16;
    if (i >= COUNT) {
        return;
    }
    let part = i / (FILTERS * TAPS); // split · groups + group
    let filter_group = part % (F / FG);
    let split = part / (F / FG);
    let filters0 = i / TAPS % FILTERS + FILTERS * vec4u(0, 1, 2, 3);
    let filters1 = filters0 + FILTERS * 4;
    let taps0 = i % TAPS + TAPS * vec4u(0, 1, 2, 3);
    let taps1 = taps0 + TAPS * 4;
    // Filters and taps beyond the end are not stored.
    let tap0 = tap_of(taps0, filter_group);
    let tap1 = tap_of(taps1, filter_group);
    let image0 = (filter_group * FG + min(filters0, vec4u(FG - 1))) * (OH * OW);
    let image1 = (filter_group * FG + min(filters1, vec4u(FG - 1))) * (OH * OW);
    var sum00 = mat4x4f(); // a column of a matrix is a filter
    var sum01 = mat4x4f();
    var sum10 = mat4x4f();
    var sum11 = mat4x4f();
    let end = min(split * SLICE + SLICE, N * OH);
    for (var row = split * SLICE; row < end; row++) {
        let n = row / OH;
        let oy = row % OH;
        let y0 = oy * SY + tap0.y;
        let y1 = oy * SY + tap1.y;
        let inside0 = y0 < vec4u(H);
        let inside1 = y1 < vec4u(H);
        let line0 = n * (C * H * W) + tap0.channel + select(vec4u(), y0, inside0) * W;
        let line1 = n * (C * H * W) + tap1.channel + select(vec4u(), y1, inside1) * W;
        let d = n * (F * OH * OW) + oy * OW;
        for (var ox = 0u; ox < OW; ox++) {
            let left0 = load_dy(image0 + d + ox);
            let left1 = load_dy(image1 + d + ox);
            let right0 = load_x(line0, ox * SX + tap0.x, inside0);
            let right1 = load_x(line1, ox * SX + tap1.x, inside1);
            sum00 += outer(left0, right0);
            sum01 += outer(left0, right1);
            sum10 += outer(left1, right0);
            sum11 += outer(left1, right1);
        }
    }
    store_block(part, filters0, taps0, sum00);
    store_block(part, filters0, taps1, sum01);
    store_block(part, filters1, taps0, sum10);
    store_block(part, filters1, taps1, sum11);
}
