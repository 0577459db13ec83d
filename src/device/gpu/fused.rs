//! Element-wise kernels: WGSL written from the instructions of a fused chain; a single operation is a chain of one.
//!
//! A thread computes one value of the output, or four neighbours as one vector where all is of floats and sizes allow. Operands of the
//! output's shape are read at its index; broadcast operands at an index made of the coordinates that they have, with neighbouring
//! dimensions merged where all operands agree, so that most chains need no division at all and share one pipeline for all sizes.

use std::fmt::Write;

use super::kernels::{Dispatch, Input, Lowering, Operand};
use super::pipelines::{ELEMENTWISE, Kernel, MAX_BINDINGS};
use crate::error::{Error, Result};
use crate::graph::{Binary, DType, Instruction, Node, Op, Shape, Unary};

/// Lowers an element-wise node. With `in_place = Some(i)` the output lies in input `i`'s memory.
pub fn lower(node: &Node, inputs: &[Input], in_place: Option<usize>) -> Result<Lowering> {
    let (instructions, cast) = instructions(&node.op);
    // Inputs in the same memory share a binding: two writable bindings must not overlap.
    let mut bindings: Vec<usize> = Vec::new();
    let mut binding_of = Vec::new();
    for input in inputs {
        let found = bindings.iter().position(|&b| inputs[b].value == input.value);
        binding_of.push(found.unwrap_or(bindings.len()));
        if found.is_none() {
            bindings.push(binding_of.len() - 1);
        }
    }
    let target = in_place.map_or(bindings.len(), |i| binding_of[i]);
    let count = bindings.len() + usize::from(in_place.is_none());
    if count > MAX_BINDINGS {
        let message = format!("an element-wise chain of {} operands needs more than {MAX_BINDINGS} buffers", bindings.len());
        return Err(Error::Device { device: super::adapter::NAME, message });
    }

    let shapes: Vec<&Shape> = inputs.iter().map(|i| i.shape).collect();
    let floats = cast.is_none() && inputs_dtype(inputs) == DType::F32;
    // One binding cannot be of vectors for one operand and of values for another.
    let four = Indices::new(&node.shape, &shapes, true)
        .filter(|indices| floats && (0..inputs.len()).all(|i| indices.vector[i] == indices.vector[bindings[binding_of[i]]]));
    let wide = four.is_some();
    let indices = four.or_else(|| Indices::new(&node.shape, &shapes, false)).expect("single values always have indices");
    let mut source = String::new();
    for (i, &input) in bindings.iter().enumerate() {
        let ty = if indices.vector[input] { "vec4f" } else { wgsl(inputs[input].dtype) };
        let _ = writeln!(source, "@group(0) @binding({i}) var<storage, read_write> b{i}: array<{ty}>;");
    }
    if in_place.is_none() {
        let ty = if wide { "vec4f" } else { wgsl(node.dtype) };
        let _ = writeln!(source, "@group(0) @binding({target}) var<storage, read_write> b{target}: array<{ty}>;");
    }
    let mut body = indices.coordinates.clone();
    let mut bits = String::new();
    for (v, instruction) in instructions.iter().enumerate() {
        let value = match *instruction {
            Instruction::Load(i) => {
                let load = format!("b{}[{}]", binding_of[i], indices.of[i]);
                if wide && !indices.vector[i] { format!("vec4f({load})") } else { load }
            }
            Instruction::Constant(c) if c.0.is_finite() && wide => format!("vec4f({:?})", c.0),
            Instruction::Constant(c) if c.0.is_finite() => format!("{:?}f", c.0),
            Instruction::Constant(c) => {
                // Not a constant expression, which may not be infinite or NaN.
                let _ = writeln!(bits, "var<private> bits{v} = {}u;", c.0.to_bits());
                let value = format!("bitcast<f32>(bits{v})");
                if wide { format!("vec4f({value})") } else { value }
            }
            Instruction::Unary(op, a) => unary(op, a, wide),
            Instruction::Binary(op, [a, b]) => binary(op, inputs_dtype(inputs), a, b, wide),
            Instruction::Select([c, a, b]) => {
                let condition = call("is_nonzero", &[c], if wide { Some("vec4<bool>") } else { None });
                format!("select(v{b}, v{a}, {condition})")
            }
        };
        let _ = writeln!(body, "    let v{v} = {value};");
    }
    let last = instructions.len() - 1;
    let result = match (cast, inputs_dtype(inputs)) {
        (Some(DType::U32), DType::F32) => format!("to_u32(v{last})"),
        (Some(DType::F32), DType::U32) => format!("f32(v{last})"),
        _ => format!("v{last}"),
    };
    let _ = write!(
        source,
        "{bits}\n@compute @workgroup_size(64)\nfn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {{\n    \
         let i = id.x + id.y * groups.x * 64u;\n    if (i >= arrayLength(&b{target})) {{\n        return;\n    }}\n{body}    \
         b{target}[i] = {result};\n}}\n"
    );
    if HELPER_CALLS.iter().any(|call| source.contains(call)) {
        source.insert_str(0, ELEMENTWISE);
    }
    let mut operands: Vec<_> = bindings.iter().map(|&b| Operand::Input(b)).collect();
    if in_place.is_none() {
        operands.push(Operand::Output);
    }
    let kernel = Kernel { source: source.into(), entry: "main", constants: Vec::new(), bindings: count };
    let groups = super::kernels::linear(if wide { node.shape.len() / 4 } else { node.shape.len() });
    let work = (node.shape.len() * instructions.len()) as u64;
    Ok(Lowering { dispatches: vec![Dispatch { kernel, operands, groups }], scratch: Vec::new(), work })
}

