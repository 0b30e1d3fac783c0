#!/usr/bin/env python3
"""Runs that stop in order and go on: on other rank counts, with more draws, in mid-warm-up, by signal and by wall clock."""

import os
import signal
import time
from pathlib import Path

from harness import checkpoints, compare, deck, expect, main, results, status, until


def reference_of(bench, name, content, ranks=2):
    output = bench.scratch / f"{name}-reference"
    bench.run(bench.write(f"{name}-reference", content), output, ranks)
    return results(output)


def draws_raised(bench):
    """run.draws raised twice, each time on another rank count."""
    for sampler in ("gaussian_exact", "mala", "ula"):
        content = deck(sampler, (33, 20), chains=2, draws=24, warmup=6, thin=2)
        want = reference_of(bench, sampler, content)
        file, output = bench.write(sampler, content), bench.scratch / sampler
        for ranks, draws in ((3, 7), (1, 16), (4, 24)):
            bench.run(file, output, ranks, f"run.draws={draws}")
        # The resolved deck is part of the results: the last leg has the reference's.
        compare(want, output, f"{sampler}, draws raised twice")


def signal_and_resume(bench, name, sampler, ranks):
    """SIGUSR1 in mid-warm-up and in sampling; mala adapts its step meanwhile."""
    content = deck(sampler, (33, 20), chains=3, draws=700, warmup=700, output={"checkpoint": {"every_steps": 50},
                                                                              "fields_every": 50})
    want = reference_of(bench, name, content)
    file, output = bench.write(name, content), bench.scratch / name
    stops = []
    for turn, on in enumerate(ranks):
        begin = stops[-1] if stops else 0
        job = bench.start(file, output, on)
        until(lambda: job.process.poll() is not None or (checkpoints(output) and status_step(output) > begin + 100),
              "progress")
        if turn + 1 < len(ranks):
            job.process.send_signal(signal.SIGUSR1)
        code = job.wait()
        if turn + 1 == len(ranks):
            expect(code == 0, f"the last leg: exit status {code}:\n{job.output}")
            break
        now = status(output)
        expect(now["code"] == 75 and now["state"] == "stopped", f"expected code 75, got {now}:\n{job.output}")
        expect(code in (75, 85, 1), f"exit status {code}")
        stops.append(now["step"])
        expect((output / f"checkpoint-{now['step']}.h5").exists(), f"no checkpoint at step {now['step']}")
    print(f"{name}: stopped at steps {stops} on {ranks} ranks")
    expect(stops[0] < 700, "the first stop must be in warm-up")
    compare(want, output, name)


def status_step(output):
    try:
        return status(output)["step"]
    except (FileNotFoundError, ValueError):
        return -1


def usr1_mala(bench):
    signal_and_resume(bench, "mala", "mala", (2, 3, 1))


def usr1_ula(bench):
    signal_and_resume(bench, "ula", "ula", (1, 2, 4))


def every_step_of_warm_up(bench):
    """mala stopped after each of its first steps, by as many launches: nothing of the adaptation is lost."""
    content = deck("mala", chains=2, draws=10, warmup=20, output={"checkpoint": {"every_steps": 4}})
    want = reference_of(bench, "adaptation", content)
    file, output = bench.write("adaptation", content), bench.scratch / "adaptation"
    bench.run(file, output, 2)
    # Going on from every checkpoint of the warm-up: the later ones are removed each time.
    for step in (4, 12, 20):
        again = bench.scratch / f"from-{step}"
        bench.run(file, again, 2, "output.checkpoint.keep=100")
        for checkpoint in checkpoints(again):
            if int(checkpoint.stem.split("-")[1]) > step:
                checkpoint.unlink()
        bench.run(file, again, 1 + step % 3, "output.checkpoint.keep=100")
        expect((bench.scratch / f"from-{step}/run.log").read_text().count("goes on from") == 1, "did not resume")
        have = results(again)
        different = [name for name in want if want[name] != have[name]]
        expect(not different, f"from step {step}: {different}")


