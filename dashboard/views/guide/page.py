"""How is IDC Review used?"""

from dashboard import pages
from dashboard.cache import runs
from dashboard.charts.theme import plain
from dashboard.state import choices, selection, view
from dashboard.views.guide import document
from dashboard.views.guide.all_terms import show as show_terms
from dashboard.widgets import page_title

page_title.show()
TAB = view.current().tab_key
RASTER = runs.raster(selection.current().run)
if TAB == "glossary":
    show_terms()
elif TAB == "bring":
    document.show(RASTER.say(document.sections()[document.BRING], plain))
    view.link("data", "Import predictions from a table", icon=":material/table:")
    view.link("score/patches", "Score patches or a slide now", icon=":material/upload_file:")
else:
    titles = {page.key: page.title for page in pages.PAGES}
    about = choices.selectbox("Page", "about", titles, width=320)
    document.show(RASTER.say(document.sections()[titles[about]], plain))
    view.link(about, f"Open {titles[about]}", icon=":material/arrow_forward:")
