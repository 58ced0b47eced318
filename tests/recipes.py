"""The recipes of CONTRIBUTING.md: read, followed on a copy of the repository, and tried there.

As a program (`python recipes.py`, in the copy) it tries every recipe and prints what came of each.
"""

import io
import json
import re
import sys
import tokenize
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

RECIPE = re.compile(r"^\*\*… an? (.+?)\.\*\*", re.MULTILINE)
BLOCK = re.compile(r"^```python\n# (\S+?)(?:, ([^\n]+))?\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Step:
    """What goes where; `place` is empty for a new file."""

    file: str
    place: str
    text: str


def read(contributing: str) -> dict[str, list[Step]]:
    """The steps of each recipe, by what it adds."""
    found = RECIPE.split(contributing.partition("\n## Habits")[0])[1:]
    named = zip(found[::2], found[1::2], strict=True)
    return {name: [Step(*each) for each in BLOCK.findall(text)] for name, text in named}


def follow(step: Step, root: Path) -> None:
    """Do what a step says, in the copy under `root`."""
    file = root / step.file
    if not step.place:
        assert not file.exists(), f"{step.file} is there already"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(step.text, encoding="utf-8")
        return
    source = file.read_text(encoding="utf-8")
    at, indent, after = place(source, step.place)
    text = step.text.rstrip("\n") + after
    lines = "".join(indent + line if line.strip() else line for line in text.splitlines(True))
    file.write_text(source[:at] + lines + source[at:], encoding="utf-8")


def place(source: str, said: str) -> tuple[int, str, str]:
    """Where a text is put that goes to `said`, what stands before its lines, and what after it."""
    if said == "at the end":
        return len(source), "", "\n"
    if said == "among the imports":
        return source.index("\nfrom ") + 1, "", "\n"
    which, _, name = said.partition(" in ")
    assert which in ("first", "last"), f"no place is called {said!r}"
    if header := re.search(rf'^class {name}:\n    """.*?"""\n', source, re.MULTILINE | re.DOTALL):
        return header.end(), "    ", "\n"
    line = re.search(rf"^( *){re.escape(name)}(: | = ).*[\[({{]$", source, re.MULTILINE)
    assert line, f"there is no list called {name}"
    opened = line.end() - 1
    indent = f"{line[1]}    "
    at = line.end() + 1 if which == "first" else _closing(source, opened)
    return at, indent, ",\n"


def _closing(source: str, opened: int) -> int:
    """Where the line of the bracket begins that closes the one at `opened`."""
    depth = 0
    starts = [0]
    for text in source[opened:].splitlines(True):
        starts.append(starts[-1] + len(text))
    for token in tokenize.generate_tokens(io.StringIO(source[opened:]).readline):
        if token.type == tokenize.OP:
            depth += (token.string in "([{") - (token.string in ")]}")
            if not depth:
                return opened + starts[token.start[0] - 1]
    raise AssertionError("the bracket is never closed")


def try_metric() -> None:
    from idc_core.metrics.catalogue import RATES

    assert float(RATES["success"](90, 6, 2, 8)) == 0.5
    shown = opened("operating-point/threshold")
    said = "\n".join(each.proto.body for each in shown.get("html"))
    assert "Critical success index" in said


def try_page() -> None:
    page = opened("spread")
    assert page.title[0].value == "Spread"
    assert any("scores lie above" in each.value for each in page.markdown)


def try_control() -> None:
    page = opened("spread", spread_over="idc")
    assert page.segmented_control(key="spread_over").value == "idc"
    assert "Shown over idc." in [each.value for each in page.caption]
    page.segmented_control(key="spread_over").set_value("patches").run()
    assert "spread_over" not in page.query_params


def try_overlay() -> None:
    page = opened("patients", patient="10253", overlay="missed")
    assert "missed IDC only" in page.segmented_control(key="overlay").options
    shown = next(each for each in page.get("bidi_component") if "slide_viewer" in each.proto.id)
    assert '"kinds": ["fn"]' in json.dumps(json.loads(shown.proto.json)["maps"][0])


def try_network() -> None:
    from idc_core.train.config import TrainConfig

    assert TrainConfig(network="tiny").network == "tiny"
    assert "tiny" in helped()
    source = Path("idc_core/nn/models.py").read_text(encoding="utf-8")
    assert "@_network\ndef tiny(" in source


def try_callback() -> None:
    compile(Path("idc_core/nn/loop.py").read_text(encoding="utf-8"), "loop.py", "exec")
    from idc_core.nn.callbacks import CountBetter  # type: ignore[attr-defined]

    counted = CountBetter()
    (said,) = counted.epoch_end(1, {}, True)
    assert (said.epoch, said.kind, said.others) == (1, "better", {"count": 1})
    assert counted.epoch_end(2, {}, False) == []
    assert counted.state() == {"count": 1}


def try_setting() -> None:
    from idc_core.train.config import TrainConfig, from_dict, to_dict

    assert from_dict(to_dict(TrainConfig(clip=1))).clip == 1  # type: ignore[call-arg, attr-defined]
    assert "--clip" in helped()


def try_threshold_rule() -> None:
    from idc_core.metrics.curves import Ranked
    from idc_core.metrics.operating_point import choose, rule_words

    assert choose(Ranked([0, 0, 0, 1], [0.1, 0.2, 0.6, 0.9]), "accuracy").threshold == 0.9
    assert rule_words("accuracy") == "highest accuracy"
    page = opened("operating-point/threshold")
    page.button(key="rule_accuracy").click().run()
    assert not page.exception


def try_import_format() -> None:
    from idc_core.io.tabular import open_table
    from idc_core.io.tabular.formats import ENDINGS

    file = Path("scores.arff")
    file.write_text(
        "@relation scores\n@attribute patient string\n@attribute score numeric\n@data\nA,0.5\n"
    )
    table = open_table(file)
    assert list(table.columns) == ["patient", "score"]
    assert len(table) == 1
    assert ".arff" in ENDINGS


def try_benchmark() -> None:
    from benchmarks.__main__ import main

    assert main(["sorting_speed"])


TRIED: dict[str, Callable[[], None]] = {
    "metric": try_metric,
    "page": try_page,
    "control": try_control,
    "overlay of the slide": try_overlay,
    "network": try_network,
    "callback": try_callback,
    "setting": try_setting,
    "threshold rule": try_threshold_rule,
    "import format": try_import_format,
    "benchmark": try_benchmark,
}


def opened(key: str, **query: str):  # type: ignore[no-untyped-def]
    """A view of the copy, on the run that the environment names."""
    from streamlit.testing.v1 import AppTest

    from dashboard import browser, pages

    browser.OPENSEADRAGON = Path("dashboard/widgets/slide_viewer.js").resolve()
    page = AppTest.from_file(str(Path("dashboard/app.py").resolve()), default_timeout=60)
    view = pages.view(key)
    for name, value in ({"run": "small", "threshold": "0.5"} | view.query | query).items():
        page.query_params[name] = value
    page.run()  # only then it knows its pages
    page.switch_page(view.file).run()
    assert not page.exception
    assert not any("Internal error" in each.value for each in page.markdown)
    return page


def helped() -> str:
    """The help of `train`."""
    from typer.testing import CliRunner

    from idc_core.cli import main  # noqa: F401
    from idc_core.cli.console import app

    return CliRunner().invoke(app, ["train", "--help"], env={"COLUMNS": "200"}).output


def outcomes() -> dict[str, str]:
    """What came of each recipe: an empty text, or where it failed."""
    found = {}
    for name, attempt in TRIED.items():
        try:
            attempt()
            found[name] = ""
        except Exception:
            found[name] = traceback.format_exc()
    return found


if __name__ == "__main__":
    sys.path[0] = str(Path.cwd())  # the copy, not the tests beside this file
    print(json.dumps(outcomes()))
