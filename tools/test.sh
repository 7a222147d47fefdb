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

# build PRESET [OPTION...]: configures and builds; the options are those of cmake --build.
build() {
  cmake --preset "$1" | grep -vE '^-- (Found|Checking|  |Performing|Detecting|Looking|Check)' && cmake --build --preset "$1" --parallel "$jobs" "${@:2}"
}

step "checks" python3 tools/tidy.py
step "commit messages" python3 tools/commit_lint.py
step "release: build" build release
step "release: tests" ctest --preset release
# A machine that is slow and has nothing in its caches must not take CI past its time: then the tests of the whole, which ran without
# sanitizers, do not run with them.
if [ $SECONDS -lt 2700 ]; then
  step "sanitizers: build" build dev
  step "sanitizers: tests" ctest --preset dev
else
  step "sanitizers: build of unit tests" build dev --target unit_tests
  step "sanitizers: unit tests" ctest --preset dev --label-regex '^unit$'
  results+=("SKIPPED            sanitizers: tests of the whole (45 minutes had passed)")
fi
# Four hundred compilations, seconds long when ccache knows them.
if [ $SECONDS -lt 3600 ]; then
  step "release: every header alone" cmake --build --preset headers --parallel "$jobs"
else
  results+=("SKIPPED            release: every header alone (an hour had passed)")
fi

printf '\n=== summary\n'
printf '%s\n' "${results[@]}"
exit $failed
