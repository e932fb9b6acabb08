#include "probe/tree_reader.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <limits>

#include <time.h>
#include <unistd.h>

namespace leakbisect::probe {

namespace {

constexpr double status_every_s = 0.5;
constexpr std::size_t costs_kept = 32;
constexpr double share_of_core = 0.01;
constexpr double slowest_hz = 2;
constexpr double dearest_rollup_s = 0.05;
constexpr double rollup_every_s = 5;
constexpr double rollup_rest = 200;  // rests this many times what it took: 0.5%

}  // namespace

double thread_cpu_s() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

double TreeReading::held() const {
  return (std::isnan(anon) ? rss : anon + largest_shmem) + swap;
}

TreeReader::~TreeReader() {
  for (const auto& [pid, known] : known_)
    if (known.statm >= 0) close(known.statm);
}

/// False when the process is gone.
bool TreeReader::refresh(pid_t pid, double t_s, Known& known) {
  const bool fresh = known.statm < 0;
  if (fresh) known.statm = open_statm(pid);
  if (fresh || t_s >= known.status_due_s) {
    const auto status = read_status(pid);
    if (!status) return false;
    known.last = *status;
    known.status_due_s = t_s + status_every_s;
    return known.statm >= 0;
  }
  const auto now = read_statm(known.statm);
  if (!now) return false;
  known.last.rss = now->resident;
  if (!std::isnan(known.last.anon)) known.last.anon = now->resident - now->shared;
  return true;
}

TreeReading TreeReader::read(double t_s, const std::vector<pid_t>& pids) {
  TreeReading tree;
  tree.members.reserve(pids.size());
  for (auto& [pid, known] : known_) known.listed = false;
  for (const pid_t pid : pids) {
    Known& known = known_[pid];
    known.listed = refresh(pid, t_s, known);
    if (!known.listed) continue;
    const ProcessMemory& memory = known.last;
    const double own = std::isnan(memory.anon) ? memory.rss : memory.anon;
    tree.members.push_back(Member{pid, own + memory.swap});
    tree.rss += memory.rss;
    tree.anon += memory.anon;
    tree.swap += memory.swap;
    tree.largest_shmem = std::max(tree.largest_shmem, memory.shmem);
    tree.threads += memory.threads;
  }
  std::erase_if(known_, [](const auto& entry) {
    if (!entry.second.listed && entry.second.statm >= 0) close(entry.second.statm);
    return !entry.second.listed;
  });
  return tree;
}

double tree_descriptors(const std::vector<Member>& members) {
  double sum = 0;
  for (const auto& member : members)
    sum += count_descriptors(member.pid).value_or(std::numeric_limits<double>::quiet_NaN());
  return sum;
}

double Rate::median_s() const {
  if (recent_.empty()) return 0;
  auto sorted = recent_;
  const auto middle = sorted.begin() + static_cast<std::ptrdiff_t>(sorted.size() / 2);
  std::nth_element(sorted.begin(), middle, sorted.end());
  return *middle;
}

bool Rate::note_cost(double cost_s) {
  if (recent_.size() < costs_kept)
    recent_.push_back(cost_s);
  else
    recent_[noted_ % costs_kept] = cost_s;
  ++noted_;
  if (recent_.size() < costs_kept / 2) return false;
  const double affordable = std::max(slowest_hz, share_of_core / std::max(median_s(), 1e-9));
  // A fifth of play, so that a cost near the limit does not nibble at the rate.
  if (affordable >= 0.8 * hz_) return false;
  hz_ = affordable;
  return true;
}

bool DearReader::read(const std::vector<Member>& members, stats::Sample& sample) {
  if (given_up_ || sample.t_s < due_s_ || members.empty()) return false;
  double pss = 0, pss_anon = 0, private_bytes = 0;
  bool whole = true;
  cost_s_ = 0;
  for (const auto& member : members) {
    const auto before = std::chrono::steady_clock::now();
    const auto rollup = read_rollup(member.pid);
    cost_s_ += std::chrono::duration<double>(std::chrono::steady_clock::now() - before).count();
    whole = whole && rollup.has_value();
    if (!whole || cost_s_ > dearest_rollup_s) break;
    pss += rollup->pss;
    pss_anon += rollup->pss_anon;
    private_bytes += rollup->private_bytes;
  }
  due_s_ = sample.t_s + std::max(rollup_every_s, rollup_rest * cost_s_);
  given_up_ = cost_s_ > dearest_rollup_s;
  if (!whole || given_up_) return given_up_;
  sample.at(stats::Metric::pss) = pss;
  sample.at(stats::Metric::pss_anon) = pss_anon;
  sample.at(stats::Metric::private_bytes) = private_bytes;
  return false;
}

}  // namespace leakbisect::probe
