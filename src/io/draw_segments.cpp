#include "io/draw_segments.hpp"

#include <algorithm>
#include <set>
#include <system_error>

#include "base/errors.hpp"
#include "io/posix_file.hpp"
#include "io/serial_file.hpp"
#include "io/write_file.hpp"

namespace scorefield::io {

namespace {

std::string file_name(const Segment& segment) { return segment_file_name(segment.first, segment.count); }

template <class T>
std::vector<T> read_column(Reader& reader, const std::string& path, Type type, bool counts) {
  const Extents& shape = reader.shape(path);
  std::vector<T> values(product(shape));
  reader.read(path, type, {Extents(shape.size(), 0), shape, values.data()}, counts);
  return values;
}

}  // namespace

DrawSegments::DrawSegments(std::filesystem::path directory) : directory_(std::move(directory)) {}

std::int64_t DrawSegments::draws() const { return list_.empty() ? 0 : list_.back().first + list_.back().count; }

void DrawSegments::append(const base::Comm& comm, std::int64_t count, const std::vector<Dataset>& datasets,
                          const Attributes& attributes) {
  Segment segment{draws(), count, 0};
  const std::filesystem::path path = directory_ / file_name(segment);
  write_file(comm, path, datasets, attributes);
  comm.together([&] {
    if (!comm.is_root()) return;
    const FileInfo info = describe_file(path);
    check_manifest(info, path);
    segment.manifest = std::get<std::uint64_t>(*find_attribute(info.attributes, "manifest"));
  });
  segment.manifest = comm.sum(comm.is_root() ? segment.manifest : std::uint64_t{0});
  list_.push_back(segment);
  set_columns();
}

void DrawSegments::set_columns() {
  first_.clear();
  count_.clear();
  manifest_.clear();
  for (const auto& segment : list_) {
    first_.push_back(segment.first);
    count_.push_back(segment.count);
    manifest_.push_back(segment.manifest);
  }
}

std::vector<Dataset> DrawSegments::listing(bool root) const {
  const Extents shape{list_.size()};
  const auto column = [&](const char* path, Type type, const void* data) {
    Dataset dataset{.path = path, .type = type, .shape = shape};
    if (root && !list_.empty()) dataset.pieces.push_back({{0}, shape, data});
    return dataset;
  };
  return {column("/segments/first", Type::int64, first_.data()), column("/segments/count", Type::int64, count_.data()),
          column("/segments/manifest", Type::uint64, manifest_.data())};
}

VirtualDataset DrawSegments::stacked(const std::string& path, Type type, Extents shape, const std::string& unit) const {
  VirtualDataset dataset{.path = path, .type = type, .shape = shape, .axis = draw_axis, .unit = unit};
  dataset.shape.at(draw_axis) = static_cast<std::uint64_t>(draws());
  for (const auto& segment : list_) {
    shape.at(draw_axis) = static_cast<std::uint64_t>(segment.count);
    dataset.sources.push_back({file_name(segment), path, static_cast<std::uint64_t>(segment.first), shape});
  }
  return dataset;
}

std::string DrawSegments::restore(const base::Comm& comm, Reader& reader, const std::function<void()>& alive) {
  std::vector<Segment> listed;
  comm.together([&] {
    const auto first = read_column<std::int64_t>(reader, "/segments/first", Type::int64, comm.is_root());
    const auto count = read_column<std::int64_t>(reader, "/segments/count", Type::int64, comm.is_root());
    const auto manifest = read_column<std::uint64_t>(reader, "/segments/manifest", Type::uint64, comm.is_root());
    if (first.size() != count.size() || first.size() != manifest.size()) {
      throw base::FileError(reader.path().string() + ": the columns of /segments differ in length");
    }
    for (std::size_t i = 0; i < first.size(); ++i) listed.push_back({first[i], count[i], manifest[i]});
  });
  // Nothing may be removed on the word of a damaged list.
  reader.verify();
  try {
    comm.together([&] {
      for (std::size_t i = static_cast<std::size_t>(comm.rank()); i < listed.size();
           i += static_cast<std::size_t>(comm.size())) {
        const std::string problem = problem_with(directory_ / file_name(listed[i]), listed[i].manifest);
        alive();
        if (problem.empty()) continue;
        throw base::FileError("draws " + std::to_string(listed[i].first) + " to " +
                              std::to_string(listed[i].first + listed[i].count - 1) + " are lost: " + problem);
      }
    });
  } catch (const base::FileError& lost) {
    return lost.what();
  }
  list_ = std::move(listed);
  set_columns();
  return {};
}

void DrawSegments::clear(const base::Comm& comm) {
  list_.clear();
  set_columns();
  remove_unlisted(comm);
}

void DrawSegments::remove_unlisted(const base::Comm& comm) const {
  comm.together([&] {
    if (comm.is_root()) remove_unlisted_files();
  });
}

void DrawSegments::remove_unlisted_files() const {
  std::set<std::filesystem::path> listed;
  for (const auto& segment : list_) listed.insert(directory_ / file_name(segment));
  std::vector<std::filesystem::path> others;
  std::error_code none_yet;
  const std::filesystem::directory_iterator entries(directory_ / "segments", none_yet);
  if (none_yet && none_yet != std::errc::no_such_file_or_directory) {
    throw base::FileError("cannot list " + (directory_ / "segments").string() + ": " + none_yet.message());
  }
  for (const auto& entry : entries) {
    const std::string name = entry.path().filename().string();
    if ((name.starts_with("draws-") && !listed.contains(entry.path())) || is_temporary(entry.path()))
      others.push_back(entry.path());
  }
  for (const auto& file : others) {
    std::error_code error;
    if (!std::filesystem::remove(file, error) && error) {
      throw base::FileError("cannot remove " + file.string() + ": " + error.message());
    }
  }
}

}  // namespace scorefield::io
