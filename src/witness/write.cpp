#include "witness/write.hpp"

#include "witness/words.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>

namespace leakbisect::witness {

using nlohmann::json;

namespace {

constexpr std::size_t most_stacks = 2000;

json to_json(const Frame& frame) {
  return {{"function", frame.function},
          {"file", frame.file},
          {"line", frame.line},
          {"column", frame.column},
          {"own", frame.own}};
}

json to_json(const Stack& stack) {
  json frames = json::array();
  for (const Frame& frame : stack) frames.push_back(to_json(frame));
  return frames;
}

json to_json(const Slope& slope) {
  return {{"bytes_per_request", slope.value}, {"se", slope.se}};
}

Frame frame_from(const json& object) {
  return {object.at("function").get<std::string>(), object.at("file").get<std::string>(),
          object.at("line").get<int>(), object.at("column").get<int>(),
          object.at("own").get<bool>()};
}

Stack stack_from(const json& frames) {
  Stack stack;
  for (const json& frame : frames) stack.push_back(frame_from(frame));
  return stack;
}

Slope slope_from(const json& object) {
  return {object.at("bytes_per_request").get<double>(), object.at("se").get<double>()};
}

// What separates frames and figures in a folded stack is in no name.
std::string folded_name(const Frame& frame) {
  std::string name = frame_words(frame);
  for (char& letter : name)
    if (letter == ';' || letter == '\n' || letter == '\r') letter = ':';
  return name;
}

}  // namespace

json to_json(const Finding& finding) {
  json rows = json::array(), stacks = json::array(), unseen = json::array();
  for (const Row& row : finding.rows)
    rows.push_back({{"frame", to_json(row.frame)},
                    {"bytes_per_request", row.per_request},
                    {"se", row.se},
                    {"stack", to_json(row.stack)}});
  for (const StackGrowth& one : finding.stacks)
    if (stacks.size() < most_stacks)
      stacks.push_back(
          {{"stack", to_json(one.stack)}, {"bytes_per_request", one.per_request}, {"se", one.se}});
  for (const Unseen& one : finding.unseen)
    unseen.push_back({{"what", one.what},
                      {"per_request", one.per_request},
                      {"counted_in", one.is_count ? "count" : "bytes"}});
  return {{"of", finding.of},
          {"recorder", finding.recorder},
          {"reason", finding.reason},
          {"lines", first_lines(finding)},
          {"slope", to_json(finding.slope)},
          {"slope_is_proven", finding.slope_is_proven},
          {"heap", to_json(finding.heap)},
          {"explained", to_json(finding.explained)},
          {"share", finding.share()},
          {"rows", std::move(rows)},
          {"stacks", std::move(stacks)},
          {"unseen", std::move(unseen)},
          {"notes", finding.notes},
          {"requests_on", finding.requests_on},
          {"requests_off", finding.requests_off}};
}

Result<Finding> finding_from_json(const json& object) {
  Finding finding;
  try {
    finding.of = object.at("of").get<std::vector<std::string>>();
    finding.recorder = object.at("recorder").get<std::string>();
    finding.reason = object.at("reason").get<std::string>();
    finding.slope = slope_from(object.at("slope"));
    finding.slope_is_proven = object.at("slope_is_proven").get<bool>();
    finding.heap = slope_from(object.at("heap"));
    finding.explained = slope_from(object.at("explained"));
    for (const json& row : object.at("rows"))
      finding.rows.push_back({frame_from(row.at("frame")),
                              row.at("bytes_per_request").get<double>(), row.at("se").get<double>(),
                              stack_from(row.at("stack"))});
    for (const json& one : object.at("stacks"))
      finding.stacks.push_back({stack_from(one.at("stack")),
                                one.at("bytes_per_request").get<double>(),
                                one.at("se").get<double>()});
    for (const json& one : object.at("unseen"))
      finding.unseen.push_back({one.at("what").get<std::string>(),
                                one.at("per_request").get<double>(),
                                one.at("counted_in") == "count"});
    finding.notes = object.at("notes").get<std::vector<std::string>>();
    finding.requests_on = object.at("requests_on").get<double>();
    finding.requests_off = object.at("requests_off").get<double>();
  } catch (const json::exception& error) {
    return fail("a witness cannot be read: {}", error.what());
  }
  return finding;
}

std::string folded(const Finding& finding) {
  double total = 0;
  for (const StackGrowth& one : finding.stacks) total += one.per_request;
  const double scale = total < 10'000 ? 1000 : 1;
  std::string text;
  for (const StackGrowth& one : finding.stacks) {
    std::string line;
    for (const Frame& frame : one.stack) line += (line.empty() ? "" : ";") + folded_name(frame);
    const auto bytes = static_cast<long long>(std::llround(scale * one.per_request));
    if (bytes > 0) text += fmt::format("{} {}\n", line.empty() ? "(no stack)" : line, bytes);
  }
  return text;
}

}  // namespace leakbisect::witness
