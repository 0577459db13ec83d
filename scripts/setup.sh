#!/usr/bin/env bash
# Installs what is missing to build and serve Vitrine; with --test also what its tests need, with --bench its benchmarks. Safe to run
# again: it says nothing when there is nothing to do. Versions are pinned in Cargo.lock, the package-lock.json files, and below.
set -euo pipefail
cd "$(dirname "$0")/.."

WASM_PACK_VERSION=0.15.1
NODE_MAJOR=20

say() { printf 'setup: %s\n' "$*" >&2; }
fail() {
  say "$*"
  exit 1
}
has() { command -v "$1" >/dev/null 2>&1; }

need_rust() {
  has rustup || fail 'Rust is missing: install it with rustup (see the Rust home page), open a new shell, and run this again.'
  local component installed
  installed=$(rustup component list --installed)
  for component in rustfmt clippy; do
    grep -q "^$component" <<<"$installed" || { say "adding $component" && rustup --quiet component add "$component"; }
  done
  rustup target list --installed | grep -qx wasm32-unknown-unknown ||
    { say 'adding the target wasm32-unknown-unknown' && rustup --quiet target add wasm32-unknown-unknown; }
}

# The command-line tool must speak exactly the version that the crate was compiled against.
need_wasm_bindgen() {
  local version
  version=$(awk '$0 == "name = \"wasm-bindgen\"" { getline; gsub(/[^0-9.]/, ""); print; exit }' Cargo.lock)
  [ "$(wasm-bindgen --version 2>/dev/null)" = "wasm-bindgen $version" ] && return
  say "installing wasm-bindgen-cli $version (a few minutes)"
  cargo install --quiet --force --target-dir target/tools wasm-bindgen-cli --version "$version"
}

need_wasm_pack() {
  has wasm-pack && return
  say "installing wasm-pack $WASM_PACK_VERSION (a few minutes)"
  cargo install --quiet --locked --target-dir target/tools wasm-pack --version "$WASM_PACK_VERSION"
}

need_node() {
  local hint="Node.js $NODE_MAJOR or newer is needed; install it and run this again."
  has node && has npm || fail "$hint"
  [ "$(node -p 'process.versions.node.split(".")[0]')" -ge "$NODE_MAJOR" ] || fail "$hint (found $(node --version))"
}

# npm writes node_modules/.package-lock.json last, so it is older than the lock file only when packages are missing or outdated.
need_packages() {
  local folder=$1
  [ "$folder/node_modules/.package-lock.json" -nt "$folder/package-lock.json" ] && return
  say "installing the npm packages of $folder"
  (cd "$folder" && npm ci --no-audit --no-fund --loglevel=error)
  touch "$folder/node_modules/.package-lock.json"
}

# Debian packages, as root or through a sudo that asks no password.
need_debian() {
  local sudo=''
  has apt-get || return 1
  if [ "$(id -u)" != 0 ]; then
    sudo='sudo -n'
    $sudo true 2>/dev/null || return 1
  fi
  say "installing $*"
  $sudo apt-get -q -o DPkg::Lock::Timeout=300 update >&2 &&
    $sudo env DEBIAN_FRONTEND=noninteractive apt-get -q -y -o DPkg::Lock::Timeout=300 install --no-install-recommends "$@" >&2
}

need_browser() {
  if ! has "${CHROMIUM:-chromium}" || ! has "${CHROMEDRIVER:-chromedriver}"; then
    need_debian chromium chromium-driver ||
      fail 'Chromium and chromedriver are missing: install both, or name them in CHROMIUM and CHROMEDRIVER, and run this again.'
  fi
  # Lavapipe, a Vulkan device in software: the native GPU tests run on it and are skipped without it.
  if ! compgen -G '/usr/share/vulkan/icd.d/*.json' >/dev/null; then
    need_debian mesa-vulkan-drivers || say 'no Vulkan driver here: the native GPU tests will be skipped'
  fi
}

# The end-to-end tests use the packages of the page.
need_link() {
  [ -e tests/e2e/node_modules ] || ln -s ../../www/node_modules tests/e2e/node_modules
}

need_rust
need_node
need_wasm_bindgen
need_wasm_pack
need_packages www
case "${1:-}" in
  --test)
    need_browser
    need_link
    ;;
  --bench)
    need_browser
    need_packages benches/web
    ;;
esac
