#include "witness/heap_profile.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>

namespace leakbisect::witness {

using nlohmann::json;

namespace {

constexpr std::size_t longest_name = 200;
constexpr std::size_t deepest = 512;

std::string text_in(const json& object, const char* name) {
  const auto found = object.find(name);
  if (found == object.end() || !found->is_string()) return {};
  return found->get<std::string>().substr(0, name[0] == 'u' ? 4096 : longest_name);
}

int number_in(const json& object, const char* name) {
  const auto found = object.find(name);
  if (found == object.end() || !found->is_number_integer()) return 0;
  return static_cast<int>(
      std::clamp<std::int64_t>(found->get<std::int64_t>() + 1, 0, 1'000'000'000));
}

Frame frame_of(const json& call) {
  Frame frame;
  frame.function = text_in(call, "functionName");
  frame.file = text_in(call, "url");
  constexpr std::string_view scheme = "file://";
  if (frame.file.starts_with(scheme)) frame.file.erase(0, scheme.size());
  if (!frame.file.empty()) {
    frame.line = number_in(call, "lineNumber");
    frame.column = number_in(call, "columnNumber");
  }
  return frame;
}

// Walks without recursion: a stack may be deeper than ours.
struct Visit {
  const json* node;
  std::size_t depth;
};

void note_stacks(const json& head, StackTable& table,
                 std::map<std::int64_t, std::size_t>& by_node) {
  std::vector<Visit> left{{&head, 0}};
  Stack stack;
  while (!left.empty()) {
    const Visit visit = left.back();
    left.pop_back();
    const json& node = *visit.node;
    if (!node.is_object()) continue;
    stack.resize(std::min(visit.depth, stack.size()));
    const auto call = node.find("callFrame");
    // The root is no call.
    if (visit.depth > 0 && call != node.end() && call->is_object()) {
      if (stack.size() < deepest) stack.push_back(frame_of(*call));
    } else {
      stack.push_back(Frame{});
    }
    const auto id = node.find("id");
    if (id != node.end() && id->is_number_integer() && node.value("selfSize", 0.0) > 0)
      by_node[id->get<std::int64_t>()] = table.index_of({stack.begin() + 1, stack.end()});
    const auto children = node.find("children");
    if (children == node.end() || !children->is_array()) continue;
    for (const json& child : *children) left.push_back({&child, visit.depth + 1});
  }
}

}  // namespace

std::size_t StackTable::index_of(const Stack& stack) {
  std::string key;
  for (const Frame& frame : stack)
    key += fmt::format("{}\n{}\n{}:{}\n", frame.function, frame.file, frame.line, frame.column);
  const auto [found, is_new] = known_.try_emplace(key, recording_.stacks.size());
  if (is_new) recording_.stacks.push_back(stack);
  return found->second;
}

double inclusion(double weight, double interval) {
  if (weight <= 0 || interval <= 0) return 1;
  // weight = size / (1 - exp(-size / interval)), which grows with the size from `interval` on.
  double low = 0, high = weight;
  for (int i = 0; i < 60; ++i) {
    const double size = (low + high) / 2;
    const double taken = -std::expm1(-size / interval);
    (size < weight * taken ? low : high) = size;
  }
  return std::clamp(-std::expm1(-low / interval), 1e-9, 1.0);
}

Result<> add_heap_profile(const json& profile, std::uint32_t process, double interval,
                          Recording& recording, StackTable& stacks, Reading& reading) {
  if (!profile.is_object() || !profile.contains("head") || !profile.contains("samples") ||
      !profile["samples"].is_array())
    return fail("the profile has no samples");
  std::map<std::int64_t, std::size_t> by_node;
  note_stacks(profile["head"], stacks, by_node);
  std::map<double, double> variances;  // by weight: there are few
  for (const json& sample : profile["samples"]) {
    if (!sample.is_object()) continue;
    const double bytes = sample.value("size", 0.0);
    const auto node = by_node.find(sample.value("nodeId", std::int64_t{-1}));
    if (node == by_node.end()) continue;
    if (reading.blocks.size() >= most_blocks) {
      recording.blocks_dropped += bytes;
      continue;
    }
    const auto [variance, is_new] = variances.try_emplace(bytes, 0);
    if (is_new) variance->second = bytes * bytes * (1 - inclusion(bytes, interval));
    const auto ordinal = static_cast<std::uint64_t>(sample.value("ordinal", 0.0));
    reading.blocks[(std::uint64_t{process} << 40) + ordinal] = {node->second, bytes,
                                                                variance->second};
  }
  return {};
}

}  // namespace leakbisect::witness
