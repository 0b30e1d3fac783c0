#!/usr/bin/env python3
"""Runs whose disk, numbers, checkpoints or deck go wrong: a clear end with the right code, and nothing trusted that is not."""

import random
import re
import shutil
import subprocess
import time

from harness import checkpoints, compare, deck, expect, main, results, status, until

# Long enough to meet a run at work.
LONG = deck("ula", chains=2, draws=60000, output={"fields_every": 0, "checkpoint": {"every_steps": 500}})


def verified(bench, output, at_least=1):
    left = checkpoints(output)
    expect(len(left) >= at_least, f"{len(left)} checkpoints in {output}")
    for checkpoint in left:
        check = bench.scorefield("inspect", checkpoint)
        expect(check.returncode == 0, f"{checkpoint.name}: {check.stdout}{check.stderr}")
    return left


def messages(job):
    """Final lines of scorefield itself: one from one rank, whatever their number."""
    return re.findall(r"\(exit code (\d+)\)", job.output)


def expect_failure(job, output, code, *patterns):
    expect(messages(job) == [str(code)], f"one message with code {code}, got {messages(job)}:\n{job.output}")
    for pattern in patterns:
        expect(re.search(pattern, job.output), f"no '{pattern}' in:\n{job.output}")
    if output is not None:
        now = status(output)
        expect(now["code"] == code and now["state"] == "failed" and now["advice"], f"{now}")


def full_disk(bench):
    """A real file system of 2 MB."""
    mounted = bench.scratch / "disk"
    mounted.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", mounted], capture_output=True).returncode != 0:
        print("skipped full_disk: cannot mount a tmpfs here")
        return
    try:
        # 64 x 64 doubles: each draw 33 kB, a checkpoint about 0.3 MB.
        content = deck("ula", (64, 64), draws=200, output={"checkpoint": {"every_steps": 10}})
        file, output = bench.write("disk", content), mounted / "out"
        job = bench.run(file, output, 3, code=None)
        expect_failure(job, None, 3, r"(\d|\.)+ ?[kM]?i?B needed, .*free|No space left")
        left = verified(bench, output)
        expect(not list(mounted.rglob("*.tmp*")), f"temporary files stay: {list(mounted.rglob('*.tmp*'))}")
        print(f"tmpfs of 2 MB: exit 3, {[f.name for f in left]} whole")
        # With room again the run goes on.
        expect(subprocess.run(["mount", "-o", "remount,size=100m", mounted], capture_output=True).returncode == 0, "remount")
        bench.run(file, bench.scratch / "roomy", 2)
        bench.run(file, output, 2)
        compare(bench.scratch / "roomy", output, "after the disk was full")
    finally:
        subprocess.run(["umount", mounted], check=True)


def failing_writes(bench):
    """ENOSPC and EIO, on all ranks or one: exit 3 with one message, no hang, the old checkpoint is whole."""
    content = deck("mala", (17, 12), chains=2, draws=60, warmup=10)
    file = bench.write("failing", content)
    bench.run(file, bench.scratch / "reference", 2)
    cases = [dict(op="write", path="checkpoint-30.h5", action="eio", rank=1),
             dict(op="write", path="checkpoint-30.h5", action="enospc", rank=0, at=4),
             dict(op="fsync", path="checkpoint-30.h5", action="eio", rank=1),
             dict(op="rename", path="checkpoint-30.h5", action="eio"),
             dict(op="open", path="checkpoint-30.h5", action="eio", rank=2),
             dict(op="write", path="draws-20-10.h5", action="eio", rank=2),
             dict(op="write", path="samples.h5", action="enospc", at=60, rank=0),
             dict(op="fallocate", path="checkpoint-30.h5", action="enospc")]
    for number, fault in enumerate(cases):
        output = bench.scratch / f"failing-{number}"
        begin = time.monotonic()
        job = bench.run(file, output, 3, code=None, **fault)
        took = time.monotonic() - begin
        expect_failure(job, output, 3, "No space left" if fault["action"] == "enospc" else "Input/output error")
        expect(took < 30, f"{fault}: took {took:.0f} s to end")
        verified(bench, output)
        bench.run(file, output, 2)
        compare(bench.scratch / "reference", output, str(fault))
    # A restart that cannot even mark its attempt ends on all ranks, too.
    job = bench.run(file, output, 3, "run.draws=70", code=None, op="write", path=".attempt", action="enospc")
    expect_failure(job, output, 3, "No space left")
    print(f"{len(cases) + 1} failures of write, fsync, rename, open and fallocate: exit 3 with one message each")


