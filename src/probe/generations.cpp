#include "probe/generations.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace leakbisect::probe {

namespace {

constexpr double helper_s = 2;         // a process that lived less is a helper
constexpr double share_of_tree = 0.1;  // one that held less cannot bend the curve
constexpr std::size_t most_events = 400;

}  // namespace

void Generations::tell(double t_s, std::string_view what) {
  if (events_.size() < most_events)
    events_.push_back(fmt::format("{:.1f} s: {}", t_s, what));
  else
    ++untold_;
}

std::vector<std::string> Generations::events() const {
  auto all = events_;
  if (untold_ > 0) all.push_back(fmt::format("and {} more events", untold_));
  return all;
}

bool Generations::note_losses(double t_s, double tree_bytes) {
  bool restart = false;
  for (auto at = known_.begin(); at != known_.end();) {
    const auto& [pid, process] = *at;
    if (process.alive) {
      ++at;
      continue;
    }
    tell(t_s, fmt::format("process {} ended", pid));
    const bool helper = t_s - process.since_s < helper_s;
    if (pid == main_ || (!helper && process.bytes >= share_of_tree * tree_bytes)) {
      restart = true;
      reported_ = -static_cast<long>(pid);
    }
    at = known_.erase(at);
  }
  return restart;
}

long Generations::update(double t_s, std::span<const Member> members) {
  if (members.empty()) return reported_;
  const bool first = known_.empty() && main_ == 0;
  std::vector<pid_t> appeared;
  for (auto& [pid, process] : known_) process.alive = false;
  for (const auto& member : members) {
    const auto [at, is_new] = known_.try_emplace(member.pid, Known{t_s, 0, true});
    at->second.alive = true;
    at->second.bytes = member.bytes;
    if (is_new) appeared.push_back(member.pid);
  }
  if (first) {
    main_ = members.front().pid;
    reported_ = main_;
  }
  if (note_losses(t_s, last_bytes_)) replacement_due_ = true;
  if (!first)
    for (const pid_t pid : appeared) tell(t_s, fmt::format("process {} appeared", pid));
  if (replacement_due_ && !appeared.empty() && members.size() <= largest_) {
    reported_ = *std::max_element(appeared.begin(), appeared.end());
    replacement_due_ = false;
    tell(t_s, fmt::format("restarted as process {}", reported_));
  }
  main_ = members.front().pid;
  largest_ = std::max(largest_, members.size());
  last_bytes_ = 0;
  for (const auto& member : members) last_bytes_ += member.bytes;
  return reported_;
}

}  // namespace leakbisect::probe
