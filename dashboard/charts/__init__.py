"""Data in, chart out; no Streamlit, so every chart is tested as a plain function."""
