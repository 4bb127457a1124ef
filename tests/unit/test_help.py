"""Every command's help says its defaults, in plain words."""

from __future__ import annotations

import inspect
import re
import subprocess
import sys
import typing

import pytest
from fundingflows.experiments.cli import app
from typer.models import OptionInfo, ParameterInfo
from typer.testing import CliRunner

COMMANDS = {command.name or command.callback.__name__: command.callback for command in app.registered_commands}
#: words that only these sources used; the glossary has the field's own
PRIVATE = re.compile(r"\b(luck|levers?|doubts?|nought|anew|beside|told|dear|goes on|so many|asked about)\b")


def shown(*words: str) -> str:
    """What the terminal shows, on one long line."""
    result = CliRunner().invoke(app, [*words, "--help"], env={"COLUMNS": "400", "TERM": "dumb", "NO_COLOR": "1"})
    assert result.exit_code == 0, result.output
    return " ".join(re.sub(r"-\n\s+", "-", result.output).split())  # lines also break after a hyphen


def options(callback) -> list[tuple[ParameterInfo, object]]:
    """Each option's or argument's declaration, with its default."""
    hints = typing.get_type_hints(callback, include_extras=True)
    signature = inspect.signature(callback).parameters
    return [
        (next(part for part in typing.get_args(hints[name]) if isinstance(part, ParameterInfo)), parameter.default)
        for name, parameter in signature.items()
    ]


def test_help_is_there_before_the_model_is_loaded():
    code = (
        "import sys, fundingflows.experiments.cli; print([m for m in ('mesa', 'numba', 'numpy') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_there_are_commands_to_read():
    assert {"run", "compare", "sweep", "parameters", "app", "validate"} <= set(COMMANDS)


@pytest.mark.parametrize("name", COMMANDS)
def test_help_says_every_default(name):
    text = shown(name)
    for info, default in options(COMMANDS[name]):
        assert info.help, f"{name}: an option without help"
        assert "[default" not in info.help, f"{name}: the terminal swallows a default written inside help: {info.help}"
        assert info.help.replace("\n", " ") in text
        if isinstance(info.show_default, str):
            assert f"default: ({info.show_default})" in text
        elif isinstance(info, OptionInfo) and isinstance(default, int | float | str) and not isinstance(default, bool):
            assert f"default: {default}" in text, f"{name}: {info.help}"


@pytest.mark.parametrize("name", COMMANDS)
def test_help_shows_its_whole_description(name):
    """Brackets taken for markup would lose the extra of ``pip install 'fundingflows[app]'``."""
    written = " ".join((inspect.getdoc(COMMANDS[name]) or "").split())
    assert written
    assert written in shown(name)


def test_list_of_commands_shows_whole_descriptions():
    """Plain help cuts a description at a line's end unless it is given as ``short_help``."""
    text = shown()
    for name, callback in COMMANDS.items():
        first = (inspect.getdoc(callback) or "").split("\n\n")[0]
        assert f"{name} {' '.join(first.split())}" in text


@pytest.mark.parametrize("name", ["", *COMMANDS])
def test_help_uses_the_words_of_the_field(name):
    assert not PRIVATE.findall(shown(name) if name else shown())
