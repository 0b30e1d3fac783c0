#!/usr/bin/env python3
"""The command line: what each command prints, exit codes, and one message for one mistake, with mpirun and without."""

import re
import signal
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "restart"))

import h5py  # noqa: E402
import numpy as np  # noqa: E402
from harness import checkpoints, compare, deck, expect, main, status, until  # noqa: E402


def describe(bench):
    everything = bench.scorefield("describe")
    expect(everything.returncode == 0, everything.stderr)
    for name in ("gaussian_field", "posterior", "ula", "mala", "gaussian_exact", "lensing_shear", "mask", "power_spectrum"):
        expect(re.search(rf"\b{name}\b", everything.stdout), f"describe does not list {name}")
        one = bench.scorefield("describe", name)
        expect(one.returncode == 0 and name in one.stdout, f"describe {name}: {one.stdout}{one.stderr}")
    mala = bench.scorefield("describe", "mala").stdout
    for option in ("step_size", "target_acceptance", "preconditioner"):
        expect(option in mala, f"describe mala lacks {option}:\n{mala}")
    wrong = bench.scorefield("describe", "mela")
    expect(wrong.returncode == 2 and "mala" in wrong.stderr, wrong.stderr)


def check(bench):
    """The resolved deck is a valid deck, and resolves to itself."""
    for sampler in ("ula", "mala", "gaussian_exact"):
        first = bench.scorefield("check", bench.write(f"first-{sampler}", deck(sampler)), "run.seed=3")
        expect(first.returncode == 0 and not first.stderr, first.stderr)
        expect("seed: 3" in first.stdout, first.stdout)
        second = bench.scorefield("check", bench.write(f"second-{sampler}", first.stdout))
        expect(second.returncode == 0 and second.stdout == first.stdout,
               f"not its own resolved deck:\n{first.stdout}\nbecomes\n{second.stdout}{second.stderr}")
        expect("ranks          4" in bench.scorefield("check", bench.scratch / f"first-{sampler}.yaml", "--ranks", 4).stdout,
               "check --ranks 4")
    left = [file.name for file in bench.scratch.iterdir() if file.suffix != ".yaml"]
    expect(not left, f"check left files behind: {left}")


def symbols(bench):
    """What needs numbers with a gradient refuses symbols, whatever it is."""
    ising = {"domain": {"shape": [4, 4]}, "target": {"type": "ising", "temperature": 2.0}, "sampler": "metropolis",
             "run": {"draws": 2}}
    spins = bench.write("spins", ising)
    posterior = ("target={type: posterior, prior: {type: ising, temperature: 2.0}, likelihoods: "
                 "[{type: linear, data: {mock_seed: 5}, noise: {type: gaussian, std: 0.5}}]}")
    for i, option in enumerate(("task=modes", "task=line_integral", "task=conservativeness", "observables=[virial]", posterior,
                                "sampler=mala", "sampler=block_mala", "sampler=gaussian_exact", "sampler=random_walk")):
        job = bench.scorefield("run", spins, option, "--output", bench.scratch / f"symbols-{i}")
        expect(job.returncode == 2 and "states of this target are symbols" in job.stderr, f"{option}: {job.returncode} {job.stderr}")


def usage(bench):
    good = bench.write("good", deck())
    for arguments in ([], ["frobnicate"], ["run"], ["check"], ["check", good, "--ranks", 0], ["check", good, "--rank"],
                      ["inspect"], ["check", good, "run.sed=1"], ["check", good, "run.seed"], ["check", good, "run.seed=x"]):
        job = bench.scorefield(*arguments)
        expect(job.returncode == 2 and job.stderr.count("(exit code 2)") == 1, f"{arguments}: {job.returncode}:\n{job.stderr}")
        expect(job.stderr.rstrip().split("\n")[-1].startswith("scorefield: "), f"{arguments}: no advice at the end:\n{job.stderr}")
    for arguments in (["--help"], ["run", "--help"], ["--version"]):
        job = bench.scorefield(*arguments)
        expect(job.returncode == 0 and job.stdout, f"{arguments}: {job.returncode}:\n{job.stderr}")
    for endless in ("/dev/zero", "/"):
        job = bench.scorefield("check", endless)
        expect(job.returncode in (2, 3) and endless in job.stderr, f"{endless}: {job.returncode}:\n{job.stderr}")
    job = bench.scorefield("check", good, "run.draws=4611686018427387904", "run.thin=4")
    expect(job.returncode == 2 and "run.draws" in job.stderr, job.stderr)
    job = bench.scorefield("check", good, "run.watchdog=0")
    expect(job.returncode == 2 and "run.watchdog" in job.stderr, job.stderr)
    job = bench.scorefield("check", good, "run.sed=1")
    expect("run.sed" in job.stderr and "seed" in job.stderr, f"no nearest key:\n{job.stderr}")


