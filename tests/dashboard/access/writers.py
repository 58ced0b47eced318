"""Which functions write, found by reading the code: whatever reaches a write, however far down."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache

from idc_core.io.paths import REPOSITORY

FILES = {
    "write_text", "write_bytes", "unlink", "rmdir", "mkdir", "touch", "symlink_to", "hardlink_to",
    "to_parquet", "to_csv", "executemany", "commit",
}  # fmt: skip
CALLS = {"os.replace", "os.rename", "os.write", "shutil.move", "shutil.copy", "shutil.rmtree"}
MODES = {"w", "wb", "a", "ab", "x", "xb", "r+b", "w+b"}
STORES = {
    "_opened": {"record", "undo"},
    "Regions": {"record", "undo"},
    "jobs": {"start", "drop"},
    "queue": {"start", "cancel", "new_folder"},
}
"""What writes of what a call gives back: `Regions(path).record`, `jobs().start`."""


@dataclass
class Function:
    """`calls`: what it calls by its full name, and whether inside `with gate.doing(...)`."""

    name: str
    module: str
    writes: bool = False
    calls: list[tuple[str, bool]] = field(default_factory=list)


@cache
def functions() -> dict[str, Function]:
    """All functions of the library and the dashboard, and what stands at the top of modules."""
    found: dict[str, Function] = {}
    imported: dict[str, dict[str, str]] = {}
    for folder in ("idc_core", "dashboard"):
        for file in sorted((REPOSITORY / folder).rglob("*.py")):
            if "node_modules" not in file.parts:
                name = ".".join(file.relative_to(REPOSITORY).with_suffix("").parts)
                name = name.removesuffix(".__init__")
                tree = ast.parse(file.read_text())
                imported[name] = {}
                _read(tree, Function(name, name), found, imported[name])
    for each in found.values():
        each.calls = [
            (_whole(called, each.module, imported), inside) for called, inside in each.calls
        ]
    return found


@cache
def writers() -> set[str]:
    """Full names of functions that write, or call one that does."""
    known = {name for name, each in functions().items() if each.writes}
    while True:
        more = {
            name
            for name, each in functions().items()
            if name not in known and any(called in known for called, _ in each.calls)
        }
        if not more:
            return known
        known |= more


def _read(
    node: ast.AST, into: Function, found: dict[str, Function], imported: dict[str, str]
) -> None:
    """What is called in a module or a function, and in those defined within it."""
    found.setdefault(into.name, into)
    into = found[into.name]
    waiting = [(each, False) for each in ast.iter_child_nodes(node)]
    while waiting:
        each, inside = waiting.pop()
        if isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            _read(each, Function(f"{into.name}.{each.name}", into.module), found, imported)
            continue
        if isinstance(each, ast.ImportFrom | ast.Import):
            imported.update(_imported(each))
        elif isinstance(each, ast.Call):
            _called(each, into, gated=inside)
        elif isinstance(each, ast.With):
            inside = inside or _is_gate(each)
        if not isinstance(each, ast.Constant | ast.Name):
            waiting += [(child, inside) for child in ast.iter_child_nodes(each)]


def _imported(node: ast.ImportFrom | ast.Import) -> Iterator[tuple[str, str]]:
    for each in node.names:
        if isinstance(node, ast.ImportFrom):
            yield each.asname or each.name, f"{node.module}.{each.name}"
        else:
            yield each.asname or each.name, each.name


def _is_gate(node: ast.With) -> bool:
    return any(
        isinstance(each.context_expr, ast.Call) and _dotted(each.context_expr.func) == "gate.doing"
        for each in node.items
    )


def _called(call: ast.Call, into: Function, *, gated: bool) -> None:
    written = _dotted(call.func)
    last = call.func.attr if isinstance(call.func, ast.Attribute) else written
    values = [*call.args, *(each.value for each in call.keywords)]
    modes = {each.value for each in values if isinstance(each, ast.Constant)}
    opens = last in ("open", "fdopen") and bool(modes & MODES)
    if last in FILES or written in CALLS or opens:
        into.writes = True
    if isinstance(call.func, ast.Attribute) and isinstance(call.func.value, ast.Call):
        given_by = _dotted(call.func.value.func)
        if last in STORES.get(given_by, ()):
            into.calls.append((f"{given_by}().{last}", gated))
    elif written:
        into.calls.append((written, gated))


def _dotted(node: ast.AST) -> str:
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute) and (before := _dotted(node.value)):
        return f"{before}.{node.attr}"
    return ""


def _whole(written: str, module: str, imported: dict[str, dict[str, str]]) -> str:
    """The full name of what is called, through what modules hand on from others."""
    first, _, rest = written.partition(".")
    if "()" in first:
        return written
    start = imported[module].get(first, f"{module}.{first}")
    name = f"{start}.{rest}" if rest else start
    for _ in range(3):
        home, _, own = name.rpartition(".")
        name = imported.get(home, {}).get(own, name)
    return name
