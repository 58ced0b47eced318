"""Do the scores mean what they say?"""

from dashboard.components import figure

figure.title("Calibration", "Do the scores mean what they say?")
