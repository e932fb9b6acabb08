#include "hunt/beyond/followed.hpp"

#include "hunt/ends/growth_watch.hpp"
#include "hunt/proof/claims.hpp"

#include <algorithm>

namespace leakbisect::hunt {

namespace {

using strategies::UnitIndex;
using trial::Purpose;
using trial::Record;

constexpr double nearly_whole = 0.95;    // of the leak: nothing else grows
constexpr double common_entries = 1000;  // of a cache, one a request
constexpr double common_bytes = 1024 * 1024;
constexpr double common_counts = 16;  // descriptors, threads, processes: a pool

double common_size(Measure measure) {
  return measure == Measure::bytes ? common_bytes : common_counts;
}

bool has(const HuntContext& context, const Record& record, const report::CulpritRow& row) {
  if (context.space.shape != strategies::Shape::history) {
    const auto is_off = [&](const std::string& unit) {
      return std::ranges::find(record.off, unit) != record.off.end();
    };
    return row.together.empty() ? !is_off(row.unit) : std::ranges::none_of(row.together, is_off);
  }
  const auto found = std::ranges::find(context.space.names, row.unit);
  if (found == context.space.names.end()) return false;
  const auto unit = static_cast<std::size_t>(found - context.space.names.begin());
  return with_ancestors(context.space, record.configuration.commit)[unit];
}

// A trial in which the culprit's own growth would have been seen to end.
bool shows(const Record& record, const Controls& controls, bool is_only) {
  if (record.kind != strategies::OutcomeKind::measured || record.requests <= 0) return false;
  if (is_growth_watch(record)) return true;
  const bool leaks = record.decision.verdict == stats::Verdict::leaking;
  if (record.purpose == Purpose::proof_on) return leaks;
  return is_only && (record.id == controls.bad.id || (record.purpose == Purpose::search && leaks));
}

// Those that came after what filled up was full.
double requests_of(const Record& record, double filled_s) {
  const double loaded_s = std::max(record.seconds - record.ready_seconds, 1e-9);
  return record.requests * std::max(0.0, 1 - filled_s / loaded_s);
}

}  // namespace

stats::Followed followed(const HuntContext& context, const Controls& controls,
                         const report::CulpritRow& row, bool is_only) {
  stats::Followed longest;
  const bool is_told =
      controls.judge->curves() && controls.pattern.empty() && controls.find == config::Find::leak;
  if (!is_told) return longest;
  for (const Record& record : context.finished_as_seen())
    if (shows(record, controls, is_only) && has(context, record, row))
      longest.requests = std::max(longest.requests, requests_of(record, controls.filled_s));
  longest.grown = longest.requests * row.slope;
  return longest;
}

void note_followed(report::Model& model, const HuntContext& context, const Controls& controls) {
  if (!controls.judge || !model.proof.holds) return;
  for (report::CulpritRow& row : model.culprits) {
    const bool is_only = model.culprits.size() == 1 && row.share >= nearly_whole;
    row.followed = followed(context, controls, row, is_only);
  }
}

bool may_be_buffer(const stats::Followed& followed, Measure measure, bool is_part) {
  if (stats::is_beyond_caches(followed, measure)) return false;
  const bool is_cache = followed.requests < common_entries;
  const bool is_buffer = followed.grown < common_size(measure);
  return is_part ? is_cache || is_buffer : is_cache && is_buffer;
}

double requests_beyond_buffers(double slope, Measure measure) {
  return std::min(common_entries, slope > 0 ? common_size(measure) / slope : common_entries);
}

}  // namespace leakbisect::hunt
