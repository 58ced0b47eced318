"""Router and chrome: the bar, the chosen page, the notice. Nothing is computed here."""

import logging
import sys
import uuid
from html import escape
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
if str(ROOT) not in sys.path:  # `streamlit run` puts this folder on the path, not the repository
    sys.path.insert(0, str(ROOT))

import streamlit as st  # noqa: E402 - the path above comes first
from streamlit import runtime  # noqa: E402 - the path above comes first

from dashboard import loaders, page_uses, style, thread  # noqa: E402 - the path above comes first
from dashboard.components import (  # noqa: E402 - the path above comes first
    chart_files,
    empty,
    reader,
    thread_bar,
)
from dashboard.entry import ENTRY  # noqa: E402 - the path above comes first
from idc_core.refusal import Refusal  # noqa: E402 - the path above comes first

VIEWS = Path(__file__).parent / "views"

st.set_page_config(
    page_title="IDC Review", page_icon=style.icon(), layout="wide",
    initial_sidebar_state=style.SIDEBAR_PX,
)  # fmt: skip

SECTIONS = {
    "": [("overview", "Overview", ":material/home:")],
    "The run": [
        ("training", "Training", ":material/show_chart:"),
        ("data", "Data", ":material/database:"),
    ],
    "How good is it?": [
        ("threshold", "Threshold", ":material/tune:"),
        ("calibration", "Calibration", ":material/straighten:"),
        ("clinic", "Clinic", ":material/stethoscope:"),
        ("compare", "Compare", ":material/compare_arrows:"),
    ],
    "Review": [
        ("patients", "Patients", ":material/grid_view:"),
        ("labels", "Labels", ":material/label:"),
        ("readers", "Readers", ":material/group:"),
    ],
    "Where and why?": [
        ("slices", "Slices", ":material/donut_small:"),
        ("burden", "Burden", ":material/percent:"),
        ("regions", "Regions", ":material/blur_on:"),
        ("similar", "Similar", ":material/hub:"),
    ],
    "Inside the network": [
        ("feature_maps", "Feature maps", ":material/layers:"),
        ("explain", "Explain", ":material/center_focus_strong:"),
        ("channel", "Channel", ":material/layers_clear:"),
        ("steps", "Steps", ":material/calculate:"),
        ("pair", "Pair", ":material/compare:"),
    ],
    "Try it": [
        ("predict", "Predict", ":material/upload_file:"),
        ("robustness", "Robustness", ":material/exercise:"),
        ("slide", "Slide", ":material/biotech:"),
        ("quiz", "Quiz", ":material/quiz:"),
    ],
}


def _page(name: str, title: str, icon: str, **settings: object) -> st.Page:
    return st.Page(VIEWS / f"{name}.py", title=title, icon=icon, **settings)


# Streamlit serves its default page at "/" only; a link that says "/overview" is a page of its own.
front = _page(*SECTIONS[""][0], url_path="", default=True)
pages = {
    section: [
        _page(*each, url_path=each[0], visibility="visible" if section else "hidden")
        for each in named
    ]
    for section, named in SECTIONS.items()
}
pages[""].insert(0, front)
page = st.navigation(pages)
style.apply()
chart_files.mount()
body = st.container(key="page")
# Before the page runs: a page that stops early (`st.stop`) still carries the notice.
st.html(
    '<div class="idc-foot">Research use only – not a diagnosis. '
    "IDC (label 1) is the positive class; a patch is called IDC when its score ≥ threshold.</div>"
)
if runtime.exists() and (said := ENTRY.notice()):
    st.html(f'<div class="idc-foot">{escape(said)}</div>')
with body:
    try:
        thread.enter()
        reader.recall()
        thread_bar.show(page_uses.of(page.url_path))
        page.run()
    except Refusal as refusal:
        empty.show(str(refusal))
    except Exception:
        mark = uuid.uuid4().hex[:8]
        logging.getLogger("idc_review").exception("page %s failed, mark %s", page.title, mark)
        empty.show(
            f"This page hit an error of ours (mark {mark}; the server's log says more). "
            "Reload it, or open another page from the left."
        )
    finally:
        if page_uses.of(page.url_path).judging:
            thread_bar.looked()
        loaders.settle(page.title)
