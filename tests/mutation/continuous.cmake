# Mutants of the samplers of continuous fields that the tests of their moves, of restarts and of ranks must reject.

set(mala FILE samplers/langevin/langevin.cpp TESTS trajectory_balance FILTER */OnFewCells.Mala/*)
scorefield_add_mutant(ratio_with_half_the_step ${mala} FROM "energy + ratio" TO "energy + ratio + ratio")
scorefield_add_mutant(energies_in_single_precision ${mala} FROM "(chain.energy - energy + ratio).value()" TO
                      "float(chain.energy.value()) - float(energy.value()) + float(ratio.value())")
scorefield_add_mutant(mala_gradient_of_rejected_kept ${mala} NIGHTLY FROM "${accept}" TO
                      "accept(chain, energy); else gradient_sum_.take(chain.gradient);\n  adapt(")
set(walk FILE samplers/metropolis/random_walk.cpp TESTS trajectory_balance NIGHTLY FILTER */OnFewCells.RandomWalk/*)
scorefield_add_mutant(random_walk_backwards ${walk} FROM "(chain.energy - energy).value()" TO "(energy - chain.energy).value()")
scorefield_add_mutant(random_walk_steps_by_energy ${walk} FROM "add_root(chain.step_size," TO
                      "add_root(chain.step_size / (1.0 + 0.01 * std::abs(chain.energy.value())),")
scorefield_add_mutant(random_walk_energy_of_rejected_kept ${walk} FROM "    chain.energy = energy;\n  }" TO "  }\n  chain.energy = energy;")
set(decision FILE samplers/common/gradient_sampler.cpp NIGHTLY)
scorefield_add_mutant(accept_shares_bits_with_noise ${decision} TESTS trajectory_balance FILTER */OnFewCells.RandomWalk/* FROM
                      "noise::Purpose::accept" TO "noise::Purpose::proposal")
scorefield_add_mutant(accept_shares_bits_with_noise_of_cells ${decision} TESTS phi4 FILTER Phi4Langevin/*/0 FROM "noise::Purpose::accept" TO
                      "noise::Purpose::proposal")
