"""Parts of the HTML report: small functions from artefacts to strings, every name escaped."""