/// A plain copy of a tensor of `count` values.
pub fn copy(dtype: DType, count: usize, from: Operand, to: Operand) -> Dispatch {
    let ty = wgsl(dtype);
    let source = format!(
        "@group(0) @binding(0) var<storage, read_write> x: array<{ty}>;\n@group(0) @binding(1) var<storage, read_write> y: array<{ty}>;\n\n\
         @compute @workgroup_size(64)\nfn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {{\n    \
         let i = id.x + id.y * groups.x * 64u;\n    if (i < arrayLength(&y)) {{\n        y[i] = x[i];\n    }}\n}}\n"
    );
    let kernel = Kernel { source: source.into(), entry: "main", constants: Vec::new(), bindings: 2 };
    Dispatch { kernel, operands: vec![from, to], groups: super::kernels::linear(count) }
}

/// The operation as instructions, and what its result is cast to.
fn instructions(op: &Op) -> (Vec<Instruction>, Option<DType>) {
    use Instruction::{Load, Select};
    match op {
        Op::Unary(unary) => (vec![Load(0), Instruction::Unary(*unary, 0)], None),
        Op::Binary(binary) => (vec![Load(0), Load(1), Instruction::Binary(*binary, [0, 1])], None),
        Op::Select => (vec![Load(0), Load(1), Load(2), Select([0, 1, 2])], None),
        Op::Cast(dtype) => (vec![Load(0)], Some(*dtype)),
        Op::Fused(fused) => (fused.instructions.clone(), None),
        _ => unreachable!("{} is not element-wise", op.name()),
    }
}

fn wgsl(dtype: DType) -> &'static str {
    match dtype {
        DType::F32 => "f32",
        DType::U32 => "u32",
    }
}

/// The common type of the inputs; a chain without any is of floats.
fn inputs_dtype(inputs: &[Input]) -> DType {
    inputs.first().map_or(DType::F32, |i| i.dtype)
}

const HELPER_CALLS: &[&str] = &[
    "is_nonzero(",
    "sign_of(",
    "sigmoid(",
    "softplus(",
    "hyperbolic_tangent(",
    "power(",
    "error_function(",
    "to_u32(",
    "quotient(",
    "remainder(",
];

/// A helper function of the values `arguments`; with `vector`, one of that type, component by component.
fn call(function: &str, arguments: &[usize], vector: Option<&str>) -> String {
    let one = |component: &str| {
        let list: Vec<String> = arguments.iter().map(|v| format!("v{v}{component}")).collect();
        format!("{function}({})", list.join(", "))
    };
    match vector {
        None => one(""),
        Some(ty) => format!("{ty}({})", [".x", ".y", ".z", ".w"].map(one).join(", ")),
    }
}

/// The vector that four floats make, where a chain computes four.
fn vector(wide: bool) -> Option<&'static str> {
    wide.then_some("vec4f")
}

