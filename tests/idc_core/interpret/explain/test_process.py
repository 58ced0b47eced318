"""Messages arrive whole; the child answers, is given up, dies and comes back."""

import io
import sys
import threading

import numpy as np
import pytest

from idc_core.interpret.explain.process import GradientProcess
from idc_core.interpret.explain.wire import receive, send
from idc_core.io.refusal import Refusal

CHILD = """
import sys, time
import numpy as np
from idc_core.interpret.explain.wire import receive, send
out = sys.stdout.buffer
send(out, {"id": 0, "kind": "ready"})
cancelled = []
while True:
    try:
        asked, arrays = receive(sys.stdin.buffer)
    except EOFError:
        break
    if "cancel" in asked:
        cancelled.append(asked["cancel"])
        continue
    number, what = asked["id"], asked["method"]
    if what == "die":
        sys.exit(1)
    if what == "refuse":
        send(out, {"id": number, "kind": "refused", "sentence": "expected something else."})
    elif what == "slow":
        for step in range(3):
            send(out, {"id": number, "kind": "progress", "done": step, "of": 3})
        send(out, {"id": number, "kind": "done"}, {"late": np.zeros(1, np.float32)})
    else:
        found = {"twice": arrays["pixels"].astype(np.float32) * 2,
                 "cancelled": np.array(cancelled, np.int64)}
        send(out, {"id": number, "kind": "done"}, found)
"""


@pytest.fixture
def process():
    made = GradientProcess([sys.executable, "-c", CHILD])
    yield made
    made.close()


def ask(process, method="double", progress=None):
    return process.ask({"method": method}, {"pixels": np.arange(4, dtype=np.uint8)}, progress)


def test_a_message_comes_out_as_it_went_in():
    stream = io.BytesIO()
    arrays = {"a": np.arange(6, dtype=np.float32).reshape(2, 3), "b": np.zeros((0, 5), np.uint8)}
    send(stream, {"id": 7, "text": "für"}, arrays)
    send(stream, {"id": 8})
    stream.seek(0)
    said, found = receive(stream)
    assert said == {"id": 7, "text": "für"}
    assert all(np.array_equal(found[name], arrays[name]) for name in arrays)
    assert found["b"].shape == (0, 5)
    assert receive(stream) == ({"id": 8}, {})
    with pytest.raises(EOFError):
        receive(stream)


@pytest.mark.parametrize("cut", [1, 4, 10, 40])
def test_a_message_cut_short_is_the_end(cut):
    stream = io.BytesIO()
    send(stream, {"id": 1}, {"a": np.zeros(4, np.float32)})
    with pytest.raises(EOFError):
        receive(io.BytesIO(stream.getvalue()[:-cut]))


def test_only_numbers_of_known_kinds_travel():
    with pytest.raises(ValueError, match="expected a as one of"):
        send(io.BytesIO(), {}, {"a": np.array(["text"])})
    hostile = io.BytesIO()
    send(hostile, {"id": 1})
    raw = hostile.getvalue().replace(b'"arrays": []', b'"arrays": [["a", "object", [1]]]')
    raw = (len(raw) - 4).to_bytes(4, "little") + raw[4:]
    with pytest.raises(ValueError, match="array of numbers"):
        receive(io.BytesIO(raw))


def test_a_message_of_absurd_size_is_refused_before_it_is_read():
    with pytest.raises(ValueError, match="at most"):
        receive(io.BytesIO(b"\xff\xff\xff\xff"))


def test_the_child_answers_one_question_after_the_other(process):
    for _ in range(3):
        assert ask(process)["twice"].tolist() == [0, 2, 4, 6]


def test_a_refusal_of_the_child_is_its_sentence(process):
    with pytest.raises(Refusal, match="expected something else"):
        ask(process, "refuse")
    assert ask(process)["twice"].tolist() == [0, 2, 4, 6]


def test_progress_is_told_and_waking_first_of_all(process):
    told = []
    ask(process, "slow", lambda doing, done, of: told.append((doing, done, of)))
    assert "waking" in told[0][0]
    assert told[-1][1:] == (2, 3)


def test_what_progress_raises_cancels_and_the_next_question_gets_its_own_answer(process):
    class Left(BaseException):
        """The page was left."""

    def leave(doing, done, of):
        if of:
            raise Left

    with pytest.raises(Left):
        ask(process, "slow", leave)
    found = ask(process)
    assert found["twice"].tolist() == [0, 2, 4, 6]
    assert found["cancelled"].tolist() == [1]


def test_a_child_that_dies_is_said_and_replaced(process):
    with pytest.raises(Refusal, match="it has ended"):
        ask(process, "die")
    assert ask(process)["twice"].tolist() == [0, 2, 4, 6]


def test_two_askers_take_turns(process):
    found, threads = [], []
    for _ in range(4):
        threads.append(threading.Thread(target=lambda: found.append(ask(process)["twice"].sum())))
        threads[-1].start()
    for thread in threads:
        thread.join()
    assert found == [12, 12, 12, 12]


def test_a_command_that_does_not_start_is_a_sentence():
    broken = GradientProcess([sys.executable, "-c", "raise SystemExit(3)"])
    with pytest.raises(Refusal, match="it has ended"):
        ask(broken)
