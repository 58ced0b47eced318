"""Small errors that a tired programmer would write into a Python file, with their exact places."""

import ast
import re
from collections.abc import Iterator
from itertools import pairwise

from tests.mutants.mutant import Change

COMPARED = {
    ast.Lt: ("<", ("<=", ">")),
    ast.LtE: ("<=", ("<", ">=")),
    ast.Gt: (">", (">=", "<")),
    ast.GtE: (">=", (">", "<=")),
    ast.Eq: ("==", ("!=",)),
    ast.NotEq: ("!=", ("==",)),
    ast.In: ("in", ("not in",)),
    ast.NotIn: ("not in", ("in",)),
    ast.Is: ("is", ("is not",)),
    ast.IsNot: ("is not", ("is",)),
}
RECKONED = {
    ast.Add: ("+", "-"),
    ast.Sub: ("-", "+"),
    ast.Mult: ("*", "/"),
    ast.Div: ("/", "*"),
    ast.FloorDiv: ("//", "/"),
}
SWAPPED = (
    ("min", "max"),
    ("minimum", "maximum"),
    ("argmin", "argmax"),
    ("any", "all"),
    ("floor", "ceil"),
    ("nanmin", "nanmax"),
    ("append", "extend"),
    ("zeros", "ones"),
    ("zeros_like", "ones_like"),
    ("mean", "median"),
    ("startswith", "endswith"),
    ("head", "tail"),
)
KEYS = (
    ("tp", "fp"),
    ("fn", "tn"),
    ("TP", "FP"),
    ("FN", "TN"),
    ("sensitivity", "specificity"),
    ("ppv", "npv"),
    ("low", "high"),
    ("x", "y"),
    ("width", "height"),
    ("row", "column"),
    ("rows", "columns"),
    ("label", "score"),
    ("patient", "file"),
    ("validation", "test"),
    ("first", "second"),
    ("before", "after"),
    ("found", "missed"),
    ("start", "end"),
    ("mean", "std"),
    ("train", "validation"),
)
CALLS = {one: other for pair in SWAPPED for one, other in (pair, pair[::-1])}
NAMES = {one: other for pair in reversed(KEYS) for one, other in (pair[::-1], pair)}
LOOKS = re.compile(
    r"width|height|size|opacity|padding|gap|stroke|font|radius|spacing|offset|angle|icon|colou?r|"
    r"indent|timeout|ttl|max_entries|stacklevel|border|corner|vertical|anchor|strict|buffering|spinner",
    re.IGNORECASE,
)
"""Arguments that say how something looks or how long it is held: no figure is wrong by them.

`strict` of `zip` speaks only where another error is.
"""
EITHER_WAY = {"min", "max", "minimum", "maximum", "isinstance", "getattr", "hasattr", "hypot"}
"""Calls whose arguments may be exchanged, or where that is no error anyone makes."""
SILENT = {
    "columns",
    "space",
    "sleep",
    "debug",
    "info",
    "warning",
    "getLogger",
    "TypeVar",
    "Refusal",
}


def python_changes(source: bytes) -> list[Change]:
    """All of them; none in annotations, docstrings, `__all__` and the words of messages."""
    return list(_Reader(source).changes(ast.parse(source)))


