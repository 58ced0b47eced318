"""Tests wait for what they see. A pause that is long enough here is too short on a busy machine."""

import re
from pathlib import Path

OWN = "rest.py"
PAUSE = re.compile(r"\b(wait_for_timeout|sleep)\(")


def test_no_test_of_a_page_waits_a_fixed_time():
    folder = Path(__file__).parent
    found = [
        f"{file.name}:{number}"
        for file in sorted(folder.glob("test_*.py"))
        for number, line in enumerate(file.read_text("utf-8").splitlines(), 1)
        if PAUSE.search(line) and "SystemExit" not in line
    ]
    assert found == [], f"wait by {OWN}: at_rest, seen, slide_at_rest, until"
