#include "io/reader.hpp"

#include "io/box.hpp"
#include "io/digest.hpp"
#include "io/hdf5.hpp"

namespace scorefield::io {

struct Reader::File {
  H5 id;
};

Reader::Reader(const base::Comm& comm, const std::filesystem::path& path) : comm_(comm), path_(path) {
  comm_.together([&] {
    if (!comm_.is_root()) return;
    info_ = describe_file(path_);
    check_manifest(info_, path_);
  });
  comm_.together([&] {
    if (!comm_.is_root()) info_ = describe_file(path_);
    file_ = std::make_unique<File>(File{open_for_reading(path_)});
  });
}

Reader::~Reader() = default;

bool Reader::has(const std::string& dataset) const { return info_.find(dataset) != nullptr; }

const DatasetInfo& Reader::dataset(const std::string& path) const {
  if (const DatasetInfo* found = info_.find(path)) return *found;
  throw base::FileError(path_.string() + " holds no " + path,
                        "it was written by another kind of run or another version of scorefield");
}

const Extents& Reader::shape(const std::string& path) const { return dataset(path).shape; }

bool Reader::has_attribute(const std::string& name) const { return find_attribute(info_.attributes, name) != nullptr; }

const AttributeValue& Reader::attribute_value(const std::string& name) const {
  if (const auto* value = find_attribute(info_.attributes, name)) return *value;
  throw base::FileError(path_.string() + " has no attribute '" + name + "'",
                        "it was written by another kind of run or another version of scorefield");
}

void Reader::read(const std::string& path, Type type, const MutablePiece& piece, bool counts_in_digest) {
  const DatasetInfo& info = dataset(path);
  const std::string what = "cannot read " + path + " of " + path_.string();
  if (info.type != to_string(type))
    throw base::FileError(what + ": it is " + info.type + ", expected " + to_string(type));
  if (product(piece.count) == 0) return;
  check_box(info.shape, piece.offset, piece.count, what);
  h5_quiet();
  const H5 source = open_dataset(file_->id.get(), path, path_.string());
  read_box(source.get(), memory_type(type), size_of(type), piece.offset, piece.count, piece.data, what);
  if (!counts_in_digest) return;
  Tally& tally = tallies_[path];
  tally.digest += digest_piece(type, info.shape, piece.offset, piece.count, piece.data);
  tally.elements += product(piece.count);
}

void Reader::verify() const {
  std::string problem;
  for (const auto& info : info_.datasets) {
    const auto found = tallies_.find(info.path);
    const Tally mine = found == tallies_.end() ? Tally{} : found->second;
    const Tally all{comm_.sum(mine.digest), comm_.sum(mine.elements)};
    const auto* stored = find_attribute(info.attributes, "digest");
    const auto* digest = stored == nullptr ? nullptr : std::get_if<std::uint64_t>(stored);
    if (all.elements == 0 || digest == nullptr || !problem.empty()) continue;
    if (all.elements != product(info.shape)) {
      problem = info.path + " of " + path_.string() + " cannot be verified: " + std::to_string(all.elements) + " of " +
                std::to_string(product(info.shape)) + " elements were read";
    } else if (all.digest != *digest) {
      problem =
          info.path + " of " + path_.string() + " is damaged: its digest differs from the one it was written with";
    }
  }
  // Sums are the same on all ranks, and so is the verdict.
  if (!problem.empty()) throw base::FileError(problem, "use another copy of the file, or an older checkpoint");
}

}  // namespace scorefield::io
