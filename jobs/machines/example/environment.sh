# shellcheck shell=bash
# What a job needs on this machine; sourced by the job scripts. Copy the folder, name it after yours, correct it.

# module purge && module load gcc/12 openmpi/4.1 hdf5/1.14-parallel fftw/3.3 petsc/3.20
# . "$HOME/spack/share/spack/setup-env.sh" && spack load openmpi kokkos petsc hdf5 fftw yaml-cpp fmt spdlog
export PATH="${SCOREFIELD_PREFIX:-$HOME/scorefield}/bin:$PATH"

export OMP_NUM_THREADS=1 # ranks, not threads; a BLAS with threads would fight them for cores

# The launcher takes ranks and nodes from the scheduler. It must hand USR1 on to the ranks: mpirun and srun do.
# shellcheck disable=SC2034  # read by the job scripts
SCOREFIELD_LAUNCH=(mpirun)
# SCOREFIELD_LAUNCH=(srun)   # where MPI is built for it: srun --mpi=list
