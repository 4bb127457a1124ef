"""Input files and command lines that are nearly right: one to three parts of a sound one are changed.

Each is read as a user's would be. An outcome is sound when the input is used, or refused in one line that names it.
"""

from __future__ import annotations

import contextlib
import io
import math
import random
import time
import warnings
from collections.abc import Callable, Iterator
from copy import deepcopy
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple
from unittest.mock import patch

import tomli_w
from fundingflows import scenarios
from fundingflows.experiments import cli
from fundingflows.experiments.evidence.natural import study, validate
from fundingflows.experiments.results import measures
from fundingflows.experiments.sweeps import plan
from fundingflows.model.errors import InputError
from fundingflows.model.reading import toml
from fundingflows.scenarios import FundingFlows, load_place, scenario

ROOT = Path(scenarios.FOLDER).resolve().parent
EXPERIMENTS = Path(validate.__file__).resolve().parents[2]
SECONDS = 10.0  #: longest answer, in processor time
ODD: list[Any] = [
    0,
    1,
    -1,
    2,
    7.5,
    -0.0,
    1e-300,
    1e308,
    -1e308,
    math.inf,
    -math.inf,
    math.nan,
    2**31,
    2**63,
    10**30,
    True,
    False,
    "",
    " ",
    "x",
    "é",
    "\x00",
    "a" * 300,
    "practice",
    "commissioner",
    "capitated",
    "usual",
    "../x",
    "x.toml",
    "/",
    "1",
    "nan",
    [],
    {},
    [[]],
    [1, "a"],
    {"set": 1},
    {"multiply": 0},
    {"low": 1, "high": 0},
    date(1, 1, 1),
    date(9999, 12, 31),
    date(2016, 2, 29),
]
SIZES = [0.0, 0.1, 0.5, 0.9, 1.1, 2.0, 10.0, 1000.0]  #: of a number that stays one, so that many files can be used
CELLS = ["", "*", "-", "0", "-1", "1e400", "NA", "1,234", '"1,234"', "0.5", "x", '"', "nan", "inf", "99999999999", "é"]


class Kind(NamedTuple):
    """A kind of file: sound ones, and how they are read; reading gives what can be run, or nothing."""

    sound: list[Path]
    read: Callable[[Path], Any]


class Outcome(NamedTuple):
    """What came of one input: ``wrong`` says what is not as it should be."""

    what: str
    used: Any = None
    wrong: str = ""


def _funding(path: Path) -> Any:
    return scenario("anytown", path)


def _place(path: Path) -> Any:
    return scenario(load_place(path), "status_quo")


def _sweep(path: Path) -> None:
    plan.from_file(path)


def _study(path: Path) -> None:
    validate.prepare(study.folder(path))


SHIPPED = ROOT / "scenarios"
KINDS = {
    "funding": Kind(
        sorted(
            [
                *(SHIPPED / "funding").glob("*.toml"),
                *(ROOT / "docs/examples").glob("*.toml"),
                SHIPPED / "baselines/2015_16/status_quo.toml",
            ]
        ),
        _funding,
    ),
    "place": Kind([SHIPPED / "places/anytown.toml"], _place),
    "sweep": Kind(sorted((EXPERIMENTS / "sweeps/worked").glob("*.toml")), _sweep),
    "study": Kind(sorted((EXPERIMENTS / "evidence/natural/studies").glob("*.toml")), _study),
}


def spots(thing: Any) -> Iterator[tuple[Any, Any]]:
    """Every place in tables and lists where something stands: the container and the key."""
    for key in list(thing) if isinstance(thing, dict) else range(len(thing)):
        yield thing, key
        if isinstance(thing[key], dict | list):
            yield from spots(thing[key])


def change(tables: dict[str, Any], draw: random.Random) -> None:
    """One change: another value, a missing, misspelt, doubled or exchanged key, or something put deeper."""
    where, key = draw.choice(list(spots(tables)))
    how = draw.randrange(8)
    if how < 2 and type(where[key]) in (int, float):
        where[key] = type(where[key])(where[key] * draw.choice(SIZES))
    elif how < 4:
        where[key] = deepcopy(draw.choice(ODD))
    elif how == 4:
        del where[key]
    elif how == 5 and isinstance(where, dict):
        where[draw.choice([key + "s", key[:-1], key.upper(), "", "set", "name"])] = where.pop(key)
    elif how == 6:
        other, its = draw.choice(list(spots(tables)))
        where[key] = deepcopy(other[its])
    elif isinstance(where, list):
        where.append(deepcopy(where[key]))
    else:
        where[key] = {key: where[key]} if draw.random() < 0.5 else [where[key]] * draw.choice([2, 300])


