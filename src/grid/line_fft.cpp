#include "grid/line_fft.hpp"

#include <fftw3.h>

#include <algorithm>
#include <array>
#include <bit>
#include <new>
#include <stdexcept>
#include <string>

namespace scorefield::grid {

namespace {

struct FreeFftw {
  void operator()(double* memory) const { fftw_free(memory); }
};
using Buffer = std::unique_ptr<double, FreeFftw>;

Buffer allocate(std::int64_t doubles) {
  Buffer buffer(fftw_alloc_real(static_cast<std::size_t>(doubles)));
  if (!buffer) throw std::bad_alloc();
  std::fill_n(buffer.get(), doubles, 0.0);
  return buffer;
}

/// Equality of bits, not of values: 0 and -0 differ.
std::array<std::uint64_t, 2> bits_of(std::complex<double> value) {
  return {std::bit_cast<std::uint64_t>(value.real()), std::bit_cast<std::uint64_t>(value.imag())};
}

class Plan {
 public:
  explicit Plan(fftw_plan plan) : plan_(plan) {
    if (plan_ == nullptr) throw std::runtime_error("FFTW cannot plan this transform");
  }
  ~Plan() { fftw_destroy_plan(plan_); }
  Plan(const Plan&) = delete;
  Plan& operator=(const Plan&) = delete;
  [[nodiscard]] fftw_plan get() const { return plan_; }

 private:
  fftw_plan plan_;
};

fftw_complex* complex_pointer(double* p) { return reinterpret_cast<fftw_complex*>(p); }
fftw_complex* complex_pointer(const std::complex<double>* p) {
  return reinterpret_cast<fftw_complex*>(const_cast<std::complex<double>*>(p));  // FFTW's API has no const
}

bool is_aligned(const double* p) { return reinterpret_cast<std::uintptr_t>(p) % 16 == 0; }

}  // namespace

struct LineFft::Plans {
  // Buffers of 16-byte alignment: plans are made on them and used on other memory of the same alignment.
  Buffer in, out;
  Plan real_to_complex, complex_to_real;

  explicit Plans(int n)
      : in(allocate(n + 2)),
        out(allocate(n + 2)),
        real_to_complex(fftw_plan_dft_r2c_1d(n, in.get(), complex_pointer(out.get()), FFTW_ESTIMATE)),
        complex_to_real(fftw_plan_dft_c2r_1d(n, complex_pointer(in.get()), out.get(), FFTW_ESTIMATE)) {}
};

LineFft::LineFft(std::int64_t n) : n_(n), plans_(std::make_unique<Plans>(static_cast<int>(n))) {}
LineFft::~LineFft() = default;

void LineFft::real_to_complex(const double* in, std::complex<double>* out) const {
  double* line = const_cast<double*>(in);
  if (!is_aligned(in)) line = std::copy_n(in, n_, plans_->in.get()) - n_;
  fftw_execute_dft_r2c(plans_->real_to_complex.get(), line, complex_pointer(out));
}

void LineFft::complex_to_real(std::complex<double>* in, double* out) const {
  double* line = is_aligned(out) ? out : plans_->out.get();
  fftw_execute_dft_c2r(plans_->complex_to_real.get(), complex_pointer(in), line);
  if (line != out) std::copy_n(line, n_, out);
}

struct ColumnFft::Plans {
  // Distances, in complex numbers, between elements of a column and between columns.
  struct Strides {
    int element, column;
    Strides(Layout layout, int n)
        : element(layout == Layout::tile ? static_cast<int>(columns) : 1), column(layout == Layout::tile ? 1 : n) {}
  };
  int n;
  Strides from, to;
  Buffer in, out;
  Plan plan;

  Plans(int length, Direction direction, Layout in_layout, Layout out_layout)
      : n(length),
        from(in_layout, n),
        to(out_layout, n),
        in(allocate(2 * columns * n)),
        out(allocate(2 * columns * n)),
        plan(fftw_plan_many_dft(1, &n, columns, complex_pointer(in.get()), nullptr, from.element, from.column,
                                complex_pointer(out.get()), nullptr, to.element, to.column,
                                direction == Direction::forward ? FFTW_FORWARD : FFTW_BACKWARD, FFTW_ESTIMATE)) {
    if (!columns_agree()) {
      throw std::runtime_error("FFTW (" + std::string(fftw_version) + ") transforms equal columns of length " +
                               std::to_string(n) +
                               " to different bits; results would depend on the number of ranks. Please report this");
    }
  }

  /// Whether the same numbers in all columns give the same bits in all columns.
  [[nodiscard]] bool columns_agree() const {
    auto* tile = reinterpret_cast<std::complex<double>*>(in.get());
    const auto* result = reinterpret_cast<const std::complex<double>*>(out.get());
    for (std::int64_t i = 0; i < n; ++i) {
      const auto x = static_cast<double>(i);  // any numbers whose sums round will do
      const std::complex<double> value(1.0 / (x + 3.0), 1.0 / (7.0 - 1.5 * x));
      for (std::int64_t c = 0; c < columns; ++c) tile[i * from.element + c * from.column] = value;
    }
    fftw_execute(plan.get());
    for (std::int64_t i = 0; i < n; ++i) {
      for (std::int64_t c = 1; c < columns; ++c) {
        if (bits_of(result[i * to.element]) != bits_of(result[i * to.element + c * to.column])) return false;
      }
    }
    return true;
  }
};

ColumnFft::ColumnFft(std::int64_t n, Direction direction, Layout in, Layout out)
    : plans_(std::make_unique<Plans>(static_cast<int>(n), direction, in, out)) {}
ColumnFft::~ColumnFft() = default;

void ColumnFft::operator()(const std::complex<double>* in, std::complex<double>* out) const {
  fftw_execute_dft(plans_->plan.get(), complex_pointer(in), complex_pointer(out));
}

}  // namespace scorefield::grid
