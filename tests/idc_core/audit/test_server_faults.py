"""A server that is killed while eight processes write to the audit log."""

import os
import subprocess
import sys

import pytest

from idc_core.audit.server import ServerLog
from idc_core.io.paths import REPOSITORY
from idc_core.io.postgres.address import address_of
from tests.writers import refused_in

WRITERS, EACH = 8, 30

# Each appends an entry until it is acknowledged, and prints what was.
WRITE_ON = """
import os, sys, time
from idc_core.audit.log import Entry
from idc_core.audit.where import log_in
from idc_core.io.refusal import Refusal
writers, each = map(int, sys.argv[1:])
for at in range(writers):
    if os.fork() == 0:
        break
else:
    sys.exit(max(os.waitstatus_to_exitcode(os.wait()[1]) != 0 for _ in range(writers)))
log, refused = log_in(), 0
for number in range(each):
    while True:
        try:
            log.append(Entry(at="t", person=str(at), act=str(number)))
        except Refusal:
            refused += 1
            time.sleep(0.05)
        else:
            os.write(1, f"{at} {number}\\n".encode())
            break
os.write(2, f"{refused} refused\\n".encode())
"""


@pytest.mark.slow
def test_a_server_that_is_killed_loses_no_entry_that_was_acknowledged_and_keeps_the_chain(
    postgres, new_url
):
    url = new_url()
    child = subprocess.Popen(
        [sys.executable, "-c", WRITE_ON, str(WRITERS), str(EACH)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=REPOSITORY,
        env=os.environ | {"IDC_REVIEWS_URL": url},
    )
    acknowledged = [child.stdout.readline().strip() for _ in range(WRITERS * EACH // 2)]
    postgres.kill()
    postgres.start()
    log = ServerLog(address_of(url))
    assert set(acknowledged) <= {f"{each.person} {each.act}" for each in log.entries()}
    assert log.check().broken is None
    rest, said = child.communicate(timeout=300)
    assert child.returncode == 0, said
    assert refused_in(said) > 0, "no writer felt the kill"
    acknowledged += rest.splitlines()
    stored = [f"{each.person} {each.act}" for each in log.entries()]
    assert sorted(acknowledged) == sorted(set(stored))
    # One whose outcome was not known may stand twice: once for each try.
    assert len(acknowledged) <= len(stored) <= len(acknowledged) + WRITERS
    assert (log.check().lines, log.check().broken) == (len(stored), None)
