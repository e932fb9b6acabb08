// Ends that are the other way round, and a good end that nobody named.

#include "fakes.hpp"
#include "hunt/answer/answer.hpp"
#include "hunt/ends/kinds_of_ends.hpp"
#include "hunt/ends/reversed_ends.hpp"
#include "tests/says.hpp"
#include "tests/thinned.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <set>

using namespace leakbisect;
using namespace leakbisect::test;
using strategies::Configuration;
using strategies::Shape;

namespace {

bool is_good_end(const Configuration& c) {
  return c.shape == Shape::history ? c.commit == strategies::no_unit : !c.off.empty();
}

// 100 requests a second for `seconds`, memory as `bytes` says.
stats::Series curve(double seconds, const std::function<double(double requests)>& bytes) {
  stats::Series series;
  std::uint64_t noise = 7;
  for (int i = 0; i < 10 * seconds; ++i) {
    noise = noise * 6364136223846793005ull + 1442695040888963407ull;
    stats::Sample sample;
    sample.t_s = 0.1 * i;
    sample.requests = 10.0 * i;
    sample.newest_pid = 42;
    sample.at(stats::Metric::anon) = bytes(sample.requests) + static_cast<double>(noise >> 52);
    series.push_back(sample);
  }
  return series;
}

// A look at one end that measured so much.
trial::Record look_at(trial::Purpose end, const char* id, const char* label, double slope) {
  trial::Record record;
  record.purpose = end;
  record.id = id;
  record.label = label;
  record.decision.slope = slope;
  record.decision.slope_se = 200;
  return record;
}

// A history of six units: five candidates for the good end, and the bad end.
struct OlderEnds {
  explicit OlderEnds(Truth truth)
      : source(Shape::history, 6), executor(source, folder.path, std::move(truth)) {}
  Result<hunt::EndSearched> search() {
    hunt::Interrupt interrupt;
    return search_end_with(source, executor, folder.path, interrupt);
  }
  TempFolder folder;
  FakeSource source;
  FakeExecutor executor;
};

Truth leaks_from(strategies::UnitIndex unit) {
  return [=](const Configuration& c) { return c.commit >= unit ? 4096.0 : 0.0; };
}

}  // namespace

TEST_SUITE("ends told apart") {
  TEST_CASE("a good end that shrinks as it starts is seen for longer") {
    const stats::Series bad = curve(30, [](double requests) { return 4096 * requests; });
    const auto shrinks = [](double requests) { return -8192 * std::min(requests, 1500.0); };
    const auto told_after = [&](const std::function<double(double)>& good_bytes) {
      const auto is_told = hunt::told_whole(bad, {});
      const stats::Series good = curve(30, good_bytes);
      for (std::size_t seen = 50; seen <= good.size(); seen += 10)
        if (is_told({good.begin(), good.begin() + static_cast<std::ptrdiff_t>(seen)}))
          return static_cast<double>(good[seen - 1].t_s);
      return double{INFINITY};
    };
    const double flat_s = told_after([](double) { return 0.0; });
    const double shrinking_s = told_after(shrinks);
    CAPTURE(flat_s);
    CAPTURE(shrinking_s);
    CHECK(flat_s < 15);
    CHECK(shrinking_s > 18);
    CHECK(shrinking_s <= 30);
  }
}

