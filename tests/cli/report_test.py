"""analysis/report.py on made-up runs: what the page says, what it does without an entry, what it refuses."""

import base64
import re
import unittest
from pathlib import Path

from report_case import ReportTest, plain, run_program, run_report  # first: it skips where a package is missing

import h5py
import numpy as np
from matplotlib import image

ALL_FIGURES = {
    "mean", "std", "draw", "truth", "wiener_mean", "mask", "power_spectrum", "trace_energy", "trace_acceptance",
    "convergence_power_spectrum",
}  # fmt: skip


class Complete(ReportTest):
    def test_page_is_one_file_with_every_figure(self):
        self.make()
        html = self.report()
        self.assertEqual(self.figures(), ALL_FIGURES)
        embedded = {
            name: base64.b64decode(data)
            for name, data in re.findall(r'<figure id="(\w+)"><img [^>]*src="data:image/png;base64,([^"]+)"', html)
        }
        self.assertEqual(set(embedded), ALL_FIGURES)
        for name, data in embedded.items():
            path = self.directory / "figures" / f"{name}.png"
            self.assertEqual(data, path.read_bytes())
            self.assertGreater(np.ptp(image.imread(path)[..., :3]), 0.5)  # something is drawn
        self.assertNotRegex(html, r'(?:src|href)="(?!data:)')
        self.assertNotRegex(html, r"<script|https?://|@import")
        self.assertEqual(html.count("<img"), html.count('alt="'))

    def test_text_of_the_page(self):
        self.make()
        text = plain(self.report())
        self.assertNotIn("not finished", text)
        self.assertNotIn("Not everything is here", text)
        for fact in ("synthetic-map", "0.1.0", "0123abc", "32 × 32", "9.28 × 9.28 arcmin", "4 × 400", "mala",
                     "data/spectrum.csv, data/shear.h5", "type: gaussian_field",
                     "step 100 of 2100 &lt;warm-up done&gt;"):
            self.assertIn(fact, text)
        self.assertRegex(text, r"seed 7\b")
        self.assertRegex(text, r"ranks 2\b")

    def test_diagnostics_are_those_of_the_file(self):
        self.make()
        with self.edit() as file:
            file["diagnostics/rhat/energy"][()] = 1.2345  # not the one of the trace: nothing is computed anew
            file["diagnostics/ess_bulk/power_spectrum"][3] = 12.0
        html = self.report()
        self.assertIn('<td class="bad">▲ 1.2345</td>', html)
        worst = re.search(r'<tr class="worst">(.*?)</tr>', html).group(1)
        self.assertIn('<td class="bad">▲ 12</td>', worst)
        self.assertEqual(html.count('<tr class="worst">'), 1)
        self.assertRegex(plain(html), r"\d+ of \d+ quantities miss R-hat ≤ 1.01 and ESS ≥ 400; worst: power spec")

    def test_good_diagnostics(self):
        self.make()
        with self.edit() as file:
            for name in ("energy", "acceptance", "power_spectrum"):
                file[f"diagnostics/rhat/{name}"][...] = 1.01  # the limit itself is no failure
                file[f"diagnostics/ess_bulk/{name}"][...] = 400.0
                file[f"diagnostics/ess_tail/{name}"][...] = 400.0
        html = self.report()
        self.assertIn('<div class="notice good">All', html)
        self.assertNotIn('class="bad"', html)

    def test_what_cannot_be_judged_is_said(self):
        self.make()
        with self.edit() as file:
            for statistic in ("rhat", "ess_bulk", "ess_tail", "mcse_mean"):
                file[f"diagnostics/{statistic}/energy"][()] = np.nan
                file[f"diagnostics/{statistic}/power_spectrum"][...] = 1.0 if statistic == "rhat" else 1e3
        html = self.report()
        self.assertNotIn("notice good", html)
        self.assertRegex(plain(html), r"Not judged: energy \(1 of \d+ quantities\)")

    def test_constant_acceptance_of_independent_draws_is_no_reason_for_doubt(self):
        self.make()
        with self.edit() as file:
            file["trace/acceptance"][...] = 1.0
            for statistic in ("rhat", "ess_bulk", "ess_tail", "mcse_mean"):
                file[f"diagnostics/{statistic}/acceptance"][()] = np.nan
                file[f"diagnostics/{statistic}/power_spectrum"][...] = 1.0 if statistic == "rhat" else 1e3
        html = self.report()
        self.assertIn("notice good", html)
        self.assertIn("The acceptance is 1.00 throughout.", html)

    def test_same_numbers_give_the_same_bytes(self):
        self.make()
        self.assertEqual(self.report(), self.report())

    def test_names_from_the_file_cannot_break_the_page(self):
        self.make()
        with self.edit() as file:
            file.attrs["name"] = "<b>&bold</b>"
        html = self.report()
        self.assertIn("<h1>&lt;b&gt;&amp;bold&lt;/b&gt;</h1>", html)

    def test_output_elsewhere(self):
        self.make()
        elsewhere = Path(self.holder.name) / "elsewhere"
        result = run_report(self.directory, "--output", elsewhere)
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertTrue((elsewhere / "report.html").exists())
        self.assertFalse((self.directory / "report.html").exists())


