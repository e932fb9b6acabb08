#include "report/model.hpp"

#include <algorithm>
#include <utility>

namespace leakbisect::report {

const CulpritRow* find_row(const std::vector<CulpritRow>& rows, std::string_view unit) {
  const auto found = std::ranges::find(rows, unit, &CulpritRow::unit);
  return found == rows.end() ? nullptr : &*found;
}

CulpritRow* find_row(std::vector<CulpritRow>& rows, std::string_view unit) {
  return const_cast<CulpritRow*>(find_row(std::as_const(rows), unit));
}

bool has_row(const std::vector<CulpritRow>& rows, std::string_view unit) {
  return find_row(rows, unit) != nullptr;
}

Spent spent_by(const Model& model) {
  Spent spent;
  for (const trial::Record& record : model.trials) {
    spent.server_s += record.seconds;
    spent.build_s += record.build_seconds;
  }
  return spent;
}

}  // namespace leakbisect::report
