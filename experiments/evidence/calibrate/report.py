"""Output of a fit: the sample as a versioned file, and a report with residuals and unidentified parameters."""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pandas as pd

from ...results import output
from ...results.numbers import NOTHING
from ...runs.spec import version
from ..natural.score import ONE_SIDED, span
from . import match
from .fit import OPEN, Effort, Fit, identified, width

HEAD = """# Calibration

Behaviour fitted to the published natural experiments by `fundingflows calibrate`: history matching (Craig et al. 1997;
Vernon, Goldstein and Bower, Bayesian Analysis 5:619, 2010) with Gaussian-process emulators from scikit-learn. It suits
this model because it asks which values can be *ruled out*, admits that a model may be unable to reach an effect at all,
and needs hundreds of evaluations where sampling the posterior directly would need tens of thousands. A number is fitted
if two experiments or more answer to it: if one of their outcomes moves by half a standard deviation of what was
published as the number goes from one end of its range to the other.
[natural-experiments.md](natural-experiments.md#how-behaviour-is-fitted) says how it works.
"""


def identification(found: Fit) -> pd.DataFrame:
    """By parameter: range, sample's median and 95 % interval, and its width over that of the range."""
    low, high = found.space.ranges
    values = low + (high - low) * found.sample
    ends = np.quantile(values, [0.025, 0.5, 0.975], axis=0)
    known, wide = identified(found.sample), width(found.sample)
    rows = []
    for k, name in enumerate(found.space.names):
        rows.append((name, low[k], high[k], *ends[[1, 0, 2], k], float(wide[k]), bool(known[k]), _told(found, name)))
    columns = ["parameter", "from", "to", "median", "low", "high", "width_ratio", "identified", "experiments"]
    return pd.DataFrame(rows, columns=columns)


def _told(found: Fit, name: str) -> str:
    """Experiments that a number answers to."""
    return " ".join(sorted(found.informs.get(name, ())))


def centre(found: Fit) -> dict[str, float]:
    """Default values of the numbers that the experiments speak of: the middle of what fits beside the others."""
    low, high = found.space.ranges
    values = low + (high - low) * found.centre
    return {found.space.names[k]: float(f"{values[k]:.3g}") for k in found.spoken_of}


def residuals(found: Fit) -> pd.DataFrame:
    """By outcome: published, fitted median and 95 % interval over the sample, share of the sample within the target."""
    rows = []
    for target in found.targets:
        y, o = found.answers[target.name], target.outcome
        low, high = (float("nan"),) * 2 if o.score in ONE_SIDED else span(o)
        inside = match.within(target, y)
        ends = np.quantile(y, [0.025, 0.5, 0.975])
        state = "out of reach" if target.name in found.out_of_reach else "fitted"
        rows.append((target.study.id, o.name, o.score, o.published, o.sign, low, high, ends[1], ends[0], ends[2],
                     float(inside.mean()), found.quality[target.name], target.study.solve, state))  # fmt: skip
    columns = ["row", "outcome", "score", "published", "sign", "target_low", "target_high", "fitted", "fitted_low",
               "fitted_high", "within", "emulator_q2", "solve", "state"]  # fmt: skip
    return pd.DataFrame(rows, columns=columns)


def sample(found: Fit) -> pd.DataFrame:
    """The accepted sets of values, one to a row."""
    return pd.DataFrame(found.space.values(found.sample), columns=found.space.names)


