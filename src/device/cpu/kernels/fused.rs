//! Element-wise `f32` kernels: an interpreter that runs each instruction over a block of values.
//!
//! One dispatch per instruction and block, then a plain loop over slices that the compiler turns into SIMD code. Instruction `i`
//! writes register `i`, a block long; constants and single values fill theirs once per call. Two instructions that often follow each
//! other take one loop. An operand of the output's own shape is read where it lies, any other is spread into its register. Every
//! value of a block is read before the block is written, so an operand may be the output itself.

use crate::buffer::{Kernel, Operands};
use crate::index::{Strided, broadcast_strides};
use crate::math::{self, Coefficients};
use crate::movement::copy_row;
use vitrine_graph::{Binary, Fused, Instruction, Scalar, Shape, Unary};

/// Values per register: the registers of a long chain stay in the first-level cache.
const BLOCK: usize = 512;

/// How an operand is read.
enum Layout {
    /// Like the output.
    Whole,
    /// One value everywhere.
    Single,
    /// Over and over, and a block holds a whole number of repetitions.
    Periodic,
    /// With repeated dimensions: offsets of (output, operand).
    Spread(Strided<2>),
}

/// What is done for an instruction.
enum Step {
    /// Nothing: its only reader computes it along with itself.
    Skipped,
    Alone(Instruction),
    /// relu(a + b).
    ReluOfSum([usize; 2]),
    /// a·b + c.
    ProductAndSum([usize; 3]),
    /// b where a > 0, else 0.
    ReluGradient([usize; 2]),
}

struct Chain {
    steps: Vec<Step>,
    layouts: Vec<Layout>,
}

/// The kernel of a fused chain on operands of the given shapes.
pub fn kernel(fused: &Fused, operands: &[&Shape]) -> Kernel {
    let layouts = operands
        .iter()
        .map(|&shape| {
            if *shape == fused.shape {
                Layout::Whole
            } else if shape.len() == 1 {
                Layout::Single
            } else {
                let walk = Strided::new(&fused.shape, [&fused.shape.strides(), &broadcast_strides(shape)]);
                let periodic = walk.dims().len() == 2 && walk.strides(0)[1] == 0 && walk.row_strides()[1] == 1;
                if periodic && BLOCK.is_multiple_of(walk.row()) { Layout::Periodic } else { Layout::Spread(walk) }
            }
        })
        .collect();
    let chain = Chain { steps: steps(&fused.instructions), layouts };
    Kernel::with_scratch(chain.steps.len() * BLOCK, move |x, out, scratch| chain.run(x, out, scratch))
}

/// A step for each instruction.
fn steps(instructions: &[Instruction]) -> Vec<Step> {
    use Instruction::{Binary as Two, Select, Unary as One};
    let is_zero = |i: usize| instructions[i] == Instruction::Constant(Scalar(0.0));
    let mut steps: Vec<Step> = instructions.iter().copied().map(Step::Alone).collect();
    for (i, instruction) in instructions.iter().enumerate() {
        for &read in instruction.reads() {
            let readers = instructions.iter().flat_map(Instruction::reads).filter(|other| **other == read).count();
            let Step::Alone(inner) = steps[read] else { continue };
            let pair = match (*instruction, inner) {
                _ if readers > 1 => continue,
                (One(Unary::Relu, _), Two(Binary::Add, sum)) => Step::ReluOfSum(sum),
                // One of p and q is the product, the other is left over.
                (Two(Binary::Add, [p, q]), Two(Binary::Mul, [a, b])) => Step::ProductAndSum([a, b, p + q - read]),
                (Select([c, b, zero]), Two(Binary::Gt, [a, bound])) if c == read && is_zero(zero) && is_zero(bound) => {
                    Step::ReluGradient([a, b])
                }
                _ => continue,
            };
            steps[read] = Step::Skipped;
            steps[i] = pair;
            break;
        }
    }
    steps
}

/// The kernel of a single operation on operands of the output's shape.
pub fn single(instruction: Instruction, operands: usize, shape: &Shape) -> Kernel {
    let mut instructions: Vec<Instruction> = (0..operands).map(Instruction::Load).collect();
    instructions.push(instruction);
    kernel(&Fused { instructions, shape: shape.clone() }, &vec![shape; operands])
}

impl Step {
    /// The registers whose values it takes.
    fn reads(&self) -> &[usize] {
        match self {
            Self::Skipped => &[],
            Self::Alone(instruction) => instruction.reads(),
            Self::ReluOfSum(ab) | Self::ReluGradient(ab) => ab,
            Self::ProductAndSum(abc) => abc,
        }
    }
}

