// Who gets the ballast of a positive control, and how much.

#include "trial/ballast_feed.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <doctest/doctest.h>

#include <unistd.h>

using namespace leakbisect;
namespace asio = boost::asio;
using namespace std::chrono_literals;

namespace {

// A server whose tree takes a process without starting one: the test reads the lines it would get.
class FakeServer final : public subject::Process {
 public:
  ~FakeServer() override {
    if (line >= 0) ::close(line);
  }
  [[nodiscard]] pid_t pid() const override { return ::getpid(); }
  asio::awaitable<subject::Exit> wait() override { co_return subject::Exit{}; }
  [[nodiscard]] std::optional<subject::Exit> exited() const override { return std::nullopt; }
  asio::awaitable<subject::StopReport> stop(const config::Stop&) override {
    co_return subject::StopReport{};
  }
  [[nodiscard]] std::vector<pid_t> tree() const override { return {::getpid()}; }
  [[nodiscard]] std::optional<GroupMemory> group_memory() const override { return std::nullopt; }
  Result<pid_t> start_within(std::vector<std::string>, int in) override {
    line = ::dup(in);
    return 4711;
  }
  void kill_for_memory() override {}

  // The last line that was written so far.
  [[nodiscard]] double kept() const {
    std::string text(1 << 16, '\0');
    text.resize(
        static_cast<std::size_t>(std::max<ssize_t>(0, ::read(line, text.data(), text.size()))));
    if (text.empty()) return 0;
    text.pop_back();
    return std::stod(text.substr(text.rfind('\n') + 1));
  }

  int line = -1;
};

class FakeSampler final : public probe::Sampler {
 public:
  asio::awaitable<Result<>> run() override { co_return Result<>{}; }
  [[nodiscard]] const stats::Series& series() const override { return series_; }
  [[nodiscard]] probe::Cost cost() const override { return {}; }
  [[nodiscard]] std::optional<bool> keeps_ballast() const override { return keeps; }
  [[nodiscard]] std::vector<std::string> events() const override { return {}; }

  std::optional<bool> keeps = false;

 private:
  stats::Series series_;
};

class FakeLoad final : public load::Load {
 public:
  asio::awaitable<Result<>> run() override { co_return Result<>{}; }
  [[nodiscard]] load::Counts counts() const override {
    load::Counts counts;
    counts.answered = answered;
    return counts;
  }
  std::uint64_t answered = 0;
};

struct Feeding {
  explicit Feeding(std::optional<double> per_request, bool own_load = true)
      : clients(9, own_load), feed(server, clients, per_request) {}

  // Begins, and feeds until it has had time to.
  void run() {
    asio::io_context io(1);
    asio::co_spawn(io, feed_for_a_while(), [](const std::exception_ptr& failed) {
      if (failed) std::rethrow_exception(failed);
    });
    io.run();
  }
  asio::awaitable<void> pause() {
    asio::steady_timer timer(co_await asio::this_coro::executor, 300ms);
    co_await timer.async_wait(asio::use_awaitable);
  }
  asio::awaitable<void> feed_for_a_while() {
    using namespace asio::experimental::awaitable_operators;
    co_await feed.begin(sampler, load);
    load.answered = 100;
    co_await (feed.run() || pause());
  }
  [[nodiscard]] trial::Record noted() const {
    trial::Record record;
    record.stage = trial::Stage::load;
    feed.note(record);
    return record;
  }

  FakeServer server;
  FakeSampler sampler;
  FakeLoad load;
  trial::Clients clients;
  trial::BallastFeed feed;
};

}  // namespace

TEST_SUITE("the ballast of a positive control") {
  TEST_CASE("goes beside a server that has no way in, by the requests that were answered") {
    Feeding feeding(512);
    feeding.run();
    CHECK(feeding.server.kept() == 51200);
    CHECK(feeding.feed.of_runtime() == 0);
    const trial::Record record = feeding.noted();
    REQUIRE(record.ballast.has_value());
    CHECK(record.ballast->bytes == 51200);
    CHECK(record.ballast->place == "a process beside the server");
  }

  TEST_CASE("goes into a runtime that keeps it, and then nothing beside") {
    Feeding feeding(512);
    feeding.sampler.keeps = true;
    feeding.run();
    CHECK(feeding.server.line == -1);
    CHECK(feeding.feed.of_runtime() == 51200);
    CHECK(feeding.noted().ballast->place == "the server's own heap");
  }

  TEST_CASE("of nothing is the same trial without it") {
    Feeding feeding(0);
    feeding.run();
    CHECK(feeding.server.line >= 0);
    CHECK(feeding.noted().ballast->bytes == 0);
  }

  TEST_CASE("is not fed by an external load that nobody saw connect") {
    Feeding feeding(512, false);
    feeding.run();
    CHECK(feeding.server.kept() == 0);
    const trial::Record record = feeding.noted();
    CHECK(record.ballast->bytes == 0);
  }

  TEST_CASE("is none in any other trial") {
    Feeding feeding(std::nullopt);
    feeding.run();
    CHECK(feeding.server.line == -1);
    CHECK_FALSE(feeding.noted().ballast.has_value());
  }
}
