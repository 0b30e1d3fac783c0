#include "io/serial_file.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <type_traits>

#include "base/errors.hpp"
#include "io/box.hpp"
#include "io/digest.hpp"
#include "io/hdf5.hpp"

namespace scorefield::io {

namespace {

const DatasetInfo& find_dataset(const FileInfo& info, const std::string& dataset, const std::filesystem::path& path) {
  const std::string absolute = dataset.starts_with('/') ? dataset : "/" + dataset;
  if (const DatasetInfo* found = info.find(absolute)) return *found;
  std::string names;
  for (const auto& each : info.datasets) names += (names.empty() ? "" : ", ") + each.path;
  throw base::FileError(path.string() + " holds no dataset " + absolute,
                        "it holds: " + (names.empty() ? "nothing" : names));
}

std::vector<double> read_doubles(const std::filesystem::path& path, const DatasetInfo& info, const Extents& offset,
                                 const Extents& count) {
  const std::string what = "cannot read " + info.path + " of " + path.string();
  if (!info.type.starts_with("float") && !info.type.starts_with("int") && !info.type.starts_with("uint")) {
    throw base::FileError(what + ": it is not numeric but " + info.type);
  }
  check_box(info.shape, offset, count, what);
  const H5 file = open_for_reading(path);
  const H5 source = open_dataset(file.get(), info.path, path.string());
  std::vector<double> values(product(count));
  read_box(source.get(), H5T_NATIVE_DOUBLE, sizeof(double), offset, count, values.data(), what);
  return values;
}

std::optional<Type> type_of(const std::string& name) {
  for (const Type type : {Type::float64, Type::float32, Type::int64, Type::uint64, Type::uint8}) {
    if (to_string(type) == name) return type;
  }
  return std::nullopt;
}

const std::uint64_t* unsigned_attribute(const Attributes& attributes, const std::string& name) {
  const AttributeValue* value = find_attribute(attributes, name);
  return value == nullptr ? nullptr : std::get_if<std::uint64_t>(value);
}

std::uint64_t digest_of(hid_t file, const DatasetInfo& info, Type type, const std::string& what) {
  const H5 dataset = open_dataset(file, info.path, what);
  std::vector<unsigned char> buffer;
  std::uint64_t digest = 0;
  constexpr std::uint64_t buffer_bytes = std::uint64_t{1} << 24;
  for_each_block(Extents(info.shape.size(), 0), info.shape, buffer_bytes / size_of(type),
                 [&](const Extents& offset, const Extents& count, std::uint64_t /*local*/) {
                   buffer.resize(product(count) * size_of(type));
                   read_box(dataset.get(), memory_type(type), size_of(type), offset, count, buffer.data(), what);
                   digest += digest_piece(type, info.shape, offset, count, buffer.data());
                 });
  return digest;
}

/// What samples.h5 says about the files behind its virtual datasets, by file name.
std::map<std::string, std::uint64_t> listed_manifests(hid_t file, const FileInfo& info,
                                                      const std::filesystem::path& path) {
  std::map<std::string, std::uint64_t> listed;
  const DatasetInfo* names = info.find("/segments/first");
  const DatasetInfo* counts = info.find("/segments/count");
  const DatasetInfo* manifests = info.find("/segments/manifest");
  if (names == nullptr || counts == nullptr || manifests == nullptr) return listed;
  const auto column = [&](const DatasetInfo& dataset, auto value) {
    std::vector<decltype(value)> values(product(dataset.shape));
    const H5 source = open_dataset(file, dataset.path, path.string());
    const hid_t type = std::is_signed_v<decltype(value)> ? H5T_NATIVE_INT64 : H5T_NATIVE_UINT64;
    read_box(source.get(), type, 8, {0}, dataset.shape, values.data(), dataset.path);
    return values;
  };
  const auto first = column(*names, std::int64_t{});
  const auto count = column(*counts, std::int64_t{});
  const auto manifest = column(*manifests, std::uint64_t{});
  for (std::size_t i = 0; i < std::min({first.size(), count.size(), manifest.size()}); ++i) {
    listed[segment_file_name(first[i], count[i])] = manifest[i];
  }
  return listed;
}

}  // namespace

std::string segment_file_name(std::int64_t first, std::int64_t count) {
  return "segments/draws-" + std::to_string(first) + "-" + std::to_string(count) + ".h5";
}

std::vector<double> read_serial(const std::filesystem::path& path, const std::string& dataset) {
  const FileInfo info = describe_file(path);
  const DatasetInfo& found = find_dataset(info, dataset, path);
  return read_doubles(path, found, Extents(found.shape.size(), 0), found.shape);
}

std::vector<double> read_serial(const std::filesystem::path& path, const std::string& dataset, const Extents& offset,
                                const Extents& count) {
  const FileInfo info = describe_file(path);
  return read_doubles(path, find_dataset(info, dataset, path), offset, count);
}

std::string to_string(Health health) {
  switch (health) {
    case Health::ok: return "ok";
    case Health::damaged: return "damaged";
    case Health::missing: return "missing";
    case Health::unverified: return "unverified";
  }
  return "unknown";
}

std::string problem_with(const std::filesystem::path& path, std::uint64_t manifest) {
  try {
    const FileInfo info = describe_file(path);
    const auto* stored = unsigned_attribute(info.attributes, "manifest");
    if (stored == nullptr || *stored != manifest) return path.string() + " is not the file that was written";
    for (const auto& found : verify_file(path)) {
      if (found.health != Health::ok) return found.info.path + " of " + path.string() + ": " + found.note;
    }
  } catch (const base::Error& error) {
    return error.what();
  }
  return "";
}

std::vector<DatasetHealth> verify_file(const std::filesystem::path& path) {
  const FileInfo info = describe_file(path);
  if (find_attribute(info.attributes, "manifest") != nullptr) check_manifest(info, path);
  const H5 file = open_for_reading(path);
  std::vector<DatasetHealth> result;
  std::map<std::string, std::uint64_t> listed;
  // Plain datasets first: the list of the files behind the virtual ones is among them.
  for (const auto& dataset : info.datasets) {
    DatasetHealth health{dataset, Health::unverified, ""};
    const auto* digest = unsigned_attribute(dataset.attributes, "digest");
    const auto type = type_of(dataset.type);
    if (!dataset.is_virtual && digest != nullptr && type) {
      try {
        const bool same = digest_of(file.get(), dataset, *type, path.string()) == *digest;
        health.health = same ? Health::ok : Health::damaged;
        if (!same) health.note = "the values differ from those that were written";
      } catch (const base::Error& error) {
        health.health = Health::damaged;
        health.note = error.what();
      }
    }
    result.push_back(std::move(health));
  }
  std::map<std::string, std::pair<Health, std::string>> sources;
  const auto check_source = [&](const VirtualSource& source) -> const std::pair<Health, std::string>& {
    const auto [found, is_new] = sources.try_emplace(source.file, Health::ok, "");
    if (!is_new) return found->second;
    const std::filesystem::path behind = path.parent_path() / source.file;
    const auto manifest = listed.find(source.file);
    if (!std::filesystem::exists(behind)) {
      found->second = {Health::missing, "there is no file " + behind.string()};
    } else if (manifest == listed.end()) {
      found->second = {Health::unverified, "not listed under /segments: " + source.file};
    } else if (std::string problem = problem_with(behind, manifest->second); !problem.empty()) {
      found->second = {Health::damaged, std::move(problem)};
    }
    return found->second;
  };
  bool is_listed = false;
  for (auto& dataset : result) {
    if (!dataset.info.is_virtual) continue;
    if (!is_listed) listed = listed_manifests(file.get(), info, path);
    is_listed = true;
    dataset.health = Health::ok;
    for (const auto& source : dataset.info.sources) {
      const auto& [health, note] = check_source(source);
      if (health == Health::ok) continue;
      dataset.health = health;
      dataset.note = note;
      break;
    }
  }
  return result;
}

}  // namespace scorefield::io
