"""A Slurm of one node for a test: munged, slurmctld and slurmd of this machine's packages, state in one folder.

Needs no systemd, no cgroups and nothing in /etc. Its daemons are ended by their pid files, and only by those.
"""

import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

PACKAGES = "munge slurmctld slurmd slurm-client"
os.environ["PATH"] += ":/usr/sbin:/sbin"


class Unavailable(Exception):
    """Slurm is not installed, or does not start here."""


def free_ports(count):
    sockets = [socket.socket() for _ in range(count)]
    for one in sockets:
        one.bind(("127.0.0.1", 0))
    ports = [one.getsockname()[1] for one in sockets]
    for one in sockets:
        one.close()
    return ports


class Cluster:
    """with Cluster(folder) as slurm: slurm("sbatch", ...)"""

    def __init__(self, folder):
        self.state = Path(folder)
        self.node = socket.gethostname().split(".")[0]
        self.environment = dict(os.environ, SLURM_CONF=str(self.state / "slurm.conf"))

    def __enter__(self):
        missing = [p for p in ("munged", "slurmctld", "slurmd", "sbatch", "scontrol") if not shutil.which(p)]
        if missing:
            raise Unavailable(f"{', '.join(missing)} not found; on Debian: apt-get install {PACKAGES}")
        try:
            self.start()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(self, *_):
        self.stop()

    def __call__(self, *command, check=True):
        """Output of a Slurm command."""
        done = subprocess.run(command, env=self.environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                              timeout=60)
        if check and done.returncode != 0:
            raise RuntimeError(f"{' '.join(command)}: {done.stderr.strip()}")
        return done.stdout.strip()

    def start(self):
        # munged refuses folders that others can write to, and its clients must reach the socket.
        for folder in (self.state, self.state / "ctld", self.state / "slurmd"):
            folder.mkdir(parents=True, exist_ok=True)
            folder.chmod(0o755)
        key = self.state / "munge.key"
        key.touch(mode=0o600)
        key.write_bytes(os.urandom(1024))
        ports = free_ports(2)
        text = (Path(__file__).parent / "slurm.conf.in").read_text()
        for name, value in (("STATE", self.state), ("NODE", self.node), ("USER", pwd.getpwuid(os.getuid()).pw_name),
                            ("CTLD_PORT", ports[0]), ("D_PORT", ports[1]), ("CPUS", max(2, os.cpu_count() or 1))):
            text = text.replace(f"@{name}@", str(value))
        (self.state / "slurm.conf").write_text(text)
        (self.state / "cgroup.conf").write_text("CgroupPlugin=cgroup/v1\n")  # else slurmd looks for systemd

        self.daemon("munged", "--force", *(f"--{o}={self.state / f'munge{e}'}" for o, e in (
            ("key-file", ".key"), ("socket", ".socket"), ("seed-file", ".seed"), ("log-file", "d.log"),
            ("pid-file", "d.pid"))))
        self.daemon("slurmctld")
        self.daemon("slurmd", "-N", self.node)
        end = time.monotonic() + 60
        while self("sinfo", "--noheader", "--Format=StateLong", check=False) != "idle":
            if time.monotonic() > end:
                log = self.state / "slurmctld.log"
                tail = log.read_text().splitlines()[-5:] if log.exists() else ["no slurmctld.log"]
                raise Unavailable("no idle node after 60 s:\n" + "\n".join(tail))
            self("scontrol", "update", f"nodename={self.node}", "state=resume", check=False)
            time.sleep(0.3)

    def daemon(self, *command):
        with open(self.state / f"{command[0]}.out", "w+") as out:
            try:
                code = subprocess.run(command, env=self.environment, stdin=subprocess.DEVNULL, stdout=out, stderr=out,
                                      timeout=60).returncode
            except subprocess.TimeoutExpired:
                code = "none in 60 s"
            if code != 0:
                out.seek(0)
                raise Unavailable(f"{' '.join(command)} failed with {code}: {out.read().strip()}")

    def stop(self):
        if (self.state / "slurmctld.pid").exists():
            jobs = self("squeue", "--noheader", "--format=%A", check=False).split()
            if jobs:
                self("scancel", *jobs, check=False)
                self.wait(lambda: not self("squeue", "--noheader", check=False), 40)
        for name in ("slurmd", "slurmctld", "munged"):
            self.end(self.state / f"{name}.pid")

    def end(self, pid_file):
        try:
            pid = int(pid_file.read_text())
            os.kill(pid, signal.SIGTERM)
        except (OSError, ValueError):
            return
        if not self.wait(lambda: not is_alive(pid), 15):
            os.kill(pid, signal.SIGKILL)

    @staticmethod
    def wait(condition, seconds):
        end = time.monotonic() + seconds
        while not condition():
            if time.monotonic() > end:
                return False
            time.sleep(0.1)
        return True


def is_alive(pid):
    try:
        # A zombie has ended: in a container nobody may be there to reap it.
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


if __name__ == "__main__":  # by hand: cluster.py FOLDER, until Enter
    with Cluster(sys.argv[1]) as by_hand:
        input(f"export SLURM_CONF={by_hand.state}/slurm.conf    (Enter ends it) ")
