//! Memory: a 64-byte aligned buffer of 4-byte words, and the views of it that a kernel call gets.
//!
//! A word holds an `f32` or the bits of a `u32`; kernels see `f32` slices and reinterpret index tensors with [`as_u32`]. A call's
//! output is cut out of the arena first, so that the operands, which the plan keeps apart from it, are ordinary shared slices of
//! what remains: no `unsafe` is needed, and a plan that overlapped would panic instead of corrupting values.

use bytemuck::{Pod, Zeroable};

use vitrine_graph::error::{Error, Result};

/// Words in one cache line; every tensor begins on a line.
pub const LINE: usize = 16;

#[derive(Clone, Copy, Pod, Zeroable)]
#[repr(C, align(64))]
struct Line([f32; LINE]);

/// Zero-initialised, cache-line aligned words.
#[derive(Default)]
pub struct Buffer {
    lines: Vec<Line>,
    len: usize,
}

impl Buffer {
    /// `len` zeros; an error where memory does not suffice.
    pub fn zeros(len: usize) -> Result<Self> {
        let count = len.div_ceil(LINE);
        let mut lines = Vec::new();
        lines.try_reserve_exact(count).map_err(|_| Error::Device {
            device: "CPU",
            message: format!("no memory for {} bytes: choose a smaller model or batch", count * size_of::<Line>()),
        })?;
        lines.resize(count, Line::zeroed());
        Ok(Self { lines, len })
    }

    pub fn words(&self) -> &[f32] {
        &bytemuck::cast_slice(&self.lines)[..self.len]
    }

    pub fn words_mut(&mut self) -> &mut [f32] {
        &mut bytemuck::cast_slice_mut(&mut self.lines)[..self.len]
    }
}

/// The words of an index tensor.
pub fn as_u32(words: &[f32]) -> &[u32] {
    bytemuck::cast_slice(words)
}

/// The words of an index tensor, to be written.
pub fn as_u32_mut(words: &mut [f32]) -> &mut [u32] {
    bytemuck::cast_slice_mut(words)
}

/// Where a tensor lives while a program runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// Words `start..start + len` of the program's arena.
    Arena { start: usize, len: usize },
    /// The `i`-th of the program's states, in the store.
    State(usize),
}

/// The operands of one kernel call.
pub struct Operands<'a> {
    pub places: &'a [Place],
    /// The call's output; an operand there is read through the output slice.
    pub output: Place,
    /// The arena before and behind the output (all before, where the output is a state), and where the latter begins.
    pub before: &'a [f32],
    pub after: &'a [f32],
    pub after_start: usize,
    /// The store's buffers, and which of them each state of the program is.
    pub states: &'a [Buffer],
    pub slots: &'a [usize],
}

impl Operands<'_> {
    /// Whether operand `i` is computed in place: its old value is in the output slice.
    pub fn in_place(&self, i: usize) -> bool {
        self.places[i] == self.output
    }

    /// The words of operand `i`, which must not be in place.
    pub fn get(&self, i: usize) -> &[f32] {
        match self.places[i] {
            Place::Arena { start, len } if start + len <= self.before.len() => &self.before[start..start + len],
            Place::Arena { start, len } => &self.after[start - self.after_start..][..len],
            Place::State(state) => self.states[self.slots[state]].words(),
        }
    }

    /// Operand `i` as indices.
    pub fn indices(&self, i: usize) -> &[u32] {
        as_u32(self.get(i))
    }
}

/// A kernel with everything that depends on shapes and attributes already worked out.
pub struct Kernel {
    /// Words of scratch memory that a call needs.
    pub scratch: usize,
    pub run: Run,
}

/// Computes the output (all of it) from the operands; the third argument is scratch of at least the stated size, contents arbitrary.
pub type Run = Box<dyn Fn(&Operands, &mut [f32], &mut [f32]) + Send + Sync>;

impl Kernel {
    /// A kernel without scratch.
    pub fn new(run: impl Fn(&Operands, &mut [f32]) + Send + Sync + 'static) -> Self {
        Self { scratch: 0, run: Box::new(move |x, out, _| run(x, out)) }
    }

    pub fn with_scratch(scratch: usize, run: impl Fn(&Operands, &mut [f32], &mut [f32]) + Send + Sync + 'static) -> Self {
        Self { scratch, run: Box::new(run) }
    }
}