class _Reader:
    """Walks one file; `lines` is where each line starts in it."""

    def __init__(self, source: bytes) -> None:
        self.source = source
        self.lines = [0]
        for line in source.splitlines(keepends=True):
            self.lines.append(self.lines[-1] + len(line))
        self.words = set(re.findall(r"\w+", source.decode()))

    def changes(self, node: ast.AST) -> Iterator[Change]:
        """Of a node and of what stands below it."""
        find = getattr(self, f"_{type(node).__name__.lower()}", None)
        if find is not None:
            yield from find(node)
        for child in _read_below(node):
            yield from self.changes(child)

    def _span(self, node: ast.AST) -> tuple[int, int]:
        start = self.lines[node.lineno - 1] + node.col_offset
        return start, self.lines[node.end_lineno - 1] + node.end_col_offset

    def _text(self, node: ast.AST) -> str:
        start, end = self._span(node)
        return self.source[start:end].decode()

    def _instead(self, operator: str, node: ast.AST, new: str) -> Change:
        return Change(operator, *self._span(node), new)

    def _between(
        self, operator: str, left: ast.AST, right: ast.AST, old: str, new: str
    ) -> Iterator[Change]:
        """The operator that stands between two nodes, where only brackets stand beside it."""
        start, end = self._span(left)[1], self._span(right)[0]
        word = rf"\b{old}\b".replace(" ", r"\s+") if old[0].isalpha() else re.escape(old)
        found = re.fullmatch(rf"[\s)\\]*({word})[\s(\\]*", self.source[start:end].decode())
        if found:
            yield Change(operator, start + found.start(1), start + found.end(1), new)

    def _compare(self, node: ast.Compare) -> Iterator[Change]:
        sides = [node.left, *node.comparators]
        for op, left, right in zip(node.ops, sides, sides[1:], strict=False):
            old, instead = COMPARED[type(op)]
            for new in instead:
                yield from self._between("comparison", left, right, old, new)

    def _binop(self, node: ast.BinOp) -> Iterator[Change]:
        if type(node.op) in RECKONED and not (_is_text(node.left) or _is_text(node.right)):
            old, new = RECKONED[type(node.op)]
            yield from self._between("arithmetic", node.left, node.right, old, new)

    def _boolop(self, node: ast.BoolOp) -> Iterator[Change]:
        old, new = ("and", "or") if isinstance(node.op, ast.And) else ("or", "and")
        for left, right in pairwise(node.values):
            yield from self._between("and/or", left, right, old, new)

    def _unaryop(self, node: ast.UnaryOp) -> Iterator[Change]:
        if isinstance(node.op, (ast.Not, ast.USub)):
            operator = "dropped not" if isinstance(node.op, ast.Not) else "dropped minus"
            yield self._instead(operator, node, self._text(node.operand))

    def _constant(self, node: ast.Constant) -> Iterator[Change]:
        value = node.value
        if isinstance(value, bool):
            yield self._instead("constant", node, str(not value))
        elif isinstance(value, int):
            yield self._instead("constant", node, str(value + 1 if value < 10 else 2 * value))
        elif isinstance(value, float):
            yield self._instead("constant", node, repr(value * 2 if value else 1.0))
        elif isinstance(value, str) and self._is_here(NAMES.get(value)):
            new = self._text(node).replace(value, NAMES[value])
            yield self._instead("wrong key", node, new)

    def _is_here(self, name: str | None) -> bool:
        return name in self.words

    def _attribute(self, node: ast.Attribute) -> Iterator[Change]:
        if self._is_here(NAMES.get(node.attr)) and isinstance(node.ctx, ast.Load):
            end = self._span(node)[1]
            yield Change("wrong key", end - len(node.attr), end, NAMES[node.attr])

    def _functiondef(self, node: ast.FunctionDef) -> Iterator[Change]:
        """A name instead of its partner, where the function has both."""
        bound = {each.arg for each in ast.walk(node.args) if isinstance(each, ast.arg)}
        inside = [each for each in ast.walk(node) if isinstance(each, ast.Name)]
        bound |= {each.id for each in inside if isinstance(each.ctx, ast.Store)}
        for each in inside:
            if isinstance(each.ctx, ast.Load) and {each.id, NAMES.get(each.id)} <= bound:
                yield self._instead("wrong key", each, NAMES[each.id])

    def _call(self, node: ast.Call) -> Iterator[Change]:
        name = _name(node.func)
        if name in CALLS:
            end = self._span(node.func)[1]
            yield Change("min/max", end - len(name), end, CALLS[name])
        for one, other in pairwise(node.args):
            plain = all(isinstance(each, (ast.Name, ast.Attribute)) for each in (one, other))
            differ = plain and self._text(one) != self._text(other)
            if differ and name not in EITHER_WAY:
                yield self._exchanged("swapped arguments", one, other)

    def _exchanged(self, operator: str, one: ast.AST, other: ast.AST) -> Change:
        (start, middle), (further, end) = self._span(one), self._span(other)
        kept = self.source[middle:further].decode()
        return Change(operator, start, end, f"{self._text(other)}{kept}{self._text(one)}")

    def _if(self, node: ast.If) -> Iterator[Change]:
        leaves = isinstance(node.body[0], (ast.Return, ast.Continue, ast.Raise, ast.Break))
        if leaves and len(node.body) == 1 and not node.orelse:
            yield self._instead("missing early return", node, "pass")

    def _list(self, node: ast.List) -> Iterator[Change]:
        if isinstance(node.ctx, ast.Load) and len(node.elts) >= 2:
            yield from self._dropped(node.elts)

    def _tuple(self, node: ast.Tuple) -> Iterator[Change]:
        if isinstance(node.ctx, ast.Load) and len(node.elts) >= 3:
            yield from self._dropped(node.elts)

    def _dropped(self, parts: list[ast.expr]) -> Iterator[Change]:
        """The last element, or the first: with the comma beside it."""
        yield Change("dropped element", self._span(parts[-2])[1], self._span(parts[-1])[1], "")
        yield Change("dropped element", self._span(parts[0])[0], self._span(parts[1])[0], "")

    def _joinedstr(self, node: ast.JoinedStr) -> Iterator[Change]:
        start, text = self._span(node)[0], self._text(node)
        if "{{" in text:
            return
        found = list(_fields(text))
        for (begin, one), (last, other) in pairwise(found):
            if one != other:
                kept = text[begin + len(one) : last]
                first, end = (len(text[:at].encode()) for at in (begin, last + len(other)))
                yield Change("swapped fields", start + first, start + end, f"{other}{kept}{one}")


