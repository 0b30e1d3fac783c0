#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>

#include "app/commands.hpp"
#include "io/serial_file.hpp"

namespace scorefield::app {

namespace {

/// analysis/report.py beside an installed binary (share/scorefield), or in the source tree of a build.
std::filesystem::path find_script() {
  namespace fs = std::filesystem;
  const fs::path program = fs::read_symlink("/proc/self/exe");
  std::vector<fs::path> places{program.parent_path() / "../share/scorefield/analysis/report.py"};
  for (fs::path folder = program.parent_path(); folder != folder.root_path(); folder = folder.parent_path()) {
    places.push_back(folder / "analysis/report.py");
  }
  for (const auto& place : places) {
    if (fs::exists(place)) return fs::weakly_canonical(place);
  }
  throw base::FileError("cannot find analysis/report.py beside " + program.string(),
                        "reinstall scorefield with cmake --install");
}

/// An interpreter that has numpy, h5py and matplotlib: SCOREFIELD_PYTHON, else the system's own.
std::string find_python() {
  if (const char* chosen = std::getenv("SCOREFIELD_PYTHON")) return chosen;
  return std::filesystem::exists("/usr/bin/python3") ? "/usr/bin/python3" : "python3";
}

}  // namespace

base::ExitCode report_command(const std::filesystem::path& directory) {
  if (!std::filesystem::exists(directory / "samples.h5")) {
    throw base::FileError("there is no samples.h5 in " + directory.string(), "give the output.directory of a run");
  }
  for (const auto& dataset : io::verify_file(directory / "samples.h5")) {
    if (dataset.health == io::Health::damaged || dataset.health == io::Health::missing) {
      throw base::FileError(
          (directory / "samples.h5").string() + ": " + dataset.info.path + " is " + io::to_string(dataset.health) +
              ": " + dataset.note,
          "restore the missing or damaged file from a backup; a damaged samples.h5 itself is written anew when "
          "scorefield run is started again");
    }
  }
  const std::string python = find_python();
  const std::string script = find_script().string();
  const std::string folder = directory.string();
  std::vector<const char*> arguments{python.c_str(), script.c_str(), folder.c_str(), nullptr};
  pid_t child = 0;
  if (posix_spawnp(&child, python.c_str(), nullptr, nullptr, const_cast<char**>(arguments.data()), environ) != 0) {
    throw base::FileError("cannot start " + python, "install python3, or set SCOREFIELD_PYTHON");
  }
  int status = 0;
  waitpid(child, &status, 0);
  const int code = WIFEXITED(status) ? WEXITSTATUS(status) : 1;
  if (code == 0) return base::ExitCode::done;
  throw base::FileError(
      "the report could not be made (see above)",
      "it needs numpy, h5py and matplotlib: apt install python3-numpy python3-h5py python3-matplotlib, or set "
      "SCOREFIELD_PYTHON to an interpreter that has them");
}

}  // namespace scorefield::app
