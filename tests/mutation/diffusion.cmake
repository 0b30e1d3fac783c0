# Mutants of the samplers that walk from noise to data, and of noise-level scores.
set(langevin_by_level FILE samplers/diffusion/annealed_langevin.cpp TESTS diffusion FILTER AnnealedLangevin*:Diffusion.Variances*)
scorefield_add_mutant(ald_noise_sqrt_eta ${langevin_by_level} FROM "std::sqrt(2.0 * step_size_)" TO "std::sqrt(step_size_)")
scorefield_add_mutant(ald_sigma_for_its_square ${langevin_by_level} NIGHTLY FROM
                      "mix(chain.x, 1.0 - step_size_, denoised_, step_size_," TO
                      "mix(chain.x, 1.0 - step_size_ * sigma, denoised_, step_size_ * sigma,")
scorefield_add_mutant(final_denoise_missing FILE samplers/diffusion/diffusion_sampler.cpp TESTS diffusion FILTER
                      AnnealedLangevin.Every*:Kinds*:Diffusion.Variances* FROM
                      "  chain.x.copy_from(denoised_, model::Space::fourier);" TO "")
scorefield_add_mutant(first_level_without_the_field FILE samplers/diffusion/diffusion_sampler.cpp TESTS diffusion FILTER
                      AnnealedLangevin.Every* NIGHTLY FROM "sites * (variance[i % count] + noise)" TO "sites * noise")

set(adjusted FILE samplers/diffusion/annealed_mala.cpp TESTS annealed_mala FILTER AnnealedMala*)
scorefield_add_mutant(annealed_mala_takes_all ${adjusted} FROM "noise::Purpose::accept)) < chain.acceptance" TO
                      "noise::Purpose::accept)) < 2.0")
scorefield_add_mutant(weight_of_the_level_left_out ${adjusted} FROM "chain.log_weight -= chain.level_energy.value();" TO "")
scorefield_add_mutant(gradient_of_the_level_above ${adjusted} NIGHTLY FROM "if (is_new_level || !chain.is_evaluated) {" TO
                      "if (!chain.is_evaluated) {")
scorefield_add_mutant(first_density_without_its_volume ${adjusted} NIGHTLY FROM " + std::log(total);" TO ";")

set(flow FILE samplers/diffusion/probability_flow.cpp TESTS diffusion FILTER ProbabilityFlow*)
# The ODE with the drift of the SDE: twice the rate.
scorefield_add_mutant(flow_without_the_half ${flow} FROM "const double euler = (next - sigma) / sigma;" TO
                      "const double euler = 2.0 * (next - sigma) / sigma;")
scorefield_add_mutant(heun_corrects_at_the_first_level ${flow} NIGHTLY FROM "denoise(chain, first, next);" TO
                      "denoise(chain, first, sigma);")
scorefield_add_mutant(churn_adds_too_much ${flow} NIGHTLY FROM "std::sqrt(raised * raised - sigma * sigma)" TO "(raised - sigma)")
scorefield_add_mutant(multistep_keeps_nothing ${flow} NIGHTLY FROM "std::swap(previous, denoised_);" TO "")
scorefield_add_mutant(adaptive_without_its_error ${flow} NIGHTLY FROM "std::sqrt(square / size) / options_.tolerance" TO
                      "0.0 * std::sqrt(square / size)")

set(sde FILE samplers/diffusion/reverse_sde.cpp TESTS diffusion FILTER Kinds*)
scorefield_add_mutant(vp_drift_without_the_half ${sde} FROM "keep = 1.0 + 0.5 * beta;" TO "keep = 1.0 + beta;")
scorefield_add_mutant(sub_vp_with_the_noise_of_vp ${sde} NIGHTLY FROM "beta * (1.0 - std::pow(from.a, 4))" TO "beta")
scorefield_add_mutant(ancestral_noise_of_the_forward_step ${sde} NIGHTLY FROM "std::sqrt(beta) * to.b / from.b" TO "std::sqrt(beta)")

set(corrector FILE samplers/diffusion/predictor_corrector.cpp TESTS diffusion FILTER PredictorCorrector*)
# The norm of a chain before, as a mean over a batch would bring in other fields.
scorefield_add_mutant(snr_of_another_field ${corrector} FROM "const double square = square_of_move(chain);" TO
                      "static double first = 0.0;\n    const double mine = square_of_move(chain);\n    if (first == 0.0) first = mine;\n    const double square = 0.5 * (first + mine);")
scorefield_add_mutant(corrector_with_the_predictors_noise ${corrector} NIGHTLY FROM "noise::Purpose::corrector" TO
                      "noise::Purpose::proposal")
scorefield_add_mutant(snr_not_squared ${corrector} NIGHTLY FROM "2.0 * signal_to_noise_ * signal_to_noise_" TO
                      "2.0 * signal_to_noise_")

set(scores FILE physics/gaussian/mixture_denoiser.cpp TESTS noise_scores FILTER *)
scorefield_add_mutant(tweedie_with_sigma ${scores} FROM "/ (sigma * sigma), out)" TO "/ sigma, out)")
scorefield_add_mutant(shares_without_the_determinant ${scores} FROM
                      "0.5 * log_determinant(*domain_, parts_[k].mode_variance(), sigma)" TO "0.0")
scorefield_add_mutant(gaussian_noise_not_squared FILE physics/gaussian/gaussian_denoiser.cpp TESTS noise_scores FILTER * NIGHTLY
                      FROM "return {variance_.data(), sigma * sigma, bound_};" TO "return {variance_.data(), sigma, bound_};")
