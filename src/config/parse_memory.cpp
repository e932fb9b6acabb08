#include "base/nearest.hpp"
#include "config/rules.hpp"
#include "config/sections.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>

#include <signal.h>

namespace leakbisect::config {
namespace {

// "auto", and the names of stats::Metric, which this room must not include.
const std::vector<std::string>& metric_names() {
  static const std::vector<std::string> names{
      "auto",     "anon",          "heap_used", "settled", "external", "rss",    "pss",
      "pss_anon", "private_bytes", "cgroup",    "swap",    "fds",      "threads"};
  return names;
}

Rule<std::string> metric() {
  return {one_of_text(metric_names()),
          [](const Value& value, const std::string& allowed) -> std::optional<std::string> {
            const auto given = text(allowed)(value);
            if (!given) return std::nullopt;
            const auto& names = metric_names();
            if (std::find(names.begin(), names.end(), *given) != names.end()) return given;
            return value.refuse("is not a metric" + did_you_mean(nearest(*given, names)), allowed);
          }};
}

Rule<int> settle_signal() {
  return {R"(a signal that the server handles, such as "SIGUSR2")",
          [](const Value& value, const std::string& allowed) -> std::optional<int> {
            const auto given = signal_number()(value);
            if (given == SIGKILL || given == SIGSTOP)
              return value.refuse("cannot be handled by a server", allowed);
            return given;
          }};
}

HeapSource read_heap(const Value& value) {
  HeapSource heap;
  const Object object(value,
                      {"http", "pointer", "prometheus", "name", "command", "external", "every"});
  const auto kind = object.one_of({"http", "prometheus", "command"});
  object.read("every", heap.every_s, duration());
  if (kind == "http") {
    object.only_beside("http", {"pointer", "external", "every"});
    object.read("http", heap.path, http_path());
    object.require("pointer", heap.pointer, json_pointer());
    object.read("external", heap.external, json_pointer());
  }
  if (kind == "prometheus") {
    const auto series = text("the name of a Prometheus metric");
    heap.kind = HeapSource::Kind::http_prometheus;
    object.only_beside("prometheus", {"name", "external", "every"});
    object.read("prometheus", heap.path, http_path());
    object.require("name", heap.pointer, series);
    object.read("external", heap.external, series);
  }
  if (kind == "command") {
    heap.kind = HeapSource::Kind::command;
    object.only_beside("command", {"every"});
    object.read("command", heap.command, command());
  }
  return heap;
}

Settle read_settle(const Value& value) {
  Settle settle;
  const Object object(value, {"http", "signal", "command", "every"});
  const auto kind = object.one_of({"http", "signal", "command"});
  if (kind == "signal") settle.kind = Settle::Kind::signal;
  if (kind == "command") settle.kind = Settle::Kind::command;
  object.read("http", settle.http_path, http_path());
  object.read("signal", settle.signal, settle_signal());
  object.read("command", settle.command, command());
  object.read("every", settle.every_s, duration());
  return settle;
}

}  // namespace

Memory read_memory(const Value& value) {
  Memory memory;
  const Object object(value, {"metric", "rate", "warmup", "heap", "settle"});
  object.read("metric", memory.metric, metric());
  object.read("rate", memory.rate_hz,
              number("a number above 0, samples per second, up to 1000",
                     [](double rate) { return rate > 0 && rate <= 1000; }));
  object.read("warmup", memory.warmup_s, duration(Zero::allowed));
  if (const auto heap = object.find("heap")) memory.heap = read_heap(*heap);
  if (const auto settle = object.find("settle")) memory.settle = read_settle(*settle);
  return memory;
}

}  // namespace leakbisect::config
