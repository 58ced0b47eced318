"""The likeliest test comes first."""

import pytest

from tests.mutants.which_tests import Tests

FILES = {
    "idc_core/metrics/rate.py": "",
    "idc_core/metrics/table.py": "from idc_core.metrics import rate",
    "dashboard/widgets/card.py": 'import idc_core.metrics.table\nSCRIPT = "card.js"',
    "dashboard/widgets/card.js": 'import { short } from "./short.js";',
    "dashboard/widgets/short.js": "",
    "dashboard/views/compare/page.py": "from dashboard.widgets import card",
    "tests/idc_core/metrics/test_rate.py": "",
    "tests/idc_core/metrics/test_table.py": "",
    "tests/idc_core/metrics/test_other.py": "",
    "tests/idc_core/io/test_far.py": "from idc_core.metrics.rate import rate",
    "tests/dashboard/views/compare/test_page.py": "",
    "tests/dashboard/exact/test_compare.py": 'page_at("compare", 0.5)',
    "tests/dashboard/exact/test_threshold.py": 'page_at("operating-point/threshold", 0.5)',
    "tests/dashboard/exact/test_clinic.py": 'page_at("operating-point/clinic", 0.5)',
    "tests/dashboard/test_app.py": "",
    "tests/web/short.test.mjs": 'import "../../dashboard/widgets/short.js"',
    "tests/web/test_web.py": "",
    "tests/browser/test_defend.py": 'goto("/compare?run=a")',
    "tests/browser/test_review.py": 'goto("/patients?run=a")',
    "tests/browser/test_journey.py": "",
}


@pytest.fixture
def tests(tmp_path):
    for name, text in FILES.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    return Tests(tmp_path)


def test_of_a_module_mirror_importers_room_pages_and_journeys_in_this_order(tests):
    assert tests.of("idc_core/metrics/rate.py") == [
        "tests/idc_core/metrics/test_rate.py",
        "tests/idc_core/io/test_far.py",
        "tests/dashboard/exact/test_compare.py",
        "tests/idc_core/metrics/test_other.py",
        "tests/idc_core/metrics/test_table.py",
        "tests/dashboard/views/compare/test_page.py",
        "tests/dashboard/test_app.py",
        "tests/browser/test_defend.py",
        "tests/browser/test_journey.py",
    ]


def test_the_examples_of_a_module_come_first(tests):
    (tests.root / "idc_core/metrics/rate.py").write_text('"""\n>>> 1 + 1\n2\n"""')
    assert tests.of("idc_core/metrics/rate.py")[:2] == [
        "idc_core/metrics/rate.py",
        "tests/idc_core/metrics/test_rate.py",
    ]


def test_of_a_script_nodes_test_and_journeys_of_pages_that_load_it(tests):
    assert tests.of("dashboard/widgets/short.js") == [
        "tests/web/short.test.mjs",
        "tests/web/test_web.py",
        "tests/browser/test_defend.py",
        "tests/browser/test_journey.py",
    ]


def test_a_script_of_the_frame_is_loaded_by_every_page(tests):
    (tests.root / "dashboard/app.py").write_text("from dashboard.widgets import card")
    (tests.root / "dashboard/views/compare/page.py").write_text("")
    assert "tests/browser/test_review.py" in tests.of("dashboard/widgets/short.js")


def test_journeys_that_share_rare_words_with_a_script_come_first(tests):
    (tests.root / "dashboard/widgets/short.js").write_text('query(".verdicts", ".page")')
    for name, text in {"defend": ".page", "journey": ".page .verdicts"}.items():
        (tests.root / f"tests/browser/test_{name}.py").write_text(f'goto("/compare"); "{text}"')
    assert tests.of("dashboard/widgets/short.js")[2:] == [
        "tests/browser/test_journey.py",
        "tests/browser/test_defend.py",
    ]


def test_exact_texts_of_a_tab_are_its_own_and_those_of_a_page_are_of_all_its_tabs(tests):
    folder = "dashboard/views/operating_point"
    exact = "tests/dashboard/exact"
    assert tests.of(f"{folder}/clinic/charts.py")[0] == f"{exact}/test_clinic.py"
    assert tests.of(f"{folder}/page.py")[:2] == [
        f"{exact}/test_clinic.py",
        f"{exact}/test_threshold.py",
    ]
