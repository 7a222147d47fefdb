# The commands of a contributor; each is a short form of a preset or of a script in tools/. CONTRIBUTING.md explains them.
JOBS ?= $(shell nproc)
export CTEST_PARALLEL_LEVEL = $(JOBS)

.PHONY: help deps build demo test sim bench fuzz tidy format clean

help:
	@echo "make deps     install what is missing to build (Debian packages; as root or with sudo)"
	@echo "make build    build the release executable, build/release/zerodb"
	@echo "make demo     build, load the demo data and ask it questions"
	@echo "make test     everything that CI runs: checks, release tests, tests under sanitizers"
	@echo "make sim      simulate replica sets for SIM_SECONDS (240) seconds a core, with all faults"
	@echo "make bench    build and run the benchmarks"
	@echo "make fuzz     build the fuzz targets with clang and run each for SECONDS_EACH (30) seconds"
	@echo "make tidy     the project's own checks, formatting and clang-tidy"
	@echo "make format   format every C++ file"
	@echo "make clean    remove build/"

deps:
	@tools/deps.sh build

build: deps
	cmake --preset release
	cmake --build --preset release --parallel $(JOBS) --target zerodb

demo: build
	build/release/zerodb demo

test: deps
	@tools/test.sh

# One process a core, each with seeds of its own.
SIM_SECONDS ?= 240
SIM_SEED ?= 1
sim: deps
	cmake --preset release
	cmake --build --preset release --parallel $(JOBS) --target raft_sim raft_scenarios raft_explore fault_hunt
	build/release/tests/sim/raft_scenarios
	seq $(JOBS) | xargs -P $(JOBS) -I{} sh -c 'build/release/tests/sim/raft_sim --seconds $(SIM_SECONDS) --seed $$(( $(SIM_SEED) + 1000000 * {} ))'
	build/release/tests/sim/raft_explore --states 200000 --change --slow-disk
	build/release/tests/sim/fault_hunt

# The peers that live in Node.js packages take part where npm can install them.
bench: deps
	-cd bench/peers && npm install --no-save --no-audit --no-fund --silent
	cmake --preset bench
	cmake --build --preset bench --parallel $(JOBS)

fuzz:
	@tools/deps.sh build clang
	@tools/fuzz.sh

tidy:
	@tools/deps.sh build clang
	python3 tools/tidy.py
	python3 tools/commit_lint.py
	tools/format.sh --check
	cmake --preset tidy
	cmake --build --preset tidy --parallel $(JOBS)

format:
	@tools/deps.sh clang
	tools/format.sh

clean:
	rm -rf build
