#include "tasks/log_z.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <numbers>
#include <numeric>
#include <stdexcept>
#include <utility>

#include "base/errors.hpp"
#include "model/symbol_target.hpp"

namespace scorefield::tasks {

namespace {

struct Estimate {
  double value, error;
};

using Formula = std::function<double(const std::vector<double>&, const std::vector<double>&)>;

/// Value of a formula of the chains' results, with its error from leaving out one chain of each kind at a time.
Estimate jackknife(const std::vector<double>& a, const std::vector<double>& b, const Formula& formula) {
  const auto without = [](std::vector<double> values, std::size_t i) {
    values.erase(values.begin() + static_cast<std::ptrdiff_t>(i));
    return values;
  };
  const std::size_t n = a.size();
  std::vector<double> values;
  for (std::size_t i = 0; i < n; ++i) values.push_back(formula(without(a, i), b.empty() ? b : without(b, i)));
  const double mean = std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(n);
  double squares = 0.0;
  for (const double value : values) squares += (value - mean) * (value - mean);
  return {formula(a, b), std::sqrt(squares * static_cast<double>(n - 1) / static_cast<double>(n))};
}

double mean(const std::vector<double>& values) {
  return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

double log_mean_exp(const std::vector<double>& values) {
  const double largest = *std::max_element(values.begin(), values.end());
  double sum = 0.0;
  for (const double value : values) sum += std::exp(value - largest);
  return largest + std::log(sum / static_cast<double>(values.size()));
}

/// (sum w)^2 / sum w^2 of weights by their logarithms.
double effective_size(const std::vector<double>& values) {
  const double largest = *std::max_element(values.begin(), values.end());
  double sum = 0.0;
  double squares = 0.0;
  for (const double value : values) {
    sum += std::exp(value - largest);
    squares += std::exp(2.0 * (value - largest));
  }
  return sum * sum / squares;
}

/// Bennett's ratio of as many logarithms of weights forwards (a) and, turned round, backwards (b): the x at which
/// sum 1 / (1 + e^(x - a)) = sum 1 / (1 + e^(b - x)).
double bennett(const std::vector<double>& a, const std::vector<double>& b) {
  const auto [least_a, most_a] = std::minmax_element(a.begin(), a.end());
  const auto [least_b, most_b] = std::minmax_element(b.begin(), b.end());
  double low = std::min(*least_a, *least_b);
  double high = std::max(*most_a, *most_b);
  for (int bisection = 0; bisection < 200; ++bisection) {
    const double x = 0.5 * (low + high);
    double excess = 0.0;
    for (const double value : a) excess += 1.0 / (1.0 + std::exp(x - value));
    for (const double value : b) excess -= 1.0 / (1.0 + std::exp(value - x));
    (excess > 0.0 ? low : high) = x;
  }
  return 0.5 * (low + high);
}

/// Gauss and Legendre's rule on [0, 1]: nodes in order, by Newton's method from Chebyshev's.
struct Rule {
  std::vector<double> nodes, weights;
  explicit Rule(std::int64_t n) : nodes(static_cast<std::size_t>(n)), weights(nodes.size()) {
    for (std::int64_t i = 0; i < n; ++i) {
      double x = -std::cos(std::numbers::pi * (static_cast<double>(i) + 0.75) / (static_cast<double>(n) + 0.5));
      double slope = 1.0;
      for (int iteration = 0; iteration < 100; ++iteration) {
        double before = 0.0;
        double p = 1.0;
        for (std::int64_t k = 0; k < n; ++k) {
          const auto j = static_cast<double>(k);
          before = std::exchange(p, ((2.0 * j + 1.0) * x * p - j * before) / (j + 1.0));
        }
        slope = static_cast<double>(n) * (x * p - before) / (x * x - 1.0);
        x -= p / slope;
      }
      nodes[static_cast<std::size_t>(i)] = 0.5 * (1.0 + x);
      weights[static_cast<std::size_t>(i)] = 1.0 / ((1.0 - x * x) * slope * slope);
    }
  }
};

}  // namespace

deck::Schema<LogZOptions> LogZ::schema() {
  return deck::Schema<Options>(
             "log_z",
             "ln Z of a target of symbols, Z the sum of exp(-E) over all states: by annealed importance "
             "sampling to and fro, and by thermodynamic integration.")
      .reference("Neal 2001; Bennett 1976")
      .example("{type: log_z, sampler: heat_bath}")
      .component("sampler", &Options::sampler, "sampler",
                 {.doc = "what moves the symbols at each temperature", .required = true})
      .option("chains", &Options::chains, {.doc = "independent chains of each way", .min = 3, .max = 5000})
      .option(
          "steps", &Options::steps,
          {.doc = "temperatures between beta = 0 and 1, with a step of the sampler at each; and steps of a chain that "
                  "integrates, spread over the nodes",
           .min = 2})
      .option("equilibration", &Options::equilibration,
              {.doc = "steps that bring a chain to equilibrium: at beta = 1 before it goes back, and at each node",
               .min = 1})
      .option("nodes", &Options::nodes, {.doc = "temperatures of the integration", .min = 2, .max = 1000})
      .check([](const Options& o, const auto& report) {
        for (const char* other : {"parallel_tempering", "annealing", "kawasaki"}) {
          if (o.sampler.type == other) {
            report("sampler", "cannot be " + o.sampler.type +
                                  ": it must keep exp(-beta E) over all states at the beta it is given");
          }
        }
        if (o.nodes > o.steps) report("nodes", "needs at least one of 'steps' for each node");
      });
}

LogZ::LogZ(const Options& options, const model::TaskContext& context)
    : options_(options), context_(context), target_(context.target) {
  if (context.target.symbol_energy() == nullptr) {
    throw base::DeckError("the task log_z is for symbols, and the states of this target are numbers",
                          "use it with 'ising', 'potts' and others of their kind");
  }
  if (context.components == nullptr) throw std::logic_error("log_z needs TaskContext::components");
  sampler_ = context.components->samplers.build(
      options.sampler, model::SamplerContext{context.domain, target_, context.seed, 0, context.components});
}

void LogZ::walk(model::Chain& chain, double beta, std::int64_t moves) {
  target_.set_beta(beta);
  for (std::int64_t i = 0; i < moves; ++i) sampler_->step(chain);
  context_.alive();
}

double LogZ::energy(model::Chain& chain, double beta) {
  sampler_->settle(chain);
  return chain.energy.value() / beta;
}

double LogZ::forward(model::Chain& chain) {
  const auto step = 1.0 / static_cast<double>(options_.steps);
  double weight = -step * context_.target.evaluate(chain.x, nullptr).value();
  for (std::int64_t k = 1; k < options_.steps; ++k) {
    const double beta = static_cast<double>(k) * step;
    walk(chain, beta, 1);
    weight -= step * energy(chain, beta);
  }
  return weight;
}

double LogZ::backward(model::Chain& chain) {
  const auto step = 1.0 / static_cast<double>(options_.steps);
  walk(chain, 1.0, options_.equilibration);
  double weight = step * energy(chain, 1.0);
  for (std::int64_t k = options_.steps - 1; k > 0; --k) {
    const double beta = static_cast<double>(k) * step;
    walk(chain, beta, 1);
    weight += step * energy(chain, beta);
  }
  return weight;
}

double LogZ::integral(model::Chain& chain) {
  const Rule rule(options_.nodes);
  double sum = 0.0;
  for (std::size_t node = 0; node < rule.nodes.size(); ++node) {
    const std::int64_t moves = options_.steps / options_.nodes;
    walk(chain, rule.nodes[node], options_.equilibration);
    double total = 0.0;
    for (std::int64_t i = 0; i < moves; ++i) {
      walk(chain, rule.nodes[node], 1);
      total += energy(chain, rule.nodes[node]);
    }
    sum -= rule.weights[node] * total / static_cast<double>(moves);
  }
  return sum;
}

void LogZ::step(std::int64_t i) {
  auto chain = sampler_->make_chain(i);
  // A state at beta = 0, whatever chains of the target start from.
  model::draw_uniform_symbols(
      context_.domain, context_.target.symbol_energy()->symbols(),
      {.seed = context_.seed, .purpose = noise::Purpose::task_state, .chain = static_cast<std::uint32_t>(i)}, chain->x);
  target_.set_beta(1.0);
  sampler_->adopt(*chain);
  if (i % 3 == 0) forward_.push_back(forward(*chain));
  if (i % 3 == 1) backward_.push_back(-backward(*chain));
  if (i % 3 == 2) integrals_.push_back(integral(*chain));
}

model::Findings LogZ::findings() {
  const double log_z_0 =
      static_cast<double>(context_.domain.lattice().sites()) * std::log(context_.target.symbol_energy()->symbols());
  const Estimate to = jackknife(forward_, {}, [](const auto& a, const auto&) { return log_mean_exp(a); });
  const Estimate fro = jackknife(backward_, {}, [](const auto& a, const auto&) {
    std::vector<double> turned;
    for (const double value : a) turned.push_back(-value);
    return -log_mean_exp(turned);
  });
  const Estimate lower = jackknife(forward_, {}, [](const auto& a, const auto&) { return mean(a); });
  const Estimate upper = jackknife(backward_, {}, [](const auto& a, const auto&) { return mean(a); });
  const Estimate both = jackknife(forward_, backward_, bennett);
  const Estimate integral = jackknife(integrals_, {}, [](const auto& a, const auto&) { return mean(a); });
  std::vector<double> turned = backward_;
  for (double& value : turned) value = -value;
  const double size_to = effective_size(forward_);
  const double size_fro = effective_size(turned);

  model::Findings found;
  const auto tell = [&](const std::string& name, const std::string& meaning, const Estimate& estimate) {
    found.numbers.push_back({"/log_z/" + name, meaning, {}, std::vector<double>{log_z_0 + estimate.value}, "1"});
    found.numbers.push_back(
        {"/log_z/" + name + "_error", "standard error of " + name, {}, std::vector<double>{estimate.error}, "1"});
    found.lines.push_back(
        fmt::format("ln Z = {:.6g} +- {:.2g} ({})", log_z_0 + estimate.value, estimate.error, meaning));
  };
  tell("both_ways", "annealed importance sampling both ways, by Bennett's ratio", both);
  tell("forward", "annealed importance sampling from beta = 0 to 1", to);
  tell("backward", "annealed importance sampling from beta = 1 to 0", fro);
  tell("lower_bound", "below ln Z on average: mean of the logarithms forwards", lower);
  tell("upper_bound", "above ln Z on average: mean of the logarithms backwards", upper);
  tell("integral", "thermodynamic integration", integral);
  found.numbers.push_back({"/log_z/effective_chains",
                           "(sum w)^2 / sum w^2 of the weights forwards and backwards",
                           {2},
                           std::vector<double>{size_to, size_fro},
                           "1"});
  found.numbers.push_back({"/log_z/forward_log_weights", "of each chain", {options_.chains}, forward_, "1"});
  found.numbers.push_back({"/log_z/backward_log_weights",
                           "of each chain, with the sign of the forward ones",
                           {options_.chains},
                           backward_,
                           "1"});
  found.numbers.push_back({"/log_z/integrals", "-int <E> d beta by each chain", {options_.chains}, integrals_, "1"});
  const auto few = std::max(2.0, 0.05 * static_cast<double>(options_.chains));
  if (size_to < few || size_fro < few) {
    found.warnings.push_back(
        fmt::format("the weights of {:.1f} and {:.1f} of {} chains decide: trust the bounds, or take more task.steps",
                    size_to, size_fro, options_.chains));
  }
  return found;
}

}  // namespace scorefield::tasks