def written(tables: dict[str, Any], draw: random.Random) -> bytes:
    """The file's bytes; now and then one of them is another, or the end is missing."""
    raw = tomli_w.dumps(tables).encode()
    if draw.random() < 0.1:
        raw = b"\xef\xbb\xbf" + raw
    if draw.random() < 0.05 and raw:
        at = draw.randrange(len(raw))
        raw = raw[:at] + (bytes([draw.randrange(256)]) + raw[at + 1 :] if draw.random() < 0.5 else b"")
    return raw


def table(text: str, draw: random.Random) -> str:
    """A table of practices with a cell, a row or a column other than before."""
    rows = [row.split(",") for row in text.splitlines()]
    for _ in range(draw.randint(0, 2)):
        row = draw.randrange(len(rows))
        how = draw.randrange(5)
        if how < 3 and rows[row]:
            rows[row][draw.randrange(len(rows[row]))] = draw.choice(CELLS)
        elif how == 3:
            rows.insert(row, list(rows[row]))
        else:
            del rows[row][-1:]
    return "\n".join(",".join(row) for row in rows)


def a_file(kind: str, number: int, folder: Path) -> Path:
    """A file of a kind that is nearly right, the same for the same number."""
    draw = random.Random(f"{kind} {number}")
    source = draw.choice(KINDS[kind].sound)
    tables = toml(source)
    for _ in range(draw.randint(1, 3)):
        change(tables, draw)
    path = folder / f"m{number}.toml"
    try:
        raw = written(tables, draw)
    except (TypeError, ValueError, UnicodeEncodeError):
        raw = b"not = toml = at all"
    path.write_bytes(raw)
    if kind == "place":
        beside = source.with_name("anytown_practices.csv")
        (folder / beside.name).write_text(table(beside.read_text(encoding="utf-8"), draw), encoding="utf-8")
    return path


def read(kind: str, number: int, folder: Path) -> Outcome:
    """Read one file that is nearly right."""
    path = a_file(kind, number, folder)
    began, used, wrong = time.process_time(), None, ""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            used = KINDS[kind].read(path)
    except InputError as error:
        said = str(error)
        if "\n" in said or not any(name in said for name in (path.stem, "anytown_practices.csv")):
            wrong = f"does not name its file in one line: {said!r}"
    except Exception as error:
        wrong = f"{type(error).__name__}: {error}"
    if time.process_time() - began > SECONDS:
        wrong = f"took {time.process_time() - began:.0f} s"
    return Outcome(f"{kind} {number}", used, wrong)


def run(found: Outcome, baseline: float, years: float = 1.0) -> Outcome:
    """Run what was read: figures are finite, pay is below 1,000 times the baseline's, or it ends in a line."""
    if found.used is None or found.wrong:
        return found
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            model = FundingFlows(found.used.place, found.used.funding, parameters=found.used.parameters).run(years)
            paid = abs(measures.read(model)["public"])
        wrong = f"paid £{paid:g}m" if paid > 1000.0 * baseline else ""
    except InputError as error:
        wrong = "more than a line" if "\n" in str(error) else ""
    except Exception as error:
        wrong = f"run: {type(error).__name__}: {error}"
    return found._replace(wrong=wrong)


