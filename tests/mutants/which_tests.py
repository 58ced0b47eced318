"""Which tests judge a file: those that mirror it first, then those of what imports it.

The map is the graph of imports, read from the sources: it needs no run of the suite, and does not
age with one.
"""

import ast
import re
from collections import Counter, defaultdict, deque
from functools import cached_property
from pathlib import Path

from dashboard import pages

SOURCES = ("idc_core", "dashboard")
OF_EVERY_PAGE = ("test_journey.py", "test_steady.py", "test_headers.py")
"""Journeys that open all pages; they come last."""
FRAMED = {"dashboard/app.py", "dashboard/serve.py"}
"""What every page stands in."""
FAR = 3
"""So many imports away a module's tests still count as near."""
SHOWING = 12
"""So many of the nearest modules say which exact texts a shared module is part of."""


class Tests:
    """The tests of a tree."""

    __test__ = False

    def __init__(self, root: Path) -> None:
        self.root = root

    def of(self, path: str) -> list[str]:
        """The files to run for an error in `path`, the likeliest to see it first."""
        if path.endswith(".js"):
            journeys = self._journeys(self._scripted(path))
            return self._there(self._of_script(path) + self._speaking_of(path, journeys))
        near = self._near([path])
        found = [*self._examples(path), *self._mirrored(path), *self._direct(path)]
        found += [*self.exact(path), *self._room(path)]
        found += [each for module in near for each in self._mirrored(module)]
        found += [each for module in near for each in self._room(module)]
        found += [each for module in near for each in self._direct(module)]
        return self._there(found + self._general(near) + self._journeys([path]))

    def exact(self, path: str) -> list[str]:
        """Tests that read the exact texts of the pages that a module is part of."""
        return self._exact(path) or self._exact(*self._near([path])[:SHOWING])

    def _there(self, found: list[str]) -> list[str]:
        return [each for each in dict.fromkeys(found) if (self.root / each).is_file()]

    def _direct(self, path: str) -> list[str]:
        """Tests that import a module, those of its own corner first."""
        parts = Path("tests", path).parts

        def apart(test: str) -> int:
            alike = (one == other for one, other in zip(Path(test).parts, parts, strict=False))
            return -sum(alike)

        return sorted(sorted(self.direct[path]), key=apart)

    @cached_property
    def modules(self) -> list[str]:
        """Every source, as a path from the root."""
        files = (file for folder in SOURCES for file in sorted((self.root / folder).rglob("*.py")))
        return [
            str(file.relative_to(self.root)) for file in files if "node_modules" not in file.parts
        ]

    @cached_property
    def importers(self) -> dict[str, set[str]]:
        """Of every module those that import it."""
        return self._importing(self.modules)

    @cached_property
    def direct(self) -> dict[str, set[str]]:
        """Of every module the test files that import it."""
        files = sorted((self.root / "tests").rglob("test_*.py"))
        paths = [str(file.relative_to(self.root)) for file in files]
        return self._importing([each for each in paths if "node_modules" not in each])

    def _importing(self, paths: list[str]) -> dict[str, set[str]]:
        known = set(self.modules)
        found = defaultdict(set)
        for path in paths:
            for name in _imported((self.root / path).read_text(encoding="utf-8")):
                plain = name.replace(".", "/")
                for file in (f"{plain}.py", f"{plain}/__init__.py"):
                    if file in known and file != path:
                        found[file].add(path)
        return found

    def _near(self, paths: list[str], far: int = FAR) -> list[str]:
        """What imports them, what imports that, …, the nearest first."""
        found, coming = dict.fromkeys(paths, 0), deque(paths)
        while coming:
            module = coming.popleft()
            for each in sorted(self.importers[module]):
                if each not in found and found[module] < far:
                    found[each] = found[module] + 1
                    coming.append(each)
        return list(found)

    def _examples(self, path: str) -> list[str]:
        """The module itself, where its docstrings hold examples: the suite runs them."""
        file = self.root / path
        return [path] if file.is_file() and ">>> " in file.read_text(encoding="utf-8") else []

    def _mirrored(self, path: str) -> list[str]:
        """`tests/<its folder>/test_<its name>.py`."""
        file = Path("tests") / path
        return [str(file.with_name(f"test_{file.stem}.py"))]

    def _room(self, path: str) -> list[str]:
        """All tests of the folder that mirrors its own."""
        folder = (self.root / "tests" / path).parent
        if not folder.is_dir() or folder.name in ("dashboard", "idc_core", "tests"):
            return []
        return [str(file.relative_to(self.root)) for file in sorted(folder.glob("test_*.py"))]

    def _exact(self, *paths: str) -> list[str]:
        """Tests that read the exact texts of the views that these modules belong to."""
        keys = set[str]()
        for path in paths:
            parts = Path(path).parts
            for view in pages.VIEWS:
                if parts[:3] == ("dashboard", "views", view.page.folder):
                    inside = {tab.key for tab in view.page.tabs} & set(parts)
                    if view.tab_key in inside or not inside:
                        keys.add(view.key)
        shown = re.compile("|".join(rf"[\"']{re.escape(key)}[\"']" for key in keys) or r"(?!)")
        files = sorted((self.root / "tests" / "dashboard" / "exact").glob("test_*.py"))
        return [
            str(file.relative_to(self.root))
            for file in files
            if shown.search(file.read_text(encoding="utf-8"))
        ]

    def _general(self, near: list[str]) -> list[str]:
        """Tests of the whole dashboard or of the command line, where the file is part of them."""
        found = []
        if any(each.startswith("dashboard/") for each in near):
            folder = self.root / "tests" / "dashboard"
            found += [str(file.relative_to(self.root)) for file in sorted(folder.glob("test_*.py"))]
        if any(each.startswith("idc_core/cli/") for each in near):
            found += ["tests/test_train_cli.py", "tests/test_verify_cli.py"]
        return found

    def _scripted(self, path: str) -> list[str]:
        """The Python files that hand a script to the browser."""
        loading = {path}
        for _ in range(FAR):
            loading |= {str(each) for one in loading for each in self._loading(one)}
        return sorted(each for each in loading if each.endswith(".py"))

    def _loading(self, path: str) -> list[Path]:
        """Scripts that import a script, and modules that name it."""
        name = Path(path).name
        files = [
            each
            for ending in ("js", "py")
            for each in (self.root / "dashboard").rglob(f"*.{ending}")
            if "node_modules" not in each.parts and path.endswith(".js")
        ]
        named = re.compile(rf'["/]{re.escape(name)}"')
        return [
            each.relative_to(self.root)
            for each in files
            if each.name != name and named.search(each.read_text(encoding="utf-8"))
        ]

    def _of_script(self, path: str) -> list[str]:
        """Node's tests that name it, its own first, then what joins the scripts."""
        tests = sorted((self.root / "tests" / "web").glob("*.test.mjs"))
        name = Path(path).name
        naming = [each for each in tests if f"/{name}" in each.read_text(encoding="utf-8")]
        naming.sort(key=lambda each: not each.name.startswith(Path(path).stem))
        return [*(str(each.relative_to(self.root)) for each in naming), "tests/web/test_web.py"]

    def _pages(self, modules: list[str]) -> list[str]:
        """Keys of the pages that a change in one of these modules reaches: all, by their frame."""
        folders = {Path(each).parts[2] for each in modules if each.startswith("dashboard/views/")}
        found = [page.key for page in pages.PAGES if page.folder in folders]
        return found or [page.key for page in pages.PAGES if FRAMED.intersection(modules)]

    def _journeys(self, modules: list[str]) -> list[str]:
        """Browser tests of the pages that these are part of, those that open every page last."""
        shown = self._pages(self._near(modules, far=99))
        files = sorted((self.root / "tests" / "browser").glob("test_*.py"))
        texts = {file: file.read_text(encoding="utf-8") for file in files}
        opened = re.compile("|".join(rf"/{key}\b|[\"']{key}[/\"']" for key in shown) or r"(?!)")
        found = [file for file in files if opened.search(texts[file])] if shown else []
        found = [file for file in found if file.name not in OF_EVERY_PAGE]
        last = [f"tests/browser/{name}" for name in OF_EVERY_PAGE] if shown else []
        return [*(str(file.relative_to(self.root)) for file in found), *last]

    def _speaking_of(self, path: str, journeys: list[str]) -> list[str]:
        """Journeys in another order: first those that share the rarest words with a script."""
        named = set(re.findall(r"[\"'`.]([a-z][\w-]{3,})", self._text(path)))
        words = {
            each: named.intersection(re.findall(r"[\w-]+", self._text(each))) for each in journeys
        }
        many = Counter(word for each in words.values() for word in each)
        return sorted(journeys, key=lambda each: -sum(1 / many[word] for word in words[each]))

    def _text(self, path: str) -> str:
        file = self.root / path
        return file.read_text(encoding="utf-8") if file.is_file() else ""


def _imported(text: str) -> set[str]:
    """Names of modules, and of what may be one, that a file imports."""
    found = set()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            found |= {each.name for each in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module, *(f"{node.module}.{each.name}" for each in node.names)}
    return found
