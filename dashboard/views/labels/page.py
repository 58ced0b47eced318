"""Which labels are probably wrong?"""

import streamlit as st

from dashboard.cache import cutoff, labels, spatial, stores
from dashboard.views.labels import corrected_labels, label_errors
from dashboard.widgets import empty, page_start, patch_gallery
from idc_core.reviews import labelled_since

chosen, run, found = page_start.page()
patch_gallery.go()
command = f"python train_cli.py train --run {run.name} --folds 5"
suspects = labels.label_error_scores(run, chosen.split)
if suspects is None:
    empty.show(
        "This run was trained on these patches, so its scores cannot question their labels. "
        f"Networks that never saw the patient can: {command}."
    )
    st.stop()
where = spatial.places(run, chosen.split)
standing = page_start.standing(run)
label_errors.said(run, found, suspects, where, command)
table = label_errors.choose(found, suspects, where, standing, cutoff.now().value, run.info.raster)
st.header("Highest label-error score first", anchor=False)
if table.empty:
    st.caption("No label matches these filters.")
else:
    patch_gallery.show(
        table, stores.pixels_of(run), run.info.raster, key="suspects", to_patients=True
    )
corrected_labels.show(run, labelled_since(standing, found.rows))
corrected_labels.beside(run, chosen.split)
