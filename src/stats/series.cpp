#include "stats/series.hpp"

#include <fmt/format.h>

#include <charconv>
#include <utility>

namespace leakbisect::stats {

namespace {

/// Cuts `text` at its first `mark` and returns the part before it.
std::string_view take(std::string_view& text, char mark) {
  const auto end = text.find(mark);
  const auto head = text.substr(0, end);
  text = end == std::string_view::npos ? std::string_view{} : text.substr(end + 1);
  return head;
}

std::string_view trim(std::string_view text) {
  constexpr std::string_view blanks = " \t\r\"";
  const auto first = text.find_first_not_of(blanks);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

/// A finite number, or nothing.
std::optional<double> number(std::string_view cell) {
  double value = 0;
  const auto [end, error] = std::from_chars(cell.data(), cell.data() + cell.size(), value);
  if (error != std::errc{} || end != cell.data() + cell.size() || !std::isfinite(value)) return {};
  return value;
}

using Setter = void (*)(Sample&, double);

/// The column called `name` that is no metric, or nothing.
Setter plain_column(std::string_view name) {
  if (name == "t_seconds") return [](Sample& s, double v) { s.t_s = v; };
  if (name == "requests_completed") return [](Sample& s, double v) { s.requests = v; };
  if (name == "nproc") return [](Sample& s, double v) { s.nproc = static_cast<int>(v); };
  if (name == "newest_pid") return [](Sample& s, double v) { s.newest_pid = static_cast<long>(v); };
  if (name == "errors") return [](Sample& s, double v) { s.errors = v; };
  return nullptr;
}

struct Column {
  std::string_view name;
  Setter plain = nullptr;
  std::optional<Metric> metric;
  bool required = false;
};

std::vector<Column> read_header(std::string_view line) {
  std::vector<Column> columns;
  do {
    Column column;
    column.name = trim(take(line, ','));
    column.plain = plain_column(column.name);
    for (const MetricTraits& known : metrics())
      if (column.name == known.column) column.metric = known.metric;
    column.required = column.name == "t_seconds" || column.name == "requests_completed";
    columns.push_back(column);
  } while (!line.empty());
  return columns;
}

Result<Sample> read_row(std::string_view line, const std::vector<Column>& columns,
                        std::size_t line_number) {
  Sample sample;
  for (const auto& column : columns) {
    const auto cell = trim(take(line, ','));
    if (!column.plain && !column.metric) continue;
    if (cell.empty()) {
      if (column.required) return fail("line {}: {} is empty", line_number, column.name);
      continue;
    }
    const auto value = number(cell);
    if (!value && cell != "nan" && cell != "NaN")
      return fail("line {}: {} is \"{}\"; a number was expected", line_number, column.name,
                  cell.substr(0, 40));
    if (!value && column.required) return fail("line {}: {} is NaN", line_number, column.name);
    if (value && column.plain) column.plain(sample, *value);
    if (value && column.metric) sample.at(*column.metric) = *value;
  }
  return sample;
}

std::optional<std::string_view> missing_column(const std::vector<Column>& columns) {
  for (const std::string_view wanted : {"t_seconds", "requests_completed"}) {
    bool found = false;
    for (const auto& column : columns) found = found || column.name == wanted;
    if (!found) return wanted;
  }
  return {};
}

}  // namespace

Result<Series> parse_csv(std::string_view text) {
  constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";
  if (text.starts_with(byte_order_mark)) text.remove_prefix(byte_order_mark.size());
  const auto columns = read_header(take(text, '\n'));
  if (const auto missing = missing_column(columns))
    return fail(
        "line 1: no column {}: a trace needs t_seconds, requests_completed and a metric "
        "such as anon_bytes",
        *missing);
  Series series;
  for (std::size_t line_number = 2; !text.empty(); ++line_number) {
    const auto line = take(text, '\n');
    if (trim(line).empty()) continue;
    auto sample = read_row(line, columns, line_number);
    if (!sample) return sample.error();
    if (!series.empty() && sample->t_s < series.back().t_s)
      return fail("line {}: t_seconds goes back from {} to {}", line_number, series.back().t_s,
                  sample->t_s);
    series.push_back(*sample);
  }
  return series;
}

std::string csv_header() {
  std::string line = "t_seconds,requests_completed";
  for (const MetricTraits& known : metrics()) line += fmt::format(",{}", known.column);
  return line + ",nproc,newest_pid,errors\n";
}

std::string csv_line(const Sample& sample) {
  std::string line = fmt::format("{:.3f},{:.0f}", sample.t_s, sample.requests);
  for (const MetricTraits& known : metrics()) {
    line += ',';
    if (sample.has(known.metric)) line += fmt::format("{:.0f}", sample.at(known.metric));
  }
  return line + fmt::format(",{},{},{:.0f}\n", sample.nproc, sample.newest_pid, sample.errors);
}

}  // namespace leakbisect::stats
