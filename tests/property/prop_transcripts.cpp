// Every file of transcripts/: the truth is stated as a rule, and the whole search is pinned.

#include "world.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>

namespace leakbisect::strategies::prop_transcripts {

namespace {

struct Script {
  std::string head;  ///< with its closing line
  std::string body;
  std::map<std::string, std::vector<std::string>> settings;
};

Script read_script(const std::filesystem::path& path) {
  Script script;
  std::ifstream file(path);
  std::string text;
  bool is_head = true;
  while (std::getline(file, text)) {
    (is_head ? script.head : script.body) += text + "\n";
    if (text == "--") is_head = false;
    const std::size_t colon = text.find(": ");
    if (!is_head || colon == std::string::npos) continue;
    std::istringstream words(text.substr(colon + 2));
    std::string word;
    while (words >> word) script.settings[text.substr(0, colon)].push_back(word);
  }
  return script;
}

UnitIndex index_of(const SearchSpace& space, const std::string& name) {
  const auto found = std::find(space.names.begin(), space.names.end(), name);
  REQUIRE_MESSAGE(found != space.names.end(), "unknown unit " << name);
  return static_cast<UnitIndex>(found - space.names.begin());
}

World world_of(Script& script) {
  World world{"", {}, {}};
  const bool is_history = script.settings.contains("commits");
  world.space.shape = is_history ? Shape::history : Shape::toggles;
  world.space.noise = {0, 0};
  world.space.names = script.settings[is_history ? "commits" : "units"];
  for (UnitIndex unit = 0; unit < world.space.size(); ++unit) {
    std::vector<UnitIndex> row;
    const std::string prefix = world.space.names[unit] + ":";
    for (const std::string& need : script.settings["needs"]) {
      if (need.starts_with(prefix)) {
        row.push_back(index_of(world.space, need.substr(prefix.size())));
      }
    }
    if (is_history && row.empty() && unit > 0) row.push_back(unit - 1);
    world.space.parents.push_row(row);
  }
  for (std::string set : script.settings["leaks"]) {
    std::replace(set.begin(), set.end(), '+', ' ');
    std::istringstream names(set);
    std::string name;
    world.culprits.emplace_back();
    while (names >> name) world.culprits.back().push_back(index_of(world.space, name));
  }
  for (const std::string& name : script.settings["untestable"]) {
    (is_history ? world.broken : world.essential).push_back(index_of(world.space, name));
  }
  return world;
}

std::string transcript(Script& script) {
  const World world = world_of(script);
  const StrategyInfo* info = find_strategy(script.settings["strategy"].at(0));
  REQUIRE(info != nullptr);
  Drive drive;
  if (script.settings.contains("slots")) drive.slots = std::stoul(script.settings["slots"][0]);
  const auto strategy = info->make(world.space, world.space.prior, 1);
  const Run result = run(*strategy, world, drive);
  std::string text = result.log;
  REQUIRE(result.answer.has_value());
  for (const Culprit& culprit : result.answer->culprits) {
    text += "culprit";
    for (const UnitIndex unit : culprit.units) text += " " + world.space.names[unit];
    if (culprit.equivalents != culprit.units) {
      text += "; one of";
      for (const UnitIndex unit : culprit.equivalents) text += " " + world.space.names[unit];
    }
    text += "\n";
  }
  return text + result.answer->reason + "\n";
}

}  // namespace

TEST_CASE("every search goes exactly as its transcript says") {
  std::vector<std::filesystem::path> paths;
  for (const auto& entry : std::filesystem::directory_iterator(TRANSCRIPTS)) {
    if (entry.path().extension() == ".txt") paths.push_back(entry.path());
  }
  std::sort(paths.begin(), paths.end());
  CHECK(paths.size() >= 6);
  for (const auto& path : paths) {
    Script script = read_script(path);
    const std::string now = transcript(script);
    if (std::getenv("LEAKBISECT_UPDATE") != nullptr) {
      std::ofstream(path) << script.head << now;
      continue;
    }
    CAPTURE(path.filename().string());
    CHECK(script.body == now);
  }
}

}  // namespace leakbisect::strategies::prop_transcripts
