#include "run/pictures.hpp"

#include <algorithm>
#include <stdexcept>

#include "io/grey_image.hpp"
#include "io/serial_file.hpp"

namespace scorefield::run {

namespace {

io::GreyImage draw(const std::filesystem::path& file, const io::FileInfo& info, const model::Picture& picture) {
  const io::DatasetInfo* dataset = info.find(picture.dataset);
  if (dataset == nullptr || dataset->shape.size() != 2)
    throw std::logic_error(picture.file + ": samples.h5 has no 2-D data set " + picture.dataset);
  const std::uint64_t rows = dataset->shape[0];
  const std::uint64_t columns = dataset->shape[1];
  io::GreyImage image{static_cast<std::int64_t>(rows), static_cast<std::int64_t>(columns), {}};
  image.levels.reserve(rows * columns);
  const std::uint64_t band = std::max<std::uint64_t>(1, (std::uint64_t{1} << 20) / columns);
  for (std::uint64_t first = 0; first < rows; first += band) {
    const auto values = io::read_serial(file, picture.dataset, {first, 0}, {std::min(band, rows - first), columns});
    std::transform(values.begin(), values.end(), std::back_inserter(image.levels), picture.level);
  }
  return image;
}

}  // namespace

void write_pictures(const base::Comm& world, const std::filesystem::path& directory,
                    const std::vector<model::Picture>& pictures) {
  if (pictures.empty()) return;
  world.together([&] {
    if (!world.is_root()) return;
    const std::filesystem::path samples = directory / "samples.h5";
    const io::FileInfo info = io::describe_file(samples);
    for (const auto& picture : pictures) io::write_png(directory / picture.file, draw(samples, info, picture));
  });
}

}  // namespace scorefield::run
