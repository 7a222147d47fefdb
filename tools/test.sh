#!/bin/bash
# Everything CI runs. Each step prints its output; the table at the end repeats what passed, what failed and how long it took.
set -uo pipefail
cd "$(dirname "$0")/.."
jobs=${JOBS:-$(nproc)}
export CTEST_PARALLEL_LEVEL=${CTEST_PARALLEL_LEVEL:-$jobs}

results=()
failed=0
output=$(mktemp)
trap 'rm -f "$output"' EXIT

# step NAME COMMAND...: runs it, keeps its result and its total if ctest ran. After a failure the following steps still run.
step() {
  local name=$1 started=$SECONDS verdict=passed
  shift
  printf '\n=== %s\n' "$name"
  "$@" 2>&1 | tee "$output"
  if [ "${PIPESTATUS[0]}" != 0 ]; then
    verdict=FAILED
    failed=1
  fi
  results+=("$(printf '%-8s %5d s  %-34s %s' $verdict $((SECONDS - started)) "$name" "$(grep -E '^[0-9]+% tests passed' "$output")")")
}

build() {
  cmake --preset "$1" | grep -vE '^-- (Found|Checking|  |Performing|Detecting|Looking|Check)' && cmake --build --preset "$1" --parallel "$jobs"
}

step "checks" python3 tools/tidy.py
step "commit messages" python3 tools/commit_lint.py
step "release: build" build release
step "release: tests" ctest --preset release
step "sanitizers: build" build dev
step "sanitizers: tests" ctest --preset dev
# Four hundred compilations, seconds long when ccache knows them. On a slow machine that knows nothing they would take CI past its time.
if [ $SECONDS -lt 3600 ]; then
  step "release: every header alone" cmake --build --preset headers --parallel "$jobs"
else
  results+=("SKIPPED            release: every header alone (an hour has passed)")
fi

printf '\n=== summary\n'
printf '%s\n' "${results[@]}"
exit $failed
