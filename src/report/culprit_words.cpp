#include "report/culprit_words.hpp"

#include "base/quantity.hpp"
#include "report/words.hpp"
#include "units/unit_source.hpp"

#include <algorithm>
#include <cmath>
#include <span>
#include <string_view>

namespace leakbisect::report {
namespace {

constexpr double half_width = 1.96;
constexpr std::size_t most_names = 5;    // of credible units in a sentence
constexpr std::size_t most_classed = 3;  // of a class, by their own names and probabilities

// "a", "a and b", "a, b and c".
std::string listed(const std::vector<std::string>& names, std::string_view last = "and") {
  if (names.size() < 2) return names.empty() ? "" : names.front();
  const std::span most(names.data(), names.size() - 1);
  return fmt::format("{} {} {}", fmt::join(most, ", "), last, names.back());
}

std::vector<std::string> short_names(const std::vector<Candidate>& candidates) {
  std::vector<std::string> names;
  names.reserve(candidates.size());
  for (const Candidate& one : candidates) names.push_back(units::short_name(one.unit));
  return names;
}

std::string class_probabilities(const CulpritRow& row) {
  if (row.same.size() > most_classed)
    return fmt::format("{} together", percent_text(row.class_probability));
  std::vector<std::string> texts;
  for (const Candidate& one : row.same) texts.push_back(percent_text(one.probability));
  return listed(texts);
}

std::string size_words(const CulpritRow& row, const PerWhat& in, bool is_fix) {
  if (row.slope <= 0) return "";
  return (is_fix ? ", which took away " : ", ") + slope_words(row.slope, row.slope_se, in) +
         beside_words(row.beside, in) + (row.pattern.empty() ? "" : "; it " + row.pattern);
}

// Beside whose probabilities the credible units say nothing new.
bool is_class_enough(const CulpritRow& row, double wanted) {
  const std::size_t named = std::max<std::size_t>(1, row.same.size());
  return row.credible.size() <= named || row.class_probability >= wanted;
}

std::string credible_clause(const CulpritRow& row) {
  return fmt::format("; with {} it is one of {}", percent_text(row.credible_probability),
                     credible_names(row));
}

// An interval that would reach below zero is told from there: what leaks does not shrink.
std::string told(double amount, double se, Measure measure, const std::string& per) {
  const double half = std::isfinite(se) ? half_width * se : 0;
  if (amount > 0 && half > amount)
    return fmt::format("{}{} (0 to {})", amount_with_interval(amount, 0, measure), per,
                       amount_with_interval(amount + half, 0, measure));
  return amount_with_interval(amount, se, measure) + per;
}

std::string found_sentence(const Model& model) {
  const PerWhat in = per_what(model);
  // Both sides measured in fresh processes on clean builds: the odds that are left are those of a
  // model that doubts every build.
  const double wanted = is_proven(model) ? 0 : model.wanted_confidence;
  if (model.culprits.size() == 1 && model.culprits.front().share >= 1)
    return culprit_sentence(model.culprits.front(), wanted, in, ended_it(model));
  const bool is_fix = ended_it(model);
  const char* of_the_leak = is_fix ? " of the leak was ended" : " of the leak comes";
  const char* by = is_fix ? "by" : "from";
  std::vector<std::string> parts;
  bool has_shares = false;
  for (const CulpritRow& row : model.culprits) {
    std::string part = who(row);
    if (const std::string why = why_same(row); !why.empty()) part += fmt::format(" ({})", why);
    if (!is_plain(row, wanted) && row.same.size() < 2)
      part += fmt::format(" ({})", percent_text(row.probability));
    if (row.share < 1)
      part =
          fmt::format("{:.0f}%{} {} {}", 100 * row.share, has_shares ? "" : of_the_leak, by, part);
    has_shares = has_shares || row.share < 1;
    parts.push_back(part + size_words(row, in, is_fix));
  }
  if (has_shares) return fmt::format("{}.", fmt::join(parts, "; "));
  return fmt::format("The leak {} {}.", is_fix ? "was ended by" : "comes from", listed(parts));
}

}  // namespace

std::string slope_words(double slope, double se, const PerWhat& in) {
  return told(slope, se, in.measure, per_words(in.measure, in.per));
}

std::string amount_words(double amount, double se, Measure measure) {
  return told(amount, se, measure, "");
}

std::string beside_words(const std::vector<stats::Beside>& beside, const PerWhat& in) {
  std::vector<std::string> texts;
  for (const stats::Beside& one : beside) {
    const Measure measure = traits(one.metric).measure;
    texts.push_back(format_amount(one.slope, measure) + per_words(measure, in.per));
  }
  return texts.empty() ? "" : " and " + listed(texts);
}

std::string parts_words(const std::vector<stats::PartGrowth>& parts, std::string_view per) {
  std::vector<std::string> texts;
  texts.reserve(parts.size());
  for (const stats::PartGrowth& one : parts)
    texts.push_back(fmt::format("{} {}", one.name,
                                slope_words(one.slope, one.se, PerWhat{per, Measure::bytes})));
  return fmt::format("{}", fmt::join(texts, ", "));
}

std::string followed_words(const stats::Followed& followed, Measure measure) {
  if (!(followed.requests > 0)) return "";
  return fmt::format("{:.0f} requests, {}", followed.requests,
                     format_amount(followed.grown, measure));
}

bool is_proven(const Model& model) {
  return model.proof.done && model.proof.holds && model.proof.is_narrow;
}

bool is_plain(const CulpritRow& row, double wanted) {
  return row.same.size() < 2 && (row.credible.empty() || row.probability >= wanted);
}

std::string who(const CulpritRow& row) {
  if (!row.together.empty()) return listed(row.together) + " together";
  if (row.same.size() < 2) return row.description;
  std::vector<std::string> names;
  for (const Candidate& one : row.same) names.push_back(one.description);
  if (names.size() <= most_classed) return listed(names, "or");
  return fmt::format("one of {} from {} to {}", names.size(), names.front(), names.back());
}

std::string why_same(const CulpritRow& row) {
  if (row.same.size() < 2) return "";
  std::vector<Candidate> mute = row.same;
  std::erase_if(mute, [](const Candidate& one) { return one.why_untestable.empty(); });
  const char* told = "trials cannot tell these apart";
  if (mute.empty()) return told;
  if (mute.size() == 1)
    return fmt::format("{}, since {} {}", told, units::short_name(mute.front().unit),
                       mute.front().why_untestable);
  if (mute.size() > most_classed)
    return fmt::format("{}, since {} of them cannot be tested", told, mute.size());
  return fmt::format("{}, since {} cannot be tested", told, listed(short_names(mute)));
}

std::string credible_names(const CulpritRow& row) {
  if (row.credible.size() > most_names)
    return fmt::format("{}, which the ranking names", row.credible.size());
  return listed(short_names(row.credible));
}

std::vector<std::pair<std::string, std::string>> certainty(const Model& model,
                                                           const CulpritRow& row,
                                                           const Proof& proof) {
  std::vector<std::pair<std::string, std::string>> lines;
  const std::string_view per = per_what(model).per;
  if (row.parts.size() > 1) lines.emplace_back("parts", parts_words(row.parts, per));
  if (row.grows.size() > 1) lines.emplace_back("memory", parts_words(row.grows, per));
  if (!row.proof.empty()) lines.emplace_back("proven", row.proof);
  if (const std::string far = followed_words(row.followed, per_what(model).measure); !far.empty())
    lines.emplace_back("followed", far + ": what takes longer to fill up looks the same");
  const bool is_refuted = proof.done && !proof.holds;
  if (!is_refuted) lines.emplace_back("probability", percent_text(row.probability));
  if (row.same.size() > 1 || row.equivalents.size() > 1) {
    const std::string why = row.same.size() > 1 ? why_same(row) : "trials cannot tell these apart";
    std::vector<std::string> names = short_names(row.same);
    if (names.empty()) names = row.equivalents;
    const std::string odds = is_refuted || row.class_probability <= 0
                                 ? ""
                                 : percent_text(row.class_probability) + " together; ";
    lines.emplace_back("class", fmt::format("{} ({}{})", fmt::join(names, ", "), odds, why));
  }
  if (!row.tried_apart.empty()) lines.emplace_back("tried", row.tried_apart);
  if (!is_refuted && row.probability < model.wanted_confidence &&
      !is_class_enough(row, model.wanted_confidence))
    lines.emplace_back(
        "credible", fmt::format("{} that it is one of {}", percent_text(row.credible_probability),
                                credible_names(row)));
  return lines;
}

std::string culprit_sentence(const CulpritRow& row, double wanted, const PerWhat& in, bool is_fix) {
  const std::string size = size_words(row, in, is_fix);
  const std::string comes = is_fix ? "leak was ended by" : "leak comes from";
  if (is_plain(row, wanted)) return fmt::format("The {} {}{}.", comes, who(row), size);
  if (row.same.size() > 1) {
    const bool is_enough = is_class_enough(row, wanted);
    return fmt::format("{} {} {}{}; {}: {}{}.", is_enough ? "The" : "Most likely the", comes,
                       who(row), size, why_same(row), class_probabilities(row),
                       is_enough ? "" : credible_clause(row));
  }
  return fmt::format("Most likely the {} {} ({}){}{}.", comes, who(row),
                     percent_text(row.probability), size, credible_clause(row));
}

std::string answer_sentence(const Model& model) {
  std::string sentence = found_sentence(model);
  if (model.may_fill.empty()) return sentence;
  constexpr std::string_view leak = "The leak";  // is not what it may be
  if (sentence.starts_with(leak)) sentence.replace(0, leak.size(), "The growth");
  sentence.pop_back();  // its full stop
  return sentence + "; " + model.may_fill + ".";
}

}  // namespace leakbisect::report
