// Inside the commit: the search goes on among its parts, and ends as what it is.

#include "fakes.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <set>

using namespace leakbisect;
using namespace leakbisect::test;
using strategies::Configuration;
using strategies::Shape;

namespace {

bool is_on(const Configuration& configuration, strategies::UnitIndex unit) {
  return !std::ranges::binary_search(configuration.off, unit);
}

// Leaks since commit 6 of 12; inside it, as `inside` says.
Truth leaks(std::function<std::optional<bool>(const Configuration&)> inside) {
  return [inside](const Configuration& c) -> std::optional<double> {
    if (c.shape == Shape::history)
      return c.commit != strategies::no_unit && c.commit >= 6 ? 4096.0 : 0.0;
    const auto leaking = inside(c);
    if (!leaking) return std::nullopt;
    return *leaking ? 4096.0 : 0.0;
  };
}

struct Commit {
  explicit Commit(Truth truth, std::size_t parts = 5) : source(Shape::history, 12) {
    source.parts = parts;
    executor.emplace(source, folder.path, std::move(truth));
  }
  Result<report::Model> hunt() {
    hunt::Interrupt interrupt;
    return hunt_with(source, *executor, folder.path, "bisect", interrupt);
  }
  TempFolder folder;
  FakeSource source;
  std::optional<FakeExecutor> executor;
};

}  // namespace

TEST_SUITE("drill") {
  TEST_CASE("the hunk is named and proven") {
    Commit commit(leaks([](const Configuration& c) { return is_on(c, 3); }));
    const auto model = commit.hunt();
    REQUIRE(model.has_value());
    CHECK(model->result == "culprit");
    CHECK(model->culprits[0].unit == "unit6");
    REQUIRE(model->drills.size() == 1);
    CHECK(model->drills[0].result == "hunk");
    CHECK(model->drills[0].units == 5);
    REQUIRE(model->drills[0].culprits.size() == 1);
    CHECK(model->drills[0].culprits[0].unit == "unit3");
    CHECK(model->drills[0].proof.holds);
    CHECK(model->drills[0].confidence >= 0.98);
    CHECK(report::to_html(*model).find("Inside the commit") != std::string::npos);
    CHECK(report::to_text(*model).find("unit3") != std::string::npos);
    CHECK(report::to_json(*model)["drill"]["culprits"][0]["unit"] == "unit3");
  }

  TEST_CASE("a hunk that does not build without another is still named") {
    // 3 leaks, and needs 1 to be built.
    Commit commit(leaks([](const Configuration& c) -> std::optional<bool> {
      if (is_on(c, 3) && !is_on(c, 1)) return std::nullopt;
      return is_on(c, 3);
    }));
    const auto model = commit.hunt();
    REQUIRE(model.has_value());
    REQUIRE(model->drills.size() == 1);
    CAPTURE(model->drills[0].sentence);
    CHECK(model->drills[0].result == "hunk");
    REQUIRE(model->drills[0].culprits.size() == 1);
    const auto& row = model->drills[0].culprits[0];
    const bool named =
        row.unit == "unit3" || std::ranges::find(row.together, "unit3") != row.together.end();
    CHECK(named);
    CHECK(model->drills[0].proof.holds);
  }

  TEST_CASE("a commit of one hunk needs no trial more") {
    Commit commit(leaks([](const Configuration&) { return true; }), 1);
    const auto model = commit.hunt();
    REQUIRE(model.has_value());
    REQUIRE(model->drills.size() == 1);
    CHECK(model->drills[0].culprits[0].unit == "unit0");
    for (const auto& record : model->trials) CHECK(record.purpose != trial::Purpose::drill);
  }

  TEST_CASE("what the change shows upon the good end says whether it only lets a leak out") {
    std::size_t parts = 5;
    SUBCASE("of several hunks") {}
    SUBCASE("of one hunk") {
      parts = 1;
    }
    CAPTURE(parts);
    Commit commit(leaks([](const Configuration& c) { return is_on(c, 0); }), parts);
    commit.source.is_carried = true;
    std::optional<double> upon;
    commit.executor->upon_good = [&](const Configuration& c) {
      CHECK(is_on(c, 0));
      return upon;
    };
    const auto origin = [&] {
      const auto model = commit.hunt();
      REQUIRE(model.has_value());
      REQUIRE(model->drills.size() == 1);
      REQUIRE(model->drills[0].origin.has_value());
      CHECK(model->result == "culprit");
      CHECK(report::to_text(*model).find("upon the good end") != std::string::npos);
      CHECK(report::to_html(*model).find("upon the good end") != std::string::npos);
      CHECK(report::to_json(*model)["drill"]["origin"]["trial"] == model->trials.back().id);
      return report::to_json(*model)["drill"]["origin"]["kind"].get<std::string>();
    };
    SUBCASE("it leaks there too") {
      upon = 4096.0;
      CHECK(origin() == "complete");
    }
    SUBCASE("it is clean there") {
      upon = 0.0;
      CHECK(origin() == "enabling");
    }
    SUBCASE("it cannot be put there") {
      CHECK(origin() == "unknown");
    }
  }

  TEST_CASE("a merge that leaks without what was changed by hand is called one") {
    Commit commit(leaks([](const Configuration&) { return true; }));
    commit.source.is_merge = true;
    SUBCASE("searched") {}
    SUBCASE("with nothing to search") {
      commit.source.parts = 0;
    }
    const auto model = commit.hunt();
    REQUIRE(model.has_value());
    CHECK(model->result == "culprit");
    REQUIRE(model->drills.size() == 1);
    CAPTURE(model->drills[0].sentence);
    CHECK(model->drills[0].result == "merge");
    CHECK(model->drills[0].culprits.empty());
  }

  TEST_CASE("interrupted in a drill and gone on with, no trial runs twice") {
    const auto truth = leaks([](const Configuration& c) { return is_on(c, 3); });
    Commit whole(truth);
    REQUIRE(whole.hunt().has_value());
    const std::size_t trials = whole.executor->ran.size();
    for (std::size_t stop_at = 1; stop_at <= trials; ++stop_at) {
      CAPTURE(stop_at);
      Commit commit(truth);
      hunt::Interrupt interrupt;
      commit.executor->on_run = [&](const std::string&) {
        if (commit.executor->ran.size() == stop_at) interrupt.raise();
      };
      const auto cut =
          hunt_with(commit.source, *commit.executor, commit.folder.path, "bisect", interrupt);
      REQUIRE(cut.has_value());
      CHECK(cut->result == "interrupted");
      std::set<std::string> finished;
      for (const auto& record : cut->trials) finished.insert(record.id);
      commit.executor->on_run = nullptr;
      commit.executor->ran.clear();
      const auto resumed = commit.hunt();
      REQUIRE(resumed.has_value());
      CHECK(resumed->result == "culprit");
      REQUIRE(resumed->drills.size() == 1);
      CHECK(resumed->drills[0].culprits[0].unit == "unit3");
      for (const std::string& id : commit.executor->ran) CHECK(!finished.contains(id));
    }
  }
}
