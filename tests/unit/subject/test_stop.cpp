#include "fixture.hpp"

#include <csignal>

using namespace leakbisect;
using namespace leakbisect::subject;

TEST_CASE("a server that behaves ends by its signal, and nothing is left") {
  under_both_layers([](Fixture& f, const std::string& layer) {
    const std::uint16_t port = free_port().value();
    const auto what = f.spec({"serve", std::to_string(port)});
    const auto process = f.start(what);
    CHECK(f.await_tcp(*process, port).ready);
    CHECK(!port_is_free(port));
    const StopReport report = f.await(process->stop({}));
    CHECK(to_string(report.exit) == "killed by SIGTERM");
    CHECK(!report.ignored_signal);
    CHECK(report.strays_killed == 0);
    CHECK(report.containment.starts_with(layer == "cgroup" ? "cgroup v2" : "subreaper"));
    CHECK(f.await(wait_port_free(port, 2)));
    CHECK(left_behind(what.name).empty());
  });
}

TEST_CASE("a server that ignores SIGTERM is killed after its grace, and that is said") {
  under_both_layers([](Fixture& f, const std::string&) {
    const std::uint16_t port = free_port().value();
    const auto what = f.spec({"ignore-term", std::to_string(port)});
    const auto process = f.start(what);
    CHECK(f.await_tcp(*process, port).ready);
    config::Stop rule;
    rule.grace_s = 0.2;
    const StopReport report = f.await(process->stop(rule));
    CHECK(report.ignored_signal);
    CHECK(to_string(report.exit) == "killed by SIGKILL");
    CHECK(f.await(wait_port_free(port, 2)));
    CHECK(left_behind(what.name).empty());
  });
}

TEST_CASE("stopping twice, or after the end, reports the same exit") {
  under_both_layers([](Fixture& f, const std::string&) {
    const auto process = f.start(f.spec({"exit", "4"}));
    CHECK(f.await(process->wait()).code == 4);
    CHECK(f.await(process->stop({})).exit.code == 4);
    CHECK(f.await(process->stop({})).exit.code == 4);
    CHECK(f.await(process->wait()).code == 4);
  });
}

TEST_CASE("a stray that holds the port is ended with its server") {
  under_both_layers([](Fixture& f, const std::string&) {
    const std::uint16_t port = free_port().value();
    const auto what = f.spec({"stray-holds-port", std::to_string(port)});
    const auto process = f.start(what);
    config::Ready rule;
    rule.kind = config::Ready::Kind::log;
    rule.log_pattern = "^listening";
    CHECK(f.await(wait_ready(*process, rule, port, what.stdout_file, what.stderr_file)).ready);
    const StopReport report = f.await(process->stop({}));
    CHECK(to_string(report.exit) == "killed by SIGTERM");
    CHECK(report.strays_killed == 1);
    CHECK(port_is_free(port));
    CHECK(left_behind(what.name).empty());
  });
}

TEST_CASE("letting go of a process ends its whole tree at once") {
  under_both_layers([](Fixture& f, const std::string&) {
    const std::uint16_t port = free_port().value();
    const auto what = f.spec({"double-fork", std::to_string(port)});
    auto process = f.start(what);
    CHECK(f.await_tcp(*process, port).ready);
    process.reset();
    CHECK(port_is_free(port));
    CHECK(left_behind(what.name).empty());
  });
}
