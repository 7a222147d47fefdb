#!/bin/bash
# Formats every C++ file of the tree, or with --check names those that are not formatted and fails.
set -euo pipefail
cd "$(dirname "$0")/.."
mode=(-i)
if [ "${1:-}" = --check ]; then mode=(--dry-run --Werror); fi
git ls-files -z -co --exclude-standard -- 'src/*.cc' 'src/*.h' 'tests/*.cc' 'tests/*.h' 'bench/*.cc' 'bench/*.h' 'examples/*.cc' |
  xargs -0 -r -n 20 -P "$(nproc)" clang-format-19 -style=file "${mode[@]}"
