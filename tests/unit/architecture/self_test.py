"""Every law of check_architecture.py is seen to be broken, and its lawful neighbour to pass."""

import sys

from check_architecture import check

H = "#pragma once\n"
BROKEN = {
    "upwards include": {"src/grid/a.cpp": '#include "model/target.hpp"\n'},
    "sideways include": {"src/deck/a.cpp": '#include "grid/field.hpp"\n'},
    "reduce and io apart": {"src/io/a.cpp": '#include "reduce/rows.hpp"\n'},
    "physics sees samplers": {"physics/x/a.cpp": '#include "samplers/langevin/langevin.hpp"\n'},
    "samplers see physics": {"samplers/x/a.cpp": '#include "physics/gaussian/spectrum.hpp"\n'},
    "tasks see samplers": {"tasks/a.cpp": '#include "samplers/langevin/langevin.hpp"\n'},
    "tasks see run": {"tasks/a.cpp": '#include "run/run_deck.hpp"\n'},
    "model sees physics": {"src/model/a.cpp": '#include "physics/gaussian/spectrum.hpp"\n'},
    "physics sees run": {"physics/x/a.cpp": '#include "run/loop.hpp"\n'},
    "yaml in a header": {"src/deck/a.hpp": H + "#include <yaml-cpp/yaml.h>\n"},
    "yaml twice": {"src/deck/a.cpp": "#include <yaml-cpp/yaml.h>\n", "src/deck/b.cpp": "#include <yaml-cpp/yaml.h>\n"},
    "fftw outside grid": {"src/reduce/a.cpp": "#include <fftw3.h>\n"},
    "petsc in a header": {"samplers/x/a.hpp": H + "#include <petscksp.h>\n"},
    "petsc twice": {"samplers/x/a.cpp": "#include <petscksp.h>\n", "physics/x/b.cpp": "#include <petscvec.h>\n"},
    "png outside io": {"src/model/a.cpp": "#include <png.h>\n"},
    "torch outside learned": {"src/model/a.cpp": "#include <torch/script.h>\n"},
    "measured plan": {"src/grid/fft.cpp": "f(FFTW_MEASURE);\n"},
    "wisdom": {"src/grid/fft.cpp": "fftw_import_wisdom_from_filename(x);\n"},
    "long file": {"src/base/a.cpp": "\n" * 401},
    "no pragma once": {"src/base/a.hpp": "int f();\n"},
    "relative include": {"src/grid/a.cpp": '#include "../base/mpi.hpp"\n'},
    "kokkos version": {"src/grid/a.cpp": "#if KOKKOS_VERSION >= 40000\n"},
    "cartesian communicator": {"src/grid/a.cpp": "MPI_Cart_create(x);\n"},
    "sum of doubles": {"src/reduce/a.cpp": "MPI_Allreduce(a, b, 1,\n  MPI_DOUBLE, MPI_SUM, c);\n"},
}
LAWFUL = {
    "src/grid/fft.cpp": '#include <fftw3.h>\n#include "base/mpi.hpp"\n// never FFTW_MEASURE\nf(FFTW_ESTIMATE);\n',
    "src/grid/line_fft.cpp": "#include <fftw3.h>\n",
    "src/deck/parse.cpp": "#include <yaml-cpp/yaml.h>\n",
    "samplers/exact/ksp.cpp": '#include <petscksp.h>\n#include "model/target.hpp"\n',
    "src/app/main.cpp": '#include "physics/register.hpp"\n#include "samplers/register.hpp"\n#include "run/loop.hpp"\n',
    "src/base/kokkos_compat.hpp": H + "#if KOKKOS_VERSION >= 40000\n#endif\n",
    "src/base/a.cpp": "\n" * 400,
    "src/base/mpi.cpp": "MPI_Allreduce(a, b, 1, MPI_INT64_T, MPI_SUM, c);\nMPI_Bcast(x, n, MPI_DOUBLE, r, c);\n",
}

failures = [f"not noticed: {name}" for name, files in BROKEN.items() if len(check(files)) != 1]
failures += [f"wrongly refused: {problem}" for problem in check(LAWFUL)]
print("\n".join(failures) or f"{len(BROKEN)} breaches noticed, {len(LAWFUL)} lawful files passed")
sys.exit(1 if failures else 0)
