#include "physics/discrete/sequence_files.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <cmath>
#include <numeric>
#include <sstream>

#include "base/errors.hpp"
#include "io/posix_file.hpp"
#include "io/serial_file.hpp"
#include "physics/regression/design.hpp"

namespace scorefield::physics {

namespace {

char upper(char letter) { return static_cast<char>(std::toupper(static_cast<unsigned char>(letter))); }

struct NamedSequence {
  std::string name, letters;
};

std::string without_blanks(std::string text) {
  std::erase_if(text, [](char c) { return std::isspace(static_cast<unsigned char>(c)) != 0 || c == '"'; });
  return text;
}

std::vector<NamedSequence> parse_fasta(std::istream& lines) {
  std::vector<NamedSequence> all;
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with('>')) {
      all.push_back({without_blanks(line.substr(1, line.find(' ') - 1)), ""});
    } else if (!line.starts_with(';') && !all.empty()) {
      all.back().letters += without_blanks(line);
    }
  }
  return all;
}

std::vector<NamedSequence> parse_csv(std::istream& lines, const std::string& path) {
  std::vector<NamedSequence> all;
  std::int64_t column = -1;
  std::int64_t at = 0;
  for (std::string line; std::getline(lines, line);) {
    ++at;
    if (without_blanks(line).empty() || line.starts_with('#')) continue;
    std::vector<std::string> words;
    std::istringstream stream(line);
    for (std::string word; std::getline(stream, word, ',');) words.push_back(without_blanks(word));
    if (column < 0) {
      column = std::find(words.begin(), words.end(), "sequence") - words.begin();
      if (column < std::ssize(words)) continue;
      throw base::FileError(path + ": no column of the table is named 'sequence'",
                            "give it a header line, or use FASTA, whose first line begins with >");
    }
    if (column >= std::ssize(words)) throw base::FileError(fmt::format("{}:{}: there is no sequence", path, at));
    all.push_back({"line " + std::to_string(at), words[static_cast<std::size_t>(column)]});
  }
  return all;
}

std::string shape_text(const std::vector<std::int64_t>& shape) {
  return io::to_string(io::Extents(shape.begin(), shape.end()));
}

}  // namespace

Alphabet::Alphabet(const std::string& letters) : letters_(letters) {
  std::transform(letters_.begin(), letters_.end(), letters_.begin(), upper);
  const char* advice = "write for example target.alphabet: ACGT, or ACDEFGHIKLMNPQRSTVWY- for proteins with gaps";
  if (letters_.size() < 2 || letters_.size() > 32) {
    throw base::DeckError(fmt::format("target.alphabet has {} letters; 2 to 32 can be", letters_.size()), advice);
  }
  for (std::size_t a = 0; a < letters_.size(); ++a) {
    const bool is_letter = std::isgraph(static_cast<unsigned char>(letters_[a])) != 0 && letters_[a] != '>';
    if (is_letter && letters_.find(letters_[a]) == a) continue;
    throw base::DeckError(fmt::format("target.alphabet: '{}' {}", letters_[a],
                                      is_letter ? "stands there twice; case does not count" : "cannot be a letter"),
                          advice);
  }
}

int Alphabet::find(char letter) const {
  const auto at = letters_.find(upper(letter));
  return at == std::string::npos ? -1 : static_cast<int>(at);
}

std::vector<double> read_letter_table(const base::Comm& comm, const std::string& path, const Alphabet& alphabet,
                                      std::int64_t sites) {
  const DataTable table = DataTable::read(comm, path);
  if (table.rows() != sites) {
    throw base::FileError(fmt::format("{}: the table has {} rows, the sequence {} sites", path, table.rows(), sites),
                          fmt::format("give a row for each site, or set domain.shape: [{}]", table.rows()));
  }
  std::vector<const std::vector<double>*> columns(static_cast<std::size_t>(alphabet.size()), nullptr);
  for (std::size_t c = 0; c < table.names.size(); ++c) {
    const int symbol = table.names[c].size() == 1 ? alphabet.find(table.names[c][0]) : -1;
    if (symbol < 0) {
      throw base::FileError(
          fmt::format("{}: the column '{}' is none of the letters {}", path, table.names[c], alphabet.letters()),
          "name a column for each letter of target.alphabet, and no others");
    }
    columns[static_cast<std::size_t>(symbol)] = &table.columns[c];
  }
  std::vector<double> values(static_cast<std::size_t>(sites * alphabet.size()));
  for (std::size_t a = 0; a < columns.size(); ++a) {
    if (columns[a] == nullptr) {
      throw base::FileError(fmt::format("{}: there is no column for the letter {}", path, alphabet.letters()[a]),
                            "name a column for each letter of target.alphabet");
    }
    for (std::size_t i = 0; i < static_cast<std::size_t>(sites); ++i) values[i * columns.size() + a] = (*columns[a])[i];
  }
  return values;
}

