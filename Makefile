# `make run` builds everything and serves it on http://localhost:8080; `make test` is what a change must pass.

CRM_DATA_DIR ?= data
export CRM_DATA_DIR

CRM := $(or $(CARGO_TARGET_DIR),target)/release/crm

.PHONY: run build web gen test check crash clean-data

# With a new data directory the demonstration organisation is made first.
run: build
	@[ -d "$(CRM_DATA_DIR)" ] || $(CRM) demo
	$(CRM) serve

# The web application is embedded in the binary, so it is built first.
build: web
	cargo build --release --locked --package server

web: web/dist/index.html

# Everything the web application is made of; what is built or installed lies elsewhere.
WEB := $(shell find web -type d \( -name node_modules -o -name dist \) -prune -o -type f -print)

web/dist/index.html: web/node_modules/.installed $(WEB)
	cd web && npm run build
	@touch $@

web/node_modules/.installed: web/package-lock.json
	cd web && npm ci
	@touch $@

# What is generated from the code and checked in: the OpenAPI document, the TypeScript types made of it, and the access matrix.
gen: web/node_modules/.installed
	cargo run --quiet --package server -- openapi > openapi.json.new
	mv openapi.json.new openapi.json
	cargo run --quiet --package server -- access > docs/access.md.new
	mv docs/access.md.new docs/access.md
	cd web && npm run gen

# Every stage; `scripts/test --list` names them and `scripts/test NAME…` runs some.
test:
	@scripts/test

# The quick part, for every save.
check:
	@scripts/test fmt clippy web-typecheck web-lint

# A hundred kills on either database; the tests do a few.
crash:
	@scripts/crash

# Forgets the local data, demonstration and all.
clean-data:
	rm -rf data
