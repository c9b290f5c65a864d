# Every command a person types. `make help` lists them.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.PHONY: help run dev frontend test test-fast test-sqlite test-postgres test-frontend test-browser interop contract bench trust lint fmt openapi release clean

LISTEN ?= 0.0.0.0:8080
DATA ?= data/demo
CASES ?= 2000
EVENTS ?= 1000000
BENCH ?=

help: ## Show this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-15s %s\n", $$1, $$2}'

run: ## Build everything and serve it with demo data (LISTEN=address:port, DATA=folder)
	@echo "Checking tools …"; .ci/need run
	@$(MAKE) --no-print-directory frontend
	@echo "Building the service (the first time takes a few minutes) …"
	@cargo build --locked
	@exec target/debug/annals demo --data $(DATA) --listen $(LISTEN) --env-file $(DATA)/demo.env

dev: frontend/node_modules/.installed ## Serve the page with hot reload on :5173; needs `make run` beside it
	@cd frontend && npm run dev

frontend: frontend/dist/index.html ## Build the web page
	@:

frontend/node_modules/.installed: frontend/package-lock.json
	@echo "Installing the page's packages …"
	@cd frontend && PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD=1 npm ci --no-audit --no-fund --loglevel=error
	@touch $@

frontend/dist/index.html: frontend/node_modules/.installed openapi.yaml $(shell find frontend/src frontend/index.html frontend/docs.html frontend/vite.config.ts frontend/scripts -type f 2>/dev/null)
	@echo "Building the page …"
	@cd frontend && npm run --silent build
	@touch $@

test: ## Run everything: lints, unit tests, SQLite, PostgreSQL, real browser, independent check
	@.ci/need test
	@$(MAKE) --no-print-directory lint-rust lint-types test-frontend test-sqlite test-postgres interop contract test-browser
	@echo "All tests passed."

test-fast: ## Run the Rust tests on SQLite only
	@cargo test --quiet --locked

test-sqlite:
	@echo "== Rust tests on SQLite"
	@cargo test --locked

test-postgres:
	@echo "== Rust tests on PostgreSQL"
	@.ci/postgres run cargo test --locked --test it

test-frontend: frontend
	@echo "== Page: types, style, unit tests, sizes"
	@cd frontend && npm run --silent check && npm run --silent test && npm run --silent budget

test-browser: frontend ## Run the browser tests against the real service
	@echo "== Page in Chromium against the real service, on SQLite, then on PostgreSQL"
	@cargo build --quiet --locked
	@cd frontend && npm run --silent e2e
	@.ci/postgres run $(MAKE) --no-print-directory -C frontend -f ../Makefile browser-smoke

.PHONY: browser-smoke
browser-smoke:
	@npm run --silent e2e -- log.spec.ts session.spec.ts

interop: ## Check the log's bytes with libraries that are not ours
	@echo "== Independent check of the log's bytes"
	@cargo build --quiet --locked
	@.ci/interop/run

contract: ## Ask the service whatever openapi.yaml allows and forbids, as everybody there is (CASES=2000)
	@echo "== The service against openapi.yaml"
	@cargo build --quiet --locked
	@.ci/schemathesis/run $(CASES)
	@.ci/postgres run .ci/schemathesis/run $(CASES)

bench: ## Measure the service beside the raw engine, on both databases (EVENTS=1000000 or 10000000, BENCH=--quick)
	@.ci/need test
	@echo "Building (the first time takes minutes) …"
	@cargo bench --quiet --locked --no-run
	@rm -f target/bench.md
	@cargo bench --quiet --locked --bench annals-bench -- --events $(EVENTS) $(BENCH) --markdown ../target/bench.md
	@.ci/postgres run cargo bench --quiet --locked --bench annals-bench -- --events $(EVENTS) $(BENCH) --markdown ../target/bench.md
	@echo "The same as Markdown: target/bench.md"

trust: ## The long runs: 10,000 requests by contract, overload, crashes, a small benchmark (about an hour)
	@.ci/need test
	@$(MAKE) --no-print-directory contract CASES=10000
	@echo "== A minute of overload; a hundred kills under load"
	@OVERLOAD_SECONDS=60 KILLS=100 STOP_SECONDS=6 RECOVERY_SECONDS=5 cargo test --locked --test it -- --nocapture overload crash stop::
	@OVERLOAD_SECONDS=60 KILLS=100 STOP_SECONDS=6 RECOVERY_SECONDS=5 .ci/postgres run cargo test --locked --test it -- --nocapture overload crash stop::
	@$(MAKE) --no-print-directory bench EVENTS=20000 BENCH=--quick

.PHONY: lint-types
lint-types: frontend/node_modules/.installed
	@cd frontend && npm run --silent api && git diff --exit-code --stat -- src/api/schema.d.ts \
	  || { echo "The page's types differ from openapi.yaml: run make openapi and commit"; exit 1; }

.PHONY: lint-rust
lint-rust:
	@echo "== Rust style and lints"
	@cargo fmt --check
	@cargo clippy --quiet --all-targets --locked -- -D warnings

lint: lint-rust ## Check style and lints of everything
	@cd frontend && npm run --silent check

fmt: ## Format everything
	@cargo fmt
	@cd frontend && npm run --silent format

openapi: ## Write openapi.yaml, and the page's types, from the code
	@cargo run --quiet -- openapi > openapi.yaml.new && mv openapi.yaml.new openapi.yaml
	@cd frontend && npm run --silent api

release: frontend ## Build the optimized binary with the page inside
	@cargo build --release --locked
	@ls -lh target/release/annals

clean: ## Remove what was built; demo data stays
	@cargo clean
	@rm -rf frontend/dist frontend/node_modules
