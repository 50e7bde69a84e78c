# make demo   see it work: no homeserver, no configuration
# make check  what CI runs
# make help   everything else

SHELL := /bin/bash
GO ?= go
export CGO_ENABLED ?= 0
# What was compiled for one checkout serves another: CI makes a fresh one each time.
export GOFLAGS := -trimpath $(GOFLAGS)
TAGS := goolm
VERSION := $(shell git describe --tags --always --dirty 2>/dev/null || echo devel)
LDFLAGS := -s -w -X main.version=$(VERSION)
BIN := bin/lotus-hooks
LINT := $(GO) tool -modfile=tools/go.mod golangci-lint
# mautrix' end-to-end encryption needs the tag; the race detector needs cgo.
# Tests are not for debuggers: linking them is quicker without symbols.
TEST := $(GO) test -tags $(TAGS) -ldflags=-s
# The detector watches all but SQLite, which is C made into Go: there it takes most of the time,
# and what it finds are C's habits.
RACE := CGO_ENABLED=1 $(TEST) -race \
	-gcflags='modernc.org/sqlite/lib=-race=false -d=checkptr=0' -gcflags='modernc.org/libc/...=-race=false -d=checkptr=0'
FUZZ_SECONDS ?= 60
ROUNDS ?= 200

.PHONY: help
help: ## show this
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.PHONY: build
build: $(BIN) ## the program, in bin/

.PHONY: $(BIN)
$(BIN):
	$(GO) build -tags $(TAGS) -ldflags '$(LDFLAGS)' -o $@ ./cmd/lotus-hooks

.PHONY: demo
demo: $(BIN) ## see it work on http://127.0.0.1:9001
	$(BIN) demo $(DEMO)

.PHONY: check
check: tools fmt-check lint test fuzz e2e ## everything CI runs
	@echo "make check: all good"

.PHONY: tools
tools: ## what the checks need, from Debian
	scripts/install-test-tools.sh

.PHONY: fmt-check
fmt-check:
	@unformatted=$$(git ls-files '*.go' | xargs gofmt -l); [ -z "$$unformatted" ] || { echo "not formatted (run make fmt):"; echo "$$unformatted"; exit 1; }

.PHONY: fmt
fmt: ## format the code
	$(LINT) fmt

.PHONY: lint
lint: ## what golangci-lint says
	$(GO) vet ./cmd/... ./internal/matrix # without tags: the program must build, and say what is missing
	$(LINT) run

.PHONY: test
test: ## unit, golden and property tests, on SQLite and PostgreSQL
	LOTUS_HOOKS_REQUIRE_POSTGRES=1 LOTUS_HOOKS_REQUIRE_CHROMIUM=1 LOTUS_HOOKS_REQUIRE_DEPLOY=1 $(RACE) -p 3 $$($(GO) list -tags $(TAGS) ./... | grep -v /e2e$$)
	$(TEST) ./internal/outbox -run TestPowerCut # not with -race: what it puts below SQLite is C to the checks of that
	$(TEST) ./internal/incident # with -race, shorter sequences are played

.PHONY: golden
golden: ## rewrite what samples become and wrong configurations are told; read the diff
	$(TEST) ./formatters -run TestGolden -update
	$(TEST) ./internal/app -run TestCheckWrong -update

.PHONY: fuzz
fuzz: ## all fuzz targets, for FUZZ_SECONDS together
	scripts/fuzz.sh $(FUZZ_SECONDS)

.PHONY: e2e
e2e: $(BIN) ## the program on a real Synapse, with SQLite and PostgreSQL
	LOTUS_E2E=1 LOTUS_HOOKS_REQUIRE_POSTGRES=1 LOTUS_HOOKS_BINARY=$(CURDIR)/$(BIN) $(TEST) -count=1 -timeout 15m ./e2e/... ./virtualusers/... ./internal/homeserver/...

.PHONY: torture
torture: $(BIN) ## the faults of the end-to-end tests, 200 times (three quarters of an hour)
	LOTUS_E2E=1 LOTUS_HOOKS_REQUIRE_POSTGRES=1 LOTUS_HOOKS_BINARY=$(CURDIR)/$(BIN) LOTUS_TORTURE=$(ROUNDS) $(TEST) -count=1 -timeout 3h -run Torture -v ./e2e

.PHONY: bench
bench: $(BIN) ## figures, each beside its limit; see docs/performance.md
	LOTUS_HOOKS_BINARY=$(CURDIR)/$(BIN) $(GO) run -tags $(TAGS) ./bench

.PHONY: clean
clean:
	rm -rf bin
