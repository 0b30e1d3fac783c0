#include "grid/line_fft.hpp"

#include <fftw3.h>

#include <algorithm>
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
  Plan forward, backward, real_to_complex, complex_to_real;

  explicit Plans(int n)
      : in(allocate(2 * n + 2)),
        out(allocate(2 * n + 2)),
        forward(
            fftw_plan_dft_1d(n, complex_pointer(in.get()), complex_pointer(out.get()), FFTW_FORWARD, FFTW_ESTIMATE)),
        backward(
            fftw_plan_dft_1d(n, complex_pointer(in.get()), complex_pointer(out.get()), FFTW_BACKWARD, FFTW_ESTIMATE)),
        real_to_complex(fftw_plan_dft_r2c_1d(n, in.get(), complex_pointer(out.get()), FFTW_ESTIMATE)),
        complex_to_real(fftw_plan_dft_c2r_1d(n, complex_pointer(in.get()), out.get(), FFTW_ESTIMATE)) {}
};

LineFft::LineFft(std::int64_t n) : n_(n), plans_(std::make_unique<Plans>(static_cast<int>(n))) {}
LineFft::~LineFft() = default;

void LineFft::forward(const std::complex<double>* in, std::complex<double>* out) const {
  fftw_execute_dft(plans_->forward.get(), complex_pointer(in), complex_pointer(out));
}

void LineFft::backward(const std::complex<double>* in, std::complex<double>* out) const {
  fftw_execute_dft(plans_->backward.get(), complex_pointer(in), complex_pointer(out));
}

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

}  // namespace scorefield::grid
