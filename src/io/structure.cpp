#include "io/structure.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstring>

#include "base/errors.hpp"
#include "io/digest.hpp"
#include "io/hdf5.hpp"
#include "io/seal.hpp"

namespace scorefield::io {

namespace {

std::string text_of(const std::string& value) { return std::to_string(value.size()) + ':' + value; }

std::string text_of(const Attributes& attributes) {
  std::string text;
  for (const auto& [name, value] : attributes) {
    text += text_of(name);
    if (const auto* s = std::get_if<std::string>(&value)) text += "s" + text_of(*s);
    if (const auto* i = std::get_if<std::int64_t>(&value)) text += "i" + std::to_string(*i);
    if (const auto* u = std::get_if<std::uint64_t>(&value)) text += "u" + std::to_string(*u);
    if (const auto* d = std::get_if<double>(&value)) {
      std::uint64_t bits = 0;
      std::memcpy(&bits, d, sizeof bits);
      text += "d" + std::to_string(bits);
    }
    text += '\n';
  }
  return text;
}

void sort_by_name(Attributes& attributes) {
  std::sort(attributes.begin(), attributes.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
}

std::string type_name(hid_t type) {
  const std::string bits = std::to_string(8 * H5Tget_size(type));
  switch (H5Tget_class(type)) {
    case H5T_FLOAT: return "float" + bits;
    case H5T_INTEGER: return (H5Tget_sign(type) == H5T_SGN_NONE ? "uint" : "int") + bits;
    case H5T_STRING: return "string";
    case H5T_ENUM: return "enum";
    default: return "other";
  }
}

Extents shape_of(hid_t space) {
  const int rank = H5Sget_simple_extent_ndims(space);
  std::vector<hsize_t> dims(static_cast<std::size_t>(std::max(rank, 0)));
  if (!dims.empty()) H5Sget_simple_extent_dims(space, dims.data(), nullptr);
  return {dims.begin(), dims.end()};
}

std::string read_string(hid_t attribute, hid_t type, const std::string& what) {
  if (H5Tis_variable_str(type) > 0) {
    const H5 memory(H5Tcopy(H5T_C_S1), H5Tclose, what);
    h5_check(H5Tset_size(memory.get(), H5T_VARIABLE), what);
    h5_check(H5Tset_cset(memory.get(), H5Tget_cset(type)), what);
    char* value = nullptr;
    h5_check(H5Aread(attribute, memory.get(), &value), what);
    std::string text = value == nullptr ? "" : value;
    H5free_memory(value);
    return text;
  }
  std::string text(H5Tget_size(type), '\0');
  h5_check(H5Aread(attribute, type, text.data()), what);
  return text.substr(0, text.find('\0'));
}

struct Visit {
  Attributes attributes;
  std::string error;
};

// Attributes that are not scalars, or of exotic types, are of no use to us and are passed over.
herr_t read_attribute(hid_t object, const char* name, const H5A_info_t* /*info*/, void* data) {
  auto& visit = *static_cast<Visit*>(data);
  try {
    const std::string what = std::string("cannot read attribute ") + name;
    const H5 attribute(H5Aopen(object, name, H5P_DEFAULT), H5Aclose, what);
    const H5 space(H5Aget_space(attribute.get()), H5Sclose, what);
    const H5 type(H5Aget_type(attribute.get()), H5Tclose, what);
    if (H5Sget_simple_extent_npoints(space.get()) != 1) return 0;
    switch (H5Tget_class(type.get())) {
      case H5T_STRING: visit.attributes.emplace_back(name, read_string(attribute.get(), type.get(), what)); break;
      case H5T_FLOAT: {
        double value = 0;
        h5_check(H5Aread(attribute.get(), H5T_NATIVE_DOUBLE, &value), what);
        visit.attributes.emplace_back(name, value);
        break;
      }
      case H5T_INTEGER: {
        if (H5Tget_sign(type.get()) == H5T_SGN_NONE) {
          std::uint64_t value = 0;
          h5_check(H5Aread(attribute.get(), H5T_NATIVE_UINT64, &value), what);
          visit.attributes.emplace_back(name, value);
        } else {
          std::int64_t value = 0;
          h5_check(H5Aread(attribute.get(), H5T_NATIVE_INT64, &value), what);
          visit.attributes.emplace_back(name, value);
        }
        break;
      }
      default: break;
    }
  } catch (const std::exception& e) {
    visit.error = e.what();
    return -1;
  }
  return 0;
}

Attributes attributes_of(hid_t object, const std::string& what) {
  Visit visit;
  const herr_t result = H5Aiterate2(object, H5_INDEX_NAME, H5_ITER_INC, nullptr, read_attribute, &visit);
  if (!visit.error.empty()) throw base::FileError(what + ": " + visit.error);
  h5_check(result, what + ": cannot list attributes");
  sort_by_name(visit.attributes);
  return visit.attributes;
}

std::vector<VirtualSource> sources_of(hid_t creation, const Extents& shape, const std::string& what) {
  std::size_t count = 0;
  h5_check(H5Pget_virtual_count(creation, &count), what);
  std::vector<VirtualSource> sources;
  for (std::size_t i = 0; i < count; ++i) {
    VirtualSource source;
    const auto length = [&](ssize_t n) {
      h5_check(n < 0 ? -1 : 0, what);
      return static_cast<std::size_t>(n);
    };
    source.file.resize(length(H5Pget_virtual_filename(creation, i, nullptr, 0)) + 1);
    length(H5Pget_virtual_filename(creation, i, source.file.data(), source.file.size()));
    source.file.pop_back();
    source.dataset.resize(length(H5Pget_virtual_dsetname(creation, i, nullptr, 0)) + 1);
    length(H5Pget_virtual_dsetname(creation, i, source.dataset.data(), source.dataset.size()));
    source.dataset.pop_back();
    const H5 space(H5Pget_virtual_vspace(creation, i), H5Sclose, what);
    std::vector<hsize_t> low(shape.size()), high(shape.size());
    h5_check(H5Sget_select_bounds(space.get(), low.data(), high.data()), what);
    for (std::size_t axis = 0; axis < shape.size(); ++axis) {
      source.shape.push_back(high[axis] - low[axis] + 1);
      if (low[axis] != 0) source.offset = low[axis];
    }
    sources.push_back(std::move(source));
  }
  return sources;
}

struct Listing {
  std::vector<DatasetInfo> datasets;
  std::string error;
};

herr_t read_object(hid_t file, const char* name, const H5O_info_t* info, void* data) {
  if (info->type != H5O_TYPE_DATASET) return 0;
  auto& listing = *static_cast<Listing*>(data);
  try {
    DatasetInfo found;
    found.path = std::string("/") + name;
    const H5 dataset(H5Dopen2(file, name, H5P_DEFAULT), H5Dclose, "cannot open " + found.path);
    const H5 type(H5Dget_type(dataset.get()), H5Tclose, found.path);
    const H5 creation(H5Dget_create_plist(dataset.get()), H5Pclose, found.path);
    const H5 space(H5Dget_space(dataset.get()), H5Sclose, found.path);
    found.type = type_name(type.get());
    found.shape = shape_of(space.get());
    found.is_virtual = H5Pget_layout(creation.get()) == H5D_VIRTUAL;
    if (found.is_virtual) found.sources = sources_of(creation.get(), found.shape, found.path);
    found.attributes = attributes_of(dataset.get(), found.path);
    listing.datasets.push_back(std::move(found));
  } catch (const std::exception& e) {
    listing.error = e.what();
    return -1;
  }
  return 0;
}

}  // namespace

std::string DatasetInfo::unit() const {
  const AttributeValue* value = find_attribute(attributes, "unit");
  const auto* text = value == nullptr ? nullptr : std::get_if<std::string>(value);
  return text == nullptr ? "" : *text;
}

const DatasetInfo* FileInfo::find(const std::string& path) const {
  for (const auto& dataset : datasets) {
    if (dataset.path == path) return &dataset;
  }
  return nullptr;
}

const AttributeValue* find_attribute(const Attributes& attributes, const std::string& name) {
  for (const auto& [key, value] : attributes) {
    if (key == name) return &value;
  }
  return nullptr;
}

std::string human_bytes(std::uint64_t bytes) {
  constexpr std::array units{"bytes", "kB", "MB", "GB", "TB", "PB"};
  double value = static_cast<double>(bytes);
  std::size_t unit = 0;
  while (value >= 1000.0 && unit + 1 < units.size()) {
    value /= 1000.0;
    ++unit;
  }
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), unit == 0 ? "%.0f %s" : "%.3g %s", value, units[unit]);
  return text.data();
}

