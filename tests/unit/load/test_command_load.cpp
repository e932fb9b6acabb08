#include "load/landing.hpp"
#include "test_server.hpp"

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <doctest/doctest.h>

#include <fstream>

#include <unistd.h>

using namespace leakbisect;
using namespace leakbisect::load;
namespace asio = boost::asio;

namespace {

/// Stands in for a process: writes its lines to the log, one every 20 ms, then ends or goes on.
struct Script {
  std::vector<std::string> lines;
  std::optional<int> exit_code;  ///< nothing: goes on until it is cancelled
  bool cancelled = false;
  config::Command command;  ///< as it was given
};

asio::awaitable<Result<int>> play(Script& script, config::Command command,
                                  std::filesystem::path log) {
  script.command = std::move(command);
  asio::steady_timer timer(co_await asio::this_coro::executor);
  try {
    for (const auto& line : script.lines) {
      std::ofstream(log, std::ios::app) << line << '\n';
      timer.expires_after(std::chrono::milliseconds(20));
      co_await timer.async_wait(asio::use_awaitable);
    }
    if (script.exit_code) co_return *script.exit_code;
    timer.expires_at(std::chrono::steady_clock::time_point::max());
    co_await timer.async_wait(asio::use_awaitable);
  } catch (const boost::system::system_error&) {
    script.cancelled = true;
    throw;
  }
  co_return 0;
}

struct Stage {
  std::filesystem::path log =
      std::filesystem::temp_directory_path() / fmt::format("leakbisect-command-{}", getpid());
  Script script;
  asio::io_context io;
  ~Stage() { std::filesystem::remove(log); }

  Result<std::unique_ptr<Load>> load(std::optional<std::string> progress = std::nullopt) {
    config::CommandLoad external;
    external.command.argv = {"drive", "{url}", "--seed={seed}", "--port={port}", "{unknown}"};
    external.progress = std::move(progress);
    config::Load any;
    any.kind = external;
    Target target;
    target.port = 4711;
    target.seed = 9;
    target.log_file = log;
    target.placeholders = {{"url", "http://127.0.0.1:4711"}};
    target.run_command = [this](config::Command command, std::filesystem::path file) {
      return play(script, std::move(command), std::move(file));
    };
    return make_load(any, target);
  }
};

}  // namespace

TEST_SUITE("command load") {
  TEST_CASE("progress lines are followed, and cancelling ends the command") {
    Stage stage;
    stage.script.lines = {"hello", "requests 10", "requests 20", "requests 35"};
    auto load = stage.load().value();
    CHECK(!load->counts().counts_requests);
    CHECK(run_until(stage.io, *load, [&] { return load->counts().requests() == 35; }).has_value());
    CHECK(stage.script.cancelled);
    CHECK(load->counts().requests() == 35);
    CHECK(load->counts().counts_requests);
    CHECK(stage.script.command.argv == std::vector<std::string>{"drive", "http://127.0.0.1:4711",
                                                                "--seed=9", "--port=4711",
                                                                "{unknown}"});
  }

  TEST_CASE("a pattern of one's own finds the number") {
    Stage stage;
    stage.script.lines = {"done: 7 of 100", "done: 12 of 100"};
    auto load = stage.load("done: ([0-9]+) of").value();
    CHECK(run_until(stage.io, *load, [&] { return load->counts().requests() == 12; }).has_value());
    CHECK(load->counts().requests() == 12);
    CHECK(stage.load("done: [0-9]+").has_error());
  }

  TEST_CASE("a command that says nothing counts nothing") {
    Stage stage;
    int looks = 0;
    auto load = stage.load().value();
    CHECK(run_until(stage.io, *load, [&] { return ++looks > 20; }).has_value());
    CHECK(!load->counts().counts_requests);
    CHECK(load->counts().requests() == 0);
    CHECK(!landing(load->counts(), {}).nothing);
  }

  TEST_CASE("a command that ends by itself is an error, also when it was content") {
    Stage stage;
    stage.script.lines = {"requests 3"};
    stage.script.exit_code = 0;
    auto load = stage.load().value();
    const auto ended = run_until(stage.io, *load, [] { return false; });
    REQUIRE(ended.has_error());
    CHECK(ended.error().message.find("the load ended after") == 0);
    CHECK(ended.error().message.find("limits.trial") != std::string::npos);
    CHECK(load->counts().requests() == 3);
  }

  TEST_CASE("a command that fails says its exit code and its last lines") {
    Stage stage;
    stage.script.lines = {"first", "connecting", "cannot connect \x1b[31m"};
    stage.script.exit_code = 3;
    auto load = stage.load().value();
    const auto ended = run_until(stage.io, *load, [] { return false; });
    REQUIRE(ended.has_error());
    CHECK(ended.error().message.find("exit code 3") != std::string::npos);
    CHECK(ended.error().message.find("connecting\ncannot connect  [31m") != std::string::npos);
  }

  TEST_CASE("a command that cannot be started is an error") {
    Stage stage;
    config::Load any;
    any.kind = config::CommandLoad{};
    Target target;
    CHECK(make_load(any, target).has_error());
    target.run_command = [](config::Command,
                            std::filesystem::path) -> asio::awaitable<Result<int>> {
      co_return fail("drive: no such program");
    };
    auto load = make_load(any, target).value();
    const auto ended = run_until(stage.io, *load, [] { return false; });
    REQUIRE(ended.has_error());
    CHECK(ended.error().message == "load command: drive: no such program");
  }
}