def markdown(found: Fit, effort: Effort) -> str:
    """The report as a page."""
    fits, numbers = residuals(found), identification(found)
    lines = [HEAD.rstrip(), "", _summary(found, effort, numbers), "", "## Fit", "",
             "| experiment | outcome | published | target | fitted (95 % of sample) | within target | emulator Q² | |",
             "|---|---|---|---|---|---|---|---|"]  # fmt: skip
    for r in fits.to_dict("records"):
        sign = {"+": "rises", "-": "falls"}.get(str(r["sign"]), "")
        published = sign or f"{r['published']:g}"
        target = "" if sign else f"{r['target_low']:.3g} to {r['target_high']:.3g}"
        fitted = f"{r['fitted']:.3g} ({r['fitted_low']:.3g} to {r['fitted_high']:.3g})"
        lines.append(f"| {r['row']} | {r['outcome']} | {published} | {target} | {fitted} | {100 * r['within']:.0f} % | "
                     f"{r['emulator_q2']:.2f} | {r['state']} |")  # fmt: skip
    lines += [
        "",
        "## Left out",
        "",
        "Each experiment predicted by a fit to all others: the emulators' answers over the part of the space that "
        "the others leave. An outcome out of reach ruled nothing out, so that the whole fit predicts it.",
        "",
        "| experiment | outcome | published | predicted (95 %) | within target | |",
        "|---|---|---|---|---|---|",
    ]
    for r in found.left_out.to_dict("records"):
        published = NOTHING if r["published"] is None or r["published"] != r["published"] else f"{r['published']:g}"
        lines.append(
            f"| {r['row']} | {r['outcome']} | {published} | {r['predicted']:.3g} ({r['low']:.3g} to "
            f"{r['high']:.3g}) | {100 * r['within']:.0f} % | {'pass' if r['passed'] else 'fail'} |"
        )
    lines += ["", "## Parameters", "",
              "Width is the standard deviation over that of a flat range: 1 means that nothing "
              "was learnt.", "", "| parameter | range | fitted median | 95 % of sample | width | answer to it | |",
              "|---|---|---|---|---|---|---|"]  # fmt: skip
    for r in numbers.to_dict("records"):
        said = "" if r["identified"] else "not identified"
        lines.append(f"| `{r['parameter']}` | {r['from']:g} to {r['to']:g} | {r['median']:.3g} | {r['low']:.3g} to "
                     f"{r['high']:.3g} | {r['width_ratio']:.2f} | {r['experiments']} | {said} |")  # fmt: skip
    lines += ["", *_alone(found), "## Default values", "",
              f"Numbers wider than {OPEN:g} keep their values. Beside those, these lie in the middle of what fits: "
              "of all such sets, the one nearest to the others.", ""]  # fmt: skip
    lines += [f"- `{name}` = {value:g}" for name, value in centre(found).items()]
    return "\n".join([*lines, ""])


def _alone(found: Fit) -> list[str]:
    """Numbers that one experiment alone answers to, which were not fitted, as a section."""
    alone = [f"- `{name}`: {_told(found, name)}" for name, of in found.informs.items() if len(of) == 1]
    if not alone:
        return []
    return ["## Not fitted", "",
            "One experiment alone answers to each of these, and a fit would only make it come true. They keep their "
            "values.",
            "", *alone, ""]  # fmt: skip


def _summary(found: Fit, effort: Effort, numbers: pd.DataFrame) -> str:
    known = [f"`{name}`" for name in numbers[numbers["identified"]]["parameter"]]
    reach = ", ".join(found.out_of_reach) or "none"
    return (
        f"{len(found.unit)} points compared by plans and {len(found.run_unit)} by runs in {effort.waves} waves; "
        f"{100 * found.left[-1]:.2g} % of the space is not ruled out after the last, {found.tolerated} outcomes being "
        f"allowed to disagree with the others. {len(found.sample)} joint sets of "
        f"values were accepted, with an effective sample size of {found.effective:.0f} before resampling. Identified: "
        f"{', '.join(known) or 'nothing'}. Outcomes that no point in the space reaches (they rule nothing out and fail "
        f"in validation): {reach}."
    )


def manifest(found: Fit, effort: Effort) -> dict[str, object]:
    """How the sample was made."""
    low, high = found.space.ranges
    return {
        "made": datetime.now(UTC).date().isoformat(), "model": version(), "versions": output.versions(),
        "method": "history matching with Gaussian-process emulators; resampled with normal errors",
        "outcomes": found.within_reach, "out_of_reach": found.out_of_reach, "effort": effort.__dict__,
        "ranges": {n: [float(a), float(b)] for n, a, b in zip(found.space.names, low, high, strict=True)},
        "not_ruled_out": found.left, "tolerated": found.tolerated, "effective": found.effective,
        "centre": centre(found),
        "informs": {n: sorted(of) for n, of in found.informs.items() if of},
        "statuses": {n: found.space.parameters[n].status for n in found.space.names},
    }  # fmt: skip


def write(found: Fit, folder: Path, effort: Effort) -> list[str]:
    """Sample, manifest, report and tables in the folder, each written atomically; returns sentences for the user."""
    folder.mkdir(parents=True, exist_ok=True)
    numbers = identification(found)
    texts = {
        "fitted.csv": sample(found).to_csv(index=False),
        "fitted.json": json.dumps(manifest(found, effort), indent=1, ensure_ascii=False) + "\n",
        "calibration.md": markdown(found, effort),
        "residuals.csv": residuals(found).to_csv(index=False),
        "identification.csv": numbers.to_csv(index=False),
        "left-out.csv": found.left_out.to_csv(index=False),
    }
    for name, text in texts.items():
        temporary = folder / f".{name}.{os.getpid()}"
        temporary.write_text(text, encoding="utf-8")
        temporary.replace(folder / name)
    return [
        f"• {_summary(found, effort, numbers)}",
        f"Written to {folder}/: calibration.md, fitted.csv, fitted.json, residuals.csv, identification.csv, "
        "left-out.csv",
        "To ship it, copy fitted.csv, fitted.json and left-out.csv to the baseline's folder, with -N in each name.",
    ]
