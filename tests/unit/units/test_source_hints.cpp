#include "scratch.hpp"
#include "units/components/source_hints.hpp"
#include "units/unit_source.hpp"

#include <doctest/doctest.h>

using namespace leakbisect;
using namespace leakbisect::test;

TEST_SUITE("source hints") {
  TEST_CASE("a timer that nobody clears weighs more than one that is cleared, and that than none") {
    const double timer = units::hint_weight("created() { setInterval(() => this.poll(), 1000) }");
    const double cleared = units::hint_weight("t = setInterval(poll, 9); clearInterval(t)");
    CHECK(units::hint_weight("<template><p>hello</p></template>") == 1);
    CHECK(cleared > 1);
    CHECK(timer > cleared);
  }
  TEST_CASE(
      "what a server starts while it renders is not cleared there, a browser's hooks do not run") {
    const auto timer_in = [](const std::string& hook) {
      return units::hint_weight("export default {\n  " + hook +
                                " {\n    this.timer = setInterval(poll, 9)\n  },\n"
                                "  beforeDestroy () { clearInterval(this.timer) }\n}");
    };
    CHECK(timer_in("created ()") == units::hint_weight("setInterval(poll, 9)"));
    CHECK(timer_in("created()") > timer_in("poll ()"));
    CHECK(timer_in("poll ()") > timer_in("mounted ()"));
    CHECK(timer_in("mounted()") > 1);
    CHECK(timer_in("unmounted ()") == timer_in("poll ()"));
    CHECK(timer_in("setup () { onMounted(() =>") == timer_in("mounted ()"));
    CHECK(timer_in("mounted () { },\n  created ()") == timer_in("created ()"));
  }
  TEST_CASE("the strongest word counts, however many there are") {
    CHECK(units::hint_weight("setTimeout(a); setInterval(b); new Map()") ==
          units::hint_weight("setInterval(b)"));
  }
  TEST_CASE("a glob's files are weighed by their text, a prior of the user's stays") {
    const Scratch scratch;
    scratch.write("app/c/Plain.vue", "<p/>");
    scratch.write("app/c/Timer.vue", "setInterval(poll, 1000)");
    scratch.write("app/c/Mine.vue", "setInterval(poll, 1000)");
    config::HuntFile hunt = hunt_in(scratch, "app");
    config::ComponentGlob glob;
    glob.glob = "c/[PT]*.vue";
    config::Component mine = component("mine", config::OffRemove{"c/Mine.vue"}, {});
    mine.prior = 2;
    hunt.units = config::ComponentUnits{{glob, mine}};
    const auto source = units::make_unit_source(hunt);
    REQUIRE(source.has_value());
    const auto& space = (*source)->space();
    REQUIRE(space.prior.size() == 3);
    CHECK(space.names[0] == "c/Plain.vue");
    CHECK(space.prior[0] == 1);
    CHECK(space.prior[1] > 1);
    CHECK(space.prior[2] == 2);
  }
}
