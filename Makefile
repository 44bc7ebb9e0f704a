VENV := .venv
BIN := $(VENV)/bin

$(VENV)/.ready: requirements.lock requirements-dev.lock pyproject.toml
	test -x $(BIN)/python || python3 -m venv $(VENV)
	$(BIN)/pip install -q --no-deps -r requirements.lock -r requirements-dev.lock
	$(BIN)/pip install -q --no-deps -e .
	touch $@
