#include "base/tcp_table.hpp"
#include "probe/collector.hpp"

#include <algorithm>
#include <utility>

#include <unistd.h>

namespace leakbisect::probe {

namespace asio = boost::asio;

namespace {

constexpr int patience_at_first = 16;  // attempts before a process counts as one that refuses
constexpr int patience_later = 5;
constexpr double least_ballast =
    2048;  // bytes at a time: what an object costs beside is known to a few

bool wanted(config::Settle::Kind kind, Runtime runtime) {
  using Kind = config::Settle::Kind;
  if (runtime == Runtime::none) return false;
  return kind == Kind::automatic || (kind == Kind::node) == (runtime == Runtime::node);
}

// The port of its inspector would be another process's here.
bool is_out_of_reach(pid_t pid) {
  const std::uint64_t network = network_namespace_of(pid);
  return network != 0 && network != network_namespace_of(::getpid());
}

void add(HeapReading& sum, const HeapReading& one) {
  sum.heap += one.heap;
  if (one.external) sum.external = sum.external.value_or(0) + *one.external;
}

}  // namespace

TreeCollector::TreeCollector(config::Settle::Kind kind, const Sources& sources, Tell tell)
    : kind_(kind), sources_(sources), tell_(std::move(tell)) {}

void TreeCollector::recognise(const std::vector<pid_t>& pids) {
  std::erase_if(members_, [&](const auto& known) {
    return std::find(pids.begin(), pids.end(), known.first) == pids.end();
  });
  for (const pid_t pid : pids) {
    Member& member = members_[pid];
    // Asked each time: a shell may yet execute the server in its own place.
    std::string executable = executable_of(pid);
    if (executable == member.executable) continue;
    member = Member{};
    member.executable = std::move(executable);
    member.runtime = runtime_of(pid);
    if (!wanted(kind_, member.runtime)) continue;
    if (member.runtime == Runtime::node && is_out_of_reach(pid)) {
      tell_(
          fmt::format("process {} (node) is not made to collect garbage: it has a network of its "
                      "own, where its inspector cannot be reached",
                      pid));
      continue;
    }
    member.collector = member.runtime == Runtime::node
                           ? make_node_collector(pid, sources_.port)
                           : make_jvm_collector(pid, sources_.run_command);
  }
}

void TreeCollector::note_failure(pid_t pid, Member& member, const Error& why) {
  const int patience = member.worked ? patience_later : patience_at_first;
  if (++member.failures < patience && !member.collector->refused()) return;
  tell_(fmt::format("process {} ({}) is not made to collect garbage: {}", pid,
                    runtime_name(member.runtime), why.message));
  member.collector.reset();
}

// The innermost process that was read keeps it; whoever takes over keeps what comes from then on.
void TreeCollector::choose_keeper(const std::vector<pid_t>& pids) {
  if (keeper_ != 0 && members_.contains(keeper_) && members_[keeper_].collector) return;
  const bool is_first = keeper_ == 0;
  keeper_ = 0;
  for (const pid_t pid : pids) {
    const Member& member = members_[pid];
    if (keeper_ == 0 && member.collector && member.worked && !member.keeps_none) keeper_ = pid;
  }
  if (keeper_ != 0 && !is_first) fed_ = sources_.ballast();
}

asio::awaitable<void> TreeCollector::feed_keeper() {
  const double wanted = sources_.ballast() - fed_;
  if (keeper_ == 0) co_return;
  Member& member = members_[keeper_];
  // At once with a little, to see that there is a way.
  if (wanted < least_ballast && std::exchange(member.was_fed, true)) co_return;
  const Result<> added = co_await member.collector->add_ballast(wanted);
  if (added.has_value()) {
    fed_ += wanted;
    co_return;
  }
  tell_(fmt::format("process {} ({}) keeps no ballast: {}", keeper_, runtime_name(member.runtime),
                    added.error().message));
  member.keeps_none = true;
  keeper_ = 0;
}

asio::awaitable<Result<std::optional<HeapReading>>> TreeCollector::collect(
    std::vector<pid_t> pids) {
  recognise(pids);
  std::optional<HeapReading> sum;
  std::optional<Error> failed;
  bool lost = false;
  double requests = 0, readings = 0;
  // Children before their parents: a wrapper such as npm must not take their inspector port.
  std::ranges::reverse(pids);
  if (sources_.ballast) {
    choose_keeper(pids);
    co_await feed_keeper();
  }
  for (const pid_t pid : pids) {
    Member& member = members_[pid];
    if (!member.collector) continue;
    const Result<HeapReading> reading = co_await member.collector->collect();
    if (reading.has_error()) {
      failed = reading.error();
      // Without one that was read before, the sum would fall.
      lost = lost || member.worked;
      note_failure(pid, member, *failed);
      continue;
    }
    member.failures = 0;
    if (!member.worked)
      tell_(fmt::format("process {} ({}) {}", pid, runtime_name(member.runtime), collects_words));
    member.worked = true;
    if (!sum) sum.emplace();
    add(*sum, *reading);
    // Each process is read at its own moment, so their sum belongs to the mean of those moments.
    if (sources_.requests) requests += sources_.requests().first;
    ++readings;
  }
  if (failed && (lost || !sum)) co_return *failed;
  if (sum) requests_ = requests / readings;
  co_return sum;
}

asio::awaitable<void> TreeCollector::attend() {
  for (auto& [pid, member] : members_)
    if (member.collector) co_await member.collector->attend();
}

}  // namespace leakbisect::probe
