"""Do readers agree with the labels, the model, and each other?"""

import streamlit as st

from dashboard import thread
from dashboard.components import empty, figure

figure.title("Readers", "Do readers agree with the labels, the model, and each other?")
chosen = thread.current()
if chosen.run is None:
    empty.no_runs()
    st.stop()
