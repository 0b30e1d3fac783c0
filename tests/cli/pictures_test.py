#!/usr/bin/env python3
"""Pictures of a binary image: what samples.h5 says, the same bytes on any number of ranks and after stops; images in files."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "restart"))

import h5py  # noqa: E402
import numpy as np  # noqa: E402
from harness import compare, expect, main, results  # noqa: E402

SHAPE = (60, 80)
NAMES = ("cleaned.png", "probability.png", "truth.png", "data.png")


def deck(noise="flip: {probability: 0.15}", source="simulate: {text: pictures, scale: 2}", draws=30, sampler="metropolis"):
    return (f"run: {{seed: 2, chains: 2, warmup: 20, draws: {draws}, thin: 2}}\ndomain: {{shape: [{SHAPE[0]}, {SHAPE[1]}]}}\n"
            f"target: {{type: binary_image, {source}, {noise}, coupling: 0.5}}\nsampler: {sampler}\n"
            "observables: [domain_walls, cluster_sizes, potts_order]\n"
            "output: {fields_every: 10, checkpoint: {every_steps: 10}}\n")


def levels(output, name):
    import matplotlib.image

    image = matplotlib.image.imread(output / name)
    expect(image.shape == SHAPE, f"{name}: shape {image.shape}")
    return np.rint(255.0 * image).astype(int)


def pictures(output):
    return {name: (output / name).read_bytes() for name in NAMES}


def grey(blackness):
    return np.floor(255.0 * (1.0 - np.clip(blackness, 0.0, 1.0)) + 0.5).astype(int)


def show_the_summary(bench):
    for noise in ("flip: {probability: 0.15}", "gaussian: {std: 90.0}"):
        output = bench.scratch / noise.split(":")[0]
        bench.run(bench.write(output.name, deck(noise)), output, 2)
        with h5py.File(output / "samples.h5") as file:
            mean, truth, data = file["summary/mean"][()], file["truth/x"][()], file["data/image"][()]
            expect(file["draws/x"].dtype == np.uint8 and truth.dtype == np.uint8, "symbols are bytes")
            expect((data.dtype == np.uint8) == noise.startswith("flip"), f"data are {data.dtype}")
        for name, expected in (("cleaned.png", np.where(mean > 0.5, 0, 255)), ("probability.png", grey(mean)),
                               ("truth.png", np.where(truth == 1, 0, 255)), ("data.png", grey(1.0 - data / 255.0))):
            expect(np.array_equal(levels(output, name), expected), f"{noise}: {name} is not what samples.h5 says")
        wrong, left = ((data < 127.5) != (truth == 1)).mean(), ((mean > 0.5) != (truth == 1)).mean()
        print(f"{noise}: {wrong:.4f} of the pixels wrong before, {left:.4f} after")
        expect(left < wrong, "nothing was cleaned")


def same_bytes(bench):
    """On one rank and three, and with the draws in two launches."""
    reference = bench.scratch / "one"
    bench.run(bench.write("one", deck()), reference, 1)
    want = pictures(reference)
    for name, legs in (("three", ((3, 30),)), ("legs", ((2, 11), (3, 30)))):
        output = bench.scratch / name
        for ranks, draws in legs:
            bench.run(bench.write(name, deck()), output, ranks, f"run.draws={draws}")
        expect(pictures(output) == want, f"{name}: other pictures")
        compare(results(reference), output, name)
    (reference / "cleaned.png").unlink()
    bench.run(bench.scratch / "one.yaml", reference, 2)
    expect(pictures(reference) == want, "a complete run launched again makes other pictures")


def images_in_files(bench):
    """A picture, and the same levels in HDF5, give the same samples; another shape is refused with the right one."""
    made = bench.scratch / "made"
    bench.run(bench.write("made", deck()), made, 1)
    with h5py.File(made / "samples.h5") as file, h5py.File(bench.scratch / "levels.h5", "w") as other:
        other["page"] = file["data/image"][()]
    source = {"png": f"file: {made / 'data.png'}", "hdf5": "file: levels.h5, dataset: page"}
    for name, text in source.items():
        bench.run(bench.write(name, deck(source=text)), bench.scratch / name, 2)
        with h5py.File(made / "samples.h5") as a, h5py.File(bench.scratch / name / "samples.h5") as b:
            expect(np.array_equal(a["summary/mean"][()], b["summary/mean"][()]), f"{name}: other samples")
        expect(not (bench.scratch / name / "truth.png").exists(), "a truth out of nothing")
    job = bench.run(bench.scratch / "png.yaml", bench.scratch / "refused", 2, "domain.shape=[80, 60]", code=3)
    expect("set domain.shape: [60, 80]" in job.output, job.output)
    for option, text in (("domain.shape=[9, 80]", "no room for a letter"), ("target.simulate.text='{}'", "no letter for"),
                         ("domain.shape=[4800]", "an image has two axes"), ("target.gaussian.std=5.0", "either 'flip' or")):
        job = bench.run(bench.scratch / "made.yaml", bench.scratch / "refused", 2, option, code=2)
        expect(text in job.output, job.output)


main([show_the_summary, same_bytes, images_in_files], __doc__)
