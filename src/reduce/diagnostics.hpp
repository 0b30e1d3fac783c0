#pragma once
/// Convergence diagnostics of Markov chains: R-hat, effective sample sizes, Monte Carlo standard errors, BFMI,
/// integrated autocorrelation time.
///
/// Sources: Vehtari, Gelman, Simpson, Carpenter, Buerkner 2021 (Bayesian Analysis 16, 667) for rank-normalised split
/// R-hat, bulk, tail and quantile ESS; Geyer 1992 for the truncation; Betancourt 2016 (arXiv:1604.00695) for BFMI;
/// Sokal 1997 for the window of the autocorrelation time. The numbers are those of the R package `posterior`.
///
/// Everything here is serial and deterministic. No function throws on account of the values: what cannot be judged is
/// NaN, never a number. This is the case when a value is not finite, when a chain is constant (it may be meant to be,
/// or it may be stuck: the values do not tell), and when the chains are too short (R-hat: 4 draws, ESS: 12 draws, so
/// that a half holds one pair of lags). R-hat and ESS do not see a bias that all chains share.

#include <cstdint>
#include <span>
#include <vector>

namespace scorefield::reduce {

/// View of one scalar quantity over chains x draws: value (c, d) is data[(c * draws + d) * stride]. So bin b of an
/// array [chain, draw, bin] is {chains, draws, array + b, bins}.
struct Draws {
  std::int64_t chains = 0;
  std::int64_t draws = 0;  ///< per chain
  const double* data = nullptr;
  std::int64_t stride = 1;

  [[nodiscard]] double operator()(std::int64_t chain, std::int64_t draw) const {
    return data[(chain * draws + draw) * stride];
  }
};

/// Largest of the split R-hats of the rank-normalised values (location) and of their distances from the median (scale).
[[nodiscard]] double rhat(const Draws& draws);
/// Split R-hat of the values themselves (Gelman et al. 2013): for comparison with older tools.
[[nodiscard]] double rhat_basic(const Draws& draws);

/// Effective sample size of the rank-normalised split chains: how well the centre of the distribution is known.
[[nodiscard]] double ess_bulk(const Draws& draws);
/// Smaller one of the effective sample sizes of the 5 % and the 95 % quantile. NaN where ties leave no tail, as for an
/// observable with two values.
[[nodiscard]] double ess_tail(const Draws& draws);
/// Effective sample size of the estimate of the `probability` quantile (between 0 and 1).
[[nodiscard]] double ess_quantile(const Draws& draws, double probability);
/// Effective sample size of the mean, from split chains. All ESS are capped at S log10(S) for S draws.
[[nodiscard]] double ess_mean(const Draws& draws);
/// As ess_mean without splitting the chains: for comparison with older tools.
[[nodiscard]] double ess_basic(const Draws& draws);

/// Standard error of the mean over all draws, in the unit of the values.
[[nodiscard]] double mcse_mean(const Draws& draws);
/// Standard error of the standard deviation, in the unit of the values: the definition of `posterior`, with the ESS of
/// the squared deviations (Stan 2024 takes that of the absolute ones, ArviZ that of the values).
[[nodiscard]] double mcse_sd(const Draws& draws);

/// What a table of results lists of one quantity.
struct Diagnosis {
  double mean, sd, rhat, ess_bulk, ess_tail, mcse_mean, mcse_sd, tau_int;
};
[[nodiscard]] Diagnosis diagnose(const Draws& draws);

/// Energy fraction of missing information of one chain, mean((E_i - E_(i-1))^2) / var(E), the variance with n - 1:
/// below 0.3 the momentum refreshment explores the energies too slowly.
[[nodiscard]] double bfmi(std::span<const double> energy);

/// Autocovariance of one chain about its mean, lags 0 .. n - 1, each divided by n (biased, so positive definite).
[[nodiscard]] std::vector<double> autocovariance(std::span<const double> chain);

/// Integrated autocorrelation time, 1 + 2 sum of the autocorrelations up to the smallest lag >= 5 tau (Sokal's window),
/// of the autocorrelations averaged over the chains, each about its own mean: (1 + a) / (1 - a) for an AR(1) process of
/// coefficient a, 1 for independent draws; in draws. The window has at least five lags; NaN where the sum is below zero
/// all the same, as in strongly antithetic chains. Chains that disagree are not seen: that is what R-hat is for.
struct AutocorrelationTime {
  double tau;
  std::int64_t window;  ///< lag at which the sum ends
  bool reliable;        ///< the chains are longer than 50 tau; otherwise tau tends to be too small
};
[[nodiscard]] AutocorrelationTime autocorrelation_time(const Draws& draws);

}  // namespace scorefield::reduce
