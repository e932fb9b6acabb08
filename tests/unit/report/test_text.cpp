#include "report/model.hpp"
#include "sample.hpp"

#include <doctest/doctest.h>

using namespace leakbisect;
using namespace leakbisect::report;

TEST_SUITE("closing lines") {
  TEST_CASE("a culprit, with its proof") {
    const TempFolder folder;
    Model model = component_hunt(folder.path);
    model.directory = "out";
    CHECK(to_text(model) ==
          R"(The component video leaks 90.8 KiB with every request (probability 99.7%).

video
  what         stub of components/LiveVideo.vue
  leaks        90.8 ± 1.8 KiB/request
  probability  99.7%

  proof        With only video on the server leaks; with video off and all else on it does not. Two fresh processes each, twice as long.
  trials       13 in 4m 35s (3m 30s of server time, 64.7 s of builds)
  strategy     split, seed 1
  warning      Trial t4 could not be built; the answer does not depend on it.
  next         Look at what components/LiveVideo.vue starts in created() and never stops.
  report       out/report.html

┌ PROVEN ──────────────────────────────────────────────────────────────────────┐
│ stub of components/LiveVideo.vue                                             │
│ leaks      90.8 ± 1.8 KiB/request                                            │
│ which is   1.39 ± 0.03 TiB a day at about 190 requests/s                     │
│ next       Look at what components/LiveVideo.vue starts in created() and     │
│            never stops.                                                      │
│ again      leakbisect report out --open                                      │
└──────────────────────────────────────────────────────────────────────────────┘
)");
  }
  TEST_CASE("a pair, and a class that the trials cannot tell apart") {
    Model model;
    model.sentence = "Two units leak together.";
    model.strategy = "ddmin";
    model.directory = "out";
    model.culprits = {{"a", "", 0.99, {"a", "b"}, {"a", "c"}, 10, 0}};
    model.trials = {measured("t1", {}, stats::Verdict::leaking, 10)};
    model.trials[0].counts.counts_requests = false;
    CHECK(to_text(model) == R"(Two units leak together.

a + b
  leaks        10 B/second
  together     leaks only when all of these are on
  probability  99.0%
  class        a, c (trials cannot tell these apart)

  trials       1 in 0 ms (12.4 s of server time)
  strategy     ddmin, seed 1
  report       out/report.html

┌ STILL RUNNING ───────────────────────────────────────────────────────────────┐
│ a and b together                                                             │
│ leaks      10 B/second                                                       │
│ which is   844 KiB a day                                                     │
│ again      leakbisect report out --open                                      │
└──────────────────────────────────────────────────────────────────────────────┘
)");
  }
  TEST_CASE("a night cut short ends with its ranking") {
    Model model;
    model.result = HuntResult::budget;
    model.running = false;
    model.sentence = "The budget of 8h is spent; video is the first suspect.";
    model.strategy = "bisect";
    model.directory = "out";
    model.wall_seconds = 28800;
    model.ranking = {{"video", 0.91}, {"ads", 0.05}};
    model.none_probability = 0.04;
    model.advice = {"leakbisect resume out --budget 2h"};
    CHECK(to_text(model) == R"(The budget of 8h is spent; video is the first suspect.

  trials       0 in 8h 00m (0 ms of server time)
  strategy     bisect, seed 1
  ranking        91.0%  video
                  5.0%  ads
                  4.0%  nothing leaks
  next         leakbisect resume out --budget 2h
  report       out/report.html

┌ BUDGET SPENT ────────────────────────────────────────────────────────────────┐
│ The budget of 8h is spent; video is the first suspect.                       │
│ next       leakbisect resume out --budget 2h                                 │
│ again      leakbisect report out --open                                      │
└──────────────────────────────────────────────────────────────────────────────┘
)");
  }
  TEST_CASE("names cannot act on the terminal") {
    const std::string text = to_text(model_of("a\x1b[2Jb\u202ec\rd"));
    CHECK(text.find('\x1b') == std::string::npos);
    CHECK(text.find('\r') == std::string::npos);
    CHECK(text.find("\u202e") == std::string::npos);
    CHECK(text.find("abc d") != std::string::npos);
  }
}
