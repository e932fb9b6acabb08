#include "probe/recorder.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <tuple>

namespace leakbisect::probe {

namespace {

using stats::Metric;
using stats::Sample;

constexpr double flush_every_s = 1;
constexpr double tree_every_s = 0.35;  // finds who is new, not who is gone
constexpr double tree_latest_s = 2;    // where finding them is dear: thousands of processes
constexpr double tree_share = 0.004;   // of one core
constexpr double young_s = 2;          // a server that is ready still forks: memory found late ...
constexpr double young_share = 0.02;   // ... looks like growth
constexpr double descriptors_every_s = 1;
constexpr double cgroup_every_s = 0.5;
constexpr double surely_running_s = 60;  // when nothing says when the server was ready

}  // namespace

Recorder::Recorder(const SamplerSpec& spec, const Sources& sources)
    : spec_(spec), sources_(sources), rate_(spec.memory.rate_hz) {}

double Recorder::now_s() const {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - sources_.started).count();
}

void Recorder::note_answer() {
  if (running_since_s_) return;
  running_since_s_ = now_s();
  pids_due_s_ = 0;
}

Result<> Recorder::open() {
  std::error_code ignored;
  std::filesystem::create_directories(spec_.csv_file.parent_path(), ignored);
  csv_.open(spec_.csv_file, std::ios::trunc | std::ios::binary);
  csv_ << stats::csv_header() << std::flush;
  if (!csv_) return fail("cannot write {}: {}", spec_.csv_file.string(), std::strerror(errno));
  return {};
}

Result<> Recorder::write(const Sample& sample) {
  csv_ << stats::csv_line(sample);
  if (sample.t_s >= flush_due_s_) {
    csv_.flush();
    flush_due_s_ = sample.t_s + flush_every_s;
  }
  if (!csv_)
    return fail("cannot write {}: {}; is the disk full?", spec_.csv_file.string(),
                std::strerror(errno));
  return {};
}

void Recorder::add_note(std::string_view note) {
  if (!note_.empty()) note_ += '\n';
  note_ += note;
}

void Recorder::read_slowly(const TreeReading& tree, Sample& sample) {
  if (sources_.group_memory && sample.t_s >= cgroup_due_s_) {
    if (const auto parts = sources_.group_memory()) {
      sample.at(Metric::cgroup) = parts->held;
      sample.at(Metric::shared) = parts->shared;
      sample.at(Metric::file_cache) = parts->file;
      if (parts->kernel) sample.at(Metric::kernel) = *parts->kernel;
    }
    cgroup_due_s_ = sample.t_s + cgroup_every_s;
  }
  if (sample.t_s >= descriptors_due_s_) {
    sample.at(Metric::fds) = tree_descriptors(tree.members);
    descriptors_due_s_ = sample.t_s + descriptors_every_s;
  }
  if (dear_.read(tree.members, sample))
    add_note(fmt::format("PSS is not read any more: it took {:.0f} ms", 1e3 * dear_.last_cost_s()));
}

void Recorder::check_cap(const TreeReading& tree) {
  if (capped_ || !spec_.cap_bytes || !sources_.over_cap) return;
  if (!(tree.held() > *spec_.cap_bytes)) return;
  capped_ = true;
  generations_.tell(now_s(), "the memory cap was exceeded");
  sources_.over_cap(tree.held());
}

void Recorder::fill_sample(const TreeReading& tree, const Extra& extra, Sample& sample) {
  sample.at(Metric::rss) = tree.rss;
  sample.at(Metric::anon) = tree.anon;
  sample.at(Metric::swap) = tree.swap;
  sample.at(Metric::threads) = tree.threads;
  sample.nproc = static_cast<int>(tree.members.size());
  sample.at(Metric::processes) = sample.nproc;
  sample.newest_pid = generations_.update(sample.t_s, tree.members);
  if (extra.settled) sample.at(Metric::settled) = *extra.settled;
  if (extra.external) sample.at(Metric::external) = *extra.external;
  if (extra.settle_anon) sample.at(Metric::settled) = tree.anon;
  if (!fresh_heap_) return;
  sample.at(Metric::heap_used) = fresh_heap_->heap;
  if (fresh_heap_->external) sample.at(Metric::external) = *fresh_heap_->external;
  fresh_heap_.reset();
}

/// Finding the tree costs more than reading it, so it is done less often; at once when somebody is
/// gone, since another may have taken the place.
TreeReading Recorder::read_tree(double t_s) {
  if (t_s < pids_due_s_) {
    TreeReading tree = reader_.read(t_s, pids_);
    if (tree.members.size() == pids_.size()) return tree;
  }
  const double began_s = thread_cpu_s();
  pids_ = sources_.tree();
  const double cost_s = thread_cpu_s() - began_s;
  const bool young = running_since_s_ && t_s < *running_since_s_ + young_s;
  const double rest_s = cost_s / (young ? young_share : tree_share);
  pids_due_s_ = t_s + std::clamp(rest_s, young ? 0 : tree_every_s, tree_latest_s);
  return reader_.read(t_s, pids_);
}

void Recorder::keep_members(const TreeReading& tree) {
  members_.clear();
  for (const Member& member : tree.members) members_.push_back(member.pid);
}

Result<> Recorder::take(const Extra& extra) {
  const double began_s = thread_cpu_s();
  Sample sample;
  sample.t_s = now_s();
  if (sources_.requests) std::tie(sample.requests, sample.errors) = sources_.requests();
  if (extra.requests) sample.requests = *extra.requests;
  const bool ready =
      sources_.ready ? sources_.ready() : sample.requests > 0 || sample.t_s > surely_running_s;
  if (ready) note_answer();
  const TreeReading tree = read_tree(sample.t_s);
  const double tree_cost_s = thread_cpu_s() - began_s;
  keep_members(tree);
  if (tree.members.empty()) return {};
  fill_sample(tree, extra, sample);
  read_slowly(tree, sample);
  series_.push_back(sample);
  Result<> written = write(sample);
  cpu_s_ += thread_cpu_s() - began_s;
  if (rate_.note_cost(tree_cost_s))
    add_note(fmt::format("rate lowered to {:.2g} Hz: a sample takes {:.2g} ms", rate_.hz(),
                         1e3 * rate_.median_s()));
  check_cap(tree);
  return written;
}

Cost Recorder::cost() const {
  Cost cost;
  cost.median_us = 1e6 * rate_.median_s();
  cost.cpu_s = cpu_s_;
  cost.rate_hz = rate_.hz();
  cost.samples = series_.size();
  cost.note = note_;
  return cost;
}

}  // namespace leakbisect::probe
