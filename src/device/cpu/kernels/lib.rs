//! The CPU's kernels: the loops in which the time goes, over slices, with all that depends on shapes worked out beforehand.
//!
//! One file per family: [`gemm`], [`conv`], [`weight_grad`], [`pool`], [`reduce`], [`fused`] (element-wise), [`movement`], [`gather`],
//! [`random`]. Each function takes attributes and shapes and gives a [`buffer::Kernel`]; its operands are named as in
//! [`vitrine_graph::Op`]. `math` has the scalar functions, `matvec` products with a vector, `strips`, `pixels` and `lanes` three ways to
//! convolve, `simd` the register tiles, `index` strided walks, [`buffer`] memory and what a kernel sees of it. [`peak`] measures the
//! machine.
//!
//! A crate of its own, because it alone is compiled for speed and the rest of the page's download for size. `unsafe` only where the
//! CPU's wide instructions are called (`simd`). NaN goes through every operation, `relu`, maxima and pooling included: a lost loss
//! stays visible.

pub mod buffer;
pub mod conv;
pub mod fused;
pub mod gather;
pub mod gemm;
mod index;
mod lanes;
mod math;
mod matvec;
pub mod movement;
pub mod peak;
mod pixels;
pub mod pool;
pub mod random;
pub mod reduce;
mod simd;
mod strips;
pub mod weight_grad;

pub use simd::instructions;
