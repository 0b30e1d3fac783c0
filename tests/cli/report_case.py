"""What the tests of the report share: a made-up run, its page, and what a reader sees of it."""

import contextlib
import importlib.util
import io
import re
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

SKIPPED = 77  # as tests/cli/CMakeLists.txt says
MISSING = [name for name in ("numpy", "h5py", "matplotlib") if importlib.util.find_spec(name) is None]
if MISSING:
    print(f"skipped: {sys.executable} has no {', '.join(MISSING)}")
    sys.exit(SKIPPED)

import h5py  # noqa: E402

REPORT = Path(__file__).resolve().parents[2] / "analysis" / "report.py"
sys.path.insert(0, str(REPORT.parent))

import report  # noqa: E402
from synthetic_run import make_run  # noqa: E402


def run_program(*arguments):
    command = [sys.executable, "-B", str(REPORT), *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, timeout=120)


def run_report(*arguments):
    """As run_program, within this process: the imports take longer than a report."""
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            code = report.main([str(argument) for argument in arguments])
        except SystemExit as stop:
            code = stop.code
    return subprocess.CompletedProcess(arguments, code, out.getvalue(), err.getvalue())


def plain(html):
    """The text of a page as a reader sees it."""
    without_style = re.sub(r"<style>.*?</style>", " ", html, flags=re.S)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", without_style))


class ReportTest(unittest.TestCase):
    def setUp(self):
        self.holder = tempfile.TemporaryDirectory()
        self.addCleanup(self.holder.cleanup)
        self.directory = Path(self.holder.name) / "run"

    def make(self, **options):
        return make_run(self.directory, sites=32, **options)

    def edit(self):
        return h5py.File(self.directory / "samples.h5", "r+")

    def report(self, *arguments):
        result = run_report(self.directory, *arguments)
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertEqual(result.stderr, "")
        return (self.directory / "report.html").read_text(encoding="utf-8")

    def refused(self, *words):
        result = run_report(self.directory)
        self.assertEqual(result.returncode, 3, result.stderr)
        self.assertNotIn("Traceback", result.stderr)
        self.assertFalse((self.directory / "report.html").exists())
        for word in words:
            self.assertIn(word, result.stderr)

    def figures(self):
        return {path.stem for path in (self.directory / "figures").glob("*")}
