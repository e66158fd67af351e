# The project's commands. Settings: make demo SIZE=0.1 KEEP=1, make test VERSIONS="13 18", PGBIN=/path/to/servers/bin for both.

help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' $(MAKEFILE_LIST)

demo: ## migrates the sample database between two throwaway clusters, and verifies it
	@scripts/demo.sh

test: ## format, clippy, documentation and all tests, on the server versions at hand
	@scripts/test.sh

fuzz: ## libFuzzer over everything that reads foreign bytes, SECONDS=600 in all (TARGETS="plan frames": only these)
	@SECONDS_IN_ALL=$(SECONDS) scripts/fuzz.sh $(TARGETS)

build: ## the release binary
	cargo build --release --locked

image-check: ## the static binary of the image, built and tried in the image's file system (as root)
	@scripts/image-check.sh

chaos: ## migrations under faults by chance: make chaos RUNS=200 SEED=7 (RUN=31 repeats one, WHOLE=1: of a whole server)
	@scripts/chaos.sh

bench: ## benchmarks: chunk sizes, formats, lanes, buffers, catalog, checksum (FILTER=chunk_bytes: only these)
	@scripts/bench.sh $(FILTER)

fmt: ## formats the source
	cargo fmt

clean-clusters: ## stops and removes the throwaway clusters of demo and tests
	@scripts/cluster.sh destroy-all

.PHONY: help demo test fuzz build image-check chaos bench fmt clean-clusters
