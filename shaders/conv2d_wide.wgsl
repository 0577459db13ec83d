// Convolution and its adjoint in the image, one thread per 8 channels × 8 positions, for software adapters, to which a load of one
// value costs as much as thirty multiplications.
//
// What conv2d.wgsl does, under names that do not say which of both it is: `result` has R channels in a group at positions of an image
// RH × RW, computed from S channels of an image SH × SW. The positions of a thread are SPAN apart: there are just as many threads as
// are needed.

override BACKWARD: bool; // the adjoint: dx from dy
override COUNT: u32; // threads: SPAN·⌈R / 8⌉·groups
override SPAN: u32; // ⌈N·RH·RW / 8⌉
override GROUPS: u32;
override N: u32; // images
override R: u32;
override RH: u32;
override RW: u32;
override S: u32;
override SH: u32;
override SW: u32;
override RSTEP: u32; // from one channel of the result to the next in w
override SSTEP: u32; // from one channel of the source to the next in w
override KH: u32;
override KW: u32;
override SY: u32; // stride
override SX: u32;
override PY: u32; // pad at the top and at the left
override PX: u32;
override DY: u32; // dilation
override DX: u32;

@group(0) @binding(0) var<storage, read_write> source: array<f32>; // [N, GROUPS·S, SH, SW]
@group(0) @binding(1) var<storage, read_write> w: array<f32>; // [F, C/groups, KH, KW]
@group(0) @binding(2) var<storage, read_write> result: array<f32>; // [N, GROUPS·R, RH, RW]

// Where a tap at k falls along one side; a large number where that is outside, or between two cells.
fn reach(at: vec4u, k: u32, stride: u32, pad: u32) -> vec4u {
    if (!BACKWARD) {
        return at * stride + k - pad; // wraps round
    }
    let far = at + pad - k;
    if (stride == 1) {
        return far;
    }
    return select(vec4u(0xffffffff), far / stride, far % stride == vec4u());
}

fn load(at: vec4u, inside: vec4<bool>) -> vec4f {
    return select(vec4f(), vec4f(source[at.x], source[at.y], source[at.z], source[at.w]), inside);
}

fn load_weights(at: vec4u) -> vec4f {
    return vec4f(w[at.x], w[at.y], w[at.z], w[at.w]);
}

fn outer(left: vec4f, right: vec4f) -> mat4x4f {
    return mat4x4f(left.x * right, left.y * right, left.z * right, left.w * right);
}

// `places` are those of the positions in the first channel of the group.
fn store(channel: u32, positions: vec4u, places: vec4u, values: vec4f) {
    if (channel < R) {
        let at = places + channel * (RH * RW);
        let inside = positions < vec4u(N * RH * RW);
        if (inside.x) {
            result[at.x] = values.x;
        }
        if (inside.y) {
            result[at.y] = values.y;
        }
        if (inside.z) {
            result[at.z] = values.z;
        }
        if (inside.w) {
            result[at.w] = values.w;
        }
    }
}

fn store_block(channels: vec4u, positions: vec4u, places: vec4u, values: mat4x4f) {
    store(channels.x, positions, places, values[0]);
    store(channels.y, positions, places, values[1]);
    store(channels.z, positions, places, values[2]);
    store(channels.w, positions, places, values[3]);
}

// Channels by positions: a column of a matrix is a channel.
alias Sums = array<mat4x4f, 4>;

// The eight positions under one tap, in the first channel of the source.
struct Area {
    p0: vec4u,
    p1: vec4u,
    inside0: vec4<bool>,
    inside1: vec4<bool>,
}

fn area_of(ky: u32, kx: u32, at: array<vec4u, 4>, base: array<vec4u, 2>) -> Area {
    let sy0 = reach(at[0], ky * DY, SY, PY);
    let sy1 = reach(at[1], ky * DY, SY, PY);
    let sx0 = reach(at[2], kx * DX, SX, PX);
    let sx1 = reach(at[3], kx * DX, SX, PX);
    let inside0 = (sy0 < vec4u(SH)) & (sx0 < vec4u(SW));
    let inside1 = (sy1 < vec4u(SH)) & (sx1 < vec4u(SW));
    return Area(
        base[0] + select(vec4u(), sy0 * SW + sx0, inside0), base[1] + select(vec4u(), sy1 * SW + sx1, inside1), inside0, inside1,
    );
}

// One channel of the source under one tap.
fn add(sums: ptr<function, Sums>, area: Area, s: u32, w0: vec4u, w1: vec4u) {
    let left0 = load_weights(w0 + s * SSTEP);
    let left1 = load_weights(w1 + s * SSTEP);
    let right0 = load(area.p0 + s * (SH * SW), area.inside0);
    let right1 = load(area.p1 + s * (SH * SW), area.inside1);
    (*sums)[0] += outer(left0, right0);
    (*sums)[1] += outer(left0, right1);
    (*sums)[2] += outer(left1, right0);
    (*sums)[3] += outer(left1, right1);
}

@compute @workgroup_size(16)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
    let i = id.x + id.y * groups.x * 16;
    if (i >= COUNT) {
        return;
    }
    let tiles = (R + 7) / 8; // of channels, in one group
    let channel_group = i / SPAN / tiles;
    let channels0 = i / SPAN % tiles * 8 + vec4u(0, 1, 2, 3);
    let channels1 = channels0 + 4;
    let positions0 = i % SPAN + SPAN * vec4u(0, 1, 2, 3);
    let positions1 = positions0 + SPAN * 4;
    let planes0 = positions0 / (RH * RW) * GROUPS + channel_group; // image and group
    let planes1 = positions1 / (RH * RW) * GROUPS + channel_group;
    let y0 = positions0 / RW % RH;
    let y1 = positions1 / RW % RH;
    let x0 = positions0 % RW;
    let x1 = positions1 % RW;
    // Positions and channels beyond the end repeat others and are not stored.
    let base0 = min(planes0, vec4u(N * GROUPS - 1)) * (S * SH * SW);
    let base1 = min(planes1, vec4u(N * GROUPS - 1)) * (S * SH * SW);
    let start = channel_group * (R * S * KH * KW);
    let w0 = start + min(channels0, vec4u(R - 1)) * RSTEP;
    let w1 = start + min(channels1, vec4u(R - 1)) * RSTEP;
    let at = array(y0, y1, x0, x1);
    let base = array(base0, base1);
    var sums: Sums;
    if (S <= 4) {
        // A loop around so little would cost more than what it does.
        for (var step = 0u; step < KH * KW * S; step++) {
            let tap = step / S;
            add(&sums, area_of(tap / KW, tap % KW, at, base), step % S, w0 + tap, w1 + tap);
        }
    } else {
        for (var ky = 0u; ky < KH; ky++) {
            for (var kx = 0u; kx < KW; kx++) {
                let area = area_of(ky, kx, at, base);
                if (any(area.inside0 | area.inside1)) {
                    let tap = ky * KW + kx;
                    for (var s = 0u; s < S; s++) {
                        add(&sums, area, s, w0 + tap, w1 + tap);
                    }
                }
            }
        }
    }
    let places0 = planes0 * (R * RH * RW) + y0 * RW + x0;
    let places1 = planes1 * (R * RH * RW) + y1 * RW + x1;
    store_block(channels0, positions0, places0, sums[0]);
    store_block(channels0, positions1, places1, sums[1]);
    store_block(channels1, positions0, places0, sums[2]);
    store_block(channels1, positions1, places1, sums[3]);
}
