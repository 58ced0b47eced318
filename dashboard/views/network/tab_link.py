"""Links from one tab to another: the patch, the layer and the channel stay the same."""

from dashboard.state import view


def show(tab: str, label: str, layer: str, channel: int | None, *, icon: str) -> None:
    """Draw a link to a tab with this layer and this channel, if one is chosen."""
    query = {"layer": layer} | ({} if channel is None else {"channel": str(channel)})
    view.link(f"network/{tab}", label, query, icon=f":material/{icon}:")
