#pragma once
/// The options of a component, declared once: parsing, checks, `describe`, the resolved deck and the docs table all
/// come from the declaration, and the defaults are the default member initialisers of the options struct.
///
///   struct MalaOptions { std::optional<double> step_size; std::string start = "prior"; };
///   Schema<MalaOptions>("mala", "Metropolis-adjusted Langevin algorithm")
///       .reference("Roberts & Rosenthal 1998")
///       .example("{type: mala, step_size: 0.1}")
///       .option("step_size", &MalaOptions::step_size, {.unit = "1", .doc = "...", .above = 0.0})
///       .option("start", &MalaOptions::start, {.doc = "...", .choices = {"prior", "zero"}})
///       .check([](const MalaOptions& o, auto report) { if (...) report("start", "needs ..."); });
///
/// Members may be bool, std::int64_t, double, std::string, std::vector of the last three, FilePath, Duration, and
/// std::optional of these, which the deck sets to "no value" by the word `auto`; a nested options struct (.section); a
/// Component or a vector of them (.component, .components). A wrong declaration throws std::logic_error at start-up.

#include "deck/node.hpp"
#include "deck/problems.hpp"
#include "deck/values.hpp"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <type_traits>
#include <typeindex>
#include <utility>
#include <variant>
#include <vector>

namespace scorefield::deck {

class Catalogue;

/// What reading a deck needs besides the deck.
struct ParseContext {
  const Catalogue& catalogue;
  std::filesystem::path directory;  ///< of the deck, for relative FilePaths
  Problems& problems;
  bool check_files = true;  ///< whether must_exist looks at the disk
};

/// What is said about one option. Bounds and choices hold for each item of a list, and in seconds for a Duration.
struct Spec {
  std::string unit{};
  std::string doc{};
  std::string reference{};
  bool required = false;
  std::optional<double> min{}, above{};  ///< lower bound: inclusive, exclusive
  std::optional<double> max{}, below{};  ///< upper bound: inclusive, exclusive
  std::vector<std::string> choices{};
  std::string auto_doc{};  ///< what `auto` means
  std::string example{};
  std::optional<std::size_t> min_size{}, max_size{};  ///< of a list
  bool one_or_more = false;                           ///< of a list: a single value stands for a list of one
  bool must_exist = false;                            ///< a FilePath
  std::string auto_word = "auto";                     ///< for optional members: the word that means "no value"
};

/// A nested options struct inside its parent.
struct Section {
  void* object = nullptr;           ///< nullptr while an optional section is absent
  std::function<void*()> create{};  ///< makes an absent optional section
};

/// Where the value of an option lives: a pointer to the member, by type.
using Slot = std::variant<bool*, std::int64_t*, double*, std::string*, FilePath*, Duration*, std::vector<std::int64_t>*,
                          std::vector<double>*, std::vector<std::string>*, std::optional<bool>*,
                          std::optional<std::int64_t>*, std::optional<double>*, std::optional<std::string>*,
                          std::optional<FilePath>*, std::optional<Duration>*, std::optional<std::vector<std::int64_t>>*,
                          std::optional<std::vector<double>>*, std::optional<std::vector<std::string>>*, Component*,
                          std::vector<Component>*, Section>;

class AnySchema;

struct Option {
  std::string name;
  Spec spec;
  std::string family;                        ///< of a component; empty for others
  std::shared_ptr<const AnySchema> section;  ///< of a nested struct; null for others
  std::function<Slot(void*)> slot;           ///< of the option inside an options object
};

/// Says that a combination of options is wrong: key ("" for the whole component) and message.
using Report = std::function<void(const std::string& key, const std::string& message)>;

/// A Schema without its type.
class AnySchema {
 public:
  struct Type {
    std::type_index index;
    std::function<std::shared_ptr<void>()> make;  ///< an options object with its defaults
  };

  AnySchema(std::string name, std::string doc, Type type);

  [[nodiscard]] const std::string& name() const noexcept { return name_; }
  [[nodiscard]] const std::string& doc() const noexcept { return doc_; }
  [[nodiscard]] const std::string& reference() const noexcept { return reference_; }
  [[nodiscard]] const std::string& example() const noexcept { return example_; }
  [[nodiscard]] const std::vector<Option>& options() const noexcept { return options_; }
  [[nodiscard]] std::vector<std::string> option_names() const;
  [[nodiscard]] std::type_index type() const noexcept { return type_.index; }
  /// An options object with every default.
  [[nodiscard]] std::shared_ptr<void> defaults() const { return type_.make(); }