def every_sampler(bench):
    """From a checkpoint in warm-up and one in sampling, on other ranks; on a target of real and one of Fourier space."""
    phi4 = {"type": "phi4", "mass_squared": -1.0, "coupling": 0.5}
    tempering = {"sampler": "hmc", "hottest": 1.5, "rungs": 3}
    learned = [("hmc", {"preconditioner": "fourier_adapted"}), ("nuts", {"preconditioner": "diagonal"}),
               ("mclmc", {"preconditioner": "fourier_adapted"}),
               ("parallel_tempering", {**tempering, "sampler": {"type": "mala", "preconditioner": "fourier_adapted"}})]
    symbols = [("metropolis", {}), ("heat_bath", {}), ("swendsen_wang", {}), ("random_site_metropolis", {"block": 2}),
               ("kawasaki", {"composition": [0.7, 0.3]}), ("discrete_langevin", {}), ("gibbs_with_gradients", {}),
               ("annealing", {"sampler": "metropolis", "from": 3.0, "to": 0.5}), ("block_gibbs", {}),
               ("parallel_tempering", {**tempering, "sampler": "metropolis"})]
    plain = [(name, {}) for name in ("ula", "mala", "random_walk", "hmc", "nuts", "underdamped", "mclmc", "adjusted_mclmc",
                                     "block_mala")] + [("parallel_tempering", tempering)]
    # Trajectories of ten steps: the checkpoints lie in the midst of them.
    from_noise = [("annealed_langevin", {"steps_per_level": 2}), ("annealed_mala", {"steps_per_level": 5}), ("reverse_sde", {"sde": "vp"}), ("predictor_corrector", {}),
                  ("probability_flow", {"churn": 1.0}), ("probability_flow", {"method": "rk45"}),
                  ("probability_flow", {"method": "dpm_solver_2m"})]
    mixture = {"type": "gaussian_mixture", "weights": [1.0, 2.0], "means": [-1.0, 1.5],
               "spectrum": {"type": "matern", "correlation_length": 2.0}}
    ising = {"type": "ising", "temperature": 2.5, "boundaries": ["open", "open"]}
    rbm = {"type": "rbm", "file": str(Path(__file__).resolve().parents[2] / "inputs/rbm-digits.h5")}
    for sampler, options in plain + learned + symbols + from_noise:
        targets = (("phi4", phi4), ("posterior", None))
        if (sampler, options) in symbols:
            targets = (("rbm", rbm),) if sampler == "block_gibbs" else (("ising", ising),)
        if (sampler, options) in from_noise:
            targets = (("mixture", mixture),)
        for name, target in targets:
            if name == "posterior" and (sampler == "block_mala" or options.get("preconditioner") == "diagonal"):
                continue  # refused: its energy is not local; its prior holds the mean at zero
            # What is learned is learned from step 4 to 27 of 30.
            warmup = 30 if (sampler, options) in learned else 10
            content = deck(sampler, (7, 9), chains=2, draws=10, warmup=warmup,
                           output={"checkpoint": {"every_steps": 5, "keep": 10}})
            content["target"] = target or content["target"]
            if name == "rbm":
                content.update(domain={"shape": [64]}, observables=["energy"])
            if name == "mixture":
                content["run"].update(thin=10, draws=1)
            content["sampler"].update(options)
            case = f"{sampler}-{options.get('method', name)}-{warmup}"
            want = reference_of(bench, case, content)
            output = bench.scratch / case
            for step, ranks in ((warmup + 5, 3), (warmup // 2, 2)):
                bench.run(bench.write(case, content), output, 1)
                bench.run(bench.write(case, content), output, ranks, "--restart", output / f"checkpoint-{step}.h5")
                compare(want, output, f"{case} from step {step}")


def slow_checkpoints(bench):
    """Signals while a checkpoint takes 3 s: SIGUSR1 is obeyed; what SIGTERM and SIGINT leave behind is whole."""
    content = deck("ula", chains=2, draws=4000, output={"checkpoint": {"every_steps": 1000}, "fields_every": 500})
    want = reference_of(bench, "slow", content)
    file = bench.write("slow", content)
    slow = dict(op="fsync", path="checkpoint-2000.h5.tmp", action="slow", seconds=3)
    for name, to_rank in ((signal.SIGUSR1, False), (signal.SIGUSR1, True), (signal.SIGTERM, False), (signal.SIGINT, False)):
        case = f"{name.name}{' to a rank' if to_rank else ''}"
        output = bench.scratch / case.replace(" ", "-")
        log = bench.scratch / f"{output.name}.log"
        job = bench.start(file, output, 2, log=log, **slow)
        until(lambda: log.exists(), f"{case}: the slow write")
        time.sleep(0.5)
        expect(job.process.poll() is None, f"{case}: ended before the signal:\n{job.output}")
        target = job.ranks()[-1] if to_rank else job.process.pid
        os.kill(target, name)
        code = job.wait()
        left = status(output)
        if name == signal.SIGUSR1:
            expect(left["code"] == 75 and code in (75, 85, 1), f"{case}: exit status {code}, {left}:\n{job.output}")
            expect(left["step"] > 1999 and (output / f"checkpoint-{left['step']}.h5").exists(), f"{case}: {left}")
        else:
            expect(code != 0, f"{case}: exit status 0")
            expect((output / "checkpoint-1000.h5").exists(), f"{case}: the previous checkpoint is gone")
        for checkpoint in checkpoints(output):
            check = bench.scorefield("inspect", checkpoint)
            expect(check.returncode == 0, f"{case}: {checkpoint.name}: {check.stdout}{check.stderr}")
        bench.run(file, output, 3)
        compare(want, output, case)
        print(f"{case}: exit status {code}, status {left['code']} at step {left['step']}")


def wall_clock(bench):
    """run.wall_clock: stops in time, with code 75."""
    content = deck("ula", (33, 20), draws=2000000, output={"checkpoint": {"every_steps": 2000}, "fields_every": 0})
    file, output = bench.write("clock", content), bench.scratch / "clock"
    job = bench.run(file, output, 2, "run.wall_clock=20 s", code=None)
    left = status(output)
    expect(left["code"] == 75 and left["state"] == "stopped", f"{left}:\n{job.output}")
    # From the lock, the first thing a run writes, to the status, the last one.
    took = (output / "status.json").stat().st_mtime - (output / "run.lock").stat().st_mtime
    expect(took <= 20.0, f"took {took:.1f} s")
    expect("run.wall_clock" in job.output, f"the log does not say why:\n{job.output}")
    print(f"run.wall_clock = 20 s: stopped after {took:.2f} s at step {left['step']}")


def lost_draws(bench):
    """A segment that every checkpoint needs is gone: exit 3, no checkpoint renamed; with the segment back it goes on."""
    content = deck("ula", (33, 20), draws=12, output={"checkpoint": {"every_steps": 4}, "fields_every": 1})
    want = reference_of(bench, "lost", content)
    file, output = bench.write("lost", content), bench.scratch / "lost"
    bench.run(file, output, 2, "run.draws=8")
    names = [checkpoint.name for checkpoint in checkpoints(output)]
    segment, aside = output / "segments" / "draws-0-4.h5", bench.scratch / "draws-0-4.h5"
    segment.rename(aside)
    job = bench.run(file, output, 2, code=3)
    expect("draws 0 to 3 are lost" in job.output, job.output)
    expect([checkpoint.name for checkpoint in checkpoints(output)] == names, f"{names} became {os.listdir(output)}")
    expect(not list(output.glob("*.damaged")), str(os.listdir(output)))
    aside.rename(segment)
    bench.run(file, output, 3)
    compare(want, output, "lost draws restored")


def ended_run_again(bench):
    """A run that is complete: launched again it changes nothing, and knows how long it had sampled."""
    content = deck("gaussian_exact", draws=50)
    file, output = bench.write("ended", content), bench.scratch / "ended"
    bench.run(file, output, 2)
    want, seconds = results(output), status(output)["sampling_seconds"]
    bench.run(file, output, 3)
    compare(want, output, "a complete run launched again")
    expect(status(output)["state"] == "complete", str(status(output)))
    expect(status(output)["sampling_seconds"] == seconds > 0.0, f"{status(output)}, before {seconds} s")


main([draws_raised, usr1_mala, usr1_ula, every_step_of_warm_up, every_sampler, slow_checkpoints, wall_clock, lost_draws,
      ended_run_again], __doc__)
