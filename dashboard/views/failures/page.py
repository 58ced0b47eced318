"""Where does the model fail?"""

from dashboard.state import view
from dashboard.views.failures.areas import tab as areas
from dashboard.views.failures.burden import tab as burden
from dashboard.views.failures.subgroups import tab as subgroups

TABS = {
    "subgroups": subgroups.show,
    "areas": areas.show,
    "burden": burden.show,
}

TABS[view.current().tab_key]()
