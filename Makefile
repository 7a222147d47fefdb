# The commands of a contributor; each is a short form of a preset or of a script in tools/. CONTRIBUTING.md explains them.
JOBS ?= $(shell nproc)
export CTEST_PARALLEL_LEVEL = $(JOBS)

.PHONY: help deps build demo test sim explore histories differential spill bench tpch fuzz editors tidy format clean

help:
	@echo "make deps     install what is missing to build (Debian packages; as root or with sudo)"
	@echo "make build    build the release executable, build/release/zerodb"
	@echo "make demo     build, load the demo data and ask it questions"
	@echo "make test     everything that CI runs: checks, release tests, tests under sanitizers"
	@echo "make sim      simulate replica sets with all faults: SIM_WORLDS (500) times ten virtual minutes a core"
	@echo "make explore  every state of small replica sets, and the hunt for planted mistakes"
	@echo "make histories  record what concurrent sessions see and have it judged serializable"
	@echo "make differential  DIFFERENTIAL_RUNS (100) times 5,000 random queries, answered also by SQLite and DuckDB"
	@echo "make spill    join 5 M rows with 5 M and sort 10 M in 256 MiB, then on a full disk"
	@echo "make bench    build and run the benchmarks"
	@echo "make tpch     run TPC-H at TPCH_SCALE (0.1) beside peers, and compare the answers"
	@echo "make fuzz     build the fuzz targets with clang and run each for SECONDS_EACH (30) seconds"
	@echo "make editors  drive the language server by Neovim, Emacs and VS Code's library; package the extension; test the tree-sitter grammar"
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

# One process a core, each with worlds of its own, ten virtual minutes long; then sets that share hosts.
SIM_WORLDS ?= 500
SIM_SEED ?= 1
SIM = build/release/tests/sim
sim: deps
	cmake --preset release
	cmake --build --preset release --parallel $(JOBS) --target raft_sim raft_scenarios raft_explore fault_hunt
	$(SIM)/raft_scenarios
	seq $(JOBS) | xargs -P $(JOBS) -I{} sh -c '$(SIM)/raft_sim --worlds $(SIM_WORLDS) --minutes 10 --all-faults --seed $$(( $(SIM_SEED) + 1000000 * {} ))'
	seq $(JOBS) | xargs -P $(JOBS) -I{} sh -c '$(SIM)/raft_sim --worlds 3 --minutes 2 --groups 200 --seed $$(( $(SIM_SEED) + 1000000 * {} ))'
	$(SIM)/raft_explore --must-complete

# The complete small scopes: three nodes, two terms, three entries, one change of members.
explore: deps
	cmake --preset release
	cmake --build --preset release --parallel $(JOBS) --target raft_explore fault_hunt
	$(SIM)/raft_explore --must-complete
	$(SIM)/raft_explore --must-complete --remove
	$(SIM)/raft_explore --must-complete --promote
	$(SIM)/raft_explore --must-complete --replace
	$(SIM)/raft_explore --must-complete --crashes 1
	$(SIM)/raft_explore --must-complete --remove --entries 1 --heartbeats
	$(SIM)/raft_explore --must-complete --entries 2 --window 2
	$(SIM)/fault_hunt

# Half a minute of each kind of history on each engine; the judge is a crate of its own.
HISTORY_JUDGE = build/histories/judge
histories: deps
	cmake --preset release
	cmake --build --preset release --parallel $(JOBS) --target history_recorder history_recorder_faulty
	cargo build --release --locked --manifest-path tests/histories/judge/Cargo.toml --target-dir $(HISTORY_JUDGE)
	python3 -B tests/histories/run.py build/release/tests/histories/history_recorder $(HISTORY_JUDGE)/release/zerodb-history-judge build/histories \
	  --faulty build/release/tests/histories/history_recorder_faulty

# One run of 5,000 queries a seed, one process a core; an hour and a quarter on two cores. What each says is kept and shown where one fails.
DIFFERENTIAL_RUNS ?= 100
DIFFERENTIAL_SEED ?= 1
DIFFERENTIAL = build/differential
differential: deps
	cmake --preset release
	cmake --build --preset release --parallel $(JOBS) --target sqlite_differential
	python3 -m venv $(DIFFERENTIAL)/python
	$(DIFFERENTIAL)/python/bin/pip install --quiet -r bench/tpch/requirements.txt
	seq $(DIFFERENTIAL_SEED) $$(( $(DIFFERENTIAL_SEED) + $(DIFFERENTIAL_RUNS) - 1 )) | xargs -P $(JOBS) -I{} sh -c \
	  '$(DIFFERENTIAL)/python/bin/python -B tests/differential/peer_differential.py build/release/tests/differential/sqlite_differential \
	     --seed {} --queries 5000 --turns 1 > $(DIFFERENTIAL)/{}.log 2>&1 || { cat $(DIFFERENTIAL)/{}.log; exit 1; }'
	@echo "$(DIFFERENTIAL_RUNS) runs of 5000 queries from seed $(DIFFERENTIAL_SEED) on: none differs"

spill: build
	python3 -B tests/spill/run.py build/release/zerodb build/spill

# The peers that live in Node.js packages take part where npm can install them.
bench: deps
	-cd bench/peers && npm install --no-save --no-audit --no-fund --silent
	cmake --preset bench
	cmake --build --preset bench --parallel $(JOBS)

# TPC-H beside SQLite, DuckDB and, where its server is installed, PostgreSQL.
TPCH_SCALE ?= 0.1
TPCH_PEERS ?= sqlite,postgres,duckdb
tpch: build
	@tools/deps.sh tpch
	python3 -m venv build/tpch/python
	build/tpch/python/bin/pip install --quiet -r bench/tpch/requirements.txt
	PATH="$(CURDIR)/build/tpch/python/bin:$$PATH" build/tpch/python/bin/python bench/tpch/run.py --zerodb build/release/zerodb --scale $(TPCH_SCALE) --peers $(TPCH_PEERS)

fuzz:
	@tools/deps.sh build clang
	@tools/fuzz.sh

# The clients of others, of which none is needed to build. npm must be there: Debian's conflicts with that of other Node.js packages.
editors: build
	@tools/deps.sh editors
	npm install --prefix build/clients --no-audit --no-fund --silent vscode-languageserver-protocol@3.18.5 @microsoft/jest-sarif@1.0.0-beta.0
	ZERODB_NODE_MODULES=$(CURDIR)/build/clients/node_modules python3 -B tests/cli/lsp_clients_test.py build/release/zerodb
	ZERODB_NODE_MODULES=$(CURDIR)/build/clients/node_modules python3 -B tests/cli/sarif_schema_test.py build/release/zerodb
	python3 editors/vscode/package.py build/zeroql.vsix
	cmake --build --preset release --parallel $(JOBS) --target generated_statements
	python3 -m pip install --quiet --target build/clients/python --upgrade tree-sitter==0.26.1
	PYTHONPATH=build/clients/python ZERODB_TREE_SITTER=$$(python3 -B editors/tree-sitter-zeroql/build.py --command-line) ZERODB_GENERATED=build/release/tests/generate/generated_statements \
	  python3 -B tests/cli/tree_sitter_test.py build/release/zerodb

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
