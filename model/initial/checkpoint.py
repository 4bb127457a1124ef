"""A warm model kept in a file: taken up again later, or branched into other ways of paying with its past as it is."""

from __future__ import annotations

import json
import os
import tempfile
from hashlib import file_digest
from io import BufferedReader
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from .. import leftovers
from ..contracts.terms import terms
from ..errors import InputError
from ..system import HealthEconomy
from ..version import code_digest
from .graph import Reader, Writer

MAGIC = b"fundingflows checkpoint 2\n"
BLANK = b"0" * 64 + b"\n"  #: room for the digest of all that follows


def check_target(path: str | Path) -> None:
    """Refuse, before any work is done, a file that cannot be written or is not one to replace.

    Raises:
        InputError: one sentence.
    """
    path = Path(path)
    where = f"--checkpoint {path}"
    if not path.name or "\0" in path.name:
        raise InputError(f"--checkpoint: expected the name of a file, got '{path}'")
    try:
        other = path.is_symlink() or (path.exists() and not path.is_file())
        parent = path.absolute().parent
        while not parent.exists():
            parent = parent.parent
    except (OSError, ValueError):
        raise InputError(f"{where}: no file can have that name") from None
    if other:
        raise InputError(f"{where}: is a folder, a link or a device; expected a file, new or a checkpoint")
    if path.exists() and path.stat().st_size and not _is_one(path):
        raise InputError(f"{where}: holds something other than a checkpoint; choose a new file")
    if not (parent.is_dir() and os.access(parent, os.W_OK)):
        raise InputError(f"{where}: {parent} cannot be written to")


def _is_one(path: Path) -> bool:
    """Whether a file is a checkpoint of this or an earlier version."""
    with path.open("rb") as file:
        return file.readline(len(MAGIC)).startswith(MAGIC.rpartition(b" ")[0])


def save(model: HealthEconomy, path: str | Path) -> Path:
    """Write a model as it stands, under a temporary name and then renamed. Returns the path.

    The file is for this version of the model only. It holds numbers and text and their SHA-256, and runs nothing.

    Raises:
        InputError: when something else is at the path, or the model refers to objects of classes from elsewhere.
        OSError: when the disk is full or fails; what was at the path stays.
    """
    check_target(path)
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    about = {
        "code": code_digest(), "place": model.place.id, "week": model.week, "seed": model.random_seed,
        "funding": model.case.funding.id if model.case.funding else None,
    }  # fmt: skip
    writer = Writer()
    about["model"] = writer.write(model)
    leftovers.remove(path)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=leftovers.prefix(path.name))
    try:
        with os.fdopen(handle, "w+b") as file:
            file.write(MAGIC + BLANK + json.dumps(about).encode() + b"\n")
            nodes = np.frombuffer(json.dumps(writer.nodes).encode(), np.uint8)
            np.savez(file, nodes=nodes, contents=np.concatenate(writer.parts))
            file.seek(len(MAGIC + BLANK))
            digest = file_digest(file, "sha256").hexdigest()
            file.seek(len(MAGIC))
            file.write(digest.encode())
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(path)
    finally:
        Path(name).unlink(missing_ok=True)
    return path


def load(path: str | Path) -> HealthEconomy:
    """The model that ``save`` wrote, to be stepped on as if it had never stopped.

    Raises:
        InputError: when there is no such file, or it is no checkpoint, is damaged or of another version of the model.
    """
    path = Path(path)
    if not path.is_file():
        raise InputError(f"{path}: no such file; a checkpoint is written by 'fundingflows run --checkpoint FILE'")
    with path.open("rb") as file:
        about = _opened(file, path.name)
        if about["code"] != code_digest():
            raise InputError(
                f"{path.name}: written by another version of the model; run the past again "
                f"({about['place']}, {about['funding']}, seed {about['seed']}, to week {about['week']})"
            )
        return _model(file, about["model"], path.name)


def _opened(file: BufferedReader, name: str) -> dict[str, Any]:
    """What is said about a checkpoint whose contents are whole; the file is left where its arrays begin."""
    first = file.readline(len(MAGIC))
    if first != MAGIC:
        older = first.startswith(MAGIC.rpartition(b" ")[0])
        raise InputError(f"{name}: " + ("written by another version of the model; run the past again" if older else
                                        "not a checkpoint of this program"))  # fmt: skip
    written = file.readline(len(BLANK)).strip()
    start = file.tell()
    if file_digest(file, "sha256").hexdigest().encode() != written:
        raise InputError(f"{name}: damaged: its contents are not those that were written; run the past again")
    file.seek(start)
    return json.loads(file.readline())


def _model(file: BinaryIO, root: Any, name: str) -> HealthEconomy:
    """The model whose digest was right; what is wrong with it yet was put there on purpose."""
    terms()  # their classes are named in contracts
    try:
        with np.load(file, allow_pickle=False) as kept:
            reader = Reader(json.loads(kept["nodes"].tobytes()), kept["contents"])
        model = reader.read(root)
    except (ValueError, TypeError, KeyError, IndexError, AttributeError, OSError, RecursionError, EOFError) as error:
        raise InputError(f"{name}: not a checkpoint that can be read: {error}") from None
    if not isinstance(model, HealthEconomy):
        raise InputError(f"{name}: holds no model")
    return model
