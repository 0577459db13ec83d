//! Every shader file is a valid WGSL module on its own, by naga's validator.

#![cfg(not(target_arch = "wasm32"))]

use naga::valid::{Capabilities, ValidationFlags, Validator};

#[test]
fn every_shader_file_is_valid() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/shaders");
    let mut count = 0;
    for entry in std::fs::read_dir(folder).expect("the shader folder") {
        let path = entry.expect("an entry").path();
        let source = std::fs::read_to_string(&path).expect("a text file");
        let module =
            naga::front::wgsl::parse_str(&source).unwrap_or_else(|e| panic!("{}: {}", path.display(), e.emit_to_string(&source)));
        if let Err(e) = Validator::new(ValidationFlags::all(), Capabilities::empty()).validate(&module) {
            panic!("{}: {}", path.display(), e.emit_to_string(&source));
        }
        count += 1;
    }
    assert!(count > 0, "no shaders in {folder}");
}
