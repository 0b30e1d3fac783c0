#pragma once

#include <deque>
#include <string>
#include <vector>

#include "io/data.hpp"
#include "model/sampler.hpp"
#include "run/record.hpp"
#include "run/run_deck.hpp"

namespace scorefield::run {

/// Traces of all chains and their diagnostics, as data sets of samples.h5, on the root rank. Ranks share the work.
class TraceTable {
 public:
  /// Collective over the world. Without `diagnose` the diagnostics of observables are NaN.
  TraceTable(const base::Comm& world, bool is_group_root, const RunSection& run, std::int64_t first_chain,
             const std::vector<Record>& records, const Observables& observables, bool diagnose);
  /// Collective over the world: adds what the sampler reports of each chain.
  void add_figures(const base::Comm& world, bool is_group_root, std::int64_t chains, std::int64_t first_chain,
                   const std::vector<Record>& records, const model::Sampler& sampler);
  /// Adds /trace, /bins, /expected and /diagnostics; what they point to lives in this object.
  void append_to(std::vector<io::Dataset>& datasets) const;

 private:
  struct Array {
    std::string path;
    io::Extents shape;
    std::string unit;
    std::vector<double> values;
  };  /// Numbers that each chain counts by itself.
  void add_counts(const base::Comm& world, bool is_group_root, std::size_t chains, std::int64_t first_chain,
                  const std::vector<Record>& records);

  std::deque<Array> arrays_;
  bool is_root_;
};

}  // namespace scorefield::run
