// Applying and building, with real commands in real slots: clean builds, incremental ones, what a
// clean one disproves, and what is never taken for a build's.

#include "base/files.hpp"
#include "subject/process.hpp"
#include "trial/build_slot.hpp"
#include "trial/prepare.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <doctest/doctest.h>

#include <algorithm>
#include <cstdlib>
#include <map>

using namespace leakbisect;
using trial::BuildKind;
namespace asio = boost::asio;
namespace fs = std::filesystem;

namespace {

// Revisions that are sets of files, kept in slots as a repository keeps them: what is a revision's
// own is exact, what a build left stays.
class Revisions final : public units::UnitSource {
 public:
  explicit Revisions(std::vector<std::map<std::string, std::string>> files)
      : files_(std::move(files)) {
    space_.shape = strategies::Shape::history;
    for (std::size_t i = 0; i < files_.size(); ++i) space_.names.push_back(std::to_string(i));
  }
  [[nodiscard]] const strategies::SearchSpace& space() const override { return space_; }
  Result<units::Applied> apply(const strategies::Configuration& configuration,
                               const fs::path& slot) override {
    units::Applied applied;
    applied.fresh = !fs::exists(slot);
    fs::create_directories(slot);
    for (const std::string& path : last_[slot]) fs::remove(slot / path);
    last_[slot].clear();
    for (const auto& [path, text] : files_[configuration.commit]) {
      fs::create_directories((slot / path).parent_path());
      static_cast<void>(write_atomic(slot / path, text));
      last_[slot].push_back(path);
      for (fs::path each = path; !each.empty(); each = each.parent_path())
        applied.own.push_back(each.generic_string());
    }
    std::ranges::sort(applied.own);
    applied.directory = applied.top = slot;
    applied.content_key = "revision " + std::to_string(configuration.commit);
    return applied;
  }
  [[nodiscard]] std::string describe(strategies::UnitIndex unit) const override {
    return std::to_string(unit);
  }
  void discard(const fs::path& slot) override {
    fs::remove_all(slot);
    last_.erase(slot);
  }

 private:
  std::vector<std::map<std::string, std::string>> files_;
  strategies::SearchSpace space_;
  std::map<fs::path, std::vector<std::string>> last_;
};

struct Shop {
  Shop(const std::string& build, std::vector<std::map<std::string, std::string>> files)
      : revisions(std::move(files)) {
    char name[] = "/tmp/leakbisect-prepare-XXXXXX";
    folder = ::mkdtemp(name);
    subject::become_subreaper();
    hunt.subject.emplace();
    hunt.subject->build = config::Command{{"/bin/sh", "-c", build}};
    cache.emplace(folder / "cache", 1e9);
    setup.hunt = &hunt;
    setup.source = &revisions;
    setup.cache = &*cache;
    setup.directory = folder;
    fs::create_directories(folder / "logs");
  }
  Shop(const Shop&) = delete;
  Shop& operator=(const Shop&) = delete;
  ~Shop() {
    std::error_code ignored;
    fs::remove_all(folder, ignored);
  }
  trial::Prepared prepare(strategies::UnitIndex unit, bool clean, const std::string& slot = "0") {
    trial::Order order{nullptr, strategies::at_commit(unit), folder / "slots" / slot,
                       folder / "logs", clean};
    fs::create_directories(order.slot);
    trial::Prepared ready;
    const auto work = [&]() -> asio::awaitable<void> {
      auto made = co_await trial::prepare(setup, order);
      REQUIRE(made.has_value());
      ready = std::move(*made);
    };
    asio::io_context io;
    asio::co_spawn(io, work, [](std::exception_ptr failed) {
      if (failed) std::rethrow_exception(failed);
    });
    io.run();
    return ready;
  }
  [[nodiscard]] fs::path tree(const std::string& slot = "0") const {
    return folder / "slots" / slot / "tree";
  }

  fs::path folder;
  config::HuntFile hunt;
  Revisions revisions;
  std::optional<units::BuildCache> cache;
  trial::Setup setup;
};

}  // namespace

