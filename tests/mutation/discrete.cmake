# Mutants of symbols and their samplers.
set(spins TESTS discrete FILTER Ising/*/0:Rules*/1)
set(sweep FILE samplers/discrete/symbol_sampler.cpp)
scorefield_add_mutant(half_beta FILE physics/discrete/ising.cpp ${spins} FROM "add_bond_changes({coupling(0), coupling(1), coupling(2)}," TO "add_bond_changes({coupling(0) / 2.0, coupling(1) / 2.0, coupling(2) / 2.0},")
scorefield_add_mutant(both_colours_at_once FILE samplers/discrete/colouring.cpp ${spins} FROM
                      "if (is_axis_only_) colours_ = static_cast<int>(period_);" TO
                      "if (is_axis_only_) colours_ = static_cast<int>(period_ = 1);")
scorefield_add_mutant(stale_halo_of_symbols ${sweep} ${spins} FROM "    chain.symbols.exchange();\n  }\n}" TO "  }\n}")
scorefield_add_mutant(slabs_share_a_stream ${sweep} TESTS sampling_bits RANKS 3 FILTER Symbols*/0 FROM "row.site / n * parts" TO "z * parts")
scorefield_add_mutant(boundary_taken_for_open FILE src/grid/symbols.cpp ${spins} NIGHTLY FROM "x[-i] = is_open_[2] ? none" TO "x[-i] = true ? none")
scorefield_add_mutant(last_row_skipped ${sweep} ${spins} NIGHTLY FROM "0 : box.extent(0) * box.extent(1);" TO "0 : box.extent(0) * box.extent(1) - 1;")
scorefield_add_mutant(temperature_one_percent_off FILE physics/discrete/ising.cpp ${spins} NIGHTLY FROM
                      "couplings[i] / options.temperature" TO "couplings[i] / (1.01 * options.temperature)")
set(machine FILE physics/discrete/rbm.cpp TESTS rbm)
set(alternating FILE samplers/discrete/block_gibbs.cpp TESTS rbm FILTER Rbm.BlockGibbs*)
set(hidden "law_->hidden_logits(visible, logits_.data());\n  draw(stream(chain, noise::Purpose::symbol_accept, 0, 2), law_->hidden_count(), hidden_.data());")
scorefield_add_mutant(hidden_bias_forgotten ${machine} FILTER Rbm.Energy* FROM "std::copy(hidden_bias_.begin(), hidden_bias_.end(), logits)" TO
                      "std::fill_n(logits, hidden_bias_.size(), 0.0)")
scorefield_add_mutant(visible_of_old_hidden ${alternating} FROM "${hidden}\n  law_->visible_logits(hidden_" TO
                      "const auto old = hidden_;\n  ${hidden}\n  law_->visible_logits(old")
scorefield_add_mutant(units_share_numbers ${alternating} FROM "symbol_accept, 1, 2" TO "symbol_accept, 0, 2")
scorefield_add_mutant(visible_bias_forgotten ${machine} NIGHTLY FILTER Rbm.BlockGibbs* FROM "logits[i] = visible_bias_[i]" TO "logits[i] = 0.0")
scorefield_add_mutant(change_without_bias ${machine} NIGHTLY FILTER Rbm/Marginals* FROM "change[i] -= sign * visible_bias_[cell]" TO "")
scorefield_add_mutant(heat_bath_without_chance FILE samplers/discrete/metropolis.cpp ${spins} NIGHTLY FROM "sum[i] <= u[i] * total[i]" TO "sum[i] <= 0.5 * total[i]")
set(packed FILE samplers/discrete/multispin_metropolis.cpp TESTS discrete)
scorefield_add_mutant(threshold_of_a_spin_less ${packed} FILTER Ising/*/9:Rules*/6 FROM "(2 * equal[g] - most[g])" TO "(2 * equal[g] - most[g] - 1)")
scorefield_add_mutant(words_share_planes ${packed} NIGHTLY FILTER Ising/*/11 FROM "noise::first_planes(stream, row.first_word + begin, planes);" TO
                      "noise::first_planes(stream, 0, planes);")
scorefield_add_mutant(undecided_spins_stay FILE samplers/discrete/multispin.hpp WITHIN samplers/discrete/multispin_metropolis.cpp TESTS discrete NIGHTLY FILTER Ising/*/9:Rules*/6 FROM "*spins_[i] ^= turned[i];" TO "")
scorefield_add_mutant(packed_row_does_not_close ${packed} NIGHTLY FILTER Ising/*/9:Rules*/6 FROM ".from_begin = (other[0] & 1U) << last_bit," TO
                      ".from_begin = 0,")
scorefield_add_mutant(sure_accepts_too_wide FILE src/noise/words.cpp TESTS words FILTER Accepts* NIGHTLY FROM "limit[i] < minus_log(uniform(w[i])) ? 1 : 0" TO "1")
set(clusters TESTS cluster_moves FILTER Rules*)
scorefield_add_mutant(bonds_at_twice_the_temperature FILE samplers/discrete/swendsen_wang.cpp ${clusters} FROM
                      "-std::expm1(-std::abs(coupling))" TO "-std::expm1(-std::abs(coupling) / 2.0)")
scorefield_add_mutant(ghosts_ignored FILE samplers/discrete/swendsen_wang.cpp ${clusters} NIGHTLY FROM "pull > 0.0 &&" TO "pull > 1e9 &&")
scorefield_add_mutant(temperature_cached_in_annealing FILE samplers/exchange/annealing.cpp TESTS annealing FILTER Fields* FROM
                      "if (chain.step > 0 && now != temperature(chain.step - 1)) inner_->refresh(chain);" TO "")
scorefield_add_mutant(annealing_upwards FILE samplers/exchange/annealing.cpp TESTS annealing NIGHTLY FILTER Symbols* FROM
                      "const double now = temperature(chain.step);" TO "const double now = temperature(steps_ - std::min(steps_, chain.step));")
