"""Where does the model fail?"""

from dashboard.components import figure

figure.title("Slices", "Where does the model fail?")
