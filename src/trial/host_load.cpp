#include "trial/host_load.hpp"

#include "load/landing.hpp"

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <sstream>

#include <sys/resource.h>
#include <unistd.h>

namespace leakbisect::trial {

namespace asio = boost::asio;

namespace {

constexpr auto tick = std::chrono::milliseconds(100);
constexpr double late_s = 1;
constexpr double much_pressure = 0.5;
constexpr double a_quarter = 0.25;  // of the host's processors
constexpr double much_steal = 0.1;

std::string text_of(const std::string& file) {
  std::ifstream in(file);
  return {std::istreambuf_iterator<char>(in), {}};
}

double own_seconds() {
  rusage used{};
  ::getrusage(RUSAGE_SELF, &used);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + 1e-6 * static_cast<double>(time.tv_usec);
  };
  return seconds(used.ru_utime) + seconds(used.ru_stime);
}

}  // namespace

std::string_view late_by_name(LateBy who) {
  switch (who) {
    case LateBy::server:
      return "server";
    case LateBy::host:
      return "host";
    case LateBy::driver:
      return "driver";
    case LateBy::unknown:
      return "unknown";
    case LateBy::nobody:
      break;
  }
  return "nobody";
}

LateBy late_by(const load::Counts& counts, const HostLoad& host) {
  if (counts.lateness_p99_s <= late_s && !load::is_overrun(counts)) return LateBy::nobody;
  if (!(host.seconds > 0)) return LateBy::unknown;
  if (host.longest_stall_s > late_s && host.longest_stall_s > 0.5 * counts.lateness_max_s)
    return LateBy::driver;
  const bool is_taken = host.other_cores() > a_quarter * host.cores || host.steal > much_steal;
  if (is_taken && std::max(host.pressure, host.steal / much_steal) > much_pressure)
    return LateBy::host;
  return LateBy::server;
}

std::string late_sentence(const load::Counts& counts, const HostLoad& host) {
  switch (late_by(counts, host)) {
    case LateBy::driver:
      return fmt::format("late by the driver: leakbisect itself was held up for {:.1f} s",
                         host.longest_stall_s);
    case LateBy::host:
      return fmt::format(
          "late by the host: others used {:.1f} of {:.0f} processors, and something waited for one "
          "{:.0f}% of the time{}",
          host.other_cores(), host.cores, 100 * host.pressure,
          host.steal > 0.01
              ? fmt::format(" ({:.0f}% were stolen by its own host)", 100 * host.steal)
              : "");
    case LateBy::server:
      return fmt::format(
          "late by the server: all connections waited for answers {:.0f}% of the time{}",
          counts.loaded_s > 0 ? 100 * counts.all_busy_s / counts.loaded_s : 0,
          fmt::format(", it used {:.1f} of {:.0f} processors, others {:.1f}", host.server_cores,
                      host.cores, host.other_cores()));
    case LateBy::unknown:
      return "late, and whether by the server or by the host was not watched";
    case LateBy::nobody:
      break;
  }
  return {};
}

std::optional<double> pressure_us(std::string_view text) {
  const auto some = text.find("some ");
  const auto total = text.find("total=", some);
  if (some == std::string_view::npos || total == std::string_view::npos) return std::nullopt;
  std::istringstream in{std::string(text.substr(total + 6))};
  double value = 0;
  if (!(in >> value)) return std::nullopt;
  return value;
}

std::optional<HostTicks> host_ticks(std::string_view text) {
  std::istringstream in{std::string(text.substr(0, text.find('\n')))};
  std::string name;
  in >> name;
  // user nice system idle iowait irq softirq steal
  std::vector<double> fields{std::istream_iterator<double>(in), {}};
  if (name != "cpu" || fields.size() < 8) return std::nullopt;
  HostTicks ticks;
  for (std::size_t i = 0; i < 8; ++i) ticks.all += fields[i];
  ticks.idle = fields[3] + fields[4];
  ticks.steal = fields[7];
  return ticks;
}

std::optional<double> process_ticks(std::string_view text) {
  const auto name_end = text.rfind(')');
  if (name_end == std::string_view::npos) return std::nullopt;
  std::istringstream in{std::string(text.substr(name_end + 1))};
  std::string field;
  for (int i = 3; i < 14; ++i)
    if (!(in >> field)) return std::nullopt;
  double sum = 0;
  for (int i = 14; i <= 17; ++i) {  // utime stime cutime cstime
    double value = 0;
    if (!(in >> value)) return std::nullopt;
    sum += value;
  }
  return sum;
}

HostWatch::HostWatch(std::function<std::vector<pid_t>()> tree)
    : tree_(std::move(tree)), first_(look()) {}

HostWatch::Snapshot HostWatch::look() const {
  Snapshot now;
  now.at = std::chrono::steady_clock::now();
  now.pressure_us = pressure_us(text_of("/proc/pressure/cpu"));
  now.host = host_ticks(text_of("/proc/stat"));
  for (const pid_t pid : tree_())
    now.server_ticks +=
        process_ticks(text_of("/proc/" + std::to_string(pid) + "/stat")).value_or(0);
  now.own_s = own_seconds();
  return now;
}

asio::awaitable<void> HostWatch::run() {
  asio::steady_timer timer(co_await asio::this_coro::executor);
  while (true) {
    const auto due = std::chrono::steady_clock::now() + tick;
    timer.expires_at(due);
    co_await timer.async_wait(asio::use_awaitable);
    const std::chrono::duration<double> late = std::chrono::steady_clock::now() - due;
    longest_stall_s_ = std::max(longest_stall_s_, late.count());
  }
}

HostLoad HostWatch::load() const {
  const Snapshot now = look();
  HostLoad load;
  load.seconds = std::chrono::duration<double>(now.at - first_.at).count();
  load.longest_stall_s = longest_stall_s_;
  if (!(load.seconds > 0)) return load;
  const auto ticks_per_s = static_cast<double>(::sysconf(_SC_CLK_TCK));
  load.cores = static_cast<double>(::sysconf(_SC_NPROCESSORS_ONLN));
  load.server_cores =
      std::max(0.0, now.server_ticks - first_.server_ticks) / ticks_per_s / load.seconds;
  load.own_cores = (now.own_s - first_.own_s) / load.seconds;
  if (now.pressure_us && first_.pressure_us)
    load.pressure = std::min(1.0, 1e-6 * (*now.pressure_us - *first_.pressure_us) / load.seconds);
  if (now.host && first_.host && now.host->all > first_.host->all) {
    const double all = now.host->all - first_.host->all;
    load.busy_cores = load.cores * (1 - (now.host->idle - first_.host->idle) / all);
    load.steal = (now.host->steal - first_.host->steal) / all;
  }
  return load;
}

}  // namespace leakbisect::trial
