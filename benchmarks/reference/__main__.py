"""Make the reference runs: hours, and resumable.

    python -m benchmarks.reference --data NAME

gives the commands of `steps.py` one after the other, leaves out what is done, and prints what came
of it. It may be stopped at any moment and given again. The test split is scored by nobody here but
`--test`, once, for the run that is shipped.
"""

import argparse
import subprocess
import sys
from pathlib import Path

from benchmarks.reference.steps import Plan, Step, steps, taught_plan, to_do
from benchmarks.reference.table import printed, rows
from idc_core.io.names import needed_store
from idc_core.io.paths import REPOSITORY, models_root, store_path
from idc_core.io.refusal import Refusal
from idc_core.records.manifest import fingerprint_in


def main(words: list[str] | None = None) -> int:
    """Do what is left to do; the exit code of the command that ended it, 0 where all is done."""
    asked = _parser().parse_args(words)
    name = asked.name or ("reference-taught" if asked.teacher else "reference")
    plan = (taught_plan if asked.teacher else Plan)(asked.data, name, asked.folds)
    try:
        if asked.list:
            for step in steps(plan):
                print(f"{step.key:<8} {step.about}: {step.command}")
            return 0
        return make(plan, models_root(), test=asked.test)
    except Refusal as refused:
        print(f"Not done: {refused}", file=sys.stderr)
        return 2


def make(plan: Plan, models: Path, *, test: bool = False) -> int:
    """The same for a plan; 0 where all its steps are done, else what the command gave."""
    fingerprint = str(fingerprint_in(needed_store(store_path(plan.data))))
    for step in steps(plan):
        if step.kind == "test" and not test:
            continue
        code = _do(step, plan, models, fingerprint)
        if code:
            print(f"Stopped at {step.key} (exit code {code}). Go on: give the same command again.")
            return code
    print(printed(rows(plan, models)))
    return 0


def _do(step: Step, plan: Plan, models: Path, fingerprint: str) -> int:
    words = to_do(step, plan, models, fingerprint)
    if words is None:
        print(f"{step.key}: done, {step.run}", flush=True)
        return 0
    print(f"{step.key}: python train_cli.py {' '.join(words)}", flush=True)
    program = [sys.executable, str(REPOSITORY / "train_cli.py"), *words]
    return subprocess.run(program, check=False).returncode


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.reference", description=__doc__)
    parser.add_argument("--data", required=True, help="a patch store in data/")
    parser.add_argument("--name", help="of the run that is shipped (default: reference)")
    parser.add_argument(
        "--teacher",
        action="store_true",
        help="distil the network, and that of each fold, from a pretrained teacher: an attempt",
    )
    parser.add_argument("--folds", type=int, default=5)
    parser.add_argument("--list", action="store_true", help="say the commands and do nothing")
    parser.add_argument(
        "--test", action="store_true", help="also score the shipped run on test: a look at it"
    )
    return parser


if __name__ == "__main__":
    sys.exit(main())
