"""Files and command lines that are nearly right are used, or refused in one line that names them: never a traceback.

``python tests/properties/fuzz.py`` reads many more, and runs those that can be.
"""

import pytest

pytest.importorskip("tomli_w")
import mutated
from mutated import KINDS


@pytest.mark.parametrize(("kind", "count"), [("funding", 60), ("place", 25), ("sweep", 12), ("study", 12)])
def test_a_file_that_is_nearly_right_is_used_or_refused_in_a_line(tmp_path, kind, count):
    found = [mutated.read(kind, number, tmp_path) for number in range(count)]
    assert not [outcome[::2] for outcome in found if outcome.wrong]
    assert set(KINDS) == {"funding", "place", "sweep", "study"}


@pytest.mark.parametrize("number", range(2))
def test_what_is_used_ends_with_finite_figures(tmp_path, number):
    found = next(f for k in range(100) if (f := mutated.read("funding", 1000 * number + k, tmp_path)).used)
    assert not mutated.run(found, baseline=30.0).wrong


@pytest.mark.parametrize(
    "start", [["scenarios"], ["parameters", "behaviour"], ["verify", "out"], ["sweep", "mine.toml"]]
)
def test_a_command_line_that_is_nearly_right_ends_in_words(tmp_path, start):
    for word in mutated.WORDS[:8]:
        assert not mutated.call([*start, word], tmp_path).wrong