TEST_SUITE("ends the right way round") {
  TEST_CASE("a good end that leaks beside a flat bad end is said after the first pair") {
    for (const auto& [shape, strategy] :
         {std::pair(Shape::history, "bisect"), std::pair(Shape::toggles, "split")}) {
      const TempFolder folder;
      FakeSource source(shape, 12);
      FakeExecutor executor(source, folder.path,
                            [](const Configuration& c) { return is_good_end(c) ? 4096.0 : 0.0; });
      executor.curves = true;
      hunt::Interrupt interrupt;
      const auto model = hunt_with(source, executor, folder.path, strategy, interrupt);
      REQUIRE(model.has_value());
      CAPTURE(model->sentence);
      CHECK(model->result == report::HuntResult::reversed);
      CHECK(report::traits(model->result).exit == 5);
      CHECK(model->trials.size() == 2);
      CHECK(says(model->sentence, "the ends are the other way round: the good end leaks (4"));
      CHECK(says(model->sentence, "the bad end is flat"));
      CHECK(says(model->sentence, "--fix"));
    }
  }

  TEST_CASE("a slow server's are, before the flat bad end is watched for what begins late") {
    const TempFolder folder;
    FakeSource source(Shape::history, 12);
    FakeExecutor executor(source, folder.path,
                          [](const Configuration& c) { return is_good_end(c) ? 480.0 : 0.0; });
    executor.curves = true;
    executor.pace = 100;  // the first pair tells nothing
    executor.trial_s = 600;
    hunt::Interrupt interrupt;
    const auto model = hunt_with(source, executor, folder.path, "bisect", interrupt, 8 * 3600);
    REQUIRE(model.has_value());
    CAPTURE(model->sentence);
    CHECK(model->result == report::HuntResult::reversed);
    CHECK(model->trials.size() <= 4);
    for (const auto& one : model->trials) CHECK(one.seconds < 100);
  }

  TEST_CASE("by an oracle too, which is asked little") {
    const TempFolder folder;
    FakeSource source(Shape::history, 12);
    FakeExecutor executor(source, folder.path,
                          [](const Configuration& c) { return is_good_end(c) ? 4096.0 : 0.0; });
    hunt::Interrupt interrupt;
    const auto model = hunt_with(source, executor, folder.path, "bisect", interrupt);
    REQUIRE(model.has_value());
    CAPTURE(model->sentence);
    CHECK(model->result == report::HuntResult::reversed);
    CHECK(model->trials.size() <= 6);
    CHECK(says(model->sentence, "the other way round"));
  }

  TEST_CASE("a good end that leaks more than the bad end is the same") {
    const TempFolder folder;
    FakeSource source(Shape::history, 12);
    FakeExecutor executor(source, folder.path,
                          [](const Configuration& c) { return is_good_end(c) ? 9000.0 : 3000.0; });
    executor.curves = true;
    hunt::Interrupt interrupt;
    const auto model = hunt_with(source, executor, folder.path, "bisect", interrupt);
    REQUIRE(model.has_value());
    CAPTURE(model->sentence);
    CHECK(model->result == report::HuntResult::reversed);
    CHECK(says(model->sentence, "the good end leaks more (8"));
    CHECK(says(model->sentence, "the bad end leaks less (2."));
  }

  TEST_CASE("in a hunt for a fix the advice is the plain hunt") {
    const TempFolder folder;
    FakeSource source(Shape::history, 12);
    source.look_for(config::Find::fix);
    FakeExecutor executor(source, folder.path,
                          [](const Configuration& c) { return is_good_end(c) ? 0.0 : 4096.0; });
    executor.curves = true;
    hunt::Interrupt interrupt;
    const auto model = hunt_with(source, executor, folder.path, "bisect", interrupt);
    REQUIRE(model.has_value());
    CAPTURE(model->sentence);
    CHECK(model->result == report::HuntResult::reversed);
    CHECK(says(model->sentence, "the newer end leaks (4"));
    CHECK(says(model->sentence, "without --fix"));
  }

  TEST_CASE("what fills up at the good end, and noise, are no reversed ends") {
    const stats::Options options;
    const auto flat = curve(12, [](double) { return 1e7; });
    const auto leak = curve(12, [](double requests) { return 1e7 + 4096 * requests; });
    const auto cache =
        curve(12, [](double requests) { return 1e7 + 3e6 * (1 - std::exp(-requests / 250)); });
    CHECK(hunt::reversed_ends(leak, flat, options).has_value());
    CHECK(!hunt::reversed_ends(cache, flat, options).has_value());
    CHECK(!hunt::reversed_ends(flat, flat, options).has_value());
    CHECK(!hunt::reversed_ends(flat, leak, options).has_value());
  }
}

