#include "fixture.hpp"

#include <algorithm>
#include <csignal>

#include <sys/wait.h>

using namespace leakbisect;
using namespace leakbisect::subject;

TEST_CASE("a server that escaped by setsid and double fork is of the tree, and ends with it") {
  under_both_layers([](Fixture& f, const std::string&) {
    const std::uint16_t port = free_port().value();
    const auto what = f.spec({"double-fork", std::to_string(port)});
    const auto process = f.start(what);
    CHECK(f.await_tcp(*process, port).ready);
    const auto tree = f.tree_of(*process, 2);
    CHECK(tree.size() == 2);
    CHECK(tree.front() == process->pid());
    const StopReport report = f.await(process->stop({}));
    CHECK(report.strays_killed == 1);
    CHECK(port_is_free(port));
    CHECK(left_behind(what.name).empty());
  });
}

TEST_CASE("a server that became a daemon ends with its tree, though its main process is gone") {
  under_both_layers([](Fixture& f, const std::string&) {
    const std::uint16_t port = free_port().value();
    const auto what = f.spec({"daemon", std::to_string(port)});
    const auto process = f.start(what);
    CHECK(f.await(process->wait()).success());
    CHECK(f.await(process->stop({})).strays_killed == 1);
    CHECK(port_is_free(port));
    CHECK(left_behind(what.name).empty());
  });
}

TEST_CASE("a server that escaped and forgot its environment ends too") {
  under_both_layers([](Fixture& f, const std::string&) {
    const std::uint16_t port = free_port().value();
    const auto process = f.start(f.spec({"forget-environment", std::to_string(port)}));
    CHECK(f.await_tcp(*process, port).ready);
    CHECK(f.tree_of(*process, 2).size() == 2);
    CHECK(f.await(process->stop({})).strays_killed == 1);
    CHECK(port_is_free(port));
  });
}

TEST_CASE("thirty processes that all escaped end") {
  under_both_layers([](Fixture& f, const std::string&) {
    const auto what = f.spec({"storm"});
    const auto process = f.start(what);
    config::Ready rule;
    rule.kind = config::Ready::Kind::log;
    rule.log_pattern = "stormed";
    CHECK(f.await(wait_ready(*process, rule, 0, what.stdout_file, what.stderr_file)).ready);
    const StopReport report = f.await(process->stop({}));
    CHECK(report.strays_killed == 30);
    CHECK(left_behind(what.name).empty());
  });
}

TEST_CASE("a storm that is still forking ends") {
  under_both_layers([](Fixture& f, const std::string&) {
    const auto what = f.spec({"storm"});
    auto process = f.start(what);
    while (process->tree().size() < 5) f.io.poll();
    process.reset();
    CHECK(left_behind(what.name).empty());
  });
}

TEST_CASE("two servers side by side do not end each other's strays") {
  under_both_layers([](Fixture& f, const std::string&) {
    const std::uint16_t ports[] = {free_port().value(), free_port().value()};
    const auto one = f.spec({"double-fork", std::to_string(ports[0])});
    const auto two = f.spec({"double-fork", std::to_string(ports[1])});
    const auto first = f.start(one);
    const auto second = f.start(two);
    CHECK(f.await_tcp(*first, ports[0]).ready);
    CHECK(f.await_tcp(*second, ports[1]).ready);
    const auto of_first = f.tree_of(*first, 2);
    const auto of_second = f.tree_of(*second, 2);
    CHECK(of_first.size() == 2);
    CHECK(of_second.size() == 2);
    CHECK(std::find_first_of(of_first.begin(), of_first.end(), of_second.begin(),
                             of_second.end()) == of_first.end());
    CHECK(f.await(first->stop({})).strays_killed == 1);
    CHECK(port_is_free(ports[0]));
    CHECK(!port_is_free(ports[1]));
    CHECK(left_behind(two.name).size() == 2);
    CHECK(second->tree() == of_second);
    CHECK(f.await(second->stop({})).strays_killed == 1);
    CHECK(port_is_free(ports[1]));
  });
}

TEST_CASE("a child of our own that is no subject is left alone") {
  under_both_layers([](Fixture& f, const std::string&) {
    const pid_t own = ::fork();
    if (own == 0) {
      ::sleep(100);
      ::_exit(0);
    }
    f.await(f.start(f.spec({"never-ready"}))->stop({}));
    const auto stat = read_stat(own);
    CHECK(stat.has_value());
    CHECK((stat && stat->alive()));
    ::kill(own, SIGKILL);
    ::waitpid(own, nullptr, 0);
  });
}
