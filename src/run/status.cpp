#include "run/status.hpp"

#include <fmt/format.h>

#include <cstdio>

#include "io/posix_file.hpp"

namespace scorefield::run {

std::string quoted(const std::string& text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (static_cast<unsigned char>(c) < 0x20) {
      out += fmt::format("\\u{:04x}", static_cast<unsigned>(c));
    } else {
      out += c;
    }
  }
  return out + '"';
}

std::string Status::to_json() const {
  return fmt::format(
      "{{\"state\": {}, \"code\": {}, \"step\": {}, \"steps\": {}, \"ranks\": {}, \"sampling_seconds\": {:.3f}, "
      "\"advice\": {}}}\n",
      quoted(state), static_cast<int>(code), step, steps, ranks, sampling_seconds, quoted(advice));
}

void write_status(const std::filesystem::path& directory, const Status& status) {
  try {
    io::write_text_atomically(directory / "status.json", status.to_json());
  } catch (const base::FileError&) {
    // A full disk is reported by what matters: the checkpoint.
  }
}

void report_stall(const std::filesystem::path& directory, int rank, Status status, const std::string& stall) {
  status.state = "failed";
  status.code = base::ExitCode::watchdog;
  status.advice = stall + "; look for a hung file system or node, then run the same command again";
  std::fprintf(stderr, "scorefield: rank %d: %s\n", rank, status.advice.c_str());
  write_status(directory, status);
}

}  // namespace scorefield::run