scorefield_add_mutant(accept_number_of_the_first_step ${decision} TESTS trajectory_balance FILTER */OnFewCells.RandomWalk/* FROM
                      "noise::uniform(stream(chain, noise::Purpose::accept))" TO
                      "noise::uniform({.seed = seed_, .purpose = noise::Purpose::accept, .chain = std::uint32_t(chain.id)})")
set(hmc FILE samplers/hamiltonian/hmc.cpp TESTS trajectory_balance NIGHTLY FILTER */OnFewCells.Hmc/*)
scorefield_add_mutant(hmc_energies_in_single_precision ${hmc} FROM "(chain.energy - energy).value() + 0.5 * (before - after).value()" TO
                      "float(chain.energy.value() + 0.5 * before.value()) - float(energy.value() + 0.5 * after.value())")
scorefield_add_mutant(hmc_mass_twice ${hmc} FROM "after = preconditioner_.dot(u, u)" TO "after = preconditioner_.dot(u, u, 2)")
scorefield_add_mutant(hmc_first_kick_whole ${hmc} FROM "add_root(-0.5 * h, chain.gradient" TO "add_root(-h, chain.gradient")
scorefield_add_mutant(hmc_a_step_less ${hmc} FROM "for (std::int64_t i = 0; i < steps; ++i)" TO "for (std::int64_t i = 1; i < steps; ++i)")
set(adjusted FILE samplers/hamiltonian/microcanonical.cpp TESTS trajectory_balance NIGHTLY FILTER */OnFewCells.AdjustedMclmc/*)
scorefield_add_mutant(adjusted_mclmc_first_kick_whole ${adjusted} FROM "ExactSum energy;\n  double kinetic = dynamics.kick(0.5 * h" TO
                      "ExactSum energy;\n  double kinetic = dynamics.kick(h")
scorefield_add_mutant(adjusted_mclmc_last_kick_whole ${adjusted} FROM "i + 1 < steps ? h : 0.5 * h" TO "h")
scorefield_add_mutant(adjusted_mclmc_volume_of_the_last_kick ${adjusted} FROM "kinetic += dynamics.kick(i + 1" TO "kinetic = dynamics.kick(i + 1")
scorefield_add_mutant(adjusted_mclmc_mass_omitted ${adjusted} FROM "preconditioner_.dot(gradient, u, 1)" TO "preconditioner_.dot(gradient, u, 0)")

set(tree FILE samplers/hamiltonian/nuts.cpp TESTS nuts_tree FILTER *TakesTheStateOfTheRule/*)
scorefield_add_mutant(nuts_parts_not_checked ${tree} FROM "        outcome.is_turning = true;\n        return outcome;" TO "")
scorefield_add_mutant(nuts_half_momenta_whole ${tree} NIGHTLY FROM "half_first = 0.5 *" TO "half_first = 0.0 *")
scorefield_add_mutant(nuts_sum_not_carried ${tree} NIGHTLY FROM "    preconditioner_.add(1.0, subtree_sum_.data(), sum_.data());\n" TO "")
scorefield_add_mutant(nuts_weight_not_carried ${tree} NIGHTLY FROM "tree_.log_weight = log_add(tree_.log_weight, subtree_.log_weight);" TO "")
scorefield_add_mutant(nuts_gradient_left_behind ${tree} NIGHTLY FROM "  std::swap(chain.gradient, tree_.gradient);\n" TO "")
scorefield_add_mutant(nuts_always_the_new_half ${tree} NIGHTLY FROM "std::log(next_uniform(chain)) < subtree_.log_weight - tree_.log_weight" TO
                      "(next_uniform(chain), true)")
scorefield_add_mutant(nuts_closes_a_level_less ${tree} NIGHTLY FROM "i-- > level + 1 - closed" TO "i-- > level + 2 - closed")

set(splitting FILE samplers/langevin/underdamped.cpp TESTS unadjusted_moves FILTER */UnadjustedOnFewCells.Underdamped/*)
scorefield_add_mutant(o_step_without_mass ${splitting} FROM "preconditioner_.refresh(keep, std::sqrt(1.0 - keep * keep), noise, u);" TO
                      "const model::Vector z = preconditioner_.make_vector(\"z\"); preconditioner_.white(noise, z.data());
      preconditioner_.scale(keep, u); preconditioner_.add_root(std::sqrt(1.0 - keep * keep), z.data(), u);")
scorefield_add_mutant(half_move_whole ${splitting} NIGHTLY FROM "add_root(share('A')" TO "add_root(chain.step_size")
scorefield_add_mutant(half_friction_whole ${splitting} NIGHTLY FROM "-friction_ * share('O')" TO "-friction_ * chain.step_size")
scorefield_add_mutant(stale_force_at_the_end ${splitting} NIGHTLY FROM "  std::swap(chain.gradient, gradient_);\n" TO "")
set(mclmc FILE samplers/hamiltonian/microcanonical.cpp TESTS unadjusted_moves NIGHTLY FILTER */UnadjustedOnFewCells.Mclmc/*)
scorefield_add_mutant(mclmc_first_kick_whole ${mclmc} FROM "direction_.data();\n  double kinetic = dynamics.kick(0.5 * h" TO
                      "direction_.data();\n  double kinetic = dynamics.kick(h")
scorefield_add_mutant(mclmc_last_kick_whole ${mclmc} FROM "kinetic += dynamics.kick(0.5 * h" TO "kinetic += dynamics.kick(h")
scorefield_add_mutant(mclmc_forgets_half ${mclmc} FROM "std::expm1(2.0 * h / length_)" TO "std::expm1(h / length_)")
scorefield_add_mutant(mclmc_not_normalised ${mclmc} FROM "noise::Purpose::ornstein), u);\n    dynamics.normalise(u);" TO
                      "noise::Purpose::ornstein), u);")

set(block_move FILE samplers/langevin/block_mala.cpp TESTS block_mala NIGHTLY FILTER BlockMove.*)
scorefield_add_mutant(block_ratio_with_half_the_step ${block_move} FROM "norms / (4.0 * h)" TO "norms / (2.0 * h)")
scorefield_add_mutant(block_accept_shares_bits_with_noise ${block_move} FROM "noise::Purpose::accept" TO "noise::Purpose::proposal")
scorefield_add_mutant(block_energies_in_single_precision ${block_move} FROM "norms / (4.0 * h) - move.energy_change" TO
                      "float(norms / (4.0 * h)) - float(100.0 + move.energy_change) + 100.0")

# A chain that goes on.
scorefield_add_mutant(restart_without_counter FILE src/model/chain.cpp TESTS going_on FILTER *GoingOn*/mala FROM
                      "  archive.scalar(\"step\", step);\n" TO "")
set(visits TESTS going_on NIGHTLY)
set(common FILE samplers/common/gradient_sampler.cpp ${visits})
scorefield_add_mutant(restart_without_step_size ${common} FILTER *GoingOn*/hmc FROM "  archive.scalar(\"step_size\", step_size);\n" TO "")
scorefield_add_mutant(restart_without_averages ${common} FILTER *GoingOn*/hmc FROM "  adaptation.visit(archive);\n" TO "")
scorefield_add_mutant(start_in_the_other_space ${common} FILTER *GoingOn*/mala_diagonal FROM "  chain.x.change(chain.space);\n" TO "")
scorefield_add_mutant(restart_without_window FILE samplers/common/metric_adaptation.cpp ${visits} FILTER *GoingOn*/mala_diagonal FROM
                      "  model::visit_vector(archive, \"window_mean\", *domain_, mean_);\n" TO "")
