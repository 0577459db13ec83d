// Convolution and its adjoint in the image, by direct register-tiled loops.
//
//     forward:        y[n, f, oy, ox]  = Σ_c,ky,kx  x[n, c, oy·SY + ky·DY − PY, ox·SX + kx·DX − PX] · w[f, c, ky, kx]
//     input_gradient: dx[n, c, iy, ix] = Σ_f,ky,kx  dy[n, f, (iy + PY − ky·DY)/SY, …] · w[f, c, ky, kx]   where the division is exact
//
// Both are matrix products whose right side (the image under each tap) is never written down: a thread computes four channels at
// four positions, so each value loaded is used four times. The taps are the outer loops: whether a tap falls on the image, and
// where, is settled once for all channels. Positions are numbered over batch and image; neighbouring threads take neighbours.

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

@group(0) @binding(0) var<storage, read_write> source: array<f32>; // x or dy
@group(0) @binding(1) var<storage, read_write> w: array<f32>; // [F, CG, KH, KW]
@group(0) @binding(2) var<storage, read_write> result: array<f32>; // y or dx

@compute @workgroup_size(64)
fn forward(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) thread: u32) {
    let image = OH * OW;
    let positions = group.x * 256u + thread + vec4u(0, 64, 128, 192);
    if (positions.x >= N * image) {
        return;
    }
    let tiles = (FG + 3) / 4; // of four filters, in one group
    let filter_group = group.y / tiles;
    let filter0 = group.y % tiles * 4u; // in the group
    let n = min(positions / image, vec4u(N - 1));
    let oy = positions % image / OW;
    let ox = positions % OW;
    let filters = (filter_group * FG + min(filter0 + vec4u(0, 1, 2, 3), vec4u(FG - 1))) * (CG * KH * KW);
    let base = (n * C + filter_group * CG) * (H * W);
    var sum0 = vec4f(); // filter 0 at four positions
    var sum1 = vec4f();
    var sum2 = vec4f();
    var sum3 = vec4f();
    for (var ky = 0u; ky < KH; ky++) {
        let iy = oy * SY + ky * DY - PY; // wraps round to a large number above the image
        for (var kx = 0u; kx < KW; kx++) {
            let ix = ox * SX + kx * DX - PX;
            let inside = (iy < vec4u(H)) & (ix < vec4u(W));
            let at = base + select(vec4u(), iy * W + ix, inside);
            let tap = filters + (ky * KW + kx);
            for (var c = 0u; c < CG; c++) {
                let p = at + c * (H * W);
                let x = select(vec4f(), vec4f(source[p.x], source[p.y], source[p.z], source[p.w]), inside);
                let k = tap + c * (KH * KW);
                sum0 += w[k.x] * x;
                sum1 += w[k.y] * x;
                sum2 += w[k.z] * x;
                sum3 += w[k.w] * x;
            }
        }
    }
    let sums = array(sum0, sum1, sum2, sum3);
    for (var j = 0u; j < 4u && positions[j] < N * image; j++) {
        for (var i = 0u; i < 4u && filter0 + i < FG; i++) {
            result[(n[j] * F + filter_group * FG + filter0 + i) * image + oy[j] * OW + ox[j]] = sums[i][j];
        }
    }
}

@compute @workgroup_size(64)
fn input_gradient(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) thread: u32) {
    let image = H * W;
    let positions = group.x * 256u + thread + vec4u(0, 64, 128, 192);
    if (positions.x >= N * image) {
        return;
    }
    let tiles = (CG + 3) / 4; // of four channels, in one group
    let channel_group = group.y / tiles;
    let channel0 = group.y % tiles * 4u; // in the group
    let n = min(positions / image, vec4u(N - 1));
    let iy = positions % image / W;
    let ix = positions % W;
    let channels = min(channel0 + vec4u(0, 1, 2, 3), vec4u(CG - 1)) * (KH * KW) + channel_group * FG * (CG * KH * KW);
    let base = (n * F + channel_group * FG) * (OH * OW);
    var sum0 = vec4f(); // channel 0 at four positions
    var sum1 = vec4f();
    var sum2 = vec4f();
    var sum3 = vec4f();
    for (var ky = 0u; ky < KH; ky++) {
        let sy = iy + PY - ky * DY; // wraps round to a large number above the image
        for (var kx = 0u; kx < KW; kx++) {
            let sx = ix + PX - kx * DX;
            let oy = sy / SY;
            let ox = sx / SX;
            let inside = (oy < vec4u(OH)) & (ox < vec4u(OW)) & (oy * SY == sy) & (ox * SX == sx);
            if (any(inside)) {
                let at = base + select(vec4u(), oy * OW + ox, inside);
                let tap = channels + (ky * KW + kx);
                for (var f = 0u; f < FG; f++) {
                    let p = at + f * (OH * OW);
                    let dy = select(vec4f(), vec4f(source[p.x], source[p.y], source[p.z], source[p.w]), inside);
                    let k = tap + f * (CG * KH * KW);
                    sum0 += w[k.x] * dy;
                    sum1 += w[k.y] * dy;
                    sum2 += w[k.z] * dy;
                    sum3 += w[k.w] * dy;
                }
            }
        }
    }
    let sums = array(sum0, sum1, sum2, sum3);
    for (var j = 0u; j < 4u && positions[j] < N * image; j++) {
        for (var i = 0u; i < 4u && channel0 + i < CG; i++) {
            result[(n[j] * C + channel_group * CG + channel0 + i) * image + iy[j] * W + ix[j]] = sums[i][j];
        }
    }
}
