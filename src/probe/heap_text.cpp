#include "probe/heap_text.hpp"

#include "base/nearest.hpp"

#include <nlohmann/json.hpp>

#include <charconv>
#include <cmath>
#include <map>
#include <optional>
#include <vector>

namespace leakbisect::probe {

namespace {

std::string_view trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1);
}

/// A finite number that is the whole of `word`.
std::optional<double> finite(std::string_view word) {
  if (word.starts_with('+')) word.remove_prefix(1);
  double value = 0;
  const auto [end, failed] = std::from_chars(word.data(), word.data() + word.size(), value);
  if (failed != std::errc{} || end != word.data() + word.size() || !std::isfinite(value)) return {};
  return value;
}

/// Name, labels and the rest of `name{a="x",b="y"} 12 1700000000`.
struct Selector {
  std::string_view name;
  std::map<std::string, std::string> labels;
  std::string_view rest;
};

/// Reads a quoted label value from `at` on (which points behind the opening quote) and moves `at`
/// behind the closing one; nothing when there is none.
std::optional<std::string> quoted(std::string_view text, std::size_t& at) {
  std::string value;
  for (; at < text.size(); ++at) {
    if (text[at] == '"') {
      ++at;
      return value;
    }
    if (text[at] == '\\' && at + 1 < text.size()) {
      ++at;
      value.push_back(text[at] == 'n' ? '\n' : text[at]);
    } else {
      value.push_back(text[at]);
    }
  }
  return std::nullopt;
}

std::optional<Selector> parse_selector(std::string_view line) {
  Selector found;
  std::size_t at = std::min(line.find_first_of("{ \t"), line.size());
  found.name = line.substr(0, at);
  if (found.name.empty()) return std::nullopt;
  if (at == line.size() || line[at] != '{') {
    found.rest = trimmed(line.substr(at));
    return found;
  }
  for (++at;;) {
    at = line.find_first_not_of(", \t", at);
    if (at == std::string_view::npos) return std::nullopt;
    if (line[at] == '}') break;
    const auto equals = line.find('=', at);
    if (equals == std::string_view::npos) return std::nullopt;
    const std::string label(trimmed(line.substr(at, equals - at)));
    at = line.find_first_not_of(" \t", equals + 1);
    if (at == std::string_view::npos || line[at] != '"') return std::nullopt;
    ++at;
    auto value = quoted(line, at);
    if (!value) return std::nullopt;
    found.labels.insert_or_assign(label, std::move(*value));
  }
  found.rest = trimmed(line.substr(at + 1));
  return found;
}

bool includes(const Selector& sample, const Selector& wanted) {
  if (sample.name != wanted.name) return false;
  for (const auto& [label, value] : wanted.labels) {
    const auto found = sample.labels.find(label);
    if (found == sample.labels.end() || found->second != value) return false;
  }
  return true;
}

Error no_such_metric(std::string_view metric, const Selector& wanted,
                     const std::vector<std::string>& names) {
  const auto close = nearest(wanted.name, names);
  if (close == std::string(wanted.name))
    return fail("metric \"{}\" is reported, but with other labels or no finite value", metric);
  if (close) return fail("no metric \"{}\"; did you mean \"{}\"?", metric, *close);
  return fail("no metric \"{}\" among the {} reported", metric, names.size());
}

}  // namespace

Result<double> json_number(std::string_view text, const std::string& pointer) {
  const auto document = nlohmann::json::parse(text, nullptr, false);
  if (document.is_discarded()) return fail("the answer is not JSON");
  try {
    const nlohmann::json::json_pointer where(pointer);
    if (!document.contains(where)) return fail("nothing at \"{}\" in the answer", pointer);
    const auto& value = document.at(where);
    if (!value.is_number())
      return fail("\"{}\" is not a number but {}", pointer, value.type_name());
    return value.get<double>();
  } catch (const nlohmann::json::exception& error) {
    return fail("\"{}\" is not a JSON pointer such as \"/memory/heapUsed\": {}", pointer,
                error.what());
  }
}

Result<double> prometheus_number(std::string_view text, std::string_view metric) {
  const auto wanted = parse_selector(trimmed(metric));
  if (!wanted || !wanted->rest.empty())
    return fail("\"{}\" is not a metric such as name or name{{label=\"value\"}}", metric);
  double sum = 0;
  bool found = false;
  std::vector<std::string> names;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = trimmed(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.empty() || line.starts_with('#')) continue;
    const auto sample = parse_selector(line);
    if (!sample) continue;
    if (names.empty() || names.back() != sample->name) names.emplace_back(sample->name);
    if (!includes(*sample, *wanted)) continue;
    // A timestamp may follow the value.
    const auto value = finite(sample->rest.substr(0, sample->rest.find_first_of(" \t")));
    if (!value) continue;
    sum += *value;
    found = true;
  }
  if (!found) return no_such_metric(metric, *wanted, names);
  return sum;
}

Result<double> printed_number(std::string_view text) {
  text = trimmed(text);
  const auto line = trimmed(text.substr(text.find_last_of('\n') + 1));
  const auto value = finite(line.substr(0, line.find_first_of(" \t\r")));
  if (!value) return fail("expected a number of bytes, got \"{}\"", line.substr(0, 80));
  return *value;
}

}  // namespace leakbisect::probe
