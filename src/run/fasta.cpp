#include "run/fasta.hpp"

#include <algorithm>
#include <fstream>

#include "base/errors.hpp"
#include "io/posix_file.hpp"
#include "io/serial_file.hpp"

namespace scorefield::run {

namespace {

void write_records(const std::filesystem::path& samples, const io::Extents& shape, const std::string& alphabet,
                   std::ostream& out) {
  const std::uint64_t length = shape[2];
  const std::uint64_t at_once = std::max<std::uint64_t>(1, (std::uint64_t{1} << 20) / length);
  for (std::uint64_t chain = 0; chain < shape[0]; ++chain) {
    for (std::uint64_t first = 0; first < shape[1]; first += at_once) {
      const std::uint64_t count = std::min(at_once, shape[1] - first);
      const std::vector<double> symbols = io::read_serial(samples, "/draws/x", {chain, first, 0}, {1, count, length});
      auto symbol = symbols.begin();
      for (std::uint64_t draw = first; draw < first + count; ++draw) {
        std::string letters;
        for (std::uint64_t i = 0; i < length; ++i) letters += alphabet.at(static_cast<std::size_t>(*symbol++));
        out << '>' << chain << '_' << draw << '\n' << letters << '\n';
      }
    }
  }
}

}  // namespace

void write_fasta(const base::Comm& world, const std::filesystem::path& directory, const std::string& alphabet) {
  if (alphabet.empty()) return;
  world.together([&] {
    if (!world.is_root()) return;
    const std::filesystem::path samples = directory / "samples.h5";
    const io::FileInfo info = io::describe_file(samples);
    const io::DatasetInfo* draws = info.find("/draws/x");
    if (draws == nullptr || draws->shape.size() != 3) return;
    io::write_atomically(directory / "draws.fasta", [&](const std::filesystem::path& temporary) {
      std::ofstream out(temporary, std::ios::binary);
      write_records(samples, draws->shape, alphabet, out);
      out.close();
      if (!out) throw base::FileError("cannot write " + temporary.string());
    });
  });
}

}  // namespace scorefield::run
