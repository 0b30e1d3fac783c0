"""What the tests of whole runs share: decks, launches with a time limit and with faults, and the comparison of results."""

import argparse
import contextlib
import hashlib
import json
import os
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import h5py
import numpy as np

LIMIT = 120  # seconds for one launch: far above a good run on a busy machine, far below a test that hangs


class Failure(AssertionError):
    pass


def expect(condition, text):
    if not condition:
        raise Failure(text)


def until(condition, what, seconds=60.0):
    end = time.monotonic() + seconds
    while not condition():
        expect(time.monotonic() < end, f"waited {seconds} s for: {what}")
        time.sleep(0.01)


def deck(sampler="mala", shape=(16, 16), chains=1, draws=40, warmup=0, thin=1, **sections):
    """A small posterior with a mask, in 2-D behind lensing shear: every sampler can run it."""
    operators = ["lensing_shear"] if len(shape) == 2 else []
    spectrum = {"type": "power_law", "amplitude": 2.0e-9, "slope": -1.2, "pivot": 1000.0}
    if len(shape) == 3:
        spectrum = {"type": "matern", "variance": 1.0, "correlation_length": 4.0, "smoothness": 1.5}
    base = {
        "run": {"name": "test", "seed": 11, "chains": chains, "warmup": warmup, "draws": draws, "thin": thin},
        "domain": {"shape": list(shape), "spacing": 0.6, "unit": "arcmin"} if len(shape) == 2 else
                  {"shape": list(shape), "spacing": 1.0, "unit": "Mpc/h"},
        "target": {
            "type": "posterior",
            "prior": {"type": "gaussian_field", "spectrum": spectrum},
            "likelihoods": [{"type": "linear", "data": {"mock_seed": 42},
                             "operators": [*operators, {"type": "mask", "border": 0.2}],
                             "noise": {"type": "gaussian", "std": 0.1 if len(shape) == 2 else 1.0}}]},
        "sampler": {"type": sampler},
        "observables": ["energy", "power_spectrum"],
        "output": {"fields_every": 1, "checkpoint": {"every_steps": 10}},
    }
    for name, values in sections.items():
        base[name].update(values)
    return base


class Job:
    """A launch under way."""

    def __init__(self, process, program):
        self.process, self.name = process, Path(program).name[:15]  # as /proc cuts it
        self.output = ""

    def wait(self, seconds=LIMIT):
        """Exit status of mpirun; a job that hangs is killed and fails the test."""
        try:
            self.output, _ = self.process.communicate(timeout=seconds)
        except subprocess.TimeoutExpired:
            self.kill()
            raise Failure(f"the job did not end within {seconds} s:\n{self.output}") from None
        return self.process.returncode

    def kill(self):
        """SIGKILL for mpirun and all ranks."""
        for pid in [*self.ranks(), self.process.pid]:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self.output, _ = self.process.communicate(timeout=LIMIT)

    def ranks(self):
        """Process numbers of the ranks that live."""
        found = []
        for stat in Path("/proc").glob("[0-9]*/stat"):
            with contextlib.suppress(OSError):
                name, rest = stat.read_text().rsplit(")", 1)
                state, parent = rest.split()[:2]
                if int(parent) == self.process.pid and state != "Z" and name.endswith(f"({self.name}"):
                    found.append(int(stat.parent.name))
        return sorted(found)