TEST_SUITE("a good end that nobody named") {
  TEST_CASE("the newest older commit that is flat, and the oldest that leaks") {
    OlderEnds ends(leaks_from(3));
    SUBCASE("by an oracle") {}
    SUBCASE("by curves") {
      ends.executor.curves = true;
    }
    const auto searched = ends.search();
    REQUIRE(searched.has_value());
    REQUIRE(searched->found);
    CHECK(searched->found->good == "unit2");
    CAPTURE(searched->found->sentence);
    CHECK(says(searched->found->sentence, "unit4 leaks too; unit3 leaks too; unit2 is flat"));
    const auto journal = hunt::Journal::open(ends.folder.path);
    REQUIRE(journal.has_value());
    REQUIRE((*journal)->found_end());
    CHECK((*journal)->found_end()->good == "unit2");
    CHECK((*journal)->found_end()->trials == (*journal)->finished().size());
  }

  TEST_CASE("what cannot be tested is stepped over") {
    OlderEnds ends([](const Configuration& c) -> std::optional<double> {
      if (c.commit == 2 || c.commit == 3) return std::nullopt;
      return c.commit >= 4 ? 4096.0 : 0.0;
    });
    const auto searched = ends.search();
    REQUIRE(searched.has_value());
    REQUIRE(searched->found);
    CHECK(searched->found->good == "unit1");
    CHECK(says(searched->found->sentence, "unit3 cannot be tested (broken by the test)"));
  }

  TEST_CASE(
      "releases come first; where none can be tested, what came after them is looked through") {
    bool is_built = true;
    OlderEnds ends([&](const Configuration& c) -> std::optional<double> {
      if (c.commit <= 2 && !is_built) return std::nullopt;
      return c.commit >= 4 ? 4096.0 : 0.0;
    });
    ends.source.labels = {{1, "v1.0"}, {2, "v1.1"}};
    std::string good = "unit2";
    SUBCASE("the newest can") {}
    SUBCASE("none can") {
      is_built = false;
      good = "unit3";
    }
    const auto searched = ends.search();
    REQUIRE(searched.has_value());
    REQUIRE(searched->found);
    CAPTURE(searched->found->sentence);
    CHECK(searched->found->good == good);
    CHECK(says(searched->found->sentence, is_built ? "v1.1 is flat" : "v1.0 cannot be tested"));
  }

  TEST_CASE("where all of them leak, the oldest that can be tested is named") {
    OlderEnds ends([](const Configuration& c) -> std::optional<double> {
      if (c.commit == 0) return std::nullopt;
      return 4096.0;
    });
    SUBCASE("by an oracle") {}
    SUBCASE("by curves") {
      ends.executor.curves = true;
    }
    const auto searched = ends.search();
    REQUIRE(searched.has_value());
    CHECK(!searched->found);
    CAPTURE(searched->model.sentence);
    CHECK(says(searched->model.sentence, "the oldest that can be tested leaks too: unit1"));
    CHECK(report::traits(searched->model.result).exit == 5);
  }

  TEST_CASE("where the bad end is flat nothing leaks" * doctest::skip(test::is_sanitized)) {
    OlderEnds ends([](const Configuration&) { return 0.0; });
    ends.executor.curves = true;
    const auto searched = ends.search();
    REQUIRE(searched.has_value());
    CHECK(!searched->found);
    CHECK(report::traits(searched->model.result).exit == 3);
  }

  TEST_CASE("interrupted anywhere and gone on with, it finds the same and no trial runs twice") {
    for (std::size_t stop_at = 1; stop_at <= 4; ++stop_at) {
      CAPTURE(stop_at);
      OlderEnds ends(leaks_from(3));
      hunt::Interrupt interrupt;
      ends.executor.on_run = [&](const std::string&) {
        if (ends.executor.ran.size() == stop_at) interrupt.raise();
      };
      const auto cut = search_end_with(ends.source, ends.executor, ends.folder.path, interrupt);
      REQUIRE(cut.has_value());
      CHECK(!cut->found);
      CHECK(cut->model.result == report::HuntResult::interrupted);
      std::set<std::string> finished;
      for (const auto& record : cut->model.trials) finished.insert(record.id);
      ends.executor.on_run = nullptr;
      ends.executor.ran.clear();
      const auto resumed = ends.search();
      REQUIRE(resumed.has_value());
      REQUIRE(resumed->found);
      CHECK(resumed->found->good == "unit2");
      for (const std::string& id : ends.executor.ran) CHECK(!finished.contains(id));
    }
  }

  TEST_CASE("a third of the budget is the most it takes") {
    OlderEnds ends(leaks_from(0));
    hunt::Interrupt interrupt;
    const auto searched =
        search_end_with(ends.source, ends.executor, ends.folder.path, interrupt, 12);
    REQUIRE(searched.has_value());
    CHECK(searched->model.result == report::HuntResult::budget);
    CHECK(says(searched->model.sentence, "no good end was found in a third of the budget"));
  }

  TEST_CASE("many candidates are tried at doubling distances first, and each once") {
    CHECK(hunt::order_of_ends(4) == std::vector<std::size_t>{0, 1, 2, 3});
    const auto order = hunt::order_of_ends(40);
    CHECK(std::vector<std::size_t>(order.begin(), order.begin() + 7) ==
          std::vector<std::size_t>{0, 1, 3, 7, 15, 31, 39});
    CHECK(std::set<std::size_t>(order.begin(), order.end()).size() == 40);
    CHECK(order.size() == 40);
  }
}

TEST_SUITE("a halt before anything was searched") {
  TEST_CASE("what was seen of both ends is told, and that they grow alike") {
    report::Model model;
    model.kind = "commit";
    model.trials = {look_at(trial::Purpose::control_bad, "t1", "0123456789", 9000),
                    look_at(trial::Purpose::control_good, "t2", "good end", 14400),
                    look_at(trial::Purpose::control_bad, "t3", "0123456789", 14250)};
    hunt::conclude_halt(model, hunt::Halt::budget);
    CHECK(says(model.sentence, "good end grew by 14.06"));
    CHECK(says(model.sentence, "(t2), 0123456789 grew by 13.9"));
    REQUIRE(model.advice.size() == 2);
    CHECK(says(model.advice[0], "good end may leak too: name an older one, or none"));
    CHECK(says(model.advice[1], "--budget"));
  }

  TEST_CASE("a flat end is not suspected, nor one that nobody has looked at") {
    report::Model model;
    model.kind = "version";
    model.trials = {look_at(trial::Purpose::control_bad, "t1", "2.0", 9000)};
    hunt::conclude_halt(model, hunt::Halt::interrupted);
    CHECK(says(model.sentence, "no trial of the search has ended yet."));
    CHECK(model.advice.size() == 1);
    model.trials.push_back(look_at(trial::Purpose::control_good, "t2", "good end", 300));
    model.advice.clear();
    hunt::conclude_halt(model, hunt::Halt::interrupted);
    CHECK(says(model.sentence, "good end grew by"));
    CHECK(model.advice.size() == 1);
  }
}
