// Matrix product y = a·b, one thread per 8 × 8 block of y, without workgroup memory: for software adapters, to which a load of one
// value costs as much as thirty multiplications.
//
// Same contract as matmul.wgsl, but threads are numbered in one dimension, and a thread's rows are ROWS apart, its columns COLUMNS: so
// there are just as many threads as are needed.

override COUNT: u32; // threads: batch·SPLITS·ROWS·COLUMNS
override ROWS: u32; // ⌈M / 8⌉
override COLUMNS: u32; // ⌈N / 8⌉
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

fn load_a(at: vec4u) -> vec4f {
    return vec4f(a[at.x], a[at.y], a[at.z], a[at.w]);
}

fn load_b(at: vec4u) -> vec4f {
    return vec4f(b[at.x], b[at.y], b[at.z], b[at.w]);
}

fn outer(left: vec4f, right: vec4f) -> mat4x4f {
    return mat4x4f(left.x * right, left.y * right, left.z * right, left.w * right);
}

fn store(part: u32, row: u32, columns: vec4u, values: vec4f) {
    if (row < M) {
        let at = (part * M + row) * N + columns;
        if (columns.x < N) {
            y[at.x] = values.x;
        }
        if (columns.y < N) {
            y[at.y] = values.y;
        }
        if (columns.z < N) {
            y[at.z] = values.z;
        }
        if (columns.w < N) {
            y[at.w] = values.w;
        }
    }
}

fn store_block(part: u32, rows: vec4u, columns: vec4u, values: mat4x4f) {
    store(part, rows.x, columns, values[0]);
    store(part, rows.y, columns, values[1]);
    store(part, rows.z, columns, values[2]);
    store(part, rows.w, columns, values[3]);
}

// Rows by columns: a column of a matrix is a row of y.
alias Sums = array<mat4x4f, 4>;

fn add(sums: ptr<function, Sums>, a0: vec4u, a1: vec4u, b0: vec4u, b1: vec4u) {
    let left0 = load_a(a0);
    let left1 = load_a(a1);
    let right0 = load_b(b0);
    let right1 = load_b(b1);
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
    let part = i / (ROWS * COLUMNS);
    let rows0 = i / COLUMNS % ROWS + ROWS * vec4u(0, 1, 2, 3);
    let rows1 = rows0 + ROWS * 4;
    let columns0 = i % COLUMNS + COLUMNS * vec4u(0, 1, 2, 3);
    let columns1 = columns0 + COLUMNS * 4;
    let start = part % SPLITS * SLICE;
    let end = min(start + SLICE, K);
    // Rows and columns beyond the edge repeat the last one and are not stored.
    let a0 = min(rows0, vec4u(M - 1)) * A_ROW + part / SPLITS * A_BATCH;
    let a1 = min(rows1, vec4u(M - 1)) * A_ROW + part / SPLITS * A_BATCH;
    let b0 = min(columns0, vec4u(N - 1)) * B_COLUMN + part / SPLITS * B_BATCH;
    let b1 = min(columns1, vec4u(N - 1)) * B_COLUMN + part / SPLITS * B_BATCH;
    var sums: Sums;
    for (var k = start; k < end; k++) {
        add(&sums, a0 + k * A_COLUMN, a1 + k * A_COLUMN, b0 + k * B_ROW, b1 + k * B_ROW);
    }
    store_block(part, rows0, columns0, sums[0]);
    store_block(part, rows0, columns1, sums[1]);
    store_block(part, rows1, columns0, sums[2]);
    store_block(part, rows1, columns1, sums[3]);
}
