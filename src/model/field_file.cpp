#include "model/field_file.hpp"

#include <algorithm>

#include "base/errors.hpp"
#include "io/serial_file.hpp"

namespace scorefield::model {

void read_field(const grid::Domain& domain, const std::string& path, const std::vector<std::string>& datasets,
                const grid::Field& field) {
  const grid::Box& box = field.box();
  const auto host = Kokkos::create_mirror_view(field.view());
  const auto& shape = domain.lattice().shape();
  const io::Extents expected(shape.begin(), shape.end());
  domain.comm().together([&] {
    const io::FileInfo file = io::describe_file(path);
    for (std::size_t c = 0; c < datasets.size(); ++c) {
      const io::DatasetInfo* info = file.find((datasets[c].starts_with('/') ? "" : "/") + datasets[c]);
      if (info == nullptr) {
        std::string known;
        for (const auto& other : file.datasets) known += (known.empty() ? "" : ", ") + other.path;
        throw base::FileError(path + ": there is no data set '" + datasets[c] + "'", "the file has: " + known);
      }
      const io::Extents& found = info->shape;
      if (found != expected) {
        throw base::FileError(path + ": data set '" + datasets[c] + "' has shape " + io::to_string(found) +
                                  ", the domain has " + io::to_string(expected),
                              "set domain.shape to the data's shape");
      }
      if (box.empty()) continue;
      io::Extents offset;
      io::Extents count;
      for (const int axis : domain.lattice().axes()) {
        offset.push_back(static_cast<std::uint64_t>(box.lo[axis]));
        count.push_back(static_cast<std::uint64_t>(box.extent(axis)));
      }
      const std::vector<double> values = io::read_serial(path, datasets[c], offset, count);
      std::copy(values.begin(), values.end(), host.data() + static_cast<std::int64_t>(c) * box.size());
    }
  });
  Kokkos::deep_copy(field.view(), host);
}

}  // namespace scorefield::model
