"""Answers: their address, the same figures as the command line's, files that are handed on, and what is kept."""

import json
import os
import re
import threading
from dataclasses import replace
from io import BytesIO
from zipfile import ZipFile

import numpy as np
import pandas as pd
import pytest
from app_visitor import GOOD, handle, solara, until, wait
from fundingflows.experiments import cli
from fundingflows.experiments.app import main
from fundingflows.experiments.app.drawings import doubt
from fundingflows.experiments.app.pages import answer as page
from fundingflows.experiments.app.pages import ask
from fundingflows.experiments.app.work import draft, kept, making, state, store
from fundingflows.experiments.app.work import question as asking
from fundingflows.experiments.app.work.answer import Grade, Named, Range
from fundingflows.experiments.app.work.question import Question
from fundingflows.experiments.app.work.task import Stopped
from fundingflows.experiments.figures.svg import COLOURS, LIGHT
from fundingflows.experiments.results.words import likelihood
from fundingflows.experiments.runs import shards
from fundingflows.experiments.sweeps import draws as drawing
from fundingflows.model.errors import InputError
from markupsafe import Markup
from typer.testing import CliRunner

pytestmark = pytest.mark.filterwarnings("default")  # of other people's packages
ASKED = Question("anytown", ("status_quo", "capitated"), years=1, seeds=2)


def words(drawn):
    """What a component says, as markup."""
    return " ".join(w.unsafe_innerHTML for w in drawn.find(solara.widgets.HTML).widgets)


@pytest.fixture(scope="module")
def answered(tmp_path_factory):
    """An answer with a contract of the visitor's own, made once: it, what was shown on the way, and its home."""
    home = tmp_path_factory.mktemp("answers")
    with pytest.MonkeyPatch.context() as patch:
        for one in (store, kept):
            patch.setattr(one, "user_data_path", lambda name: home / name)
        store.save("mine", store.write(draft.with_term(draft.fresh(), ("contracts", "practice"), "practice", "tariff")))
        question = Question("anytown", ("status_quo", "mine"), years=1, seeds=2)
        shown = []
        watching = handle()
        watching.show = shown.append
        return making.watch(question, watching), shown, home, kept.content(asking.key(question.runs()), kept.BUNDLE)


def test_an_address_holds_every_setting_and_is_read_back():
    asked = Question("anytown", ("capitated", "status_quo", "outcome_based"), years=3, seeds=4, about="money")
    assert asking.read(asked.address()) == asked
    assert asked.address() == (
        "place=anytown&reference=capitated&ways=status_quo,outcome_based&years=3&seeds=4&about=money"
    )
    assert asking.read("ways=capitated") == Question("anytown", ("status_quo", "capitated"))
    drawn = Question("anytown", ("status_quo", "capitated"), draws=24)
    assert asking.read(drawn.address()) == drawn
    assert drawn.estimate().draws == 0


@pytest.mark.parametrize(
    ("search", "said"),
    [
        ("", "one to 3 ways of paying beside the reference, got 0"),
        ("ways=status_quo", "got 0"),
        ("ways=capitated,outcome_based,activity_based,spqs", "got 4"),
        ("ways=capitatd", "did you mean 'capitated'?"),
        ("ways=../../etc/passwd", "unknown way of paying"),
        ("ways=capitated&place=england", "unknown place"),
        ("ways=capitated&years=99", "years: expected a whole number from 1 to 10, got '99'"),
        ("ways=capitated&seeds=-1", "seeds: expected a whole number"),
        ("ways=capitated&seeds=²", "seeds: expected a whole number"),
        ("ways=capitated&sample=0.1", "unknown setting 'sample'"),
        ("ways=capitated&draws=3", "draws: expected a whole number from 4 to 200, got '3'"),
        ("ways=somerset_obc&place=somerset_2025", "unknown way of paying"),
        ("ways=" + "x" * 9000, "unknown way of paying"),
    ],
)
def test_an_address_that_asks_nothing_is_refused_in_a_sentence(search, said):
    with pytest.raises(InputError, match=re.escape(said)):
        asking.read(search)


