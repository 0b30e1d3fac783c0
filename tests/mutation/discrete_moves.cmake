# Mutants of the samplers that move blocks of symbols, pairs, and cells of the whole lattice.
set(rules TESTS discrete_moves FILTER Rules/*)
set(blocks FILE samplers/discrete/block_sampler.cpp)
scorefield_add_mutant(langevin_without_the_way_back FILE samplers/discrete/discrete_langevin.cpp ${rules} FROM
                      "    log_ratio += law(back)[i] - norms_[i];\n" TO "")
scorefield_add_mutant(langevin_changes_of_the_old_state FILE samplers/discrete/discrete_langevin.cpp ${rules} NIGHTLY FROM
                      "change += block.change(cell, symbol);  // with the cells before as proposed" TO "change -= 2.0 * (law(offset)[i] + penalty_);")
scorefield_add_mutant(langevin_twice_the_penalty_back FILE samplers/discrete/discrete_langevin.cpp ${rules} NIGHTLY FROM
                      "  find_laws(block);\n  for (std::size_t i = 0; i < cells; ++i) {\n    const int back" TO
                      "  penalty_ *= 2.0; find_laws(block); penalty_ *= 0.5;\n  for (std::size_t i = 0; i < cells; ++i) {\n    const int back")
set(balanced FILE samplers/discrete/gibbs_with_gradients.cpp ${rules})
scorefield_add_mutant(balanced_moves_without_the_norms ${balanced} FROM "noise::uniform(own) * after < before" TO "true")
scorefield_add_mutant(neighbours_not_weighed_anew ${balanced} FROM "reach_z = n[0] > 1 ? energy().reach() : 0" TO "reach_z = 0")
scorefield_add_mutant(balanced_by_the_whole_change ${balanced} NIGHTLY FROM "log_weight[x] *= -0.5" TO "log_weight[x] *= -1.0")
set(pairs FILE samplers/discrete/kawasaki.cpp ${rules})
scorefield_add_mutant(second_change_before_the_first_is_made ${pairs} FROM
                      "const double first = block.change(a, of_b);\n    block.set(a, of_b);\n    if (is_accepted(first + block.change(b, of_a)," TO
                      "const double first = block.change(a, of_b) + block.change(b, of_a);\n    block.set(a, of_b);\n    if (is_accepted(first,")
scorefield_add_mutant(pairs_over_the_end_of_a_row ${pairs} NIGHTLY FROM "return index + 1 < extent[axis] ? cell + step : -1;" TO
                      "return cell + step < block.cells() ? cell + step : -1;")
scorefield_add_mutant(refused_exchange_kept_by_half FILE samplers/discrete/kawasaki.cpp TESTS discrete_moves FILTER Enumerated/*kawasaki*:Enumerated/LongRuns.*/1 NIGHTLY
                      FROM "      block.set(a, of_a);\n" TO "")
scorefield_add_mutant(random_cells_always_accept FILE samplers/discrete/random_site_metropolis.cpp ${rules} NIGHTLY FROM
                      "if (!is_accepted(block.change(cell, proposed), words[2], words[3])) continue;" TO "(void)words[2];")
scorefield_add_mutant(blocks_do_not_move ${blocks} ${rules} FROM "noise::uniform(own, axis) * static_cast<double>(n[axis])" TO "0.0")
scorefield_add_mutant(open_ends_not_cut ${blocks} TESTS discrete_blocks FILTER Lattices/*Differences* NIGHTLY FROM
                      "energy().is_open()[static_cast<std::size_t>(axis)] && first + size > n" TO "false")
scorefield_add_mutant(all_colours_of_blocks_at_once ${blocks} TESTS discrete_blocks FILTER Lattices/*KnowNothing* FROM
                      "if (tiling_.colour({z.block, y.block, x.block}) != colour) continue;" TO "if (colour != 0) continue;")
scorefield_add_mutant(symbols_two_colours_on_range_two FILE samplers/langevin/block_tiling.cpp TESTS discrete_blocks FILTER Lattices/*KnowNothing*/2 NIGHTLY
                      FROM "is_axis_only_(is_axis_only)" TO "is_axis_only_(true)")
set(ranks TESTS sampling_bits RANKS 3 FILTER SymbolBlocks/*)
scorefield_add_mutant(blocks_see_too_few_rows ${blocks} ${ranks} FROM "tiling.largest(1)) - 1) + energy.reach()" TO
                      "tiling.largest(1)) - 1)")
scorefield_add_mutant(map_of_other_rows FILE samplers/discrete/symbol_block.cpp ${ranks} NIGHTLY FROM
                      "map_(0, begin_[0] + z, begin_[1] + y)" TO "map_(0, wrap(begin_[0] + z, box_.extent(0)), begin_[1] + y)")
scorefield_add_mutant(picks_of_each_rank FILE samplers/discrete/gibbs_with_gradients.cpp ${ranks} NIGHTLY FROM
                      "const std::int64_t of_all = domain_.comm().max(ordered(best));" TO "const std::int64_t of_all = domain_.comm().min(ordered(best));")
