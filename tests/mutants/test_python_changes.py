"""Which errors are written into a Python file, and which never."""

import pytest

from tests.mutants.python_changes import python_changes


def made(source, operator=None):
    """The sources that come of it."""
    raw = source.encode()
    return {
        each.made(raw).decode() for each in python_changes(raw) if operator in (None, each.operator)
    }


@pytest.mark.parametrize(
    ("source", "operator", "expected"),
    [
        ("a < b", "comparison", {"a <= b", "a > b"}),
        ("a >= (b)", "comparison", {"a > (b)", "a <= (b)"}),
        ("0 < a == b", "comparison", {"0 <= a == b", "0 > a == b", "0 < a != b"}),
        ("a not in b", "comparison", {"a in b"}),
        ("a is None", "comparison", {"a is not None"}),
        ("a + b * c", "arithmetic", {"a - b * c", "a + b / c"}),
        ('a + "s"', "arithmetic", set()),
        ("a and b or c", "and/or", {"a or b or c", "a and b and c"}),
        ("not a", "dropped not", {"a"}),
        ("x = -a", "dropped minus", {"x = a"}),
        ("x = 3", "constant", {"x = 4"}),
        ("x = 1000", "constant", {"x = 2000"}),
        ("x = 0.5", "constant", {"x = 1.0"}),
        ("x = True", "constant", {"x = False"}),
        ("f(a, b.c)", "swapped arguments", {"f(b.c, a)"}),
        ("f(a, 'b')", "swapped arguments", set()),
        ("isinstance(a, b)", "swapped arguments", set()),
        ("f(a, a)", "swapped arguments", set()),
        ("np.argmax(a)", "min/max", {"np.argmin(a)"}),
        ("min(a, b)", None, {"max(a, b)"}),
        ("a = [b, c]", "dropped element", {"a = [b]", "a = [c]"}),
        ("a = (b, c, d)", "dropped element", {"a = (b, c)", "a = (c, d)"}),
        ("a = (b, c)", "dropped element", set()),
        ("m.tp - m.fp", "wrong key", {"m.fp - m.fp", "m.tp - m.tp"}),
        ("m.tp", "wrong key", set()),
        ('t["x"], t["y"]', "wrong key", {'t["y"], t["y"]', 't["x"], t["x"]'}),
    ],
)
def test_each_kind_of_error_is_written_where_it_belongs(source, operator, expected):
    assert made(source, operator) == expected


def test_a_name_is_taken_for_its_partner_only_where_the_function_has_both():
    assert made("def f(tp, fp):\n    return tp", "wrong key") == {"def f(tp, fp):\n    return fp"}
    assert made("def f(tp):\n    return tp  # fp", "wrong key") == set()


def test_an_early_return_goes_missing_but_not_a_branch_with_an_else():
    source = "def f(a):\n    if a:\n        return 0\n    return a"
    assert made(source, "missing early return") == {"def f(a):\n    pass\n    return a"}
    assert (
        made(source.replace("    return a", "    else:\n        b()"), "missing early return")
        == set()
    )


def test_fields_of_a_text_change_places_with_their_formats_staying():
    source = 'x = f"{a:.2f} of {len(b[1:]):,} – {c!r}"'
    assert made(source, "swapped fields") == {
        'x = f"{len(b[1:]):.2f} of {a:,} – {c!r}"',
        'x = f"{a:.2f} of {c:,} – {len(b[1:])!r}"',
    }


def test_letters_of_several_bytes_before_it_move_no_change():
    assert made('a = "–µ" if b < c else "ü"', "comparison") == {
        'a = "–µ" if b <= c else "ü"',
        'a = "–µ" if b > c else "ü"',
    }


@pytest.mark.parametrize(
    "source",
    [
        '"""At least 1 of 2."""',
        "# a < b",
        "def f(a: Literal[1, 2] = None) -> tuple[int, 3]: ...",
        "X = Literal[1, 2]",
        '__all__ = ["a", "b"]',
        'raise Refusal(f"expected {a} rows: {b} came")',
        "log.info(1 < 2)",
        "draw(height=300, strokeWidth=2)",
        "zip(a(), b(), strict=True)",
        "if TYPE_CHECKING:\n    import a",
    ],
)
def test_words_kinds_and_looks_stay_as_they_are(source):
    assert made(source) == set()