def test_a_place_of_another_year_offers_the_contracts_of_that_year():
    offered = state.fundings("somerset_2025")
    assert "blended_urgent_care" in offered
    assert "somerset_obc" not in offered
    assert ask.ways(next(c for c in ask.CARDS if c.key == "today"), "somerset_2025")
    assert state.funding_of("blended_urgent_care", "somerset_2025").baseline == "2024_25"


def test_a_first_estimate_is_one_seed_of_no_more_people_than_take_seconds():
    assert ASKED.estimate() == Question("anytown", ("status_quo", "capitated"), years=1, seeds=1)
    rough = Question("somerset", ("status_quo", "capitated")).estimate()
    people = state.place_of("somerset").registered
    assert rough.seeds == 1
    assert 5 * 2 * people * rough.sample == pytest.approx(1e6, rel=0.03)


def test_before_the_whole_come_a_sample_and_then_everyone_with_one_seed():
    asked = Question("somerset", ("status_quo", "capitated"))
    sample, everyone = making._estimates(asked)
    assert sample == asked.estimate()
    assert everyone == replace(asked, seeds=1)
    assert list(making._estimates(ASKED)) == [replace(ASKED, seeds=1)]  # a small place needs no sample
    assert not making._estimates(replace(ASKED, seeds=1))


def test_a_page_names_its_button_and_no_option_of_the_command(answered):
    found, *_ = answered
    shown = " ".join([found.lead, *(markup for _, markup in found.sections.values())])
    assert "--uncertainty" not in shown
    assert "press <b>Find out how sure</b>" in found.lead


def test_every_tile_is_the_number_of_compare(answered, tmp_path):
    found, _, home, _ = answered
    file = home / "fundingflows" / "scenarios" / "mine.toml"
    words = ["compare", "status_quo", str(file), "--place", "anytown", "--years", "1", "--seeds", "2"]
    done = CliRunner().invoke(cli.app, [*words, "--out", str(tmp_path / "out")])
    assert done.exit_code == 0, done.output
    table = pd.read_parquet(tmp_path / "out" / "comparison.parquet").set_index(["measure", "funding"])
    (tiles,) = found.tiles.values()
    assert len(tiles) == 6
    for tile in tiles:
        row = table.loc[(tile.measure, "mine")]
        first = table.loc[(tile.measure, "status_quo")]
        assert float(re.findall('value="([^"]+)"', tile.size)[0]) == pytest.approx(row["difference"], rel=1e-9)
        assert float(re.findall('value="([^"]+)"', tile.level)[0]) == pytest.approx(first["level"], rel=1e-9)


def test_a_first_estimate_is_said_to_be_one_and_the_whole_takes_its_place(answered, draw):
    found, shown, _, _ = answered
    assert [one.first for one in shown] == [True, False, False]
    assert [bool(one.key) for one in shown] == [False, False, True]
    assert shown[-1] == found
    said = [w.unsafe_innerHTML for w in draw(page.Shown(shown[0], found.question)).find(solara.widgets.HTML).widgets]
    assert any("First estimate: one run of everyone" in markup for markup in said)
    said = words(draw(page.Shown(found, found.question)))
    assert "First estimate" not in said
    assert "allow for chance alone" in said
    assert "Nothing here is a forecast" in said  # the limits stand open
    assert {key for key, _ in page.FOLDED} | {"doubt"} == set(found.sections)


@pytest.fixture(scope="module")
def doubted(tmp_path_factory):
    """An answer with four draws, what was shown on the way, and the command line's table of the same draws."""
    home, out = tmp_path_factory.mktemp("doubted"), tmp_path_factory.mktemp("command") / "out"
    with pytest.MonkeyPatch.context() as patch:
        for one in (store, kept):
            patch.setattr(one, "user_data_path", lambda name: home / name)
        shown, watching, said = [], handle(), []
        watching.show, watching.say = shown.append, lambda _, text: said.append(text)
        found = making.watch(replace(ASKED, draws=4), watching)
        folder = kept.folder_of(found.key)
    words = ["compare", *ASKED.ways, "--place", "anytown", "--years", "1", "--seeds", "2", "--uncertainty", "4"]
    done = CliRunner().invoke(cli.app, [*words, "--out", str(out)])
    assert done.exit_code == 0, done.output
    return found, shown, folder, pd.read_csv(out / "uncertainty.csv").set_index("measure"), said


