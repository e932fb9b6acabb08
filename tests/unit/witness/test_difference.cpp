// With the culprit over without it: what is named, how much, and what is not.

#include "witness/difference.hpp"
#include "witness/words.hpp"
#include "witness/write.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <random>

using namespace leakbisect::witness;

namespace {

constexpr double interval = 8192;

Frame own(const char* function, const char* file, int line) {
  return {function, file, line, 1, true};
}
const Frame timer{"emit", "node:events", 470, 43, false};

// A made-up server: each stack leaks so many bytes a request, and others come and go.
struct Server {
  Recording recording;
  std::mt19937_64 random;
  std::uint64_t next = 1;
  std::vector<std::pair<std::uint64_t, Block>> kept;

  explicit Server(unsigned seed) : random(seed) { recording.recorder = "made up"; }

  void allocate(std::size_t stack, double bytes) {
    // Samples of small objects stand for the interval each.
    std::poisson_distribution<int> samples(bytes / interval);
    for (int left = samples(random); left > 0; --left)
      kept.push_back({next++, {stack, interval, interval * interval}});
  }
  // `per_request` by stack; `passing`: bytes of each stack that live at a reading by chance.
  void run(std::vector<Stack> stacks, const std::vector<double>& per_request, double passing,
           double external = 0) {
    recording.stacks = std::move(stacks);
    double heap = 4e6;
    for (int reading = 0; reading < 5; ++reading) {
      if (reading > 0)
        for (std::size_t k = 0; k < per_request.size(); ++k) {
          allocate(k, 200 * per_request[k]);
          heap += 200 * per_request[k];
        }
      Reading one;
      one.requests = 200.0 * (reading + 1);
      one.heap = heap + std::normal_distribution<>(0, 4000)(random);
      one.external = 200.0 * reading * external;
      const std::size_t lasting = kept.size();
      for (std::size_t k = 0; k < recording.stacks.size(); ++k) allocate(k, passing);
      one.blocks.insert(kept.begin(), kept.end());
      kept.resize(lasting);
      recording.readings.push_back(std::move(one));
    }
  }
};

const Stack created{timer, own("handler", "server.js", 30), own("created", "Video.vue", 33)};
const Stack segment{timer, own("handler", "server.js", 30), own("created", "Video.vue", 33),
                    own("segment", "Video.vue", 16)};
const Stack page{timer, own("page", "page.js", 5)};

}  // namespace

