#include "physics/regression/design.hpp"

#include <cmath>
#include <numeric>
#include <sstream>

#include "base/errors.hpp"
#include "io/posix_file.hpp"

namespace scorefield::physics {

namespace {

std::vector<std::string> split(const std::string& text, char at) {
  std::vector<std::string> parts;
  std::istringstream stream(text);
  for (std::string part; std::getline(stream, part, at);) {
    const auto first = part.find_first_not_of(" \t\r\"");
    const auto last = part.find_last_not_of(" \t\r\"");
    parts.push_back(first == std::string::npos ? std::string() : part.substr(first, last - first + 1));
  }
  return parts;
}

/// The number that the whole of `text` is; NaN where it is none.
double number(const std::string& text) {
  try {
    std::size_t used = 0;
    const double value = std::stod(text, &used);
    return used == text.size() ? value : std::nan("");
  } catch (const std::exception&) {
    return std::nan("");
  }
}

}  // namespace

DataTable DataTable::read(const base::Comm& comm, const std::string& path) {
  std::string text;
  comm.together([&] {
    if (comm.is_root()) text = io::read_text(path);
  });
  std::istringstream lines(comm.broadcast(text));
  DataTable table;
  std::int64_t at = 0;
  for (std::string line; std::getline(lines, line);) {
    ++at;
    const auto first = line.find_first_not_of(" \t\r");
    if (first == std::string::npos || line[first] == '#') continue;
    const std::vector<std::string> words = split(line, ',');
    const std::string place = path + ":" + std::to_string(at) + ": ";
    if (table.names.empty()) {
      table.names = words;
      table.columns.resize(words.size());
      continue;
    }
    if (words.size() != table.names.size()) {
      throw base::FileError(place + std::to_string(words.size()) + " values in a table of " +
                            std::to_string(table.names.size()) + " columns");
    }
    for (std::size_t c = 0; c < words.size(); ++c) {
      table.columns[c].push_back(number(words[c]));
      if (!std::isfinite(table.columns[c].back())) {
        throw base::FileError(place + "'" + words[c] + "' in column '" + table.names[c] + "' is no finite number");
      }
    }
  }
  if (table.rows() == 0) throw base::FileError(path + ": a header line and at least one line of numbers were expected");
  return table;
}

const std::vector<double>& DataTable::column(const std::string& name) const {
  std::string known;
  for (std::size_t c = 0; c < names.size(); ++c) {
    if (names[c] == name) return columns[c];
    known += (c > 0 ? ", " : "") + names[c];
  }
  throw base::DeckError("the table has no column '" + name + "'; it has: " + known);
}

std::vector<double> design_column(const DataTable& table, const std::string& term, bool centre) {
  std::vector<double> product(static_cast<std::size_t>(table.rows()), 1.0);
  if (term == "1") return product;
  for (const std::string& factor : split(term, '*')) {
    const std::vector<std::string> parts = split(factor, '/');
    const double divisor = parts.size() == 2 ? number(parts[1]) : 1.0;
    if (parts.empty() || parts.size() > 2 || !std::isfinite(divisor) || divisor == 0.0) {
      throw base::DeckError("'" + factor + "' in the predictor '" + term + "' is neither a column nor column/number");
    }
    const std::vector<double>& values = table.column(parts[0]);
    const double mean =
        centre ? std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size()) : 0.0;
    for (std::size_t i = 0; i < product.size(); ++i) product[i] *= (values[i] - mean) / divisor;
  }
  return product;
}

}  // namespace scorefield::physics
