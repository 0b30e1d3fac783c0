#pragma once
/// Builds the objects a deck names: a Family of schemas with the constructor of each. Adding a component is one line,
///
///   Registry<Sampler, BuildContext> samplers(catalogue.family("sampler"));
///   samplers.add<Mala>();
///
/// where Mala has `using Options = ...`, `static Schema<Options> schema()` and `Mala(const Options&, BuildContext&)`.

#include "deck/catalogue.hpp"

#include <functional>
#include <map>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

namespace scorefield::deck {

template <class Interface, class Context>
class Registry {
 public:
  /// The family must outlive the registry.
  explicit Registry(Family& family) : family_(&family) {}

  template <class T>
  Registry& add() {
    const Entry& entry = family_->add({T::schema().any()});
    builders_[entry.name()] = [](const Component& component, Context& context) -> std::unique_ptr<Interface> {
      return std::make_unique<T>(component.as<typename T::Options>(), context);
    };
    return *this;
  }

  /// Builds what the component names. std::logic_error for a component of another family.
  [[nodiscard]] std::unique_ptr<Interface> build(const Component& component, Context& context) const {
    const auto builder = builders_.find(component.type);
    if (builder == builders_.end()) {
      throw std::logic_error("family '" + family_->name() + "' cannot build '" + component.type + "'");
    }
    return builder->second(component, context);
  }

  [[nodiscard]] std::vector<std::string> names() const { return family_->names(); }
  [[nodiscard]] const Family& family() const noexcept { return *family_; }

 private:
  using Builder = std::function<std::unique_ptr<Interface>(const Component&, Context&)>;
  Family* family_;
  std::map<std::string, Builder> builders_;
};

}  // namespace scorefield::deck
