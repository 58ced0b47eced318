"""Which tumour areas are hit, which are missed, and what is a false alarm?"""

import streamlit as st

from dashboard import thread
from dashboard.components import empty, figure

figure.title("Regions", "Which tumour areas are hit, which are missed, and what is a false alarm?")
chosen = thread.current()
if chosen.run is None:
    empty.no_runs()
    st.stop()