TEST_SUITE("from a configuration to what can be started") {
  TEST_CASE("a build that only the remains of another break is made anew, and says so") {
    Shop shop("[ ! -e remains ] || { echo 'a.c:1: error: stale' >&2; exit 1; }; touch remains out",
              {{{"a", "0"}}, {{"a", "1"}}});
    CHECK(shop.prepare(0, true).build.kind == BuildKind::clean);
    const auto ready = shop.prepare(1, false);
    CHECK(!ready.untestable);
    CHECK(ready.build.kind == BuildKind::clean);
    CHECK(ready.spoilt.find("a.c:1: error: stale") != std::string::npos);
    CHECK(fs::exists(shop.folder / "logs" / "build-incremental.log"));
  }
  TEST_CASE("a build that fails from a clean tree too is untestable, for its first error") {
    Shop shop(
        "grep -q 0 a || { echo 'a.c:7: error: gone'; echo 'make: *** [x] Error 1'; exit 2; }; "
        "touch out",
        {{{"a", "0"}}, {{"a", "1"}}});
    shop.prepare(0, true);
    const auto ready = shop.prepare(1, false);
    REQUIRE(ready.untestable);
    CHECK(*ready.untestable == "the build failed (exit code 2): a.c:7: error: gone");
    CHECK(ready.spoilt.empty());
  }
  TEST_CASE("a clean build is asked for, and the slot holds an incremental one of the same") {
    Shop shop("cat a >> built", {{{"a", "0\n"}}, {{"a", "1\n"}}});
    shop.prepare(0, true);
    CHECK(shop.prepare(1, false).build.kind == BuildKind::incremental);
    CHECK(read_if_there(shop.tree() / "built") == "0\n1\n");
    const auto again = shop.prepare(1, false);
    CHECK(again.build.cached);
    CHECK(again.build.kind == BuildKind::incremental);
    const auto clean = shop.prepare(1, true);
    CHECK(clean.build.kind == BuildKind::clean);
    CHECK(!clean.build.cached);
    CHECK(read_if_there(shop.tree() / "built") == "1\n");
    // Kept apart from the incremental one, and preferred from now on, wherever it is wanted.
    const auto elsewhere = shop.prepare(1, false, "1");
    CHECK(elsewhere.build.cached);
    CHECK(elsewhere.build.kind == BuildKind::clean);
    CHECK(read_if_there(shop.tree("1") / "built") == "1\n");
  }
  TEST_CASE("what a later revision brings itself is no remains of a build") {
    // The build makes version.h; from revision 1 on it is one of the files, and lib/ too.
    Shop shop("[ -e version.h ] || echo made > version.h; mkdir -p lib; touch lib/object",
              {{{"a", "0"}},
               {{"a", "1"}, {"version.h", "own"}, {"lib/source", "text"}},
               {{"a", "2"}, {"version.h", "own"}, {"lib/source", "text"}}});
    shop.prepare(0, false, "other");
    shop.prepare(0, true);
    CHECK(read_if_there(shop.tree() / "version.h") == "made\n");
    for (const strategies::UnitIndex unit : {1U, 2U, 1U, 2U}) {
      const auto ready = shop.prepare(unit, false);
      CHECK(!ready.untestable);
      CHECK(read_if_there(shop.tree() / "version.h") == "own");
      CHECK(read_if_there(shop.tree() / "lib/source") == "text");
    }
    // A build restored in another slot, and the next one there: nothing of its own is taken away.
    shop.prepare(1, true, "third");
    shop.prepare(2, false, "third");
    CHECK(read_if_there(shop.tree("third") / "lib/source") == "text");
    CHECK(read_if_there(shop.tree("third") / "version.h") == "own");
  }
  TEST_CASE("a build that writes to the revision's own files is kept with what it wrote") {
    Shop shop("echo compiled $(cat a) > bundle.js",
              {{{"a", "0"}, {"bundle.js", "committed"}}, {{"a", "1"}, {"bundle.js", "committed"}}});
    CHECK(!shop.prepare(0, true).build.cached);
    CHECK(read_if_there(shop.tree() / "bundle.js") == "compiled 0\n");
    const auto again = shop.prepare(0, true);  // apply() has put the committed file back
    CHECK(again.build.cached);
    CHECK(read_if_there(shop.tree() / "bundle.js") == "compiled 0\n");
    CHECK(read_if_there(shop.tree("1") / "bundle.js").empty());
    CHECK(shop.prepare(0, false, "1").build.cached);
    CHECK(read_if_there(shop.tree("1") / "bundle.js") == "compiled 0\n");
  }
  TEST_CASE("a build has a folder for temporary files, in its slot and empty") {
    Shop shop("ls $TMPDIR > listed; touch $TMPDIR/left; echo $TMPDIR > where", {{{"a", "0"}}});
    shop.prepare(0, true);
    CHECK(read_if_there(shop.tree() / "listed").empty());
    const std::string where = read_if_there(shop.tree() / "where");
    CHECK(where == (shop.folder / "slots/0/tmp").string() + "\n");
    shop.prepare(0, true, "1");
    CHECK(read_if_there(shop.tree("1") / "listed").empty());
  }
  TEST_CASE("ahead of a trial nothing is restored that the cache has already") {
    Shop shop("echo once >> $LOG; touch out", {{{"a", "0"}}});
    ::setenv("LOG", (shop.folder / "log").c_str(), 1);
    shop.prepare(0, true);
    trial::Order order{nullptr, strategies::at_commit(0), shop.folder / "slots/ahead",
                       shop.folder / "slots/ahead", true};
    order.is_ahead = true;
    fs::create_directories(order.slot);
    asio::io_context io;
    bool cached = false;
    const auto work = [&]() -> asio::awaitable<void> {
      const auto ready = co_await trial::prepare(shop.setup, order);
      cached = ready && ready->build.cached;
    };
    asio::co_spawn(io, work, [](std::exception_ptr) {});
    io.run();
    CHECK(cached);
    CHECK(read_if_there(shop.folder / "log") == "once\n");
  }
}
