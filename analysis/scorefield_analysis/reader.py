"""Reads the output directory of a run and trusts nothing in it.

A virtual dataset whose source file is missing reads as fill values without any error, so every source is looked up
before a number is used: a gap is refused, never shown.
"""

import json
import os
import re
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

# The run may still be writing next to us; a reader must never hold a lock against it.
os.environ.setdefault("HDF5_USE_FILE_LOCKING", "FALSE")

import h5py  # noqa: E402  (after the environment is set)
import numpy as np  # noqa: E402

FORMAT = "scorefield-samples"
NEWEST_VERSION = 1


class DamagedFile(Exception):
    """A file is missing, cannot be read or cannot be trusted."""


@dataclass
class Array:
    """Values of a dataset and their unit ('' where the file names none)."""

    values: np.ndarray
    unit: str = ""


@dataclass
class Run:
    """All that the report shows of one output directory. Entries the file lacks are None or empty."""

    directory: Path
    attributes: dict
    shape: tuple  # sites along (z,) y, x
    spacing: tuple  # along the same axes
    unit: str  # of lengths
    deck: str = ""
    log: str = ""
    status: dict | None = None
    mean: Array | None = None
    std: Array | None = None
    draw: Array | None = None  # the last stored draw of the first chain
    stored_draws: tuple = (0, 0)  # chains, draws with stored fields
    steps: np.ndarray | None = None  # step of each stored draw
    traces: dict = field(default_factory=dict)  # name -> Array [chain, draw] or [chain, draw, bin]
    bins: dict = field(default_factory=dict)  # name -> Array [bin]
    diagnostics: dict = field(default_factory=dict)  # statistic -> {observable: Array, scalar or [bin]}
    of_chains: dict = field(default_factory=dict)  # what each chain counts (gradients ...) -> [chain]
    expected: dict = field(default_factory=dict)  # observable -> Array of means known under the target
    truth: Array | None = None
    wiener: Array | None = None
    mask: np.ndarray | None = None
    notes: list = field(default_factory=list)  # what is missing, for the reader of the report

    @property
    def is_posterior(self):
        return "posterior" in str(self.attributes.get("target", "")).lower()

    @property
    def complete(self):
        state = self.attributes.get("state")
        return (state == "complete") if state is not None else (self.status or {}).get("state") in ("complete", "done")

    @property
    def sampling_seconds(self):
        """Wall clock of the steps after the warm-up; None where unknown."""
        seconds = (self.status or {}).get("sampling_seconds")
        return float(seconds) if isinstance(seconds, (int, float)) and seconds > 0 else None

    @property
    def chains_and_draws(self):
        """Chains and draws per chain of the traces; of the stored fields where there are no traces."""
        for array in self.traces.values():
            return array.values.shape[:2]
        return self.stored_draws


def text(value):
    """An attribute or scalar as str, whatever way HDF5 kept it."""
    if isinstance(value, np.ndarray) and value.size == 1:
        value = value.reshape(-1)[0]
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    return str(value)


def _plain(value):
    """An attribute as a plain Python value."""
    if isinstance(value, np.ndarray):
        return [_plain(v) for v in value.tolist()]
    if isinstance(value, np.generic):
        return _plain(value.item())
    return text(value) if isinstance(value, bytes) else value


def _side_file(directory, name, run_notes):
    path = directory / name
    if not path.exists():
        run_notes.append(f"{name} is missing.")
        return ""
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError as error:
        raise DamagedFile(f"{path} cannot be read: {error}") from error


