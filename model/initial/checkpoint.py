"""A warm model kept in a file: taken up again later, or branched into other ways of paying with its past as it is."""

from __future__ import annotations

import json
import os
import pickle
import tempfile
from pathlib import Path

from ..errors import InputError
from ..system import HealthEconomy
from ..version import code_digest

MAGIC = b"fundingflows checkpoint 1\n"


def save(model: HealthEconomy, path: str | Path) -> Path:
    """Write a model as it stands, under a temporary name and then renamed. Returns the path.

    The file is for this version of the model only, and is Python's pickle: open none that you do not trust.
    """
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    about = {
        "code": code_digest(), "place": model.place.id, "week": model.week, "seed": model.random_seed,
        "funding": model.case.funding.id if model.case.funding else None,
    }  # fmt: skip
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".tmp-")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(MAGIC + json.dumps(about).encode() + b"\n")
            pickle.dump(model, file, protocol=5)
        Path(name).replace(path)
    finally:
        Path(name).unlink(missing_ok=True)
    return path


def load(path: str | Path) -> HealthEconomy:
    """The model that ``save`` wrote, to be stepped on as if it had never stopped.

    Raises:
        InputError: when there is no such file, or it is no checkpoint, or one of another version of the model.
    """
    path = Path(path)
    if not path.is_file():
        raise InputError(f"{path}: no such file; a checkpoint is written by 'fundingflows run --checkpoint FILE'")
    with path.open("rb") as file:
        if file.readline() != MAGIC:
            raise InputError(f"{path.name}: not a checkpoint of this program")
        about = json.loads(file.readline())
        if about["code"] != code_digest():
            raise InputError(
                f"{path.name}: written by another version of the model; run the past again "
                f"({about['place']}, {about['funding']}, seed {about['seed']}, to week {about['week']})"
            )
        try:
            return pickle.load(file)
        except (pickle.UnpicklingError, EOFError) as error:
            raise InputError(f"{path.name}: damaged: {error}") from None
