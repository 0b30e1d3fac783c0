"""Reads the output directory of a run and trusts nothing in it.

A virtual dataset whose source file is missing reads as fill values without any error, so every source is looked up
before a number is used: a gap is refused, never shown.
"""

import json
import os
import re
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

    def shape(self, file_name, dataset):
        key = (file_name, dataset)
        if key not in self._shapes:
            path = self._directory / file_name
            if not path.exists():
                raise DamagedFile(f"segment {path} is missing: its draws would read as fill values")
            try:
                with h5py.File(path, "r") as source:
                    if dataset is not None and dataset not in source:
                        raise DamagedFile(f"segment {path} has no dataset {dataset}")
                    self._shapes[key] = source[dataset].shape if dataset is not None else ()
            except OSError as error:
                raise DamagedFile(f"segment {path} is damaged: {error}") from error
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
    """Names in the list of segments: a dataset or an attribute of strings, or a table with a column of names."""
    for holder, key in ((file, "draws/segments"), (file, "segments")):
        if key in file and isinstance(file[key], h5py.Dataset):
            table = file[key][()]
            break
    else:
        groups = [file] + ([file["draws"]] if "draws" in file else [])
        table = next((g.attrs["segments"] for g in groups if "segments" in g.attrs), np.array([], dtype="S1"))
    table = np.atleast_1d(table)
    if table.dtype.names:
        column = next((n for n in ("file", "name", "path") if n in table.dtype.names), table.dtype.names[0])
        table = table[column]
    return [name.split()[0] for name in map(text, table.reshape(-1)) if name.strip()]


def _check_segments(file, directory):
    sources = _Sources(directory)
    for name in _listed_segments(file):
        sources.shape(name if (directory / name).exists() or "/" in name else f"segments/{name}", None)

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


def _domain(file):
    """Shape, spacing and unit of lengths, from the attributes of the root or of /domain."""
    places = [file.attrs] + ([file["domain"].attrs] if "domain" in file else [])

    def find(*keys):
        return next((p[k] for p in places for k in keys if k in p), None)

    shape = find("shape", "domain_shape")
    if shape is None:
        raise DamagedFile(f"{file.filename} does not say the shape of its lattice")
    shape = tuple(int(n) for n in np.atleast_1d(shape))
    spacing = find("spacing", "domain_spacing")
    spacing = np.broadcast_to(1.0 if spacing is None else np.asarray(spacing, dtype=float), len(shape))
    unit = find("unit", "domain_unit")
    return shape, tuple(float(h) for h in spacing), "" if unit is None else text(unit)


def _read_samples(path, notes):
    with h5py.File(path, "r") as file:
        attributes = {key: _plain(value) for key, value in file.attrs.items()}
        if attributes.get("format") != FORMAT:
            raise DamagedFile(f"{path} is no samples file of scorefield (format: {attributes.get('format')!r})")
        if int(float(str(attributes.get("format_version", 1)).split(".")[0])) > NEWEST_VERSION:
            raise DamagedFile(f"{path} has format version {attributes['format_version']}; this report knows up to {NEWEST_VERSION}")
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
