# Mutants of images and of observables of symbols.
set(image FILE physics/discrete/binary_image.cpp TESTS binary_image)
set(flip FILTER BinaryImage/*/0)
scorefield_add_mutant(image_likelihood_twice ${image} ${flip} FROM "= 0.5 * log_ratio(options" TO "= log_ratio(options")
scorefield_add_mutant(image_likelihood_sign ${image} ${flip} NIGHTLY FROM "= 0.5 * log_ratio(options" TO "= -0.5 * log_ratio(options")
scorefield_add_mutant(image_grey_likelihood_half ${image} FILTER BinaryImage/*/1 FROM "return 0.5 * (from_white" TO "return 0.25 * (from_white")
scorefield_add_mutant(image_closes_on_itself ${image} ${flip} FROM "(2, \"open\")" TO "(2, \"periodic\")")
scorefield_add_mutant(image_edge_without_prior ${image} ${flip} FROM "spins_.changes(row, proposed, change);" TO
                      "spins_.changes(row, proposed, change);
  for (std::int64_t i = 0; i < row.count; ++i)
    if (row.cell(i) == 0) change[i] = 2.0 * (*row.at - proposed[i]) * spins_.map()->data()[row.local];")
scorefield_add_mutant(image_one_diagonal ${image} FILTER BinaryImage/*/6 NIGHTLY FROM "spin(at[-y - x]) + spin(at[-y + x])" TO "2 * spin(at[-y + x])")
set(clusters FILE src/grid/clusters.cpp)
scorefield_add_mutant(clusters_end_at_borders ${clusters} TESTS clusters RANKS 3 FILTER Clusters* FROM "is_changed = comm_.max(is_changed)" TO "is_changed = 0")
scorefield_add_mutant(cluster_parts_counted_apart ${clusters} TESTS clusters RANKS 3 FILTER Clusters* NIGHTLY FROM "    part = 0;" TO "")
scorefield_add_mutant(clusters_without_an_axis FILE physics/discrete/cluster_sizes.cpp TESTS lattice_observables FILTER Lattices/*/1 FROM
                      "axis < 3; ++axis" TO "axis < 2; ++axis")
scorefield_add_mutant(walls_of_one_axis FILE physics/discrete/domain_walls.cpp TESTS lattice_observables FILTER Lattices/*/4 NIGHTLY FROM
                      "counts[0] += counts[1 + i]" TO "counts[0] = counts[1 + i]")
