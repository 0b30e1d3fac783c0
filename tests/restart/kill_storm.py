#!/usr/bin/env python3
"""Runs killed with SIGKILL, again and again, each time taken up on another number of ranks: all end with the same bits.

The first kill of every run is put by the fault injector at one write, fsync or rename of a segment, a checkpoint or
samples.h5; --nightly has a run for every one of them. Later kills fall on any of those operations, on restarts, or at any
time; some runs have their newest checkpoint damaged in between. The seed is fixed.
"""

import contextlib
import os
import random
import signal
import subprocess
import time
from collections import Counter

from harness import LIMIT, Failure, checkpoints, compare, deck, expect, main, results, two_at_a_time, until

SEED = 20240
EVERY = 10


def content(sampler, options=None):
    made = deck(sampler, (17, 12), chains=2, draws=120, warmup=2 * EVERY, output={"checkpoint": {"every_steps": EVERY}})
    made["sampler"].update(options or {})
    return made


# Samplers whose chains keep more than a state, or whose ranks work out more than their own part, beside the plain one.
OTHERS = {"parallel_tempering": content("parallel_tempering", {"sampler": "hmc", "hottest": 1.5, "rungs": 3}),
          "block_mala": content("block_mala", {"block": 3}) | {
              "target": {"type": "phi4", "mass_squared": -1.0, "coupling": 0.5}},
          "learned": content("hmc", {"leapfrog_steps": 3, "preconditioner": "fourier_adapted"}),
          "metropolis": content("metropolis") | {
              "target": {"type": "ising", "temperature": 2.3, "boundaries": ["open", "open"]}},
          "swendsen_wang": content("swendsen_wang") | {"target": {"type": "ising", "temperature": 2.3}}}
# What is written at the first checkpoint after warm-up.
FILES = {"segment": f"draws-0-{EVERY}.h5", "checkpoint": f"checkpoint-{3 * EVERY}.h5", "samples": "samples.h5"}


def operations(bench, file):
    """Every write, fsync and rename of one cycle of a run on 2 ranks: (what, path, op, which, rank)."""
    points = []
    for what, path in FILES.items():
        log = bench.scratch / f"operations-{what}"
        bench.run(file, bench.scratch / f"counted-{what}", 2, log=log, path=path)
        lines = [line.split() for line in log.read_text().splitlines()]
        names = list(dict.fromkeys(line[4].split("/")[-1].split(" ")[0] for line in lines))
        seen = Counter()
        for _, rank, op, _, name, *_ in lines:
            if op not in ("write", "fsync", "rename"):
                continue
            seen[rank, op] += 1
            # samples.h5 is written many times, each under a temporary name of its own: one of them will do.
            if what != "samples" or name.endswith(names[1]):
                points.append((what, path, op, seen[rank, op], int(rank)))
    return points


