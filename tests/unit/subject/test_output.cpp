#include "fixture.hpp"

using namespace leakbisect;
using namespace leakbisect::subject;

TEST_CASE_FIXTURE(Fixture, "output over the cap is dropped, counted and does not stop its writer") {
  auto what = spec({"spit", "50000"});
  what.log_cap_bytes = 10 * 1024;
  const auto process = start(what);
  CHECK(await(process->wait()).success());
  CHECK(await(process->stop({})).exit.success());
  const std::string log = text(what.stdout_file);
  const std::string said = "\n[leakbisect: 51189760 bytes dropped after the first 10240]\n";
  REQUIRE(log.size() == 10240 + said.size());
  CHECK(log.ends_with(said));
  CHECK(log.starts_with("xxxx"));
}

TEST_CASE_FIXTURE(Fixture, "output under the cap is whole") {
  const auto what = spec({"spit", "5000"});
  const auto process = start(what);
  CHECK(await(process->wait()).success());
  CHECK(text(what.stdout_file).size() == 5000 * 1024);
  CHECK(text(what.stderr_file).empty());
}

TEST_CASE_FIXTURE(Fixture, "a daemon that holds the pipe does not keep us from the end") {
  const std::uint16_t port = free_port().value();
  const auto what = spec({"daemon", std::to_string(port)});
  const auto process = start(what);
  CHECK(await(process->wait()).success());
  const StopReport report = await(process->stop({}));
  CHECK(report.strays_killed == 1);
  CHECK(port_is_free(port));
}

TEST_CASE_FIXTURE(Fixture, "a log that cannot be written is an error") {
  REQUIRE(write_atomic(folder / "file", "").has_value());
  auto what = spec({"exit", "0"});
  what.stdout_file = folder / "file" / "out";
  const auto process = launch(io.get_executor(), what);
  REQUIRE(!process.has_value());
  CHECK(process.error().message.find("cannot write the log") != std::string::npos);
}
