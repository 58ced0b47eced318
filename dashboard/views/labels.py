"""Which labels are probably wrong?"""

import streamlit as st

from dashboard import thread
from dashboard.components import empty, figure

figure.title("Labels", "Which labels are probably wrong?")
chosen = thread.current()
if chosen.run is None:
    empty.no_runs()
    st.stop()
