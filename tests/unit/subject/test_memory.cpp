#include "fixture.hpp"

using namespace leakbisect;
using namespace leakbisect::subject;

namespace {

constexpr double cap = 64.0 * 1024 * 1024;

// True where a controller of this host limits memory; else the sampler does it.
bool limits_memory() {
  Cgroup probe = Cgroup::make(own_places(), "probe-" + std::to_string(::getpid()), cap);
  const bool limits = probe.limits_memory();
  probe.remove();
  return limits;
}

}  // namespace

TEST_CASE_FIXTURE(Fixture, "a server that leaks until its cap is killed for memory") {
  if (!limits_memory()) {
    MESSAGE("skipped: no memory controller can be used on this host");
    return;
  }
  auto what = spec({"leak"});
  what.memory_cap_bytes = cap;
  const auto process = start(what);
  const Exit exit = await(process->wait());
  CHECK(exit.out_of_memory);
  CHECK(to_string(exit) == "killed for memory");
  CHECK(await(process->stop({})).exit.out_of_memory);
  CHECK(left_behind(what.name).empty());
}

TEST_CASE_FIXTURE(Fixture, "a worker's death for memory ends its master too") {
  if (!limits_memory()) {
    MESSAGE("skipped: no memory controller can be used on this host");
    return;
  }
  auto what = spec({"leaking-worker"});
  what.memory_cap_bytes = cap;
  const auto process = start(what);
  CHECK(to_string(await(process->wait())) == "killed for memory");
  static_cast<void>(process->tree());
  CHECK(await(process->stop({})).exit.out_of_memory);
  CHECK(left_behind(what.name).empty());
}

TEST_CASE_FIXTURE(Fixture, "the group's memory counts what the program has taken") {
  if (!limits_memory()) {
    MESSAGE("skipped: no memory controller can be used on this host");
    return;
  }
  auto what = spec({"leak"});
  what.memory_cap_bytes = 2 * cap;
  const auto process = start(what);
  double seen = 0;
  while (seen < cap && !process->exited()) {
    io.poll();
    seen = std::max(seen, process->group_memory().value_or(GroupMemory{}).held);
  }
  CHECK(seen >= cap);
}

TEST_CASE("our own sampler's kill is told from any other") {
  under_both_layers([](Fixture& f, const std::string&) {
    const std::uint16_t port = free_port().value();
    const auto what = f.spec({"double-fork", std::to_string(port)});
    const auto process = f.start(what);
    CHECK(f.await_tcp(*process, port).ready);
    process->kill_for_memory();
    CHECK(to_string(f.await(process->wait())) == "killed for memory");
    const StopReport report = f.await(process->stop({}));
    CHECK(report.exit.out_of_memory);
    CHECK(!report.ignored_signal);
    CHECK(port_is_free(port));
    CHECK(left_behind(what.name).empty());
  });
}