class _Sources:
    """The files behind virtual datasets, each opened once."""

    def __init__(self, directory):
        self._directory = directory
        self._shapes = {}

    @contextmanager
    def _open(self, file_name):
        path = self._directory / file_name
        if not path.exists():
            raise DamagedFile(f"segment {path} is missing: its draws would read as fill values")
        try:
            with h5py.File(path, "r") as source:
                yield source
        except (OSError, RuntimeError, KeyError, ValueError) as error:
            raise DamagedFile(f"segment {path} is damaged: {error}") from error

    def check_manifest(self, file_name, manifest):
        with self._open(file_name) as source:
            stored = source.attrs.get("manifest")
        if manifest is not None and (stored is None or int(stored) != int(manifest)):
            raise DamagedFile(f"segment {self._directory / file_name} is not the file that was written")

    def shape(self, file_name, dataset):
        key = (file_name, dataset)
        if key not in self._shapes:
            with self._open(file_name) as source:
                if dataset not in source:
                    raise DamagedFile(f"segment {self._directory / file_name} has no dataset {dataset}")
                self._shapes[key] = source[dataset].shape
        return self._shapes[key]

    def check(self, dataset):
        """Every element of a virtual dataset comes from a file that is there and large enough."""
        covered = 0
        for source in dataset.virtual_sources():
            covered += source.vspace.get_select_npoints()
            if source.file_name == ".":
                continue
            shape = self.shape(source.file_name, source.dset_name)
            needed = source.vspace.get_select_npoints()
            if source.src_space.get_select_type() == h5py.h5s.SEL_ALL:  # such a space knows no extent
                fits = int(np.prod(shape)) >= needed
            else:
                _, last = source.src_space.get_select_bounds()
                fits = len(last) == len(shape) and all(i < n for i, n in zip(last, shape))
            if not fits:
                path = self._directory / source.file_name
                raise DamagedFile(f"segment {path}: {source.dset_name} has fewer draws than samples.h5 promises")
        if covered < dataset.size:
            raise DamagedFile(f"{dataset.name} has a gap: {covered} of {dataset.size} values are in segments")


def _listed_segments(file):
    """[(name, manifest or None)] of the segments that the file lists in /segments/{first, count, manifest}."""
    table = file.get("segments")
    if not isinstance(table, h5py.Group) or "first" not in table or "count" not in table:
        return []
    first, count = (np.atleast_1d(table[name][()]) for name in ("first", "count"))
    manifest = np.atleast_1d(table["manifest"][()]) if "manifest" in table else [None] * len(first)
    return [(f"segments/draws-{f}-{c}.h5", m) for f, c, m in zip(first, count, manifest)]


def _check_segments(file, directory):
    """Refuses a segment that is missing, damaged or not the one written, and a gap behind a virtual dataset."""
    sources = _Sources(directory)
    for name, manifest in _listed_segments(file):
        sources.check_manifest(name, manifest)

    def visit(_, item):
        if isinstance(item, h5py.Dataset) and item.is_virtual:
            sources.check(item)

    file.visititems(visit)


def _array(file, name):
    if name not in file:
        return None
    dataset = file[name]
    return Array(dataset[()], text(dataset.attrs.get("unit", "")))


def _field(run, file, name, what):
    """A field whose last axes are the lattice's; returned as [component, (z,) y, x]."""
    array = _array(file, name)
    if array is None:
        return None
    if array.values.shape[-len(run.shape):] != run.shape or array.values.ndim > len(run.shape) + 1:
        raise DamagedFile(f"{name} has shape {array.values.shape}, the lattice is {run.shape}")
    array.values = array.values.reshape((-1,) + run.shape).astype(float)
    bad = np.count_nonzero(~np.isfinite(array.values))
    if bad:
        run.notes.append(f"The {what} has {bad} values that are not finite; they are drawn in grey.")
    return array


def _last_draw(run, file):
    if "draws" not in file:
        return
    names = [n for n, d in file["draws"].items() if isinstance(d, h5py.Dataset) and d.ndim >= 2 + len(run.shape)]
    if not names:
        return
    draws = file["draws"]["x" if "x" in names else names[0]]
    if draws.shape[-len(run.shape):] != run.shape or draws.ndim > 3 + len(run.shape):
        raise DamagedFile(f"{draws.name} has shape {draws.shape}, the lattice is {run.shape}")
    run.stored_draws = draws.shape[:2]
    if min(run.stored_draws) == 0:
        return
    values = draws[0, -1]
    if not np.all(np.isfinite(values)):
        raise DamagedFile(f"{draws.name} holds values that are not finite in its last draw: a gap or a broken run")
    run.draw = Array(values.reshape((-1,) + run.shape).astype(float), text(draws.attrs.get("unit", "")))


def _numbers(value):
    """Numbers of an attribute or dataset: an array, or a text such as "[64, 64]"."""
    if isinstance(value, (str, bytes)):
        value = re.findall(r"[-+.\deE]+", text(value))
    return [float(v) for v in np.atleast_1d(value)]


