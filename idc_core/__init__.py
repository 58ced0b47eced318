"""What IDC Review computes. Knows neither Streamlit nor charts; importing it costs nothing."""
