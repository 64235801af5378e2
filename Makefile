# Damcon: `make demo` to see it, `make test` to trust it.

PREFIX ?= /usr/local
DESTDIR ?=
# One configuration for everything, so that what is tested is what is shipped.
CONFIGURATION ?= release
SWIFT_FLAGS = -c $(CONFIGURATION)
DAMCON = $(shell swift build $(SWIFT_FLAGS) --show-bin-path)/damcon
# What `make bench` passes on: a part (parse, scrape, screen …), --quick, --runs N.
BENCH ?=
# Real material to test and measure with, where it lies beside the project.
ifneq ($(wildcard ../shared/data),)
export DAMCON_SHARED ?= $(abspath ../shared/data)
endif
SUDO := $(shell [ "$$(id -u)" = 0 ] || echo sudo)

.PHONY: demo test bench build install deps deps-test deps-bench format lint

## Opens the dashboard on the built-in simulated fleet; without a terminal, prints a snapshot.
demo: build
	@$(DAMCON) demo

build: deps
	swift build $(SWIFT_FLAGS) --product damcon

## Builds everything once and runs all tests, ending in one line of counts.
test: deps deps-test
	@.ci/test $(SWIFT_FLAGS)

bench: deps deps-test deps-bench
	swift build $(SWIFT_FLAGS)
	@$(dir $(DAMCON))damcon-bench $(BENCH)

## Binary, themes, samples, man page and completions below $(DESTDIR)$(PREFIX).
install: build
	@.ci/install "$(DAMCON)" "$(DESTDIR)$(PREFIX)"

deps:
	@.ci/deps "$(SUDO)" libncurses-dev zlib1g-dev libzstd-dev libsqlite3-dev \
	  libcmark-gfm-dev libcmark-gfm-extensions-dev pkg-config

deps-test:
	@.ci/deps "$(SUDO)" tmux ncurses-term openssl prometheus prometheus-alertmanager etcd-server \
	  haproxy socat \
	  python3-venv
	@.ci/python .build/programs vllm-router==0.1.17 granian==2.8.7

deps-bench:
	@.ci/deps "$(SUDO)" prometheus victoria-metrics htop btop atop

format:
	swift format --in-place --recursive --parallel Package.swift Sources Tests

lint:
	swift format lint --strict --recursive --parallel Package.swift Sources Tests
