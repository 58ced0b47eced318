"""In the place of the process that computes gradients: answers the same messages, at once.

The maps are made of the patch's own brightness, so that tests know what to expect.
"""

import sys

import numpy as np

from idc_core.interpret.explain.wire import receive, send


def main():
    answers, requests = sys.stdout.buffer, sys.stdin.buffer
    send(answers, {"id": 0, "kind": "ready"})
    while True:
        try:
            asked, arrays = receive(requests)
        except EOFError:
            return
        if "cancel" in asked:
            continue
        send(answers, {"id": asked["id"], "kind": "progress", "done": 1, "of": 2})
        dark = 1 - arrays["pixels"].astype(np.float32).mean(axis=3) / 255
        cells = dark[:, ::10, ::10]
        found = {"pro": cells, "con": np.zeros_like(cells)}
        for seed in range(asked["seeds"]):
            found |= {f"shuffled{seed}_pro": cells[:, ::-1], f"shuffled{seed}_con": 0 * cells}
        if asked["method"] == "integrated":
            found["gap"] = np.full(len(cells), 0.01, np.float32)
        send(answers, {"id": asked["id"], "kind": "done"}, found)


if __name__ == "__main__":
    main()
