"""What a worker does, in this process and at once: for tests of what pages show of its work."""

from idc_core.io.paths import jobs_root
from idc_core.jobs.child import perform
from idc_core.jobs.queue import Queue


def work_off():
    """Do all jobs that wait, in the order they came; gives them as they ended."""
    queue, done = Queue(jobs_root()), []
    for job in reversed(queue.all()):
        if job.state == "waiting" and queue.table.begin(job.id):
            perform(queue.get(job.id), queue.table)
            done.append(queue.get(job.id))
    return done
