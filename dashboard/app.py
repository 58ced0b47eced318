"""Router and chrome: the bar, the chosen page, the notice. Nothing is computed here."""

import logging
import sys
import uuid
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
if str(ROOT) not in sys.path:  # `streamlit run` puts this folder on the path, not the repository
    sys.path.insert(0, str(ROOT))

import streamlit as st  # noqa: E402 - the path above comes first

from dashboard import loaders, style, thread  # noqa: E402 - the path above comes first
from dashboard.components import empty, thread_bar  # noqa: E402 - the path above comes first
from idc_core.refusal import Refusal  # noqa: E402 - the path above comes first

VIEWS = Path(__file__).parent / "views"

st.set_page_config(
    page_title="IDC Review", page_icon=":material/biotech:", layout="wide",
    initial_sidebar_state=style.SIDEBAR_PX,
)  # fmt: skip

PAGES = (
    ("overview", "Overview", ":material/home:"),
    ("training", "Training", ":material/show_chart:"),
    ("threshold", "Threshold", ":material/tune:"),
    ("calibration", "Calibration", ":material/straighten:"),
    ("clinic", "Clinic", ":material/stethoscope:"),
    ("slices", "Slices", ":material/donut_small:"),
    ("compare", "Compare", ":material/compare_arrows:"),
    ("patients", "Patients", ":material/grid_view:"),
    ("feature_maps", "Feature maps", ":material/layers:"),
    ("predict", "Predict", ":material/upload_file:"),
    ("data", "Data", ":material/database:"),
)

# Pages that show what the model gets wrong at the threshold of the bar.
JUDGING = ("threshold", "clinic", "slices", "compare", "patients")

# Streamlit serves its default page at "/" only; a link that says "/overview" is a page of its own.
page = st.navigation(
    [st.Page(VIEWS / "overview.py", title=PAGES[0][1], icon=PAGES[0][2], url_path="", default=True)]
    + [
        st.Page(
            VIEWS / f"{name}.py", title=title, icon=icon, url_path=name,
            visibility="hidden" if name == "overview" else "visible",
        )
        for name, title, icon in PAGES
    ]
)  # fmt: skip
style.apply()
body = st.container()
# Before the page runs: a page that stops early (`st.stop`) still carries the notice.
st.html(
    '<div class="idc-foot">Research use only – not a diagnosis. '
    "IDC (label 1) is the positive class; a patch is called IDC when its score ≥ threshold.</div>"
)
with body:
    try:
        thread.enter()
        thread_bar.show(judging=page.url_path in JUDGING)
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
        loaders.settle(page.title)
