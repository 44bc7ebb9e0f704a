VENV := .venv
BIN := $(VENV)/bin
export TIAOWEN_DATA_DIR ?= $(CURDIR)/.tiaowen
SUDO := $(shell [ "$$(id -u)" = 0 ] || echo sudo)

.PHONY: run index check test test-slow browser eval bench format lock

run: $(VENV)/.ready
	@$(BIN)/tiaowen serve

index: $(VENV)/.ready
	@$(BIN)/tiaowen index

# What every commit passes; under four minutes.
check: $(VENV)/.ready
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/pytest -m "not slow" -n 2

# What CI runs: the above, and browser, kill, closed-network, packaging and eval tests.
test: check test-slow

test-slow: $(VENV)/.ready browser
	$(BIN)/pytest -m slow

# The browser tests need Debian's chromium, a Chinese font, and tools for network namespaces.
browser:
	@command -v chromium >/dev/null && command -v ip >/dev/null && command -v unshare >/dev/null \
	&& fc-list :lang=zh | grep -q . \
	|| { $(SUDO) apt-get update -qq && $(SUDO) apt-get install -y -qq --no-install-recommends \
	     chromium fonts-wqy-zenhei fontconfig iproute2 util-linux; }

eval: $(VENV)/.ready
	@$(BIN)/tiaowen eval

bench: $(VENV)/.ready
	@$(BIN)/python -m evals.bench

format: $(VENV)/.ready
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

# New versions: resolves pyproject.toml again; plain name==version lines, nothing about where they come from.
lock: $(VENV)/.ready
	$(BIN)/uv pip compile -q --no-header --no-annotate --python-version 3.11 pyproject.toml -o requirements.lock
	$(BIN)/uv pip compile -q --no-header --no-annotate --python-version 3.11 --group dev -c requirements.lock \
	-o requirements-dev.lock

$(VENV)/.ready: requirements.lock requirements-dev.lock pyproject.toml
	@echo "正在准备运行环境(首次约需一两分钟)……" >&2
	test -x $(BIN)/python || python3 -m venv $(VENV)
	$(BIN)/pip install -q --no-deps -r requirements.lock -r requirements-dev.lock
	$(BIN)/pip install -q --no-deps -e .
	touch $@
