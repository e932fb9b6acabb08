#include "report/headline.hpp"
#include "report/html_parts.hpp"
#include "report/terminal.hpp"
#include "sample.hpp"
#include "tests/says.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <cmath>
#include <sstream>

using namespace leakbisect;
using namespace leakbisect::report;
using leakbisect::test::says;

namespace {

// A commit hunt with its hunk: three commits tested, the third of ten is the culprit.
Model commit_hunt() {
  Model model;
  model.result = HuntResult::culprit;
  model.running = false;
  model.kind = "commit";
  model.sentence = "The leak comes from cccccccccccc Keep @watchers, closes #12.";
  model.directory = "out";
  const auto add = [&](strategies::UnitIndex commit, std::string name, stats::Verdict verdict,
                       double slope) {
    auto record = measured("t" + std::to_string(model.trials.size() + 1), {}, verdict, slope);
    record.configuration.shape = strategies::Shape::history;
    record.configuration.commit = commit;
    record.on_or_commit = {name};
    record.label = name;
    record.load_rate = 50;
    model.trials.push_back(record);
  };
  add(9, "jjjjjjjjjjjj", stats::Verdict::leaking, 2048);
  add(1, "bbbbbbbbbbbb", stats::Verdict::clean, 3);
  add(2, "cccccccccccc", stats::Verdict::leaking, 2050);
  model.described["cccccccccccc"] = "cccccccccc Keep <watchers>";
  CulpritRow row;
  row.unit = row.description = "cccccccccccc";
  row.probability = 0.997;
  row.slope = 2048;
  row.slope_se = 20;
  model.culprits = {row};
  model.proof = {true, true, {"t3"}, {"t2"}, "flat without, grows with", "bbbbbbbbbbbb"};
  Drill drill;
  drill.proof = model.proof;
  drill.hunks = {{"src/a.c:3-5", "", "--- a/a.c\n+++ b/a.c\n@@ -3 +3 @@\n-free(x);\n+keep(x);\n"}};
  model.drills = {drill};
  return model;
}

std::size_t longest_line(const std::string& text) {
  std::istringstream lines(text);
  std::size_t most = 0;
  for (std::string line; std::getline(lines, line);) most = std::max(most, columns_of(line));
  return most;
}

}  // namespace

TEST_SUITE("headline") {
  TEST_CASE("proven is only one unit, shown beside its own parent in fresh processes") {
    Model model = commit_hunt();
    CHECK(headline_of(model).badge == "PROVEN");
    model.proof.is_narrow = false;
    CHECK(headline_of(model).badge == "LIKELY");
    model.proof.is_narrow = true;
    model.culprits.front().same = {{"a", "a", 0.5}, {"b", "b", 0.5}};
    CHECK(headline_of(model).badge == "LIKELY");
    model.culprits.front().same.clear();
    model.proof.done = false;
    CHECK(headline_of(model).badge == "LIKELY");
    model.proof.done = true;
    model.proof.holds = false;
    model.result = HuntResult::unproven;
    CHECK(headline_of(model).badge == "NOT PROVEN");
    model.proof = {};
    CHECK(headline_of(model).badge == "NOT PROVEN");
    model.running = true;
    CHECK(headline_of(model).badge == "STILL RUNNING");
  }
  TEST_CASE("a hunt without a culprit says what it came to") {
    Model model;
    model.running = false;
    for (const auto& [result, badge] : std::vector<std::pair<HuntResult, std::string>>{
             {HuntResult::clean, "NOTHING LEAKS"},
             {HuntResult::undecided, "UNDECIDED"},
             {HuntResult::budget, "BUDGET SPENT"},
             {HuntResult::interrupted, "INTERRUPTED"},
             {HuntResult::reversed, "THE ENDS ARE REVERSED"},
             {HuntResult::untestable, "CANNOT BE TESTED"}}) {
      model.result = result;
      CHECK(headline_of(model).badge == badge);
      CHECK(headline_of(model).slope.empty());
      CHECK(headline_of(model).per_day.empty());
    }
  }
  TEST_CASE("a day is as long as the load's rate says") {
    Model model = commit_hunt();
    CHECK(headline_of(model).slope == "2.00 ± 0.04 KiB/request");
    CHECK(headline_of(model).per_day == "8.24 ± 0.16 GiB a day at 50 requests/s");
    CHECK(growth_per_day(model).first == doctest::Approx(2048.0 * 50 * 86400));
    model.culprits.front().of_requests = 0.5;  // of a route that is every second request
    CHECK(growth_per_day(model).first == doctest::Approx(2048.0 * 25 * 86400));
    model.culprits.front().of_requests = 1;
    for (auto& record : model.trials) {
      record.load_rate = 0;
      record.requests = 4321;
      record.seconds = 11;
      record.ready_seconds = 1;
    }
    CHECK(says(headline_of(model).per_day, "at about 430 requests/s"));
    for (auto& record : model.trials) record.requests = 0;  // an oracle's
    CHECK(headline_of(model).per_day.empty());
    for (auto& record : model.trials) record.counts.counts_requests = false;
    CHECK(headline_of(model).per_day == "168.8 ± 3.2 MiB a day");
  }
  TEST_CASE("lines inside a commit are likely until their own proof holds") {
    Model model = commit_hunt();
    CHECK(headline_of(model).place == "src/a.c:3-5");
    model.drills.front().proof.holds = false;
    CHECK(headline_of(model).place == "likely src/a.c:3-5");
    model.drills.clear();
    model.culprits.front().place = "components/video.vue";
    CHECK(headline_of(model).place == "components/video.vue");
  }
  TEST_CASE("the box keeps to its width and shortens names in their middle") {
    Model model = commit_hunt();
    model.culprits.front().description = "aaaaaaaaaa " + std::string(200, 'x') + " the end";
    for (const std::size_t width : {40, 60, 80, 200}) {
      const std::string box = boxed(model, width);
      CHECK(longest_line(box) == std::min<std::size_t>(width, 100));
      CHECK(says(box, "the end"));
      CHECK(says(box, "PROVEN"));
    }
    CHECK(shortened("components/shop/price.vue", 12) == "compo…ce.vue");
    CHECK(shortened("short", 12) == "short");
  }
  TEST_CASE("all places tell the same figures") {
    const Model model = commit_hunt();
    const std::string size = "2.00 ± 0.04 KiB/request";
    const std::string day = "8.24 ± 0.16 GiB a day at 50 requests/s";
    for (const std::string& text :
         {to_text(model), to_markdown(model), to_html(model), to_json(model).dump()}) {
      CHECK(says(text, size));
      CHECK(says(text, day));
      CHECK(says(text, "PROVEN"));
      CHECK(says(text, "src/a.c:3-5"));
    }
  }
}

