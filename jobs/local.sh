#!/bin/bash
# A run on this machine, started again after each stop by run.wall_clock or USR1 until it is done:
#   jobs/local.sh RANKS DECK OUTPUT [key.path=value ...]
# Ctrl-C and TERM end it after a checkpoint (exit code 75); the same command goes on.

if [ $# -lt 3 ]; then
  echo "usage: local.sh RANKS DECK OUTPUT [key.path=value ...]" >&2
  exit 2
fi
ranks=$1 deck=$2 output=$3
shift 3

here=$(cd "$(dirname "$0")" && pwd) || exit 2
# shellcheck source=jobs/attempt.sh
. "$here/attempt.sh"
# No machine's environment here: what is on PATH is what runs. scorefield may be given in SCOREFIELD.
export OMP_NUM_THREADS=1
read -r -a launch <<<"${SCOREFIELD_MPIRUN:-mpirun}"

code=75
while [ "$code" -eq 75 ]; do
  # A session of its own: Ctrl-C is for this script, mpirun would kill the ranks.
  attempt "$output" setsid "${launch[@]}" -n "$ranks" "${SCOREFIELD:-scorefield}" run "$deck" --output "$output" "$@"
  code=$?
  [ "$code" -eq 75 ] || break
  case $asked in INT | TERM) break ;; esac
  may_go_on "$output" || break
done
exit "$code"
