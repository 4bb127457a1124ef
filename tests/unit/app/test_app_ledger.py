"""One ledger of truth: every page shows the figures of the functions behind ``fundingflows compare``."""

import re
from dataclasses import replace
from html import unescape

import numpy as np
import pandas as pd
import pytest
from app_visitor import handle, solara, wait
from fundingflows.experiments.app.drawings import heat
from fundingflows.experiments.app.pages import compare, explore, follow, incentives
from fundingflows.experiments.app.work import comparison as drawn
from fundingflows.experiments.app.work import making, state
from fundingflows.experiments.app.work.life import Life
from fundingflows.experiments.app.work.question import Question
from fundingflows.experiments.figures import sankey
from fundingflows.experiments.results import compare as comparing
from fundingflows.experiments.results import incentives as marginal
from fundingflows.experiments.results import winners
from fundingflows.experiments.results.measures import MEASURES
from fundingflows.experiments.results.numbers import number, price, signed, signed_valued, valued
from fundingflows.experiments.runs import comparison

pytestmark = pytest.mark.filterwarnings("default")  # of other people's packages
NAMES = ["status_quo", "somerset_obc"]  # whose contract takes money back from year 3 on
YEARS, SEEDS = 4, 2


@pytest.fixture(scope="module")
def truth():
    """Runs of the command line's own functions: results, and the table of differences by measure and way of paying."""
    results = [comparison.alone(run) for run in comparison.plan("anytown", NAMES, range(1, SEEDS + 1), YEARS)]
    return results, comparing.table(results, NAMES).set_index(["measure", "funding"])


@pytest.fixture(autouse=True)
def chosen(home):
    state.years.value, state.seeds.value, state.several.value = YEARS, SEEDS, list(NAMES)


def markup(page):
    return " ".join(w.unsafe_innerHTML for w in page.find(solara.widgets.HTML).widgets)


def test_explore(truth, draw):
    table = comparing.table(truth[0][:2], NAMES).set_index(["measure", "funding"])  # one seed
    state.funding.value = "somerset_obc"
    explore.go(True)
    assert wait(state.exploring).state == "done"
    said = markup(draw(explore.Page()))
    tiles = re.findall(
        r'data-measure="(\w+)"><b><data value="([^"]+)">([^<]+)</data></b><span>([^<]+)</span>'
        r'<span class="ff-than"><data value="([^"]+)">([^<]+)</data>',
        said,
    )
    assert len(tiles) == 5
    for measure, exact, shown, label, gap, than in tiles:
        m = next(m for m in MEASURES if m.key == measure)
        usual, row = table.loc[measure, "status_quo"], table.loc[measure, "somerset_obc"]
        level = usual["level"] + row["difference"]
        assert float(exact) == pytest.approx(level, rel=1e-9)
        assert float(gap) == pytest.approx(row["difference"], rel=1e-6, abs=1e-9)
        assert unescape(label).startswith(m.label)
        if measure == "balance":
            wanted = valued(level, m.unit), f"{signed_valued(row['difference'], m.unit)} compared with "
        else:
            wanted = number(level, m.digits), f"{signed(row['difference'], m.digits)} compared with "
        assert shown == wanted[0]
        assert than.startswith(wanted[1])


def test_compare(truth):
    _, table = truth
    compare.go()
    assert wait(state.comparing).state == "done"
    shown = state.comparing.result.value
    rows = re.findall(r"<tr><td>(.*?)</tr>", compare.every(shown), re.DOTALL)
    assert len(rows) == len(MEASURES)
    for m, row in zip(MEASURES, rows, strict=True):
        cells = [unescape(re.sub("<[^>]+>", "", cell)) for cell in re.split("<td[^>]*>", row)]
        difference = table.loc[m.key, "somerset_obc"]
        assert cells[0] == m.label
        assert cells[2] == number(table.loc[m.key, "status_quo"]["level"], m.digits)
        ends = f" [{signed(difference['low'], m.digits)}, {signed(difference['high'], m.digits)}]"
        assert cells[3].startswith(signed(difference["difference"], m.digits) + ends)


