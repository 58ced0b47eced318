"""Router and chrome: the bar, the chosen page, the notice. Nothing is computed here."""

import logging
import sys
import uuid
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
if str(ROOT) not in sys.path:  # `streamlit run` puts this folder on the path, not the repository
    sys.path.insert(0, str(ROOT))

import streamlit as st

from dashboard import style, thread
from dashboard.components import empty, thread_bar
from idc_core.refusal import Refusal

VIEWS = Path(__file__).parent / "views"

st.set_page_config(page_title="IDC Review", page_icon=":material/biotech:", layout="wide")

PAGES = (
    ("overview", "Overview", ":material/home:"),
    ("training", "Training", ":material/show_chart:"),
    ("threshold", "Threshold", ":material/tune:"),
    ("patients", "Patients", ":material/grid_view:"),
    ("feature_maps", "Feature maps", ":material/layers:"),
    ("predict", "Predict", ":material/upload_file:"),
    ("data", "Data", ":material/database:"),
)

page = st.navigation(
    [
        st.Page(
            VIEWS / f"{name}.py", title=title, icon=icon, url_path=name, default=name == "overview"
        )
        for name, title, icon in PAGES
    ]
)
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
        thread_bar.show()
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
