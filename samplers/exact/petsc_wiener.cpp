#include "samplers/exact/petsc_wiener.hpp"

#include <petscksp.h>

#include <memory>

#include "base/errors.hpp"

namespace scorefield::samplers {

namespace {

void check(PetscErrorCode code, const char* what) {
  if (code == 0) return;
  const char* text = nullptr;
  PetscErrorMessage(code, &text, nullptr);
  throw base::NumericsError(std::string("PETSc: ") + what + ": " + (text != nullptr ? text : "error"));
}

/// PETSc on the domain's communicator, for one solve. Its signal handlers stay off (ours count), and so does its
/// default error handler, under which ranks leave without MPI_Finalize.
class PetscSession {
 public:
  explicit PetscSession(MPI_Comm comm) {
    PETSC_COMM_WORLD = comm;
    check(PetscOptionsSetValue(nullptr, "-no_signal_handler", "true"), "options");
    check(PetscInitialize(nullptr, nullptr, nullptr, nullptr), "initialisation");
    check(PetscPushErrorHandler(PetscReturnErrorHandler, nullptr), "error handler");
  }
  ~PetscSession() {
    PetscPopErrorHandler();
    PetscFinalize();
  }
  PetscSession(const PetscSession&) = delete;
  PetscSession& operator=(const PetscSession&) = delete;
};

/// Owner of a PETSc object.
template <class T, PetscErrorCode (*Destroy)(T*)>
class Handle {
 public:
  Handle() = default;
  ~Handle() { Destroy(&object_); }
  Handle(const Handle&) = delete;
  Handle& operator=(const Handle&) = delete;
  T* address() { return &object_; }
  [[nodiscard]] T get() const { return object_; }

 private:
  T object_ = nullptr;
};
using VecHandle = Handle<Vec, VecDestroy>;
using MatHandle = Handle<Mat, MatDestroy>;
using KspHandle = Handle<KSP, KSPDestroy>;

struct Problem {
  const grid::Domain& domain;
  model::LinearGaussian& quadratic;
  const base::DiagonalView& preconditioner;
  model::DualField x;
  model::DualSum image;
};

/// Copies a Vec into the real part of x.
void load(Vec from, model::DualField& x) {
  const double* values = nullptr;
  check(VecGetArrayRead(from, &values), "reading a vector");
  const grid::Field& real = x.set_real();
  Kokkos::deep_copy(
      real.view(),
      Kokkos::View<const double****, Kokkos::LayoutRight, Kokkos::HostSpace, Kokkos::MemoryTraits<Kokkos::Unmanaged>>(
          values, real.view().extent(0), real.view().extent(1), real.view().extent(2), real.view().extent(3)));
  check(VecRestoreArrayRead(from, &values), "reading a vector");
}

/// Transforms modes straight into a Vec's memory.
void store(Problem& problem, const grid::SpectralField& modes, Vec to) {
  grid::Field real(problem.domain, "to PETSc", modes.components());
  grid::backward(problem.domain, modes, real);
  double* values = nullptr;
  check(VecGetArray(to, &values), "writing a vector");
  const auto host = Kokkos::create_mirror_view_and_copy(Kokkos::HostSpace(), real.view());
  std::copy_n(host.data(), real.size(), values);
  check(VecRestoreArray(to, &values), "writing a vector");
}

PetscErrorCode apply_precision(Mat matrix, Vec in, Vec out) {
  void* context = nullptr;
  check(MatShellGetContext(matrix, &context), "context");
  auto& problem = *static_cast<Problem*>(context);
  load(in, problem.x);
  problem.image.clear();
  problem.quadratic.add_precision(problem.x, problem.image);
  store(problem, problem.image.fourier(), out);
  return 0;
}

PetscErrorCode apply_preconditioner(PC pc, Vec in, Vec out) {
  void* context = nullptr;
  check(PCShellGetContext(pc, &context), "context");
  auto& problem = *static_cast<Problem*>(context);
  load(in, problem.x);
  const grid::SpectralField& modes = problem.x.fourier();
  base::Complex* values = modes.data();
  const double* m = problem.preconditioner.data();
  const auto period = std::max<std::int64_t>(1, static_cast<std::int64_t>(problem.preconditioner.span()));
  Kokkos::parallel_for(
      "PETSc preconditioner", base::RowPolicy(0, modes.size()), KOKKOS_LAMBDA(const std::int64_t i) {
        const double d = m[i % period];
        values[i] = base::Complex(d * values[i].real(), d * values[i].imag());
      });
  store(problem, modes, out);
  return 0;
}

}  // namespace

std::int64_t wiener_mean_by_petsc(const grid::Domain& domain, model::LinearGaussian& quadratic,
                                  const base::DiagonalView& preconditioner, double tolerance,
                                  std::int64_t max_iterations, const grid::Field& mean) {
  const PetscSession session(domain.comm().handle());
  Problem problem{domain, quadratic, preconditioner, model::DualField(domain, "PETSc x", mean.components()),
                  model::DualSum(domain, "PETSc image", mean.components())};
  const MPI_Comm comm = domain.comm().handle();
  const auto local = static_cast<PetscInt>(mean.size());

  // The solution lives in the field's own memory.
  VecHandle solution;
  VecHandle right_side;
  check(VecCreateMPIWithArray(comm, 1, local, PETSC_DETERMINE, mean.data(), solution.address()), "solution vector");
  check(VecDuplicate(solution.get(), right_side.address()), "right side");
  problem.image.clear();
  quadratic.add_information(problem.image);
  store(problem, problem.image.fourier(), right_side.get());

  MatHandle matrix;
  check(MatCreateShell(comm, local, local, PETSC_DETERMINE, PETSC_DETERMINE, &problem, matrix.address()), "MATSHELL");
  check(MatShellSetOperation(matrix.get(), MATOP_MULT, reinterpret_cast<void (*)(void)>(apply_precision)), "MATSHELL");
  check(MatSetOption(matrix.get(), MAT_SYMMETRIC, PETSC_TRUE), "MATSHELL");

  KspHandle ksp;
  check(KSPCreate(comm, ksp.address()), "KSP");
  check(KSPSetOperators(ksp.get(), matrix.get(), matrix.get()), "KSP operators");
  check(KSPSetType(ksp.get(), KSPCG), "KSP type");
  check(KSPSetNormType(ksp.get(), KSP_NORM_NATURAL), "KSP norm");
  check(KSPSetTolerances(ksp.get(), tolerance, 0.0, PETSC_DEFAULT, static_cast<PetscInt>(max_iterations)),
        "KSP tolerances");
  PC pc = nullptr;
  check(KSPGetPC(ksp.get(), &pc), "PC");
  check(PCSetType(pc, PCSHELL), "PC type");
  check(PCShellSetContext(pc, &problem), "PC context");
  check(PCShellSetApply(pc, apply_preconditioner), "PC apply");
  check(KSPSetFromOptions(ksp.get()), "KSP options");
  check(KSPSolve(ksp.get(), right_side.get(), solution.get()), "solve");
  KSPConvergedReason reason = KSP_CONVERGED_ITERATING;
  PetscInt iterations = 0;
  check(KSPGetConvergedReason(ksp.get(), &reason), "convergence");
  check(KSPGetIterationNumber(ksp.get(), &iterations), "iterations");
  if (reason <= 0) {
    throw base::NumericsError("PETSc's solver did not converge (reason " + std::to_string(static_cast<int>(reason)) +
                                  " after " + std::to_string(iterations) + " iterations)",
                              "raise sampler.max_iterations or use mean_solver: scorefield");
  }
  return iterations;
}

}  // namespace scorefield::samplers
