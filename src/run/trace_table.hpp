#pragma once

#include <deque>
#include <string>
#include <vector>

#include "io/data.hpp"
#include "model/sampler.hpp"
#include "run/groups.hpp"
#include "run/record.hpp"

namespace scorefield::run {

/// Traces of all chains and their diagnostics, as data sets of samples.h5, on the root rank. Ranks share the work.
class TraceTable {
 public:
  /// Collective over the world. Without `diagnose` the diagnostics of observables are NaN.
  TraceTable(const Layout& layout, const std::vector<Record>& records, const Observables& observables,
             const model::Sampler& sampler, bool diagnose);
  /// Adds /trace, /bins, /expected, /diagnostics and /sampler; what they point to lives in this object.
  void append_to(std::vector<io::Dataset>& datasets) const;

 private:
  struct Array {
    std::string path;
    io::Extents shape;
    std::string unit;
    std::vector<double> values;
  };
  /// Collective over the world: `size` values of each recorded chain, those of the deck's first chain first.
  template <class Values>
  [[nodiscard]] std::vector<double> gather(const std::vector<Record>& records, std::size_t size,
                                           const Values& values_of) const;
  /// Collective over the world: gradients of all replicas of each chain.
  [[nodiscard]] std::vector<double> gradients(const std::vector<Record>& records) const;
  /// Numbers that each chain counts by itself.
  void add_counts(const std::vector<Record>& records);
  /// What the sampler reports of each chain.
  void add_figures(const std::vector<Record>& records, const model::Sampler& sampler);

  const base::Comm& world_;
  bool is_group_root_;
  std::size_t chains_, replicas_, first_chain_;
  std::deque<Array> arrays_;
};

}  // namespace scorefield::run
