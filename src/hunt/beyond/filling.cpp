#include "hunt/beyond/filling.hpp"

#include "base/quantity.hpp"
#include "hunt/answer/answer.hpp"
#include "hunt/beyond/filling_search.hpp"
#include "hunt/ends/end_trials.hpp"
#include "hunt/ends/growth_watch.hpp"
#include "hunt/ends/polarity.hpp"
#include "hunt/proof/judged_again.hpp"
#include "report/culprit_words.hpp"
#include "report/words.hpp"
#include "stats/lasting.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace leakbisect::hunt {

namespace asio = boost::asio;
using report::CulpritRow;
using report::FillingRow;
using strategies::OutcomeKind;
using strategies::Shape;
using trial::Record;

namespace {

constexpr double same_rate = 0.35;         // a filling's rate and a unit's slope
constexpr double start_up_s = 1;           // of age: a start is no filling
constexpr double early_bin_s = 0.25;       // what is full soon needs fine bins
constexpr double least_told = 128 * 1024;  // bytes

}  // namespace

void Fillings::note(const Controls& controls) {
  const auto known = static_cast<std::size_t>(
      std::ranges::count(model_.fillings, controls.bad.id, &FillingRow::trial));
  if (known > 0) return;
  for (std::size_t i = model_.fillings.size(); i < controls.fillings.size(); ++i) {
    const Controls::Filling& one = controls.fillings[i];
    model_.fillings.push_back(
        {"", "", one.bytes, one.until_s, traits(one.metric).measure, controls.bad.id, one.rate});
  }
}

std::string Fillings::begin_again(const Controls& beyond) {
  ++rounds_;
  if (model_.result == report::HuntResult::culprit && model_.proof.holds && !before_)
    before_ = model_;
  for (const CulpritRow& row : model_.culprits)
    if (!report::has_row(accused_, row.unit)) accused_.push_back(row);
  model_.culprits.clear();
  model_.advice.clear();
  model_.proof = {};
  model_.may_fill.clear();
  note(beyond);
  see_by(context_, beyond);
  return fmt::format(
      "something fills up within {}, which is no leak: the hunt goes on by what "
      "grows after that",
      format_duration(beyond.filled_s));
}

void Fillings::tell_before(const Controls& controls, Search& search) const {
  if (rounds_ == 0) return;
  for (Record record : context_.trials.finished()) {
    if (!is_of_search(record)) continue;
    if (record.kind == OutcomeKind::measured) {
      auto seen = seen_by(context_, controls, record);
      const bool is_told = seen && std::isfinite(seen->decision.lambda);
      const auto decision =
          is_told ? std::optional(seen->decision) : by_little_growth(record, controls);
      if (!decision) continue;
      record.decision = *decision;
    }
    search.tell_known(record.configuration, effect_of(record, controls));
  }
}

// To the filling whose rate is nearest to what the unit was accused of.
void Fillings::name_unit(const CulpritRow& accused, bool is_open) {
  FillingRow* nearest = nullptr;
  const auto off = [&](const FillingRow& row) { return std::abs(row.rate - accused.slope); };
  for (FillingRow& row : model_.fillings) {
    if (row.unit == accused.unit) return;
    if (row.unit.empty() && (nearest == nullptr || off(row) < off(*nearest))) nearest = &row;
  }
  if (nearest == nullptr) {
    if (model_.fillings.empty()) return;
    FillingRow another = model_.fillings.back();
    another.bytes *= another.rate > 0 ? accused.slope / another.rate : 1;
    another.rate = accused.slope;
    model_.fillings.push_back(another);
    nearest = &model_.fillings.back();
  }
  nearest->unit = accused.unit;
  nearest->description = accused.description;
  nearest->is_open = is_open;
}