TEST_CASE("the function that leaks is named, with its share") {
  Server on(1), off(2);
  on.run({created, segment, page}, {300, 3800, 0}, 40'000);
  off.run({created, segment, page}, {0, 0, 0}, 40'000);
  const Finding finding = difference(on.recording, off.recording, Slope{4100, 60});
  REQUIRE(finding.rows.size() >= 1);
  CHECK(finding.rows[0].frame.function == "segment");
  CHECK(finding.rows[0].per_request == doctest::Approx(3800).epsilon(0.2));
  CHECK(finding.share() > 0.75);
  const auto site = site_of(finding);
  REQUIRE(site.has_value());
  CHECK(site->frame.line == 16);
  const auto lines = first_lines(finding);
  CHECK(lines[0].find("4.00 KiB a request") == 0);
  CHECK(lines[0].find("is allocated in Video.vue:16 (segment)") != std::string::npos);
  CHECK(lines[1].find("called by Video.vue:33 (created)") == 0);
  CHECK(folded(finding).find("Video.vue:33 (created);Video.vue:16 (segment) ") !=
        std::string::npos);
}

TEST_CASE("where it is allocated in several places, their caller is named") {
  Server on(3), off(4);
  const Stack other{timer, own("handler", "server.js", 30), own("created", "Video.vue", 33),
                    own("poster", "Video.vue", 20)};
  on.run({segment, other}, {2000, 2000}, 10'000);
  off.run({segment, other}, {0, 0}, 10'000);
  const Finding finding = difference(on.recording, off.recording, std::nullopt);
  const auto site = site_of(finding);
  REQUIRE(site.has_value());
  CHECK(site->frame.function == "created");
  CHECK(headline(finding).find("allocated below Video.vue:33 (created)") != std::string::npos);
}

TEST_CASE("a clean pair says nothing") {
  for (unsigned seed = 1; seed <= 20; ++seed) {
    CAPTURE(seed);
    Server on(seed), off(seed + 100);
    on.run({created, segment, page}, {0, 0, 0}, 60'000);
    off.run({created, segment, page}, {0, 0, 0}, 60'000);
    CHECK(difference(on.recording, off.recording, std::nullopt).rows.empty());
    // Nor where something else is what grows.
    CHECK(difference(on.recording, off.recording, Slope{4096, 50}).rows.empty());
  }
}

TEST_CASE("what grows in both is not the culprit's") {
  Server on(5), off(6);
  on.run({segment, page}, {1000, 3000}, 10'000);
  off.run({segment, page}, {0, 3000}, 10'000);
  const Finding finding = difference(on.recording, off.recording, Slope{1000, 20});
  REQUIRE(finding.rows.size() == 1);
  CHECK(finding.rows[0].frame.function == "segment");
}

TEST_CASE("a function that has moved between two commits is the same") {
  Server on(7), off(8);
  Stack moved = page;
  moved[1].line = 9;
  on.run({segment, moved}, {1000, 3000}, 10'000);
  off.run({segment, page}, {0, 3000}, 10'000);
  const Finding finding = difference(on.recording, off.recording, std::nullopt);
  REQUIRE(finding.rows.size() == 1);
  CHECK(finding.rows[0].frame.function == "segment");
}

TEST_CASE("below half the sentence says what the rest is") {
  Server on(9), off(10);
  on.run({segment}, {500}, 4000, 4096);
  off.run({segment}, {0}, 4000);
  const Finding finding = difference(on.recording, off.recording, Slope{4600, 50});
  const std::string said = headline(finding);
  CHECK(said.find("the recorder explains ") != std::string::npos);
  CHECK(said.find("the rest is 4.00 KiB in buffers outside the heap") != std::string::npos);
}

TEST_CASE("memory outside of the heap is not explained by it") {
  Server on(11), off(12);
  on.run({segment}, {0}, 4000);
  off.run({segment}, {0}, 4000);
  const std::string said = headline(difference(on.recording, off.recording, Slope{65536, 50}));
  CHECK(said.find(
            "64.0 KiB a request; no function's allocations stand out: 64.0 KiB in memory outside "
            "the heap") == 0);
}

TEST_CASE("what is too noisy to be told is not said to be flat") {
  const auto of_heaps = [](double each, double noise) {
    Recording recording;
    recording.recorder = "made up";
    for (int i = 0; i < 5; ++i) {
      Reading reading;
      reading.requests = 100.0 * i;
      reading.heap = 1e6 + each * reading.requests + (i % 2 == 0 ? noise : -noise);
      recording.readings.push_back(reading);
    }
    return recording;
  };
  const auto said = [&](double each, double noise) {
    return difference(of_heaps(each, noise), of_heaps(0, noise), std::nullopt).reason;
  };
  CHECK(said(0, 100).find("does not grow more") != std::string::npos);
  CHECK(said(0, 1e6).find("is not told") != std::string::npos);
  CHECK(said(2788, 1e6).find("is not told") != std::string::npos);
}
TEST_CASE("too little that was seen is a reason, no finding") {
  Server on(13), off(14);
  on.run({segment}, {1000}, 4000);
  off.recording.trouble = "process 7 (node): the connection is closed";
  CHECK(headline(difference(on.recording, off.recording, Slope{1000, 10})) ==
        "process 7 (node): the connection is closed");
}

TEST_CASE("a finding survives its file") {
  Server on(15), off(16);
  on.run({created, segment}, {300, 3800}, 4000, 512);
  off.run({created, segment}, {0, 0}, 4000);
  const Finding finding = difference(on.recording, off.recording, Slope{4600, 60});
  const auto again = finding_from_json(to_json(finding));
  REQUIRE(again.has_value());
  CHECK(to_json(*again) == to_json(finding));
  CHECK(finding_from_json(nlohmann::json::array()).has_error());
}
