#pragma once
/// Sequences, and scores of sequences, from files.

#include <string>
#include <vector>

#include "base/mpi.hpp"

namespace scorefield::physics {

/// The letters of sequences; symbol a is the a-th of them.
class Alphabet {
 public:
  /// DeckError unless there are 2 to 32 letters, none twice. Case does not count.
  explicit Alphabet(const std::string& letters);

  [[nodiscard]] const std::string& letters() const { return letters_; }
  [[nodiscard]] std::int64_t size() const { return static_cast<std::int64_t>(letters_.size()); }
  /// The symbol of a letter; -1 where it is none of them.
  [[nodiscard]] int find(char letter) const;

 private:
  std::string letters_;
};

/// Collective. A table with a row for each site and a column for each letter, as (site, letter): CSV with a header line
/// of letters, or HDF5 as DataTable reads it. FileError where rows are not as many as sites.
[[nodiscard]] std::vector<double> read_letter_table(const base::Comm& comm, const std::string& path,
                                                    const Alphabet& alphabet, std::int64_t sites);

/// Collective. How often each letter stands at each site, (site, letter), in aligned sequences: FASTA, or CSV with a
/// header line and a column `sequence` (or one column alone). FileError naming the sequence that has another length
/// or a letter that is not in the alphabet.
[[nodiscard]] std::vector<double> count_letters(const base::Comm& comm, const std::string& path,
                                                const Alphabet& alphabet, std::int64_t sites);

/// ln of estimated over background frequencies, (site, letter): ln[(n + c b) / (N + c) / b] with counts n, their sum N
/// at a site, the background b and the pseudocount c. DeckError where one is not finite.
[[nodiscard]] std::vector<double> log_odds(const std::vector<double>& counts, const std::vector<double>& background,
                                           double pseudocount, const Alphabet& alphabet);

/// A data set of finite numbers of this shape, in an HDF5 file. Not collective. FileError.
[[nodiscard]] std::vector<double> read_scores(const std::string& path, const std::string& dataset,
                                              const std::vector<std::int64_t>& shape);

}  // namespace scorefield::physics
