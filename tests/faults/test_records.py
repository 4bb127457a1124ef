"""What is written down about runs is true, and enough to make them again; reading changes nothing."""

import json
import os
import shutil

import pyarrow.parquet as pq
import pytest
from fundingflows.experiments.cli import main
from fundingflows.experiments.evidence.margin import money
from fundingflows.experiments.evidence.margin import runs as margin_runs
from fundingflows.experiments.evidence.margin.money import Service
from fundingflows.experiments.figures import plots
from fundingflows.experiments.runs import shards, status
from fundingflows.experiments.runs.engine import Options
from fundingflows.experiments.sweeps import design, plan
from fundingflows.experiments.sweeps.make import make
from fundingflows.experiments.sweeps.results import open_sweep
from fundingflows.model.errors import InputError


def call(patch, folder, *words):
    """Exit code of a command in this process."""
    patch.chdir(folder)
    patch.setattr("sys.argv", ["fundingflows", *words])
    with pytest.raises(SystemExit) as ended:
        main()
    return ended.value.code or 0


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A run of a file of one's own, a run that ends in a checkpoint, and a run resumed from it."""
    folder = tmp_path_factory.mktemp("records")
    (folder / "mine.toml").write_text('title = "t"\nquestion = "q"\nsource = "s"\nextends = "capitated"\n')
    with pytest.MonkeyPatch.context() as patch:
        options = ("--set", "behaviour.altruism=*0.9", "--seed", "4", "--freeze-behaviour", "--checkpoint", "w.ff")
        assert call(patch, folder, "run", "anytown", "mine.toml", "--years", "1", *options, "--out", "run") == 0
        patch.setattr(plots, "run_picture", lambda *_: None)
        plain = ("run", "anytown", "capitated", "--out", "plain", "--years", "1", "--checkpoint", "p.ff")
        assert call(patch, folder, *plain) == 0
        later = ("run", "anytown", "status_quo", "--years", "1.5", "--from", "p.ff", "--out", "later")
        assert call(patch, folder, *later) == 0
    return folder


@pytest.mark.parametrize("name", ["run", "plain", "later"])
def test_a_folder_says_how_to_make_it_again_from_anywhere(made, tmp_path, monkeypatch, capsys, name):
    assert call(monkeypatch, tmp_path, "verify", str(made / name)) == 0
    assert "everything made again is the same" in capsys.readouterr().out
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("change", "code", "said"),
    [
        ({"digest": "0" * 64}, 1, "differs: 0000"), ({"seed": 5}, 1, "differs"), ({"frozen": False}, 1, "differs"),
        ({"scenario_hash": "x"}, 2, "has changed since"), ({"model": "0.0.1+x"}, 2, "made by version 0.0.1+x"),
        ({"model": None}, 2, "does not say how it was made"),
    ],
)  # fmt: skip
def test_what_is_not_true_is_found(made, tmp_path, monkeypatch, capsys, change, code, said):
    facts = json.loads((made / "run/manifest.json").read_text())
    (tmp_path / "manifest.json").write_text(json.dumps(facts | change))
    assert call(monkeypatch, made, "verify", str(tmp_path)) == code
    shown = capsys.readouterr()
    assert said in shown.out + shown.err


@pytest.mark.parametrize("text", ["", "{", "[]", "null", "3"])
def test_a_manifest_that_cannot_be_read_is_refused(tmp_path, monkeypatch, capsys, text):
    (tmp_path / "manifest.json").write_text(text)
    assert call(monkeypatch, tmp_path, "verify", ".") == 2
    assert "manifest.json" in capsys.readouterr().err


def test_the_manifest_tells_of_every_option(made):
    facts = json.loads((made / "run/manifest.json").read_text())
    assert (facts["seed"], facts["frozen"], facts["changes"]) == (4, True, ["behaviour.altruism=*0.9"])
    assert facts["recipe"]["funding"] == str(made / "mine.toml")
    assert facts["recipe"]["from"] is None
    later = json.loads((made / "later/manifest.json").read_text())
    assert later["recipe"]["from"]["file"] == str(made / "p.ff")
    assert later["frozen"] is False


