#include "grid/fft.hpp"

#include <algorithm>
#include <cstring>
#include <functional>

namespace scorefield::grid {

namespace {

using Complex = std::complex<double>;

std::vector<Box> boxes_of(int ranks, const std::function<Box(int)>& box) {
  std::vector<Box> boxes;
  boxes.reserve(static_cast<std::size_t>(ranks));
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

constexpr std::int64_t columns = ColumnFft::columns;
constexpr std::int64_t whole_tiles(std::int64_t width) { return (width + columns - 1) / columns * columns; }

/// memcpy of a known length is a few vector moves (std::copy_n is a call of memmove).
template <std::size_t bytes>
inline void copy_bytes(const Complex* from, Complex* to) {
  std::memcpy(static_cast<void*>(to), from, bytes);
}

/// Elements of up to four neighbouring columns, `stride` apart, into a tile.
void gather(const Complex* from, std::int64_t stride, std::int64_t elements, std::int64_t count, Complex* tile) {
  if (count == columns) {  // copies of known length are two vector moves, others are calls
    for (std::int64_t i = 0; i < elements; ++i)
      copy_bytes<columns * sizeof(Complex)>(from + i * stride, tile + i * columns);
  } else {
    for (std::int64_t i = 0; i < elements; ++i) std::copy_n(from + i * stride, count, tile + i * columns);
  }
}

/// The same out of a tile.
void scatter(const Complex* tile, std::int64_t elements, std::int64_t count, Complex* to, std::int64_t stride) {
  if (count == columns) {
    for (std::int64_t i = 0; i < elements; ++i)
      copy_bytes<columns * sizeof(Complex)>(tile + i * columns, to + i * stride);
  } else {
    for (std::int64_t i = 0; i < elements; ++i) std::copy_n(tile + i * columns, count, to + i * stride);
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
      is_alone_(comm.size() == 1),
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
      y_forward_(n_[1], ColumnFft::Direction::forward, ColumnFft::Layout::tile, ColumnFft::Layout::tile),
      y_backward_(n_[1], ColumnFft::Direction::backward, ColumnFft::Layout::tile, ColumnFft::Layout::tile),
      z_forward_(n_[0], ColumnFft::Direction::forward, ColumnFft::Layout::tile, ColumnFft::Layout::lines),
      z_backward_(n_[0], ColumnFft::Direction::backward, ColumnFft::Layout::lines, ColumnFft::Layout::tile),
      row_distance_(is_slab_ ? whole_tiles(half_) : half_),
      tile_("fft tile", columns * std::max(n_[0], n_[1])),
      transformed_("fft transformed tile", columns * std::max(n_[0], n_[1])),
      plane_("fft plane", row_distance_ * (is_slab_ ? n_[1] : real_.extent(0) * real_.extent(1))),
      y_buffer_("fft y blocks", to_spectral_.send_sites()) {
  if (!is_slab_) middle_ = Buffer("fft middle", middle_box_.size());
  if (is_alone_) {
    lines_ = Buffer("fft lines", spectral_.extent(2) * n_[0]);
  } else {
    z_buffer_ = Buffer("fft z blocks", to_spectral_.receive_sites());
  }
}

std::int64_t Fft::bytes(const Lattice& lattice, const Partition& partition) {
  std::int64_t largest = 0;
  for (int rank = 0; rank < partition.ranks(); ++rank) {
    const Box spectral = partition.spectral_box(rank);
    const Box real = partition.real_box(rank);
    const std::int64_t middle = partition.middle_box(rank).size();
    const std::int64_t plane = partition.is_slab() ? lattice.n()[1] * whole_tiles(lattice.half())
                                                   : real.extent(0) * real.extent(1) * lattice.half() + middle;
    const std::int64_t lines = partition.ranks() == 1 ? spectral.extent(2) * lattice.n()[0] : spectral.size();
    largest = std::max(largest, middle + plane + lines);
  }
  return largest * static_cast<std::int64_t>(sizeof(Complex));
}

void Fft::forward(const double* real, Complex* spectrum) {
  // On one rank the spectrum's own memory is the exchange buffer: every further array costs cache.
  Complex* blocks = is_alone_ ? spectrum : y_buffer_.data();
  const std::int64_t rows = real_.extent(1);
  for (std::int64_t z = 0; z < real_.extent(0); ++z) {
    Complex* plane = plane_.data() + (is_slab_ ? 0 : z * rows * row_distance_);
    for (std::int64_t y = 0; y < rows; ++y) {
      x_.real_to_complex(real + (z * rows + y) * n_[2], plane + y * row_distance_);
    }
    if (is_slab_) {
      transform_y(plane, row_distance_, y_forward_);
      plane_to_blocks(plane, row_distance_, z, blocks);
    }
  }
  if (!is_slab_) {
    const std::int64_t width = middle_box_.extent(2);
    to_middle_.move(as_doubles(plane_.data()), as_doubles(middle_.data()));
    for (std::int64_t z = 0; z < middle_box_.extent(0); ++z) {
      Complex* plane = middle_.data() + z * n_[1] * width;
      transform_y(plane, width, y_forward_);
      plane_to_blocks(plane, width, z, blocks);
    }
  }
  if (!is_alone_) {
    to_spectral_.exchange(as_doubles(blocks), as_doubles(z_buffer_.data()));
    blocks = z_buffer_.data();
  }
  blocks_to_lines(blocks, spectrum);
}

void Fft::backward(const Complex* spectrum, double* real) {
  lines_to_blocks(spectrum, is_alone_ ? y_buffer_.data() : z_buffer_.data());
  if (!is_alone_) from_spectral_.exchange(as_doubles(z_buffer_.data()), as_doubles(y_buffer_.data()));
  if (!is_slab_) {
    const std::int64_t width = middle_box_.extent(2);
    for (std::int64_t z = 0; z < middle_box_.extent(0); ++z) {
      Complex* plane = middle_.data() + z * n_[1] * width;
      blocks_to_plane(y_buffer_.data(), z, plane, width);
      transform_y(plane, width, y_backward_);
    }
    to_half_.move(as_doubles(middle_.data()), as_doubles(plane_.data()));
  }
  const std::int64_t rows = real_.extent(1);
  for (std::int64_t z = 0; z < real_.extent(0); ++z) {
    Complex* plane = plane_.data() + (is_slab_ ? 0 : z * rows * row_distance_);
    if (is_slab_) {
      blocks_to_plane(y_buffer_.data(), z, plane, row_distance_);
      transform_y(plane, row_distance_, y_backward_);
    }
    for (std::int64_t y = 0; y < rows; ++y) {
      x_.complex_to_real(plane + y * row_distance_, real + (z * rows + y) * n_[2]);
    }
  }
}

void Fft::transform_y(Complex* plane, std::int64_t distance, const ColumnFft& transform) {
  if (n_[1] == 1) return;
  const std::int64_t width = middle_box_.extent(2);
  for (std::int64_t kx = 0; kx < width; kx += columns) {
    const std::int64_t count = std::min(columns, width - kx);
    gather(plane + kx, distance, n_[1], count, tile_.data());
    transform(tile_.data(), transformed_.data());
    scatter(transformed_.data(), n_[1], count, plane + kx, distance);
  }
}

void Fft::plane_to_blocks(const Complex* plane, std::int64_t distance, std::int64_t z, Complex* blocks) const {
  for (const Block& block : y_blocks_) {
    const Complex* first = plane + block.box.lo[2] - middle_box_.lo[2];
    for (std::int64_t y = block.box.lo[1]; y < block.box.hi[1]; ++y) {
      std::copy_n(first + y * distance, block.box.extent(2), blocks + block.row(middle_box_.lo[0] + z, y));
    }
  }
}

void Fft::blocks_to_plane(const Complex* blocks, std::int64_t z, Complex* plane, std::int64_t distance) const {
  for (const Block& block : y_blocks_) {
    Complex* first = plane + block.box.lo[2] - middle_box_.lo[2];
    for (std::int64_t y = block.box.lo[1]; y < block.box.hi[1]; ++y) {
      std::copy_n(blocks + block.row(middle_box_.lo[0] + z, y), block.box.extent(2), first + y * distance);
    }
  }
}

template <class Visit>
void Fft::for_z_tiles(Visit visit) const {
  for (const Block& first : z_blocks_) {
    if (first.box.lo[0] != 0) continue;  // of the blocks that share this range of kx
    for (std::int64_t kx = first.box.lo[2]; kx < first.box.hi[2]; kx += columns) {
      visit(first.box.lo[2], kx, std::min(columns, first.box.hi[2] - kx));
    }
  }
}

void Fft::blocks_to_lines(const Complex* blocks, Complex* spectrum) {
  const std::int64_t plane = spectral_.extent(2) * n_[0];
  for (std::int64_t y = spectral_.lo[1]; y < spectral_.hi[1]; ++y) {
    Complex* of_y = spectrum + (y - spectral_.lo[1]) * plane;
    // On one rank all lines of this y come before any is stored, as they replace what they were gathered from.
    Complex* lines = is_alone_ ? lines_.data() : of_y;
    for_z_tiles([&](std::int64_t first_kx, std::int64_t kx, std::int64_t count) {
      for (const Block& block : z_blocks_) {
        if (block.box.lo[2] != first_kx) continue;
        gather(blocks + block.row(block.box.lo[0], y) + (kx - first_kx), block.box.extent(2), block.box.extent(0),
               count, tile_.data() + block.box.lo[0] * columns);
      }
      Complex* to = lines + (kx - spectral_.lo[2]) * n_[0];
      if (count == columns) {
        z_forward_(tile_.data(), to);
      } else {
        z_forward_(tile_.data(), transformed_.data());
        std::copy_n(transformed_.data(), count * n_[0], to);
      }
    });
    if (is_alone_) std::copy_n(lines, plane, of_y);
  }
}

void Fft::lines_to_blocks(const Complex* spectrum, Complex* blocks) {
  const std::int64_t plane = spectral_.extent(2) * n_[0];
  for (std::int64_t y = spectral_.lo[1]; y < spectral_.hi[1]; ++y) {
    for_z_tiles([&](std::int64_t first_kx, std::int64_t kx, std::int64_t count) {
      const Complex* lines = spectrum + (y - spectral_.lo[1]) * plane + (kx - spectral_.lo[2]) * n_[0];
      if (count < columns) lines = std::copy_n(lines, count * n_[0], tile_.data()) - count * n_[0];
      z_backward_(lines, transformed_.data());
      double* values = as_doubles(transformed_.data());
      for (std::int64_t i = 0; i < 2 * columns * n_[0]; ++i) values[i] *= scale_;
      for (const Block& block : z_blocks_) {
        if (block.box.lo[2] != first_kx) continue;
        scatter(transformed_.data() + block.box.lo[0] * columns, block.box.extent(0), count,
                blocks + block.row(block.box.lo[0], y) + (kx - first_kx), block.box.extent(2));
      }
    });
  }
}

}  // namespace scorefield::grid