class OtherShapes(ReportTest):
    def width(self, name):
        return image.imread(self.directory / "figures" / f"{name}.png").shape

    def test_three_dimensions_show_a_slice_and_a_projection(self):
        self.make(three_d=True)
        text = plain(self.report())
        self.assertEqual(self.figures(), ALL_FIGURES)
        self.assertIn("24 × 32 × 40", text)
        self.assertIn("192 × 256 × 320 Mpc/h", text)
        height, width, _ = self.width("mean")
        self.assertGreater(width, 2 * height)

    def test_components_have_a_row_each(self):
        self.make(components=True)
        self.report()
        height, width, _ = self.width("mean")
        self.assertGreater(height, 1.5 * width)

    def test_shape_as_text(self):
        self.make()
        with self.edit() as file:
            file.attrs["shape"] = "[32, 32]"
            file.attrs["spacing"] = "[0.29, 0.29]"
        self.assertIn("9.28 × 9.28 arcmin", plain(self.report()))

    def test_one_chain_of_few_draws(self):
        self.make()
        with self.edit() as file:
            for name in list(file["trace"]):
                few = file[f"trace/{name}"][:1, :3]
                del file[f"trace/{name}"]
                file[f"trace/{name}"] = few
        self.assertIn("1 × 3", plain(self.report()))


class Incomplete(ReportTest):
    def test_bare_run_names_what_is_missing(self):
        self.make(bare=True)
        text = plain(self.report())
        self.assertEqual(self.figures(), {"mean", "std", "trace_energy", "trace_acceptance"})
        self.assertIn("Not everything is here.", text)
        for missing in ("deck.resolved.yaml is missing", "run.log is missing", "status.json is missing",
                        "No draws of the field are stored", "no power spectrum", "no convergence diagnostics"):
            self.assertIn(missing, text)
        self.assertIn("type: gaussian_field", text)  # the deck inside samples.h5

    def test_each_entry_may_be_missing_alone(self):
        self.make()
        html = self.report()
        for entry in ("summary/mean", "summary", "trace/energy", "trace", "bins", "diagnostics/ess_tail", "draws/step"):
            with self.subTest(entry):
                with self.edit() as file:
                    if entry in file:
                        del file[entry]
                self.assertNotEqual(self.report(), html)

    def test_figures_of_an_earlier_report_go(self):
        self.make()
        self.report()
        foreign = self.directory / "figures" / "poster.png"
        foreign.write_bytes(b"mine")
        with self.edit() as file:
            del file["truth"]
        self.report()
        self.assertEqual(self.figures(), (ALL_FIGURES - {"truth"}) | {"poster"})

    def test_unfinished_run_says_so_first(self):
        self.make(unfinished=True)
        text = plain(self.report())
        self.assertIn("This run is not finished. The report covers 400 draws of 800 planned", text)
        self.assertLess(text.index("not finished"), text.index("Fields"))

    def test_failed_run_says_so(self):
        self.make()
        status = '{"state": "failed", "code": 4, "step": 77, "advice": "smaller steps"}'
        (self.directory / "status.json").write_text(status)
        self.assertIn("The run ended with exit code 4 at step 77: smaller steps", plain(self.report()))


