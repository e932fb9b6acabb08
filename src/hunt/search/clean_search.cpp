#include "hunt/search/clean_search.hpp"

#include "hunt/proof/steps.hpp"

#include <algorithm>

namespace leakbisect::hunt {

using trial::BuildKind;
using trial::Record;

bool was_misled(const report::Proof& proof, const std::vector<Record>& finished) {
  const auto is_doubtful = [](const Record& record) {
    return record.purpose == trial::Purpose::search && record.build == BuildKind::incremental;
  };
  return proof.done && !proof.holds && std::ranges::any_of(finished, is_doubtful);
}

std::string spoilt_warning(const Record& record) {
  return fmt::format("{} ({}): {}", record.id, record.label, record.build_spoilt);
}

void tell_of_clean_builds(Search& search, const std::vector<Record>& finished) {
  for (const Record& record : finished)
    if (is_of_search(record) && record.build != BuildKind::incremental &&
        record.kind == strategies::OutcomeKind::measured)
      search.tell(record);
}

}  // namespace leakbisect::hunt
