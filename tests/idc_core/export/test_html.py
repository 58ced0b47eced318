"""The HTML report: complete, offline, and safe whatever a file is called."""

import re
import shutil
from html import unescape
from html.parser import HTMLParser
from pathlib import Path

import pandas as pd
import pytest

from idc_core.data.stores.store import PatchStore, open_store
from idc_core.export.charts import Charts
from idc_core.export.html import CONTENTS, report_page, write_report
from idc_core.export.report import made_from
from idc_core.export.report.card import RESEARCH_USE
from idc_core.export.report.markup import written
from idc_core.facts.record import version
from idc_core.io.files import read_json, sha256_of, write_json
from idc_core.io.record import fields
from idc_core.io.refusal import Refusal
from idc_core.metrics.calibration_fit import fitted
from idc_core.runs.run import Run, open_run

STORED = "words_of_the_report.txt"
HOSTILE = '<img src="http://evil.example/x.png" onerror="alert(1)">'


@pytest.fixture
def run(world: Path, tmp_path: Path) -> Run:
    """A finished run that a test may spoil."""
    shutil.copytree(world / "models" / "small", tmp_path / "small")
    return open_run(tmp_path / "small")


@pytest.fixture
def store(world: Path) -> PatchStore:
    return open_store(world / "data" / "tiny")


class Elements(HTMLParser):
    """Every element of a page, and whether those that were opened were closed."""

    EMPTY = frozenset({"meta", "img", "line", "rect", "circle", "path", "polyline"})

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.unclosed: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attributes)))
        if tag not in self.EMPTY:
            self.unclosed.append(tag)

    def handle_startendtag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attributes)))

    def handle_endtag(self, tag: str) -> None:
        assert self.unclosed.pop() == tag

    def named(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.found if name == tag]


