"""Which of two models is better, and what does it break?"""

from dashboard.components import figure

figure.title("Compare", "Which of two models is better, and what does it break?")
