/// Program under test of io_faults.py.
///   write DIR STEP [MIB]   writes checkpoint-STEP.h5 into DIR as a run does (values depend on the step)
///   check DIR              loads the newest checkpoint that can be trusted and prints its step, or -1
/// Ends as scorefield does: 0, 3 for a FileError. The last line on rank 0 is the result or the error.

#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "base/errors.hpp"
#include "io/archive.hpp"
#include "io/checkpoint_store.hpp"

using namespace scorefield;

namespace {

/// Stands for a chain: a scalar, an array, and a field whose planes are spread over the ranks.
struct Chain {
  std::int64_t id = 0;
  std::int64_t step = 0;
  std::vector<double> tuning;
  std::vector<double> values;
  io::Extents shape, offset, count;

  Chain(const base::Comm& comm, std::int64_t number, std::uint64_t planes) : id(number) {
    const auto ranks = static_cast<std::uint64_t>(comm.size()), rank = static_cast<std::uint64_t>(comm.rank());
    shape = {planes, 16, 16};
    offset = {planes * rank / ranks, 0, 0};
    count = {planes * (rank + 1) / ranks - offset[0], 16, 16};
    values.resize(io::product(count));
  }
  [[nodiscard]] double value(std::uint64_t i) const {
    return static_cast<double>(offset[0] * 256 + i) + 1e-3 * static_cast<double>(step) + static_cast<double>(id);
  }
  void set(std::int64_t to) {
    step = to;
    tuning = {0.5, static_cast<double>(to)};
    for (std::uint64_t i = 0; i < values.size(); ++i) values[i] = value(i);
  }
  [[nodiscard]] bool right() const {
    bool same = tuning == std::vector<double>{0.5, static_cast<double>(step)};
    for (std::uint64_t i = 0; i < values.size(); ++i) same = same && values[i] == value(i);
    return same;
  }
  void visit(io::Archive& archive) {
    archive.scalar("step", step);
    archive.array("tuning", tuning);
    archive.field("x", {shape, offset, count, values.data()});
  }
};

int work(const base::Comm& comm, const std::vector<std::string>& arguments) {
  const io::CheckpointStore store(arguments.at(1), 2);
  const std::uint64_t mib = arguments.size() > 3 ? std::stoull(arguments[3]) : 0;
  const auto make_chains = [&](std::uint64_t planes) {
    std::vector<std::unique_ptr<Chain>> chains;
    for (std::int64_t id = 0; id < 2; ++id) chains.push_back(std::make_unique<Chain>(comm, id, planes));
    return chains;
  };
  if (arguments.at(0) == "write") {
    const std::int64_t step = std::stoll(arguments.at(2));
    if (comm.is_root()) store.sweep();
    auto chains = make_chains(mib == 0 ? 5 : 256 * mib);
    for (const auto& chain : chains) chain->set(step);
    io::SaveArchive archive(2);
    io::save_chains(archive, chains, comm.is_root());
    const std::string deck(300, 'd');
    store.write(comm, step, archive.to_datasets(), {{"step", step}, {"deck", deck}});
    if (comm.is_root()) std::printf("wrote %lld\n", static_cast<long long>(step));
    return 0;
  }
  for (const auto& file : store.candidates()) {
    try {
      io::Reader reader(comm, file);
      auto chains = make_chains(reader.shape("/chains/x").at(1));
      io::load_chains(comm, reader, chains, comm.is_root());
      comm.together([&] {
        for (const auto& chain : chains) {
          if (!chain->right() || chain->step != reader.attribute<std::int64_t>("step"))
            throw base::FileError("WRONG VALUES");
        }
      });
      if (comm.is_root()) std::printf("newest %lld\n", static_cast<long long>(reader.attribute<std::int64_t>("step")));
      return 0;
    } catch (const base::FileError& error) {
      if (comm.is_root()) std::printf("passed over %s: %s\n", file.c_str(), error.what());
    }
  }
  if (comm.is_root()) std::printf("newest -1\n");
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  const base::MpiSession mpi(argc, argv);
  const base::Comm world = base::Comm::world();
  try {
    return work(world, {argv + 1, argv + argc});
  } catch (const base::Error& error) {
    if (world.is_root()) std::printf("error: %s\n", error.what());
    return static_cast<int>(error.code());
  }
}
