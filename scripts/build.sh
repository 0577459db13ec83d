#!/usr/bin/env bash
# Builds the static page into www/dist: the crate to optimised WebAssembly in www/pkg, then the page around it.
set -euo pipefail
cd "$(dirname "$0")/.."
tools=$PWD/www/node_modules/.bin
module=target/wasm32-unknown-unknown/release/vitrine.wasm

cargo build --quiet --release --lib --target wasm32-unknown-unknown
if [ ! www/pkg/vitrine_bg.wasm -nt "$module" ]; then
  wasm-bindgen --target web --out-dir www/pkg "$module"
  "$tools/wasm-opt" -O3 --strip-debug www/pkg/vitrine_bg.wasm -o www/pkg/vitrine_bg.wasm
fi
cd www
"$tools/vite" build --logLevel warn