def divergence(bench):
    """ula with too large a step: exit 4, and a checkpoint of the last good state."""
    content = deck("ula", (17, 12), chains=2, draws=20000, output={"fields_every": 0})
    content["sampler"]["step_size"] = 5.0
    file, output = bench.write("diverges", content), bench.scratch / "diverges"
    job = bench.run(file, output, 3, code=None)
    expect_failure(job, output, 4)
    left = verified(bench, output)
    step = int(left[-1].stem.split("-")[1])
    expect(status(output)["step"] == step, f"{status(output)}, but the newest checkpoint is at step {step}")
    again = bench.run(file, output, 2, code=None)
    expect_failure(again, output, 4)
    print(f"divergence: exit 4, {left[-1].name} verifies; launched again: exit 4 again")


def damaged_checkpoints(bench):
    """Flips and truncations of the newest of two checkpoints: found by inspect; a sample of them by restarts, too."""
    content = deck("mala", (17, 12), chains=2, draws=30, warmup=10)
    file, output = bench.write("damaged", content), bench.scratch / "damaged"
    bench.run(file, output, 2)
    want = results(output)
    newest = checkpoints(output)[-1]
    original = newest.read_bytes()
    chance = random.Random(7)
    count, restarts = 200, 40 if bench.nightly else 6
    found = harmless = passed_over = 0
    for number in range(count):
        data = bytearray(original)
        if number % 4 == 3:
            place = f"cut at {(cut := chance.randrange(len(data)))}"
            del data[cut:]
        else:
            at, bit = chance.randrange(len(data)), chance.randrange(8)
            place = f"bit {bit} of byte {at}"
            data[at] ^= 1 << bit
        newest.write_bytes(data)
        check = bench.scorefield("inspect", newest)
        expect(check.returncode in (0, 3), f"{place}: inspect returned {check.returncode}:\n{check.stderr}")
        if check.returncode == 3:
            found += 1
        else:  # a byte that holds nothing: what is read must be the same
            harmless += 1
        if number < restarts or check.returncode == 0 and harmless <= restarts:
            again = bench.scratch / "damaged-again"
            shutil.rmtree(again, ignore_errors=True)
            shutil.copytree(output, again)
            job = bench.run(file, again, chance.randint(1, 3))
            passed_over += "is passed over" in job.output
            expect(check.returncode == 0 or "is passed over" in job.output, f"{place}: used without a word:\n{job.output}")
            compare(want, again, place)
    newest.write_bytes(original)
    print(f"{count} damages: {found} found by inspect, {harmless} in unused bytes; restarts passed over {passed_over}")
    expect(found > count // 2, "inspect finds too little: the file is mostly unused bytes?")


def changed_decks(bench):
    """What is sampled may not change under a checkpoint; what is only told or stored may."""
    content = deck("mala", (16, 16), chains=2, draws=20, warmup=4)
    file, output = bench.write("changed", content), bench.scratch / "changed"
    bench.run(file, output, 2)
    before = status(output)
    forbidden = ["run.seed=5", "run.chains=3", "run.warmup=5", "run.thin=2", "domain.shape=[16,17]", "domain.spacing=0.7",
                 "sampler.target_acceptance=0.7", "sampler.type=ula", "output.fields_every=2", "output.precision=float32"]
    for change in forbidden:
        job = bench.run(file, output, 2, change, code=None)
        key = re.escape(change.split("=")[0].removesuffix(".type"))
        expect(messages(job) == ["2"], f"{change}: {messages(job)}:\n{job.output}")
        expect(re.search(rf"^ +{key}.*: was ", job.output, re.M), f"{change} is not listed:\n{job.output}")
    job = bench.run(file, output, 2, "run.seed=5", "domain.spacing=0.7", code=None)
    expect(re.search("run.seed: was 11, is 5", job.output) and "domain.spacing" in job.output, job.output)
    allowed = ["run.name=other", "run.draws=24", "run.wall_clock=1 h", "run.watchdog=10 min", "run.ranks_per_chain=1",
               "output.checkpoint.keep=3", "output.checkpoint.every_steps=7", "output.buffer_megabytes=1"]
    bench.run(file, output, 3, *allowed)
    expect(status(output)["steps"] == 28 and status(output)["state"] == "complete", str(status(output)))
    expect(bench.run(file, output, 1, "run.draws=20", code=None).output.count("(exit code 2)") == 1, "fewer draws")
    print(f"{len(forbidden)} forbidden changes refused, {len(allowed)} allowed ones accepted ({before['steps']} to 28 steps)")


def restart_choices(bench):
    """--restart never and FILE; a newest checkpoint that kills its reader; checkpoints that are all damaged."""
    content = deck("mala", (16, 16), chains=2, draws=30, warmup=10, output={"checkpoint": {"every_steps": 10, "keep": 10}})
    file, output = bench.write("choices", content), bench.scratch / "choices"
    bench.run(file, output, 2)
    want = results(output)
    job = bench.run(file, output, 3, "--restart", output / "checkpoint-20.h5")
    expect("checkpoint-20.h5 at step 20" in job.output, job.output)
    compare(want, output, "--restart FILE")
    job = bench.run(file, output, 2, "--restart", "never")
    expect("goes on" not in job.output, job.output)
    compare(want, output, "--restart never")
    # Missing, foreign or damaged files of the user's choice are refused and left as they are.
    for name, data in (("missing.h5", None), ("foreign.h5", b"no HDF5"), ("short.h5", (output / "checkpoint-20.h5").read_bytes()[:3000])):
        chosen = bench.scratch / name
        if data is not None:
            chosen.write_bytes(data)
        job = bench.run(file, output, 2, "--restart", chosen, code=None)
        expect_failure(job, output, 3, name)
        expect(data is None or chosen.read_bytes() == data, f"{name} was changed")
    # A checkpoint whose reader died twice is not tried first again.
    (output / "checkpoint-40.h5.attempt").write_text("2")
    job = bench.run(file, output, 2)
    expect("checkpoint-30.h5 at step 30" in job.output, job.output)
    compare(want, output, "newest checkpoint poisoned")
    # A refused choice leaves everything in place.
    segments = sorted((output / "segments").iterdir())
    job = bench.run(file, output, 2, "run.draws=5", "--restart", checkpoints(output)[-1], code=None)
    expect_failure(job, None, 2, "raise run.draws")
    expect(status(output)["state"] == "complete", f"a refused restart changed the status: {status(output)}")
    expect(sorted((output / "segments").iterdir()) == segments, "a refused restart removed draws")
    for checkpoint in checkpoints(output):
        checkpoint.write_bytes(checkpoint.read_bytes()[:5000])
    job = bench.run(file, output, 2, code=None)
    expect_failure(job, output, 3, "can be taken up", "--restart never")
    # Launched again, as scripts do: still refused, and the draws are still there.
    job = bench.run(file, output, 2, code=None)
    expect_failure(job, output, 3, "can be taken up", "--restart never")
    expect(list((output / "segments").glob("draws-*.h5")), "the draws of a damaged run were removed")
    bench.run(file, output, 2, "--restart", "never")
    compare(want, output, "--restart never after damage")


def file_on_one_node(bench):
    """A file of the deck that only one of two working directories has: all ranks end, with one message."""
    content = deck("ula", chains=1, draws=5)
    content["target"]["prior"]["spectrum"] = {"type": "table", "file": "spectrum.csv"}
    here, there = bench.scratch / "here", bench.scratch / "there"
    for place in (here, there):
        place.mkdir()
    bench.write("here/run", content)
    (here / "spectrum.csv").write_text("1, 1e-9\n1e6, 1e-12\n")
    one = [bench.program, "run", "run.yaml", "--output", str(bench.scratch / "nowhere")]
    command = [*bench.mpirun, "-n", "1", "--wdir", str(here), *one, ":", "-n", "1", "--wdir", str(there), *one]
    job = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    expect(job.returncode == 2 and (job.stdout + job.stderr).count("(exit code 2)") == 1, job.stdout + job.stderr)


def two_runs(bench):
    """A second run in the same directory is refused and disturbs nothing; a dead one's lock holds nobody up."""
    file, output = bench.write("two", LONG), bench.scratch / "two"
    first = bench.start(file, output, 2)
    until(lambda: len(checkpoints(output)) > 0 and (output / "status.json").exists(), "the first checkpoint")
    second = bench.run(file, output, 1, code=None)
    still = first.process.poll() is None
    now = status(output)
    first.kill()
    expect(still, f"the first run ended too soon for this test:\n{first.output}")
    expect(messages(second) == ["3"] and "another run is at work" in second.output, second.output)
    expect(now["state"] == "running", f"the refused run overwrote the status: {now}")
    job = bench.run(file, output, 2, f"run.draws={60000}", "run.wall_clock=2 s", code=None)
    expect("goes on from" in job.output and status(output)["code"] == 75, job.output)


main([full_disk, failing_writes, divergence, damaged_checkpoints, changed_decks, restart_choices, file_on_one_node, two_runs], __doc__)
