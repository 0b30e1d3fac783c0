# make demo | test | test-all | lint | format | build | clean      (docs/user/install.md)
PRESET ?= release
JOBS   ?= 2
RANKS  ?= 2

BUILD  := build/$(PRESET)
OUT    := out/mass-map-demo
# Open MPI refuses root unless told, and counts cores: both matter in a container, neither elsewhere.
ROOT   := $(if $(filter 0,$(shell id -u)),--allow-run-as-root)
MPIRUN ?= OMP_NUM_THREADS=1 mpirun $(ROOT) --oversubscribe

.PHONY: demo test test-all lint format build configure packages clean

demo: configure
	cmake --build --preset $(PRESET) --parallel $(JOBS) --target scorefield_cli
	$(MPIRUN) -n $(RANKS) $(BUILD)/scorefield run inputs/mass-map-demo.yaml --output $(OUT)
	$(BUILD)/scorefield report $(OUT)
	@echo
	@echo "results: $(OUT)/samples.h5    report: $(OUT)/report.html    pictures:"
	@find $(OUT) -name '*.png' | sort | sed 's/^/  /'

test: build
	ctest --test-dir $(BUILD) --output-on-failure -j $(JOBS) --no-tests=error -LE nightly

test-all: build
	ctest --test-dir $(BUILD) --output-on-failure -j $(JOBS) --no-tests=error

build: configure
	cmake --build --preset $(PRESET) --parallel $(JOBS)

configure: packages
	cmake --preset $(PRESET)

packages:
	@cmake/install-packages.sh

SOURCES = $(shell find src physics samplers tasks tests $(wildcard benchmarks examples) -name '*.cpp' -o -name '*.hpp' | sort)
lint:
	clang-format --dry-run -Werror $(SOURCES)
	cmake --preset $(PRESET) >/dev/null
	printf '%s\n' $(filter src/%.cpp physics/%.cpp samplers/%.cpp,$(SOURCES)) | \
	  xargs -P $(JOBS) -n 1 clang-tidy --quiet -p $(BUILD) --extra-arg=-Wno-unknown-warning-option

format:
	clang-format -i $(SOURCES)

clean:
	rm -rf build
