#pragma once
/// A page of printed text: an image whose truth is known, for mocks.

#include <cstdint>
#include <string>
#include <vector>

namespace scorefield::physics {

/// Letters of 5 x 7 squares, `scale` pixels each, in lines that are filled with the words of a text over and over.
class TextPage {
 public:
  /// Small letters are printed as capitals. DeckError for a text without a letter, for a sign that the fount lacks, and
  /// for a page without room for a letter.
  TextPage(const std::string& text, std::int64_t scale, std::int64_t rows, std::int64_t columns);

  /// True for the pixels of letters; (0, 0) is the upper left corner.
  [[nodiscard]] bool is_ink(std::int64_t row, std::int64_t column) const;

 private:
  std::int64_t scale_;
  std::vector<std::string> lines_;
};

}  // namespace scorefield::physics
