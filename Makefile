# Every target installs what it is missing first (scripts/setup.sh) and says nothing about it when there is nothing to do.
PORT ?= 8080
export PATH := $(PATH):$(or $(CARGO_HOME),$(HOME)/.cargo)/bin

.PHONY: help serve build test bench bench-native bench-scaling screenshots clean

help:
	@echo 'make serve [PORT=8080]   build the page and serve it at http://localhost:PORT'
	@echo 'make build               build the static page into www/dist'
	@echo 'make test [ONLY=word]    every check and test; ONLY picks the steps whose name contains the word'
	@echo 'make bench               speed in the browser, beside other libraries'
	@echo 'make bench-native        kernels on this machine, CPU and GPU, and their share of what it can do'
	@echo 'make bench-scaling       how the cost of a step follows batch, width, depth and image size'
	@echo 'make screenshots         pictures of the page into target/screenshots'
	@echo 'make clean               remove everything that was built'

build:
	@scripts/setup.sh
	@scripts/build.sh

serve: build
	@node scripts/serve.mjs --port $(PORT)

test:
	@scripts/setup.sh --test
	@node scripts/test.mjs $(ONLY)

bench: build
	@scripts/setup.sh --bench
	@node benches/web/bench.mjs
	@node benches/web/labs.mjs

bench-native:
	@scripts/setup.sh
	@cargo bench --quiet --bench native

bench-scaling: build
	@scripts/setup.sh --bench
	@node benches/web/scaling.mjs

screenshots: build
	@scripts/setup.sh --test
	@node scripts/screenshots.mjs

clean:
	@rm -rf target www/dist www/pkg www/pkg-small
