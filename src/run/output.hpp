#pragma once
/// samples.h5 and the segments of stored draws behind it.

#include <filesystem>
#include <string>
#include <vector>

#include "io/draw_segments.hpp"
#include "model/sampler.hpp"
#include "run/groups.hpp"
#include "run/record.hpp"
#include "run/run_deck.hpp"

namespace scorefield::run {

/// Stored draws that a rank gathers before it writes them, given its cells over all of its chains.
[[nodiscard]] std::int64_t draws_in_buffer(const RunDeck& deck, std::int64_t cells);

class Output {
 public:
  Output(const Layout& layout, const RunDeck& deck, std::filesystem::path directory, int components, std::string unit,
         std::vector<model::NamedField> fixed_fields, io::Type draws_type, bool is_biased);

  [[nodiscard]] io::DrawSegments& segments() { return segments_; }
  /// Collective over the group. Keeps the state of each chain as the next stored draw.
  void store(std::vector<Record>& records);
  /// Collective over the world: writes a segment where the buffer is full.
  void flush_if_full();
  /// Collective over the world: writes what the buffer holds.
  void flush();
  /// Forgets what the buffer holds.
  void discard();
  /// Collective over the world: writes samples.h5 anew. `state`: "running", "stopped" or "complete".
  void write_samples(const std::vector<Record>& records, const Observables& observables, const ResolvedDeck& deck,
                     const model::Sampler& sampler, const std::string& state) const;

 private:
  [[nodiscard]] io::Extents draws_shape(std::int64_t draws) const;

  Layout layout_;
  const RunDeck* deck_;
  std::filesystem::path directory_;
  int components_;
  std::string unit_;
  std::vector<model::NamedField> fixed_fields_;
  io::Type draws_type_;
  bool is_biased_;
  io::DrawSegments segments_;
  std::int64_t buffered_ = 0;                    // draws per chain
  std::int64_t buffer_limit_ = 0;                // draws per chain
  std::vector<std::vector<std::byte>> buffers_;  // of each local chain: draws x cells of draws_type_
};

}  // namespace scorefield::run
