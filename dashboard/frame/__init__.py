"""What surrounds every page: the bar, the notices, the style.

May import `widgets` and what lies below; no view.
"""
