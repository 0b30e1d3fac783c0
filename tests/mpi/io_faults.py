#!/usr/bin/env python3
"""Lets every file operation of a checkpoint write go wrong, once each, and looks at what is left.

  io_faults.py DRIVER LIBFAULTIO RANKS [--quick] -- MPIRUN ...

For each write, fsync, rename, truncate, allocate and open of each rank: the rank is killed there, or the call fails with
ENOSPC or EIO; writes are also cut short or have a bit flipped. Whatever happens, the job must end soon, the old checkpoint
must be untouched, the newest that loads must hold the right values, an error must give exit code 3 and its reason, and
nothing temporary may stay behind an orderly end. --quick takes every operation once, with the actions in turn.
"""
import hashlib
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

LIMIT = 60  # seconds: far above a good run (below one second), far below a test that hangs


def main():
    split = sys.argv.index("--")
    driver, library, ranks = sys.argv[1:4]
    quick = "--quick" in sys.argv[4:split]
    mpirun = sys.argv[split + 1:]
    scratch = pathlib.Path(tempfile.mkdtemp(prefix="io-faults-"))

    def run(arguments, on=ranks, **fault):
        exports = [e for key in fault for e in ("-x", key)]
        if fault:
            exports += ["-x", "LD_PRELOAD=" + library]
        command = [*mpirun, "-n", str(on), *exports, driver, *map(str, arguments)]
        return subprocess.run(command, env={**os.environ, **fault}, capture_output=True, text=True, timeout=LIMIT)

    def fresh():
        directory = scratch / "run"
        shutil.rmtree(directory, ignore_errors=True)
        directory.mkdir()
        shutil.copy(original, directory / "checkpoint-10.h5")
        return directory

    original = scratch / "original.h5"
    first = run(["write", scratch, 10])
    assert first.returncode == 0, first.stdout + first.stderr
    (scratch / "checkpoint-10.h5").rename(original)
    digest = hashlib.sha1(original.read_bytes()).hexdigest()

    log = scratch / "operations"
    directory = fresh()
    assert run(["write", directory, 11], FAULT_PATH="/run", FAULT_LOG=str(log)).returncode == 0
    operations = {}
    for line in log.read_text().splitlines():
        _, rank, op, *_ = line.split()
        operations[rank, op] = operations.get((rank, op), 0) + 1
    print("operations by rank:", operations)
    for needed in ("write", "fsync", "rename"):
        assert any(op == needed for _, op in operations), f"no {needed} was seen: the injector does not work"

    cases = []
    for (rank, op), count in sorted(operations.items()):
        actions = ["kill", "enospc", "eio"] + (["short", "flip"] if op == "write" else [])
        for at in range(1, count + 1):
            cases += [(rank, op, at, a) for a in ([actions[at % len(actions)]] if quick else actions)]

    problems, tally = [], {}
    for rank, op, at, action in cases:
        directory = fresh()
        case = f"{action} at {op} {at} of rank {rank}"

        def complain(text, output=""):
            problems.append(f"{case}: {text}\n{output}")

        try:
            job = run(["write", directory, 11], FAULT_PATH="/run", FAULT_OP=op, FAULT_AT=str(at), FAULT_RANK=rank,
                      FAULT_ACTION=action)
        except subprocess.TimeoutExpired:
            complain(f"did not end within {LIMIT} s")
            continue
        output = job.stdout + job.stderr
        left = sorted(f.name for f in directory.iterdir() if ".tmp-" in f.name)
        if action == "kill" and job.returncode == 0:
            complain("the job ended with 0", output)
        if action in ("enospc", "eio") and job.returncode not in (0, 3):
            complain(f"exit code {job.returncode}", output)
        if job.returncode == 3 and "error: cannot write" not in output:
            complain("no reason given", output)
        if action != "kill" and left:
            complain(f"left behind: {left}")
        old = directory / "checkpoint-10.h5"
        if not old.exists() or hashlib.sha1(old.read_bytes()).hexdigest() != digest:
            complain("the old checkpoint was touched")
        check = run(["check", directory], on=1 + at % 3)
        newest = check.stdout.strip().splitlines()[-1:] or [""]
        # A failure after the rename (flushing the directory) leaves the complete new file, which is as good.
        allowed = {"newest 11"} if job.returncode == 0 and action != "flip" else {"newest 10", "newest 11"}
        if newest[0] not in allowed or "WRONG VALUES" in check.stdout:
            complain(f"afterwards: {newest[0]}", check.stdout + check.stderr)
        if action != "flip" and "passed over" in check.stdout:
            complain("an incomplete file has the name of a checkpoint", check.stdout)
        key = action, job.returncode, newest[0]
        tally[key] = tally.get(key, 0) + 1

    for (action, code, newest), count in sorted(tally.items()):
        print(f"{count:4d} x {action:6s} -> exit {code:3d}, {newest}")
    print(f"{len(cases)} faults, {len(problems)} problems")
    print("\n".join(problems))
    shutil.rmtree(scratch)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
