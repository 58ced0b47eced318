"""What IDC Review computes. Knows neither Streamlit nor charts; importing it costs nothing."""

import os

# ONNX Runtime and MLflow report to their makers unless they find this when they are first imported;
# every command, page and child process imports this package before them.
for _asked in ("ORT_DISABLE_TELEMETRY", "MLFLOW_DISABLE_TELEMETRY", "DO_NOT_TRACK"):
    os.environ[_asked] = "1"
