"""Doctests are looked for in the one module here that leaves TensorFlow asleep: each process of
the suite imports every module it collects, and would wake it for nothing."""

from pathlib import Path

ASLEEP = {"schedule.py"}

collect_ignore = [
    file.name for file in Path(__file__).parent.glob("*.py") if file.name not in ASLEEP
]
