// Matrix product y = a·b, one thread per 4 × 4 block of y, without workgroup memory.
//
// For products too small to fill a tile. A transposed operand is only another pair of strides. A long K is cut into SPLITS slices of
// SLICE (split-K): each slice leaves its own y, and reduce.wgsl adds them in order. A thread owns four neighbouring rows and every
// eighth column, so neighbouring threads read neighbouring b.

override M: u32;
override N: u32;
override K: u32;
override A_BATCH: u32; // strides of a [batch, M, K]
override A_ROW: u32;
override A_COLUMN: u32;
override B_BATCH: u32; // strides of b [batch, K, N]
override B_ROW: u32;
override B_COLUMN: u32;
override SPLITS: u32;
override SLICE: u32; // ⌈K / SPLITS⌉

@group(0) @binding(0) var<storage, read_write> a: array<f32>;
@group(0) @binding(1) var<storage, read_write> b: array<f32>;
@group(0) @binding(2) var<storage, read_write> y: array<f32>; // [batch, SPLITS, M, N]

@compute @workgroup_size(8, 8)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_id) local: vec3u) {
    let row = group.y * 32u + local.y * 4u;
    let column = group.x * 32u + local.x;
    if (row >= M || column >= N) {
        return;
    }
    let batch = group.z / SPLITS;
    let start = group.z % SPLITS * SLICE;
    let end = min(start + SLICE, K);
    // Rows and columns beyond the edge repeat the last one and are not stored.
    let rows = min(row + vec4u(0, 1, 2, 3), vec4u(M - 1)) * A_ROW + batch * A_BATCH;
    let columns = min(column + vec4u(0, 8, 16, 24), vec4u(N - 1)) * B_COLUMN + batch * B_BATCH;
    var sum0 = vec4f();
    var sum1 = vec4f();
    var sum2 = vec4f();
    var sum3 = vec4f();
    for (var k = start; k < end; k++) {
        let i = rows + k * A_COLUMN;
        let j = columns + k * B_ROW;
        let right = vec4f(b[j.x], b[j.y], b[j.z], b[j.w]);
        sum0 += a[i.x] * right;
        sum1 += a[i.y] * right;
        sum2 += a[i.z] * right;
        sum3 += a[i.w] * right;
    }
    let sums = array(sum0, sum1, sum2, sum3);
    for (var i = 0u; i < 4u && row + i < M; i++) {
        let at = (group.z * M + row + i) * N + column;
        for (var j = 0u; j < 4u && column + 8u * j < N; j++) {
            y[at + 8u * j] = sums[i][j];
        }
    }
}
