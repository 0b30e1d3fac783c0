# Mutants of sequences.
set(pairs FILE src/model/pair_scores.cpp TESTS sequences)
set(motif FILE physics/discrete/spaced_motif.cpp TESTS sequences FILTER Marginals.OfASpaced*:Energies.*)
scorefield_add_mutant(sums_of_one_letter_not_kept ${pairs} FILTER KeptSums.* FROM
                      "for (std::size_t k = 0; k < size; ++k) sum" TO "for (std::size_t k = 1; k < size; ++k) sum")
scorefield_add_mutant(couplings_counted_twice ${pairs} FILTER Energies.* NIGHTLY FROM "of_sites + of_pairs / 2" TO "of_sites + of_pairs")
scorefield_add_mutant(couplings_of_one_direction ${pairs} FILTER Marginals.OfAllPairs*:KeptSums.* NIGHTLY FROM
                      "couplings_[static_cast<std::size_t>(other * row + one)] = rounded(*value);" TO "")
scorefield_add_mutant(weights_shifted_by_one_site FILE physics/discrete/sequence_files.cpp TESTS sequences FILTER Marginals.OfPosition*
                      FROM "(*columns[a])[i];" TO "(*columns[a])[(i + 1) % static_cast<std::size_t>(sites)];")
scorefield_add_mutant(pseudocount_without_background FILE physics/discrete/sequence_files.cpp TESTS sequences FILTER Marginals.OfCounts* NIGHTLY
                      FROM "pseudocount * b) /" TO "pseudocount / 4.0) /")
scorefield_add_mutant(longest_spacer_left_out ${motif} FROM "offset + longest_ - shortest_ + 1" TO "offset + longest_ - shortest_")
scorefield_add_mutant(one_placement_too_few ${motif} NIGHTLY FROM "offset <= last; ++offset" TO "offset < last; ++offset")
scorefield_add_mutant(kept_sums_not_tempered FILE src/model/tempered_target.hpp WITHIN samplers/exchange/parallel_tempering.cpp
                      TESTS sequences FILTER Tempering.* FROM "scored.weight *= beta_;" TO "")
scorefield_add_mutant(proposals_of_letters_not_uniform FILE samplers/discrete/site_sweep.cpp TESTS sequences FILTER Marginals.OfAllPairs* NIGHTLY
                      FROM "words_[j], symbols_.size())" TO "words_[j], symbols_.size() - 1)")
scorefield_add_mutant(gumbels_of_one_site FILE samplers/discrete/site_sweep.cpp TESTS sequences FILTER Marginals.OfAllPairs* NIGHTLY
                      FROM "++i, gumbel += symbols_.size()" TO "++i")
