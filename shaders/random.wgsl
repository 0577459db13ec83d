// Counter-based random numbers: uniform, normal and permutation, the definitions of src/graph/random.rs bit by bit.
//
// Philox 4×32-10 (Salmon, Moraes, Dror & Shaw 2011) with key (seed, STREAM) and counter (block, step, 0, 0).

override STREAM: u32;
override COUNT: u32; // values of the result
override PERIOD: u32; // the permutation is of 0..PERIOD
override HALF_BITS: u32; // half the bits of the permutation's Feistel network

@group(0) @binding(0) var<storage, read_write> key: array<u32>; // seed, step
@group(0) @binding(1) var<storage, read_write> a: array<u32>; // the positions, or the random numbers' bits
@group(0) @binding(2) var<storage, read_write> b: array<u32>; // where the positions go

// The upper 32 bits of a product, by 16-bit halves: WGSL has no 64-bit integers.
fn multiply_high(a: u32, b: u32) -> u32 {
    let al = a & 0xffffu;
    let ah = a >> 16u;
    let bl = b & 0xffffu;
    let bh = b >> 16u;
    let middle = ah * bl + ((al * bl) >> 16u);
    return ah * bh + (middle >> 16u) + (((middle & 0xffffu) + al * bh) >> 16u);
}

fn philox(block: u32) -> vec4u {
    var c = vec4u(block, key[1], 0u, 0u);
    var k = vec2u(key[0], STREAM);
    for (var round = 0; round < 10; round++) {
        c = vec4u(
            multiply_high(0xcd9e8d57u, c.z) ^ c.y ^ k.x,
            0xcd9e8d57u * c.z,
            multiply_high(0xd2511f53u, c.x) ^ c.w ^ k.y,
            0xd2511f53u * c.x,
        );
        k += vec2u(0x9e3779b9u, 0xbb67ae85u);
    }
    return c;
}

// The upper 24 bits times 2⁻²⁴, in [0, 1).
fn unit(words: vec4u) -> vec4f {
    return vec4f(words >> vec4u(8)) / 16777216.0;
}

// Four values a thread: one block.
fn store(block: u32, values: vec4f) {
    for (var i = 0u; i < 4u && 4u * block + i < COUNT; i++) {
        a[4u * block + i] = bitcast<u32>(values[i]);
    }
}

@compute @workgroup_size(64)
fn uniform_numbers(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
    let block = id.x + id.y * groups.x * 64u;
    store(block, unit(philox(block)));
}

// Box–Muller (1958): words (0, 1) give values 0 and 1, words (2, 3) values 2 and 3.
@compute @workgroup_size(64)
fn normal_numbers(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
    let block = id.x + id.y * groups.x * 64u;
    let u = unit(philox(block));
    let radius = sqrt(-2.0 * log(u.xz + 1.0 / 16777216.0)); // of numbers in (0, 1]
    let angle = 6.2831855 * u.yw;
    let x = radius * cos(angle);
    let y = radius * sin(angle);
    store(block, vec4f(x.x, y.x, x.y, y.y));
}

// The 32-bit finaliser of MurmurHash3 (Appleby, public domain).
fn mix_bits(value: u32) -> u32 {
    var x = (value ^ (value >> 16u)) * 0x85ebca6bu;
    x = (x ^ (x >> 13u)) * 0xc2b2ae35u;
    return x ^ (x >> 16u);
}

// Eight Feistel rounds on 2·HALF_BITS bits; `first` and `second` hold the round keys.
fn network(value: u32, first: vec4u, second: vec4u) -> u32 {
    let mask = (1u << HALF_BITS) - 1u;
    var left = value >> HALF_BITS;
    var right = value & mask;
    for (var round = 0u; round < 8u; round++) {
        let round_key = select(first[round & 3u], second[round & 3u], round >= 4u);
        let next = left ^ (mix_bits(right ^ round_key) & mask);
        left = right;
        right = next;
    }
    return (left << HALF_BITS) | right;
}

// b[i] = where the permutation sends a[i]: the network, walked until the value falls below PERIOD.
@compute @workgroup_size(64)
fn permutation(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
    let i = id.x + id.y * groups.x * 64u;
    if (i >= COUNT) {
        return;
    }
    let first = philox(0u);
    let second = philox(1u);
    var value = network(a[i] % PERIOD, first, second);
    while (value >= PERIOD) {
        value = network(value, first, second);
    }
    b[i] = value;
}
