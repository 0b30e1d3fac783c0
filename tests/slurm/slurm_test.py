#!/usr/bin/env python3
"""jobs/slurm.sbatch in a real Slurm: a job preempted twice ends with the numbers of the undisturbed run.

    slurm_test.py --program build/release/scorefield --mpirun "mpirun --oversubscribe" [--keep]

Exit code 77 (skipped) where Slurm is not installed or does not start.
"""

import argparse
import json
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import h5py
import numpy as np

from cluster import Cluster, Unavailable

SOURCE = Path(__file__).resolve().parents[2]
# About 8 s on 2 ranks. Checkpoints by steps, so that a test of any speed preempts at the same places.
DECK = ["sampler.type=mala", "run.warmup=400", "run.draws=400", "run.thin=5", "output.fields_every=8",
        "output.checkpoint.every_steps=200", "output.report_every=5"]
STEPS = 2400
PREEMPT_AT = (600, 1400)


def fail(text):
    raise AssertionError(text)


def expect(condition, text):
    if not condition:
        fail(text)


def status(output):
    try:
        return json.loads((output / "status.json").read_text())
    except FileNotFoundError:
        return {"state": "none", "step": -1}


def until(condition, what, seconds=180):
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            fail(f"waited {seconds} s for: {what}")
        time.sleep(0.05)


def datasets(file):
    """name -> (digest attribute or None, bytes): attributes alone would not see a wrong /draws, which is virtual."""
    found = {}

    def visit(name, item):
        # How the draws are cut into files depends on where the run stopped; what they hold does not.
        if isinstance(item, h5py.Dataset) and not name.startswith("segments/"):
            digest = item.attrs.get("digest")
            found[name] = (None if digest is None else int(digest), np.asarray(item[()]).tobytes())

    with h5py.File(file, "r") as opened:
        opened.visititems(visit)
    return found


def compare(reference, output):
    """Number of datasets compared."""
    want, have = datasets(reference / "samples.h5"), datasets(output / "samples.h5")
    expect(want.keys() == have.keys(), f"other datasets: {sorted(want.keys() ^ have.keys())}")
    expect({"draws/x", "trace/energy", "summary/mean", "summary/std"} <= want.keys(), "samples.h5 lacks what to compare")
    different = [name for name in want if want[name] != have[name]]
    expect(not different, f"not the same bits: {different}")
    return len(want)


class Job:
    """One submission of jobs/slurm.sbatch."""

    def __init__(self, slurm, folder, output, *options):
        self.slurm, self.output, self.log = slurm, output, folder / "job.out"
        self.id = slurm("sbatch", "--parsable", "--time=10", f"--output={self.log}", f"--chdir={folder}", *options,
                        str(SOURCE / "jobs/slurm.sbatch"), str(SOURCE / "inputs/mass-map-demo.yaml"), str(output), *DECK)

    def show(self, key):
        found = re.search(rf"\b{key}=(\S+)", self.slurm("scontrol", "show", "job", "--oneliner", self.id))
        return found.group(1) if found else None

    def until_state(self, *states):
        ends = ("COMPLETED", "FAILED", "CANCELLED")
        until(lambda: self.show("JobState") in states + ends, f"job {self.id} {states}")
        state = self.show("JobState")
        expect(state in states, f"job {self.id} is {state}, not {states}:\n{self.text()}")

    def until_step(self, step):
        until(lambda: status(self.output)["step"] >= step or self.show("JobState") in ("COMPLETED", "FAILED"),
              f"step {step}")
        expect(status(self.output)["state"] == "running", f"not running at step {step}: {status(self.output)}")

    def text(self):
        return self.log.read_text()