std::vector<double> count_letters(const base::Comm& comm, const std::string& path, const Alphabet& alphabet,
                                  std::int64_t sites) {
  std::vector<double> counts(static_cast<std::size_t>(sites * alphabet.size()), 0.0);
  comm.together([&] {
    if (!comm.is_root()) return;
    const std::string text = io::read_text(path);
    std::istringstream lines(text);
    const bool is_fasta =
        text.find_first_not_of(" \t\r\n") != std::string::npos && text[text.find_first_not_of(" \t\r\n")] == '>';
    const std::vector<NamedSequence> all = is_fasta ? parse_fasta(lines) : parse_csv(lines, path);
    if (all.empty()) throw base::FileError(path + ": there is no sequence in it");
    for (const NamedSequence& one : all) {
      if (std::ssize(one.letters) != sites) {
        throw base::FileError(fmt::format("{}: the sequence '{}' has {} letters, the domain {} sites", path, one.name,
                                          one.letters.size(), sites),
                              "sequences must be aligned, as many letters each as domain.shape says");
      }
      for (std::int64_t i = 0; i < sites; ++i) {
        const char letter = one.letters[static_cast<std::size_t>(i)];
        const int symbol = alphabet.find(letter);
        if (symbol < 0) {
          throw base::FileError(fmt::format("{}: '{}' at place {} of the sequence '{}' is none of the letters {}", path,
                                            letter, i + 1, one.name, alphabet.letters()),
                                "set target.alphabet, with its sign for gaps where there are gaps");
        }
        ++counts[static_cast<std::size_t>(i * alphabet.size() + symbol)];
      }
    }
  });
  comm.broadcast(counts.data(), std::ssize(counts));
  return counts;
}

std::vector<double> log_odds(const std::vector<double>& counts, const std::vector<double>& background,
                             double pseudocount, const Alphabet& alphabet) {
  const std::size_t q = background.size();
  std::vector<double> weights;
  for (std::size_t first = 0; first < counts.size(); first += q) {
    const double all = std::accumulate(counts.begin() + static_cast<std::ptrdiff_t>(first),
                                       counts.begin() + static_cast<std::ptrdiff_t>(first + q), 0.0);
    for (std::size_t a = 0; a < q; ++a) {
      const double b = background[a];
      weights.push_back(std::log((counts[first + a] + pseudocount * b) / (all + pseudocount) / b));
      if (std::isfinite(weights.back())) continue;
      throw base::DeckError(fmt::format("the letter {} has the count {} at site {}: its weight would be infinite",
                                        alphabet.letters()[a], counts[first + a], first / q),
                            "give target.pseudocount above 0; counts cannot be negative");
    }
  }
  return weights;
}

std::vector<double> read_scores(const std::string& path, const std::string& dataset,
                                const std::vector<std::int64_t>& shape) {
  const io::FileInfo file = io::describe_file(path);
  const io::DatasetInfo* info = file.find((dataset.starts_with('/') ? "" : "/") + dataset);
  if (info == nullptr) {
    std::string known;
    for (const auto& other : file.datasets) known += (known.empty() ? "" : ", ") + other.path;
    throw base::FileError(path + ": there is no data set '" + dataset + "'", "the file has: " + known);
  }
  if (info->shape != io::Extents(shape.begin(), shape.end())) {
    throw base::FileError(fmt::format("{}: data set '{}' has shape {}, {} was expected", path, dataset,
                                      io::to_string(info->shape), shape_text(shape)),
                          "axes run over the sites of domain.shape, then over the letters of target.alphabet");
  }
  std::vector<double> values = io::read_serial(path, dataset);
  const auto bad = std::find_if(values.begin(), values.end(), [](double value) { return !std::isfinite(value); });
  if (bad != values.end()) {
    throw base::FileError(
        fmt::format("{}: number {} of data set '{}' is not finite", path, bad - values.begin(), dataset));
  }
  return values;
}

}  // namespace scorefield::physics