scorefield_add_mutant(restart_without_velocity FILE samplers/langevin/underdamped.cpp ${visits} FILTER *GoingOn*/underdamped FROM
                      "  model::visit_vector(archive, \"velocity\", x.domain(), velocity);\n" TO "")
scorefield_add_mutant(restart_without_direction FILE samplers/hamiltonian/microcanonical.cpp ${visits} FILTER *GoingOn*/mclmc FROM
                      "  model::visit_vector(archive, \"direction\", x.domain(), direction);\n" TO "")
scorefield_add_mutant(restart_without_ladder FILE samplers/exchange/parallel_tempering.cpp ${visits} FILTER *GoingOn*/tempered_hmc FROM
                      "    archive.array(\"ladder_log_ratios\", ladder.log_ratios);\n" TO "")
scorefield_add_mutant(restart_without_flags FILE samplers/exchange/parallel_tempering.cpp ${visits} FILTER *GoingOn*/tempered_hmc FROM
                      "    archive.scalar(\"tempering_flag\", flag);\n" TO "")

# Ranks that do not agree. Cases of SameBits: 0 is mala on a posterior, 9 mala and 10 hmc on phi4, 16 block_mala.
set(ranks TESTS sampling_bits RANKS 3)
scorefield_add_mutant(accept_number_of_each_rank FILE samplers/common/gradient_sampler.cpp ${ranks} FILTER *AsOnOneRank/0:*AsOnOneRank/9 FROM
                      "noise::Purpose::accept))" TO "noise::Purpose::accept), static_cast<std::uint64_t>(domain_.comm().rank()))")
scorefield_add_mutant(accept_by_energy_of_own_rows FILE physics/lattice/phi4.cpp ${ranks} NIGHTLY FILTER *AsOnOneRank/9 FROM
                      "  energy.all_reduce(domain_->comm());\n  return energy;" TO "  return energy;")
scorefield_add_mutant(halo_of_the_last_proposal FILE physics/lattice/phi4.cpp ${ranks} NIGHTLY FILTER *AsOnOneRank/9:*AsOnOneRank/10 FROM
                      "  const grid::GhostRows::Rows rows = ghosts_.exchange(field);" TO
                      "  static std::map<const void*, std::pair<int, grid::GhostRows::Rows>> all;
  auto& [uses, kept] = all[this];
  if (uses++ % 2 == 0) kept = ghosts_.exchange(field);
  grid::GhostRows::Rows rows = kept;
  rows.own = field.data();")
scorefield_add_mutant(block_halo_of_the_first_colour FILE samplers/langevin/block_mala.cpp ${ranks} NIGHTLY FILTER *AsOnOneRank/16 FROM
                      "  const grid::GhostRows::Rows rows = ghosts_.exchange(chain.x.real());" TO
                      "  static std::map<const void*, grid::GhostRows::Rows> all;
  if (colour == 0) all[this] = ghosts_.exchange(chain.x.real());
  grid::GhostRows::Rows rows = all[this];
  rows.own = chain.x.real().data();")

# Temperatures. A chain of mala has no ratio of its own for them: it sees energy and gradient of the tempered target.
set(tempering FILE samplers/exchange/parallel_tempering.cpp TESTS tempering)
scorefield_add_mutant(temperature_for_its_inverse ${tempering} FILTER Exchange.* FROM "set_beta(1.0 / state_of" TO "set_beta(1.0 * state_of")
scorefield_add_mutant(swap_by_temperatures ${tempering} NIGHTLY FILTER Exchange.* FROM "const double beta = 1.0 / state_of" TO
                      "const double beta = 1.0 * state_of")
scorefield_add_mutant(refresh_not_tempered ${tempering} NIGHTLY FILTER Exchange.* FROM "heat(chain);\n  inner_->refresh(chain);" TO
                      "target_.set_beta(1.0);\n  inner_->refresh(chain);")
set(tempered FILE src/model/tempered_target.hpp WITHIN samplers/exchange/parallel_tempering.cpp TESTS tempering NIGHTLY)
scorefield_add_mutant(tempered_gradient_of_the_target ${tempered} FILTER Exchange.* FROM "gradient->scale(beta_)" TO "gradient->scale(1.0)")
scorefield_add_mutant(tempered_energy_of_the_target ${tempered} FILTER Exchange.* FROM "reduce::ExactSum(beta_ * energy.value())" TO "energy")
scorefield_add_mutant(tempered_blocks_by_cold_energies ${tempered} FILTER Tempering/*/1 FROM
                      "return beta_ * target_->local_energy()->energy_change" TO "return target_->local_energy()->energy_change")
