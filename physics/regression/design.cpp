#include "physics/regression/design.hpp"

#include <cmath>
#include <numeric>
#include <sstream>
#include <variant>

#include "base/errors.hpp"
#include "io/posix_file.hpp"
#include "io/serial_file.hpp"

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

/// Throws FileError naming the line of `path` where `text` is no table of finite numbers.
DataTable parse_csv(const std::string& text, const std::string& path) {
  std::istringstream lines(text);
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

/// HDF5 begins at 0, 512, 1024, 2048 ...: files of our own have a seal before it.
bool is_hdf5(const std::string& text) {
  const std::string signature = "\x89HDF\r\n\x1a\n";
  for (std::size_t at = 0; at < text.size(); at = at == 0 ? 512 : 2 * at) {
    if (text.compare(at, signature.size(), signature) == 0) return true;
  }
  return false;
}

bool is_numeric(const io::DatasetInfo& dataset) {
  return dataset.type.starts_with("float") || dataset.type.starts_with("int") || dataset.type.starts_with("uint");
}

/// Names of the columns of a 2-D data set: its attribute `columns`, words between commas.
std::vector<std::string> column_names(const io::DatasetInfo& dataset, const std::string& path) {
  const io::AttributeValue* value = io::find_attribute(dataset.attributes, "columns");
  const auto* text = value == nullptr ? nullptr : std::get_if<std::string>(value);
  std::vector<std::string> names = text == nullptr ? std::vector<std::string>{} : split(*text, ',');
  if (names.size() != dataset.shape[1]) {
    throw base::FileError(path + ": the 2-D data set " + dataset.path +
                              " needs an attribute 'columns' that names its " + std::to_string(dataset.shape[1]) +
                              " columns",
                          "write it as one text, for example \"y, dose\"");
  }
  return names;
}

/// The data sets of the root group: each 1-D one is a column, each 2-D one (row, column) as many as it names.
DataTable read_hdf5(const std::string& path) {
  DataTable table;
  const io::FileInfo file = io::describe_file(path);
  for (const io::DatasetInfo& dataset : file.datasets) {
    const bool is_in_root = dataset.path.find('/', 1) == std::string::npos;
    const std::size_t dimensions = dataset.shape.size();
    if (!is_in_root || !is_numeric(dataset) || dimensions < 1 || dimensions > 2) continue;
    const std::vector<std::string> names =
        dimensions == 1 ? std::vector<std::string>{dataset.path.substr(1)} : column_names(dataset, path);
    const auto rows = static_cast<std::size_t>(dataset.shape[0]);
    if (!table.columns.empty() && rows != table.columns.front().size()) {
      throw base::FileError(path + ": data set " + dataset.path + " has " + std::to_string(rows) +
                            " rows, the column '" + table.names.front() + "' has " + std::to_string(table.rows()));
    }
    const std::vector<double> values = io::read_serial(path, dataset.path);
    for (std::size_t c = 0; c < names.size(); ++c) {
      table.names.push_back(names[c]);
      std::vector<double>& column = table.columns.emplace_back();
      for (std::size_t i = 0; i < rows; ++i) {
        column.push_back(values[i * names.size() + c]);
        if (!std::isfinite(column.back())) {
          throw base::FileError(path + ": row " + std::to_string(i) + " of column '" + names[c] +
                                "' is no finite number");
        }
      }
    }
  }
  if (table.rows() == 0) {
    throw base::FileError(path + ": a data set of one dimension, or of two with an attribute 'columns', was expected");
  }
  return table;
}

}  // namespace

DataTable DataTable::read(const base::Comm& comm, const std::string& path) {
  DataTable table;
  std::string names;
  std::int64_t rows = 0;
  comm.together([&] {
    if (!comm.is_root()) return;
    const std::string text = io::read_text(path);
    table = is_hdf5(text) ? read_hdf5(path) : parse_csv(text, path);
    for (const std::string& name : table.names) names += name + '\n';
    rows = table.rows();
  });
  table.names = split(comm.broadcast(names), '\n');
  comm.broadcast(&rows, 1);
  table.columns.resize(table.names.size());
  for (auto& column : table.columns) {
    column.resize(static_cast<std::size_t>(rows));
    comm.broadcast(column.data(), rows);
  }
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
