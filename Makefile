# Crossdock: `make demo` runs it, `make test` proves it. `make help` lists the rest.
SHELL := /bin/bash
RATE ?= 2
FAULTS ?= normal
SEED ?= 1
DATA ?= data/demo
LISTEN ?= 127.0.0.1:8080

.PHONY: help setup build demo test bench screenshots clean-data

help: ## this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /	/' | expand -t 16

setup: ## installs the Debian packages that are missing, and says which
	@Scripts/setup

build: setup ## the release binary, at .build/release/crossdock
	swift build -c release --product crossdock

demo: build ## a hub with simulated shops and a courier (RATE=2 FAULTS=none|normal|storm SEED=1 DATA=… LISTEN=HOST:PORT BY_HAND=1)
	@exec .build/release/crossdock demo --data $(DATA) --listen $(LISTEN) --rate $(RATE) --faults $(FAULTS) --seed $(SEED) $(if $(BY_HAND),--by-hand)

test: setup ## every test, on both databases
	@Scripts/test

bench: build ## the measurements of docs/benchmarks.md
	@.build/release/crossdock bench
	@PG_SHARED_BUFFERS=4GB PG_MAX_WAL_SIZE=16GB Scripts/postgres-for-tests run sh -c '.build/release/crossdock bench console --database "$$CROSSDOCK_TEST_POSTGRES_URL"'
	@Scripts/postgres-for-tests run sh -c '.build/release/crossdock bench day --hubs 2 --database "$$CROSSDOCK_TEST_POSTGRES_URL"'
	@CROSSDOCK_BINARY="$$PWD/.build/release/crossdock" "$$(Scripts/python-for-tests)" -B Tests/browser/bench_console.py

screenshots: setup ## pictures of every page of the console in screenshots/ (light, dark, phone; English, Thai, Spanish)
	@Scripts/screenshots

clean-data: ## forgets the demo's data
	rm -rf $(DATA)
