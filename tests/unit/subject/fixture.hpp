#pragma once

// What every test of a launched program needs: a folder, a loop, a specification, both layers of
// containment, and a look at /proc for whoever was left behind.

#include "base/files.hpp"
#include "subject/cgroup.hpp"
#include "subject/process.hpp"
#include "subject/tree.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <doctest/doctest.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <thread>
#include <vector>

#include <unistd.h>

namespace leakbisect::subject {

struct Fixture {
  Fixture() {
    char pattern[] = "/tmp/lb-subject-XXXXXX";
    folder = ::mkdtemp(pattern);
    become_subreaper();
  }
  Fixture(const Fixture&) = delete;
  Fixture& operator=(const Fixture&) = delete;
  ~Fixture() {
    ::unsetenv("LEAKBISECT_CONTAINMENT");
    std::filesystem::remove_all(folder);
  }

  /// A specification of the misbehaving program, with a name of its own.
  LaunchSpec spec(std::vector<std::string> words) {
    LaunchSpec made;
    made.command.argv = {MISBEHAVE};
    made.command.argv.insert(made.command.argv.end(), words.begin(), words.end());
    made.directory = folder;
    made.name = std::string("lbtest-") + std::to_string(::getpid()) + "-" + std::to_string(++named);
    made.stdout_file = folder / (made.name + ".out");
    made.stderr_file = folder / (made.name + ".err");
    made.state_directory = folder / "state";
    return made;
  }

  std::unique_ptr<Process> start(const LaunchSpec& what) {
    auto process = launch(io.get_executor(), what);
    REQUIRE_MESSAGE(process.has_value(), (process ? "" : process.error().message));
    return std::move(*process);
  }

  /// Runs the loop until the coroutine has its result.
  template <class T>
  T await(boost::asio::awaitable<T> work) {
    std::optional<T> result;
    std::exception_ptr thrown;
    boost::asio::co_spawn(io, std::move(work), [&](std::exception_ptr error, T value) {
      thrown = error;
      result = std::move(value);
    });
    io.restart();
    while (!result && io.run_one() > 0) continue;
    if (thrown) std::rethrow_exception(thrown);
    REQUIRE(result.has_value());
    return std::move(*result);
  }

  ReadyResult await_tcp(Process& process, std::uint16_t port) {
    config::Ready rule;
    return await(wait_ready(process, rule, port, "", ""));
  }

  /// The tree of a process once it is this large: who made an escaped server may still be ending
  /// when it answers. At last, whatever it is after ten seconds.
  std::vector<pid_t> tree_of(const Process& process, std::size_t size) {
    const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(10);
    auto tree = process.tree();
    while (tree.size() != size && std::chrono::steady_clock::now() < until) {
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
      io.poll();
      tree = process.tree();
    }
    return tree;
  }

  [[nodiscard]] std::string text(const std::filesystem::path& file) const {
    return read_file(file).value();
  }
  /// How many sweep records there are.
  [[nodiscard]] long records() const {
    std::error_code none;
    const std::filesystem::directory_iterator all(folder / "state", none);
    return none ? 0 : std::distance(begin(all), end(all));
  }

  boost::asio::io_context io;
  std::filesystem::path folder;
  int named = 0;
};

/// Living processes that carry the name in their marker.
inline std::vector<pid_t> left_behind(const std::string& name) {
  std::vector<pid_t> left;
  for (const Stat& stat : all_processes())
    if (stat.alive() && carries_marker(stat.id.pid, name)) left.push_back(stat.id.pid);
  return left;
}

/// Living processes below this one: none may be left after a test.
inline std::size_t living_below_us() {
  std::size_t living = 0;
  for (const Stat& stat : descendants(::getpid())) living += stat.alive() ? 1 : 0;
  return living;
}

inline bool cgroups_can_be_made() {
  Cgroup probe = Cgroup::make(own_places(), "probe-" + std::to_string(::getpid()), {});
  const bool made = probe.holds_all();
  probe.remove();
  return made;
}

/// Runs a test under each layer of containment; the cgroup one only where the host lets us.
template <class Test>
void under_both_layers(Test test) {
  for (const std::string layer : {"subreaper", "cgroup"}) {
    CAPTURE(layer);
    if (layer == "cgroup" && !cgroups_can_be_made()) {
      MESSAGE("skipped: no cgroup v2 can be made on this host");
      continue;
    }
    Fixture fixture;
    ::setenv("LEAKBISECT_CONTAINMENT", layer.c_str(), 1);
    test(fixture, layer);
    CHECK(living_below_us() == 0);
    CHECK(fixture.records() == 0);
  }
}

}  // namespace leakbisect::subject