def visible(page: str) -> str:
    """The words of a page, without elements."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))


def change_info(run: Run, **values: object) -> Run:
    write_json(run.path / "run.json", {**fields(run.info), **values})
    return open_run(run.path)


def test_a_finished_run_fills_every_section(
    run: Run, charts: Charts, store: PatchStore, tmp_path: Path
) -> None:
    write_report(run, tmp_path / "out" / "report.html", charts, store)
    page = (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
    elements = Elements(page)
    assert elements.unclosed == []
    assert [each["id"] for each in elements.named("section")] == list(CONTENTS)
    assert 'class="missing"' not in page
    assert page.count("<svg") == 8
    assert visible(page).count(RESEARCH_USE) == 3


def test_nothing_is_fetched_and_nothing_runs(run: Run, charts: Charts, store: PatchStore) -> None:
    elements = Elements(report_page(run, store, charts))
    assert not {"script", "link", "iframe", "object", "base", "form"} & {
        tag for tag, _ in elements.found
    }
    for _, attributes in elements.found:
        assert not any(name.startswith("on") for name in attributes)
        for name in ("src", "href", "xlink:href", "data", "action"):
            assert (attributes.get(name) or "#").startswith(("#", "data:image/png;base64,"))
    page = report_page(run, store, charts)
    assert "@import" not in page
    assert "default-src 'none'" in page
    assert re.findall(r"url\((?!#)", page) == []


def test_hostile_names_are_shown_and_not_obeyed(
    run: Run, charts: Charts, store: PatchStore
) -> None:
    spoilt = change_info(
        run,
        trained_on=HOSTILE,
        network=HOSTILE,
        versions={HOSTILE: HOSTILE},
        config={HOSTILE: {HOSTILE: HOSTILE}},
        stop_reason=HOSTILE,
        data={**fields(run.info.data), "name": HOSTILE},
    )
    report = read_json(run.path / "report.json")
    for figures in report["splits"].values():
        for single in figures["per_patient"].values():
            single["worst_patient"] = HOSTILE
        figures["classification_report"] += HOSTILE
    report["operating_point"]["rule"] = HOSTILE
    report["made"] = HOSTILE
    report["splits"]["<script>alert(1)</script>"] = report["splits"]["test"]
    write_json(run.path / "report.json", report)
    page = report_page(spoilt, store, charts)
    elements = Elements(page)
    assert HOSTILE not in page
    assert elements.named("script") == []
    assert all((image["src"] or "").startswith("data:") for image in elements.named("img"))
    assert page.count("evil.example") >= 8


def test_the_figures_shown_are_those_of_the_report(
    run: Run, charts: Charts, store: PatchStore
) -> None:
    figures = run.report().splits["test"]
    page = report_page(run, store, charts)
    assert "<text>matrix {tn} {fp} {fn} {tp}</text>".format(**fields(figures.confusion)) in page
    found = figures.pooled["sensitivity"]
    assert f"{found.value:.2f} [{found.low:.2f}–{found.high:.2f}]" in page
    assert figures.classification_report in page
    assert f"{figures.n_patches:,} patches" in visible(page)


def test_figures_on_corrected_labels_stand_below_the_original(
    run: Run, charts: Charts, store: PatchStore
) -> None:
    assert "on corrected labels" not in report_page(run, store, charts)
    report = run.report()
    facts = {"file": "labels.csv", "sha256": "ab" * 32, "named": 7, "changed": 5}
    splits = {"test": {**fields(report.splits["test"]), "n_patches": 123_456}}
    write_json(
        run.path / "report.json",
        fields(report) | {"corrected": {"labels": facts, "splits": splits}},
    )
    words = visible(report_page(run, store, charts))
    assert "5 of 7 named labels differ" in words
    assert "123,456" in words.split("on corrected labels")[1]
    assert f"{report.splits['test'].n_patches:,} patches" in words


def test_a_run_without_history_says_so(run: Run, charts: Charts, store: PatchStore) -> None:
    (run.path / "history.csv").unlink()
    assert "no epoch is in this run&#39;s history.csv" in report_page(run, store, charts)


def test_a_history_without_accuracy_shows_the_loss_alone(
    run: Run, charts: Charts, store: PatchStore
) -> None:
    pd.DataFrame({"epoch": [1, 2], "loss": [0.5, 0.4]}).to_csv(
        run.path / "history.csv", index=False
    )
    page = report_page(run, store, charts)
    assert "Loss by epoch, 2 epochs." in page
    assert "Accuracy by epoch" not in page


def test_a_run_without_a_network_says_so_twice(run: Run, charts: Charts, store: PatchStore) -> None:
    (run.path / "model.onnx").unlink()
    assert report_page(run, store, charts).count("this run holds no network (model.onnx)") == 2


def test_a_run_without_pixels_says_so_and_shows_the_rest(run: Run, charts: Charts) -> None:
    page = report_page(run, None, charts)
    assert "the patches of this run are not on this machine" in page
    assert "<img" not in page
    assert "<text>precision-recall" in page


def test_a_run_without_predictions_still_shows_its_figures(
    run: Run, charts: Charts, store: PatchStore
) -> None:
    (run.path / "predictions.parquet").unlink()
    page = report_page(run, store, charts)
    assert page.count('class="missing"') == 5
    assert "<text>matrix" in page


def test_what_no_artefact_says_is_not_recorded(run: Run, charts: Charts) -> None:
    write_json(run.path / "run.json", {"status": "imported"})
    page = report_page(open_run(run.path), None, charts)
    assert page.count("not recorded") >= 10
    assert "None" not in visible(page)


def test_a_run_that_was_not_judged_is_refused_with_the_command(
    run: Run, charts: Charts, tmp_path: Path
) -> None:
    (run.path / "report.json").unlink()
    with pytest.raises(Refusal, match="evaluate --run small"):
        write_report(run, tmp_path / "report.html", charts)
    assert not (tmp_path / "report.html").exists()


def test_a_report_of_no_split_is_refused(run: Run, charts: Charts) -> None:
    report = fields(run.report())
    holdout = {"holdout": report["splits"]["test"]}
    write_json(run.path / "report.json", report | {"splits": holdout})
    with pytest.raises(Refusal, match="figures of a split"):
        report_page(run, None, charts)


def test_the_report_says_what_it_was_made_of(run: Run, charts: Charts, store: PatchStore) -> None:
    report = run.report()
    words = visible(report_page(run, store, charts))
    figures = report.splits["test"]
    for said in (
        f"Run {run.name}",
        "Split test",
        f"Threshold {report.threshold!r}",
        f"Model (SHA-256) {sha256_of(run.path / 'model.onnx')}",
        f"Patches {figures.n_patches}",
        f"Patients {figures.n_patients}",
        f"Made with IDC Review {version()}",
        "Use research use only, not a diagnosis",
    ):
        assert said in words, said


def test_the_report_says_whether_its_threshold_is_the_locked_one_and_when_it_was_made(
    run: Run, charts: Charts, store: PatchStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(made_from, "now", lambda: "2031-05-06T07:08:09Z")
    words = visible(report_page(run, store, charts))
    assert f"Threshold {run.operating_point().threshold!r} Threshold is operating point" in words
    assert "Made 2031-05-06T07:08:09Z Use" in words
    write_json(run.path / "report.json", fields(run.report()) | {"threshold": 0.123})
    assert "Threshold 0.123 Threshold is exploratory" in visible(report_page(run, store, charts))


def test_calibration_stands_in_the_report_by_the_numbers_of_the_split(
    run: Run, charts: Charts, store: PatchStore
) -> None:
    rows = run.predictions().query("split == 'test'")
    owner, names = pd.factorize(rows["patient"], sort=True)
    own = fitted(rows["label"].to_numpy(), rows["score"].to_numpy(), owner, len(names))
    words = visible(report_page(run, store, charts))
    for name, each in (
        (
            "Calibration in the large (log odds; 0 is ideal, below 0: scores too high)",
            own.in_the_large,
        ),
        ("Mean score − share of IDC (0 is ideal)", own.off),
        ("Slope (1 is ideal, below 1: overconfident)", own.slope),
        ("Intercept fitted together with the slope", own.joint_intercept),
    ):
        assert f"{name} {written(each)} " in words
    assert written(own.slope).startswith(f"{own.slope.value:.2f}")
    # Slope and intercept tell the two apart, and neither is what another split would give.
    assert len({written(each) for each in (own.slope, own.in_the_large, own.joint_intercept)}) == 3


def test_flow_and_exclusions_stand_in_the_report_as_the_store_counted_them(
    run: Run, charts: Charts, store: PatchStore
) -> None:
    words = visible(report_page(run, store, charts))
    assert (
        "Files found 199 Not taken 1 (1 patient_disagrees) Set aside, same pixels as another 0 "
        "Patches kept 198 of 7 patients In no split 0 patches of 0 patients "
        "Split Patches IDC Patients train 60 30 2 validation 60 30 2 test 78 39 3" in words
    )


def test_with_hashed_ids_the_report_names_no_patient(
    run: Run, charts: Charts, store: PatchStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = [str(name) for name in run.predictions()["patient"].unique()]
    assert any(f"({name})" in visible(report_page(run, store, charts)) for name in names)
    monkeypatch.setenv("IDC_HASH_IDS", "1")
    words = visible(report_page(run, store, charts))
    assert not [name for name in names if re.search(rf"(?<![\w.]){name}(?![\w.])", words)]


def test_the_report_says_word_by_word_what_is_stored(
    run: Run, store: PatchStore, charts: Charts, tmp_path: Path
) -> None:
    """Outside its figures. To change a word, copy the file that a failure names over the stored."""
    found, stored = words_of(report_page(run, store, charts)), Path(__file__).with_name(STORED)
    (tmp_path / STORED).write_text(found, encoding="utf-8")
    assert found == stored.read_text(encoding="utf-8"), tmp_path / STORED


def words_of(page: str) -> str:
    """A line a block of text, drawings and style left out; what changes by the day is replaced."""
    quiet = re.sub(r"(?s)<(svg|style)\b.*?</\1>", "", page)
    quiet = re.sub(r'<img alt="([^"]*)"[^>]*>', r"\n[\1]\n", quiet)
    lines = re.sub(r"</?(?!/?(?:a|b|i|small|span)\b)[^>]*>", "\n", quiet)
    text = unescape(re.sub(r"<[^>]*>", "", lines)).replace(version(), "VERSION")
    text = re.sub(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(Z|\+00:00)", "TIME", text)
    kept = (line.strip() for line in text.split("\n"))
    return "".join(f"{line}\n" for line in kept if line)
