#include "deck/problems.hpp"

#include "base/errors.hpp"

#include <algorithm>
#include <tuple>
#include <utility>

namespace scorefield::deck {

std::string Problem::text() const {
  const std::string where = mark.text();
  return (where.empty() ? "" : where + ": ") + (key.empty() ? "" : shown(key) + ": ") + message;
}

void Problems::add(Mark mark, std::string key, std::string message) {
  problems_.push_back({std::move(mark), std::move(key), std::move(message)});
}

std::vector<Problem> Problems::sorted() const {
  std::vector<Problem> result = problems_;
  std::stable_sort(result.begin(), result.end(), [](const Problem& a, const Problem& b) {
    const auto place = [](const Mark& m) { return std::tuple(!m.from_file(), m.line, m.column); };
    return place(a.mark) < place(b.mark);
  });
  return result;
}

std::string Problems::text() const {
  constexpr std::size_t limit = 50;
  const auto all = sorted();
  std::string result;
  for (std::size_t i = 0; i < std::min(all.size(), limit); ++i) {
    if (i > 0) result += "\n";
    result += all[i].text();
  }
  if (all.size() > limit) result += "\n... and " + std::to_string(all.size() - limit) + " more problems";
  return result;
}

void Problems::throw_if_any() const {
  if (!empty()) throw base::DeckError(text());
}

std::string join_key(const std::string& prefix, const std::string& key) {
  if (prefix.empty()) return key;
  return key.empty() ? prefix : prefix + "." + key;
}

namespace {

std::string folded(const std::string& word) {
  std::string result = word;
  for (char& c : result) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    if (c == '-' || c == ' ') c = '_';
  }
  return result;
}

/// Edits (insert, delete, replace, swap of neighbours) from a to b.
std::size_t edit_distance(const std::string& a, const std::string& b) {
  std::vector<std::size_t> before(b.size() + 1), previous(b.size() + 1), current(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) previous[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    current[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t replace = previous[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      current[j] = std::min({replace, previous[j] + 1, current[j - 1] + 1});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
        current[j] = std::min(current[j], before[j - 2] + 1);
      }
    }
    std::swap(before, previous);
    std::swap(previous, current);
  }
  return previous[b.size()];
}

}  // namespace

std::string nearest(const std::string& word, const std::vector<std::string>& candidates) {
  const std::string wanted = folded(word);
  std::string best;
  std::size_t best_distance = 0;
  for (const std::string& candidate : candidates) {
    const std::string offered = folded(candidate);
    const std::size_t allowed = std::max<std::size_t>(1, offered.size() / 3);
    const std::size_t longer = std::max(wanted.size(), offered.size());
    std::size_t distance = allowed + 1;
    if (longer - std::min(wanted.size(), offered.size()) <= allowed) distance = edit_distance(wanted, offered);
    // An abbreviation of one candidate counts as just near enough.
    if (distance > allowed && wanted.size() >= 3 && offered.starts_with(wanted)) distance = allowed;
    // A single letter is one edit away from every other: only its other case is near.
    if (wanted.size() < 2 && distance > 0) continue;
    if (distance <= allowed && (best.empty() || distance < best_distance)) {
      best = candidate;
      best_distance = distance;
    }
  }
  return best;
}

std::string suggestion(const std::string& word, const std::vector<std::string>& candidates,
                       const std::string& what_they_are) {
  constexpr std::size_t short_list = 16;
  const std::string near = nearest(word, candidates);
  std::string result;
  if (!near.empty()) result += ": did you mean '" + near + "'?";
  if (candidates.empty()) return result + " (there are no " + what_they_are + ")";
  if (candidates.size() > short_list && !near.empty()) return result;
  result += " (" + what_they_are + ": ";
  for (std::size_t i = 0; i < candidates.size(); ++i) result += (i > 0 ? ", " : "") + candidates[i];
  return result + ")";
}

}  // namespace scorefield::deck
