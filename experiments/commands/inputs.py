"""What commands are given, checked before anything runs: numbers, rows, scenarios, changes of parameters."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ...model.parameters import Parameters
    from ...model.scenario import Funding, Scenario


MOST = 10_000  #: repeat runs, draws, generations: more is a slip
MOST_SEED = 2**63 - 1  #: largest random seed


def whole(number: int, name: str, least: int, most: int = MOST) -> None:
    if not least <= number <= most:
        from ...model.errors import InputError

        raise InputError(f"{name}: expected a whole number from {least} to {most:,}, got {number}")


def check_years(years: float) -> None:
    if not 1.0 <= years <= 50.0:
        from ...model.errors import InputError

        raise InputError(f"--years: expected from 1 to 50 years, got {years:g}")


def rows_of(trace: str | None) -> list[int]:
    from ...model.errors import InputError

    try:
        return [int(part) for part in (trace or "").split(",") if part.strip()]
    except ValueError:
        raise InputError(f"--trace: expected row numbers such as 12,57, got '{trace}'") from None


def scenario_of(place: str, funding: str, sample: float, changes: list[str], paths: str | None = None) -> Scenario:
    """The scenario with its changes; everything is checked before anything is run."""
    from ...scenarios import scenario

    case = scenario(place, funding, sample=sample, paths=paths)
    numbers, contracts = _changes(changes, case.parameters)
    return replace(
        case, parameters=case.parameters.changed(numbers),
        funding=case.funding.changed(contracts) if contracts and case.funding else case.funding,
    )  # fmt: skip


def funding_of(case: Scenario) -> Funding:
    """The way of paying, which the command line always asks for."""
    if case.funding is None:
        raise ValueError("a way of paying is needed")
    return case.funding


def _changes(changes: list[str], known: Parameters) -> tuple[dict[str, Any], dict[str, Any]]:
    from ...model.errors import InputError

    numbers: dict[str, Any] = {}
    contracts: dict[str, Any] = {}
    for change in changes:
        path, equals, text = change.partition("=")
        if not equals or not path or not text:
            raise InputError(f"--set {change}: expected PATH=VALUE, such as hospital.acsc_share=0.24")
        if path in numbers or path in contracts:
            raise InputError(f"--set {path}: is given twice; expected one value")
        if path.startswith("contracts."):
            contracts[path] = _literal(path, text)
            continue
        known[path]  # says so when it is unknown
        verb, body = ("multiply", text[1:]) if text.startswith("*") else ("set", text)
        value = _literal(path, body)
        if isinstance(value, str | bool):
            raise InputError(f"--set {path}: expected a number, got '{text}'")
        numbers[path] = {verb: value}
    return numbers, contracts


def _literal(path: str, text: str) -> float | bool | str:
    if text in ("true", "false"):
        return text == "true"
    try:
        return float(text)
    except ValueError:
        return text