WORDS = [
    "anytown",
    "status_quo",
    "capitated",
    "somewhere",
    "",
    "-1",
    "0",
    "1",
    "nan",
    "1e9",
    "x",
    "--",
    "9" * 40,
    "a/b",
    "--seeds",
    "--out",
    "é",
    "behaviour",
    "=",
    "behaviour.altruism=",
    "behaviour.altruism=nan",
    "hospital=1",
    "contracts.practice.global_sum.rate=1e15",
    "behaviour.altruism=*1e300",
    "1/0",
    "2/1",
    ".",
]
COMMANDS = [
    [
        "run",
        "anytown",
        "status_quo",
        "--years",
        "1",
        "--seed",
        "1",
        "--sample",
        "0.2",
        "--set",
        "behaviour.altruism=0.1",
    ],
    ["run", "anytown", "capitated", "--years", "1", "--checkpoint", "w.ff", "--out", "out", "--trace", "1,2"],
    ["run", "anytown", "capitated", "--years", "2", "--from", "w.ff", "--out", "out"],
    ["compare", "status_quo", "capitated", "--place", "anytown", "--years", "1", "--seeds", "1", "--sample", "0.2"],
    ["incentives", "anytown", "capitated", "--on", "2017-04-01"],
    ["scenarios"],
    ["parameters", "behaviour"],
    ["sweep", "mine.toml", "--processes", "1", "--part", "1/2"],
    ["verify", "out", "--most", "1"],
    [
        "sensitivity",
        "status_quo",
        "--place",
        "anytown",
        "--method",
        "tornado",
        "--years",
        "1",
        "--seeds",
        "1",
        "--parameters",
        "behaviour.altruism",
        "--processes",
        "1",
    ],
    ["discover", "out", "--measure", "qalys"],
    ["frontier", "--place", "anytown", "--lattice", "1", "--years", "1", "--seeds", "1", "--processes", "1"],
]
NEWER = [  # commands made later, in a list of their own so that each number stays the same command line
    ["structure", "--baseline", "2015_16", "--longest", "2", "--out", "drawn"],
    ["structure", "--loops", "anytown", "capitated", "--longest", "2", "--years", "1", "--seeds", "1", "--out", "x"],
    ["place", "make", "people.csv", "--icb", "QXX", "--smallest", "500", "--title", "Ours", "--out", "place"],
    ["place", "make", "people.csv", "--practices", "X98001,X98002", "--baseline", "2024_25", "--pcn", "NORTH PCN"],
    ["risk", "anytown", "status_quo", "--years", "0", "--seeds", "2", "--sample", "0.2", "--processes", "1"],
    ["report", "status_quo", "capitated", "--place", "anytown", "--years", "1", "--seeds", "1", "--sample", "0.2"],
    ["report", "capitated", "--place", "anytown", "--years", "1", "--hold", "waits_referrals", "--paths", "mine.toml"],
    ["history", "anytown", "--seeds", "1", "--sample", "0.2", "--processes", "1", "--out", "history"],
    ["why", "status_quo", "capitated", "--place", "anytown", "--years", "1", "--seeds", "1", "--sample", "0.2"],
]


def command(number: int, known: list[list[str]] = COMMANDS) -> list[str]:
    """A command line that is nearly right."""
    draw = random.Random(f"command {number}")
    words = list(draw.choice(known))
    for _ in range(draw.randint(1, 2)):
        at = draw.randrange(len(words))
        how = draw.randrange(4)
        if how < 2:
            words[at] = draw.choice(WORDS)
        elif how == 2:
            del words[at]
        else:
            words.insert(at + 1, draw.choice(WORDS))
        words = words or ["run"]
    return words


def call(words: list[str], folder: Path) -> Outcome:
    """The command in this process, in a folder of its own."""
    said = io.StringIO()
    began, wrong = time.process_time(), ""
    with contextlib.chdir(folder), patch("sys.argv", ["fundingflows", *words]), contextlib.ExitStack() as stack:
        stack.enter_context(contextlib.redirect_stdout(said))
        stack.enter_context(contextlib.redirect_stderr(said))
        stack.enter_context(warnings.catch_warnings())
        try:
            cli.main()
        except SystemExit as end:
            if end.code not in (0, 1, 2, None) or "Traceback" in said.getvalue():
                wrong = f"exit code {end.code}: {said.getvalue()[-300:]}"
        except BaseException as error:
            wrong = f"{type(error).__name__}: {error}"
    took = time.process_time() - began
    refused = said.getvalue().startswith("fundingflows:")
    if refused and took > SECONDS:
        wrong = f"took {took:.0f} s to refuse"
    return Outcome(" ".join(words), None, wrong)
