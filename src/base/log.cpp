#include "base/log.hpp"

#include <spdlog/sinks/basic_file_sink.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

namespace scorefield::base {

struct Log::Sinks {
  std::unique_ptr<spdlog::logger> terminal;
  std::unique_ptr<spdlog::logger> file;

  void write(spdlog::level::level_enum level, const std::string& text) const {
    if (terminal) terminal->log(level, text);
    if (file) file->log(level, text);
  }
};

Log::Log() = default;
Log::~Log() = default;
Log::Log(Log&&) noexcept = default;
Log& Log::operator=(Log&&) noexcept = default;

Log::Log(bool is_root, const std::string& file) {
  if (!is_root) return;
  sinks_ = std::make_unique<Sinks>();
  sinks_->terminal = std::make_unique<spdlog::logger>("scorefield", std::make_shared<spdlog::sinks::stderr_sink_mt>());
  sinks_->terminal->set_pattern("scorefield: %v");
  if (!file.empty()) {
    // Appended to: a requeued job must not lose the log of its earlier runs.
    sinks_->file =
        std::make_unique<spdlog::logger>("file", std::make_shared<spdlog::sinks::basic_file_sink_mt>(file, false));
    sinks_->file->set_pattern("%Y-%m-%d %H:%M:%S %l: %v");
    sinks_->file->flush_on(spdlog::level::info);
  }
}

void Log::info(const std::string& text) const {
  if (sinks_) sinks_->write(spdlog::level::info, text);
}
void Log::warn(const std::string& text) const {
  if (sinks_) sinks_->write(spdlog::level::warn, "warning: " + text);
}
void Log::error(const std::string& text) const {
  if (sinks_) sinks_->write(spdlog::level::err, text);
}
void Log::note(const std::string& text) const {
  if (sinks_ && sinks_->file) sinks_->file->info(text);
}

}  // namespace scorefield::base
