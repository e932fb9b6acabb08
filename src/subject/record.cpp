#include "subject/record.hpp"

#include "base/files.hpp"

#include <nlohmann/json.hpp>

#include <cctype>
#include <random>

namespace leakbisect::subject {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

constexpr std::string_view suffix = ".process.json";
constexpr std::size_t longest_name = 80;

json to_value(const ProcessId& id) {
  return {{"pid", id.pid}, {"start", id.start}};
}

ProcessId to_id(const json& value) {
  return {value.at("pid").get<pid_t>(), value.at("start").get<std::uint64_t>()};
}

}  // namespace

std::string to_json(const Record& record) {
  json groups = json::array();
  for (const fs::path& group : record.groups) groups.push_back(group.string());
  const json value = {{"version", 1},
                      {"marker", record.marker},
                      {"boot", record.boot},
                      {"owner", to_value(record.owner)},
                      {"main", to_value(record.main)},
                      {"groups", groups}};
  return value.dump(2) + "\n";
}

std::optional<Record> parse_record(std::string_view text) {
  try {
    const json value = json::parse(text);
    if (value.at("version") != 1) return {};
    Record record;
    record.marker = value.at("marker").get<std::string>();
    record.boot = value.at("boot").get<std::string>();
    record.owner = to_id(value.at("owner"));
    record.main = to_id(value.at("main"));
    for (const json& group : value.at("groups"))
      record.groups.emplace_back(group.get<std::string>());
    return record;
  } catch (const json::exception&) {
    return {};
  }
}

std::string unique_marker(std::string_view name) {
  std::string marker;
  for (const char letter : name.substr(0, longest_name)) {
    const bool plain =
        std::isalnum(static_cast<unsigned char>(letter)) != 0 || letter == '-' || letter == '_';
    marker += plain ? letter : '_';
  }
  static std::random_device random;
  return fmt::format("{}-{:08x}{:08x}", marker.empty() ? "process" : marker, random(), random());
}

fs::path record_file(const fs::path& state_directory, std::string_view marker) {
  return state_directory / (std::string(marker) + std::string(suffix));
}

bool is_record_file(const fs::path& file) {
  return file.filename().native().ends_with(suffix);
}

Result<> write_record(const fs::path& file, const Record& record) {
  // Not synced: after a power cut there is no process left to end.
  std::error_code failed;
  fs::create_directories(file.parent_path(), failed);
  if (auto written = replace_file(file, to_json(record)); !written)
    return fail("{}; choose another --out folder", written.error().message);
  return {};
}

}  // namespace leakbisect::subject
