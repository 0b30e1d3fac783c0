#include <cstdio>

#include "app/commands.hpp"
#include "io/serial_file.hpp"

namespace scorefield::app {

namespace {

std::string to_text(const io::AttributeValue& value) {
  if (const auto* text = std::get_if<std::string>(&value)) {
    return text->find('\n') == std::string::npos ? *text : "(" + std::to_string(text->size()) + " characters)";
  }
  if (const auto* integer = std::get_if<std::int64_t>(&value)) return std::to_string(*integer);
  if (const auto* natural = std::get_if<std::uint64_t>(&value)) return std::to_string(*natural);
  return std::to_string(std::get<double>(value));
}

}  // namespace

base::ExitCode inspect_command(const std::filesystem::path& file) {
  const io::FileInfo info = io::describe_file(file);
  std::printf("%s\n", file.c_str());
  for (const auto& [name, value] : info.attributes) std::printf("  %-16s %s\n", name.c_str(), to_text(value).c_str());
  int bad = 0;
  for (const auto& dataset : io::verify_file(file)) {
    std::printf("  %-40s %-8s %-20s %-12s %s%s%s\n", dataset.info.path.c_str(), dataset.info.type.c_str(),
                io::to_string(dataset.info.shape).c_str(), dataset.info.unit().c_str(),
                io::to_string(dataset.health).c_str(), dataset.note.empty() ? "" : ": ", dataset.note.c_str());
    if (dataset.health == io::Health::damaged || dataset.health == io::Health::missing) ++bad;
  }
  if (bad > 0) {
    throw base::FileError(file.string() + ": " + std::to_string(bad) + " data sets are damaged or missing",
                          "use an older checkpoint, or restore the file from a backup");
  }
  return base::ExitCode::done;
}

}  // namespace scorefield::app