def one_message(bench):
    """Mistakes that every rank sees are told once."""
    output = bench.scratch / "none"
    cases = [(bench.scratch / "missing.yaml", [], 3, "missing.yaml"),
             (bench.write("typo", deck()), ["run.sed=1"], 2, "run.sed"),
             (bench.write("nonsense", "run: [1"), [], 2, "nonsense.yaml:"),
             (bench.write("file", deck()), ["target.likelihoods.0.data={file: no-such.h5, datasets: [a, b]}"], 2, "no-such.h5")]
    for file, options, code, text in cases:
        job = bench.run(file, output, 3, *options, code=None)
        ends = re.findall(r"\(exit code (\d+)\)", job.output)
        expect(ends == [str(code)] and text in job.output,
               f"{file.name}: {ends}, expected one message with {code}:\n{job.output}")
        expect(not output.exists(), f"{file.name}: made {output}")


def without_mpirun(bench):
    """One process without mpirun gives the same bits; inspect verifies what it made."""
    file = bench.write("alone", deck(draws=20))
    job = bench.scorefield("run", file, "--output", bench.scratch / "alone")
    expect(job.returncode == 0, job.stdout + job.stderr)
    bench.run(file, bench.scratch / "two", 2)
    compare(bench.scratch / "two", bench.scratch / "alone", "without mpirun")
    expect(status(bench.scratch / "alone")["state"] == "complete", "status.json")
    again = bench.scorefield("run", bench.scratch / "alone/deck.resolved.yaml", "--output", bench.scratch / "again")
    expect(again.returncode == 0, again.stderr)
    compare(bench.scratch / "two", bench.scratch / "again", "from deck.resolved.yaml")


def inspect(bench):
    file, output = bench.write("inspected", deck(draws=20)), bench.scratch / "inspected"
    expect(bench.scorefield("run", file, "--output", output).returncode == 0, "run")
    segments = sorted((output / "segments").glob("*.h5"))
    expect(len(segments) == 2, f"{segments}")
    for one in [*checkpoints(output), output / "samples.h5", *segments]:
        job = bench.scorefield("inspect", one)
        expect(job.returncode == 0 and "digest" not in job.stderr and "format" in job.stdout, f"{one}: {job.stdout}{job.stderr}")
    segments[0].rename(segments[0].with_suffix(".away"))
    job = bench.scorefield("inspect", output / "samples.h5")
    expect(job.returncode == 3 and "missing" in job.stderr, f"a gap in the draws: {job.stdout}{job.stderr}")
    for wrong in ("no-such.h5", str(file), str(output)):
        job = bench.scorefield("inspect", wrong)
        expect(job.returncode == 3 and job.stderr.count("(exit code 3)") == 1, f"{wrong}: {job.returncode} {job.stderr}")


