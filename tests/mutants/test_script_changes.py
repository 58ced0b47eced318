"""Which errors are written into a script."""

import pytest

from idc_core.io.paths import REPOSITORY
from tests.mutants.draw import _of_scripts

ACORN = REPOSITORY / "tests" / "web" / "node_modules" / "acorn"


@pytest.fixture
def made(tmp_path):
    """The sources that come of one, by the kind of error."""
    if not ACORN.exists():
        pytest.skip("the tools of tests/web are not here: make lint fetches them")

    def of(source, operator):
        (tmp_path / "a.js").write_text(source, encoding="utf-8")
        (changes,) = _of_scripts(tmp_path, ["a.js"])
        raw = source.encode()
        return {each.made(raw).decode() for each in changes if each.operator == operator}

    return of


@pytest.mark.parametrize(
    ("source", "operator", "expected"),
    [
        ("a < b;", "comparison", {"a <= b;", "a > b;"}),
        ("a !== b;", "comparison", {"a === b;"}),
        ("a ?? b;", "and/or", {"a && b;"}),
        ("a - b;", "arithmetic", {"a + b;"}),
        ("a + `b`;", "arithmetic", set()),
        ("!a;", "dropped not", {"a;"}),
        ("a = 255;", "constant", {"a = 510;"}),
        ("a = false;", "constant", {"a = true;"}),
        ("f(a, b.c);", "swapped arguments", {"f(b.c, a);"}),
        ("at.clientX;", "wrong key", {"at.clientY;"}),
        ("[a, b, c];", "dropped element", {"[a, b];"}),
        ("`${a} – ${b.c}`;", "swapped fields", {"`${b.c} – ${a}`;"}),
        ("for (;;) { if (a) continue; b(); }", "missing early return", {"for (;;) { ; b(); }"}),
        ("if (a) { throw b; } else c();", "missing early return", set()),
    ],
)
def test_each_kind_of_error_is_written_where_it_belongs(made, source, operator, expected):
    assert made(source, operator) == expected


def test_letters_of_several_bytes_before_it_move_no_change(made):
    assert made('a = "–µ" + b * c;', "arithmetic") == {'a = "–µ" + b / c;'}
