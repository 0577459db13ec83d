//! What only a real browser can show: the same programs on WebAssembly's SIMD and on WebGPU, in a worker as on the page. Run with
//! `wasm-pack test --headless --chrome`.
#![cfg(target_arch = "wasm32")]

use wasm_bindgen_test::wasm_bindgen_test_configure;

mod gpu;
mod ops;
mod training;

wasm_bindgen_test_configure!(run_in_dedicated_worker);
