#include "units/git/twin_words.hpp"

#include <algorithm>
#include <array>

namespace leakbisect::units {
namespace {

constexpr std::size_t least_digits = 7;  // of a commit's name in a message

struct Relation {
  std::string_view sign;    // in small letters, before the other's name
  std::string_view said;    // of the commit with the message
  std::string_view passed;  // of the one that it names
};
// A revert names the other, and is no twin of it.
constexpr std::array<Relation, 6> relations{{
    {"cherry picked from", "was cherry-picked from it", "was cherry-picked to it"},
    {"cherry-picked from", "was cherry-picked from it", "was cherry-picked to it"},
    {"backport", "is a backport of it", "was backported to it"},
    {"reapply", "reapplies it", "is reapplied by it"},
    {"reverts", "", ""},
    {"upstream", "is its form downstream", "is its form upstream"},
}};

std::string in_small_letters(std::string_view text) {
  std::string out(text);
  for (char& c : out)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return out;
}

bool is_hex(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
}

std::string subject_of(std::string_view message) {
  return std::string(message.substr(0, message.find('\n')));
}

// The relation that `message` says it has to the commit `name`; nullptr where it names it not.
const Relation* said_in(std::string_view message, std::string_view name) {
  const std::string text = in_small_letters(message);
  const std::string_view start = name.substr(0, least_digits);
  for (auto at = text.find(start); at != std::string::npos; at = text.find(start, at + 1)) {
    std::size_t end = at;
    while (end < text.size() && is_hex(text[end])) ++end;
    const bool begins_here = at == 0 || !is_hex(text[at - 1]);
    if (!begins_here || !name.starts_with(std::string_view(text).substr(at, end - at))) continue;
    // The nearest sign before the name, on its line or the one above.
    const std::string before = text.substr(at > 120 ? at - 120 : 0, std::min<std::size_t>(at, 120));
    const Relation* nearest = nullptr;
    std::size_t nearest_at = 0;
    for (const Relation& relation : relations) {
      const auto found = before.rfind(relation.sign);
      if (found == std::string::npos || (nearest != nullptr && found <= nearest_at)) continue;
      nearest = &relation;
      nearest_at = found;
    }
    if (nearest != nullptr) return nearest;
  }
  return nullptr;
}

// Git's own subjects: Reapply "S", and the Revert of a Revert.
const Relation* said_in_subject(const std::string& subject, const std::string& other) {
  const auto wraps = [&](const std::string& word) {
    return subject == word + " \"" + other + "\"";
  };
  const bool reapplies = subject == "Revert \"Revert \"" + other + "\"\"" || wraps("Reapply");
  return reapplies ? &relations[3] : nullptr;
}

const Relation* relation_by(const NamedMessage& one, const NamedMessage& other) {
  if (const Relation* said = said_in(one.message, other.name)) return said;
  return said_in_subject(subject_of(one.message), subject_of(other.message));
}

}  // namespace

std::string relation_of(const NamedMessage& one, const NamedMessage& other) {
  if (const Relation* said = relation_by(one, other)) return std::string(said->said);
  if (const Relation* said = relation_by(other, one)) return std::string(said->passed);
  return "";
}

}  // namespace leakbisect::units
