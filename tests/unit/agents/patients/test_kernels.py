"""Kernels: few arguments, and machine code that is made again when any of their files changes."""

import ast
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from fundingflows.agents.patients import compiled

FOLDER = Path(compiled.__file__).parent
MOST = 8
ASK = """
import sys
sys.path.insert(0, sys.argv[1])
import numpy as np
from patients.entry import uniforms
print(uniforms(np.ones(1, dtype=np.uint64), np.uint64(7))[0], sum(uniforms.stats.cache_hits.values()))
"""


def decorated(path: Path) -> list[ast.FunctionDef]:
    """Functions with a decorator, ``@kernel`` or ``@njit(cache=True)``."""
    return [n for n in ast.walk(ast.parse(path.read_text())) if isinstance(n, ast.FunctionDef) and n.decorator_list]


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.py")), ids=lambda p: p.name)
def test_no_kernel_takes_more_than_eight_arguments(path):
    assert [n.name for n in decorated(path) if len(n.args.args) > MOST] == []


def test_decorators_that_are_calls_are_seen(tmp_path):
    path = tmp_path / "kernels.py"
    path.write_text("@njit(cache=True)\ndef a(): ...\n@kernel\ndef b(): ...\ndef c(): ...\n")
    assert [n.name for n in decorated(path)] == ["a", "b"]


def test_a_changed_helper_is_compiled_again_and_an_unchanged_one_is_not(tmp_path):
    copy = tmp_path / "patients"
    shutil.copytree(FOLDER, copy, ignore=shutil.ignore_patterns("__pycache__"))

    def asked() -> list[str]:
        env = os.environ | {"NUMBA_CACHE_DIR": str(tmp_path / "cache")}
        command = [sys.executable, "-c", ASK, str(tmp_path)]
        return subprocess.run(command, env=env, capture_output=True, text=True, check=True).stdout.split()

    first, again = asked(), asked()
    assert (first[1], again[1]) == ("0", "1")
    assert first[0] == again[0]
    helper = copy / "draws.py"
    text = helper.read_text()
    assert "return np.float64(mix(key ^ salt) >> S11) * TO_UNIT" in text
    helper.write_text(text.replace(">> S11) * TO_UNIT", ">> S11) * TO_UNIT * 0.5"))
    changed = asked()
    assert changed[1] == "0"
    assert float(changed[0]) == float(first[0]) / 2.0
