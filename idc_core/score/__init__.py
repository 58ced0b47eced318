"""Pictures to scores with a network that is there already, checked at one gate.

May import `evaluate` and what lies below.
"""
