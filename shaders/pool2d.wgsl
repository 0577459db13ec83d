// Maximum and average pooling of [N, C, H, W] by windows of KH × KW, and their adjoints. PLANES = N·C.
//
// The adjoints gather: a cell of the image asks each window that covers it for its share. Ties of a maximum go to the first cell in
// row order. Cells outside the image never win, and do not count in an average.

override PLANES: u32;
override H: u32;
override W: u32;
override OH: u32;
override OW: u32;
override KH: u32;
override KW: u32;
override SY: u32; // stride
override SX: u32;
override PY: u32; // pad at the top and at the left, smaller than the window
override PX: u32;

@group(0) @binding(0) var<storage, read_write> a: array<f32>; // x, or dy of average_gradient
@group(0) @binding(1) var<storage, read_write> b: array<f32>; // the second input, or the result of an entry point that has one input
@group(0) @binding(2) var<storage, read_write> result: array<f32>;

// The cells of a window that lie inside the image: rows top..bottom, columns left..right (ends excluded).
struct Window {
    top: u32,
    bottom: u32,
    left: u32,
    right: u32,
}

fn window(oy: u32, ox: u32) -> Window {
    let y = oy * SY;
    let x = ox * SX;
    return Window(max(y, PY) - PY, min(y + KH - PY, H), max(x, PX) - PX, min(x + KW - PX, W));
}

struct Cell {
    at: u32, // index in x
    value: f32,
}

// The first largest cell of the window (oy, ox) of a plane.
fn largest(plane: u32, oy: u32, ox: u32) -> Cell {
    let w = window(oy, ox);
    let first = (plane * H + w.top) * W + w.left;
    var best = Cell(first, a[first]);
    for (var y = w.top; y < w.bottom; y++) {
        for (var x = w.left; x < w.right; x++) {
            let at = (plane * H + y) * W + x;
            let value = a[at];
            if (value > best.value) {
                best = Cell(at, value);
            }
        }
    }
    return best;
}

// The windows that cover the cell (y, x): rows top..bottom and columns left..right of the pooled image.
fn covering(y: u32, x: u32) -> Window {
    let py = y + PY;
    let px = x + PX;
    return Window(
        select(0u, (py - KH) / SY + 1, py >= KH), min(py / SY + 1, OH),
        select(0u, (px - KW) / SX + 1, px >= KW), min(px / SX + 1, OW),
    );
}

// y[plane, oy, ox] = max of the window
@compute @workgroup_size(64)
fn maximum(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
    let i = id.x + id.y * groups.x * 64u;
    if (i < PLANES * OH * OW) {
        b[i] = largest(i / (OH * OW), i / OW % OH, i % OW).value;
    }
}

// y[plane, oy, ox] = g at the first largest cell of the window of x
@compute @workgroup_size(64)
fn maximum_select(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
    let i = id.x + id.y * groups.x * 64u;
    if (i < PLANES * OH * OW) {
        result[i] = b[largest(i / (OH * OW), i / OW % OH, i % OW).at];
    }
}

// dx[plane, y, x] = Σ dy of the windows whose first largest cell this is
@compute @workgroup_size(64)
fn maximum_gradient(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
    let i = id.x + id.y * groups.x * 64u;
    if (i >= PLANES * H * W) {
        return;
    }
    let plane = i / (H * W);
    let c = covering(i / W % H, i % W);
    var sum = 0.0;
    for (var oy = c.top; oy < c.bottom; oy++) {
        for (var ox = c.left; ox < c.right; ox++) {
            if (largest(plane, oy, ox).at == i) {
                sum += b[(plane * OH + oy) * OW + ox];
            }
        }
    }
    result[i] = sum;
}

// The same where windows lie side by side from the corner on: a thread for each, and for those that the image has only a part of.
@compute @workgroup_size(64)
fn maximum_gradient_apart(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
    let rows = (H + KH - 1) / KH;
    let columns = (W + KW - 1) / KW;
    let i = id.x + id.y * groups.x * 64u;
    if (i >= PLANES * rows * columns) {
        return;
    }
    let plane = i / (rows * columns);
    let oy = i / columns % rows;
    let ox = i % columns;
    let w = window(oy, ox);
    let best = largest(plane, oy, ox).at;
    var dy = 0.0; // of cells that no window covers
    if (oy < OH && ox < OW) {
        dy = b[(plane * OH + oy) * OW + ox];
    }
    for (var y = w.top; y < w.bottom; y++) {
        for (var x = w.left; x < w.right; x++) {
            let at = (plane * H + y) * W + x;
            result[at] = select(0.0, dy, at == best);
        }
    }
}

// y[plane, oy, ox] = mean of the window's cells inside the image
@compute @workgroup_size(64)
fn average(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
    let i = id.x + id.y * groups.x * 64u;
    if (i >= PLANES * OH * OW) {
        return;
    }
    let plane = i / (OH * OW);
    let w = window(i / OW % OH, i % OW);
    var sum = 0.0;
    for (var y = w.top; y < w.bottom; y++) {
        for (var x = w.left; x < w.right; x++) {
            sum += a[(plane * H + y) * W + x];
        }
    }
    b[i] = sum / f32((w.bottom - w.top) * (w.right - w.left));
}

// dx[plane, y, x] = Σ dy / cells of the windows that cover the cell
@compute @workgroup_size(64)
fn average_gradient(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
    let i = id.x + id.y * groups.x * 64u;
    if (i >= PLANES * H * W) {
        return;
    }
    let plane = i / (H * W);
    let c = covering(i / W % H, i % W);
    var sum = 0.0;
    for (var oy = c.top; oy < c.bottom; oy++) {
        for (var ox = c.left; ox < c.right; ox++) {
            let w = window(oy, ox);
            sum += a[(plane * OH + oy) * OW + ox] / f32((w.bottom - w.top) * (w.right - w.left));
        }
    }
    b[i] = sum;
}