class Run:
    def __init__(self, bench, file, reference, number, point, tally):
        self.bench, self.file, self.reference, self.number, self.tally = bench, file, reference, number, tally
        self.point, self.random = point, random.Random(SEED + number)
        self.output, self.log = bench.scratch / f"run-{number}", bench.scratch / f"run-{number}.operations"

    def leg(self, ranks, **fault):
        """One launch; its end is a kill or the end of the run (True)."""
        self.log.unlink(missing_ok=True)
        job = self.bench.start(self.file, self.output, ranks, log=self.log, action="kill", **fault)
        return self.ended(job)

    def ended(self, job, killed=False):
        code = job.process.returncode if killed else job.wait()
        lines = [line.split() for line in self.log.read_text().splitlines()] if self.log.exists() else []
        hits = [line for line in lines if line[-1] == "kill"]
        for line in hits:
            self.tally[f"in a {line[2]}"] += 1
            if ".attempt" in line[4] or (("samples.h5" in line[4]) and self.resumed
                                         and len({x[4] for x in lines if "samples.h5" in x[4]}) == 1):
                self.tally["in a restart"] += 1
        expect(code == 0 or hits or killed, f"run {self.number}: exit status {code} without a kill:\n{job.output}")
        self.resumed = True
        return code == 0

    def at_any_time(self, ranks):
        self.log.unlink(missing_ok=True)
        job = self.bench.start(self.file, self.output, ranks)
        until(lambda: job.ranks() or job.process.poll() is not None, "ranks")
        lines = self.lines_of_log()
        time.sleep(self.random.uniform(0.0, 1.2))
        victims = job.ranks()
        if self.random.random() < 0.5:
            victims = victims[:1] if self.random.random() < 0.5 else victims[-1:]
        for pid in victims:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        # The program must end on every rank. Open MPI's mpirun may itself wait for ever for a rank that was killed while
        # the two shook hands.
        until(lambda: not job.ranks(), f"the end of all ranks of run {self.number}", seconds=LIMIT)
        with contextlib.suppress(subprocess.TimeoutExpired):
            job.output, _ = job.process.communicate(timeout=20)
        if job.process.poll() is None:
            job.kill()
            self.tally["(mpirun itself hung)"] += 1
        done = self.ended(job, killed=True)
        if not done:
            self.tally["at any time"] += 1
            if self.lines_of_log() == lines:
                self.tally["in a restart"] += 1
        return done

    def lines_of_log(self):
        """How often the run has begun or gone on."""
        with contextlib.suppress(FileNotFoundError):
            return (self.output / "run.log").read_text().count("goes on from")
        return 0

    def damage(self):
        left = checkpoints(self.output)
        if len(left) < 2:
            return False
        data = bytearray(left[-1].read_bytes())
        if self.random.random() < 0.3:
            del data[self.random.randrange(len(data)):]
        else:
            data[self.random.randrange(len(data))] ^= 1 << self.random.randrange(8)
        left[-1].write_bytes(data)
        self.tally["newest checkpoint damaged"] += 1
        return True

    def __call__(self, wants_damage):
        self.resumed = False
        what, path, op, at, rank = self.point
        done = self.leg(2, path=path, op=op, at=at, rank=rank)
        expect(not done, f"run {self.number} was not killed at {self.point}")
        self.tally[f"{op} of {what}"] += 1
        damaged = False
        for _ in range(self.random.randint(1, 3)):
            damaged = damaged or (wants_damage and self.damage())
            ranks = self.random.randint(1, 4)
            kind = self.random.choice(("file", "restart", "time"))
            if kind == "time":
                done = self.at_any_time(ranks)
            elif kind == "restart":
                done = self.leg(ranks, path=self.random.choice((".attempt", "samples.h5")),
                                op=self.random.choice(("write", "fsync", "rename")), at=1)
            else:
                done = self.leg(ranks, path=self.random.choice(("/checkpoint-", "/draws-", "samples.h5")), op="write",
                                at=self.random.randint(1, 40), rank=self.random.randrange(ranks))
            if done:
                break
        if wants_damage and not damaged and not done:
            self.damage()
        if not done:
            self.bench.run(self.file, self.output, self.random.randint(1, 5))
        return compare(self.reference, self.output, f"run {self.number}, first killed at {self.point}")


def kill_storm(bench):
    def storm(name, made):
        """A deck and what it gives where nothing interrupts it."""
        file, reference = bench.write(name, made), bench.scratch / f"reference-{name}"
        bench.run(file, reference, 2)
        return file, results(reference)

    plain = storm("mala", content("mala"))
    points = operations(bench, plain[0])
    kinds = Counter((what, op) for what, _, op, _, _ in points)
    print("operations of one cycle on 2 ranks:", dict(kinds))
    expect(all((what, op) in kinds for what in FILES for op in ("write", "fsync", "rename")),
           f"the injector does not see every kind of operation: {kinds}")
    random.Random(SEED).shuffle(points)
    if not bench.nightly:  # one of each of six kinds
        chosen = {(what, op): point for point in points for what, _, op, _, _ in [point]}
        points = [chosen[kind] for kind in (("segment", "write"), ("segment", "rename"), ("checkpoint", "write"),
                                            ("checkpoint", "fsync"), ("checkpoint", "rename"), ("samples", "write"))]
    else:
        points += random.Random(SEED).choices(points, k=max(0, 50 - len(points)))
    # The first kills of the others fall where mala's do: into the same files.
    runs = [(plain, point) for point in points]
    few = random.Random(SEED + 1).sample([p for p in points if p[2] != "fsync"], 10 if bench.nightly else 2)
    runs += [(other, point) for other in (storm(name, made) for name, made in OTHERS.items()) for point in few]
    tally = Counter()
    failures = []

    def run(case):
        number, ((file, reference), point) = case
        try:
            return Run(bench, file, reference, number, point, tally)(wants_damage=number % 5 == 0)
        except Failure as failure:
            failures.append(str(failure))
            return 0

    compared = sum(two_at_a_time(run, list(enumerate(runs))))
    print(f"{len(runs)} runs killed, {compared} datasets compared; kills:")
    for name, count in sorted(tally.items()):
        print(f"  {count:4d} {name}")
    expect(not failures, "\n".join(failures))
    expect(tally["in a write"] >= (15 if bench.nightly else 2), "too few kills inside a write")
    if bench.nightly:
        expect(tally["in a restart"] >= 5, "too few kills during a restart")
        expect(tally["newest checkpoint damaged"] >= 5, "too few damaged checkpoints")


main([kill_storm], __doc__)
