// What a program that searches is told, by one that writes it down.

#include "base/files.hpp"
#include "fakes.hpp"
#include "hunt/exec/make_strategy.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <sstream>

using namespace leakbisect;
using namespace leakbisect::test;

namespace {

constexpr const char* asks_for_the_first = R"(exec:while read -r line; do
  echo "$line" >> said.txt
  case $line in *'"op":"ask"'*) echo '{"trials": [{"commit": 0}]}';; esac
done)";

std::vector<nlohmann::json> lines_of(const std::filesystem::path& file, const std::string& op) {
  std::vector<nlohmann::json> lines;
  std::istringstream text(read_if_there(file));
  for (std::string line; std::getline(text, line);) {
    auto object = nlohmann::json::parse(line);
    if (object["op"] == op) lines.push_back(std::move(object));
  }
  return lines;
}

}  // namespace

TEST_SUITE("a strategy that is a program") {
  TEST_CASE("is told the prior at first, and costs with the ask from which on they hold") {
    const TempFolder folder;
    strategies::SearchSpace space;
    space.shape = strategies::Shape::history;
    for (const char* name : {"a", "b", "c"}) space.names.push_back(name);
    space.parents.push_row({});
    space.parents.push_row(std::vector<strategies::UnitIndex>{0});
    space.parents.push_row(std::vector<strategies::UnitIndex>{1});
    space.prior = {1, 2, 3};
    {
      hunt::ExecPlace place;
      place.directory = place.folder = folder.path;
      const auto made = hunt::make_strategy(asks_for_the_first, space, 1, place);
      REQUIRE(made.has_value());
      const strategies::Costs costs{4, 5, 6};
      for (const strategies::Costs& now : {strategies::Costs{}, costs, costs, strategies::Costs{}})
        CHECK((*made)->ask(1, now).size() == 1);
    }
    const auto init = lines_of(folder.path / "said.txt", "init");
    REQUIRE(init.size() == 1);
    CHECK(init[0]["prior"] == nlohmann::json{{"a", 1.0}, {"b", 2.0}, {"c", 3.0}});
    const auto asks = lines_of(folder.path / "said.txt", "ask");
    REQUIRE(asks.size() == 4);
    CHECK_FALSE(asks[0].contains("cost"));
    CHECK(asks[1]["cost"] == nlohmann::json{{"a", 4.0}, {"b", 5.0}, {"c", 6.0}});
    CHECK_FALSE(asks[2].contains("cost"));
    CHECK(asks[3]["cost"] == nlohmann::json::object());
  }
}
