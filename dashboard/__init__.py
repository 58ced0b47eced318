"""The Streamlit app: reads what `idc_core` wrote, trains nothing."""
