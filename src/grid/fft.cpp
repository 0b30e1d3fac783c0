#include "grid/fft.hpp"

#include <algorithm>
#include <functional>

namespace scorefield::grid {

namespace {

using Complex = std::complex<double>;

std::vector<Box> boxes_of(int ranks, const std::function<Box(int)>& box) {
  std::vector<Box> boxes;
  for (int rank = 0; rank < ranks; ++rank) boxes.push_back(box(rank));
  return boxes;
}

/// Real box with kx in place of x: what a rank holds after transforming its rows.
Box half_box(Box box, std::int64_t half) {
  if (!box.empty()) box.hi[2] = half;
  return box;
}

Redistribution between(const base::Comm& comm, const std::function<Box(int)>& from, const std::function<Box(int)>& to) {
  return {comm, boxes_of(comm.size(), from), boxes_of(comm.size(), to), 2};
}

double* as_doubles(Complex* values) { return reinterpret_cast<double*>(values); }

/// Neighbouring columns are gathered into `columns` contiguous lines at a time, to use whole cache lines of both.
constexpr std::int64_t columns = 8;
/// Lines are padded apart, as a power of two between them would put them all in the same sets of the cache.
constexpr std::int64_t line_distance(std::int64_t n) { return n + 4; }

/// Elements of up to eight neighbouring columns, `stride` apart, to or from the same positions of eight lines.
template <class Transfer>
inline void for_columns(std::int64_t count, Transfer transfer) {
  if (count == columns) {
    for (std::int64_t c = 0; c < columns; ++c) transfer(c);  // known trip count: unrolled
  } else {
    for (std::int64_t c = 0; c < count; ++c) transfer(c);
  }
}

inline void gather(const Complex* from, std::int64_t stride, std::int64_t elements, std::int64_t count, Complex* lines,
                   std::int64_t distance) {
  for (std::int64_t i = 0; i < elements; ++i) {
    for_columns(count, [&](std::int64_t c) { lines[c * distance + i] = from[i * stride + c]; });
  }
}

inline void scatter(const Complex* lines, std::int64_t distance, std::int64_t elements, std::int64_t count, Complex* to,
                    std::int64_t stride) {
  for (std::int64_t i = 0; i < elements; ++i) {
    for_columns(count, [&](std::int64_t c) { to[i * stride + c] = lines[c * distance + i]; });
  }
}

}  // namespace

std::vector<Fft::Block> Fft::blocks_of(const std::vector<Box>& boxes) {
  std::vector<Block> blocks;
  std::int64_t base = 0;
  for (const Box& box : boxes) {
    if (box.empty()) continue;
    blocks.push_back({box, base});
    base += box.size();
  }
  return blocks;
}

Fft::Fft(const Lattice& lattice, const Partition& partition, const base::Comm& comm)
    : n_(lattice.n()),
      half_(lattice.half()),
      scale_(1.0 / static_cast<double>(lattice.sites())),
      is_slab_(partition.is_slab()),
      real_(partition.real_box(comm.rank())),
      middle_box_(partition.middle_box(comm.rank())),
      spectral_(partition.spectral_box(comm.rank())),
      to_middle_(between(
          comm, [&](int r) { return half_box(partition.real_box(r), half_); },
          [&](int r) { return partition.middle_box(r); })),
      to_half_(between(
          comm, [&](int r) { return partition.middle_box(r); },
          [&](int r) { return half_box(partition.real_box(r), half_); })),
      to_spectral_(between(
          comm, [&](int r) { return partition.middle_box(r); }, [&](int r) { return partition.spectral_box(r); })),
      from_spectral_(between(
          comm, [&](int r) { return partition.spectral_box(r); }, [&](int r) { return partition.middle_box(r); })),
      y_blocks_(blocks_of(to_spectral_.send_boxes())),
      z_blocks_(blocks_of(to_spectral_.receive_boxes())),
      x_(n_[2]),
      y_(n_[1]),
      z_(n_[0]),
      lines_in_(static_cast<std::size_t>(columns * line_distance(std::max(n_[0], n_[1])))),
      lines_out_(static_cast<std::size_t>(
          std::max(columns * line_distance(std::max(n_[0], n_[1])), spectral_.extent(2) * n_[0]))),
      y_buffer_(static_cast<std::size_t>(to_spectral_.send_sites())) {
  if (is_slab_) {
    plane_.resize(static_cast<std::size_t>(n_[1] * half_));
  } else {
    plane_.resize(static_cast<std::size_t>(real_.extent(0) * real_.extent(1) * half_));
    middle_.resize(static_cast<std::size_t>(middle_box_.size()));
  }
  if (comm.size() > 1) z_buffer_.resize(static_cast<std::size_t>(to_spectral_.receive_sites()));
}

std::int64_t Fft::bytes(const Lattice& lattice, const Partition& partition) {
  std::int64_t largest = 0;
  for (int rank = 0; rank < partition.ranks(); ++rank) {
    const Box spectral = partition.spectral_box(rank);
    const std::int64_t middle = partition.middle_box(rank).size();
    const std::int64_t blocks = middle + (partition.ranks() > 1 ? spectral.size() : 0);
    const Box real = partition.real_box(rank);
    const std::int64_t plane = partition.is_slab() ? lattice.n()[1] * lattice.half()
                                                   : real.extent(0) * real.extent(1) * lattice.half() + middle;
    largest = std::max(largest, blocks + plane + spectral.extent(2) * lattice.n()[0]);
  }
  return largest * static_cast<std::int64_t>(sizeof(Complex));
}

void Fft::forward(const double* real, Complex* spectrum) {
  // On one rank the spectrum's own memory is the exchange buffer: every further array costs cache.
  const bool is_alone = to_spectral_.send_boxes().size() == 1;  // of ranks; a rank among several may own no spectrum
  Complex* blocks = is_alone ? spectrum : y_buffer_.data();
  const std::int64_t rows = real_.extent(1);
  for (std::int64_t z = 0; z < real_.extent(0); ++z) {
    Complex* plane = plane_.data() + (is_slab_ ? 0 : z * rows * half_);
    for (std::int64_t y = 0; y < rows; ++y) x_.real_to_complex(real + (z * rows + y) * n_[2], plane + y * half_);
    if (is_slab_) {
      transform_y(plane, -1);
      plane_to_blocks(plane, z, blocks);
    }
  }
  if (!is_slab_) {
    to_middle_.move(as_doubles(plane_.data()), as_doubles(middle_.data()));
    for (std::int64_t z = 0; z < middle_box_.extent(0); ++z) {
      Complex* plane = middle_.data() + z * n_[1] * middle_box_.extent(2);
      transform_y(plane, -1);
      plane_to_blocks(plane, z, blocks);
    }
  }
  if (is_alone) {
    blocks_to_lines(blocks, spectrum);
  } else {
    to_spectral_.exchange(as_doubles(blocks), as_doubles(z_buffer_.data()));
    blocks_to_lines(z_buffer_.data(), spectrum);
  }
}

void Fft::backward(const Complex* spectrum, double* real) {
  const bool is_alone = to_spectral_.send_boxes().size() == 1;  // of ranks; a rank among several may own no spectrum
  lines_to_blocks(spectrum, is_alone ? y_buffer_.data() : z_buffer_.data());
  if (!is_alone) from_spectral_.exchange(as_doubles(z_buffer_.data()), as_doubles(y_buffer_.data()));
  if (!is_slab_) {
    for (std::int64_t z = 0; z < middle_box_.extent(0); ++z) {
      Complex* plane = middle_.data() + z * n_[1] * middle_box_.extent(2);
      blocks_to_plane(y_buffer_.data(), z, plane);
      transform_y(plane, +1);
    }
    to_half_.move(as_doubles(middle_.data()), as_doubles(plane_.data()));
  }
  const std::int64_t rows = real_.extent(1);
  for (std::int64_t z = 0; z < real_.extent(0); ++z) {
    Complex* plane = plane_.data() + (is_slab_ ? 0 : z * rows * half_);
    if (is_slab_) {
      blocks_to_plane(y_buffer_.data(), z, plane);
      transform_y(plane, +1);
    }
    for (std::int64_t y = 0; y < rows; ++y) x_.complex_to_real(plane + y * half_, real + (z * rows + y) * n_[2]);
  }
}

void Fft::transform_y(Complex* plane, int sign) {
  if (n_[1] == 1) return;
  const std::int64_t width = middle_box_.extent(2);
  const std::int64_t distance = line_distance(n_[1]);
  for (std::int64_t kx = 0; kx < width; kx += columns) {
    const std::int64_t count = std::min(columns, width - kx);
    gather(plane + kx, width, n_[1], count, lines_in_.data(), distance);
    for (std::int64_t c = 0; c < count; ++c) {
      if (sign < 0) {
        y_.forward(&lines_in_[c * distance], &lines_out_[c * distance]);
      } else {
        y_.backward(&lines_in_[c * distance], &lines_out_[c * distance]);
      }
    }
    scatter(lines_out_.data(), distance, n_[1], count, plane + kx, width);
  }
}

void Fft::plane_to_blocks(const Complex* plane, std::int64_t z, Complex* blocks) const {
  const std::int64_t width = middle_box_.extent(2);
  for (const Block& block : y_blocks_) {
    const Complex* first = plane + block.box.lo[2] - middle_box_.lo[2];
    for (std::int64_t y = block.box.lo[1]; y < block.box.hi[1]; ++y) {
      std::copy_n(first + y * width, block.box.extent(2), blocks + block.row(middle_box_.lo[0] + z, y));
    }
  }
}

void Fft::blocks_to_plane(const Complex* blocks, std::int64_t z, Complex* plane) const {
  const std::int64_t width = middle_box_.extent(2);
  for (const Block& block : y_blocks_) {
    Complex* first = plane + block.box.lo[2] - middle_box_.lo[2];
    for (std::int64_t y = block.box.lo[1]; y < block.box.hi[1]; ++y) {
      std::copy_n(blocks + block.row(middle_box_.lo[0] + z, y), block.box.extent(2), first + y * width);
    }
  }
}

void Fft::blocks_to_lines(const Complex* blocks, Complex* spectrum) {
  const std::int64_t distance = line_distance(n_[0]);
  const std::int64_t width = spectral_.extent(2);
  for (std::int64_t y = spectral_.lo[1]; y < spectral_.hi[1]; ++y) {
    // All lines of this y before any is stored, as they may replace what they were gathered from.
    for (const Block& from : z_blocks_) {
      if (from.box.lo[0] != 0) continue;  // the first of the blocks that share this range of kx
      for (std::int64_t kx = from.box.lo[2]; kx < from.box.hi[2]; kx += columns) {
        const std::int64_t count = std::min(columns, from.box.hi[2] - kx);
        for (const Block& block : z_blocks_) {
          if (block.box.lo[2] != from.box.lo[2]) continue;
          gather(blocks + block.row(block.box.lo[0], y) + (kx - block.box.lo[2]), block.box.extent(2),
                 block.box.extent(0), count, &lines_in_[block.box.lo[0]], distance);
        }
        for (std::int64_t c = 0; c < count; ++c) {
          z_.forward(&lines_in_[c * distance], &lines_out_[(kx - spectral_.lo[2] + c) * n_[0]]);
        }
      }
    }
    std::copy_n(lines_out_.data(), width * n_[0], spectrum + (y - spectral_.lo[1]) * width * n_[0]);
  }
}

void Fft::lines_to_blocks(const Complex* spectrum, Complex* blocks) {
  const std::int64_t distance = line_distance(n_[0]);
  const std::int64_t width = spectral_.extent(2);
  for (std::int64_t y = spectral_.lo[1]; y < spectral_.hi[1]; ++y) {
    for (const Block& to : z_blocks_) {
      if (to.box.lo[0] != 0) continue;
      for (std::int64_t kx = to.box.lo[2]; kx < to.box.hi[2]; kx += columns) {
        const std::int64_t count = std::min(columns, to.box.hi[2] - kx);
        const Complex* lines = spectrum + ((y - spectral_.lo[1]) * width + kx - spectral_.lo[2]) * n_[0];
        for (std::int64_t c = 0; c < count; ++c) {
          Complex* line = &lines_in_[c * distance];
          z_.backward(lines + c * n_[0], line);
          for (std::int64_t z = 0; z < n_[0]; ++z) line[z] *= scale_;
        }
        for (const Block& block : z_blocks_) {
          if (block.box.lo[2] != to.box.lo[2]) continue;
          scatter(&lines_in_[block.box.lo[0]], distance, block.box.extent(0), count,
                  blocks + block.row(block.box.lo[0], y) + (kx - block.box.lo[2]), block.box.extent(2));
        }
      }
    }
  }
}

}  // namespace scorefield::grid
