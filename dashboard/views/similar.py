"""What does the network think looks like this?"""

import streamlit as st

from dashboard import thread
from dashboard.components import empty, figure

figure.title("Similar", "What does the network think looks like this?")
chosen = thread.current()
if chosen.run is None:
    empty.no_runs()
    st.stop()
