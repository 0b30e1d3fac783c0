#include "io/hdf5.hpp"

#include "base/errors.hpp"
#include "io/box.hpp"

namespace scorefield::io {

namespace {

herr_t collect_reason(unsigned /*n*/, const H5E_error2_t* error, void* text) {
  auto& reasons = *static_cast<std::string*>(text);
  if (error->desc == nullptr) return 0;
  if (!reasons.empty()) reasons += "; ";
  reasons += error->desc;
  // The innermost reasons say what happened, the outer ones only where it went by.
  return reasons.size() > 240 ? 1 : 0;
}

}  // namespace

std::string h5_reason() {
  std::string reasons;
  H5Ewalk2(H5E_DEFAULT, H5E_WALK_UPWARD, collect_reason, &reasons);
  H5Eclear2(H5E_DEFAULT);
  return reasons.empty() ? "HDF5 gives no reason" : reasons;
}

void h5_quiet() { H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr); }

void h5_check(herr_t result, const std::string& what) {
  if (result < 0) throw base::FileError(what + ": " + h5_reason());
}

H5::H5(hid_t id, Closer closer, const std::string& what) : id_(id), closer_(closer) {
  if (id < 0) throw base::FileError(what + ": " + h5_reason());
}

void H5::reset() noexcept {
  if (id_ >= 0) closer_(id_);
  id_ = H5I_INVALID_HID;
}

void H5::close(const std::string& what) {
  if (id_ < 0) return;
  h5_check(closer_(std::exchange(id_, H5I_INVALID_HID)), what);
}

hid_t memory_type(Type type) {
  switch (type) {
    case Type::float32: return H5T_NATIVE_FLOAT;
    case Type::int64: return H5T_NATIVE_INT64;
    case Type::uint64: return H5T_NATIVE_UINT64;
    case Type::uint8: return H5T_NATIVE_UINT8;
    case Type::float64: break;
  }
  return H5T_NATIVE_DOUBLE;
}

hid_t file_type(Type type) {
  switch (type) {
    case Type::float32: return H5T_IEEE_F32LE;
    case Type::int64: return H5T_STD_I64LE;
    case Type::uint64: return H5T_STD_U64LE;
    case Type::uint8: return H5T_STD_U8LE;
    case Type::float64: break;
  }
  return H5T_IEEE_F64LE;
}

H5 make_space(const Extents& shape) {
  if (shape.empty()) return H5(H5Screate(H5S_SCALAR), H5Sclose, "scalar dataspace");
  const std::vector<hsize_t> dims(shape.begin(), shape.end());
  return H5(H5Screate_simple(static_cast<int>(dims.size()), dims.data(), nullptr), H5Sclose,
            "dataspace of " + to_string(shape));
}

void select_box(hid_t space, const Extents& offset, const Extents& count, const std::string& what) {
  if (offset.empty()) return;
  const std::vector<hsize_t> start(offset.begin(), offset.end());
  const std::vector<hsize_t> extent(count.begin(), count.end());
  h5_check(H5Sselect_hyperslab(space, H5S_SELECT_SET, start.data(), nullptr, extent.data(), nullptr), what);
}

H5 open_for_reading(const std::filesystem::path& path) {
  h5_quiet();
  const H5 access(H5Pcreate(H5P_FILE_ACCESS), H5Pclose, "file access list");
  h5_check(H5Pset_file_locking(access.get(), false, true), "file locking");
  return H5(H5Fopen(path.c_str(), H5F_ACC_RDONLY, access.get()), H5Fclose, "cannot open " + path.string());
}

H5 open_dataset(hid_t file, const std::string& dataset, const std::string& file_name) {
  const H5 access(H5Pcreate(H5P_DATASET_ACCESS), H5Pclose, "dataset access list");
  h5_check(H5Pset_virtual_prefix(access.get(), "${ORIGIN}"), "prefix of virtual datasets");
  return H5(H5Dopen2(file, dataset.c_str(), access.get()), H5Dclose, "cannot open " + dataset + " in " + file_name);
}

void read_box(hid_t dataset, hid_t type, std::uint64_t element_size, const Extents& offset, const Extents& count,
              void* data, const std::string& what) {
  const H5 space(H5Dget_space(dataset), H5Sclose, what);
  for_each_block(offset, count, block_bytes / element_size,
                 [&](const Extents& block_offset, const Extents& block_count, std::uint64_t local) {
                   select_box(space.get(), block_offset, block_count, what);
                   const H5 memory = make_space(block_count);
                   auto* const target = static_cast<unsigned char*>(data) + local * element_size;
                   h5_check(H5Dread(dataset, type, memory.get(), space.get(), H5P_DEFAULT, target), what);
                 });
}

}  // namespace scorefield::io
