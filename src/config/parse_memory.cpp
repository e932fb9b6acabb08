#include "base/metrics.hpp"
#include "base/nearest.hpp"
#include "config/rules.hpp"
#include "config/sections.hpp"

#include <nlohmann/json.hpp>

#include <signal.h>

namespace leakbisect::config {
namespace {

// "auto", and every metric that there is.
const std::vector<std::string>& metric_names() {
  static const std::vector<std::string> names = [] {
    std::vector<std::string> all{"auto"};
    for (const MetricTraits& row : metrics()) all.emplace_back(row.name);
    return all;
  }();
  return names;
}

// The same, and the columns of recorded curves, which are taken as well.
std::vector<std::string> metric_words() {
  std::vector<std::string> words = metric_names();
  for (const MetricTraits& row : metrics())
    if (row.column != row.name) words.emplace_back(row.column);
  return words;
}

Rule<std::string> metric() {
  return {one_of_text(metric_names()),
          [](const Value& value, const std::string& allowed) -> std::optional<std::string> {
            auto given = text(allowed)(value);
            if (!given) return std::nullopt;
            if (given == "auto") return given;
            if (const auto known = find_metric(*given)) return std::string(metric_name(*known));
            return value.refuse("is not a metric" + did_you_mean(nearest(*given, metric_names())),
                                allowed);
          },
          words_schema(metric_words())};
}

Rule<int> settle_signal() {
  return {R"(a signal that the server handles, such as "SIGUSR2")",
          [](const Value& value, const std::string& allowed) -> std::optional<int> {
            const auto given = signal_number()(value);
            if (given == SIGKILL || given == SIGSTOP)
              return value.refuse("cannot be handled by a server", allowed);
            return given;
          },
          signal_number().schema};
}

Rule<std::string> settle_method() {
  static const std::vector<std::string> words{"GET", "POST", "PUT", "DELETE"};
  return {R"("GET", "POST", "PUT" or "DELETE")",
          [](const Value& value, const std::string& allowed) -> std::optional<std::string> {
            auto given = text(allowed)(value);
            if (!given) return std::nullopt;
            for (const std::string& known : words)
              if (*given == known) return given;
            return value.refuse("is not a method of a settle hook", allowed);
          },
          words_schema(words)};
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

// Whether a word says that garbage is collected: "off" is no settle at all.
Rule<bool> settle_word() {
  static const std::vector<std::string> known{"auto", "off"};
  return {R"("auto", "off", or an object with one of node, jvm, http, signal, command)",
          [](const Value& value, const std::string& allowed) -> std::optional<bool> {
            const auto& word = value.json().get_ref<const std::string&>();
            if (word == known[0] || word == known[1]) return word == known[0];
            return value.refuse("is no way to collect garbage" + did_you_mean(nearest(word, known)),
                                allowed);
          },
          words_schema(known)};
}

// Room for settings that either may come to have.
void read_empty(const Object& object, const std::string& kind) {
  if (const auto entry = object.find(kind)) const Object nothing(*entry, {});
}

std::optional<Settle> read_settle(const Value& value) {
  if (value.json().is_string())
    return settle_word()(value).value_or(true) ? std::optional(Settle{}) : std::nullopt;
  using Kind = Settle::Kind;
  static const std::vector<std::pair<std::string, Kind>> kinds{{"node", Kind::node},
                                                               {"jvm", Kind::jvm},
                                                               {"http", Kind::http},
                                                               {"signal", Kind::signal},
                                                               {"command", Kind::command}};
  Settle settle;
  const Object object(value, {"node", "jvm", "http", "method", "signal", "command", "every"});
  const auto named = object.one_of({"node", "jvm", "http", "signal", "command"});
  for (const auto& [name, kind] : kinds)
    if (named == name) settle.kind = kind;
  if (named && named != "http") object.only_beside(*named, {"every"});
  read_empty(object, "node");
  read_empty(object, "jvm");
  object.read("http", settle.http_path, http_path());
  object.read("method", settle.http_method, settle_method());
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
              number("a number above 0, samples per second, up to 1000", Range{0, 1000, true}));
  object.read("warmup", memory.warmup_s, duration(Zero::allowed));
  if (const auto heap = object.find("heap")) memory.heap = read_heap(*heap);
  if (const auto settle = object.find("settle")) memory.settle = read_settle(*settle);
  return memory;
}

}  // namespace leakbisect::config
