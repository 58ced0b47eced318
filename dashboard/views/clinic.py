"""What would this threshold mean in the clinic?"""

from dashboard.components import figure

figure.title("Clinic", "What would this threshold mean in the clinic?")
