// Builds made ahead, with real commands in real slots.

#include "base/files.hpp"
#include "executor/ahead.hpp"
#include "subject/process.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <doctest/doctest.h>

#include <chrono>
#include <cstdlib>
#include <functional>

using namespace leakbisect;
using namespace leakbisect::executor;
namespace asio = boost::asio;
namespace fs = std::filesystem;

namespace {

struct Folder {
  Folder() {
    char name[] = "/tmp/leakbisect-builds-XXXXXX";
    path = ::mkdtemp(name);
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  ~Folder() {
    std::error_code ignored;
    fs::remove_all(path, ignored);
  }
  fs::path path;
};

// Ten commits, each a folder with one file in it.
class Commits final : public units::UnitSource {
 public:
  Commits() {
    space_.shape = strategies::Shape::history;
    for (int i = 0; i < 10; ++i) space_.names.push_back(std::to_string(i));
  }
  [[nodiscard]] const strategies::SearchSpace& space() const override { return space_; }
  Result<units::Applied> apply(const strategies::Configuration& configuration,
                               const fs::path& slot) override {
    units::Applied applied;
    applied.fresh = !fs::exists(slot);
    fs::create_directories(slot);
    applied.directory = slot;
    applied.content_key = "commit " + std::to_string(configuration.commit);
    static_cast<void>(write_atomic(slot / "number.txt", std::to_string(configuration.commit)));
    return applied;
  }
  [[nodiscard]] std::string describe(strategies::UnitIndex unit) const override {
    return std::to_string(unit);
  }
  void discard(const fs::path& slot) override { fs::remove_all(slot); }

 private:
  strategies::SearchSpace space_;
};

// A hunt whose build notes its beginning, takes a while, and notes its end.
struct Shop {
  explicit Shop(const std::string& build, int workers = 1) {
    subject::become_subreaper();
    hunt.subject.emplace();
    hunt.subject->build = config::Command{{"/bin/sh", "-c", build}};
    setup.hunt = &hunt;
    setup.source = &commits;
    setup.cache = &cache;
    setup.directory = folder.path;
    ::setenv("LOG", (folder.path / "log").c_str(), 1);
    ahead.emplace(setup, workers);
    ahead->note_slot(0.01);
  }
  void want(std::vector<strategies::UnitIndex> units) {
    std::vector<WantedBuild> wishes;
    for (const auto unit : units) wishes.push_back(one(unit));
    ahead->want(io.get_executor(), wishes);
  }
  static WantedBuild one(strategies::UnitIndex unit) {
    return {nullptr, strategies::at_commit(unit)};
  }
  [[nodiscard]] std::string log() const { return read_if_there(folder.path / "log"); }

  void run(const std::function<asio::awaitable<void>()>& what) {
    asio::co_spawn(io, what, [](std::exception_ptr failed) {
      if (failed) std::rethrow_exception(failed);
    });
    io.restart();
    io.run();
  }
  // Until `is_so`, at most ten seconds.
  asio::awaitable<bool> wait_until(std::function<bool()> is_so) {
    asio::steady_timer timer(io);
    for (int i = 0; i < 1000 && !is_so(); ++i) {
      timer.expires_after(std::chrono::milliseconds(10));
      co_await timer.async_wait(asio::use_awaitable);
    }
    co_return is_so();
  }

  asio::awaitable<bool> begins() {
    const std::function<bool()> is_begun = [this] { return !log().empty(); };
    co_return co_await wait_until(is_begun);
  }

  Folder folder;
  config::HuntFile hunt;
  Commits commits;
  units::BuildCache cache{folder.path / "cache", 1e9};
  trial::Setup setup;
  asio::io_context io;
  std::optional<AheadBuilder> ahead;
};

const std::string slow_build =
    "n=$(cat number.txt); echo begin $n >> $LOG; sleep 0.7; echo $n > out.txt; echo end $n >> $LOG";

}  // namespace

TEST_SUITE("builds made ahead") {
  TEST_CASE("a build that a trial waits for is neither dropped nor begun again") {
    Shop shop(slow_build);
    shop.run([&]() -> asio::awaitable<void> {
      shop.want({3, 4});
      const bool begun = co_await shop.begins();
      CHECK(begun);
      // The trial of 3 begins; what is wished from then on is what may follow it.
      const auto others = [&]() -> asio::awaitable<void> {
        asio::steady_timer moment(shop.io, std::chrono::milliseconds(50));
        co_await moment.async_wait(asio::use_awaitable);
        shop.want({5, 6});
      };
      asio::co_spawn(shop.io, others, [](std::exception_ptr) {});
      const double waited_s = co_await shop.ahead->settled(Shop::one(3));
      CHECK(waited_s > 0);
      CAPTURE(shop.log());
      CHECK(shop.log().find("begin 3\nend 3\n") == 0);
      co_await shop.ahead->stop();
    });
    CHECK(shop.log().find("4") == std::string::npos);
  }

  TEST_CASE("a build that is no longer wished makes way, and its slot is not trusted") {
    Shop shop(
        "n=$(cat number.txt); echo begin $n >> $LOG; if [ -e half.txt ]; then echo half >> $LOG; "
        "fi; echo $n > half.txt; sleep $((n * 4)).2; rm half.txt; echo end $n >> $LOG; echo $n > "
        "out.txt");
    shop.run([&]() -> asio::awaitable<void> {
      shop.want({3});
      const bool half = co_await shop.begins();
      CHECK(half);
      shop.want({0});
      const std::function<bool()> is_there = [&] {
        return shop.log().find("end 0") != std::string::npos;
      };
      const bool built = co_await shop.wait_until(is_there);
      CHECK(built);
      co_await shop.ahead->stop();
    });
    CHECK(shop.log() == "begin 3\nbegin 0\nend 0\n");
  }

  TEST_CASE("what is built, and what is being built, is known with the time that is left") {
    Shop shop(slow_build);
    shop.run([&]() -> asio::awaitable<void> {
      shop.ahead->note_done(Shop::one(9));
      shop.ahead->note_build(5, false);
      shop.want({9, 3});
      const bool begun = co_await shop.begins();
      CHECK(begun);
      const auto waits = shop.ahead->waits();
      REQUIRE(waits.size() == 2);
      CHECK(waits[0].build == Shop::one(9));
      CHECK(waits[0].seconds == 0);
      CHECK(waits[1].build == Shop::one(3));
      CHECK(waits[1].seconds > 1);
      CHECK(waits[1].seconds < 5);
      co_await shop.ahead->stop();
    });
    CHECK(shop.log() == "begin 3\n");  // 9 was there, 3 was ended
  }

  TEST_CASE("nothing is begun before slots are known to be cheap") {
    Shop shop(slow_build);
    shop.ahead.emplace(shop.setup, 2);
    shop.run([&]() -> asio::awaitable<void> {
      shop.want({3, 4});
      shop.ahead->note_slot(30);
      asio::steady_timer timer(shop.io, std::chrono::milliseconds(100));
      co_await timer.async_wait(asio::use_awaitable);
      CHECK(!fs::exists(shop.folder.path / "slots"));
      shop.ahead->note_build(40, false);
      const bool begun = co_await shop.begins();
      CHECK(begun);
      CHECK(!fs::exists(shop.folder.path / "slots" / "ahead-1"));
      co_await shop.ahead->stop();
    });
  }
}
