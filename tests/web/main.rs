//! What only a real browser can show: the same programs on WebAssembly's SIMD and on WebGPU, in a worker as on the page. Run with
//! `wasm-pack test --headless --chrome`.
#![cfg(target_arch = "wasm32")]

use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_dedicated_worker);

#[wasm_bindgen_test]
fn the_shipped_digits_arrive_whole() {
    let digits = vitrine::data::digits();
    assert_eq!(digits.train.len() + digits.validation.len(), 1797);
}
