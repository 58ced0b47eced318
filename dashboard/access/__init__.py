"""Who is here and what they may do: one catalogue of acts, one gate that every write passes.

Nothing here draws. `gate.doing` is what pages pass through; the routes stand behind
`dashboard.server.access`, which asks the same catalogue.
"""