def _fields(text: str) -> Iterator[tuple[int, str]]:
    """Where the expression of each field of an f-string stands, and the expression."""
    at = 0
    while (at := text.find("{", at) + 1) > 0:
        ends = (end for end in range(at + 1, len(text)) if text[end] in "}:!")
        stands = next((text[at:end] for end in ends if _is_expression(text[at:end])), None)
        if stands is None:
            return
        yield at, stands
        at = text.find("}", at + len(stands))


def _is_expression(text: str) -> bool:
    try:
        ast.parse(text.strip(), mode="eval")
    except SyntaxError:
        return False
    return True


def _read_below(node: ast.AST) -> Iterator[ast.AST]:
    """What stands below a node, but for what no test can or should see."""
    if isinstance(node, ast.JoinedStr) or _is_silent(node):
        return
    for name, value in ast.iter_fields(node):
        if name in ("annotation", "returns", "type_comment", "type_params"):
            continue
        for child in value if isinstance(value, list) else [value]:
            if isinstance(child, ast.AST) and not _is_silent(child):
                yield child


def _is_silent(node: ast.AST) -> bool:
    """Docstrings, `__all__`, kinds (`X = int | None`), messages, logs, looks."""
    if isinstance(node, ast.keyword):
        return bool(LOOKS.search(node.arg or ""))
    if isinstance(node, ast.Expr):
        return isinstance(node.value, ast.Constant)
    if isinstance(node, ast.Call):
        return _name(node.func) in SILENT
    if isinstance(node, ast.If):
        return "TYPE_CHECKING" in ast.dump(node.test)
    if isinstance(node, (ast.Assign, ast.AnnAssign)):
        target = node.targets[0] if isinstance(node, ast.Assign) else node.target
        return _name(target) == "__all__" or (node.value is not None and _is_kind(node.value))
    return isinstance(node, ast.Subscript) and _is_kind(node)


def _is_kind(node: ast.AST) -> bool:
    """`Literal[…]`, `tuple[…]`, `int | None`."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr):
        return isinstance(node.right, ast.Constant) and node.right.value is None
    of = ("Literal", "tuple", "list", "dict", "Callable", "Mapping", "Sequence", "NewType")
    return isinstance(node, ast.Subscript) and _name(node.value) in of


def _name(node: ast.AST) -> str:
    return getattr(node, "id", getattr(node, "attr", ""))


def _is_text(node: ast.AST) -> bool:
    if isinstance(node, ast.Constant):
        return isinstance(node.value, str | bytes)
    return isinstance(node, (ast.JoinedStr, ast.List, ast.Tuple, ast.ListComp))
