"""What tests of the app share: it is skipped without its extra; how to wait for work; a file that is well made."""

import threading

import pytest

solara = pytest.importorskip("solara", reason="the extra app is not installed")
pytest.importorskip("tomli_w", reason="the extra app is not installed")

from fundingflows.experiments.app.work import draft, store, task  # noqa: E402

GOOD = store.write(draft.fresh())

DATED = """title = "Day cases dearer, then GPs paid for visits"
question = "q"
source = "s"
extends = "status_quo"
[[changes]]
when = 2015-10-01
who = { kind = "hospital" }
set = { "contracts.hospital.electives.prices.day_cases" = { multiply = 2.0 } }
[[changes]]
when = 2015-07-01
until = 2016-01-01
who = { kind = "practice" }
contract = [{ term = "tariff", payer = "nhs_england", prices = { gp_consultations = 7.0 } }]
"""


def handle():
    """What work of nobody in particular is given."""
    return task.Handle(task.Task(), threading.Event())


def until(met):
    """Wait for something, at most four minutes: kernels may have to be compiled, on a busy machine."""
    for _ in range(24000):
        if met():
            return
        threading.Event().wait(0.01)
    raise AssertionError("it did not happen within four minutes")


def wait(one: task.Task):
    """The task's end."""
    until(lambda: not one.progress.value.running)
    return one.progress.value
