#include "strategies/script/script.hpp"

#include <algorithm>
#include <cmath>

namespace leakbisect::strategies {
namespace {

/// The chance that nothing leaks, from the bad end's own trials; even odds to begin with.
double chance_of_none(const Ledger& ledger, const SearchSpace& space) {
  return 1 / (1 + std::exp(ledger.weight(bad_end(space))));
}

}  // namespace

std::vector<Ask> Script::ask(std::size_t n, const Costs&) {
  slots_ = std::max(slots_, n + pending_);
  if (!is_started_) {
    is_started_ = true;
    root_.emplace(search());
    root_->start();
    advance();
  }
  std::vector<Ask> asks;
  if (answer_ || !batch_) return asks;
  for (const Want& want : batch_->wants) {
    if (asks.size() == n) break;
    if (ledger_.is_settled(want.configuration, want.measured)) {
      if (stops_at(*batch_, ledger_.finding(want.configuration))) break;
      continue;
    }
    if (ledger_.is_pending(want.configuration)) continue;
    ledger_.asked(want.configuration);
    ++pending_;
    asks.push_back({want.configuration, batch_->why, 0});
  }
  return asks;
}

void Script::tell(const Configuration& configuration, const Outcome& outcome) {
  if (ledger_.is_pending(configuration)) --pending_;
  ledger_.told(configuration, outcome);
  if (is_started_) advance();
}

void Script::advance() {
  while (waiting_ && is_settled(*batch_)) {
    batch_ = nullptr;
    std::exchange(waiting_, {}).resume();
  }
  if (root_->is_done() && !answer_) answer_ = root_->value();
}

bool Script::stops_at(const Batch& batch, Finding finding) const {
  if (batch.until == Until::all) return false;
  return (finding == Finding::leaking) == (batch.until == Until::leaking);
}

bool Script::is_settled(const Batch& batch) const {
  for (const Want& want : batch.wants) {
    if (!ledger_.is_settled(want.configuration, want.measured)) return false;
    if (stops_at(batch, ledger_.finding(want.configuration))) return true;
  }
  return true;
}

std::vector<Finding> Script::read(const Batch& batch, std::vector<Finding> findings) {
  for (const Want& want : batch.wants) {
    ledger_.rely_on(want.configuration);
    findings.push_back(ledger_.finding(want.configuration));
  }
  return findings;
}

std::optional<std::size_t> Script::read(const Batch& batch, std::optional<std::size_t> position) {
  for (std::size_t i = 0; i < batch.wants.size() && !position; ++i) {
    const Configuration& configuration = batch.wants[i].configuration;
    ledger_.rely_on(configuration);
    if (stops_at(batch, ledger_.finding(configuration))) position = i;
  }
  return position;
}

Finding Script::read(const Batch& batch, Finding) {
  return read(batch, std::vector<Finding>())[0];
}

Script::Wait<std::vector<Finding>> Script::trials(const std::vector<Configuration>& which,
                                                  std::string_view why) {
  Batch batch{{}, Until::all, std::string(why)};
  for (const Configuration& configuration : which) batch.wants.push_back({configuration, 1});
  return {*this, std::move(batch)};
}

Script::Wait<Finding> Script::trial(const Configuration& which, std::string_view why) {
  Batch batch{{{which, 1}}, Until::all, std::string(why)};
  return {*this, std::move(batch)};
}

Script::Wait<std::optional<std::size_t>> Script::first(Until until,
                                                       const std::vector<Configuration>& which,
                                                       std::string_view why) {
  Batch batch{{}, until, std::string(why)};
  for (const Configuration& configuration : which) batch.wants.push_back({configuration, 1});
  return {*this, std::move(batch)};
}

Script::Wait<std::vector<Finding>> Script::again(const std::vector<Configuration>& which,
                                                 std::string_view why) {
  Batch batch{{}, Until::all, std::string(why)};
  for (const Configuration& configuration : which) {
    batch.wants.push_back({configuration, ledger_.measured(configuration) + 1});
  }
  return {*this, std::move(batch)};
}

void Script::accuse(const std::vector<UnitIndex>& units) {
  accused_.insert(accused_.end(), units.begin(), units.end());
}

Belief Script::belief() const {
  Belief belief;
  belief.none_probability = chance_of_none(ledger_, space_);
  belief.suspects = suspects_.size();
  const double sure = ledger_.certainty() * (1 - belief.none_probability);
  for (const UnitIndex unit : accused_) belief.ranking.emplace_back(unit, sure);
  const std::size_t count = is_started_ ? suspects_.size() : space_.size();
  const double share = accused_.empty() ? 1 - belief.none_probability : 1 - sure;
  for (std::size_t i = 0; i < count && belief.ranking.size() < longest_ranking; ++i) {
    const UnitIndex unit = is_started_ ? suspects_[i] : static_cast<UnitIndex>(i);
    if (std::find(accused_.begin(), accused_.end(), unit) != accused_.end()) continue;
    const double uniform = share / static_cast<double>(count);
    belief.ranking.emplace_back(unit, accused_.empty() ? uniform : std::min(uniform, sure));
  }
  if (belief.ranking.size() > longest_ranking) belief.ranking.resize(longest_ranking);
  if (!is_started_) belief.suspects = space_.size();
  belief.summary = std::to_string(belief.suspects) + " suspects left";
  if (!accused_.empty()) belief.summary += ", " + std::to_string(accused_.size()) + " accused";
  if (batch_) belief.summary += "; now: " + batch_->why;
  return belief;
}

}  // namespace leakbisect::strategies
