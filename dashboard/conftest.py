"""What doctests are not looked for in: scripts that Streamlit runs draw a page when imported."""

collect_ignore_glob = ["app.py", "views/*/page.py", "browser/node_modules"]