  /// Reads the options from a map; what is wrong goes to context.problems and leaves the default. Never throws for
  /// user errors. `key_prefix` is the path of the map ("sampler").
  [[nodiscard]] std::shared_ptr<const void> parse(const Node& map, ParseContext& context,
                                                  const std::string& key_prefix) const;
  /// The same into an object that exists; `ignored` is a key that belongs to the caller ("type").
  void parse_into(void* object, const Node& map, ParseContext& context, const std::string& key_prefix,
                  const std::string& ignored = {}) const;
  /// All options with their values, as parse() accepts them. Absent components and optional sections are left out.
  [[nodiscard]] Node emit(const void* object) const;
  /// What is missing or contradictory in the declaration itself: no doc, default out of range, ... For a test.
  [[nodiscard]] std::vector<std::string> defects() const;

  void set_reference(std::string text) { reference_ = std::move(text); }
  void set_example(std::string text) { example_ = std::move(text); }
  void add(Option option);
  void add_check(std::function<void(const void*, const Report&)> check) { checks_.push_back(std::move(check)); }

 private:
  std::string name_, doc_, reference_, example_;
  Type type_;
  std::vector<Option> options_;
  std::vector<std::function<void(const void*, const Report&)>> checks_;
};

template <class T>
class Schema {
 public:
  Schema(std::string name, std::string doc)
      : any_(std::move(name), std::move(doc),
             {typeid(T), []() -> std::shared_ptr<void> { return std::make_shared<T>(); }}) {}

  /// A short example as a deck would hold it; every component must have one.
  Schema& example(std::string yaml) { return any_.set_example(std::move(yaml)), *this; }
  Schema& reference(std::string text) { return any_.set_reference(std::move(text)), *this; }

  template <class V, class Owner>
  Schema& option(std::string name, V Owner::*member, Spec spec) {
    static_assert(is_slot<V>,
                  "an option is a bool, std::int64_t, double, std::string, FilePath, Duration, a vector of "
                  "std::int64_t, double or std::string, or a std::optional of one of these");
    static_assert(!std::is_same_v<V, Component> && !std::is_same_v<V, std::vector<Component>>,
                  "declare components by .component or .components");
    return add(std::move(name), std::move(spec), {}, nullptr, member);
  }

  /// A nested struct with its own U::schema(); std::optional<U> is absent unless the deck has the key.
  template <class U, class Owner>
  Schema& section(std::string name, U Owner::*member, Spec spec = {}) {
    using Options = typename SectionType<U>::Options;
    auto schema = std::make_shared<const AnySchema>(Options::schema().any());
    auto slot = [member](void* object) -> Slot {
      U& value = static_cast<T*>(object)->*member;
      if constexpr (std::is_same_v<U, Options>) {
        return Section{&value, {}};
      } else {
        return Section{value ? &*value : nullptr, [&value]() -> void* { return &value.emplace(); }};
      }
    };
    any_.add({std::move(name), std::move(spec), {}, std::move(schema), std::move(slot)});
    return *this;
  }

  /// A component of a family, chosen by `type`; a plain word stands for {type: word}.
  template <class Owner>
  Schema& component(std::string name, Component Owner::*member, std::string family, Spec spec) {
    return add(std::move(name), std::move(spec), std::move(family), nullptr, member);
  }
  template <class Owner>
  Schema& components(std::string name, std::vector<Component> Owner::*member, std::string family, Spec spec) {
    return add(std::move(name), std::move(spec), std::move(family), nullptr, member);
  }

  /// A check across options; runs only when each option on its own was right. `report(key, message)`.
  template <class Check>
  Schema& check(Check check) {
    any_.add_check([check = std::move(check)](const void* object, const Report& report) {
      check(*static_cast<const T*>(object), report);
    });
    return *this;
  }

  [[nodiscard]] const AnySchema& any() const noexcept { return any_; }
  operator const AnySchema&() const noexcept { return any_; }  // NOLINT: a Schema is an AnySchema that knows its type
  [[nodiscard]] Node emit(const T& options) const { return any_.emit(&options); }

 private:
  template <class V>
  static constexpr bool is_slot = std::is_constructible_v<Slot, std::in_place_type_t<V*>, V*>;

  template <class U>
  struct SectionType {
    using Options = U;
  };
  template <class U>
  struct SectionType<std::optional<U>> {
    using Options = U;
  };

  template <class V, class Owner>
  Schema& add(std::string name, Spec spec, std::string family, std::shared_ptr<const AnySchema> section,
              V Owner::*member) {
    static_assert(std::is_base_of_v<Owner, T>, "the member belongs to another struct");
    auto slot = [member](void* object) -> Slot { return &(static_cast<T*>(object)->*member); };
    any_.add({std::move(name), std::move(spec), std::move(family), std::move(section), std::move(slot)});
    return *this;
  }

  AnySchema any_;
};

/// Reads a whole struct from a map. What is wrong goes to context.problems.
template <class T>
[[nodiscard]] T parse_options(const Node& map, const Schema<T>& schema, ParseContext& context,
                              const std::string& key_prefix = {}) {
  T options{};
  schema.any().parse_into(&options, map, context, key_prefix);
  return options;
}

}  // namespace scorefield::deck
