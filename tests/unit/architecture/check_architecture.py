"""Greps the laws of the house (ARCHITECTURE.md): who may include whom, and what no file may hold.

    python3 check_architecture.py ROOT      prints file:line: what is wrong, exit 1 when anything is
"""

import pathlib
import re
import sys

# Each folder with the folders it may include, its own aside. Physics, samplers and tasks see src/ up to model, never
# each other; app brings all together.
BASE = {"base"}
SECOND = BASE | {"deck", "noise", "grid"}
THIRD = SECOND | {"reduce", "io"}
MODEL = THIRD | {"model"}
ALLOWED = {
    "base": set(),
    "deck": BASE,
    "noise": BASE | {"grid"},  # white noise on the sites and modes of a domain
    "grid": BASE,
    "reduce": SECOND,
    "io": SECOND,
    "model": THIRD,
    "run": MODEL,
    "app": MODEL | {"run", "physics", "samplers", "tasks"},
    "physics": MODEL,
    "samplers": MODEL,
    "tasks": MODEL,
}

# Headers of a library, and the one kind of file that may include them.
ADAPTERS = [
    (re.compile(r"yaml-cpp/"), re.compile(r"src/deck/\w+\.cpp$"), 1),
    (re.compile(r"fftw3(-mpi)?\.h"), re.compile(r"src/grid/\w*fft\w*\.cpp$"), None),
    (re.compile(r"petsc\w*\.h"), re.compile(r"(src|physics|samplers)/[\w/]+\.cpp$"), 1),
    (re.compile(r"png\.h"), re.compile(r"src/io/\w+\.cpp$"), 1),
    (re.compile(r"(torch|ATen|c10)/"), re.compile(r"physics/learned/\w+\.cpp$"), 1),
]

FORBIDDEN = [
    (re.compile(r"\bFFTW_(MEASURE|PATIENT|EXHAUSTIVE|WISDOM_ONLY)\b|\bfftwf?_\w*wisdom\w*"),
     "FFTW may only plan with FFTW_ESTIMATE: measured plans and wisdom change bits between runs"),
    (re.compile(r"-ffast-math|-funsafe-math|-Ofast"), "unsafe maths flags change bits"),
    (re.compile(r"\bKOKKOS_CLASS_LAMBDA\b"), "undefined in Kokkos 3.4: copy members to locals, then KOKKOS_LAMBDA"),
    (re.compile(r"\bMPI_Cart_create\b"), "a Cartesian communicator corrupts HDF5 files (open-mpi/ompi#12718)"),
    (re.compile(r"\bH5Pset_(coll_metadata_write|all_coll_metadata_ops)\b"),
     "collective metadata deadlocks on a failed write in HDF5 1.10.8"),
    (re.compile(r"#\s*(if|ifdef|elif)\b.*\bKOKKOS_VERSION\b"), "only base/kokkos_compat.hpp may ask for the version"),
    # A raw reduction of floating-point partial sums depends on the rank count: use reduce::ExactSum.
    (re.compile(r"MPI_(All)?[Rr]educe\b[^;]*MPI_DOUBLE[^;]*MPI_SUM", re.S), "use reduce::ExactSum"),
]
EXEMPT = {"src/base/kokkos_compat.hpp": "only base/kokkos_compat.hpp may ask for the version"}

MAX_LINES = 400
INCLUDE = re.compile(r'^\s*#\s*include\s*[<"]([^>"]+)[>"]')


def layer(path):
    """`grid` for src/grid/field.hpp, `physics` for physics/gaussian/spectrum.cpp."""
    parts = path.split("/")
    return parts[1] if parts[0] == "src" else parts[0]


def included_layer(header):
    first = header.split("/")[0]
    return first if "/" in header and first in ALLOWED else None


def without_comments(text):
    """Comments blanked, line numbers kept: a comment may name what the code may not."""
    text = re.sub(r"/\*.*?\*/", lambda m: re.sub(r"[^\n]", " ", m.group()), text, flags=re.S)
    return re.sub(r"//[^\n]*", "", text)


def check_file(path, text):
    """Problems of one file as (line, text)."""
    here = layer(path)
    lines = text.split("\n")
    if len(lines) - 1 > MAX_LINES:
        yield MAX_LINES, f"{len(lines) - 1} lines; at most {MAX_LINES}: a file does one thing"
    if path.endswith(".hpp") and "#pragma once" not in text:
        yield 1, "a header begins with #pragma once"
    code = without_comments(text)
    for number, line in enumerate(code.split("\n"), 1):
        match = INCLUDE.match(line)
        if not match:
            continue
        header = match.group(1)
        if header.startswith("."):
            yield number, f"includes {header}: name it from its include root, as \"grid/field.hpp\""
        target = included_layer(header)
        if target and target != here and target not in ALLOWED[here]:
            yield number, f"{here} may not include {target} ({header})"
        for library, allowed_in, _ in ADAPTERS:
            if library.match(header) and not allowed_in.match(path):
                yield number, f"{header} belongs in one adapter ({allowed_in.pattern})"
    for pattern, why in FORBIDDEN:
        if EXEMPT.get(path) == why:
            continue
        for match in pattern.finditer(code):
            yield code.count("\n", 0, match.start()) + 1, f"{match.group().splitlines()[0]}: {why}"


def check(files):
    """Problems of {path: text} as `path:line: text`."""
    problems = []
    users = {i: [] for i in range(len(ADAPTERS))}
    for path, text in sorted(files.items()):
        problems += [f"{path}:{line}: {what}" for line, what in check_file(path, text)]
        for line in without_comments(text).split("\n"):
            match = INCLUDE.match(line)
            for i, (library, _, _) in enumerate(ADAPTERS):
                if match and library.match(match.group(1)) and path not in users[i]:
                    users[i].append(path)
    for i, (library, _, limit) in enumerate(ADAPTERS):
        if limit and len(users[i]) > limit:
            problems.append(f"{users[i][1]}:1: {library.pattern} is included by more than one file: {users[i]}")
    return problems


def main(root):
    root = pathlib.Path(root)
    files = {
        path.relative_to(root).as_posix(): path.read_text(encoding="utf-8")
        for folder in ("src", "physics", "samplers", "tasks")
        for path in (root / folder).rglob("*")
        if path.suffix in (".hpp", ".cpp", ".in")
    }
    if not files:
        print(f"no sources under {root}")
        return 1
    problems = check(files)
    print("\n".join(problems) or f"{len(files)} files keep the laws")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
