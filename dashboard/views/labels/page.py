"""Which labels are probably wrong?"""

import streamlit as st

from dashboard.cache import cutoff, labels, spatial, stores
from dashboard.views.labels import label_errors as label_doubts
from dashboard.views.labels import table as label_table
from dashboard.widgets import empty, page_start, patch_gallery

chosen, run, found = page_start.page()
patch_gallery.go()
command = f"python train_cli.py train --run {run.name} --folds 5"
doubts = labels.doubts(run, chosen.split)
if doubts is None:
    empty.show(
        "This run was trained on these patches, so its scores cannot doubt their labels. "
        f"Networks that never saw the patient can: {command}."
    )
    st.stop()
where = spatial.places(run, chosen.split)
standing = page_start.standing(run)
label_doubts.said(run, found, doubts, where, command)
table = label_doubts.choose(found, doubts, where, standing, cutoff.now().value)
st.header("Most doubted first", anchor=False)
if table.empty:
    st.caption("No such label.")
else:
    patch_gallery.show(table, stores.pixels_of(run), key="suspects", to_patients=True)
label_table.show(run, standing)
label_table.beside(run, chosen.split)
