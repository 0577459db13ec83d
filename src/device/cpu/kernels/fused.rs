//! Element-wise `f32` kernels: an interpreter that runs each instruction over a block of values.
//!
//! One dispatch per instruction and block, then a plain loop over slices that the compiler turns into SIMD code. Instruction `i`
//! writes register `i`, a block long; constants and single values fill theirs once per call. An operand of the output's own shape
//! is read where it lies, any other is spread into its register. Every value of a block is read before the block is written, so an
//! operand may be the output itself.

use crate::buffer::{Kernel, Operands};
use crate::index::{Strided, broadcast_strides};
use crate::math;
use vitrine_graph::{Binary, Fused, Instruction, Shape, Unary};

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

struct Chain {
    instructions: Vec<Instruction>,
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
    let chain = Chain { instructions: fused.instructions.clone(), layouts };
    Kernel::with_scratch(chain.instructions.len() * BLOCK, move |x, out, scratch| chain.run(x, out, scratch))
}

/// The kernel of a single operation on operands of the output's shape.
pub fn single(instruction: Instruction, operands: usize, shape: &Shape) -> Kernel {
    let mut instructions: Vec<Instruction> = (0..operands).map(Instruction::Load).collect();
    instructions.push(instruction);
    kernel(&Fused { instructions, shape: shape.clone() }, &vec![shape; operands])
}

impl Chain {
    fn run(&self, x: &Operands, out: &mut [f32], scratch: &mut [f32]) {
        let registers = scratch.as_chunks_mut::<BLOCK>().0;
        for (register, instruction) in registers.iter_mut().zip(&self.instructions) {
            match instruction {
                Instruction::Constant(value) => register.fill(value.0),
                Instruction::Load(i) if matches!(self.layouts[*i], Layout::Single) && !x.in_place(*i) => {
                    register.fill(x.get(*i)[0])
                }
                Instruction::Load(i) if matches!(self.layouts[*i], Layout::Periodic) => repeat(x.get(*i), register),
                _ => {}
            }
        }
        for start in (0..out.len()).step_by(BLOCK) {
            let len = BLOCK.min(out.len() - start);
            self.block(x, out, registers, start, len);
        }
    }

    fn block(&self, x: &Operands, out: &mut [f32], registers: &mut [[f32; BLOCK]], start: usize, len: usize) {
        let last = self.instructions.len() - 1;
        for (i, instruction) in self.instructions.iter().enumerate() {
            // What is read where it lies, or was written before the first block.
            let ready = match instruction {
                Instruction::Constant(_) => true,
                Instruction::Load(k) => !x.in_place(*k) && !matches!(self.layouts[*k], Layout::Spread(_)),
                _ => false,
            };
            if ready && i != last {
                continue;
            }
            let (earlier, later) = registers.split_at_mut(i);
            let value = |j: usize| -> &[f32] {
                match self.instructions[j] {
                    Instruction::Load(k) if matches!(self.layouts[k], Layout::Whole) && !x.in_place(k) => &x.get(k)[start..][..len],
                    _ => &earlier[j][..len],
                }
            };
            let target = if i == last { &mut out[start..][..len] } else { &mut later[0][..len] };
            match *instruction {
                Instruction::Load(k) => match &self.layouts[k] {
                    _ if x.in_place(k) => {
                        if i != last {
                            later[0][..len].copy_from_slice(&out[start..][..len]);
                        }
                    }
                    Layout::Whole => target.copy_from_slice(&x.get(k)[start..][..len]),
                    Layout::Single => target.fill(x.get(k)[0]),
                    Layout::Periodic => repeat(x.get(k), target),
                    Layout::Spread(walk) => spread(walk, x.get(k), start, target),
                },
                Instruction::Constant(value) => target.fill(value.0),
                Instruction::Unary(op, a) => unary(op, value(a), target),
                Instruction::Binary(op, a, b) => binary(op, value(a), value(b), target),
                Instruction::Select([c, a, b]) => {
                    for (((t, &c), &a), &b) in target.iter_mut().zip(value(c)).zip(value(a)).zip(value(b)) {
                        *t = math::select(c, a, b);
                    }
                }
            }
        }
    }
}

/// Fills `target` with `period`, over and over; the last may be cut short.
fn repeat(period: &[f32], target: &mut [f32]) {
    target.chunks_mut(period.len()).for_each(|piece| piece.copy_from_slice(&period[..piece.len()]));
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
            1 => piece.copy_from_slice(&source[from..][..len]),
            _ => piece.iter_mut().enumerate().for_each(|(i, t)| *t = source[from + i * stride]),
        }
        done += len;
    }
}

fn unary(op: Unary, x: &[f32], y: &mut [f32]) {
    #[inline(always)]
    fn map(x: &[f32], y: &mut [f32], f: impl Fn(f32) -> f32) {
        y.iter_mut().zip(x).for_each(|(y, &x)| *y = f(x));
    }
    match op {
        Unary::Neg => map(x, y, |x| -x),
        Unary::Abs => map(x, y, f32::abs),
        Unary::Sign => map(x, y, math::sign),
        Unary::Floor => map(x, y, f32::floor),
        Unary::Exp => map(x, y, math::exp),
        Unary::Log => map(x, y, math::log),
        Unary::Sqrt => map(x, y, f32::sqrt),
        Unary::Rsqrt => map(x, y, |x| 1.0 / x.sqrt()),
        Unary::Recip => map(x, y, |x| 1.0 / x),
        Unary::Sin => map(x, y, f32::sin),
        Unary::Cos => map(x, y, f32::cos),
        Unary::Tanh => map(x, y, math::tanh),
        Unary::Sigmoid => map(x, y, math::sigmoid),
        Unary::Relu => map(x, y, math::relu),
        Unary::LeakyRelu(slope) => map(x, y, |x| if x > 0.0 { x } else { slope.0 * x }),
        Unary::Softplus => map(x, y, math::softplus),
        Unary::Erf => map(x, y, math::erf),
    }
}

fn binary(op: Binary, a: &[f32], b: &[f32], y: &mut [f32]) {
    #[inline(always)]
    fn map(a: &[f32], b: &[f32], y: &mut [f32], f: impl Fn(f32, f32) -> f32) {
        y.iter_mut().zip(a).zip(b).for_each(|((y, &a), &b)| *y = f(a, b));
    }
    let flag = |condition: bool| if condition { 1.0 } else { 0.0 };
    match op {
        Binary::Add => map(a, b, y, |a, b| a + b),
        Binary::Sub => map(a, b, y, |a, b| a - b),
        Binary::Mul => map(a, b, y, |a, b| a * b),
        Binary::Div => map(a, b, y, |a, b| a / b),
        Binary::Rem => map(a, b, y, |a, b| a % b),
        Binary::Pow => map(a, b, y, f32::powf),
        Binary::Min => map(a, b, y, math::min),
        Binary::Max => map(a, b, y, math::max),
        Binary::Lt => map(a, b, y, |a, b| flag(a < b)),
        Binary::Le => map(a, b, y, |a, b| flag(a <= b)),
        Binary::Gt => map(a, b, y, |a, b| flag(a > b)),
        Binary::Ge => map(a, b, y, |a, b| flag(a >= b)),
        Binary::Eq => map(a, b, y, |a, b| flag(a == b)),
        Binary::Ne => map(a, b, y, |a, b| flag(a != b)),
    }
}
