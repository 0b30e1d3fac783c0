#include "io/write_file.hpp"

#include <bit>
#include <limits>

#include "base/errors.hpp"
#include "io/box.hpp"
#include "io/digest.hpp"
#include "io/hdf5.hpp"
#include "io/posix_file.hpp"
#include "io/seal.hpp"
#include "io/structure.hpp"

namespace scorefield::io {

// Values go into the file as they lie in memory.
static_assert(std::endian::native == std::endian::little, "files are little-endian");

namespace {

/// What readers will find: from it both the file and its manifest are made.
struct Layout {
  FileInfo info;  ///< with units, digests and manifest among the attributes
  std::uint64_t bytes = 0;
};

std::string text_of_mismatch(const std::string& path) {
  return "defect: ranks disagree about what to write, or do not cover it exactly once: " + path;
}

/// Collective.
Layout make_layout(const base::Comm& comm, const std::vector<Dataset>& datasets, const Attributes& attributes,
                   const std::vector<VirtualDataset>& virtual_datasets) {
  Layout layout;
  layout.info.attributes = attributes;
  for (const auto& source : virtual_datasets) {
    DatasetInfo info{source.path, to_string(source.type), source.shape, source.attributes, source.sources, true};
    info.attributes.emplace_back("unit", source.unit);
    // Without sources there is nothing virtual about it: an empty array.
    info.is_virtual = !source.sources.empty();
    if (!info.is_virtual) info.attributes.emplace_back("digest", std::uint64_t{0});
    layout.info.datasets.push_back(std::move(info));
  }
  std::vector<std::uint64_t> digests, elements;
  comm.together([&] {
    for (const auto& dataset : datasets) {
      digests.push_back(0);
      elements.push_back(0);
      for (const auto& piece : dataset.pieces) {
        check_box(dataset.shape, piece.offset, piece.count, dataset.path);
        digests.back() += digest_piece(dataset.type, dataset.shape, piece);
        elements.back() += product(piece.count);
      }
    }
  });
  // The number of datasets first, so that no rank waits in the sums below for one that has fewer.
  const auto count = static_cast<std::int64_t>(datasets.size());
  if (comm.min(count) != comm.max(count)) throw base::FileError(text_of_mismatch("number of datasets"));
  for (std::size_t i = 0; i < datasets.size(); ++i) {
    const auto& dataset = datasets[i];
    DatasetInfo info{dataset.path, to_string(dataset.type), dataset.shape, dataset.attributes, {}, false};
    info.attributes.emplace_back("unit", dataset.unit);
    info.attributes.emplace_back("digest", comm.sum(digests[i]));
    if (comm.sum(elements[i]) != product(dataset.shape)) throw base::FileError(text_of_mismatch(dataset.path));
    layout.bytes += product(dataset.shape) * size_of(dataset.type);
    layout.info.datasets.push_back(std::move(info));
  }
  // Signed, for max and min: any order serves to find a difference.
  const auto manifest = manifest_of(layout.info);
  const auto compared = static_cast<std::int64_t>(manifest >> 1);
  if (comm.min(compared) != comm.max(compared)) throw base::FileError(text_of_mismatch("names, shapes or attributes"));
  layout.info.attributes.emplace_back("manifest", manifest);
  return layout;
}

void write_attribute(hid_t object, const std::string& name, const AttributeValue& value) {
  const std::string what = "cannot write attribute " + name;
  const H5 space = make_space({});
  const auto write = [&](hid_t stored, hid_t memory, const void* data) {
    const H5 attribute(H5Acreate2(object, name.c_str(), stored, space.get(), H5P_DEFAULT, H5P_DEFAULT), H5Aclose, what);
    h5_check(H5Awrite(attribute.get(), memory, data), what);
  };
  if (const auto* text = std::get_if<std::string>(&value)) {
    // Variable length: h5py hands fixed-length strings out as bytes.
    const H5 type(H5Tcopy(H5T_C_S1), H5Tclose, what);
    h5_check(H5Tset_size(type.get(), H5T_VARIABLE), what);
    h5_check(H5Tset_cset(type.get(), H5T_CSET_UTF8), what);
    const char* const characters = text->c_str();
    write(type.get(), type.get(), &characters);
  }
  if (const auto* i = std::get_if<std::int64_t>(&value)) write(H5T_STD_I64LE, H5T_NATIVE_INT64, i);
  if (const auto* u = std::get_if<std::uint64_t>(&value)) write(H5T_STD_U64LE, H5T_NATIVE_UINT64, u);
  if (const auto* d = std::get_if<double>(&value)) write(H5T_IEEE_F64LE, H5T_NATIVE_DOUBLE, d);
}

void add_sources(hid_t creation, const DatasetInfo& info, Type type, std::size_t axis) {
  const H5 space = make_space(info.shape);
  for (const auto& source : info.sources) {
    Extents offset(info.shape.size(), 0);
    offset.at(axis) = source.offset;
    check_box(info.shape, offset, source.shape, info.path);
    select_box(space.get(), offset, source.shape, info.path);
    const H5 source_space = make_space(source.shape);
    h5_check(H5Pset_virtual(creation, space.get(), source.file.c_str(), source.dataset.c_str(), source_space.get()),
             info.path);
  }
  const double nan = std::numeric_limits<double>::quiet_NaN();
  if (type == Type::float64 || type == Type::float32)
    h5_check(H5Pset_fill_value(creation, H5T_NATIVE_DOUBLE, &nan), info.path);
}

/// Returns where the values lie in the file; -1 where there are none.
std::int64_t create_dataset(hid_t file, const DatasetInfo& info, Type type, std::size_t axis) {
  const H5 space = make_space(info.shape);
  const H5 links(H5Pcreate(H5P_LINK_CREATE), H5Pclose, info.path);
  h5_check(H5Pset_create_intermediate_group(links.get(), 1), info.path);
  const H5 creation(H5Pcreate(H5P_DATASET_CREATE), H5Pclose, info.path);
  h5_check(H5Pset_obj_track_times(creation.get(), false), info.path);
  if (info.is_virtual) {
    add_sources(creation.get(), info, type, axis);
  } else {
    h5_check(H5Pset_layout(creation.get(), H5D_CONTIGUOUS), info.path);
    h5_check(H5Pset_alloc_time(creation.get(), H5D_ALLOC_TIME_EARLY), info.path);
    h5_check(H5Pset_fill_time(creation.get(), H5D_FILL_TIME_NEVER), info.path);
  }
  const H5 dataset(
      H5Dcreate2(file, info.path.c_str(), file_type(type), space.get(), links.get(), creation.get(), H5P_DEFAULT),
      H5Dclose, "cannot create " + info.path);
  for (const auto& [name, value] : info.attributes) write_attribute(dataset.get(), name, value);
  const haddr_t address = info.is_virtual ? HADDR_UNDEF : H5Dget_offset(dataset.get());
  if (address == HADDR_UNDEF && !info.is_virtual && product(info.shape) != 0)
    throw base::FileError("no place for " + info.path);
  return address == HADDR_UNDEF ? -1 : static_cast<std::int64_t>(address);
}

/// Makes the file but for the values of `datasets`, by one process; returns where they belong. The checksummed headers
/// of format 1.8 and later let readers notice damage to metadata.
std::vector<std::int64_t> create_file(const std::filesystem::path& path, const Layout& layout,
                                      const std::vector<Dataset>& datasets,
                                      const std::vector<VirtualDataset>& virtual_datasets) {
  MemoryFile memory;
  h5_quiet();
  const H5 access(H5Pcreate(H5P_FILE_ACCESS), H5Pclose, "file access list");
  h5_check(H5Pset_libver_bounds(access.get(), H5F_LIBVER_V18, H5F_LIBVER_V110), "library bounds");
  h5_check(H5Pset_file_locking(access.get(), false, true), "file locking");
  const H5 creation(H5Pcreate(H5P_FILE_CREATE), H5Pclose, "file creation list");
  const std::uint64_t block = seal_size(datasets.size());
  h5_check(H5Pset_userblock(creation.get(), block), "user block");
  H5 file(H5Fcreate(memory.path().c_str(), H5F_ACC_TRUNC, creation.get(), access.get()), H5Fclose, "cannot lay out");
  memory.remove_name();
  for (const auto& [name, value] : layout.info.attributes) write_attribute(file.get(), name, value);
  std::size_t i = 0;
  for (const auto& dataset : virtual_datasets)
    create_dataset(file.get(), layout.info.datasets[i++], dataset.type, dataset.axis);
  std::vector<std::int64_t> addresses;
  std::vector<ValueRegion> regions;
  for (const auto& dataset : datasets) {
    addresses.push_back(create_dataset(file.get(), layout.info.datasets[i++], dataset.type, 0));
    const std::uint64_t bytes = product(dataset.shape) * size_of(dataset.type);
    if (addresses.back() >= 0) regions.push_back({static_cast<std::uint64_t>(addresses.back()), bytes});
  }
  file.close("cannot lay out");
  memory.write(make_seal(memory.descriptor(), regions, block), 0);
  memory.save(path);
  return addresses;
}

/// By each rank for itself.
void write_pieces(const std::filesystem::path& path, const std::vector<Dataset>& datasets,
                  const std::vector<std::int64_t>& addresses) {
  InPlaceWriter file(path);
  for (std::size_t i = 0; i < datasets.size(); ++i) {
    const auto size = size_of(datasets[i].type);
    for (const auto& piece : datasets[i].pieces) {
      const auto* const data = static_cast<const char*>(piece.data);
      for_each_run(
          datasets[i].shape, piece.offset, piece.count,
          [&](std::uint64_t global, std::uint64_t local, std::uint64_t length) {
            file.write({data + local * size, length * size}, static_cast<std::uint64_t>(addresses[i]) + global * size);
          });
    }
  }
  file.flush();
}

}  // namespace

void write_file(const base::Comm& comm, const std::filesystem::path& path, const std::vector<Dataset>& datasets,
                const Attributes& attributes, const std::vector<VirtualDataset>& virtual_datasets) {
  const Layout layout = make_layout(comm, datasets, attributes, virtual_datasets);
  const std::filesystem::path temporary =
      comm.broadcast(comm.is_root() ? temporary_name(path).string() : std::string());
  const auto on_root = [&](const auto& action) {
    comm.together([&] {
      if (comm.is_root()) action();
    });
  };
  // Where each dataset's values begin in the file.
  std::vector<std::int64_t> addresses(datasets.size(), -1);
  try {
    on_root([&] {
      const std::filesystem::path directory = path.has_parent_path() ? path.parent_path() : ".";
      std::filesystem::create_directories(directory);
      constexpr std::uint64_t headers = 65536, per_dataset = 4096;
      check_free_space(directory, layout.bytes + headers + per_dataset * layout.info.datasets.size());
      addresses = create_file(temporary, layout, datasets, virtual_datasets);
    });
    comm.broadcast(addresses.data(), static_cast<std::int64_t>(addresses.size()));
    comm.together([&] { write_pieces(temporary, datasets, addresses); });
    // Rank 0 saw its own part on disk before the others opened the file, and every rank its own since.
    on_root([&] { publish(temporary, path); });
  } catch (const base::Error& error) {
    if (comm.is_root()) remove_temporary(temporary);
    throw base::FileError("cannot write " + path.string() + ": " + error.what(), error.advice());
  }
}

}  // namespace scorefield::io
