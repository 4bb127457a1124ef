"""Why, on the answer page: sources of a contract's numbers, the boxes of a chain, and runs with a part held."""

import re

import pytest
from app_visitor import handle, solara
from fundingflows.experiments.app.drawings import chain as drawing
from fundingflows.experiments.app.pages import why as page
from fundingflows.experiments.app.work import kept, making, noted, store
from fundingflows.experiments.app.work import why as working
from fundingflows.experiments.app.work.question import Question
from fundingflows.experiments.evidence.natural.behind import behind
from fundingflows.model.errors import InputError

pytestmark = pytest.mark.filterwarnings("default")  # of other people's packages
ASKED = Question("anytown", ("status_quo", "activity_based"), years=1, seeds=2)


@pytest.fixture(scope="module")
def answered(tmp_path_factory):
    """An answer and its home, its chains, and what is left of it without behaviour."""
    home = tmp_path_factory.mktemp("why")
    with pytest.MonkeyPatch.context() as patch:
        for one in (store, kept):
            patch.setattr(one, "user_data_path", lambda name: home / name)
        key = making.watch(ASKED, handle()).key
        return working.chains(ASKED, key, handle()), working.cut(ASKED, key, working.behaviour(), handle())


def test_a_number_has_the_note_beside_it_and_the_grade_in_the_note():
    assert noted.source("status_quo", "anytown", "practice", "qof", "per_head")[1] == "derived"
    text, grade = noted.source("status_quo", "anytown", "hospital", "electives", "prices")
    assert (text, grade) == ("reference cost x market forces x tariff below cost (recalled)", "recalled")
    text, grade = noted.source("status_quo", "anytown", "hospital", "outpatients", "prices")
    assert (text, grade) == ("assumed split of the recalled mean of £117", "assumed")  # the weaker of two


def test_a_solved_price_says_so_and_one_without_a_note_has_the_source_of_the_file():
    text, grade = noted.source("capitated", "anytown", "hospital", "per_head", "rate")
    assert (text, grade) == (noted.SOLVED.format("Status quo: England, 2015/16"), "solved")
    text, grade = noted.source("capitated", "anytown", "hospital", "specialised_services", "per_head")
    assert text.startswith("Building block of the King's Fund")
    assert grade == "not graded"
    with pytest.raises(InputError):
        noted.source("no_such_way", "anytown", "hospital", "x", "y")


def test_boxes_quote_the_figures_behind_them(answered):
    followed, _ = answered
    own = followed.chains["activity_based"]
    assert 1 <= len(own) <= 5
    for one in own:
        boxes = drawing.steps(one, behind(one.kind, one.lever, [one.done]))
        assert [head for head, _, _ in boxes] == list(drawing.HEADS)
        assert quoted(boxes[2][1]) == [one.moved.mean]
        assert quoted(boxes[4][1]) == [one.money.iloc[0]["difference"]]
        if one.price and one.price["now"]:
            assert quoted(boxes[1][1]) == [one.price["before"], one.price["now"]]
    appointments = next(one for one in own if one.lever == "appointments")
    boxes = drawing.steps(appointments, behind("practice", "appointments", ["gp_consultations"]))
    assert boxes[0][1:] == ("A price for each item of care", "<code>consultations</code>, new")
    assert boxes[2][2] == "practices&#x27; appointments; 5 of 8 published effects reproduced"


def quoted(markup):
    return [float(x) for x in re.findall('value="([^"]+)"', markup)]


def test_without_behaviour_only_prices_are_left(answered):
    followed, cut = answered
    table = cut["activity_based"].set_index("measure")
    wanted = followed.compared.table.set_index(["measure", "funding"])
    for measure in page.MEASURES:
        row = table.loc[measure]
        assert row["difference"] == pytest.approx(wanted.loc[(measure, "activity_based"), "difference"], abs=1e-9)
        assert row["change"] == pytest.approx(row["difference"] - row["held"], abs=1e-9)
    assert table.loc["failed", "change"] < 0.0  # practices that are paid for it offer more appointments


def test_a_chain_unfolds_the_table_of_the_box_that_is_pressed(answered, draw):
    followed, _ = answered
    one = next(c for c in followed.chains["activity_based"] if c.lever == "appointments")
    rendered = draw(page.Row(followed.compared, one))
    assert "ff-step-table" not in shown(rendered)
    found = behind("practice", "appointments", [one.done])
    said = [page._unfolded(followed.compared, one, k, found) for k in range(5)]
    wanted = ("consultations", "one more GP consultation", "N3 Ontario", "GP referrals", "In all")
    assert all(words in markup for words, markup in zip(wanted, said, strict=True))
    assert "−6.50 % (±50 %)" in said[2]


def shown(rendered):
    return " ".join(widget.unsafe_innerHTML for widget in rendered.find(solara.widgets.HTML).widgets)