@pytest.mark.parametrize(
    ("option", "said"),
    [(("--freeze-behaviour",), "--freeze-behaviour: cannot go with --from"), (("--trace", "1"), "--trace: cannot"),
     (("--set", "behaviour.altruism=0.11"), "--set and changed places"),
     (("--seed", "2"), "seed: the checkpoint has 1"),
     (("--sample", "0.5"), "sample: the checkpoint has 1.0")],
)  # fmt: skip
def test_options_that_a_checkpoint_cannot_follow_are_refused(made, tmp_path, monkeypatch, capsys, option, said):
    words = ("run", "anytown", "status_quo", "--years", "2", "--from", str(made / "p.ff"), *option)
    assert call(monkeypatch, tmp_path, *words) == 2
    assert said in capsys.readouterr().err
    assert not list(tmp_path.iterdir())


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    file = design.of("s", fundings=["status_quo", "capitated"], years=1.0, seeds=2, vary={"behaviour.altruism": [0.1]})
    folder = tmp_path_factory.mktemp("sweep") / "s"
    make(plan.make("s", file), folder, Options(processes=1), seconds=0.0, say=False)
    return folder


@pytest.fixture
def sweep(finished, tmp_path):
    return shutil.copytree(finished, tmp_path / "s")


@pytest.mark.parametrize("how", ["deleted", "cut", "plan deleted", "plan flipped", "both"])
def test_manifest_and_plan_can_be_made_again_from_runs(sweep, how):
    whole = open_sweep(sweep)
    name = "plan.parquet" if how.startswith("plan") else "manifest.json"
    raw = (sweep / name).read_bytes()
    (sweep / name).unlink()
    if how == "both":
        (sweep / "plan.parquet").unlink()
    if how in ("cut", "plan flipped"):
        (sweep / name).write_bytes(raw[: len(raw) // 2] + (b"x" + raw[len(raw) // 2 + 1 :] if "plan" in how else b""))
    with pytest.warns(UserWarning, match="made again from 4 runs"):
        found = open_sweep(sweep)
    assert found.digest == whole.digest
    assert found.variables == whole.variables == ["behaviour.altruism"]
    found.summary("emergencies")
    described = plan.make("s", design.of("s", **whole.manifest["file"]))
    tally = make(described, sweep, Options(processes=1), say=False)
    assert tally.new == 0
    assert open_sweep(sweep).digest == whole.digest


def test_what_is_missing_is_said_and_reading_moves_nothing(sweep):
    first = sorted((sweep / "runs").glob("*.parquet"))[0]
    first.write_bytes(first.read_bytes()[:-9])
    before = sorted(p.name for p in sweep.rglob("*"))
    with (
        pytest.warns(UserWarning, match="1 shards are damaged"),
        pytest.warns(UserWarning, match="3 of 4 planned runs"),
    ):
        assert len(open_sweep(sweep).runs) == 3
    lines = status.lines((), sweep, {})
    assert "could not be read and count as missing" in lines[-1]
    assert sorted(p.name for p in sweep.rglob("*")) == before


def test_a_sweep_is_verified_by_some_of_its_runs(sweep, monkeypatch, capsys):
    assert call(monkeypatch, sweep.parent, "verify", "s", "--most", "2") == 0
    assert capsys.readouterr().out.count(": the same") == 2
    rows = [row for table in [shards.read(sweep)[0]] for row in table.to_pylist()]
    shards.write(sweep, [{**rows[0], "digest": "0" * 64}])
    assert call(monkeypatch, sweep.parent, "verify", "s") == 1


def test_paths_are_written_down_and_verified(tmp_path, monkeypatch, capsys):
    (tmp_path / "mine.toml").write_text("[need.emergencies]\ngrowth = 0.05\nsource = 't'\n")
    (tmp_path / "s.toml").write_text('fundings = ["status_quo"]\nyears = 1.5\nseeds = 1\n')
    monkeypatch.setattr(plots, "comparison", lambda *_: None)
    monkeypatch.setattr(os, "cpu_count", lambda: 1)  # in this process: others take longer to start than to work
    years, ways = ("--years", "1.5"), ("status_quo", "capitated")
    for words in (
        ("compare", *ways, "--place", "anytown", *years, "--seeds", "1", "--paths", "mine.toml", "--out", "c"),
        ("sweep", "s.toml", "--paths", "mine.toml", "--out", "s"),
        ("sweep", "s.toml", "--out", "flat"),
        ("run", "anytown", "status_quo", *years, "--paths", "mine.toml", "--out", "r"),
    ):
        assert call(monkeypatch, tmp_path, *words) == 0
    runs = {name: json.loads((tmp_path / name / "manifest.json").read_text()) for name in ("c", "s", "r")}
    mine = str(tmp_path / "mine.toml")
    assert runs["c"]["recipe"]["paths"] == runs["r"]["recipe"]["paths"] == runs["s"]["file"]["paths"] == mine
    digest = runs["r"]["digest"]
    assert runs["c"]["digests"]["status_quo/1"] == digest == shards.read(tmp_path / "s")[0]["digest"][0].as_py()
    assert shards.read(tmp_path / "flat")[0]["digest"][0].as_py() != digest
    (tmp_path / "elsewhere").mkdir()
    for name in ("c", "s"):
        assert call(monkeypatch, tmp_path / "elsewhere", "verify", f"../{name}") == 0
    (tmp_path / "mine.toml").write_text("[need.emergencies]\ngrowth = 0.06\nsource = 't'\n")
    for name in ("c", "s"):
        assert call(monkeypatch, tmp_path, "verify", name) == 2
    assert "has changed since" in capsys.readouterr().err


def test_a_folder_with_something_else_is_still_refused(tmp_path):
    (tmp_path / "notes.txt").write_text("mine")
    file = design.of("s", fundings=["status_quo"], years=1.0, seeds=1)
    with pytest.raises(InputError, match="something other"):
        make(plan.make("s", file), tmp_path, Options(processes=1), say=False)


@pytest.fixture(scope="module")
def others(tmp_path_factory):
    """Folders of other commands: a margin, and blends of two ways of paying, one of them out of a pool."""
    folder = tmp_path_factory.mktemp("others")
    with pytest.MonkeyPatch.context() as patch:
        few = [Service("social_care", "Social care", {})]
        patch.setattr(money, "services", lambda model: few)
        patch.setattr(margin_runs, "changed", lambda funding, *_: funding)
        words = ("--years", "1", "--follow", "0", "--seeds", "1", "--sample", "0.2", "--processes", "1")
        assert call(patch, folder, "margin", "anytown", *words, "--out", "margin") == 0
        blends = (
            "--years",
            "1",
            "--seeds",
            "1",
            "--lattice",
            "1",
            "--processes",
            "1",
            "--objective",
            "qalys",
            "--objective",
            "public",
        )
        assert call(patch, folder, "frontier", *blends, "--out", "frontier") == 0
    return folder


COMMON = {"made_by", "recipe", "model", "versions", "command"}


@pytest.mark.parametrize(("name", "made_by"), [("margin", "margin"), ("frontier", "sweep")])
def test_folders_of_other_commands_are_verified(others, tmp_path, monkeypatch, capsys, name, made_by):
    facts = json.loads((others / name / "manifest.json").read_text())
    assert facts["made_by"] == made_by
    assert facts.keys() >= COMMON
    monkeypatch.setattr(money, "services", lambda model: [Service("social_care", "Social care", {})])
    monkeypatch.setattr(margin_runs, "changed", lambda funding, *_: funding)
    assert call(monkeypatch, tmp_path, "verify", str(others / name), "--most", "2") == 0
    assert "everything made again is the same" in capsys.readouterr().out


def test_no_run_of_a_frontier_over_pooled_budgets_fails(others):
    assert shards.read(others / "frontier")[0]["error"].null_count == 6


@pytest.mark.parametrize(
    "change",
    [
        {"made_by": "nobody"},
        {"recipe": {}},
        {"recipe": None},
        {"made_by": "margin"},
        {"weeks": 10**9},
        {"weeks": "x"},
        {"seed": -1},
    ],
)
def test_a_manifest_that_was_changed_is_refused_in_a_sentence(made, tmp_path, monkeypatch, capsys, change):
    facts = json.loads((made / "run/manifest.json").read_text())
    assert facts.keys() >= COMMON
    (tmp_path / "manifest.json").write_text(json.dumps(facts | change))
    assert call(monkeypatch, made, "verify", str(tmp_path)) == 2
    assert "Traceback" not in capsys.readouterr().err


def test_a_funding_file_by_path_has_one_name_in_every_table(made, monkeypatch, capsys):
    (made / "sub").mkdir()
    shutil.copy(made / "mine.toml", made / "sub/mine.toml")
    words = ("--place", "anytown", "--years", "1", "--seeds", "1", "--sample", "0.2", "--out", "named")
    monkeypatch.setattr(plots, "comparison", lambda *_: None)
    monkeypatch.setattr(os, "cpu_count", lambda: 1)
    assert call(monkeypatch, made, "compare", "status_quo", "sub/mine.toml", *words) == 0
    facts = json.loads((made / "named/manifest.json").read_text())
    assert set(facts["scenario_hash"]) == {"status_quo", "mine"}
    assert facts["recipe"]["fundings"]["mine"] == str(made / "sub/mine.toml")
    for table in ("comparison", "organisations", "ledger"):
        assert set(pq.read_table(made / f"named/{table}.parquet")["funding"].to_pylist()) == {"status_quo", "mine"}
    assert call(monkeypatch, made, "compare", "mine.toml", "sub/mine.toml", *words) == 2
    assert "'mine' is named twice" in capsys.readouterr().err
