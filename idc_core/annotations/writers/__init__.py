"""One writer a tool: outlines in the frame of the tool in, the text or bytes of its file out.

What a writer writes its reader in `readers` reads back: the same classes, areas and holes, every
vertex within 0.000001 px. `tools` lists them, with the frame that each expects. Imports its own
package, `records` and `io`.
"""
