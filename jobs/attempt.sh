# shellcheck shell=bash
# What the job scripts share: one attempt at a run, its code, and whether another one is worth while. Sourced.
#
#   attempt OUTPUT COMMAND...   runs COMMAND; USR1, TERM and INT that this script gets reach it as USR1. Returns
#                               scorefield's exit code as status.json in OUTPUT has it, for mpirun may hide it.
#   may_go_on OUTPUT            true where, after a 75, a further attempt can be expected to get further
#   asked                       the signal that came during the attempt, or empty
#
# OUTPUT/attempts.txt gets one line an attempt: when, job, step before, step after, code.

SCOREFIELD_MAX_STARTS=${SCOREFIELD_MAX_STARTS:-500}     # attempts at one run, all together
SCOREFIELD_MAX_USELESS=${SCOREFIELD_MAX_USELESS:-3}     # attempts in a row that end at the step they began with

asked=
caught=
child=

say() { printf '%(%F %T)T job: %s\n' -1 "$*"; }

# A value of status.json, empty where there is none. The file is replaced as a whole: it is never half written.
status_of() { sed -n 's/.*"'"$2"'": "\{0,1\}\([^",}]*\).*/\1/p' "$1/status.json" 2>/dev/null; }

# mpirun hands USR1 on to the ranks and then waits for their checkpoint; TERM would make it kill them.
forward() {
  asked=$1 caught=yes
  [ -n "$child" ] || return 0
  say "got $1: asks the run for a checkpoint"
  kill -USR1 "$child" 2>/dev/null || say "the run has already ended"
}

attempt() {
  local output=$1 before after stamp state code
  shift
  mkdir -p "$output" || return 3
  before=$(status_of "$output" step)
  stamp=$(stat -c '%i %y' "$output/status.json" 2>/dev/null)
  asked='' child=''
  trap 'forward USR1' USR1
  trap 'forward TERM' TERM
  trap 'forward INT' INT
  # In the background, since bash runs a trap only between commands; the trap also ends `wait`, hence the loop.
  "$@" </dev/null &
  child=$!
  [ -z "$asked" ] || forward "$asked"
  while
    caught=''
    wait "$child"
    code=$?
    [ -n "$caught" ]
  do :; done
  child=''
  trap '' USR1 TERM INT # what follows is short, and must not be cut off before the job is put back into the queue

  after=$(status_of "$output" step)
  state=$(status_of "$output" state)
  # An old status.json says nothing about this attempt.
  [ "$(stat -c '%i %y' "$output/status.json" 2>/dev/null)" != "$stamp" ] || state=silent
  case $state in
    complete) code=0 ;;
    stopped) code=75 ;;
    failed)
      code=$(status_of "$output" code)
      [ "${code:-0}" -ne 0 ] || code=70
      ;;
    # Killed in mid-run. Where we had asked it to stop it was only too slow, and goes on from its last checkpoint.
    *)
      [ "$code" -ne 0 ] || code=70
      [ -z "$asked" ] || code=75
      ;;
  esac
  printf '%(%FT%T)T %s %s %s %s\n' -1 "${SLURM_JOB_ID:-${PBS_JOBID:-$$}}" "${before:-0}" "${after:-0}" "$code" \
    >>"$output/attempts.txt"
  say "attempt ended: step ${before:-0} -> ${after:-0}, $state, code $code"
  return "$code"
}

may_go_on() {
  local starts useless
  starts=$(wc -l <"$1/attempts.txt") || return 1
  useless=$(awk '{ n = ($4 > $3) ? 0 : n + 1 } END { print n + 0 }' "$1/attempts.txt")
  if [ "$useless" -ge "$SCOREFIELD_MAX_USELESS" ]; then
    say "$useless attempts in a row got no further: stops here; see $1/run.log and $1/attempts.txt"
    return 1
  fi
  if [ "$starts" -ge "$SCOREFIELD_MAX_STARTS" ]; then
    say "$starts attempts: stops here; give it more time an attempt, or raise SCOREFIELD_MAX_STARTS"
    return 1
  fi
}
