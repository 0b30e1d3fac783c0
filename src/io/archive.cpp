#include "io/archive.hpp"

#include "base/errors.hpp"

namespace scorefield::io {

namespace {

std::string path_of(const std::string& name) { return "/chains/" + name; }

Extents chain_first(std::uint64_t first, const Extents& rest) {
  Extents all{first};
  all.insert(all.end(), rest.begin(), rest.end());
  return all;
}

Extents zeros(const Extents& like) { return Extents(like.size(), 0); }

Extents length_of(std::size_t n, bool is_scalar) { return is_scalar ? Extents{} : Extents{n}; }

}  // namespace

void SaveArchive::add(const std::string& name, Type type, const Extents& shape, const Extents& offset,
                      const Extents& count, const void* data, std::shared_ptr<const void> owner, bool mine) {
  const auto [found, is_new] = index_.try_emplace(name, datasets_.size());
  if (is_new) datasets_.push_back({.path = path_of(name), .type = type, .shape = chain_first(chains_, shape)});
  Dataset& dataset = datasets_[found->second];
  if (dataset.type != type || dataset.shape != chain_first(chains_, shape)) {
    throw base::FileError("chains differ in type or shape of '" + name + "': " + to_string(dataset.shape) + " and " +
                              to_string(chain_first(chains_, shape)),
                          "this is a defect of scorefield");
  }
  if (!mine || product(count) == 0) return;
  dataset.pieces.push_back({chain_first(static_cast<std::uint64_t>(chain_), offset), chain_first(1, count), data});
  owners_.push_back(std::move(owner));
}

template <class T>
void SaveArchive::add_array(const std::string& name, Type type, const std::vector<T>& values, bool is_scalar) {
  const auto copy = std::make_shared<const std::vector<T>>(values);
  const Extents length = length_of(values.size(), is_scalar);
  add(name, type, length, zeros(length), length, copy->data(), copy, group_root_);
}

void SaveArchive::scalar(const std::string& name, std::int64_t& value) {
  add_array(name, Type::int64, std::vector<std::int64_t>{value}, true);
}
void SaveArchive::scalar(const std::string& name, std::uint64_t& value) {
  add_array(name, Type::uint64, std::vector<std::uint64_t>{value}, true);
}
void SaveArchive::scalar(const std::string& name, double& value) {
  add_array(name, Type::float64, std::vector<double>{value}, true);
}
void SaveArchive::array(const std::string& name, std::vector<double>& values) {
  add_array(name, Type::float64, values, false);
}
void SaveArchive::array(const std::string& name, std::vector<std::int64_t>& values) {
  add_array(name, Type::int64, values, false);
}

void SaveArchive::field(const std::string& name, const FieldSlab& slab) {
  add(name, slab.type, slab.global_shape, slab.offset, slab.count, slab.data, slab.owner, true);
}

void LoadArchive::read(const std::string& name, Type type, const Extents& shape, const Extents& offset,
                       const Extents& count, void* data, bool counts) {
  const std::string path = path_of(name);
  const Extents& stored = reader_.shape(path);
  if (stored.empty() || Extents(stored.begin() + 1, stored.end()) != shape) {
    throw base::FileError(path + " of " + reader_.path().string() + " has shape " + to_string(stored) +
                              " (chains first), but this run needs " + to_string(shape) + " for each chain",
                          "restart with the deck the checkpoint was written with");
  }
  const MutablePiece piece{chain_first(static_cast<std::uint64_t>(chain_), offset), chain_first(1, count), data};
  reader_.read(path, type, piece, counts);
}

std::uint64_t LoadArchive::stored_length(const std::string& name) const {
  const Extents& stored = reader_.shape(path_of(name));
  return stored.size() == 2 ? stored[1] : 0;
}

void LoadArchive::scalar(const std::string& name, std::int64_t& value) {
  read(name, Type::int64, {}, {}, {}, &value, group_root_);
}
void LoadArchive::scalar(const std::string& name, std::uint64_t& value) {
  read(name, Type::uint64, {}, {}, {}, &value, group_root_);
}
void LoadArchive::scalar(const std::string& name, double& value) {
  read(name, Type::float64, {}, {}, {}, &value, group_root_);
}
void LoadArchive::array(const std::string& name, std::vector<double>& values) {
  values.resize(stored_length(name));
  read(name, Type::float64, {values.size()}, {0}, {values.size()}, values.data(), group_root_);
}
void LoadArchive::array(const std::string& name, std::vector<std::int64_t>& values) {
  values.resize(stored_length(name));
  read(name, Type::int64, {values.size()}, {0}, {values.size()}, values.data(), group_root_);
}

void LoadArchive::field(const std::string& name, const FieldSlab& slab) {
  read(name, slab.type, slab.global_shape, slab.offset, slab.count, slab.data, true);
}

}  // namespace scorefield::io