def preempted_twice(slurm, folder, reference):
    job = Job(slurm, folder, folder / "preempted")
    stopped_at = []
    for step in PREEMPT_AT:
        job.until_step(step)
        slurm("scancel", "--batch", "--signal=USR1", job.id)  # what --signal=B:USR1@120 and preemption with grace send
        job.until_state("PENDING")
        now = status(job.output)
        expect((now["state"], now["code"]) == ("stopped", 75), f"after the signal: {now}")
        expect(step <= now["step"] < STEPS, f"stopped at {now['step']}")
        stopped_at.append(now["step"])
        # Slurm holds a requeued job for two minutes; started at once, slurmd would refuse it ("credential revoked").
        slurm("scontrol", "update", f"jobid={job.id}", "StartTime=now+3")
    job.until_state("COMPLETED", "FAILED")
    until(lambda: "attempt ended" in job.text().rsplit(", start 3", 1)[-1], "end of the log", 20)

    expect(job.show("JobState") == "COMPLETED" and job.show("ExitCode") == "0:0", job.show("ExitCode"))
    expect(job.show("Restarts") == "2", f"Restarts={job.show('Restarts')}, not 2")
    end = status(job.output)
    expect((end["state"], end["step"]) == ("complete", STEPS), f"at the end: {end}")
    for count, what in ((1, "start 1\n"), (1, "start 2\n"), (1, "start 3\n"), (2, "got USR1"), (2, "requeued;")):
        expect(job.text().count(what) == count, f"{count} x '{what.strip()}' in the appended log:\n{job.text()}")
    run_log = (job.output / "run.log").read_text()
    for step in stopped_at:
        expect(f"checkpoint-{step}.h5 at step {step}" in run_log, f"run.log: no restart from step {step}")
    count = compare(reference, job.output)
    print(f"preempted at steps {stopped_at} of {STEPS}, 2 restarts: {count} datasets equal bit for bit")


def cancelled(slurm, folder):
    """scancel: a checkpoint, and no comeback."""
    job = Job(slurm, folder, folder / "cancelled")
    job.until_step(200)
    slurm("scancel", job.id)
    until(lambda: "attempt ended" in job.text(), "the checkpoint of a cancelled job", 30)
    until(lambda: job.show("JobState") == "CANCELLED", "CANCELLED", 30)
    time.sleep(1)
    expect(job.show("JobState") == "CANCELLED" and job.show("Restarts") == "0", f"came back: {job.show('JobState')}")
    expect(status(job.output)["state"] == "stopped", f"{status(job.output)}\n{job.text()}")
    print(f"cancelled: a checkpoint at step {status(job.output)['step']}, not requeued")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--program", type=Path, required=True)
    parser.add_argument("--mpirun", default="mpirun")
    parser.add_argument("--keep", action="store_true", help="keep the folder")
    arguments = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="scorefield-slurm-"))  # short: a socket's path has 108 characters
    os.environ |= {
        "OMP_NUM_THREADS": "1",
        "PATH": f"{arguments.program.resolve().parent}:{os.environ['PATH']}",
        "SCOREFIELD_PREFIX": str(folder / "not-installed"),
        "SCOREFIELD_JOBS": str(SOURCE / "jobs"),
        # The ranks of the test take turns on few cores; root is the normal user of a container.
        "OMPI_MCA_mpi_yield_when_idle": "1", "OMPI_ALLOW_RUN_AS_ROOT": "1", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1",
    }
    # Before the limit of ctest, whose SIGKILL would leave the daemons behind.
    signal.signal(signal.SIGALRM, lambda *_: fail("not done after 6 minutes"))
    signal.signal(signal.SIGTERM, lambda *_: fail("ended by SIGTERM"))
    signal.alarm(360)
    tidy = False
    try:
        begin = time.monotonic()
        with Cluster(folder / "slurm") as slurm:
            print(f"{slurm('sinfo', '--version')}, a node after {time.monotonic() - begin:.1f} s", flush=True)
            subprocess.run([*shlex.split(arguments.mpirun), "-n", "2", arguments.program, "run",
                            SOURCE / "inputs/mass-map-demo.yaml", "--output", folder / "reference", *DECK],
                           check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            print(f"undisturbed run: {time.monotonic() - begin:.1f} s", flush=True)
            for name in ("a", "b"):
                (folder / name).mkdir()
            preempted_twice(slurm, folder / "a", folder / "reference")
            cancelled(slurm, folder / "b")
        print(f"{time.monotonic() - begin:.1f} s in all")
        tidy = True
    except Unavailable as reason:
        tidy = True
        print(f"skipped: no Slurm here: {reason}")
        return 77
    except AssertionError as failure:
        print(f"FAILED: {failure}\nfiles are left in {folder}")
        return 1
    finally:
        if tidy and not arguments.keep:
            shutil.rmtree(folder)
    return 0


if __name__ == "__main__":
    sys.exit(main())
