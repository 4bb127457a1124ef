"""What Mesa users and people with notebooks do without thinking."""

import copy
import pickle
import random
import subprocess
import sys

import networkx as nx
import numpy as np
import pytest
from fundingflows.agents.patients.events import EVENTS
from fundingflows.model import record
from fundingflows.model.errors import InputError
from fundingflows.scenarios import FundingFlows


class Mine(FundingFlows):
    """A subclass that collects a row for step 0, as Mesa's examples do."""

    def __init__(self, *given, **more):
        super().__init__(*given, **more)
        self.datacollector.collect(self)


def test_a_row_may_be_collected_before_the_first_step():
    model = Mine("anytown", "status_quo")
    model.step()
    frame = model.datacollector.get_model_vars_dataframe()
    assert len(frame) == 2
    assert frame["consultations"].iloc[0] == 0
    assert frame["gp_fte"].iloc[0] > 0


def test_tables_before_the_first_step_are_empty_and_have_their_columns(anytown):
    before = record.weekly(anytown)
    assert len(before) == 0
    assert anytown.ledger.flows().empty
    anytown.step()
    assert list(record.weekly(anytown).columns) == list(before.columns)


@pytest.mark.parametrize("event", ["gp_consultation", "Deaths", "", "failed requests"])
def test_a_misspelt_event_names_the_nearest(anytown, event):
    with pytest.raises(InputError, match="unknown event"):
        anytown.weekly_total(event)
    assert anytown.weekly_total(EVENTS[0]) == 0.0


@pytest.mark.parametrize("side", ["payer", "payee"])
def test_a_misspelt_account_names_the_nearest(runs, side):
    ledger = runs["status_quo"].model.ledger
    with pytest.raises(InputError, match="unknown account 'comissioner'; did you mean 'commissioner'"):
        ledger.flows(**{side: "comissioner"})
    assert len(ledger.flows(**{side: "commissioner"}))


def test_nodes_are_removed_from_a_copy_of_the_network_and_not_from_under_the_run(anytown):
    whole = anytown.network.number_of_nodes()
    with pytest.raises(nx.NetworkXError, match="Frozen"):
        anytown.network.remove_node(0)
    mine = anytown.network.copy()
    mine.remove_node(0)
    for _ in range(14):
        anytown.step()
    assert mine.number_of_nodes() + 1 == anytown.network.number_of_nodes() == whole
    assert sum(data.get("patients", 0) for *_, data in anytown.network.edges(data=True)) > 0


@pytest.mark.parametrize("twin", [copy.deepcopy, lambda model: pickle.loads(pickle.dumps(model))])
def test_a_copy_goes_on_to_the_same_digest(anytown, twin):
    anytown.step()
    other = twin(anytown)
    for _ in range(14):
        anytown.step()
        other.step()
    assert other.digest == anytown.digest


SCRIPT = """
import sys
from pathlib import Path
from fundingflows.experiments.runs import comparison
from fundingflows.experiments.runs.engine import Options

runs = comparison.plan("anytown", ["status_quo", "capitated"], [1], 1)
comparison.kept(runs, Path("out"), Options(processes=2))
"""


def test_a_script_without_a_main_guard_is_told_so_once(tmp_path):
    (tmp_path / "mine.py").write_text(SCRIPT)
    done = subprocess.run([sys.executable, "mine.py"], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr.count("Traceback") == 1
    assert "must stand under if __name__ == '__main__':" in done.stderr.splitlines()[-1]
    assert not list(tmp_path.glob("out/runs/*"))


def looks(model):
    """All that a notebook shows between two steps."""
    record.weekly(model)
    record.organisations(model)
    model.ledger.flows()
    list(model.agents)
    model.datacollector.get_model_vars_dataframe()
    nx.degree_centrality(model.network)


HABITS = {
    "looking between steps": looks,
    "collecting once more": lambda model: model.datacollector.collect(model),
    "shuffling and selecting agents": lambda model: model.agents.shuffle().select(lambda agent: True),
    "seeding the libraries": lambda model: (np.random.seed(7), random.seed(7)),  # noqa: NPY002 (the habit)
    "changing a table that was handed out": lambda model: record.weekly(model).iloc[:, 1:].__imul__(0),
    "changing flows that were handed out": lambda model: model.ledger.flows().__setitem__("pounds", 0.0),
    "another model beside it": lambda model: FundingFlows("anytown", "capitated", rng=2).step(),
    "running to where it is": lambda model: model.run(model.week / 52),
}


@pytest.mark.parametrize("habit", HABITS)
@pytest.mark.filterwarnings("ignore::FutureWarning")
def test_a_habit_between_two_steps_changes_no_result(anytown, habit):
    other = FundingFlows("anytown", "status_quo", rng=1)
    for _ in range(3):
        anytown.step()
        other.step()
    HABITS[habit](anytown)
    for _ in range(3):
        anytown.step()
        other.step()
    assert anytown.digest == other.digest
