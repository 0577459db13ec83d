// The adjoint of a convolution in its weights:
//     dw[f, c, ky, kx] = Σ_n,oy,ox  dy[n, f, oy, ox] · x[n, c, oy·SY + ky·DY − PY, ox·SX + kx·DX − PX]
//
// A matrix product with few outputs and a very long inner dimension N·OH·OW. A thread computes four filters by four taps (a tap is
// one c, ky, kx) over SLICE of the N·OH rows of dy, and leaves its partial sums; reduce.wgsl adds the SPLITS partial results in order.

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

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
    let i = id.x + id.y * groups.x * 64u;
    let taps = CG * KH * KW;
    let tap_tiles = (taps + 3) / 4;
    let filter_tiles = (FG + 3) / 4; // in one group
    let tap0 = i % tap_tiles; // a thread's taps are tap_tiles apart, so that neighbouring threads read neighbouring x
    let tile = i / tap_tiles;
    let filter0 = tile % filter_tiles * 4u; // in the group
    let filter_group = tile / filter_tiles % (F / FG);
    let split = tile / (filter_tiles * (F / FG));
    if (split >= SPLITS) {
        return;
    }
    let tap = tap0 + tap_tiles * vec4u(0, 1, 2, 3);
    let c = min(tap / (KH * KW), vec4u(CG - 1));
    let ty = tap / KW % KH * DY; // wraps with −PY to a large number above the image
    let tx = tap % KW * DX;
    let channels = (filter_group * CG + c) * (H * W);
    let filters = (filter_group * FG + min(filter0 + vec4u(0, 1, 2, 3), vec4u(FG - 1))) * (OH * OW);
    var sum0 = vec4f(); // filter 0 at four taps
    var sum1 = vec4f();
    var sum2 = vec4f();
    var sum3 = vec4f();
    let end = min(split * SLICE + SLICE, N * OH);
    for (var row = split * SLICE; row < end; row++) {
        let n = row / OH;
        let oy = row % OH;
        let iy = oy * SY + ty - PY;
        let inside_y = iy < vec4u(H);
        let line = n * (C * H * W) + channels + select(vec4u(), iy, inside_y) * W;
        let d = n * (F * OH * OW) + filters + oy * OW;
        for (var ox = 0u; ox < OW; ox++) {
            let ix = ox * SX + tx - PX;
            let inside = inside_y & (ix < vec4u(W));
            let p = line + select(vec4u(), ix, inside);
            let value = select(vec4f(), vec4f(x[p.x], x[p.y], x[p.z], x[p.w]), inside);
            sum0 += dy[d.x + ox] * value;
            sum1 += dy[d.y + ox] * value;
            sum2 += dy[d.z + ox] * value;
            sum3 += dy[d.w + ox] * value;
        }
    }
    let sums = array(sum0, sum1, sum2, sum3);
    for (var f = 0u; f < 4u && filter0 + f < FG; f++) {
        let at = (split * F + filter_group * FG + filter0 + f) * taps;
        for (var t = 0u; t < 4u && tap[t] < taps; t++) {
            dw[at + tap[t]] = sums[f][t];
        }
    }
}