std::uint64_t manifest_of(FileInfo info) {
  std::erase_if(info.attributes, [](const auto& attribute) { return attribute.first == "manifest"; });
  sort_by_name(info.attributes);
  std::sort(info.datasets.begin(), info.datasets.end(), [](const auto& a, const auto& b) { return a.path < b.path; });
  std::string text = text_of(info.attributes);
  for (auto& dataset : info.datasets) {
    sort_by_name(dataset.attributes);
    text += text_of(dataset.path) + ' ' + dataset.type + ' ' + to_string(dataset.shape) + '\n' +
            text_of(dataset.attributes);
    for (const auto& source : dataset.sources) {
      text += text_of(source.file) + text_of(source.dataset) + std::to_string(source.offset) + ' ' +
              to_string(source.shape) + '\n';
    }
  }
  return digest_text(text);
}

FileInfo describe_file(const std::filesystem::path& path) {
  if (!std::filesystem::exists(path)) throw base::FileError("there is no file " + path.string());
  const bool sealed = check_seal(path);
  const H5 file = open_for_reading(path);
  FileInfo info;
  info.sealed = sealed;
  info.attributes = attributes_of(file.get(), path.string());
  Listing listing;
  const herr_t result = H5Ovisit2(file.get(), H5_INDEX_NAME, H5_ITER_INC, read_object, &listing, H5O_INFO_BASIC);
  if (!listing.error.empty()) throw base::FileError(path.string() + ": " + listing.error);
  h5_check(result, "cannot list " + path.string());
  info.datasets = std::move(listing.datasets);
  std::sort(info.datasets.begin(), info.datasets.end(), [](const auto& a, const auto& b) { return a.path < b.path; });
  return info;
}

void check_manifest(const FileInfo& info, const std::filesystem::path& path) {
  const AttributeValue* value = find_attribute(info.attributes, "manifest");
  const auto* stored = value == nullptr ? nullptr : std::get_if<std::uint64_t>(value);
  if (!info.sealed || stored == nullptr) {
    throw base::FileError(path.string() +
                          " has no seal or no manifest: it is damaged or was not written by scorefield");
  }
  if (*stored != manifest_of(info)) {
    throw base::FileError(path.string() + " is damaged: its structure disagrees with its manifest",
                          "use another copy of the file");
  }
}

}  // namespace scorefield::io
