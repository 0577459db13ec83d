#!/usr/bin/env bash
# Builds the static page into www/dist: the crate to optimised WebAssembly, then the page around it. There are two modules: everything
# in www/pkg, and in www/pkg-small what the CNN lab needs, which is much less to download.
set -euo pipefail
cd "$(dirname "$0")/.."
tools=$PWD/www/node_modules/.bin
module=target/wasm32-unknown-unknown/release/vitrine.wasm

# module OUT [FLAG ...]: the crate built with these flags of cargo.
build_module() {
  local out=$1
  shift
  cargo build --quiet --release --lib --target wasm32-unknown-unknown "$@"
  [ "$out/vitrine_bg.wasm" -nt "$module" ] && return
  wasm-bindgen --target web --out-dir "$out" "$module"
  # The first kilobyte is the far end of the stack, which the linker puts first: no address is meant to wrap around to it, so that
  # additions of constants to addresses can go into the loads.
  "$tools/wasm-opt" -O3 --strip-debug --low-memory-unused "$out/vitrine_bg.wasm" -o "$out/vitrine_bg.wasm"
}

build_module www/pkg
build_module www/pkg-small --no-default-features --features webgpu
cd www
"$tools/vite" build --logLevel warn
