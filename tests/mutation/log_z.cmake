# Mutants of annealed importance sampling and thermodynamic integration.
set(log_z FILE tasks/log_z.cpp TESTS log_z FILTER Torus*:Enumerated*)
scorefield_add_mutant(last_weight_left_out ${log_z} FROM "double weight = step * energy(chain, 1.0);" TO "double weight = 0.0;")
scorefield_add_mutant(first_weight_left_out ${log_z} NIGHTLY FROM "double weight = -step * context_.target.evaluate(chain.x, nullptr).value();" TO
                      "double weight = 0.0;")
scorefield_add_mutant(weight_after_the_move ${log_z} NIGHTLY FROM
                      "    walk(chain, beta, 1);\n    weight -= step * energy(chain, beta);" TO
                      "    walk(chain, beta + step, 1);\n    weight -= step * energy(chain, beta + step);")
scorefield_add_mutant(moves_at_beta_one ${log_z} NIGHTLY FROM "target_.set_beta(beta);" TO "target_.set_beta(1.0);")
scorefield_add_mutant(ratio_of_bennett_turned_round ${log_z} NIGHTLY FROM "excess -= 1.0 / (1.0 + std::exp(value - x));" TO
                      "excess -= 1.0 / (1.0 + std::exp(x - value));")
scorefield_add_mutant(gauss_weights_unequal ${log_z} NIGHTLY FROM "1.0 / ((1.0 - x * x) * slope * slope)" TO "1.0 / static_cast<double>(n)")
