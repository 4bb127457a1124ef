"""Parameter uncertainty and chance are separated, with intervals that cover."""

import pytest
from fundingflows.experiments.sweeps.uncertainty import plan, sentence, table
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
