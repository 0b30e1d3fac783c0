#!/bin/sh
# io_full_disk.sh DRIVER MPIRUN...: a checkpoint that does not fit onto its device. Needs root, to mount a small tmpfs.
driver=$1
shift
directory=$(mktemp -d) || exit 1
if ! mount -t tmpfs -o size=1m tmpfs "$directory" 2>/dev/null; then
  rmdir "$directory"
  echo "SKIPPED: this user cannot mount a small tmpfs"
  exit 77
fi
trap 'umount "$directory"; rmdir "$directory"' EXIT

fail() {
  echo "FAILED: $1"
  echo "$output"
  exit 1
}
output=$("$@" -n 2 "$driver" write "$directory" 10 2>&1) || fail "a small checkpoint did not fit"
before=$(sha1sum "$directory/checkpoint-10.h5")
output=$("$@" -n 2 "$driver" write "$directory" 11 4 2>&1)
[ $? -eq 3 ] || fail "exit code is not 3"
echo "$output" | grep -q "no space on the device of $directory: .* needed, .* free" || fail "no reason with bytes needed and free"
[ "$(ls "$directory")" = checkpoint-10.h5 ] || fail "left behind: $(ls "$directory")"
[ "$(sha1sum "$directory/checkpoint-10.h5")" = "$before" ] || fail "the old checkpoint was touched"
output=$("$@" -n 3 "$driver" check "$directory" 2>&1)
echo "$output" | grep -q "newest 10" || fail "the old checkpoint does not load"
echo "passed"
