#include "model/image_file.hpp"

#include <vector>

#include "base/errors.hpp"
#include "io/data.hpp"
#include "io/grey_image.hpp"
#include "model/field_file.hpp"

namespace scorefield::model {

void read_image(const grid::Domain& domain, const std::string& path, const std::string& dataset,
                const grid::Field& levels) {
  const base::Comm& comm = domain.comm();
  const grid::Index3& n = domain.lattice().n();
  io::GreyImage image;
  std::int64_t is_picture = 0;
  comm.together([&] {
    if (!comm.is_root()) return;
    is_picture = io::is_grey_image(path) ? 1 : 0;
    if (is_picture == 0) return;
    image = io::read_grey_image(path);
    if (image.rows == n[0] && image.columns == n[2]) return;
    const auto text = [](std::int64_t rows, std::int64_t columns, const char* between) {
      return std::to_string(rows) + between + std::to_string(columns);
    };
    throw base::FileError(path + ": the image has " + text(image.rows, image.columns, " x ") +
                              " pixels, the domain has " + text(n[0], n[2], " x "),
                          "set domain.shape: [" + text(image.rows, image.columns, ", ") + "]");
  });
  if (comm.max(is_picture) == 0) return read_field(domain, path, {dataset}, levels);

  std::vector<int> counts;
  std::vector<int> offsets;
  for (int rank = 0; rank < comm.size(); ++rank) {
    const grid::Box box = domain.partition().real_box(rank);
    counts.push_back(static_cast<int>(box.extent(0)));
    offsets.push_back(static_cast<int>(box.lo[0]));
  }
  std::vector<std::uint8_t> own(static_cast<std::size_t>(levels.size()));
  MPI_Datatype row = MPI_DATATYPE_NULL;
  MPI_Type_contiguous(static_cast<int>(n[2]), MPI_UINT8_T, &row);
  MPI_Type_commit(&row);
  MPI_Scatterv(image.levels.data(), counts.data(), offsets.data(), row, own.data(),
               counts[static_cast<std::size_t>(comm.rank())], row, 0, comm.handle());
  MPI_Type_free(&row);
  for (std::size_t i = 0; i < own.size(); ++i) levels.data()[i] = own[i];
}

}  // namespace scorefield::model
