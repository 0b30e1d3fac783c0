#pragma once
/// Stored draws, growing by complete files, so that they can be read while the run goes on and after it was killed.

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "base/mpi.hpp"
#include "io/data.hpp"
#include "io/reader.hpp"

namespace scorefield::io {

/// Draws [first, first + count) of every chain.
struct Segment {
  std::int64_t first = 0;
  std::int64_t count = 0;
  std::uint64_t manifest = 0;  ///< of the segment's file, which covers the digests of all its data
  friend bool operator==(const Segment&, const Segment&) = default;
};

/// The files `segments/draws-<first>-<count>.h5` beside samples.h5, and their list.
///
/// The list is kept both in samples.h5, where it lets readers refuse a gap behind a virtual dataset (which HDF5 itself
/// would fill without a word), and in every checkpoint, from which a restart takes it: files that the checkpoint does
/// not list were written after it and are dropped.
class DrawSegments {
 public:
  /// `directory` is the one of samples.h5. The list begins empty.
  explicit DrawSegments(std::filesystem::path directory);

  [[nodiscard]] const std::vector<Segment>& list() const { return list_; }
  /// Draws per chain in all segments.
  [[nodiscard]] std::int64_t draws() const;

  /// Collective. Writes draws [draws(), draws() + count) as the next segment. In each dataset axis `draw_axis` counts
  /// draws.
  void append(const base::Comm& comm, std::int64_t count, const std::vector<Dataset>& datasets,
              const Attributes& attributes);

  /// The list as datasets `/segments/{first,count,manifest}`, for write_file of samples.h5 and of checkpoints; points
  /// into this object. `root` is true on exactly one rank.
  [[nodiscard]] std::vector<Dataset> listing(bool root) const;
  /// A dataset over all segments. `shape` is that of one segment's dataset; its extent along axis 1 (the draws) is
  /// ignored.
  [[nodiscard]] VirtualDataset stacked(const std::string& path, Type type, Extents shape,
                                       const std::string& unit) const;

  /// Collective. Takes the list from a checkpoint and verifies every segment in it (ranks share the work). Where a
  /// segment is missing or damaged, says so, the same on all ranks, and changes nothing: the checkpoint itself is
  /// whole, and an older one may do without the segment. FileError where the checkpoint is damaged. `reader` must have
  /// been told nothing of the list's datasets before; its verify() covers them.
  /// `alive` is called after each segment: there may be terabytes of them.
  [[nodiscard]] std::string restore(
      const base::Comm& comm, Reader& reader, const std::function<void()>& alive = [] {});
  /// Collective. Removes all segments: for a run that starts afresh.
  void clear(const base::Comm& comm);

  /// Axis of the draws: datasets are [chain, draw, ...].
  static constexpr std::size_t draw_axis = 1;

  /// Collective. Removes all segments that are not in the list.
  void remove_unlisted(const base::Comm& comm) const;

 private:
  void remove_unlisted_files() const;

  void set_columns();

  std::filesystem::path directory_;
  std::vector<Segment> list_;
  // The list once more, by column, as the datasets of listing() need it.
  std::vector<std::int64_t> first_, count_;
  std::vector<std::uint64_t> manifest_;
};

}  // namespace scorefield::io
