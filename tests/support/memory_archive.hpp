#pragma once
/// Checkpoints in memory, on one rank.

#include <any>
#include <map>
#include <string>
#include <vector>

#include "io/archive.hpp"

namespace scorefield::test {

/// Saves what is visited; after load() hands it back.
class MemoryArchive final : public io::Archive {
 public:
  void load() { is_loading_ = true; }
  [[nodiscard]] bool loading() const override { return is_loading_; }
  void scalar(const std::string& name, std::int64_t& value) override { keep(name, value); }
  void scalar(const std::string& name, std::uint64_t& value) override { keep(name, value); }
  void scalar(const std::string& name, double& value) override { keep(name, value); }
  void array(const std::string& name, std::vector<double>& values) override { keep(name, values); }
  void array(const std::string& name, std::vector<std::int64_t>& values) override { keep(name, values); }
  void field(const std::string& name, const io::FieldSlab& slab) override {
    std::uint64_t size = 1;
    for (const std::uint64_t n : slab.count) size *= n;
    auto* data = static_cast<unsigned char*>(slab.data);
    std::vector<unsigned char> bytes(data, data + size * io::size_of(slab.type));
    keep(name, bytes);
    std::copy(bytes.begin(), bytes.end(), data);
  }

 private:
  template <class T>
  void keep(const std::string& name, T& value) {
    std::any& kept = kept_[std::to_string(chain_) + "/" + name];
    is_loading_ ? void(value = std::any_cast<T>(kept)) : void(kept = value);
  }
  bool is_loading_ = false;
  std::map<std::string, std::any> kept_;
};

}  // namespace scorefield::test
