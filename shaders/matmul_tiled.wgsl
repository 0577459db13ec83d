// Matrix product y = a·b by 32 × 32 tiles in workgroup memory, 4 × 4 values a thread: for real GPUs.
//
// Same contract as matmul.wgsl. Sixty-four threads load a 32 × 16 tile of a and a 16 × 32 tile of b, wait, and each multiplies its
// four rows by its four columns: 1024 values loaded for 16384 multiplications.

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

const DEPTH = 16u;

var<workgroup> left: array<vec4f, 128>; // [DEPTH, 8]: four rows of a to the vector
var<workgroup> right: array<vec4f, 128>; // [DEPTH, 8]: four columns of b to the vector

// The values of a at rows row..row+3 and column k, 0 beyond the edges.
fn load_a(batch: u32, row: u32, k: u32, end: u32) -> vec4f {
    let rows = row + vec4u(0, 1, 2, 3);
    let at = batch * A_BATCH + min(rows, vec4u(M - 1)) * A_ROW + min(k, K - 1) * A_COLUMN;
    return select(vec4f(), vec4f(a[at.x], a[at.y], a[at.z], a[at.w]), (rows < vec4u(M)) & vec4<bool>(k < end));
}

// The values of b at row k and columns column..column+3, 0 beyond the edges.
fn load_b(batch: u32, k: u32, column: u32, end: u32) -> vec4f {
    let columns = column + vec4u(0, 1, 2, 3);
    let at = batch * B_BATCH + min(k, K - 1) * B_ROW + min(columns, vec4u(N - 1)) * B_COLUMN;
    return select(vec4f(), vec4f(b[at.x], b[at.y], b[at.z], b[at.w]), (columns < vec4u(N)) & vec4<bool>(k < end));
}

@compute @workgroup_size(8, 8)
fn main(
    @builtin(workgroup_id) group: vec3u,
    @builtin(local_invocation_id) local: vec3u,
    @builtin(local_invocation_index) thread: u32,
) {
    let batch = group.z / SPLITS;
    let start = group.z % SPLITS * SLICE;
    let end = min(start + SLICE, K);
    var sums = mat4x4f(); // one column of the matrix is one row of y
    for (var k = start; k < end; k += DEPTH) {
        for (var i = thread; i < 128u; i += 64u) {
            left[i] = load_a(batch, group.y * 32u + i % 8u * 4u, k + i / 8u, end);
            right[i] = load_b(batch, k + i / 8u, group.x * 32u + i % 8u * 4u, end);
        }
        workgroupBarrier();
        for (var i = 0u; i < DEPTH; i++) {
            let l = left[i * 8u + local.y];
            let r = right[i * 8u + local.x];
            sums += mat4x4f(l.x * r, l.y * r, l.z * r, l.w * r);
        }
        workgroupBarrier();
    }
    let row = group.y * 32u + local.y * 4u;
    let column = group.x * 32u + local.x * 4u;
    for (var i = 0u; i < 4u && row + i < M; i++) {
        for (var j = 0u; j < 4u && column + j < N; j++) {
            y[(group.z * M + row + i) * N + column + j] = sums[i][j];
        }
    }
}