fn unary(op: Unary, a: usize, wide: bool) -> String {
    let zero = if wide { "vec4f()" } else { "0.0" };
    let helper = |name| call(name, &[a], vector(wide));
    match op {
        Unary::Neg => format!("-v{a}"),
        Unary::Abs => format!("abs(v{a})"),
        Unary::Sign => helper("sign_of"),
        Unary::Floor => format!("floor(v{a})"),
        Unary::Exp => format!("exp(v{a})"),
        Unary::Log => format!("log(v{a})"),
        Unary::Sqrt => format!("sqrt(v{a})"),
        Unary::Rsqrt => format!("inverseSqrt(v{a})"),
        Unary::Recip => format!("1.0 / v{a}"),
        Unary::Sin => format!("sin(v{a})"),
        Unary::Cos => format!("cos(v{a})"),
        Unary::Tanh => helper("hyperbolic_tangent"),
        Unary::Sigmoid => helper("sigmoid"),
        Unary::Relu => format!("max(v{a}, {zero})"),
        Unary::LeakyRelu(slope) => format!("select({:?}f * v{a}, v{a}, v{a} > {zero})", slope.0),
        Unary::Softplus => helper("softplus"),
        Unary::Erf => helper("error_function"),
    }
}

fn binary(op: Binary, dtype: DType, a: usize, b: usize, wide: bool) -> String {
    let (zero, one) = match dtype {
        DType::F32 if wide => ("vec4f()", "vec4f(1.0)"),
        DType::F32 => ("0.0", "1.0"),
        DType::U32 => ("0u", "1u"),
    };
    let compare = |sign: &str| format!("select({zero}, {one}, v{a} {sign} v{b})");
    let helper = |name| call(name, &[a, b], vector(wide));
    match (op, dtype) {
        (Binary::Add, _) => format!("v{a} + v{b}"),
        (Binary::Sub, _) => format!("v{a} - v{b}"),
        (Binary::Mul, _) => format!("v{a} * v{b}"),
        (Binary::Div, DType::F32) => format!("v{a} / v{b}"),
        (Binary::Div, DType::U32) => helper("quotient"),
        (Binary::Rem, _) => helper("remainder"),
        (Binary::Pow, _) => helper("power"),
        (Binary::Min, _) => format!("min(v{a}, v{b})"),
        (Binary::Max, _) => format!("max(v{a}, v{b})"),
        (Binary::Lt, _) => compare("<"),
        (Binary::Le, _) => compare("<="),
        (Binary::Gt, _) => compare(">"),
        (Binary::Ge, _) => compare(">="),
        (Binary::Eq, _) => compare("=="),
        (Binary::Ne, _) => compare("!="),
    }
}

/// Where each operand is read, as WGSL expressions in `i` and coordinates.
struct Indices {
    /// Statements that define the coordinates `c0`, `c1`, … of the merged dimensions.
    coordinates: String,
    of: Vec<String>,
    /// Whether an operand is read as vectors of four values.
    vector: Vec<bool>,
}

impl Indices {
    /// With `wide`, `i` and the innermost coordinate count vectors of four values; `None` where they do not divide into such.
    fn new(output: &Shape, operands: &[&Shape], wide: bool) -> Option<Self> {
        // Merge neighbouring dimensions in which the same operands are broadcast: (size, which operands vary).
        let mut dims: Vec<(usize, Vec<bool>)> = Vec::new();
        for (axis, &size) in output.iter().enumerate().filter(|(_, size)| **size != 1) {
            let varies: Vec<bool> = operands.iter().map(|shape| shape[axis] != 1).collect();
            match dims.last_mut() {
                Some((merged, same)) if *same == varies => *merged *= size,
                _ => dims.push((size, varies)),
            }
        }
        if wide {
            let (innermost, _) = dims.last_mut().filter(|(size, _)| size % 4 == 0)?;
            *innermost /= 4;
        }
        let vector = (0..operands.len()).map(|operand| wide && dims.last().is_some_and(|(_, varies)| varies[operand])).collect();
        let mut used = vec![false; dims.len()];
        let of = (0..operands.len())
            .map(|operand| {
                if dims.iter().all(|(_, varies)| varies[operand]) {
                    return "i".to_string();
                }
                let mut stride = 1;
                let mut terms = Vec::new();
                for (d, (size, _)) in dims.iter().enumerate().rev().filter(|(_, (_, varies))| varies[operand]) {
                    terms.push(if stride == 1 { format!("c{d}") } else { format!("c{d} * {stride}u") });
                    used[d] = true;
                    stride *= size;
                }
                terms.reverse();
                if terms.is_empty() { "0".to_string() } else { terms.join(" + ") }
            })
            .collect();
        let mut coordinates = String::new();
        let mut inner = 1;
        for (d, (size, _)) in dims.iter().enumerate().rev() {
            if used[d] {
                let quotient = if inner == 1 { "i".to_string() } else { format!("i / {inner}u") };
                let remainder = if d == 0 { String::new() } else { format!(" % {size}u") };
                let _ = writeln!(coordinates, "    let c{d} = {quotient}{remainder};");
            }
            inner *= size;
        }
        Some(Self { coordinates, of, vector })
    }
}
