#include "report/live.hpp"

#include "base/files.hpp"
#include "base/quantity.hpp"
#include "base/unix_time.hpp"
#include "base/utf8.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace leakbisect::report {
namespace {

using nlohmann::json;

json row_of(const LiveTrial& live) {
  return {{"id", valid_utf8(live.id)},     {"label", valid_utf8(live.label)},
          {"step", valid_utf8(live.step)}, {"build", valid_utf8(live.build)},
          {"why", valid_utf8(live.why)},   {"since", live.since}};
}

}  // namespace

void LiveBoard::note(const Progress& progress, const std::string& why) {
  auto known =
      std::ranges::find_if(trials_, [&](const LiveTrial& each) { return each.id == progress.id; });
  if (known != trials_.end() && known->step == progress.step) return;
  if (known == trials_.end()) {
    // Whoever was stopping has ended: its slot is needed.
    std::erase_if(trials_, [](const LiveTrial& each) { return each.step == "stopping"; });
    trials_.push_back({progress.id, progress.label, "", "", why, 0});
    known = trials_.end() - 1;
  }
  known->step = progress.step;
  known->build = progress.build;
  known->since = unix_time();
  json rows = json::array();
  for (const LiveTrial& each : trials_) rows.push_back(row_of(each));
  static_cast<void>(
      replace_file(directory_ / "live.json", json{{"version", 1}, {"trials", rows}}.dump() + "\n"));
}

std::vector<LiveTrial> read_live(const std::filesystem::path& directory) {
  std::vector<LiveTrial> trials;
  const auto text = read_file(directory / "live.json");
  if (!text) return trials;
  try {
    const json object = json::parse(*text);
    for (const json& row : object.at("trials"))
      trials.push_back({row.at("id"), row.at("label"), row.at("step"), row.at("build"),
                        row.at("why"), row.at("since")});
  } catch (const json::exception&) {
    return {};
  }
  return trials;
}

std::string live_line(const LiveTrial& live, double now) {
  std::string line =
      fmt::format("{} {}: {}", printable(live.id), printable(live.label), printable(live.step));
  if (!live.build.empty()) line += fmt::format(" ({})", printable(live.build));
  line += fmt::format(", for {}", format_duration(std::max(0.0, now - live.since)));
  return live.why.empty() ? line : line + "; " + printable(live.why);
}

json live_json(const LiveTrial& live, double now) {
  json row = row_of(live);
  row["seconds"] = std::max(0.0, now - live.since);
  return row;
}

}  // namespace leakbisect::report