impl Chain {
    fn run(&self, x: &Operands, out: &mut [f32], scratch: &mut [f32]) {
        let registers = scratch.as_chunks_mut::<BLOCK>().0;
        for (register, step) in registers.iter_mut().zip(&self.steps) {
            match step {
                Step::Alone(Instruction::Constant(value)) => register.fill(value.0),
                Step::Alone(Instruction::Load(i)) if matches!(self.layouts[*i], Layout::Single) && !x.in_place(*i) => {
                    register.fill(x.get(*i)[0])
                }
                Step::Alone(Instruction::Load(i)) if matches!(self.layouts[*i], Layout::Periodic) => repeat(x.get(*i), register),
                _ => {}
            }
        }
        for start in (0..out.len()).step_by(BLOCK) {
            let len = BLOCK.min(out.len() - start);
            self.block(x, &mut out[start..][..len], registers, start);
        }
    }

    /// Computes `out`, which are the values from `start` on. Where they are no whole number of vectors, everything goes through the
    /// registers, which have room for the rest of the last one.
    fn block(&self, x: &Operands, out: &mut [f32], registers: &mut [[f32; BLOCK]], start: usize) {
        let (count, last) = (out.len(), self.steps.len() - 1);
        let len = count.next_multiple_of(LANES);
        let whole = len == count;
        // Whether a register's value is still to be found in the output.
        let old = |i: usize| matches!(self.steps[i], Step::Alone(Instruction::Load(k)) if x.in_place(k));
        for (i, step) in self.steps.iter().enumerate() {
            let (earlier, later) = registers.split_at_mut(i);
            let register = &mut later[0][..len];
            let value = |j: usize, old_values| -> &[f32] {
                match self.steps[j] {
                    Step::Alone(Instruction::Load(k)) if whole && x.in_place(k) => old_values,
                    Step::Alone(Instruction::Load(k)) if whole && matches!(self.layouts[k], Layout::Whole) => {
                        &x.get(k)[start..][..len]
                    }
                    _ => &earlier[j][..len],
                }
            };
            let (target, old_values) = if i < last || !whole {
                (register, &*out)
            } else {
                // What may replace the old values one by one does; else they are saved first.
                match *step {
                    Step::ReluOfSum([a, b]) if old(a) && !old(b) => {
                        return zip(out, value(b, &[]), |y, b| *y = math::relu(*y + b));
                    }
                    Step::ReluGradient([a, b]) if old(a) && !old(b) => {
                        return zip(out, value(b, &[]), |y, b| *y = math::relu_gradient(*y, b));
                    }
                    _ if step.reads().iter().any(|&j| old(j)) => register.copy_from_slice(out),
                    _ => {}
                }
                (&mut *out, &*register)
            };
            let value = |j| value(j, old_values);
            match *step {
                Step::Skipped => {}
                // Filled before the first block.
                Step::Alone(Instruction::Constant(_)) => {}
                Step::Alone(Instruction::Load(k)) => match &self.layouts[k] {
                    Layout::Spread(walk) => spread(walk, x.get(k), start, &mut target[..count]),
                    // Read where it lies.
                    _ if whole => {}
                    _ if x.in_place(k) => target[..count].copy_from_slice(old_values),
                    Layout::Whole => target[..count].copy_from_slice(&x.get(k)[start..][..count]),
                    Layout::Single | Layout::Periodic => {}
                },
                Step::Alone(Instruction::Unary(op, a)) => unary(op, value(a), target),
                Step::Alone(Instruction::Binary(op, [a, b])) => binary(op, value(a), value(b), target),
                Step::Alone(Instruction::Select([c, a, b])) => zip3(target, value(c), value(a), value(b), math::select),
                Step::ReluOfSum([a, b]) => zip2(target, value(a), value(b), |a, b| math::relu(a + b)),
                Step::ProductAndSum([a, b, c]) => zip3(target, value(a), value(b), value(c), |a, b, c| a * b + c),
                Step::ReluGradient([a, b]) => zip2(target, value(a), value(b), math::relu_gradient),
            }
        }
        if !whole {
            out.copy_from_slice(&registers[last][..count]);
        }
    }
}

/// Values of a vector. All loops below go over whole vectors, so that the compiler writes none for the rest of them.
const LANES: usize = 4;

/// The same values, whose number is a multiple of LANES.
#[inline(always)]
fn vectors(x: &[f32]) -> &[f32] {
    x.as_chunks::<LANES>().0.as_flattened()
}

#[inline(always)]
fn vectors_mut(x: &mut [f32]) -> &mut [f32] {
    x.as_chunks_mut::<LANES>().0.as_flattened_mut()
}

#[inline(always)]
fn zip(y: &mut [f32], a: &[f32], f: impl Fn(&mut f32, f32)) {
    vectors_mut(y).iter_mut().zip(vectors(a)).for_each(|(y, &a)| f(y, a));
}

