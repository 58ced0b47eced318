"""Which threshold, and what would it mean in use?"""

from dashboard.state import view
from dashboard.views.operating_point.clinic import tab as clinic
from dashboard.views.operating_point.threshold import tab as threshold

TABS = {
    "threshold": threshold.show,
    "clinic": clinic.show,
}

TABS[view.current().tab_key]()
