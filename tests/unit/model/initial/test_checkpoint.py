"""A model kept in a file goes on as if it had never stopped, and may be branched into other ways of paying."""

import pytest
from fundingflows.model.errors import InputError
from fundingflows.model.initial import checkpoint
from fundingflows.scenarios import FundingFlows, fundings

MIDDLE = 61  # weeks: inside a quarter, a payment period and a contract year


@pytest.fixture(scope="module")
def warm(tmp_path_factory):
    model = FundingFlows("anytown", "status_quo", rng=3)
    while model.week < MIDDLE:
        model.step()
    return checkpoint.save(model, tmp_path_factory.mktemp("warm") / "anytown.ff")


@pytest.mark.parametrize("funding", ["status_quo", "family_care_networks", "prime_provider"])
def test_a_resumed_run_is_the_run_that_never_stopped(funding, tmp_path):
    whole = FundingFlows("anytown", funding, rng=5).run(3)
    parted = FundingFlows("anytown", funding, rng=5, threads=1)
    while parted.week < MIDDLE + 60:
        parted.step()
    resumed = checkpoint.load(checkpoint.save(parted, tmp_path / "half.ff")).run(3)
    assert resumed.digest == whole.digest
    assert resumed.datacollector.get_model_vars_dataframe().equals(whole.datacollector.get_model_vars_dataframe())


@pytest.mark.parametrize("funding", sorted(fundings()))
def test_any_funding_file_can_take_over_and_no_penny_is_lost(warm, funding):
    model = checkpoint.load(warm)
    model.change_funding(funding)
    while model.week < MIDDLE + 60:
        model.step()
        assert model.ledger.total() == 0
    assert model.case.funding is not None
    assert model.case.funding.id == funding


def test_a_branch_leaves_the_past_as_it_was_and_changes_the_future(warm):
    stayed, branched = checkpoint.load(warm), checkpoint.load(warm)
    branched.change_funding("activity_based")
    past = (1, MIDDLE - 1)  # the day of the change itself settles what is owed
    assert branched.ledger.flows(weeks=past).equals(stayed.ledger.flows(weeks=past))
    for model in (stayed, branched):
        model.run(3)
    later = (2 * 52, 3 * 52)
    paid = [
        m.ledger.flows(payee=m.practices.names[0], weeks=later)["purpose"].unique().tolist() for m in (stayed, branched)
    ]
    assert set(paid[0]) != set(paid[1])
    appointments = [m.practices.lever("appointments").mean() for m in (stayed, branched)]
    assert appointments[1] > appointments[0]  # each consultation is now paid for


def test_what_is_no_checkpoint_is_refused_in_words(tmp_path, warm, monkeypatch):
    with pytest.raises(InputError, match="no such file"):
        checkpoint.load(tmp_path / "nothing.ff")
    other = tmp_path / "notes.txt"
    other.write_text("hello")
    with pytest.raises(InputError, match="not a checkpoint"):
        checkpoint.load(other)
    monkeypatch.setattr(checkpoint, "code_digest", lambda: "of a later version")
    with pytest.raises(InputError, match="another version"):
        checkpoint.load(warm)
    monkeypatch.undo()
    first = tmp_path / "first.ff"
    first.write_bytes(b"fundingflows checkpoint 1\nand a pickle")
    with pytest.raises(InputError, match="another version"):
        checkpoint.load(first)
    short = tmp_path / "short.ff"
    short.write_bytes(warm.read_bytes()[:20000])
    with pytest.raises(InputError, match="damaged"):
        checkpoint.load(short)


def test_a_run_without_money_has_nothing_to_change():
    model = FundingFlows("anytown", None)
    with pytest.raises(InputError, match="no money"):
        model.change_funding("capitated")
