"""Parameter uncertainty and chance are separated, with intervals that cover."""

import pandas as pd
import pytest
from fundingflows.experiments.sweeps.results import Sweep
from fundingflows.experiments.sweeps.uncertainty import drawn, plan, sentence, table, whole
from fundingflows.model.errors import InputError


@pytest.mark.parametrize(
    ("fundings", "draws", "seeds", "said"),
    [(["status_quo"], 4, 4, "funding files"), (["status_quo", "capitated"], 1, 4, "draws"),
     (["status_quo", "capitated"], 4, 1, "--seeds")],
)  # fmt: skip
def test_what_cannot_be_told_apart_is_refused(fundings, draws, seeds, said):
    with pytest.raises(InputError, match=said):
        plan("anytown", fundings, 1.0, 1.0, draws, seeds)


def test_every_draw_is_met_by_every_seed_and_file_and_the_table_reads_them(tmp_path):
    from fundingflows.experiments.runs.engine import Options
    from fundingflows.experiments.sweeps.make import make
    from fundingflows.experiments.sweeps.results import open_sweep

    made = plan("anytown", ["status_quo", "capitated"], 1.0, 0.25, 2, 2)
    assert len(made.rows) == 8
    make(made, tmp_path / "u", Options(processes=1), say=False)
    rows = table(open_sweep(tmp_path / "u"), ["emergencies", "qalys"])
    assert rows["measure"].tolist() == ["emergencies", "qalys"]
    assert rows[["parameters", "chance"]].notna().all().all()
    assert "certain whatever" in sentence(rows, "Per head", "Status quo")


def swept(points: int, failed: set[int]) -> Sweep:
    """Two ways of paying and two seeds at each draw; the second is better by the draw's number, where it runs."""
    rows, plan_rows = [], []
    for point in range(points):
        for funding in ("old", "new"):
            for seed in (1, 2):
                key, wrong = f"{point}/{funding}/{seed}", point in failed and funding == "new"
                plan_rows.append({"key": key, "place": "p", "funding": funding, "seed": seed, "weeks": 52,
                                  "sample": 1.0, "point": point, "money.x": float(point)})  # fmt: skip
                value = None if wrong else seed + (point if funding == "new" else 0.0)
                rows.append({"key": key, "error": "InputError: no price raises £5" if wrong else None,
                             "digest": "d", "seconds": 1.0, "emergencies": value})  # fmt: skip
    return Sweep.of_rows(pd.DataFrame(plan_rows), {"old": "Old", "new": "New"}, rows)


def test_a_draw_at_which_a_run_fails_is_left_out_whole_and_said():
    found = drawn(swept(20, {3}))
    assert len(found.draws) == 19
    assert {"money.x": 3.0} not in found.draws
    assert found.effects["new", "emergencies"].tolist() == [float(k) for k in range(20) if k != 3]
    assert found.left_out.startswith("1 of 20 draws is left out, since a run failed at it")
    assert drawn(swept(20, set())).left_out == ""


def test_many_draws_that_fail_are_refused_with_the_reason():
    with pytest.raises(InputError, match=r"runs failed at 3 of 20 draws: no price raises £5"):
        whole(swept(20, {1, 2, 3}))