#[inline(always)]
fn zip2(y: &mut [f32], a: &[f32], b: &[f32], f: impl Fn(f32, f32) -> f32) {
    vectors_mut(y).iter_mut().zip(vectors(a)).zip(vectors(b)).for_each(|((y, &a), &b)| *y = f(a, b));
}

#[inline(always)]
fn zip3(y: &mut [f32], a: &[f32], b: &[f32], c: &[f32], f: impl Fn(f32, f32, f32) -> f32) {
    vectors_mut(y).iter_mut().zip(vectors(a)).zip(vectors(b)).zip(vectors(c)).for_each(|(((y, &a), &b), &c)| *y = f(a, b, c));
}

/// Fills `target` with `period`, over and over; the last may be cut short.
fn repeat(period: &[f32], target: &mut [f32]) {
    target.chunks_mut(period.len()).for_each(|piece| copy_row(piece, &period[..piece.len()]));
}

/// Fills `target` with the values of `source` for the outputs from `start` on.
fn spread(walk: &Strided<2>, source: &[f32], start: usize, target: &mut [f32]) {
    let (row, stride) = (walk.row(), walk.row_strides()[1]);
    let mut done = 0;
    while done < target.len() {
        // Where in its row, and in which row, the next output lies.
        let (mut rest, within) = ((start + done) / row, (start + done) % row);
        let mut from = within * stride;
        for d in (0..walk.dims().len() - 1).rev() {
            from += rest % walk.dims()[d] * walk.strides(d)[1];
            rest /= walk.dims()[d];
        }
        let len = (row - within).min(target.len() - done);
        let piece = &mut target[done..][..len];
        match stride {
            0 => piece.fill(source[from]),
            1 => copy_row(piece, &source[from..][..len]),
            _ => piece.iter_mut().enumerate().for_each(|(i, t)| *t = source[from + i * stride]),
        }
        done += len;
    }
}

fn unary(op: Unary, x: &[f32], y: &mut [f32]) {
    #[inline(always)]
    fn map(x: &[f32], y: &mut [f32], f: impl Fn(f32) -> f32) {
        zip(y, x, |y, x| *y = f(x));
    }
    // Not inlined, or the compiler would no longer know that all coefficients can be read, whichever are needed.
    #[inline(never)]
    fn map_by(math: &Coefficients, x: &[f32], y: &mut [f32], f: impl Fn(&Coefficients, f32) -> f32) {
        zip(y, x, |y, x| *y = f(math, x));
    }
    let math = math::coefficients();
    match op {
        Unary::Neg => map(x, y, |x| -x),
        Unary::Abs => map(x, y, f32::abs),
        Unary::Sign => map(x, y, math::sign),
        Unary::Floor => map(x, y, f32::floor),
        Unary::Exp => map_by(math, x, y, Coefficients::exp),
        Unary::Log => map_by(math, x, y, Coefficients::log),
        Unary::Sqrt => map(x, y, f32::sqrt),
        Unary::Rsqrt => map(x, y, |x| 1.0 / x.sqrt()),
        Unary::Recip => map(x, y, |x| 1.0 / x),
        Unary::Sin => map(x, y, f32::sin),
        Unary::Cos => map(x, y, f32::cos),
        Unary::Tanh => map_by(math, x, y, Coefficients::tanh),
        Unary::Sigmoid => map_by(math, x, y, Coefficients::sigmoid),
        Unary::Relu => map(x, y, math::relu),
        Unary::LeakyRelu(slope) => map(x, y, |x| if x > 0.0 { x } else { slope.0 * x }),
        Unary::Softplus => map_by(math, x, y, Coefficients::softplus),
        Unary::Erf => map_by(math, x, y, Coefficients::erf),
    }
}

fn binary(op: Binary, a: &[f32], b: &[f32], y: &mut [f32]) {
    let flag = |condition: bool| if condition { 1.0 } else { 0.0 };
    match op {
        Binary::Add => zip2(y, a, b, |a, b| a + b),
        Binary::Sub => zip2(y, a, b, |a, b| a - b),
        Binary::Mul => zip2(y, a, b, |a, b| a * b),
        Binary::Div => zip2(y, a, b, |a, b| a / b),
        Binary::Rem => zip2(y, a, b, |a, b| a % b),
        Binary::Pow => zip2(y, a, b, f32::powf),
        Binary::Min => zip2(y, a, b, math::min),
        Binary::Max => zip2(y, a, b, math::max),
        Binary::Lt => zip2(y, a, b, |a, b| flag(a < b)),
        Binary::Le => zip2(y, a, b, |a, b| flag(a <= b)),
        Binary::Gt => zip2(y, a, b, |a, b| flag(a > b)),
        Binary::Ge => zip2(y, a, b, |a, b| flag(a >= b)),
        Binary::Eq => zip2(y, a, b, |a, b| flag(a == b)),
        Binary::Ne => zip2(y, a, b, |a, b| flag(a != b)),
    }
}
