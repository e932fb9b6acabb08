#include "stats/kinds.hpp"
#include "unit/stats/synthetic.hpp"

#include <doctest/doctest.h>

using namespace leakbisect;
using namespace leakbisect::stats;

namespace {

// Bytes a request in each kind of memory.
struct Grown {
  double heap = 0;
  double native = 0;
  double shared = 0;
  double kernel = 0;
  double descriptors = 0;
};

// A server with a collected heap of 20 MB; pages are noisy, readings after a collection are not.
Series run_of(const Grown& growth, double seconds, unsigned seed) {
  synthetic::Recipe recipe;
  recipe.seconds = seconds;
  recipe.seed = seed;
  recipe.ar_sd = 200e3;
  Series run = synthetic::make(recipe);
  recipe.seed = seed + 1000;
  recipe.ar_sd = 3e3;
  const Series quiet = synthetic::make(recipe);
  for (std::size_t i = 0; i < run.size(); ++i) {
    Sample& sample = run[i];
    const double noise = quiet[i].at(Metric::anon) - recipe.base;
    sample.at(Metric::anon) += (growth.native + growth.heap) * sample.requests;
    sample.at(Metric::settled) = 20e6 + noise + growth.heap * sample.requests;
    sample.at(Metric::shared) = growth.shared * sample.requests;
    sample.at(Metric::kernel) = 1e6 + growth.kernel * sample.requests;
    sample.at(Metric::fds) = 20 + std::floor(growth.descriptors * sample.requests);
  }
  return run;
}

std::vector<KindEnds> kinds(const Grown& growth, double seconds = 30) {
  const auto found = kinds_apart(run_of({}, seconds, 1), run_of(growth, seconds, 2), {});
  return found ? *found : std::vector<KindEnds>{};
}

}  // namespace

TEST_SUITE("kinds of memory") {
  TEST_CASE("a leak of the heap is one kind, whatever pages it takes") {
    const auto found = kinds({.heap = 1500});
    REQUIRE(found.size() == 1);
    CHECK(found.front().cost == doctest::Approx(1500).epsilon(0.1));
  }
  TEST_CASE("native memory far beyond the heap comes first, and the heap is kept") {
    const auto found = kinds({.heap = 1500, .native = 100e3});
    REQUIRE(found.size() == 2);
    CHECK(found[0].name == "native");
    CHECK(found[0].cost == doctest::Approx(101.5e3).epsilon(0.1));
    CHECK(found[1].name == "heap");
    CHECK(found[1].cost == doctest::Approx(1500).epsilon(0.1));
    CHECK(found[1].is_within);
  }
  TEST_CASE("memory of no process is a kind, and what the kernel holds beside it another") {
    const auto found = kinds({.shared = 8192, .kernel = 1500});
    REQUIRE(found.size() == 2);
    CHECK(found[0].name == "shared");
    CHECK(found[0].cost == doctest::Approx(8192).epsilon(0.05));
    CHECK(found[1].name == "kernel");
  }
  TEST_CASE("descriptors tell the ends apart where no memory does") {
    const auto found = kinds({.descriptors = 1});
    REQUIRE(found.size() == 1);
    CHECK(found.front().name == "descriptors");
    CHECK(found.front().ends->metric() == Metric::fds);
    CHECK(found.front().ends->delta() == doctest::Approx(1).epsilon(0.02));
  }
  TEST_CASE("descriptors come first where memory is apart, but not surely") {
    // Two processes of one server that differ in how their heaps begin: 20 steps of a garbage that
    // is collected now and then.
    int unsure = 0;
    for (unsigned seed = 1; seed <= 120; ++seed) {
      const auto run = [&](double descriptors, unsigned own) {
        Series made = run_of({.descriptors = descriptors}, 16, own);
        synthetic::Recipe recipe;
        recipe.seconds = 16;
        recipe.seed = own + 5000;
        recipe.ar_sd = 60e3;
        const Series noise = synthetic::make(recipe);
        for (std::size_t i = 0; i < made.size(); ++i)
          made[i].at(Metric::settled) += noise[i - i % 8].at(Metric::anon) - recipe.base;
        return made;
      };
      const auto without = kinds_apart(run(0, seed), run(0, seed + 100), {});
      if (!without || is_sure(without->front())) continue;
      ++unsure;
      const auto found = kinds_apart(run(0, seed), run(0.9, seed + 100), {});
      REQUIRE(found.has_value());
      CHECK(found->front().name == "descriptors");
    }
    CHECK(unsure > 0);
  }
  TEST_CASE("where nothing grows no kind tells them apart") {
    CHECK(kinds({}).empty());
  }
  TEST_CASE("little growth that may be chance is none, a rare block of a megabyte is some") {
    const auto kind = [](double cost, double se) { return KindEnds{"memory", nullptr, cost, se}; };
    CHECK(is_chance(kind(2.4, 1.4), {}));
    CHECK(!is_chance(kind(8, 0.8), {}));
    CHECK(!is_chance(kind(12, 5), {}));  // may count
    Options asked;
    asked.smallest_slope = 4096;
    CHECK(is_chance(kind(300, 150), asked));
  }
  TEST_CASE("a trial with one kind only is judged by each") {
    const auto found = kinds({.heap = 1500, .native = 100e3});
    REQUIRE(found.size() == 2);
    const Series native = run_of({.native = 100e3}, 30, 5);
    const Series heap = run_of({.heap = 1500}, 30, 6);
    CHECK(replay(native, found[0].ends, {}).verdict == Verdict::leaking);
    CHECK(replay(native, found[1].ends, {}).verdict == Verdict::clean);
    CHECK(replay(heap, found[0].ends, {}).verdict == Verdict::clean);
    CHECK(replay(heap, found[1].ends, {}).verdict == Verdict::leaking);
  }
  TEST_CASE("alone, whatever surely grows is a leak, and clean needs all of them flat") {
    for (const Grown growth : {Grown{.heap = 2000}, Grown{.shared = 8192}, Grown{.kernel = 1500},
                               Grown{.descriptors = 1}}) {
      Options options;
      options.t_max_s = 60;
      CHECK(judge_alone(run_of(growth, 61, 3), options).verdict == Verdict::leaking);
      CHECK(judge_alone(run_of(growth, 20, 3), options).verdict == Verdict::undecided);
    }
    CHECK(judge_alone(run_of({}, 61, 3), {}).verdict == Verdict::clean);
    // Native memory, or a heap that is not full: nobody can say which.
    CHECK(judge_alone(run_of({.native = 100e3}, 61, 3), {}).verdict == Verdict::undecided);
  }
}
