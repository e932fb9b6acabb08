// V8's profile, as a reading.

#include "witness/heap_profile.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

using namespace leakbisect::witness;
using nlohmann::json;

namespace {

// (root) -> handler (1) -> keep (2); samples: two of keep, one of handler.
const char* const profile_text = R"json({
  "head": {"id": 0, "selfSize": 0, "callFrame": {"functionName": "(root)", "url": ""}, "children": [
    {"id": 1, "selfSize": 9000, "callFrame": {"functionName": "handler", "url": "file:///app/s.js",
     "lineNumber": 4, "columnNumber": 15}, "children": [
      {"id": 2, "selfSize": 17000, "callFrame": {"functionName": "keep", "url": "/app/s.js",
       "lineNumber": 0, "columnNumber": 13}, "children": []}]}]},
  "samples": [{"size": 8500, "nodeId": 2, "ordinal": 1}, {"size": 8500, "nodeId": 2, "ordinal": 4},
    {"size": 9000, "nodeId": 1, "ordinal": 7}, {"size": 5, "nodeId": 99, "ordinal": 8}]})json";

}  // namespace

TEST_CASE("a profile becomes stacks with bytes") {
  Recording recording;
  StackTable table(recording);
  Reading first, second;
  const json profile = json::parse(profile_text);
  REQUIRE(add_heap_profile(profile, 7, 8192, recording, table, first).has_value());
  REQUIRE(add_heap_profile(profile, 7, 8192, recording, table, second).has_value());
  CHECK(recording.stacks.size() == 2);
  CHECK(first.blocks.size() == 3);
  const Stack& deepest = recording.stacks[first.blocks.at((std::uint64_t{7} << 40) + 4).stack];
  REQUIRE(deepest.size() == 2);
  CHECK(deepest[0].file == "/app/s.js");
  CHECK(deepest[0].line == 5);
  CHECK(deepest[1].function == "keep");
  CHECK(deepest[1].line == 1);
  CHECK(add_heap_profile(json::object(), 7, 8192, recording, table, first).has_error());
}

TEST_CASE("how likely a sample was to be taken follows from what it stands for") {
  CHECK(inclusion(8192.0 + 8, 8192) < 0.01);
  CHECK(inclusion(81920, 8192) > 0.99);
  CHECK(inclusion(0, 8192) == doctest::Approx(1));
}
