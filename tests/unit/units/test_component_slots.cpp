#include "scratch.hpp"
#include "units/unit_source.hpp"

#include <doctest/doctest.h>

#include <thread>

using namespace leakbisect;
using namespace leakbisect::test;
using config::Component;
using strategies::UnitIndex;

namespace {

struct SlotSite {
  SlotSite() {
    scratch.write("app/src/app.js",
                  "start\n// leakbisect:begin ads\nads()\n// leakbisect:end ads\nend\n");
    scratch.write("app/data/home.json", R"({"title": "Home", "live": true})");
    scratch.write("app/components/Video.vue", "video");
    scratch.write("app/run.sh", "#!/bin/sh\n");
    fs::permissions(scratch / "app/run.sh", fs::perms{0755});
    scratch.write("app/.git/HEAD", "ref: refs/heads/main\n");
    scratch.write("outside/secret", "secret");
    fs::create_symlink("../outside/secret", scratch / "app/escape");
    fs::create_symlink(scratch / "app/data", scratch / "app/absolute");
    fs::create_symlink("src/app.js", scratch / "app/inside");
  }
  std::unique_ptr<units::UnitSource> source(std::vector<Component> components) const {
    config::HuntFile hunt = hunt_in(scratch, "app");
    config::ComponentUnits entries;
    for (Component& one : components) entries.entries.emplace_back(std::move(one));
    hunt.units = entries;
    auto made = units::make_unit_source(hunt);
    REQUIRE(ok(made));
    return std::move(*made);
  }
  [[nodiscard]] std::string in_slot(const std::string& file) const {
    return scratch.read("slot/files/" + file);
  }
  Scratch scratch;
};

std::vector<Component> usual() {
  return {component("ads", config::OffMask{"src/app.js", "ads"}),
          component("live", config::OffJson{"data/home.json", {{"/live", "false"}}}),
          component("video", config::OffReplace{"components/Video.vue", "stub"}),
          component("escape", config::OffRemove{"escape"})};
}

units::Applied apply(units::UnitSource& source, const SlotSite& site, std::vector<UnitIndex> off) {
  const auto applied =
      source.apply(strategies::without(source.space(), std::move(off)), site.scratch / "slot");
  REQUIRE(ok(applied));
  return *applied;
}

}  // namespace

