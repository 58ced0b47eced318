"""Who reads: the name that stands beside every verdict."""

import streamlit as st

from idc_core.reviews import LONGEST_NAME

# After Enter the keys belong to the page again; in a field they would only be typed.
_LEAVE = """<script>
window.idcLeave ??= (document.addEventListener("keydown", (event) => {
  const field = event.target.closest?.(".st-key-reviewer_field, .st-key-verdict_note");
  if (field && (event.key === "Enter" || event.key === "Escape")) {
    setTimeout(() => event.target.blur(), 60);
  }
}), true);
</script>"""


def name() -> str:
    """Who reads; empty until they said."""
    return str(st.session_state.get("reviewer", "")).strip()


def field() -> None:
    """The field for the reader's name."""
    key = "reviewer_field"
    st.session_state[key] = st.session_state.get("reviewer", "")

    def named() -> None:
        st.session_state["reviewer"] = st.session_state[key].strip()

    st.text_input(
        "Reader", key=key, on_change=named, max_chars=LONGEST_NAME, width=165,
        placeholder="Who reads? Name", label_visibility="collapsed",
    )  # fmt: skip
    st.html(_LEAVE, unsafe_allow_javascript=True)
