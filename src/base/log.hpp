#pragma once

#include <memory>
#include <string>

namespace scorefield::base {

/// Messages of a run: to the terminal and, appended, to a file. Silent on all ranks but the root, so that every message
/// appears once.
class Log {
 public:
  /// No messages at all.
  Log();
  /// `file` may be empty: terminal only.
  Log(bool is_root, const std::string& file);
  ~Log();
  Log(const Log&) = delete;
  Log& operator=(const Log&) = delete;
  Log(Log&&) noexcept;
  Log& operator=(Log&&) noexcept;

  void info(const std::string& text) const;
  void warn(const std::string& text) const;
  void error(const std::string& text) const;
  /// To the file alone.
  void note(const std::string& text) const;

 private:
  struct Sinks;
  std::unique_ptr<Sinks> sinks_;
};

}  // namespace scorefield::base
