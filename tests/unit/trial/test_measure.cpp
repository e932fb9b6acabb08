// What a trial makes of a server that lasts, ends, or hits its memory cap under load: the process
// is made up and ends when the test says so; the load, the port and the samples are real.

#include "base/private_folder.hpp"
#include "tests/says.hpp"
#include "trial/measure.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <doctest/doctest.h>

#include <cmath>
#include <csignal>

#include <unistd.h>

using namespace leakbisect;
using strategies::OutcomeKind;
using test::says;
using trial::Record;
namespace asio = boost::asio;
namespace fs = std::filesystem;
using asio::ip::tcp;

namespace {

// This process, which ends as often as it is told to.
class MadeUpServer final : public subject::Process {
 public:
  std::optional<subject::Exit> exit;

  [[nodiscard]] pid_t pid() const override { return ::getpid(); }
  asio::awaitable<subject::Exit> wait() override {
    asio::steady_timer timer(co_await asio::this_coro::executor);
    while (!exit) {
      timer.expires_after(std::chrono::milliseconds(5));
      co_await timer.async_wait(asio::use_awaitable);
    }
    co_return *exit;
  }
  [[nodiscard]] std::optional<subject::Exit> exited() const override { return exit; }
  asio::awaitable<subject::StopReport> stop(const config::Stop&) override {
    co_return subject::StopReport{};
  }
  [[nodiscard]] std::vector<pid_t> tree() const override { return {::getpid()}; }
  [[nodiscard]] std::optional<GroupMemory> group_memory() const override { return std::nullopt; }
  Result<pid_t> start_within(std::vector<std::string>, int) override { return fail("made up"); }
  void kill_for_memory() override { exit = out_of_memory(); }

  static subject::Exit out_of_memory() { return {subject::Exit::How::signalled, SIGKILL, true}; }
};

// Answers every request with "ok".
class Answering {
 public:
  explicit Answering(asio::io_context& io) : acceptor_(io, {asio::ip::address_v4::loopback(), 0}) {
    asio::co_spawn(io, accept(), asio::detached);
  }
  [[nodiscard]] std::uint16_t port() const { return acceptor_.local_endpoint().port(); }

 private:
  asio::awaitable<void> accept() {
    for (;;) {
      tcp::socket socket = co_await acceptor_.async_accept(asio::use_awaitable);
      asio::co_spawn(acceptor_.get_executor(), answer(std::move(socket)), asio::detached);
    }
  }
  static asio::awaitable<void> answer(tcp::socket socket) {
    const std::string ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
    std::string asked;
    for (;;) {
      const auto [failed, size] = co_await asio::async_read_until(
          socket, asio::dynamic_buffer(asked), "\r\n\r\n", asio::as_tuple(asio::use_awaitable));
      if (failed) co_return;
      asked.erase(0, size);
      const auto [broken, written] =
          co_await asio::async_write(socket, asio::buffer(ok), asio::as_tuple(asio::use_awaitable));
      if (broken || written == 0) co_return;
    }
  }

  tcp::acceptor acceptor_;
};

struct Trial {
  Trial() {
    hunt.subject.emplace();
    hunt.subject->ready.timeout_s = 20;
    std::get<config::HttpLoad>(hunt.load.kind).rate = 200;
    setup.hunt = &hunt;
    setup.directory = folder = make_temporary_folder("measure").value();
    plan.max_load_s = 30;
    plan.look = [](const stats::Series&) { return stats::Decision{}; };
  }
  ~Trial() {
    std::error_code ignored;
    fs::remove_all(folder, ignored);
  }
  Trial(const Trial&) = delete;
  Trial& operator=(const Trial&) = delete;

  // `during` is called with each look; it may end the server.
  Record run(const std::function<void(const trial::Step&)>& during) {
    asio::io_context io;
    const Answering answering(io);
    Record record;
    const trial::OnStep on_step = [&](const trial::Step& step) { during(step); };
    trial::Measurement measurement{setup,
                                   plan,
                                   record,
                                   server,
                                   answering.port(),
                                   std::chrono::steady_clock::now(),
                                   folder,
                                   {{"directory", folder.string()}},
                                   {},
                                   on_step};
    asio::co_spawn(io, trial::measure(measurement), [&](const std::exception_ptr& failed) {
      CHECK(failed == nullptr);
      io.stop();
    });
    io.run();
    return record;
  }
  // The server ends so when it has answered some requests.
  Record run_until(const subject::Exit& end) {
    return run([&](const trial::Step& step) {
      if (step.requests > 10) server.exit = end;
    });
  }

  config::HuntFile hunt;
  trial::Setup setup;
  trial::Plan plan;
  MadeUpServer server;
  fs::path folder;
};

void go_on(const trial::Step&) {}

}  // namespace

TEST_SUITE("measuring a server") {
  TEST_CASE("a final decision ends it") {
    Trial trial;
    trial.plan.look = [](const stats::Series& series) {
      stats::Decision decision;
      decision.final = series.size() > 2 && series.back().requests > 10;
      if (decision.final) decision.verdict = stats::Verdict::leaking;
      return decision;
    };
    const Record record = trial.run(go_on);
    CHECK(record.kind == OutcomeKind::measured);
    CHECK(record.decision.verdict == stats::Verdict::leaking);
    CHECK(record.requests > 10);
    CHECK(fs::exists(trial.folder / "samples.csv"));
  }

  TEST_CASE("one that ends under load says nothing of its configuration") {
    Trial trial;
    const Record record = trial.run_until({subject::Exit::How::exited, 3, false});
    CHECK(record.kind == OutcomeKind::error);
    CHECK(says(record.reason, "the server ended under load (exit code 3)"));
    CHECK(record.decision.verdict == stats::Verdict::undecided);
  }

  TEST_CASE("one that ends before it is ready cannot be tested") {
    Trial trial;
    trial.server.exit = subject::Exit{subject::Exit::How::exited, 1, false};
    const Record record = trial.run(go_on);
    CHECK(record.kind == OutcomeKind::untestable);
    CHECK(says(record.reason, "ended before it was ready: exit code 1"));
  }

  TEST_CASE("a cap that is hit sooner than by the clean control is a leak, else nothing") {
    Trial sooner;
    sooner.plan.clean_control_requests = 1e6;
    const Record leaking = sooner.run_until(MadeUpServer::out_of_memory());
    CHECK(leaking.kind == OutcomeKind::measured);
    CHECK(leaking.decision.verdict == stats::Verdict::leaking);
    CHECK(leaking.decision.llr == doctest::Approx(std::log(99.0)));
    Trial later;
    later.plan.clean_control_requests = 5;
    const Record unknown = later.run_until(MadeUpServer::out_of_memory());
    CHECK(unknown.kind == OutcomeKind::untestable);
    CHECK(unknown.decision.verdict != stats::Verdict::leaking);
  }

  TEST_CASE("a bad end that hits its cap is measured all the same") {
    Trial trial;
    trial.plan.purpose = trial::Purpose::control_bad;
    const Record record = trial.run_until(MadeUpServer::out_of_memory());
    CHECK(record.kind == OutcomeKind::measured);
    CHECK(says(record.reason, "hit its memory cap"));
  }

  TEST_CASE("our own samples enforce the cap where nobody else does") {
    Trial trial;
    trial.hunt.limits.memory_bytes = 4096;  // less than any process has
    const Record record = trial.run(go_on);
    REQUIRE(trial.server.exit.has_value());
    CHECK(trial.server.exit->out_of_memory);
    CHECK(record.kind == OutcomeKind::untestable);
  }
}
