"""Router and chrome: the bar, the chosen page, the notice. Nothing is computed here."""

import secrets
import sys
from html import escape
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
if str(ROOT) not in sys.path:  # `streamlit run` puts this folder on the path, not the repository
    sys.path.insert(0, str(ROOT))

# The path above comes first.
import streamlit as st  # noqa: E402

from dashboard import pages  # noqa: E402
from dashboard.access import settings  # noqa: E402
from dashboard.cache import freeze_garbage, runs  # noqa: E402
from dashboard.frame import (  # noqa: E402
    brand,
    page_refusal,
    selection_bar,
    sign_in,
    style,
    tour,
)
from dashboard.server.entry import ENTRY  # noqa: E402
from dashboard.state import (  # noqa: E402
    choices,
    left_as_it_was,
    old_links,
    once,
    selection,
    streamlit_inside,
    view,
)
from dashboard.state.meter import METER  # noqa: E402
from dashboard.widgets import chart_files, guarded, moving_charts, reader  # noqa: E402

FOOT = (
    "Research use only – not a diagnosis. IDC (label 1) is the positive class: a patch is "
    "predicted IDC when its score ≥ threshold."
)

st.set_page_config(page_icon=style.icon(), layout="wide", initial_sidebar_state=style.SIDEBAR_PX)


def _scripts() -> dict[str, list[st.Page]]:
    """The pages by section, for the navigation.

    Streamlit serves its default page at "/" only; a link that says "/overview" is a page of its
    own, which the navigation does not list a second time. Nor does it list the addresses that pages
    had before, which lead to the new ones.
    """
    front = pages.PAGES[0]
    found = {front.section: [_script(front, "", front=True)]}
    for page in pages.PAGES:
        script = _script(page, page.key, listed=page is not front)
        found.setdefault(page.section, []).append(script)
    found[front.section] += [_moved(old, now) for old, now in pages.MOVED.items()]
    found[pages.GUIDE.section] = [
        st.Page(tour.begin, title="Tour", icon=":material/tour:", url_path=pages.TOUR),
        _script(pages.GUIDE, pages.GUIDE.key),
    ]
    if settings.current() is not None:
        for page in pages.OF_THE_SERVER:
            found[page.section].append(_script(page, page.key))
    return found


def _moved(old: str, now: pages.View) -> st.Page:
    def forward() -> None:
        old_links.rewrite()
        st.switch_page(now.file, query_params=old_links.carried(now))

    return st.Page(forward, title=now.page.title, url_path=old, visibility="hidden")


def _script(page: pages.Page, address: str, *, front: bool = False, listed: bool = True) -> st.Page:
    return st.Page(
        ROOT / "dashboard" / page.file,
        title=page.title,
        icon=f":material/{page.icon}:",
        url_path=address,
        default=front,
        visibility="visible" if listed else "hidden",
    )


answer = secrets.token_hex(4)
left_as_it_was.begin(answer)
brand.show()
if not sign_in.enter():
    style.apply()
    st.stop()
script = st.navigation(_scripts(), expanded=True)
if script.url_path in (*pages.MOVED, pages.TOUR):
    script.run()
    st.stop()
page = pages.of(script.url_path)
style.apply()
chart_files.mount()
moving_charts.mount()
body = st.container(key="page")
with body, guarded.guarded("the selection"):
    old_links.rewrite()
    choices.arrive(page.key)
    selection.enter()
    if not sign_in.admits(page.key, selection.current()):
        st.stop()
# Before the page runs: a page that stops early (`st.stop`) still carries the notice. Its number
# tells the keys that another answer has come.
st.html(
    f'<div class="idc-foot" data-answer="{answer}">'
    f"{runs.raster(selection.current().run).say(FOOT, escape)}</div>"
)
if streamlit_inside.is_served() and (said := ENTRY.notice()):
    st.html(f'<div class="idc-foot">{escape(said)}</div>')
with body, once.rerun():
    try:
        with guarded.guarded(f"page {page.title}"):
            reader.recall()
            now = view.enter(page)
            st.set_page_config(page_title=now.title)
            tour.enter()
            if page not in pages.WITHOUT_BAR:
                selection_bar.show(now)
            tour.show(now)
            with METER.answering(page.key):
                if not page_refusal.show(page):
                    script.run()
    finally:
        if page.judging:
            selection_bar.looked()
        freeze_garbage.freeze(page.title)
