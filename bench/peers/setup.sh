#!/usr/bin/env bash
# Usage: bench/peers/setup.sh        (PYTHON=python3.13 bench/peers/setup.sh for another interpreter)
# One line per peer: "ok NAME VERSION" or "not run NAME: reason". Exits 0 either way:
# a benchmark report says which peers were missing, it does not fail because of them.
# 3.11 by default in nautilus_trader's favour: its last release for 3.11 ran engine_nautilus.py
# several times quicker than its newest release did on 3.13.
set -u
cd "$(dirname "$0")" || exit 1
want=${PYTHON:-python3.11}
# A package whose module has another name is written package:module.
peers="nautilus_trader pandas polars pyarrow numpy sortedcontainers TA-Lib:talib pyqlib:qlib torch lightgbm xgboost scikit-learn:sklearn shap arch optuna skfolio cvxpy clarabel"

fail_all() { for p in $peers hftbacktest; do echo "not run ${p%%:*}: $1"; done; exit 0; }

ver='import sys; print("%d.%d" % sys.version_info[:2])'
want_ver=$("$want" -c "$ver" 2>/dev/null) || fail_all "$want not found or not runnable"
log=$(mktemp); trap 'rm -f "$log"' EXIT

install_into() { # install_into ENVIRONMENT PINS PEER...
  local env=$1 pins=$2 entry p module v
  shift 2
  # A half-made environment, or one of another Python, would resolve other pins.
  if [ "$($env/bin/python -c "$ver" 2>/dev/null)" != "$want_ver" ] || ! $env/bin/python -m pip --version >/dev/null 2>&1; then
    rm -rf "$env"
    "$want" -m venv "$env" >/dev/null 2>&1 || fail_all "$want -m venv failed"
  fi
  for entry in "$@"; do
    p=${entry%%:*}; module=${entry##*:}
    # -c keeps one peer's dependencies from moving another's pin; wheels only, because
    # a source build is slow and measures a binary that users do not get. gym (of pyqlib)
    # is plain Python and has no wheel.
    if ! $env/bin/python -m pip install --quiet --disable-pip-version-check --no-input \
        --only-binary :all: --no-binary gym -c "$pins" "$p" >"$log" 2>&1; then
      echo "not run $p: $(grep -m1 -i error "$log" || echo "pip install failed")"
    # An installed wheel may still not load (CPU features, glibc), so import it.
    elif ! v=$($env/bin/python -c "import $module; print($module.__version__)" 2>"$log"); then
      echo "not run $p: $(tail -n 1 "$log")"
    else
      echo "ok $p $v"
    fi
  done
}

# shellcheck disable=SC2086 # a list of words
install_into .venv requirements.txt $peers
# It wants an older NumPy than the others.
install_into .venv-matching requirements-matching.txt hftbacktest
