"""Follow a page of the manual word for word in a scratch copy of the repository."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from fundingflows.experiments.cli import app
from typer.testing import CliRunner

ROOT = Path(__file__).parents[2]
FOLDERS = ("model", "agents", "scenarios", "experiments")
BLOCK = re.compile(r'^```(?P<kind>\w+)(?: title="(?P<title>[^"]*)")?\n(?P<text>.*?)^```$', re.MULTILINE | re.DOTALL)
ADDED = " (added at the end)"  #: after a file's name: the block is added to the file


class Block(NamedTuple):
    """A block of a page: its language, the file's name above it (may be empty), and its text."""

    kind: str
    title: str
    text: str


def blocks(page: str) -> list[Block]:
    """The blocks of a page of ``docs/``, in order."""
    text = (ROOT / "docs" / page).read_text(encoding="utf-8")
    return [Block(found["kind"], found["title"] or "", found["text"]) for found in BLOCK.finditer(text)]


def checkout(folder: Path) -> Path:
    """A copy of the sources, compiled kernels included, that ``fundingflows`` means when a shell runs it there."""
    for name in FOLDERS:
        shutil.copytree(ROOT / name, folder / name)
        (folder / ".lib" / "fundingflows").mkdir(parents=True, exist_ok=True)
        (folder / ".lib" / "fundingflows" / name).symlink_to(folder / name)
    shutil.copy(ROOT / "pyproject.toml", folder)
    (folder / "tests").mkdir()
    return folder


def follow(page: str, folder: Path, run: Callable[[str, Path], str], check: bool = True) -> str:
    """Do all that a page says in a folder, its commands with ``run``; return what they printed, checked by default."""
    shown = ""
    for block in blocks(page):
        if block.kind == "sh":
            shown += run(block.text, folder)
        elif block.kind == "text":
            if check:
                expect(block.text, shown)
        elif block.kind == "diff":
            change(folder / block.title, block.text)
        elif block.title.endswith(ADDED):
            with (folder / block.title.removesuffix(ADDED)).open("a", encoding="utf-8") as file:
                file.write(block.text)
        elif block.title:
            (folder / block.title).parent.mkdir(parents=True, exist_ok=True)
            (folder / block.title).write_text(block.text, encoding="utf-8")
    return shown


def change(file: Path, diff: str) -> None:
    """Replace the lines of a diff that are there by those that should be; they must stand in one place only."""
    lines = diff.splitlines(keepends=True)
    before = "".join(line[1:] for line in lines if line[0] in " -")
    after = "".join(line[1:] for line in lines if line[0] in " +")
    text = file.read_text(encoding="utf-8")
    assert text.count(before) == 1, f"{file.name}: expected once:\n{before}"
    file.write_text(text.replace(before, after), encoding="utf-8")


def shell(commands: str, folder: Path) -> str:
    """Run commands as a shell in the scratch copy does; an error is a failure of the test."""
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    env = os.environ | {"PYTHONPATH": str(folder / ".lib"), "PATH": path, "COLUMNS": "200", "NO_COLOR": "1"}
    here = re.sub(r"\buv run ", "", commands)  # the tests' own environment is the one to use
    done = subprocess.run(["bash", "-ec", here], cwd=folder, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{commands}\n{done.stdout}\n{done.stderr}"
    return done.stdout


def here(commands: str, folder: Path) -> str:
    """Run lines that begin with ``uv run fundingflows`` in this process, which has all loaded; others in a shell."""
    shown = ""
    for line in commands.splitlines():
        if not line.startswith("uv run fundingflows "):
            shown += shell(line, folder)
            continue
        done = CliRunner().invoke(app, shlex.split(line)[3:], env={"COLUMNS": "200", "NO_COLOR": "1"})
        assert done.exit_code == 0, f"{line}\n{done.output}\n{done.exception!r}"
        shown += done.output
    return shown


def expect(text: str, shown: str) -> None:
    """Each line of ``text`` is part of a line that was shown; ``…`` is anything."""
    for line in text.splitlines():
        pattern = ".*".join(re.escape(part.strip()) for part in line.split("…"))
        assert re.search(pattern, shown), f"not shown: {line}\n{shown}"
