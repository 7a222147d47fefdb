#!/bin/bash
# Builds the fuzz targets and runs each for SECONDS_EACH seconds on its corpus, tests/corpus/<target>. Findings end up in build/fuzz.
set -euo pipefail
cd "$(dirname "$0")/.."
seconds=${SECONDS_EACH:-30}
cmake --preset fuzz
cmake --build --preset fuzz --parallel "${JOBS:-$(nproc)}" --target fuzzers
# Targets that read scripts start from the statements of the tests and know the words of the language.
python3 tools/fuzz_seeds.py build/fuzz/zeroql
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
  options=()
  case "$name" in
    zeroql_* | sema_* | lint_*)
      kept+=(build/fuzz/zeroql/seeds)
      options+=(-dict=build/fuzz/zeroql/zeroql.dict -max_len=2048)
      ;;
  esac
  echo "=== $name, $seconds s"
  # New inputs go to the first folder; the kept corpus is only read.
  "$target" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=3000 -print_final_stats=1 "${options[@]}" \
    -artifact_prefix="build/fuzz/$name-" "build/fuzz/corpus/$name" "${kept[@]}"
done
echo "fuzz: ${#targets[@]} targets, no finding"