def test_draws_give_the_figures_of_compare_with_uncertainty(doubted):
    found, _, folder, wanted, _ = doubted
    (tiles,) = found.tiles.values()
    for tile in tiles:
        row = wanted.loc[tile.measure]
        assert (tile.range.least, tile.range.most) == pytest.approx((row["low"], row["high"]), rel=1e-9)
        sure = row["above"] if tile.range.mean > 0.0 else 1.0 - row["above"]
        assert tile.likely == (likelihood(sure) if sure >= 0.66 else "not sure which way")
        assert float(re.findall('value="([^"]+)"', tile.chance)[0]) == pytest.approx(100.0 * (1.0 - row["share"]))
        assert sum(tile.grade.parts.values()) == pytest.approx(100.0)
        assert len(tile.grade.named) == 3
    written = pd.read_csv(folder / "uncertainty.csv").set_index("measure")
    pd.testing.assert_frame_equal(written, wanted, rtol=1e-9)
    report = (folder / "report.html").read_text(encoding="utf-8")
    assert "From all that is not known</th>" in report
    assert "From chance</th>" in report
    assert "--seeds 2 --uncertainty 4</pre>" in report
    assert ", with 4 draws of what is not known" in (folder / "address.txt").read_text(encoding="utf-8")


def test_a_draw_at_which_a_run_fails_is_left_out_and_said(doubted, monkeypatch):
    """The runs of the other draws are those that ``doubted`` has kept."""
    asked = replace(ASKED, draws=4)
    plan = asked.plan()
    lost = {run.key for run in plan.runs if run.point == 2}
    read = shards.row_of

    def failing(folder, key):
        row = read(doubted[2] if key not in lost else folder, key)
        return row | {"error": "InputError: no price would do"} if key in lost else row

    monkeypatch.setattr(making, "_make_missing", lambda *more: None)
    monkeypatch.setattr(making.kept, "folder_of", lambda key: doubted[2])
    monkeypatch.setattr(shards, "row_of", failing)
    job = making.Job(asked, "k", [], plan)
    with pytest.raises(InputError, match=r"^runs failed at 1 of 4 draws: no price would do"):
        making._drawn(plan, job, 0.0, 1.0)
    monkeypatch.setattr(drawing, "LOST", 0.25)
    drawn = making._drawn(plan, job, 0.0, 1.0)
    assert len(drawn.draws) == 3
    assert "1 of 4 draws" in drawn.left_out


def test_a_run_whose_input_cannot_be_used_is_kept_and_told_in_its_words(home, monkeypatch):
    def priced(model, *more):
        raise InputError("no price would do")

    monkeypatch.setattr(state, "model_of", priced)
    with pytest.raises(InputError, match=r"^no price would do$"):
        making.watch(ASKED, handle())
    (row,) = [shards.row_of(path, run.key) for path in kept.home().iterdir() for run in ASKED.estimate().runs()[:1]]
    assert row["error"] == "InputError: no price would do"


def test_the_answer_from_chance_alone_stands_until_the_draws_are_done(doubted):
    _, shown, _, _, said = doubted
    assert [(one.question.draws, one.first) for one in shown] == [(0, True), (0, False), (4, False), (4, False)]
    usual, drawn = shown[1], shown[-1]
    for before, after in zip(*(next(iter(one.tiles.values())) for one in (usual, drawn)), strict=True):
        assert before.size == after.size
        assert before.range[:3] == after.range[:3]
        assert np.isnan(before.range.least)
    assert any(re.match(r"Draw 4 of 4, (about \d+ minutes?|less than a minute) left", text) for text in said)


def test_the_page_offers_draws_and_then_says_what_they_show(doubted, draw):
    found, shown, *_ = doubted
    said = words(draw(page.Doubt(shown[1], shown[1].question)))
    assert "allow for chance alone" in said
    assert "96 runs, 2 of each way of paying at each draw" in said
    said = words(draw(page.Doubt(found, found.question)))
    assert "How sure the chief differences are" in said
    assert "16 runs" in said