class Bench:
    """The program, a scratch folder and the ways to start runs in it."""

    def __init__(self, arguments):
        self.program, self.library = arguments.program, arguments.faultio
        self.mpirun = shlex.split(arguments.mpirun)
        self.keep, self.nightly = arguments.keep, arguments.nightly
        self.scratch = Path(tempfile.mkdtemp(prefix="scorefield-test-", dir=arguments.scratch))

    def write(self, name, content):
        """A deck as JSON, which is YAML."""
        path = self.scratch / f"{name}.yaml"
        path.write_text(content if isinstance(content, str) else json.dumps(content, indent=1))
        return path

    def start(self, deck_file, output, ranks, *options, **fault):
        """`fault`: FAULT_* settings of tests/support/faultio.c without their prefix, in lower case."""
        settings = {f"FAULT_{key.upper()}": str(value) for key, value in fault.items()}
        exports = [e for key in settings for e in ("-x", key)]
        if fault:
            expect(self.library, "this test needs --faultio")
            exports += ["-x", f"LD_PRELOAD={self.library}"]
        command = [*self.mpirun, "-n", str(ranks), *exports, self.program, "run", str(deck_file), "--output",
                   str(output), *map(str, options)]
        return Job(subprocess.Popen(command, env={**os.environ, **settings}, stdout=subprocess.PIPE,
                                    stderr=subprocess.STDOUT, text=True, start_new_session=True, cwd=self.scratch), self.program)

    def run(self, deck_file, output, ranks, *options, code=0, **fault):
        """Runs to the end and checks the exit status (None: any); returns the job."""
        job = self.start(deck_file, output, ranks, *options, **fault)
        got = job.wait()
        expect(code is None or got == code, f"exit status {got}, expected {code}:\n{job.output}")
        return job

    def scorefield(self, *arguments, seconds=LIMIT):
        """Without mpirun."""
        return subprocess.run([self.program, *map(str, arguments)], capture_output=True, text=True, timeout=seconds,
                              cwd=self.scratch)

    def close(self):
        if not self.keep:
            shutil.rmtree(self.scratch, ignore_errors=True)


def status(output):
    return json.loads((Path(output) / "status.json").read_text())


def checkpoints(output):
    """Files, oldest first."""
    return sorted(Path(output).glob("checkpoint-*.h5"), key=lambda file: int(file.stem.split("-")[1]))


def results(output):
    """name -> digest attribute, or hash of the bytes where there is none (draws, which lie in segments).

    How draws are cut into segments depends on where a run stopped; what they hold does not.
    """
    found = {}

    def visit(name, item):
        if not isinstance(item, h5py.Dataset) or name.startswith("segments/"):
            return
        values = np.asarray(item[()])
        found[name] = hashlib.sha1(values.tobytes()).hexdigest()
        if "digest" in item.attrs:
            found[name] += f" {int(item.attrs['digest']):016x}"
        if name.startswith("draws/"):
            expect(np.isfinite(values).all(), f"{output}: a gap in {name}")

    with h5py.File(Path(output) / "samples.h5", "r") as file:
        file.visititems(visit)
        found["state"] = file.attrs["state"]
    expect({"draws/x", "draws/step", "trace/energy", "summary/mean", "summary/std"} <= found.keys(),
           f"{output}/samples.h5 lacks what to compare: {sorted(found)}")
    return found


def compare(reference, output, what):
    """Number of datasets compared; `reference` is a directory or the results of one."""
    want = reference if isinstance(reference, dict) else results(reference)
    have = results(output)
    expect(want.keys() == have.keys(), f"{what}: other datasets: {sorted(want.keys() ^ have.keys())}")
    different = [name for name in want if want[name] != have[name]]
    expect(not different, f"{what}: not the same bits: {different}")
    return len(want) - 1


def accepts_and_rejects(output):
    """Of a run that stores every state."""
    with h5py.File(Path(output) / "samples.h5", "r") as file:
        x = file["draws/x"][()]
    moved = (x[:, 1:] != x[:, :-1]).reshape(x.shape[0], x.shape[1] - 1, -1).any(axis=2)
    return int(moved.sum()), int((~moved).sum())


def two_at_a_time(action, cases):
    """Maps, two cases at once."""
    with ThreadPoolExecutor(2) as pool:
        return list(pool.map(action, cases))


def main(tests, description):
    """Runs the test functions named on the command line (all without names), each on a bench of its own."""
    parser = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", required=True, type=os.path.abspath)
    parser.add_argument("--mpirun", required=True)
    parser.add_argument("--faultio", type=os.path.abspath)
    parser.add_argument("--scratch")
    parser.add_argument("--nightly", action="store_true", help="the long version")
    parser.add_argument("--keep", action="store_true", help="leave the files of the runs")
    parser.add_argument("names", nargs="*")
    arguments = parser.parse_args()
    known = {test.__name__: test for test in tests}
    failed = []
    for name in arguments.names or known:
        bench = Bench(arguments)
        begin = time.monotonic()
        try:
            known[name](bench)
            print(f"ok      {name} ({time.monotonic() - begin:.1f} s)", flush=True)
        except Failure as failure:
            failed.append(name)
            print(f"FAILED  {name} ({time.monotonic() - begin:.1f} s): {failure}", flush=True)
        finally:
            bench.close()
    sys.exit(f"failed: {', '.join(failed)}" if failed else 0)
