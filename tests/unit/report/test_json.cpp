#include "report/model.hpp"
#include "sample.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <cmath>
#include <set>

using namespace leakbisect;
using namespace leakbisect::report;
using nlohmann::json;

namespace {

std::set<std::string> keys_of(const json& object) {
  std::set<std::string> keys;
  for (const auto& [key, value] : object.items()) keys.insert(key);
  return keys;
}

}  // namespace

TEST_SUITE("report.json") {
  TEST_CASE("it has the keys of version 1") {
    const TempFolder folder;
    const json report = to_json(component_hunt(folder.path));
    CHECK(keys_of(report) ==
          std::set<std::string>{
              "version",          "result",     "running",  "sentence",     "advice",
              "positive_control", "confidence", "find",     "found_end",    "kind",
              "hunt_file",        "strategy",   "seed",     "culprits",     "ranking",
              "none_probability", "trials",     "progress", "totals",       "proof",
              "headline",         "left",       "drill",    "other_drills", "twins",
              "warnings"});
    CHECK(report.at("version") == 1);
    CHECK(keys_of(report.at("culprits").at(0)) ==
          std::set<std::string>{"unit", "description", "probability", "class", "class_probability",
                                "credible_set", "credible_probability", "tried_apart", "together",
                                "slope_bytes_per_request", "slope_se", "beside", "parts", "grows",
                                "pattern", "proof", "place", "followed", "share"});
    CHECK(keys_of(report.at("ranking").at(0)) == std::set<std::string>{"unit", "probability"});
    CHECK(keys_of(report.at("totals")) == std::set<std::string>{"trials", "server_seconds",
                                                                "build_seconds", "wall_seconds",
                                                                "budget_seconds"});
    CHECK(report.at("trials").size() == report.at("totals").at("trials").get<std::size_t>());
    CHECK(report.at("totals").at("build_seconds").get<double>() == doctest::Approx(64.7));
  }
  TEST_CASE("a culprit without a class is alone in its own") {
    Model model;
    model.culprits = {{"video", "", 0.9, {}, {}, 1, 1}};
    CHECK(to_json(model).at("culprits").at(0).at("class") == json{"video"});
    model.culprits[0].equivalents = {"video", "ads"};
    CHECK(to_json(model).at("culprits").at(0).at("class") == json{"video", "ads"});
  }
  TEST_CASE("an empty hunt and unknown figures still give JSON") {
    Model model;
    model.confidence = std::nan("");
    const json report = json::parse(to_json(model).dump());
    CHECK(report.at("confidence").is_null());
    CHECK(report.at("culprits") == json::array());
    CHECK(report.at("result") == "interrupted");
  }
  TEST_CASE("text that is no UTF-8 still gives JSON") {
    CHECK(!to_json(model_of("a\xff\xc3")).dump().empty());
  }
}