def tasks(bench):
    """A task in place of a sampler: the same result.h5 on any number of ranks; stops, refusals, advice."""
    modes = Path(__file__).resolve().parents[2] / "inputs/phi4-modes.yaml"
    for task in ("modes", "line_integral", "conservativeness"):
        manifests = set()
        for ranks in (1, 2, 3):
            output = bench.scratch / f"{task}-{ranks}"
            job = bench.run(modes, output, ranks, f"task={task}", "domain.shape=[8, 8]")
            expect("result.h5" in job.output, job.output)
            inspected = bench.scorefield("inspect", output / "result.h5")
            expect(inspected.returncode == 0 and "scorefield-result" in inspected.stdout, inspected.stderr)
            # The name of the directory is part of the deck, which is part of the manifest.
            with h5py.File(output / "result.h5") as file:
                expect(file.attrs["task"] == task, task)
                digests = []
                file.visititems(lambda name, item: digests.append((name, int(item.attrs["digest"])))
                                if isinstance(item, h5py.Dataset) else None)
            manifests.add(tuple(sorted(digests)))
            expect(status(output)["state"] == "complete" and "result.h5" in status(output)["advice"], str(status(output)))
        expect(len(manifests) == 1 and len(next(iter(manifests))) >= 4, f"{task}: other bits on other ranks: {manifests}")
    with h5py.File(bench.scratch / "modes-3/result.h5") as file:
        expect(np.abs(file["modes/energy"][()] + 8.0).max() < 1e-10, "energies of the modes")
        expect(file["modes/x"].shape == (2, 8, 8) and np.abs(np.abs(file["modes/x"][()]) - 1.0).max() < 1e-6, "modes")
        expect(file["modes/basin"][()].sum() == 16, "basins")

    first = bench.scorefield("check", modes)
    second = bench.scorefield("check", bench.write("resolved", first.stdout))
    expect(first.returncode == 0 and second.stdout == first.stdout, f"not its own resolved deck: {second.stdout}{second.stderr}")
    expect("results at most" in first.stdout and "checkpoint (" not in first.stdout, first.stdout)
    for options, text in ((["task=mode"], "did you mean 'modes'"), (["task.startz=3"], "did you mean 'starts'"),
                          (["task={type: line_integral, rule: simpson, nodes: 4}"], "odd number")):
        job = bench.scorefield("check", modes, *options)
        expect(job.returncode == 2 and text in job.stderr, f"{options}: {job.returncode} {job.stderr}")
    beside = bench.scorefield("check", modes, "sampler=mala", "observables=[energy]")
    expect(beside.returncode == 0 and "not used" in beside.stdout and "type: mala" in beside.stdout, beside.stdout + beside.stderr)
    job = bench.scorefield("run", modes, "sampler=mala", "task=conservativeness", "--output", bench.scratch / "beside")
    expect(job.returncode == 0 and "not used" in job.stderr, job.stdout + job.stderr)
    neither = bench.write("neither", {"domain": {"shape": [4, 4]}, "target": {"type": "phi4", "mass_squared": 1.0}})
    job = bench.scorefield("check", neither)
    expect(job.returncode == 2 and "sampler: is required" in job.stderr and "task" in job.stderr, job.stderr)

    output = bench.scratch / "modes-1"
    job = bench.scorefield("run", modes, "--output", output, "--restart", "checkpoint-1.h5")
    expect(job.returncode == 2 and "no checkpoints" in job.stderr, job.stderr)
    expect((output / "result.h5").exists(), "a refused command line removed the result")
    samples = bench.scratch / "samples"
    expect(bench.scorefield("run", bench.write("few", deck(draws=4)), "--output", samples).returncode == 0, "a run")
    before = status(samples)
    job = bench.scorefield("run", modes, "--output", samples)
    expect(job.returncode == 2 and "samples of a run" in job.stderr and status(samples) == before, job.stderr)

    # Long enough to be stopped: without a result, and begun anew by the same command.
    slow = ["task.starts=4000", "domain.shape=[64, 64]", "task.tolerance=1e-12"]
    job = bench.start(modes, output, 2, *slow)
    until(lambda: (output / "status.json").exists() and status(output)["state"] == "running", "the task under way")
    job.process.send_signal(signal.SIGUSR1)
    expect(job.wait() == 75, f"stopped by SIGUSR1: {job.output}")
    expect(status(output)["state"] == "stopped" and "anew" in status(output)["advice"], str(status(output)))
    expect(not (output / "result.h5").exists(), "the result of another deck was left for this one's")
    expect(bench.scorefield("run", modes, "--output", output).returncode == 0 and status(output)["state"] == "complete", "anew")


main([describe, check, usage, symbols, one_message, without_mpirun, inspect, tasks], __doc__)
