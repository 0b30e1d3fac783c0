#!/usr/bin/env python3
"""The command line: what each command prints, exit codes, and one message for one mistake, with mpirun and without."""

import re
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "restart"))

from harness import checkpoints, compare, deck, expect, main, status  # noqa: E402


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


main([describe, check, usage, one_message, without_mpirun, inspect], __doc__)