// The first answer, but for the units that grow as what fills up does.
void Fillings::restore(const Controls& beyond) {
  const report::Model& before = *before_;
  model_.result = before.result;
  model_.sentence = before.sentence;
  model_.confidence = before.confidence;
  model_.culprits = before.culprits;
  model_.proof = before.proof;
  const auto likeliest_now = std::exchange(model_.ranking, before.ranking);
  const auto grows_alike = [&](const CulpritRow& row) {
    return std::ranges::any_of(beyond.fillings, [&](const auto& one) {
      return std::abs(one.rate - row.slope) < same_rate * row.slope;
    });
  };
  // The only one is the leak by a proof, and something goes on growing after what fills up.
  const bool is_alone = model_.culprits.size() == 1;
  const auto may_fill = [&](const CulpritRow& row) {
    return (beyond.find == config::Find::leak && is_flat_upon(context_, row.unit)) ||
           (!is_alone && grows_alike(row));
  };
  for (const CulpritRow& row : before.culprits)
    if (may_fill(row)) name_unit(row, true);
  std::erase_if(model_.culprits, may_fill);
  if (model_.culprits.size() == before.culprits.size()) {
    constexpr const char* open = "some of this growth fills up: how much of it leaks was not told";
    model_.warnings.emplace_back(open);
    if (is_alone && grows_alike(model_.culprits.front())) doubt(open);
  } else if (model_.culprits.empty()) {
    model_.result = report::HuntResult::undecided;
    model_.confidence = 0;
    model_.proof = {};
    model_.ranking = likeliest_now;
    model_.sentence = "What grows fills up or leaks: not told apart.";
    model_.advice.emplace_back(until_full);
  } else {
    model_.sentence = report::answer_sentence(model_);
  }
}

bool Fillings::settle(const Controls& beyond, bool is_concluded) {
  const bool is_flat = beyond.result == Controls::Result::nothing_leaks;
  if (is_flat) conclude_controls(model_, beyond);
  const bool is_new = is_flat || (is_concluded && model_.result == report::HuntResult::culprit);
  if (!is_new && !before_) return is_concluded;
  if (!is_new) {
    restore(beyond);
    return true;
  }
  for (const CulpritRow& row : accused_)
    if (!report::has_row(model_.culprits, row.unit) &&
        (context_.space.shape != Shape::history || row.equivalents.size() < 2))
      name_unit(row, false);
  return true;
}

std::vector<FillingRow> Fillings::full_early(const Controls& controls) const {
  std::vector<FillingRow> rows;
  const auto bad = samples_of(context_.directory, controls.bad);
  const auto good = samples_of(context_.directory, controls.good);
  if (!bad || !good || controls.find != config::Find::leak) return rows;
  stats::Reading reading = growth_reading(*controls.judge->curves());
  if (traits(reading.metric).garbage != Garbage::inside)
    reading.bin_s = std::min(reading.bin_s, early_bin_s);
  const Measure measure = traits(reading.metric).measure;
  for (const stats::Bend& bend : stats::bends_beyond(*bad, *good, reading, start_up_s)) {
    const double rate = bend.before.slope - bend.after.slope;
    if (measure != Measure::bytes || bend.filled >= least_told)
      rows.push_back({"", "", bend.filled, bend.age_s, measure, controls.bad.id, rate});
  }
  return rows;
}

// What was full before anything was weighed disturbed nobody, and is told where a commit can be
// named for it.
asio::awaitable<void> Fillings::name(const Controls& controls,
                                     std::function<void(const std::string&)> on_told) {
  const bool is_found =
      model_.result == report::HuntResult::culprit && context_.space.shape == Shape::history;
  if (!is_found || !controls.judge->curves()) co_return;
  const auto unnamed = std::ranges::find(model_.fillings, "", &FillingRow::unit);
  const bool is_known = unnamed != model_.fillings.end();
  if (!is_known && !model_.fillings.empty()) co_return;
  std::vector<FillingRow> rows = is_known ? std::vector{*unnamed} : full_early(controls);
  if (rows.empty()) co_return;
  FillingRow& row = rows.front();
  FillingSearch parts{context_, controls,    source_,           model_.culprits,
                      row,      model_.seed, std::move(on_told)};
  const auto unit = co_await commit_that_fills(std::move(parts));
  if (!unit) co_return;
  row.unit = source_.space().names[*unit];
  row.description = source_.describe(*unit);
  if (is_known)
    *unnamed = row;
  else
    model_.fillings.push_back(row);
}

}  // namespace leakbisect::hunt