class Refused(ReportTest):
    def test_no_directory(self):
        self.refused("is not a directory")

    def test_no_samples(self):
        self.directory.mkdir()
        self.refused("samples.h5 is missing")

    def test_missing_segment(self):
        self.make()
        (self.directory / "segments" / "draws-4-2.h5").unlink()
        self.refused("draws-4-2.h5 is missing")

    def test_missing_segment_without_a_list(self):
        self.make()
        with self.edit() as file:
            del file["segments"]
        (self.directory / "segments" / "draws-0-4.h5").unlink()
        self.refused("draws-0-4.h5 is missing")

    def test_listed_segment_that_no_dataset_uses(self):
        self.make()
        with self.edit() as file:
            del file["draws/x"]
        (self.directory / "segments" / "draws-4-2.h5").unlink()
        self.refused("draws-4-2.h5 is missing")

    def test_segment_of_another_run(self):
        self.make()
        with h5py.File(self.directory / "segments" / "draws-0-4.h5", "r+") as segment:
            segment.attrs["manifest"] = np.uint64(1)
        self.refused("draws-0-4.h5", "not the file that was written")

    def test_segment_that_is_too_short(self):
        self.make()
        with h5py.File(self.directory / "segments" / "draws-0-4.h5", "r+") as segment:
            part = segment["draws/x"][:, :2]
            del segment["draws/x"]
            segment["draws/x"] = part
        self.refused("draws-0-4.h5", "fewer draws")

    def test_gap_in_the_mapping(self):
        self.make()
        with self.edit() as file:
            layout = h5py.VirtualLayout(shape=file["draws/x"].shape, dtype=float)
            layout[:, :4] = h5py.VirtualSource("segments/draws-0-4.h5", "draws/x", shape=(4, 4, 32, 32))
            del file["draws/x"]
            file.create_virtual_dataset("draws/x", layout, fillvalue=np.nan)
        self.refused("has a gap")

    def test_truncated_files(self):
        for name in ("samples.h5", "segments/draws-0-4.h5"):
            with self.subTest(name):
                self.make()
                whole = (self.directory / name).read_bytes()
                for length in (0, 1, 100, len(whole) // 2, len(whole) - 1):
                    (self.directory / name).write_bytes(whole[:length])
                    self.refused(Path(name).name)
                (self.directory / name).write_bytes(whole)

    def test_other_file(self):
        self.make()
        with self.edit() as file:
            file.attrs["format"] = "something-else"
        self.refused("no samples file of scorefield")

    def test_newer_format(self):
        self.make()
        with self.edit() as file:
            file.attrs["format_version"] = 2
        self.refused("format version 2")

    def test_field_of_another_shape(self):
        self.make()
        with self.edit() as file:
            del file["summary/mean"]
            file["summary/mean"] = np.zeros((31, 32))
        self.refused("summary/mean", "(31, 32)")

    def test_damaged_status(self):
        self.make()
        (self.directory / "status.json").write_text('{"state": "comp')
        self.refused("status.json is damaged")

    def test_output_that_cannot_be_written(self):
        self.make()
        in_the_way = Path(self.holder.name) / "file"
        in_the_way.write_text("")
        result = run_report(self.directory, "--output", in_the_way)
        self.assertEqual(result.returncode, 3)
        self.assertIn("cannot write", result.stderr)

    def test_wrong_command_line(self):
        self.assertEqual(run_report().returncode, 2)


class Program(ReportTest):
    """The exit status and the messages of the program itself."""

    def test_exit_status(self):
        result = run_program(self.directory)
        self.assertEqual(result.returncode, 3)
        self.assertRegex(result.stderr, r"^report: .* is not a directory\n")
        self.make()
        result = run_program(self.directory)
        self.assertEqual((result.returncode, result.stderr), (0, ""))
        self.assertIn("report.html and 10 figures", result.stdout)
        self.assertEqual(run_program().returncode, 2)


if __name__ == "__main__":
    unittest.main()