TEST_SUITE("report.md") {
  TEST_CASE("it has the answer, the change and the trials that matter") {
    Model model = commit_hunt();
    model.trials[0].purpose = trial::Purpose::control_bad;
    model.trials[2].purpose = trial::Purpose::proof_on;
    model.trials.push_back(measured("t4", {"x"}, stats::Verdict::undecided, 5));
    const std::string text = to_markdown(model);
    CHECK(says(text, "**PROVEN** The leak comes from"));
    CHECK(says(text, "```diff\n--- a/a.c\n+++ b/a.c\n@@ -3 +3 @@\n-free(x);\n+keep(x);\n```\n"));
    CHECK(says(text, "| `t3` | `cccccccccccc` (proof, on) | leaking | "));
    CHECK(!says(text, "`t4`"));
    CHECK(says(text, "1 other trial is in report.json"));
  }
  TEST_CASE("names neither call people nor close issues nor become markup") {
    const std::string text = to_markdown(commit_hunt());
    CHECK(!says(text, "@watchers"));
    CHECK(!says(text, "#12"));
    Model model = model_of("<img src=x>`|[a](b)\n# c");
    model.drills = {Drill{}};
    model.drills.front().hunks = {{"a", "b", "```\n<b>\n"}};
    const std::string hostile = to_markdown(model);
    CHECK(!says(hostile, "\n# c"));
    CHECK(says(hostile, "\\<img src=x\\>\\`\\|\\[a\\](b)"));
    CHECK(says(hostile, "\n````diff\n```\n<b>\n````\n"));
  }
}

TEST_SUITE("first screen") {
  TEST_CASE("with and without the culprit, above the clean end") {
    const TempFolder folder;
    Model model = component_hunt(folder.path);
    model.trials[0].seconds = model.trials[1].seconds = 22;
    const Curves curves = read_curves(model);
    auto two = two_curves(model, curves);
    REQUIRE(two.has_value());
    CHECK(two->leaking.name == "with video");
    CHECK(two->clean.name == "without video");
    CHECK(two->reference == "t2");
    CHECK(two->leaking.growth[two->points / 2] > 50e6);
    CHECK(std::abs(two->clean.growth[two->points / 2]) < 20e6);
    CHECK(says(two_curves_words(*two, curves), "without video by"));
    model.proof.holds = false;  // then the two ends, by what they were
    two = two_curves(model, curves);
    REQUIRE(two.has_value());
    CHECK(two->leaking.name == "all on");
    CHECK(two->reference.empty());
    model.trials.clear();
    CHECK(!two_curves(model, read_curves(model)).has_value());
  }
  TEST_CASE("the change is coloured and stays text") {
    const std::string page = diff_block("--- a\n+++ b\n@@ -1 +1 @@\n--- <x>\n+y\n z\n", 40);
    CHECK(says(page, "<span class=\"file\">--- a</span>"));
    CHECK(says(page, "<span class=\"del\">--- &lt;x&gt;</span>"));
    CHECK(says(page, "<span class=\"add\">+y</span>"));
  }
  TEST_CASE("commits stand in their order with what lies between them") {
    const std::string line = history_section(commit_hunt());
    CHECK(line.find("bbbbbbbbbb") < line.find("Keep &lt;watchers&gt;"));
    CHECK(line.find("Keep &lt;watchers&gt;") < line.find("jjjjjjjjjj"));
    CHECK(says(line, "6 commits not tested"));
    CHECK(says(line, "<em>the culprit</em>"));
    CHECK(history_section(model_of("x")).empty());
  }
  TEST_CASE("routes have a bar each") {
    const TempFolder folder;
    Model model = component_hunt(folder.path);
    CHECK(routes_section(model).empty());
    model.kind = "route";
    const std::string bars = routes_section(model);
    CHECK(says(bars, "<code>video</code></th><td class=\"bar leaking\""));
    CHECK(says(bars, "<code>comments</code></th><td class=\"bar clean\""));
  }
}
