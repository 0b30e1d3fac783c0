#!/bin/bash
# Where a job may not be requeued: LINKS jobs submitted at once, each of which waits for the one before and goes on
# from its checkpoint. Links that are not needed are cancelled by Slurm, or end at once after an error.
#   jobs/chain.sh LINKS [options of sbatch] slurm.sbatch DECK OUTPUT [key.path=value ...]

if [ $# -lt 4 ] || ! [ "$1" -ge 1 ] 2>/dev/null; then
  echo "usage: chain.sh LINKS [options of sbatch] slurm.sbatch DECK OUTPUT [key.path=value ...]" >&2
  exit 2
fi
links=$1
shift

export SCOREFIELD_ON_STOP=exit
job=
for ((link = 1; link <= links; ++link)); do
  export SCOREFIELD_LINK=$link
  # afternotok: 75, a time-out or a lost node starts the next link; success makes its dependency impossible.
  job=$(sbatch --parsable --no-requeue --export=ALL ${job:+--dependency=afternotok:$job --kill-on-invalid-dep=yes} "$@") || exit
  job=${job%%;*}
  echo "$job"
done