def test_pictures_of_compare(truth):
    results, table = truth
    compare.go()
    assert wait(state.comparing).state == "done"
    shown = state.comparing.result.value
    kinds = drawn._kinds(shown)
    for name in NAMES:
        flow = drawn._money(shown, name, kinds, float(YEARS))
        for who, measure in (("practices", "practice_income"), ("hospitals", "hospital_income")):
            level = (
                table.loc[measure, "status_quo"]["level"] + (name != NAMES[0]) * table.loc[measure, name]["difference"]
            )
            assert sankey.gets(flow, who) == pytest.approx(level, rel=1e-6)
    fifths = dict(drawn._fifths(shown, "somerset_obc"))
    for words, measure in (("Most deprived fifth", "unmet_poorest"), ("Least deprived fifth", "unmet_richest")):
        assert fifths[words] == pytest.approx(table.loc[measure, "somerset_obc"]["difference"], rel=1e-6)
    found = winners.providers(comparing.frames(results)["organisations"], *NAMES)
    (rows, every) = drawn._providers(shown, "somerset_obc")
    assert every == len(found)
    assert [value for _, value in rows] == [value for _, value in winners.changes(found, {}, drawn.EACH)]
    for key in ("failed", "occupancy"):  # weekly series are means of 13 weeks: about the measure over all of them
        level = table.loc[key, "status_quo"]["level"]
        weekly = np.array([r.weekly[key] for r in shown.results if r.funding == "status_quo"])
        assert weekly[:, 12::13].mean() == pytest.approx(level, rel=0.01)


def test_an_answer(truth):
    _, table = truth
    found = making.watch(Question("anytown", tuple(NAMES), YEARS, SEEDS, "money"), handle())
    (tiles,) = found.tiles.values()
    assert len(tiles) == 6
    for tile in tiles:
        exact = float(re.search('value="([^"]+)"', tile.size)[1])
        assert exact == pytest.approx(table.loc[tile.measure, "somerset_obc"]["difference"], rel=1e-9)


def test_incentives_and_a_patient():
    state.years.value = 1
    incentives.find()
    assert wait(state.pricing).state == "done"
    _, base, _ = state.pricing.result.value
    frames, _ = incentives.tables(base)
    own = marginal.table(base, state.solved(base, state.funding_of("activity_based")))
    shown = frames["Everyone paid per item"]
    assert shown.equals(own)
    cells = re.findall(r"<tr><td>([^<]+)</td>(.*?)</tr>", heat.heat(frames))
    assert len(cells) == len(own)
    column = list(frames).index("Everyone paid per item")
    for (_, row), pays in zip(cells, own["pays"] + own["pool"], strict=True):
        said = re.findall(r"<td[^>]*>([^<]*)", row)[column].removeprefix("▼ ")
        assert said == price(float(pays))
    follow.sort.value = "several"
    follow.go()
    assert wait(state.following).state == "done"
    life = state.following.result.value.lives[1]
    practice = str(life.trace["practice"].iloc[0])
    code = practice if practice in base.practices.names else ""
    alone = marginal.table(base, state.solved(base, state.funding_of("activity_based")), code).set_index("unit")
    paid = [r[4] for r in life.rows if r[1] == "GP consultation" and r[2]]
    assert paid
    assert np.allclose(paid, alone.loc["one more GP consultation", "pays"])
    assert life.paid() == pytest.approx(life.registered() + sum(r[4] for r in life.rows))
    paid, cost = life.running()
    assert paid[-1] == pytest.approx(life.paid())
    events = life.trace["event"].value_counts()
    units = own.set_index("unit")["costs"]
    seen = events.get("gp_consultations", 0) * units["one more GP consultation"]
    assert sum(pounds for _, pounds in life.costs) == pytest.approx(cost[-1])
    assert cost[-1] >= seen > 0.0
    assert np.all(np.diff(cost) >= 0.0)


def test_a_life_is_told_by_its_differences_first():
    def life(title, pounds, *what):
        trace = pd.DataFrame(what, columns=["week", "event"])
        return Life(title, trace, [(2, "seen", "x", "y", pounds)], {1: 52.0}, 52, costs=[(3, 4.0)])

    one = life("A", 10.0, (2, "gp_consultations"), (9, "emergency_nights"))
    two = life("B", 30.0, (2, "gp_consultations"), (5, "gp_consultations"), (7, "gp_consultations"))
    shown = follow.Followed("", [one, two], ())
    said = "“B” pays £20 more for this person than “A”, with 2 more contacts and 1 fewer night"
    assert follow._finding(shown) == said
    assert follow._finding(follow.Followed("", [two, one], ())).startswith("“A” pays £20 less")
    assert follow.parting([one, two]).startswith("The two part in week 5: GP consultation under “B” only")
    assert follow.parting([one, one]) == ""
    paid, cost = one.running()
    assert (paid[0], paid[1], paid[-1]) == (1.0, 12.0, 62.0)
    assert (cost[1], cost[2]) == (0.0, 4.0)
    assert "£62 and £82 paid by the end, for care that cost about £4" in follow.running([one, two])
    dearer = replace(two, costs=[(3, 9.0)])
    assert "for care that cost £4 and £9" in follow.running([one, dearer])
    weekly = replace(one, spans=[(2, 10, 10.0)])  # of the £10 of week 2, which are paid in ten weeks
    assert weekly.running()[0][1] == pytest.approx(3.0)
    assert weekly.running()[0][-1] == pytest.approx(62.0)
