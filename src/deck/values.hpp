#pragma once
/// Option types beyond the built-in ones.

#include "deck/node.hpp"

#include <memory>
#include <string>
#include <typeinfo>
#include <utility>

namespace scorefield::deck {

/// A file named in a deck. A relative path counts from the deck's folder, or, when given on the command line, from the
/// current one. path() is absolute, so that the resolved deck is valid from anywhere; it is empty when no file is
/// named.
class FilePath {
 public:
  FilePath() = default;
  explicit FilePath(std::string absolute) : path_(std::move(absolute)) {}
  [[nodiscard]] bool empty() const noexcept { return path_.empty(); }
  [[nodiscard]] const std::string& path() const noexcept { return path_; }

 private:
  std::string path_;
};

/// A length of time: "02:30:00", "1-12:00:00", "90 s", "30 min", "2 h", "1 d", or a number of seconds.
struct Duration {
  double seconds = 0.0;
};

struct Entry;

/// A part of the run chosen by `type`, with its options read and checked. Converts to false when none was given.
/// `entry` points into the Catalogue it was read with, which must outlive it.
struct Component {
  std::string type;
  std::shared_ptr<const void> options;
  Mark mark;
  const Entry* entry = nullptr;

  explicit operator bool() const noexcept { return entry != nullptr; }
  /// Its options as the struct they were declared for; std::logic_error for any other struct.
  template <class T>
  [[nodiscard]] const T& as() const {
    return *static_cast<const T*>(checked(typeid(T)));
  }

 private:
  [[nodiscard]] const void* checked(const std::type_info& wanted) const;
};

}  // namespace scorefield::deck
