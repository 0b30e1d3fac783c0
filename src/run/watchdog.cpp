#include "run/watchdog.hpp"

#include <chrono>
#include <cstdlib>
#include <future>
#include <memory>

#include "base/errors.hpp"
#include "run/stop.hpp"

namespace scorefield::run {

Watchdog::Watchdog(double seconds, std::function<void(const std::string&)> last_words)
    : thread_([this, seconds, last_words = std::move(last_words)] {
        std::uint64_t seen = beats_;
        double since = now();
        while (!done_) {
          std::this_thread::sleep_for(std::chrono::milliseconds(50));
          if (beats_ != seen) {
            seen = beats_;
            since = now();
          } else if (now() - since > seconds) {
            // The last words go to a file system that may be what hangs: nobody waits for them for long.
            auto said = std::make_shared<std::promise<void>>();
            const std::string text = "no progress for " + std::to_string(static_cast<int>(seconds)) + " s in phase '" +
                                     std::string(phase_.load()) + "'";
            std::thread([last_words, text, said] {
              last_words(text);
              said->set_value();
            }).detach();
            said->get_future().wait_for(std::chrono::seconds(5));
            std::_Exit(static_cast<int>(base::ExitCode::watchdog));
          }
        }
      }) {}

Watchdog::~Watchdog() {
  done_ = true;
  thread_.join();
}

}  // namespace scorefield::run
