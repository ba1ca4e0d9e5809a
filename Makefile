# make report: the sample county's report. Needs Python 3.11-3.13 with venv, and make; nothing else.
# Every path is relative: the checkout may stand below spaces or Chinese names.
.DEFAULT_GOAL := help
SHELL := /bin/sh
.DELETE_ON_ERROR:

COUNTY ?= 990101
YEAR ?=
LANG_OUT ?= zh
WORKERS ?= 2
PYTHONS ?= 3.11 3.12 3.13
SYSTEMS ?= windows linux
BIN := .venv/bin
PY := $(BIN)/python
PIP := $(PY) -m pip --disable-pip-version-check --no-input

# An environment made elsewhere (the checkout was moved or copied) cannot be used: it is made again.
ifneq ($(shell cat .venv/.made-in 2>/dev/null),$(shell pwd -P))
.PHONY: .venv/.made-in
endif

.PHONY: help report test test-full check lint lab app bundle lock clean

help:  ## 显示本说明 / this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' Makefile

report: .venv/.ready  ## 示例县的报告 / the sample county's report (COUNTY=…, YEAR=…, LANG_OUT=en)
	@$(PY) -m analysis.cli run --county "$(COUNTY)" --year "$(YEAR)" --lang "$(LANG_OUT)"

test: check  ## 全部检查与测试 / all checks and tests
	$(PY) -m pytest -n $(WORKERS)

test-full: check  ## 另加长时间的测试 / the long runs too
	$(PY) -m pytest -n $(WORKERS) -m "full or not full"

check lint: .venv/.ready  ## 格式、写法与类型 / format, lint and types
	$(PY) -m ruff format --check .
	$(PY) -m ruff check .
	$(PY) -m mypy

lab: .venv/.ready  ## 打开 JupyterLab / open JupyterLab
	@$(PY) -m analysis.cli lab

app: .venv/.ready  ## 浏览器中的交互探索 / explore in the browser (COUNTY=…, YEAR=…, LANG_OUT=en)
	$(PY) -m analysis.cli app --county "$(COUNTY)" --year "$(YEAR)" --lang "$(LANG_OUT)"

bundle: .venv/.ready  ## 供无网络办公室的安装包 / a zip to install from without network (PYTHONS=3.12 SYSTEMS=windows)
	@$(PY) .ci/bundle/build.py --pythons "$(PYTHONS)" --systems "$(SYSTEMS)"

lock: .venv/.ready  ## 重做 requirements.lock / make requirements.lock again (UPGRADE=1: newest versions)
	$(PY) -m uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
		--no-annotate --no-header --quiet $(if $(UPGRADE),--upgrade) --extra dev --extra cluster pyproject.toml -o requirements.lock

clean:  ## 删除环境与缓存（成果保留）/ remove the environment and caches; outputs stay
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis dist build

.venv/.made-in:
	@python=$$(sh .ci/find-python) && echo "$$python -m venv .venv" && "$$python" -m venv --clear .venv
	@pwd -P > $@

.venv/.locked: requirements.lock .venv/.made-in
	@echo "安装依赖，约 1-5 分钟 / installing, 1 to 5 minutes"
	$(PIP) install --require-hashes -r requirements.lock
	@touch $@

.venv/.ready: pyproject.toml .venv/.locked
	$(PIP) install --quiet --no-deps --no-build-isolation -e .
	@touch $@
