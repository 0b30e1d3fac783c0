# Mutants of symbols and their samplers.
set(spins TESTS discrete FILTER Ising/*/0:Rules*/1)
set(sweep FILE samplers/discrete/symbol_sampler.cpp)
scorefield_add_mutant(half_beta FILE physics/discrete/ising.cpp ${spins} FROM "2 * (first[i * row.step] - proposed[i])" TO "1 * (first[i * row.step] - proposed[i])")
scorefield_add_mutant(both_colours_at_once FILE samplers/discrete/colouring.cpp ${spins} FROM
                      "if (is_axis_only_) colours_ = static_cast<int>(period_);" TO
                      "if (is_axis_only_) colours_ = static_cast<int>(period_ = 1);")
scorefield_add_mutant(stale_halo_of_symbols ${sweep} ${spins} FROM "    chain.symbols.exchange();\n  }\n}" TO "  }\n}")
scorefield_add_mutant(slabs_share_a_stream ${sweep} TESTS sampling_bits RANKS 3 FILTER Symbols*/0 FROM "row.site / n * parts" TO "z * parts")
scorefield_add_mutant(boundary_taken_for_open FILE src/grid/symbols.cpp ${spins} NIGHTLY FROM "x[-i] = is_open_[2] ? none" TO "x[-i] = true ? none")
set(rows "++z) {\n      for (std::int64_t y = 0; y < box.extent(1); ++y) {\n        model::")
scorefield_add_mutant(last_row_skipped ${sweep} ${spins} NIGHTLY FROM "z < box.extent(0); ${rows}" TO "z < box.extent(0) - 1; ${rows}")
scorefield_add_mutant(temperature_one_percent_off FILE physics/discrete/ising.cpp ${spins} NIGHTLY FROM
                      "couplings[i] / options.temperature" TO "couplings[i] / (1.01 * options.temperature)")
scorefield_add_mutant(heat_bath_without_gumbel FILE samplers/discrete/metropolis.cpp ${spins} NIGHTLY FROM "change[i] - gumbel[i]" TO "change[i]")
