"""Where patches lie and what a file's name says."""