def test_the_wider_range_is_light_and_a_grade_unfolds_to_its_numbers():
    drawn = doubt.ranges(Range(2.0, 1.0, 3.0, -4.0, 6.0))
    assert drawn.index(LIGHT) < drawn.index(COLOURS[0])
    assert 'aria-label="95 % range from chance +1.0 to +3.0, from all that is not known −4.0 to +6.0"' in drawn
    assert LIGHT not in doubt.ranges(Range(2.0, 1.0, 3.0))
    assert doubt.ranges(Range(2.0, float("nan"), float("nan"))) == ""
    named = [Named("a <gain>", "assumed", "+0.80", True), Named("a rate", "recalled", "−0.30", False)]
    parts = {"verified": 0.0, "derived": 0.0, "recalled": 30.0, "assumed": 70.0}
    said = doubt.grade(Grade(Markup("70"), parts, named, True), "Deaths")
    assert "rests 70 % on assumed numbers" in said
    assert "a &lt;gain&gt;: <b>assumed</b>, no published figure; rank correlation +0.80</li>" in said
    assert "rank correlation −0.30, which may be luck</li>" in said
    assert "By grade: 30 % recalled, 70 % assumed;" in said


def test_a_bundle_of_an_own_contract_is_verified_where_it_is_unpacked(answered, tmp_path):
    found, _, home, (content, kind, called) = answered
    assert (kind, called) == ("application/zip", f"fundingflows-{found.key[:8]}-bundle.zip")
    with ZipFile(BytesIO(content)) as archive:
        names = set(archive.namelist())
        archive.extractall(tmp_path / "unpacked")
    assert {"manifest.json", "fundings/mine.toml", "fundings/status_quo.toml", "report.html", "comparison.csv",
            "comparison.xlsx", "comparison.png", "comparison.svg", "ledger.parquet"} <= names  # fmt: skip
    assert not any(name.startswith("runs/") for name in names)
    manifest = json.loads((tmp_path / "unpacked" / "manifest.json").read_text())
    assert manifest["recipe"]["fundings"] == {"status_quo": "status_quo", "mine": "fundings/mine.toml"}
    (home / "fundingflows" / "scenarios" / "mine.toml").rename(tmp_path / "gone.toml")  # as on another machine
    done = CliRunner().invoke(cli.app, ["verify", str(tmp_path / "unpacked"), "--most", "2"])
    (tmp_path / "gone.toml").rename(home / "fundingflows" / "scenarios" / "mine.toml")
    assert done.exit_code == 0, done.output
    assert "everything made again is the same" in done.output
    other = tmp_path / "unpacked" / "fundings" / "mine.toml"
    other.write_text(GOOD)
    assert CliRunner().invoke(cli.app, ["verify", str(tmp_path / "unpacked")]).exit_code != 0


def test_the_workbook_holds_the_table(answered):
    found, _, home, _ = answered
    folder = home / "fundingflows" / "answers" / found.key
    with ZipFile(folder / "comparison.xlsx") as book:
        sheet = book.read("xl/worksheets/sheet1.xml").decode()
    table = pd.read_csv(folder / "comparison.csv")
    numbers = np.array([float(v) for v in re.findall(r"<c [^>]*><v>([^<]+)</v></c>", sheet)])
    for value in table["difference"]:
        assert np.isclose(numbers, value, rtol=1e-9, atol=1e-12).any()


def test_finished_runs_are_kept_and_a_stopped_answer_resumes(monkeypatch):
    made = []
    advance = state.advance

    def counted(model, *more, **how):
        made.append(model)
        if len(made) == 3:
            raise Stopped
        advance(model, *more, **how)

    monkeypatch.setattr(state, "advance", counted)
    with pytest.raises(Stopped):
        making.watch(ASKED, handle())
    assert len(made) == 3
    found = making.watch(ASKED, handle())
    assert len(made) == 3 + 2  # two of four were there
    assert kept.complete(found.key)
    again = making.watch(ASKED, handle())
    assert again is found
    making._answers.clear()  # as after a restart of the server
    assert making.watch(ASKED, handle()).title == found.title
    assert len(made) == 5
    (earlier,) = kept.earlier()
    assert asking.read(earlier.address) == ASKED


def test_a_stopped_answer_can_be_carried_on_with(draw):
    state.answering.start(lambda watching: watching.halt.wait(60) and None)
    state.answering.stop()
    assert "Finished runs are kept" in words(draw(page.Progress(ASKED)))
    state.answering.clear()