def _domain(file):
    """Shape, spacing and unit of lengths: attributes of the root or of /domain, or datasets in /domain."""
    group = file.get("domain")
    places = [file.attrs] + ([group.attrs] if group is not None else [])

    def find(key):
        if group is not None and isinstance(group, h5py.Group) and isinstance(group.get(key), h5py.Dataset):
            return group[key][()]
        return next((p[k] for p in places for k in (key, f"domain_{key}") if k in p), None)

    shape, spacing, unit = find("shape"), find("spacing"), find("unit")
    if shape is None:
        raise DamagedFile(f"{file.filename} does not say the shape of its lattice")
    shape = tuple(int(n) for n in _numbers(shape))
    spacing = np.broadcast_to(1.0 if spacing is None else _numbers(spacing), len(shape))
    return shape, tuple(float(h) for h in spacing), "" if unit is None else text(unit)


def _read_samples(path, notes):
    with h5py.File(path, "r") as file:
        attributes = {key: _plain(value) for key, value in file.attrs.items()}
        if attributes.get("format") != FORMAT:
            raise DamagedFile(f"{path} is no samples file of scorefield (format: {attributes.get('format')!r})")
        if int(float(str(attributes.get("format_version", 1)).split(".")[0])) > NEWEST_VERSION:
            raise DamagedFile(f"{path} has format version {attributes['format_version']}, newer than {NEWEST_VERSION}")
        _check_segments(file, path.parent)
        shape, spacing, unit = _domain(file)
        run = Run(path.parent, attributes, shape, spacing, unit, notes=notes)
        run.mean = _field(run, file, "summary/mean", "mean")
        run.std = _field(run, file, "summary/std", "standard deviation")
        run.truth = _field(run, file, "truth/x", "true field")
        run.wiener = _field(run, file, "wiener/mean", "Wiener mean")
        _last_draw(run, file)
        if "draws/step" in file:
            run.steps = np.atleast_1d(file["draws/step"][()])
        for name in file.get("trace", {}):
            array = _array(file, f"trace/{name}")
            if array.values.ndim in (2, 3) and array.values.size:
                run.traces[name] = array
        for name in file.get("bins", {}):
            run.bins[name] = _array(file, f"bins/{name}")
        for statistic in file.get("diagnostics", {}):
            group = file["diagnostics"][statistic]
            if isinstance(group, h5py.Group):
                run.diagnostics[statistic] = {n: _array(file, f"diagnostics/{statistic}/{n}") for n in group}
            elif group.ndim == 1:
                run.of_chains[statistic] = group[()].astype(float)
        for name in file.get("expected", {}):
            run.expected[name] = _array(file, f"expected/{name}")
        if "data/mask" in file:
            mask = np.asarray(file["data/mask"][()], dtype=float)
            if mask.shape[-len(shape):] == shape:
                run.mask = mask.reshape((-1,) + shape)[0]
    return run


def read_run(directory):
    """Reads `directory`; raises DamagedFile with a message for the user where a file cannot be trusted."""
    directory = Path(directory)
    path = directory / "samples.h5"
    if not directory.is_dir():
        raise DamagedFile(f"{directory} is not a directory")
    if not path.exists():
        raise DamagedFile(f"{path} is missing: nothing has been sampled into this directory")
    notes = []
    try:
        run = _read_samples(path, notes)
    # h5py raises RuntimeError, KeyError or ValueError, too, on damaged headers.
    except (OSError, RuntimeError, KeyError, ValueError, TypeError) as error:
        raise DamagedFile(f"{path} cannot be read: {error}") from error
    run.deck = _side_file(directory, "deck.resolved.yaml", notes) or str(run.attributes.get("deck", ""))
    run.log = _side_file(directory, "run.log", notes)
    status = _side_file(directory, "status.json", notes)
    if status:
        try:
            run.status = json.loads(status)
        except ValueError as error:
            raise DamagedFile(f"{directory / 'status.json'} is damaged: {error}") from error
        if not isinstance(run.status, dict):
            raise DamagedFile(f"{directory / 'status.json'} is damaged: no JSON object")
    return run


def deck_value(deck, key):
    """First value of `key` in the text of a resolved deck, block or flow style; None where there is none."""
    match = re.search(rf"(?:^|[\s{{,]){re.escape(key)}:[ \t]*(\"[^\"]*\"|'[^']*'|[^\s,}}#]+)", deck)
    return match.group(1).strip("\"'") if match else None


def deck_files(deck):
    """All values of `file:` and `path:` keys in the text of a deck, in order, without repeats."""
    found = re.findall(r"(?:^|[\s{,])(?:file|path|data|table):[ \t]*(\"[^\"]*\"|'[^']*'|[^\s,}{\[#]+)", deck)
    return list(dict.fromkeys(value.strip("\"'") for value in found))