TEST_SUITE("component slots") {
  TEST_CASE("a configuration is put in whatever was there before") {
    const SlotSite site;
    const auto source = site.source(usual());
    const auto all_on = apply(*source, site, {});
    CHECK(all_on.fresh);
    CHECK(site.in_slot("src/app.js") == site.scratch.read("app/src/app.js"));
    CHECK(!fs::exists(site.scratch / "slot/files/.git"));
    const auto off = apply(*source, site, {0, 1, 2, 3});
    CHECK(!off.fresh);
    CHECK(off.directory == site.scratch / "slot/files");
    CHECK(site.in_slot("src/app.js") ==
          "start\n// leakbisect:begin ads\n\n// leakbisect:end ads\nend\n");
    CHECK(says(site.in_slot("data/home.json"), "\"live\": false", "\"title\": \"Home\""));
    CHECK(site.in_slot("components/Video.vue") == "stub");
    CHECK(!fs::is_symlink(site.scratch / "slot/files/escape"));
    const auto back = apply(*source, site, {1});
    CHECK(site.in_slot("src/app.js") == site.scratch.read("app/src/app.js"));
    CHECK(site.in_slot("components/Video.vue") == "video");
    CHECK(fs::is_symlink(site.scratch / "slot/files/escape"));
    CHECK(says(site.in_slot("data/home.json"), "\"live\": false"));
    CHECK(all_on.content_key != off.content_key);
    CHECK(apply(*source, site, {}).content_key == all_on.content_key);
    CHECK(apply(*source, site, {1}).content_key == back.content_key);
    const auto names = apply(*source, site, {2}).placeholders;
    CHECK(names.at("unit") == "video");
    CHECK(names.at("on") == "ads,live,escape");
  }
  TEST_CASE("the user's files are never written, nor what their links lead to") {
    const SlotSite site;
    const auto source = site.source(usual());
    const auto before = snapshot(site.scratch / "app");
    const auto before_outside = snapshot(site.scratch / "outside");
    for (unsigned mask = 0; mask < 16; ++mask) {
      std::vector<UnitIndex> off;
      for (UnitIndex unit = 0; unit < 4; ++unit) {
        if ((mask >> unit & 1U) != 0) off.push_back(unit);
      }
      apply(*source, site, off);
      // A build that writes to all it finds, links inside the subject included.
      site.scratch.write("slot/files/absolute/home.json", "built");
      site.scratch.write("slot/files/components/Video.vue", "built");
    }
    CHECK(snapshot(site.scratch / "app") == before);
    CHECK(snapshot(site.scratch / "outside") == before_outside);
  }
  TEST_CASE("links keep their meaning, but never lead back into the user's folder") {
    const SlotSite site;
    const auto source = site.source(usual());
    apply(*source, site, {});
    const auto slot = site.scratch / "slot/files";
    CHECK(fs::read_symlink(slot / "inside") == "src/app.js");
    CHECK(fs::read_symlink(slot / "absolute") == slot / "data");
    CHECK(text_or(slot / "escape", "") == "secret");
    CHECK((fs::status(slot / "run.sh").permissions() & fs::perms::owner_exec) != fs::perms::none);
    CHECK(fs::last_write_time(slot / "src/app.js") ==
          fs::last_write_time(site.scratch / "app/src/app.js"));
    CHECK(fs::hard_link_count(slot / "src/app.js") == 1);
  }
  TEST_CASE("replacing a linked file replaces the link, never its target") {
    const SlotSite site;
    const auto source = site.source({component("link", config::OffReplace{"escape", "stub"}),
                                     component("inner", config::OffReplace{"inside", "stub"})});
    apply(*source, site, {0, 1});
    CHECK(site.in_slot("escape") == "stub");
    CHECK(site.in_slot("inside") == "stub");
    CHECK(site.in_slot("src/app.js") == site.scratch.read("app/src/app.js"));
    CHECK(site.scratch.read("outside/secret") == "secret");
    apply(*source, site, {});
    CHECK(fs::is_symlink(site.scratch / "slot/files/inside"));
  }
  TEST_CASE("a file whose folder leads out of the subject is refused") {
    const SlotSite site;
    fs::create_directory_symlink("../outside", site.scratch / "app/linked");
    config::HuntFile hunt = hunt_in(site.scratch, "app");
    for (const char* file : {"linked/secret", "../outside/secret", "/etc/passwd", "."}) {
      CAPTURE(file);
      hunt.units =
          config::ComponentUnits{{component("bad", config::OffReplace{std::string(file), "x"})}};
      const auto source = units::make_unit_source(hunt);
      REQUIRE(!source.has_value());
      CHECK(says(source.error().message, "/units/components/0/off"));
    }
  }
  TEST_CASE("a link that a build put in a folder's place is not written or removed through") {
    const SlotSite site;
    site.scratch.write("app/components/Other.vue", "other");
    const auto source =
        site.source({component("video", config::OffReplace{"components/Video.vue", "stub"}),
                     component("other", config::OffRemove{"components/Other.vue"})});
    apply(*source, site, {});
    const auto before = snapshot(site.scratch / "app");
    for (const std::vector<UnitIndex>& off :
         {std::vector<UnitIndex>{0}, {1}, {0, 1}, {}, {1}, {}}) {
      fs::remove_all(site.scratch / "slot/files/components");
      fs::create_directory_symlink(site.scratch / "app/components",
                                   site.scratch / "slot/files/components");
      apply(*source, site, off);
      CHECK(snapshot(site.scratch / "app") == before);
      CHECK(!fs::is_symlink(site.scratch / "slot/files/components"));
      const bool video_off = !off.empty() && off.front() == 0;
      const bool other_off = !off.empty() && off.back() == 1;
      CHECK(site.in_slot("components/Video.vue") == (video_off ? "stub" : "video"));
      CHECK(site.in_slot("components/Other.vue") == (other_off ? "(none)" : "other"));
    }
  }
  TEST_CASE("files that stay the same keep their time, changed ones get a new one") {
    const SlotSite site;
    const auto old = fs::file_time_type::clock::now() - std::chrono::hours(100);
    for (const char* file : {"app/src/app.js", "app/components/Video.vue", "app/data/home.json"}) {
      fs::last_write_time(site.scratch / file, old);
    }
    const auto source = site.source(usual());
    apply(*source, site, {2});
    const auto slot = site.scratch / "slot/files";
    const auto stub_time = fs::last_write_time(slot / "components/Video.vue");
    CHECK(stub_time > old);
    CHECK(fs::last_write_time(slot / "src/app.js") == old);
    site.scratch.write("slot/files/dist/out", "built");
    apply(*source, site, {1, 2});
    CHECK(fs::last_write_time(slot / "components/Video.vue") == stub_time);
    CHECK(site.in_slot("dist/out") == "built");
    apply(*source, site, {1});
    // Put back with its old content, but newer than what was built from the stub.
    CHECK(site.in_slot("components/Video.vue") == "video");
    CHECK(fs::last_write_time(slot / "components/Video.vue") >= stub_time);
  }
  TEST_CASE("commands make the slot dirty: the next configuration starts from the user's files") {
    const SlotSite site;
    auto components = usual();
    components.push_back(component(
        "deps", config::OffCommand{config::Command{{"npm", "remove", "{unit}", "{off}"}}}));
    const auto source = site.source(components);
    const auto first = apply(*source, site, {4});
    CHECK(first.content_key.empty());
    REQUIRE(first.commands.size() == 1);
    CHECK(first.commands[0].argv == std::vector<std::string>{"npm", "remove", "deps", "deps"});
    // What such a command may do: change a file and set its time and size back, add, remove.
    const auto time = fs::last_write_time(site.scratch / "slot/files/data/home.json");
    std::string text = site.in_slot("data/home.json");
    text[3] = 'X';
    site.scratch.write("slot/files/data/home.json", text);
    fs::last_write_time(site.scratch / "slot/files/data/home.json", time);
    site.scratch.write("slot/files/node_modules/new/index.js", "new");
    fs::remove(site.scratch / "slot/files/src/app.js");
    const auto next = apply(*source, site, {2});
    CHECK(next.fresh);
    CHECK(!next.content_key.empty());
    CHECK(site.in_slot("data/home.json") == site.scratch.read("app/data/home.json"));
    CHECK(site.in_slot("src/app.js") == site.scratch.read("app/src/app.js"));
    CHECK(site.in_slot("components/Video.vue") == "stub");
    CHECK(!fs::exists(site.scratch / "slot/files/node_modules"));
    CHECK(!apply(*source, site, {}).fresh);
  }
  TEST_CASE("a slot left by a killed process is put right by another") {
    const SlotSite site;
    {
      const auto source = site.source(usual());
      apply(*source, site, {0, 2});
    }
    site.scratch.write("slot/files/components/Video.vue", "half wri");
    const auto source = site.source(usual());
    CHECK(!apply(*source, site, {}).fresh);
    CHECK(site.in_slot("components/Video.vue") == "video");
    CHECK(site.in_slot("src/app.js") == site.scratch.read("app/src/app.js"));
    site.scratch.write("slot/slot.json", "{\"source\": \"");
    CHECK(apply(*source, site, {2}).fresh);
    CHECK(site.in_slot("components/Video.vue") == "stub");
  }
  TEST_CASE("a hunt folder inside the subject is not copied into itself") {
    const SlotSite site;
    const auto source = site.source(usual());
    site.scratch.write("app/out/journal.jsonl", "{}\n");
    site.scratch.write("app/out/report.json", "{}");
    for (int round = 0; round < 2; ++round) {
      const auto applied = source->apply(strategies::without(source->space(), {}),
                                         site.scratch / "app/out/slots/0/tree");
      REQUIRE(ok(applied));
      CHECK(text_or(applied->directory / "src/app.js", "") == site.scratch.read("app/src/app.js"));
      CHECK(!fs::exists(applied->directory / "out"));
    }
    fs::remove(site.scratch / "app/out/journal.jsonl");
    const auto beside =
        source->apply(strategies::without(source->space(), {}), site.scratch / "app/work/1");
    REQUIRE(ok(beside));
    CHECK(!fs::exists(beside->directory / "work"));
  }
  TEST_CASE("what cannot be switched off is untestable, with its reason, and changes nothing") {
    const SlotSite site;
    site.scratch.write("app/src/app.js", "// leakbisect:begin ads\n// leakbisect:end ads\n");
    const auto source =
        site.source({component("gone", config::OffMask{"src/app.js", "ads"}),
                     component("video", config::OffReplace{"components/Video.vue", "stub"})});
    site.scratch.write("app/src/app.js", "// edited meanwhile\n");
    apply(*source, site, {});
    const auto applied = apply(*source, site, {0, 1});
    REQUIRE(applied.untestable);
    CHECK(says(*applied.untestable, "src/app.js", "ads"));
    CHECK(site.in_slot("components/Video.vue") == "video");
    CHECK(!apply(*source, site, {1}).untestable);
  }
}
