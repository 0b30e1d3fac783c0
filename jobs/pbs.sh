#!/bin/bash
# A run under PBS that submits itself again until it is done:
#   qsub -v DECK=deck.yaml,OUTPUT=out/run[,OVERRIDES="key.path=value ..."] pbs.sh      (OVERRIDES without commas)
# Copy it to where you call qsub and set the lines below: options given to qsub are lost when it submits itself.
# PBS gives a job only seconds between SIGTERM and SIGKILL, so the run itself watches the clock.
#PBS -N scorefield
#PBS -l select=1:ncpus=2:mpiprocs=2
#PBS -l walltime=04:00:00
#PBS -j oe
#PBS -r y

WALL_CLOCK=03:55:00                 # a little less than the walltime above
: "${SCRIPT:=pbs.sh}"               # this file, seen from where qsub was called
: "${SCOREFIELD_ON_STOP:=resubmit}" # exit: where jobs may not submit jobs
: "${SCOREFIELD_JOBS:=$HOME/scorefield/share/scorefield/jobs}"
: "${SCOREFIELD_MACHINE:=example}"

cd "${PBS_O_WORKDIR:-.}" || exit 2
if [ -z "${DECK:-}" ] || [ -z "${OUTPUT:-}" ]; then
  echo "usage: qsub -v DECK=deck.yaml,OUTPUT=out/run pbs.sh" >&2
  exit 2
fi
read -r -a overrides <<<"${OVERRIDES:-}"

# shellcheck source=jobs/attempt.sh
. "$SCOREFIELD_JOBS/attempt.sh" || exit 2
# shellcheck source=jobs/machines/example/environment.sh
. "$SCOREFIELD_JOBS/machines/$SCOREFIELD_MACHINE/environment.sh" || exit 2

attempt "$OUTPUT" "${SCOREFIELD_LAUNCH[@]}" scorefield run "$DECK" --output "$OUTPUT" "run.wall_clock=\"$WALL_CLOCK\"" \
  "${overrides[@]}"
code=$?

# TERM is qdel's, too: who asked for the end does not want the job back.
if [ "$code" -eq 75 ] && [ "$asked" != TERM ] && [ "$SCOREFIELD_ON_STOP" = resubmit ] && may_go_on "$OUTPUT"; then
  again="DECK=$DECK,OUTPUT=$OUTPUT,OVERRIDES=${OVERRIDES:-},SCRIPT=$SCRIPT"
  for name in SCOREFIELD_JOBS SCOREFIELD_MACHINE SCOREFIELD_PREFIX SCOREFIELD_ON_STOP SCOREFIELD_MAX_STARTS \
    SCOREFIELD_MAX_USELESS; do
    [ -n "${!name:-}" ] && again+=",$name=${!name}"
  done
  qsub -v "$again" "$SCRIPT" || say "cannot submit from a job here: submit it again by hand"
fi
exit "$code"
