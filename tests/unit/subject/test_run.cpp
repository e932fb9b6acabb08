#include "fixture.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/steady_timer.hpp>

using namespace leakbisect;
using namespace leakbisect::subject;

namespace {

LaunchSpec shell(Fixture& fixture, const std::string& script) {
  auto what = fixture.spec({});
  what.command.argv = {"/bin/sh", "-c", script};
  return what;
}

// Cancels `work` after a while and runs the loop until it has ended.
template <class T>
bool cancelled_after(boost::asio::io_context& io, boost::asio::awaitable<T> work, int ms) {
  boost::asio::cancellation_signal stop;
  bool ended = false;
  bool cancelled = false;
  boost::asio::co_spawn(
      io, std::move(work),
      boost::asio::bind_cancellation_slot(stop.slot(), [&](std::exception_ptr error, auto&&...) {
        ended = true;
        cancelled = error != nullptr;
      }));
  boost::asio::steady_timer timer(io, std::chrono::milliseconds(ms));
  timer.async_wait(
      [&](boost::system::error_code) { stop.emit(boost::asio::cancellation_type::terminal); });
  io.restart();
  while (!ended && io.run_one() > 0) continue;
  return cancelled;
}

}  // namespace

TEST_CASE_FIXTURE(Fixture, "a command runs to its end") {
  const auto what = shell(*this, "echo built; exit 2");
  const auto result = await(run(what, 10));
  REQUIRE(result.has_value());
  CHECK(result->exit.code == 2);
  CHECK(!result->timed_out);
  CHECK(!result->success());
  CHECK(text(what.stdout_file) == "built\n");
}

TEST_CASE_FIXTURE(Fixture, "a command that takes too long is ended with its whole tree") {
  const auto what = spec({"storm"});
  const auto result = await(run(what, 0.3));
  REQUIRE(result.has_value());
  CHECK(result->timed_out);
  CHECK(!result->success());
  CHECK(left_behind(what.name).empty());
  CHECK(living_below_us() == 0);
}

TEST_CASE_FIXTURE(Fixture, "a build's daemon does not outlive the build") {
  const std::uint16_t port = free_port().value();
  const auto what = spec({"daemon", std::to_string(port)});
  const auto result = await(run(what, 10));
  REQUIRE(result.has_value());
  CHECK(result->success());
  CHECK(left_behind(what.name).empty());
  CHECK(port_is_free(port));
}

TEST_CASE_FIXTURE(Fixture, "a command that cannot be started is an error") {
  auto what = spec({});
  what.command.argv = {"./no-such-tool"};
  CHECK(!await(run(what, 10)).has_value());
}

TEST_CASE_FIXTURE(Fixture, "cancelling a command ends its whole tree") {
  const auto what = spec({"storm"});
  CHECK(cancelled_after(io, run(what, 60), 100));
  CHECK(left_behind(what.name).empty());
  CHECK(living_below_us() == 0);
  CHECK(records() == 0);
}

TEST_CASE_FIXTURE(Fixture, "waiting, getting ready and stopping can each be cancelled") {
  const auto what = spec({"ignore-term", std::to_string(free_port().value())});
  auto process = start(what);
  config::Ready rule;
  rule.kind = config::Ready::Kind::log;
  rule.log_pattern = "listening";
  CHECK(await(wait_ready(*process, rule, 0, what.stdout_file, what.stderr_file)).ready);
  rule.log_pattern = "never printed";
  CHECK(cancelled_after(io, wait_ready(*process, rule, 0, what.stdout_file, what.stderr_file), 30));
  CHECK(cancelled_after(io, process->wait(), 30));
  config::Stop patient;
  patient.grace_s = 60;
  CHECK(cancelled_after(io, process->stop(patient), 30));
  CHECK(!process->exited().has_value());
  process.reset();
  CHECK(living_below_us() == 0);
  CHECK(records() == 0);
}
