"""How much of each patient is IDC, by label and by model?"""

import streamlit as st

from dashboard import thread
from dashboard.components import empty, figure

figure.title("Burden", "How much of each patient is IDC, by label and by model?")
chosen = thread.current()
if chosen.run is None:
    empty.no_runs()
    st.stop()
