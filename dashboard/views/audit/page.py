"""Who did what here?"""

import streamlit as st

from dashboard.access import audit, gate
from dashboard.charts.theme import counted, plain
from dashboard.views.audit import entries
from dashboard.widgets import export, page_title

A_PAGE = 100
_OPENED = "audit_opened"

page_title.show()
if gate.needs("audit") or _OPENED not in st.session_state:
    with gate.doing("audit"):  # which says what is missing, and is written down once a session
        st.session_state[_OPENED] = True
found, checked = entries.known(audit.stamp())
if checked.broken is None:
    st.success(f"Intact: {counted(checked.lines, 'entry', 'entries')}. Last: {checked.last[:16]}")
else:
    st.error(f"Changed after it was written. {plain(checked.why)}")
people, acts, day = st.columns([2, 2, 1])
kept = entries.chosen(
    found,
    people.multiselect("Person", sorted(found["person"].unique()), key="audit_people"),
    acts.multiselect("Act", sorted(found["act"].unique()), key="audit_acts"),
    str(day.date_input("Day (UTC)", None, key="audit_day") or ""),
)
pages = max(1, -(-len(kept) // A_PAGE))
page = 1 if pages == 1 else int(st.pagination(pages, key=f"audit_page_{pages}") or 1)
st.dataframe(kept.iloc[(page - 1) * A_PAGE : page * A_PAGE], hide_index=True, key="audit_table")
export.table(kept, key="audit", of=export.OF_NO_SPLIT, label="All of these (CSV)", kind="secondary")
