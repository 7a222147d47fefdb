#!/bin/bash
# deps.sh GROUP...: installs the Debian packages of these groups of packages.txt that are missing, and checks Rust.
set -euo pipefail
cd "$(dirname "$0")/.."

rust_min=1.95

wanted=()
for group in "$@"; do
  while read -r name; do wanted+=("$name"); done < <(sed -n "s/^$group //p" tools/packages.txt)
done

if ! command -v dpkg-query >/dev/null; then
  echo "deps: this is no Debian system. Install what these packages hold, then build with cmake directly:" >&2
  echo "  ${wanted[*]}" >&2
  exit 1
fi

missing=()
for name in "${wanted[@]}"; do
  if [ "$(dpkg-query -W -f='${db:Status-Status}' "$name" 2>/dev/null)" != installed ]; then missing+=("$name"); fi
done

if [ ${#missing[@]} -gt 0 ]; then
  if [ "$(id -u)" = 0 ]; then
    as_root=()
  elif command -v sudo >/dev/null && sudo -n true 2>/dev/null; then
    as_root=(sudo)
  elif command -v sudo >/dev/null && [ -t 0 ]; then
    as_root=(sudo)
  else
    echo "deps: ${#missing[@]} packages are missing, and this user may not install them. As root:" >&2
    echo "  apt-get update && apt-get install -y --no-install-recommends ${missing[*]}" >&2
    exit 1
  fi
  echo "deps: installing ${missing[*]}"
  "${as_root[@]}" apt-get update -q
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "${missing[@]}"
fi

for tool in rustc cargo; do
  if ! command -v $tool >/dev/null; then
    echo "deps: $tool is missing. The Wasm runtime is written in Rust: install Rust $rust_min or newer, for example with rustup." >&2
    exit 1
  fi
done
rust_found=$(rustc --version | sed -E 's/^rustc ([0-9]+\.[0-9]+).*/\1/')
if [ "$(printf '%s\n%s\n' "$rust_min" "$rust_found" | sort -V | head -n 1)" != "$rust_min" ]; then
  echo "deps: rustc is $rust_found; $rust_min or newer is needed (\`rustup update\`)." >&2
  exit 1
fi
