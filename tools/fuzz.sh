#!/bin/bash
# Builds the fuzz targets and runs each for SECONDS_EACH seconds on its corpus, tests/corpus/<target>. Findings end up in build/fuzz.
set -euo pipefail
cd "$(dirname "$0")/.."
seconds=${SECONDS_EACH:-30}
cmake --preset fuzz
cmake --build --preset fuzz --parallel "${JOBS:-$(nproc)}" --target fuzzers
shopt -s nullglob
targets=(build/fuzz/fuzz/*)
if [ ${#targets[@]} = 0 ]; then
  echo "fuzz: no library lists FUZZERS" >&2
  exit 1
fi
for target in "${targets[@]}"; do
  name=$(basename "$target")
  mkdir -p "build/fuzz/corpus/$name"
  kept=()
  if [ -d "tests/corpus/$name" ]; then kept=("tests/corpus/$name"); fi
  echo "=== $name, $seconds s"
  # New inputs go to the first folder; the kept corpus is only read.
  "$target" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=2048 -print_final_stats=1 \
    -artifact_prefix="build/fuzz/$name-" "build/fuzz/corpus/$name" "${kept[@]}"
done
echo "fuzz: ${#targets[@]} targets, no finding"
