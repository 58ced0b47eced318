"""What does the model predict for new patches or a slide?"""

from dashboard.state import view
from dashboard.views.score.patches import tab as patches
from dashboard.views.score.slide import tab as slide

TABS = {
    "patches": patches.show,
    "slide": slide.show,
}

TABS[view.current().tab_key]()
