// Nearest and bilinear interpolation of [N, C, H, W] to [N, C, OH, OW], pixel centres at half-integers, and the adjoints.
// PLANES = N·C. The adjoints gather: a source pixel asks every target pixel that may have read it for its weight.

override PLANES: u32;
override H: u32;
override W: u32;
override OH: u32;
override OW: u32;
override BILINEAR: bool; // else nearest

@group(0) @binding(0) var<storage, read_write> a: array<f32>; // x, or dy
@group(0) @binding(1) var<storage, read_write> b: array<f32>; // y, or dx

// The two source pixels that a target pixel reads along one side, and the weight of the second.
struct Read {
    first: u32,
    second: u32,
    weight: f32,
}

fn read(o: u32, size: u32, target_size: u32) -> Read {
    if (BILINEAR) {
        let centre = max((f32(o) + 0.5) * f32(size) / f32(target_size) - 0.5, 0.0);
        let first = min(u32(centre), size - 1);
        return Read(first, min(first + 1, size - 1), centre - f32(first));
    }
    // ⌊(o + ½)·size/target⌋, in whole numbers
    let nearest = min((2 * o + 1) * size / (2 * target_size), size - 1);
    return Read(nearest, nearest, 0.0);
}

// How much of the source pixel i the target pixel o reads.
fn share(i: u32, o: u32, size: u32, target_size: u32) -> f32 {
    let r = read(o, size, target_size);
    return select(0.0, 1.0 - r.weight, r.first == i) + select(0.0, r.weight, r.second == i);
}

// The first target pixel that may read the source pixel i: where the centre reaches i − 1, one to spare. Everything below also
// reads pixel 0, which clamping makes the neighbour of all that lies outside.
fn first_reader(i: u32, size: u32, target_size: u32) -> u32 {
    let o = (max(i, 1u) - 1) * target_size / size;
    return max(o, 1u) - 1;
}

// One beyond the last target pixel that may read the source pixel i.
fn last_reader(i: u32, size: u32, target_size: u32) -> u32 {
    return select(min((i + 2) * target_size / size + 2, target_size), target_size, i + 1 == size);
}

@compute @workgroup_size(64)
fn forward(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
    let i = id.x + id.y * groups.x * 64u;
    if (i >= PLANES * OH * OW) {
        return;
    }
    let plane = i / (OH * OW) * H;
    let y = read(i / OW % OH, H, OH);
    let x = read(i % OW, W, OW);
    let top = mix(a[(plane + y.first) * W + x.first], a[(plane + y.first) * W + x.second], x.weight);
    let bottom = mix(a[(plane + y.second) * W + x.first], a[(plane + y.second) * W + x.second], x.weight);
    b[i] = mix(top, bottom, y.weight);
}

@compute @workgroup_size(64)
fn gradient(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
    let i = id.x + id.y * groups.x * 64u;
    if (i >= PLANES * H * W) {
        return;
    }
    let plane = i / (H * W) * OH;
    let y = i / W % H;
    let x = i % W;
    var sum = 0.0;
    for (var oy = first_reader(y, H, OH); oy < last_reader(y, H, OH); oy++) {
        let vertical = share(y, oy, H, OH);
        for (var ox = first_reader(x, W, OW); ox < last_reader(x, W, OW); ox++) {
            sum += vertical * share(x, ox, W, OW) * a[(plane + oy) * OW + ox];
        }
    }
    b[i] = sum;
}
