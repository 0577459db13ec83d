//! Vitrine: a glass case for deep learning.
//!
//! Everything is a [`graph::Graph`]: a training step, a heat map, one step of an attack. A graph is built with ordinary arithmetic
//! ([`graph::Builder`]), differentiated into more graph, optimised, and compiled by a [`device::Device`] (SIMD on the CPU, compute
//! shaders on WebGPU) to a program that runs against named states.
//!
//! The map, from the bottom up; a module knows only those above it in this list:
//!
//! - [`graph`]: what is computed. Operations, shapes, builder, gradients, passes.
//! - [`device`]: where it is computed. CPU and GPU.
//! - [`nn`], [`data`]: layers, losses, optimisers, model zoo; data sets and readers.
//! - [`train`], [`explain`], [`attack`], [`generate`]: what a student does with them, one file per method.
//! - `wasm`: the JavaScript surface.

pub mod attack;
pub mod data;
pub mod device;
pub mod explain;
pub mod generate;
pub mod nn;
pub mod train;
#[cfg(target_arch = "wasm32")]
pub mod wasm;

pub use vitrine_graph as graph;
pub use vitrine_graph::{Data, Error, Named, Result, Tensor, error, named, tensor};
