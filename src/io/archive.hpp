#pragma once
/// The state of chains as datasets of a checkpoint, on any number of ranks.

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/mpi.hpp"
#include "io/data.hpp"
#include "io/reader.hpp"

namespace scorefield::io {

/// This rank's part of a field that a group of ranks shares: the box [offset, offset + count) of an array of
/// `global_shape`, contiguous and in C order at `data` (host memory). A count of 0 on any axis means no part.
/// On saving, `data` must stay valid until the file is written; `owner` may hold what keeps it so.
struct FieldSlab {
  Extents global_shape, offset, count;
  void* data = nullptr;
  std::shared_ptr<const void> owner = {};
  Type type = Type::float64;
};

/// Saves or loads. A class that has state to keep names it in one `visit(Archive&)` that does both, so that the two
/// cannot drift apart. Every chain visits the same names in the same order. The value of chain c is part c of the
/// dataset
/// `/chains/<name>`, whose first axis is the chain.
///
/// On ranks of one group all visit the same chains; different groups visit different ones; every rank visits at least
/// one.
class Archive {
 public:
  virtual ~Archive() = default;
  Archive() = default;
  Archive(const Archive&) = delete;
  Archive& operator=(const Archive&) = delete;

  [[nodiscard]] virtual bool loading() const = 0;
  /// One value, the same on all ranks of a group.
  virtual void scalar(const std::string& name, std::int64_t& value) = 0;
  virtual void scalar(const std::string& name, std::uint64_t& value) = 0;
  virtual void scalar(const std::string& name, double& value) = 0;
  /// Values that are the same on all ranks of a group, as many on every chain. Resized on loading.
  virtual void array(const std::string& name, std::vector<double>& values) = 0;
  virtual void array(const std::string& name, std::vector<std::int64_t>& values) = 0;
  /// Values spread over the ranks of a group.
  virtual void field(const std::string& name, const FieldSlab& slab) = 0;

  /// Sets the chain whose visit follows. Exactly one rank of its group is the `group_root`, which stands for what is
  /// the same on all of them.
  void select(std::int64_t chain, bool group_root) {
    chain_ = chain;
    group_root_ = group_root;
  }

 protected:
  std::int64_t chain_ = 0;
  bool group_root_ = true;
};

/// Collects what chains hold, then hands it to write_file. Scalars and arrays are copied, fields are not.
class SaveArchive final : public Archive {
 public:
  /// `chains` counts all chains, wherever they are.
  explicit SaveArchive(std::int64_t chains) : chains_(static_cast<std::uint64_t>(chains)) {}

  [[nodiscard]] bool loading() const override { return false; }
  void scalar(const std::string& name, std::int64_t& value) override;
  void scalar(const std::string& name, std::uint64_t& value) override;
  void scalar(const std::string& name, double& value) override;
  void array(const std::string& name, std::vector<double>& values) override;
  void array(const std::string& name, std::vector<std::int64_t>& values) override;
  void field(const std::string& name, const FieldSlab& slab) override;

  /// What was visited; points into this archive, which must live until the file is written.
  [[nodiscard]] const std::vector<Dataset>& to_datasets() const { return datasets_; }

 private:
  void add(const std::string& name, Type type, const Extents& shape, const Extents& offset, const Extents& count,
           const void* data, std::shared_ptr<const void> owner, bool mine);
  template <class T>
  void add_array(const std::string& name, Type type, const std::vector<T>& values, bool is_scalar);

  std::uint64_t chains_;
  std::vector<Dataset> datasets_;
  std::map<std::string, std::size_t> index_;
  std::vector<std::shared_ptr<const void>> owners_;
};

/// Reads at once on every rank that visits. Call Reader::verify after the last chain and before using what was read.
/// Errors are FileErrors on one rank alone: load inside base::Comm::together.
class LoadArchive final : public Archive {
 public:
  explicit LoadArchive(Reader& reader) : reader_(reader) {}

  [[nodiscard]] bool loading() const override { return true; }
  void scalar(const std::string& name, std::int64_t& value) override;
  void scalar(const std::string& name, std::uint64_t& value) override;
  void scalar(const std::string& name, double& value) override;
  void array(const std::string& name, std::vector<double>& values) override;
  void array(const std::string& name, std::vector<std::int64_t>& values) override;
  void field(const std::string& name, const FieldSlab& slab) override;

 private:
  void read(const std::string& name, Type type, const Extents& shape, const Extents& offset, const Extents& count,
            void* data, bool counts);
  [[nodiscard]] std::uint64_t stored_length(const std::string& name) const;

  Reader& reader_;
};

/// Visits the chains of this rank (a range of pointers to objects with `id` and `visit(Archive&)`), each with its own
/// number selected.
template <class ChainPointers>
void save_chains(SaveArchive& archive, const ChainPointers& chains, bool group_root) {
  for (const auto& chain : chains) {
    archive.select(chain->id, group_root);
    chain->visit(archive);
  }
}

/// Collective. The same for loading, with verification: when it returns, what was read can be trusted.
template <class ChainPointers>
void load_chains(const base::Comm& comm, Reader& reader, const ChainPointers& chains, bool group_root) {
  comm.together([&] {
    LoadArchive archive(reader);
    for (const auto& chain : chains) {
      archive.select(chain->id, group_root);
      chain->visit(archive);
    }
  });
  reader.verify();
}

}  // namespace scorefield::io
