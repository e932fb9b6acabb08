#pragma once

// How a culprit reads to a person: who it is, how sure that is, and how much it leaks. The same
// words in the answer's sentence, in the terminal and on the page, and every probability beside
// what it is the probability of.

#include "report/model.hpp"
#include "report/words.hpp"

#include <string>
#include <string_view>

namespace leakbisect::report {

/// "507 ± 27 B/request": the one way to say how much leaks. "39 B/request (0 to 77 B)" where the
/// 95% interval would reach below zero: what leaks does not shrink. "1.0 descriptor a request".
std::string slope_words(double slope, double se, const PerWhat& in);

/// The same without what it is per: "507 ± 27 B", "39 B (0 to 77 B)".
std::string amount_words(double amount, double se, Measure measure);

/// " and 1.0 thread a request": what else grows; "" when nothing does.
std::string parts_words(const std::vector<stats::PartGrowth>& parts, std::string_view per);
/// The same of counts that grow beside memory: " and 1.0 thread a request"; empty without any.
std::string beside_words(const std::vector<stats::Beside>& beside, const PerWhat& in);

/// True when the row says all there is to say of how sure the hunt is: the unit is alone, and as
/// probable as `wanted`, or nobody ranks others beside it.
bool is_plain(const CulpritRow& row, double wanted);

/// True where the proof holds at the culprit itself and its own parent, in fresh processes on clean
/// builds: not where it covers all of several commits that the answer names.
bool is_proven(const Model& model);

/// "12,000 requests, 46.9 MiB": how far growth was seen to go on; "" where that is not told.
std::string followed_words(const stats::Followed& followed, Measure measure);

/// "A": the unit; "A or B": all of a class; "a and b together": units that leak only when all are
/// on.
std::string who(const CulpritRow& row);

/// "trials cannot tell these apart, since def5678 does not build"; "" of a unit alone.
std::string why_same(const CulpritRow& row);

/// "A, B and C": the short names of the credible units, or how many there are.
std::string credible_names(const CulpritRow& row);

/// How sure the hunt is of a culprit, line by line, each with what it is the probability of:
/// "probability" of the unit, "class" where trials cannot tell others from it, "credible" where
/// neither is as probable as wanted. Nothing of what `proof` refutes.
std::vector<std::pair<std::string, std::string>> certainty(const Model& model,
                                                           const CulpritRow& row,
                                                           const Proof& proof);

/// "The leak comes from A, 507 ± 27 B/request."; "The leak comes from A or B, 507 ± 27 B/request;
/// trials cannot tell these apart, since A does not build: 49.3% and 49.9%."; "Most likely the leak
/// comes from A (62.0%), 507 ± 27 B/request; with 99.2% it is one of A, B and C."
std::string culprit_sentence(const CulpritRow& row, double wanted, const PerWhat& in,
                             bool is_fix = false);

/// The answer in one sentence, of one culprit or of several with their shares.
std::string answer_sentence(const Model& model);

}  // namespace leakbisect::report
