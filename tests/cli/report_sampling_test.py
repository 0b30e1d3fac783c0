"""The report on how the draws were made: costs, warnings, known means, derived figures."""

import re
import unittest

from report_case import ReportTest, plain  # first: it skips where a package is missing

import h5py
import numpy as np


class Sampling(ReportTest):
    """Costs, warnings and derived figures."""

    def rows(self, html, heading):
        """The cells of the rows of the table below a heading."""
        body = re.search(rf"<h3>{heading}</h3><table>.*?<tbody>(.*?)</tbody>", html, flags=re.S).group(1)
        return [re.findall(r"<td[^>]*>(.*?)</td>", row) for row in body.split("</tr>") if row]

    def count(self, **values):
        with self.edit() as file:
            for name, of_chains in values.items():
                file[f"diagnostics/{name}"] = np.array(of_chains, dtype=float)

    def test_nothing_is_said_of_what_is_not_there(self):
        self.make()
        with self.edit() as file:
            del file["trace/acceptance"]
        html = self.report()
        self.assertIn("does not say what the draws cost", html)
        for word in ("Known means", "Cost", "Binder", "E-BFMI", "diverged"):
            self.assertNotIn(word, html)

    def test_costs(self):
        self.make()
        self.count(gradients=[1000, 2000, 3000, 4000])
        (self.directory / "status.json").write_text('{"state": "complete", "code": 0, "ranks": 3, "sampling_seconds": 16.0}')
        html = self.report()
        costs = {row[0]: row[1:] for row in self.rows(html, "Cost")}
        # energy: the smaller one of 1213.4 and 1022.7, by 10,000 gradients and 16 seconds.
        self.assertEqual(costs["energy"], ["1023", "0.102", "63.9"])
        (worst,) = [costs[name] for name in costs if name.startswith("power spectrum at ")]
        self.assertEqual(worst[0], "288")  # 0.9 * 320, of the first bin
        self.assertIn("10000 gradients and 16.0 s of wall clock on 3 ranks", plain(html))
        (self.directory / "status.json").write_text('{"state": "complete", "code": 0, "sampling_seconds": 0.0}')
        self.assertNotIn("ESS per second", self.report())

    def test_low_bfmi_and_divergences_are_marked(self):
        self.make()
        self.count(ebfmi=[0.8, 0.29, 0.3, 0.21], divergences=[0, 5, 0, 2])
        html = self.report()
        self.assertIn("E-BFMI of 2 of 4 chains is below 0.3", html)
        self.assertIn("(lowest: 0.21)", html)
        self.assertIn("<b>7 trajectories diverged</b>", html)
        chains = self.rows(html, "Chains")
        self.assertEqual([row[2:] for row in chains],
                         [["0", "0.800"], ["▲ 5", "▲ 0.290"], ["0", "0.300"], ["▲ 2", "▲ 0.210"], ["▲ 7", "▲ 0.210"]])
        with h5py.File(self.directory / "samples.h5", "r") as file:
            self.assertAlmostEqual(float(chains[1][1]), file["trace/acceptance"][1].mean(), 3)

    def test_good_and_unknown_bfmi_are_not(self):
        self.make()
        self.count(ebfmi=[0.8, np.nan, 0.3, 1.1], divergences=[0, 0, 0, 0])
        html = self.report()
        self.assertNotIn("is below 0.3</b>", html)
        self.assertNotIn("diverged", html)
        self.assertEqual([row[3] for row in self.rows(html, "Chains")], ["0.800", "–", "0.300", "1.10", "0.300"])

    def virial(self, z, biased=0):
        with self.edit() as file:
            for name in ("trace/virial", "expected/virial", "diagnostics/mcse_mean/virial"):
                if name in file:
                    del file[name]
            noise = np.random.default_rng(1).standard_normal((4, 400))
            file["trace/virial"] = 64.0 + 0.5 * z + noise - noise.mean()
            file["expected/virial"] = 64.0
            file["diagnostics/mcse_mean/virial"] = 0.5
            file.attrs["biased"] = biased

    def test_a_mean_that_misses_theory_is_told(self):
        self.make()
        for z in (5.1, -5.1):
            self.virial(z)
            html = self.report()
            self.assertIn('<div class="notice bad"><b>The mean of virial misses what theory says</b>', html)
            self.assertNotIn("no accept test", html)
            (row,) = self.rows(html, "Known means")
            self.assertEqual(row, ["virial", "64.00", f"{64 + 0.5 * z:.2f}", "0.500", f"▲ {z:.2f}".replace("-", "−")])
        self.virial(5.1, biased=1)
        self.assertIn("this is its bias", self.report())
        self.virial(4.9)
        html = self.report()
        self.assertNotIn("misses what theory says", html)
        self.assertEqual(self.rows(html, "Known means")[0][4], "4.90")

    def test_known_means_of_bins_need_an_error(self):
        self.make()
        with self.edit() as file:
            file["expected/power_spectrum"] = file["trace/power_spectrum"][()].mean(axis=(0, 1))
            file["diagnostics/mcse_mean/power_spectrum"][0] = np.nan
        rows = self.rows(self.report(), "Known means")
        self.assertEqual([row[4] for row in rows], ["–"] + ["0"] * (len(rows) - 1))

    def moments(self, draws=4000, slow=1):
        """Independent normal m of standard deviation 0.1, each repeated `slow` times."""
        m = 0.1 * np.random.default_rng(3).standard_normal((4, draws // slow)).repeat(slow, axis=1)
        with self.edit() as file:
            file["trace/magnetisation_moments"] = np.stack([np.abs(m), m**2, m**4], axis=2)
            file["bins/magnetisation_moments"] = np.array([1.0, 2.0, 4.0])
            file["diagnostics/tau_int/magnetisation_moments"] = np.full(3, float(slow))
        return m

    def test_susceptibility_and_binder_cumulant(self):
        self.make()
        m = self.moments()
        html = self.report()
        rows = self.rows(html, "magnetisation")
        values = [float(row[2].replace("−", "-")) for row in rows]
        errors = [float(row[3]) for row in rows]
        sites, second = 32 * 32, (m**2).mean()
        for value, exact in zip(values, (sites * (second - np.abs(m).mean() ** 2), sites * second,
                                         1.0 - (m**4).mean() / (3.0 * second**2))):
            self.assertAlmostEqual(value / exact, 1.0, 3)
        # By theory 10.24 (1 - 2 / pi), 10.24, 0, within five of the errors; these from the moments of a normal law: the
        # variances over N are 2 s^4 of m^2 and, by the delta method, 8 / 3 of U4. An error from 32 blocks scatters by 13 %.
        for value, error, exact in zip(values, errors, (10.24 * (1.0 - 2.0 / np.pi), 10.24, 0.0)):
            self.assertLess(abs(value - exact), 5.0 * error)
        for error, exact in ((errors[1], 10.24 * np.sqrt(2.0 / m.size)), (errors[2], np.sqrt(8.0 / 3.0 / m.size))):
            self.assertLess(abs(error / exact - 1.0), 5.0 * 0.13)
        self.assertIn("blocks of 500 draws.", html)
        self.assertNotIn("errors are too small", html)

    def test_short_blocks_are_told(self):
        self.make()
        self.moments(slow=80)
        self.assertIn("shorter than 10 autocorrelation times of 80.0 draws: these errors are too small", self.report())

    def test_no_figures_of_broken_moments(self):
        self.make()
        self.moments(draws=1)
        self.report()
        with self.edit() as file:
            file["trace/magnetisation_moments"][0, 0, 1] = np.nan
        self.assertNotIn("Binder", self.report())


if __name__ == "__main__":
    unittest.main()
