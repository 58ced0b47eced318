"""What does the network see in this patch?"""

from dashboard.state import view
from dashboard.views.network.channels import tab as channels
from dashboard.views.network.evidence import tab as evidence
from dashboard.views.network.maps import tab as maps
from dashboard.views.network.pair import tab as pair
from dashboard.views.network.steps import tab as steps

TABS = {
    "maps": maps.show,
    "evidence": evidence.show,
    "steps": steps.show,
    "pair": pair.show,
    "channels": channels.show,
}

TABS[view.current().tab_key]()