def test_two_visitors_share_a_job_and_one_who_stops_leaves_the_other_with_it(monkeypatch):
    go_on = threading.Event()

    def waiting(model, weeks, job, *more):
        while not go_on.wait(0.01):
            job.check()
        raise InputError("enough")

    monkeypatch.setattr(state, "advance", waiting)
    one, two = making.join(ASKED), making.join(ASKED)
    assert one is two
    making.stop(ASKED)  # by one of two
    making.leave(one)
    assert not two.halt.is_set()
    making.stop(ASKED)
    until(two.ended.is_set)
    assert isinstance(two.error, Stopped)
    third = making.join(ASKED)
    assert third is not two
    go_on.set()
    until(third.ended.is_set)
    assert str(third.error) == "enough"


def test_nobody_watches_a_job_for_ever(monkeypatch):
    monkeypatch.setattr(making, "PATIENCE", 0.0)
    job = making.Job(ASKED, "k", [])
    job.watchers = 1
    job.check()
    job.watchers, job.left = 0, -1.0
    with pytest.raises(Stopped):
        job.check()


@pytest.mark.parametrize(
    "path", ["", "x/report.html", "../manifest.json", "{key}/manifest.json", "{key}/../x", "{key}/runs"]
)
def test_only_files_of_answers_leave(answered, path):
    found = answered[0]
    key, _, name = path.format(key=found.key).partition("/")
    assert kept.content(key, name) is None


def test_a_file_that_leaves_is_to_be_saved_and_not_shown(answered, monkeypatch):
    import asyncio

    found, _, home, _ = answered
    monkeypatch.setattr(kept, "user_data_path", lambda name: home / name)
    sent = []

    async def send(message):
        sent.append(message)

    async def get(path):
        scope = {"type": "http", "method": "GET", "path": path, "headers": [(b"host", b"localhost:8765")]}
        await main.Local(None)(scope, None, send)

    asyncio.run(get(f"/kept/{found.key}/report.html"))
    headers = dict(sent[0]["headers"])
    assert sent[0]["status"] == 200
    assert headers[b"content-disposition"].startswith(b'attachment; filename="fundingflows-')
    assert b"content-security-policy" in headers
    assert b"<!DOCTYPE html>" in sent[1]["body"]
    sent.clear()
    asyncio.run(get(f"/kept/{found.key}/manifest.json"))
    assert sent[0]["status"] == 404


def test_the_oldest_answers_go_first(home):
    for k, key in enumerate(("a" * 32, "b" * 32, "c" * 32)):
        folder = kept.folder_of(key)
        folder.mkdir(parents=True)
        (folder / "manifest.json").write_text("{}")
        os.utime(folder / "manifest.json", (k, k))
    kept.prune(2)
    assert sorted(path.name for path in kept.home().iterdir()) == ["b" * 32, "c" * 32]


def test_runs_that_were_left_unfinished_go_with_the_oldest(home):
    for k, (key, inside) in enumerate((("a" * 32, "runs"), ("b" * 32, "manifest.json"), ("c" * 32, "runs"))):
        path = kept.folder_of(key) / inside
        path.mkdir(parents=True)
        os.utime(path, (k, k))
    (kept.home() / "notes").mkdir()  # not ours
    kept.prune(2)
    assert sorted(path.name for path in kept.home().iterdir()) == ["b" * 32, "c" * 32, "notes"]


def test_a_card_says_what_it_will_run_and_offers_own_contracts(draw):
    said = " ".join(w.unsafe_innerHTML for w in draw(ask.Page()).find(solara.widgets.HTML).widgets)
    assert "You have saved no contract yet" in said
    assert "Anytown (20,000 people)" in said
    assert "capitated.toml; 5 years, 5 repeat runs" in said
    store.save("mine", GOOD)
    state.shelf.value += 1
    said = " ".join(w.unsafe_innerHTML for w in draw(ask.Page()).find(solara.widgets.HTML).widgets)
    assert "funding file mine.toml" in said


def test_an_address_without_a_question_says_so(draw):
    said = [w.unsafe_innerHTML for w in draw(page.Page()).find(solara.widgets.HTML).widgets]
    assert any("expected one to 3 ways of paying" in markup for markup in said)
    assert wait(state.answering).state == "idle"
