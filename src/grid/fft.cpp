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

std::vector<Fft::Part> Fft::parts_of(const std::vector<Box>& boxes, int line_axis) {
  std::vector<Part> parts;
  std::int64_t base = 0;
  for (const Box& box : boxes) {
    if (box.empty()) continue;
    auto part = std::find_if(parts.begin(), parts.end(), [&](const Part& p) { return p.kx_lo == box.lo[2]; });
    if (part == parts.end()) part = parts.insert(parts.end(), Part{box.lo[2], box.hi[2], {}});
    const std::int64_t row = box.extent(2);
    const std::int64_t plane = row * box.extent(1);
    part->segments.push_back({box.lo[line_axis], box.hi[line_axis], base, line_axis == 1 ? row : plane,
                              line_axis == 1 ? plane : row});
    base += box.size();
  }
  return parts;
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
      y_parts_(parts_of(to_spectral_.send_boxes(), 1)),
      z_parts_(parts_of(to_spectral_.receive_boxes(), 0)),
      x_(n_[2]),
      y_(n_[1]),
      z_(n_[0]),
      lines_in_(static_cast<std::size_t>(columns * line_distance(std::max(n_[0], n_[1])))),
      lines_out_(lines_in_.size()),
      y_blocks_(static_cast<std::size_t>(to_spectral_.send_sites())) {
  if (is_slab_) {
    plane_.resize(static_cast<std::size_t>(n_[1] * half_));
  } else {
    plane_.resize(static_cast<std::size_t>(real_.extent(0) * real_.extent(1) * half_));
    middle_.resize(static_cast<std::size_t>(middle_box_.size()));
  }
  if (comm.size() > 1) z_blocks_own_.resize(static_cast<std::size_t>(to_spectral_.receive_sites()));
  z_blocks_ = comm.size() > 1 ? z_blocks_own_.data() : y_blocks_.data();
}

std::int64_t Fft::bytes(const Lattice& lattice, const Partition& partition) {
  std::int64_t largest = 0;
  for (int rank = 0; rank < partition.ranks(); ++rank) {
    const std::int64_t middle = partition.middle_box(rank).size();
    const std::int64_t blocks = middle + (partition.ranks() > 1 ? partition.spectral_box(rank).size() : 0);
    const Box real = partition.real_box(rank);
    const std::int64_t plane = partition.is_slab() ? lattice.n()[1] * lattice.half()
                                                   : real.extent(0) * real.extent(1) * lattice.half() + middle;
    largest = std::max(largest, blocks + plane);
  }
  return largest * static_cast<std::int64_t>(sizeof(Complex));
}

void Fft::forward(const double* real, Complex* spectrum) {
  const std::int64_t rows = real_.extent(1);
  for (std::int64_t z = 0; z < real_.extent(0); ++z) {
    Complex* plane = plane_.data() + (is_slab_ ? 0 : z * rows * half_);
    for (std::int64_t y = 0; y < rows; ++y) x_.real_to_complex(real + (z * rows + y) * n_[2], plane + y * half_);
    if (is_slab_) plane_to_blocks(plane, z);
  }
  if (!is_slab_) {
    to_middle_.move(as_doubles(plane_.data()), as_doubles(middle_.data()));
    for (std::int64_t z = 0; z < middle_box_.extent(0); ++z) {
      plane_to_blocks(middle_.data() + z * n_[1] * middle_box_.extent(2), z);
    }
  }
  to_spectral_.exchange(as_doubles(y_blocks_.data()), as_doubles(z_blocks_));
  blocks_to_lines(spectrum);
}

void Fft::backward(const Complex* spectrum, double* real) {
  lines_to_blocks(spectrum);
  from_spectral_.exchange(as_doubles(z_blocks_), as_doubles(y_blocks_.data()));
  if (!is_slab_) {
    for (std::int64_t z = 0; z < middle_box_.extent(0); ++z) {
      blocks_to_plane(middle_.data() + z * n_[1] * middle_box_.extent(2), z);
    }
    to_half_.move(as_doubles(middle_.data()), as_doubles(plane_.data()));
  }
  const std::int64_t rows = real_.extent(1);
  for (std::int64_t z = 0; z < real_.extent(0); ++z) {
    Complex* plane = plane_.data() + (is_slab_ ? 0 : z * rows * half_);
    if (is_slab_) blocks_to_plane(plane, z);
    for (std::int64_t y = 0; y < rows; ++y) x_.complex_to_real(plane + y * half_, real + (z * rows + y) * n_[2]);
  }
}

void Fft::plane_to_blocks(const Complex* plane, std::int64_t z) {
  const std::int64_t stride = middle_box_.extent(2);
  const std::int64_t distance = line_distance(n_[1]);
  for (const Part& part : y_parts_) {
    const Complex* first = plane + part.kx_lo - middle_box_.lo[2];
    const std::int64_t width = part.kx_hi - part.kx_lo;
    if (n_[1] == 1) {
      std::copy_n(first, width, y_blocks_.data() + part.segments[0].base + z * part.segments[0].other_stride);
      continue;
    }
    for (std::int64_t kx = 0; kx < width; kx += columns) {
      const std::int64_t count = std::min(columns, width - kx);
      gather(first + kx, stride, n_[1], count, lines_in_.data(), distance);
      for (std::int64_t c = 0; c < count; ++c) y_.forward(&lines_in_[c * distance], &lines_out_[c * distance]);
      for (const Segment& s : part.segments) {
        scatter(&lines_out_[s.lo], distance, s.hi - s.lo, count, y_blocks_.data() + s.base + z * s.other_stride + kx,
                s.line_stride);
      }
    }
  }
}

void Fft::blocks_to_plane(Complex* plane, std::int64_t z) {
  const std::int64_t stride = middle_box_.extent(2);
  const std::int64_t distance = line_distance(n_[1]);
  for (const Part& part : y_parts_) {
    Complex* first = plane + part.kx_lo - middle_box_.lo[2];
    const std::int64_t width = part.kx_hi - part.kx_lo;
    if (n_[1] == 1) {
      std::copy_n(y_blocks_.data() + part.segments[0].base + z * part.segments[0].other_stride, width, first);
      continue;
    }
    for (std::int64_t kx = 0; kx < width; kx += columns) {
      const std::int64_t count = std::min(columns, width - kx);
      for (const Segment& s : part.segments) {
        gather(y_blocks_.data() + s.base + z * s.other_stride + kx, s.line_stride, s.hi - s.lo, count, &lines_in_[s.lo],
               distance);
      }
      for (std::int64_t c = 0; c < count; ++c) y_.backward(&lines_in_[c * distance], &lines_out_[c * distance]);
      scatter(lines_out_.data(), distance, n_[1], count, first + kx, stride);
    }
  }
}

void Fft::blocks_to_lines(Complex* spectrum) {
  const std::int64_t distance = line_distance(n_[0]);
  for (std::int64_t y = 0; y < spectral_.extent(1); ++y) {
    for (const Part& part : z_parts_) {
      for (std::int64_t kx = part.kx_lo; kx < part.kx_hi; kx += columns) {
        const std::int64_t count = std::min(columns, part.kx_hi - kx);
        for (const Segment& s : part.segments) {
          gather(z_blocks_ + s.base + y * s.other_stride + (kx - part.kx_lo), s.line_stride, s.hi - s.lo, count,
                 &lines_in_[s.lo], distance);
        }
        Complex* lines = spectrum + (y * spectral_.extent(2) + kx - spectral_.lo[2]) * n_[0];
        for (std::int64_t c = 0; c < count; ++c) z_.forward(&lines_in_[c * distance], lines + c * n_[0]);
      }
    }
  }
}

void Fft::lines_to_blocks(const Complex* spectrum) {
  const std::int64_t distance = line_distance(n_[0]);
  for (std::int64_t y = 0; y < spectral_.extent(1); ++y) {
    for (const Part& part : z_parts_) {
      for (std::int64_t kx = part.kx_lo; kx < part.kx_hi; kx += columns) {
        const std::int64_t count = std::min(columns, part.kx_hi - kx);
        const Complex* lines = spectrum + (y * spectral_.extent(2) + kx - spectral_.lo[2]) * n_[0];
        for (std::int64_t c = 0; c < count; ++c) {
          Complex* line = &lines_out_[c * distance];
          z_.backward(lines + c * n_[0], line);
          for (std::int64_t z = 0; z < n_[0]; ++z) line[z] *= scale_;
        }
        for (const Segment& s : part.segments) {
          scatter(&lines_out_[s.lo], distance, s.hi - s.lo, count,
                  z_blocks_ + s.base + y * s.other_stride + (kx - part.kx_lo), s.line_stride);
        }
      }
    }
  }
}

}  // namespace scorefield::grid
