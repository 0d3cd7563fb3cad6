# `make demo` and `make test` are the two commands of the README; the others are conveniences. The work is in .ci/.

.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help demo test build assets fmt schema bench

# The paths below are promised to the outside, wherever the caller keeps the build folder of other projects.
export CARGO_TARGET_DIR := $(CURDIR)/target

# Arguments for `tabulario demo`, for instance `make demo ARGS=--once`.
ARGS ?=

help: ## this list
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1\t\2/p' Makefile | expand -t 16

demo: build ## build the release binary and show the whole walk on sample messages (ARGS=--once: only the summary)
	@exec target/release/tabulario demo $(ARGS)

test: ## install what is missing, then check format, lints, docs and run all tests on SQLite and PostgreSQL
	@exec .ci/prova.sh

build: assets ## build target/release/tabulario, pages included
	@cargo build --release --locked

assets: ## install the npm packages and build the files that the binary embeds
	@.ci/pagine.sh

fmt: ## format the source
	@cargo fmt

schema: ## write src/storage/schema from migrations/ and docs/REGISTRO.md
	@python3 src/storage/schema/genera.py

bench: assets ## run the benchmarks, which print ratios against named peers
	@cargo bench --locked
