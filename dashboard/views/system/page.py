"""Is the server well?"""

from datetime import UTC, datetime

import pandas as pd
import streamlit as st

from dashboard.access import gate
from dashboard.cache import readiness
from dashboard.charts.theme import counted, plain
from dashboard.state.jobs import jobs
from dashboard.state.queue import queue
from dashboard.views.system import facts
from dashboard.widgets import page_title
from idc_core.backup.last import last
from idc_core.io.names import run_names
from idc_core.io.paths import data_root, models_root
from idc_core.jobs.kinds import TRAIN
from idc_core.jobs.queue import COMMAND

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
worker = queue().worker_is_here()
if worker:
    st.markdown("A worker is running.")
else:
    st.warning(f"No worker is running: what waits is done once one is started with `{COMMAND}`.")
jobs_known = queue().all()
asked = facts.queued(jobs_known, worker=worker)
of_queue = {job.run for job in jobs_known if job.kind == TRAIN.key and job.state == "running"}
own_trainings = [name for name in run_names(models_root()) if name not in of_queue]
training = facts.trainings([models_root() / name for name in own_trainings])
found = pd.concat([each for each in (training, asked) if len(each)] or [asked])
if len(found):
    st.dataframe(found, hide_index=True, key="system_queue")
else:
    st.caption("Nothing was asked of it yet.")
own = jobs().all()
if own:
    st.caption("Shorter work, which ends with the server:")
    st.dataframe(facts.work(own), hide_index=True, key="system_work")
