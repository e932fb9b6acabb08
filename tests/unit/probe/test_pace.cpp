#include "probe/node_options.hpp"
#include "probe/pace.hpp"

#include <doctest/doctest.h>

#include <cstdlib>

using namespace leakbisect;
using namespace leakbisect::probe;

TEST_SUITE("pace of collections") {
  TEST_CASE("collections take a tenth of the time, and come four times a second at most") {
    Pace pace({});
    pace.after(3);  // opens the way: says nothing of collections
    CHECK(pace.after(0.001) == doctest::Approx(0.25));
    for (int k = 0; k < 10; ++k) pace.after(0.08);
    CHECK(pace.after(0.08) == doctest::Approx(0.8));
    CHECK(pace.after(30) == doctest::Approx(0.8));  // one that was held up changes nothing
  }

  TEST_CASE("a pace of the user's is kept unless the collections do not keep up") {
    Pace pace(1.0);
    CHECK(pace.after(0.5) == 1);
    CHECK(pace.after(2) == 3);
  }
}

TEST_SUITE("environment of Node") {
  TEST_CASE("the inspector's port is added behind what NODE_OPTIONS holds") {
    config::Memory memory;
    std::map<std::string, std::string> env{{"NODE_OPTIONS", "--max-old-space-size=64"}};
    let_node_settle(memory, 40000, env);
    CHECK(env["NODE_OPTIONS"] == "--max-old-space-size=64 --inspect-port=127.0.0.1:40000");
    let_node_settle(memory, 40000, env);
    CHECK(env["NODE_OPTIONS"] == "--max-old-space-size=64 --inspect-port=127.0.0.1:40000");
  }

  TEST_CASE("an inspector of the user's own, or none at all, is left as it is") {
    config::Memory memory;
    std::map<std::string, std::string> env{{"NODE_OPTIONS", "--inspect=9230"}};
    let_node_settle(memory, 40000, env);
    CHECK(env["NODE_OPTIONS"] == "--inspect=9230");
    env.clear();
    memory.settle->kind = config::Settle::Kind::jvm;
    let_node_settle(memory, 40000, env);
    memory.settle.reset();
    let_node_settle(memory, 40000, env);
    CHECK(env.empty());
  }
}
