"""Is the server well?"""

from datetime import UTC, datetime

import streamlit as st

from dashboard.access import gate
from dashboard.cache import readiness
from dashboard.charts.theme import counted, plain
from dashboard.state.jobs import jobs
from dashboard.views.system import facts
from dashboard.widgets import page_title
from idc_core.backup.last import last
from idc_core.io.paths import data_root

_OPENED = "system_opened"

page_title.show()
if gate.needs("system") or _OPENED not in st.session_state:
    with gate.doing("system"):  # which says what is missing, and is written down once a session
        st.session_state[_OPENED] = True

failed = readiness.unready()
for name, why in failed.items():
    st.error(f"Not ready, {name}: {plain(why)}")
if not failed:
    st.success("Ready: runs, stores and reviews can be read, and there is room on the disk.")
said, old = facts.backup(last(data_root()), datetime.now(UTC))
(st.warning if old else st.info)(plain(said))
st.markdown(f"{counted(facts.sessions(), 'browser')} connected.")
left, right = st.columns(2)
with left:
    st.subheader("Disks")
    st.dataframe(facts.disks(), hide_index=True, key="system_disks")
with right:
    st.subheader("Versions")
    st.dataframe(facts.packages(), hide_index=True, key="system_versions")
st.subheader("Work in the background")
found = jobs().all()
if found:
    st.dataframe(facts.work(found), hide_index=True, key="system_work")
else:
    st.caption("None since the server was started.")
