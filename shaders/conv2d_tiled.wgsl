// Convolution as an implicit matrix product by 32 × 32 tiles in workgroup memory: for real GPUs and many channels.
//
//     y[f, p] = Σ_k w[f, k] · patch[k, p]     k numbers (c, ky, kx), p numbers (n, oy, ox)
//
// The main loop is that of matmul_tiled.wgsl. The patch matrix is never written down: its 16 × 32 tiles are gathered from the image
// straight into workgroup memory, so each of its values is loaded once for 32 filters.

override N: u32; // images
override C: u32; // channels of x, CG of them in each group
override CG: u32;
override H: u32;
override W: u32;
override F: u32; // channels of y, FG of them in each group
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

@group(0) @binding(0) var<storage, read_write> x: array<f32>;
@group(0) @binding(1) var<storage, read_write> w: array<f32>; // [F, CG, KH, KW]
@group(0) @binding(2) var<storage, read_write> y: array<f32>;

const DEPTH = 16u;

var<workgroup> left: array<vec4f, 128>; // [DEPTH, 8]: four filters to the vector
var<workgroup> right: array<vec4f, 128>; // [DEPTH, 8]: four positions to the vector

// The weights of four filters of a group at k, 0 beyond the edges.
fn load_weights(filter_group: u32, filter0: u32, k: u32) -> vec4f {
    let taps = CG * KH * KW;
    let filters = filter0 + vec4u(0, 1, 2, 3);
    let at = (filter_group * FG + min(filters, vec4u(FG - 1))) * taps + min(k, taps - 1);
    return select(vec4f(), vec4f(w[at.x], w[at.y], w[at.z], w[at.w]), (filters < vec4u(FG)) & vec4<bool>(k < taps));
}

// The image under the tap k at four positions, 0 outside of it.
fn load_patch(filter_group: u32, k: u32, position0: u32) -> vec4f {
    let positions = position0 + vec4u(0, 1, 2, 3);
    let n = positions / (OH * OW);
    let iy = positions / OW % OH * SY + k / KW % KH * DY - PY; // wraps round to a large number above the image
    let ix = positions % OW * SX + k % KW * DX - PX;
    let c = k / (KH * KW);
    let inside = (iy < vec4u(H)) & (ix < vec4u(W)) & (n < vec4u(N)) & vec4<bool>(c < CG);
    let at = select(vec4u(), ((n * C + filter_group * CG + c) * H + iy) * W + ix, inside);
    return select(vec4f(), vec4f(x[at.x], x[at.y], x[at.z], x[at.w]), inside);
}

@compute @workgroup_size(8, 8)
fn main(
    @builtin(workgroup_id) group: vec3u,
    @builtin(local_invocation_id) local: vec3u,
    @builtin(local_invocation_index) thread: u32,
) {
    let tiles = (FG + 31) / 32; // of filters, in one group
    let filter_group = group.y / tiles;
    let filter_tile = group.y % tiles * 32u;
    var sums = mat4x4f(); // one column of the matrix is one filter at four positions
    for (var k = 0u; k < CG * KH * KW; k += DEPTH) {
        for (var i = thread; i < 128u; i += 64u) {
            left[i] = load_weights(filter_group, filter_tile + i % 8u * 4u, k + i / 8u);
            right[i] = load_patch(filter_group, k + i / 8u, group.x * 32u + i % 8u * 4u);
        }
        workgroupBarrier();
        for (var i = 0u; i < DEPTH; i++) {
            let l = left[i * 8u + local.y];
            let r = right[i * 8u + local.x];
            sums += mat4x4f(l.x * r, l.y * r, l.z * r, l.w * r);
        }
        workgroupBarrier();
    }
    let filter0 = filter_tile + local.y * 4u;
    let position0 = group.x * 32u + local.x * 4u;
    for (var j = 0u; j < 4u && position0 + j < N * OH * OW; j++) {
        let n = (position0 + j) / (OH * OW);
        let at = (position0 + j) % (OH * OW);
        for (var i = 0u; i < 4u && filter0 + i < FG; i++) {
            y[(n * F + filter_group * FG + filter0 + i) * (OH * OW) + at] = sums[i][j];
        }
    }
}
