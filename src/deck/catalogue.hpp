#pragma once
/// The components a deck can name, by family ("target", "sampler", ...). A Catalogue is a value that main owns and the
/// registries fill; nothing is global.

#include "deck/schema.hpp"

#include <deque>
#include <map>
#include <string>
#include <vector>

namespace scorefield::deck {

/// One component of a family; its name in the deck is schema.name().
struct Entry {
  AnySchema schema;
  [[nodiscard]] const std::string& name() const noexcept { return schema.name(); }
};

class Family {
 public:
  explicit Family(std::string name, std::string doc = {}) : name_(std::move(name)), doc_(std::move(doc)) {}
  [[nodiscard]] const std::string& name() const noexcept { return name_; }
  [[nodiscard]] const std::string& doc() const noexcept { return doc_; }
  void set_doc(std::string doc) { doc_ = std::move(doc); }

  /// std::logic_error when the name is taken. The reference stays valid as long as the catalogue.
  const Entry& add(Entry entry);
  [[nodiscard]] const Entry* find(const std::string& type) const noexcept;
  [[nodiscard]] const std::deque<Entry>& entries() const noexcept { return entries_; }
  [[nodiscard]] std::vector<std::string> names() const;

 private:
  std::string name_, doc_;
  std::deque<Entry> entries_;  // a deque never moves its elements: Components point to them
};

class Catalogue {
 public:
  Catalogue() = default;
  Catalogue(const Catalogue&) = delete;  // Components and Registries point into it
  Catalogue& operator=(const Catalogue&) = delete;
  Catalogue(Catalogue&&) = default;
  Catalogue& operator=(Catalogue&&) = default;
  ~Catalogue() = default;

  /// The family of that name, made when new.
  Family& family(const std::string& name, const std::string& doc = {});
  [[nodiscard]] const Family* find(const std::string& name) const noexcept;
  /// The component of that name in any family, or nullptr.
  [[nodiscard]] const Entry* find_component(const std::string& type) const noexcept;
  /// By name.
  [[nodiscard]] const std::map<std::string, Family>& all() const noexcept { return families_; }

 private:
  std::map<std::string, Family> families_;
};

/// Reads a component: a map with `type`, or a plain word. What is wrong goes to context.problems, and the Component
/// returned is then empty or holds defaults.
[[nodiscard]] Component parse_component(const Node& node, const std::string& family, ParseContext& context,
                                        const std::string& key);
/// A component as parse_component() reads it back, all defaults filled in.
[[nodiscard]] Node emit_component(const Component& component);

}  // namespace scorefield::deck
