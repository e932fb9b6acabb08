#include "trial/answer_watch.hpp"

#include "base/files.hpp"

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>

namespace leakbisect::trial {

namespace asio = boost::asio;
using Clock = std::chrono::steady_clock;

namespace {

constexpr auto first_look = std::chrono::milliseconds(100);
constexpr auto longest_pause = std::chrono::milliseconds(1600);
constexpr int rest_factor = 200;  // times what a look took: 0.5% of one core
constexpr int patience = 5;       // looks without a connection until listeners must do
constexpr std::size_t most_named = 20;

bool contains(const std::vector<pid_t>& pids, pid_t pid) {
  return std::find(pids.begin(), pids.end(), pid) != pids.end();
}

subject::ProcessId main_of(const subject::Process& server) {
  const auto stat = subject::read_stat(server.pid());
  return stat ? stat->id : subject::ProcessId{server.pid(), 0};
}

std::string words_of(const subject::ProcessId& id) {
  return fmt::format("process {} ({})", id.pid, subject::command_line_of(id.pid));
}

}  // namespace

AnswerWatch::AnswerWatch(subject::Process& server, Spec spec)
    : server_(server),
      spec_(std::move(spec)),
      answerers_(spec_.port, spec_.own_load ? subject::Answerers::Clients::ours
                                            : subject::Answerers::Clients::any),
      followed_(main_of(server)) {}

std::vector<pid_t> AnswerWatch::measured() {
  std::vector<pid_t> pids = server_.tree();
  if (followed_.empty()) return pids;
  for (const pid_t pid : followed_.members())
    if (!contains(pids, pid)) pids.push_back(pid);
  return pids;
}

std::optional<GroupMemory> AnswerWatch::group_memory() const {
  if (!followed_.empty()) return std::nullopt;
  return server_.group_memory();
}

void AnswerWatch::tell(const std::string& what) {
  const std::chrono::duration<double> age = Clock::now() - spec_.started;
  if (events_.size() < most_named)
    events_.push_back(fmt::format("{:.1f} s: {}", age.count(), what));
}

// Units that are switched by the environment are so in vain, where it does not get to the server.
std::optional<std::string> AnswerWatch::unreached(pid_t pid) const {
  const std::string environment = read_if_there(fmt::format("/proc/{}/environ", pid));
  // Not ours to read, or written over by a title.
  if (environment.find('=') == environment.npos) return std::nullopt;
  for (const auto& [name, value] : spec_.switched_env)
    if (subject::environment_of(pid, name) != value)
      return fmt::format(
          "{}={} of this configuration has not reached process {} ({}), which answers on port {} "
          "and was started by somebody else than the start command: let the start command pass it "
          "on (docker run -e {}, systemd-run --setenv), or switch by a file or an argument",
          name, value, pid, subject::command_line_of(pid), spec_.port, name);
  return std::nullopt;
}

std::optional<std::string> AnswerWatch::follow(const subject::ProcessId& id) {
  // Forked after the tree was looked at.
  if (contains(measured(), id.pid)) return std::nullopt;
  if (followed_.is_older(id))
    return fmt::format(
        "port {} is answered by {}, which was running before this trial began: no build and no "
        "unit of the trial has reached it, and its memory is not measured. End it, or let the "
        "start command start the server itself, in the foreground, on {{port}}",
        spec_.port, words_of(id));
  if (auto why = unreached(id.pid)) return why;
  followed_.add(id);
  if (named_.size() < most_named)
    named_.push_back({id.pid, id.start, subject::command_line_of(id.pid)});
  tell(
      fmt::format("{} answers on port {}; the start command had somebody else start it, so it is "
                  "measured too, and not ended by leakbisect",
                  words_of(id), spec_.port));
  return std::nullopt;
}

std::optional<std::string> AnswerWatch::judge(const subject::Ends& ends) {
  somebody_seen_ = somebody_seen_ || !ends.empty();
  for (const subject::ProcessId& id : ends.strangers)
    if (auto why = follow(id)) return why;
  if (ends.hidden.empty()) return std::nullopt;
  return fmt::format(
      "which process answers on port {} is not known, and none of the measured ones "
      "does: {}",
      spec_.port, ends.hidden.front());
}

std::optional<std::string> AnswerWatch::judge(const subject::Answerers::Look& look) {
  ++looks_;
  if (!look.connections.empty()) {
    connections_seen_ = true;
    subject::Ends ends = look.connections;
    // Sockets that a process keeps in the kernel only (io_uring) have no descriptor to be found by.
    const bool tree_listens = look.listeners.of_tree > 0 && look.listeners.strangers.empty();
    if (tree_listens) ends.hidden.clear();
    return judge(ends);
  }
  // Connections say who answers. Where they are too short to be met, who listens has to do.
  if (connections_seen_ || (spec_.own_load && looks_ < patience)) return std::nullopt;
  return judge(look.listeners);
}

void AnswerWatch::begin() {
  const auto look = answerers_.look(server_.tree());
  for (const subject::ProcessId& id : look.listeners.strangers)
    if (!followed_.is_older(id) && !unreached(id.pid)) follow(id);
}

asio::awaitable<std::string> AnswerWatch::run() {
  asio::steady_timer timer(co_await asio::this_coro::executor);
  Clock::duration pause = first_look;
  for (;;) {
    timer.expires_after(pause);
    co_await timer.async_wait(asio::use_awaitable);
    const auto began = Clock::now();
    if (auto why = judge(answerers_.look(measured()))) co_return *why;
    pause = std::max(std::min<Clock::duration>(2 * pause, longest_pause),
                     rest_factor * (Clock::now() - began));
  }
}

std::optional<std::string> AnswerWatch::fault() {
  looks_ = std::max(looks_, patience);
  return judge(answerers_.look(measured()));
}

void AnswerWatch::note(Record& record) const {
  record.followed = named_;
  record.events.insert(record.events.end(), events_.begin(), events_.end());
  if (!somebody_seen_ && looks_ >= patience)
    record.events.push_back(fmt::format(
        "nobody was seen to answer on port {}: it is not known which process the load reached",
        spec_.port));
}

}  // namespace leakbisect::trial
