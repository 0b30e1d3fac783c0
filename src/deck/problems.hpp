#pragma once
/// Everything that is wrong with a deck, gathered so that the user sees it all at once.

#include "deck/node.hpp"

#include <cstddef>
#include <string>
#include <vector>

namespace scorefield::deck {

struct Problem {
  Mark mark;
  std::string key;  ///< full path, "sampler.step_size"; empty where there is none
  std::string message;
  /// "deck.yaml:3:7: sampler.step_size: must be > 0, got -1"
  [[nodiscard]] std::string text() const;
};

class Problems {
 public:
  void add(Mark mark, std::string key, std::string message);
  [[nodiscard]] bool empty() const noexcept { return problems_.empty(); }
  [[nodiscard]] std::size_t size() const noexcept { return problems_.size(); }
  /// In the order of the file, command line arguments last.
  [[nodiscard]] std::vector<Problem> sorted() const;
  /// One per line, sorted; the first 50 and the number of the others.
  [[nodiscard]] std::string text() const;
  /// Throws base::DeckError with text() unless empty.
  void throw_if_any() const;

 private:
  std::vector<Problem> problems_;
};

/// "a.b" from "a" and "b"; either may be empty.
[[nodiscard]] std::string join_key(const std::string& prefix, const std::string& key);

/// The candidate the user most likely meant (edit distance with transpositions, case and '-' ignored, or an
/// abbreviation), "" when nothing is near.
[[nodiscard]] std::string nearest(const std::string& word, const std::vector<std::string>& candidates);

/// ": did you mean 'mala'? (available: ula, mala)": the end of a sentence that refuses a word.
[[nodiscard]] std::string suggestion(const std::string& word, const std::vector<std::string>& candidates,
                                     const std::string& what_they_are);

}  // namespace scorefield::deck
