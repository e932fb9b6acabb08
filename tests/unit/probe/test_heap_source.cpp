#include "fixture.hpp"

#include <doctest/doctest.h>

#include <set>

#include <unistd.h>

using namespace leakbisect;
using namespace leakbisect::probe;
namespace asio = boost::asio;
using stats::Metric;

TEST_SUITE("heap and settle") {
  TEST_CASE("a heap endpoint fills heap and external, a settle hook settled") {
    Folder folder;
    asio::io_context io;
    TinyServer server(io);
    server.bodies["/heap"] = R"({"used": 1000, "buffers": 50})";
    server.bodies["/gc"] = "done";
    auto spec = spec_in(folder);
    spec.memory.heap = config::HeapSource{};
    spec.memory.heap->path = "/heap";
    spec.memory.heap->pointer = "/used";
    spec.memory.heap->external = "/buffers";
    spec.memory.heap->every_s = 0.05;
    spec.memory.settle = config::Settle{};
    spec.memory.settle->kind = config::Settle::Kind::http;
    spec.memory.settle->http_path = "/gc";
    spec.memory.settle->every_s = 0.1;
    auto sources = own_process();
    sources.port = server.port();
    auto sampler = make_sampler(spec, sources);
    CHECK(run_until(io, *sampler, [&] {
            return count_of(*sampler, Metric::settled) >= 3 &&
                   count_of(*sampler, Metric::heap_used) >= 5;
          }).has_value());
    CHECK(server.hits["/gc"] >= 3);
    for (const auto& sample : sampler->series()) {
      if (sample.has(Metric::heap_used)) CHECK(sample.at(Metric::heap_used) == 1000);
      if (sample.has(Metric::external)) CHECK(sample.at(Metric::external) == 50);
      if (sample.has(Metric::settled)) CHECK(sample.at(Metric::settled) == 1050);
    }
  }

  TEST_CASE("an endpoint that hangs does not delay the fast loop") {
    Folder folder;
    asio::io_context io;
    TinyServer server(io);
    server.mute = true;
    auto spec = spec_in(folder);
    spec.memory.heap = config::HeapSource{};
    spec.memory.heap->path = "/heap";
    auto sources = own_process();
    sources.port = server.port();
    auto sampler = make_sampler(spec, sources);
    CHECK(run_until(io, *sampler, [&] { return sampler->series().size() >= 30; }).has_value());
    CHECK(server.hits["/heap"] == 1);
    CHECK(count_of(*sampler, Metric::heap_used) == 0);
  }

  TEST_CASE("without a heap source the settled figure is the anonymous memory") {
    Folder folder;
    asio::io_context io;
    auto spec = spec_in(folder);
    spec.memory.settle = config::Settle{};
    spec.memory.settle->kind = config::Settle::Kind::command;
    spec.memory.settle->command.argv = {"collect", "{pid}"};
    spec.memory.settle->every_s = 0.05;
    std::set<std::string> seen;
    auto sources = own_process();
    sources.run_command = [&](config::Command command) -> asio::awaitable<Result<std::string>> {
      seen.insert(command.argv.at(1));
      co_return std::string();
    };
    auto sampler = make_sampler(spec, sources);
    CHECK(run_until(io, *sampler, [&] {
            return count_of(*sampler, Metric::settled) >= 3;
          }).has_value());
    CHECK(seen == std::set<std::string>{std::to_string(getpid())});
    for (const auto& sample : sampler->series())
      if (sample.has(Metric::settled)) CHECK(sample.at(Metric::settled) == sample.at(Metric::anon));
  }

  TEST_CASE("no settle hook is called before the server is ready") {
    Folder folder;
    asio::io_context io;
    auto spec = spec_in(folder);
    spec.memory.settle = config::Settle{};
    spec.memory.settle->kind = config::Settle::Kind::command;
    spec.memory.settle->every_s = 0.02;
    int calls = 0;
    bool ready = false;
    auto sources = own_process();
    sources.ready = [&] { return ready; };
    sources.run_command = [&](config::Command) -> asio::awaitable<Result<std::string>> {
      ++calls;
      co_return std::string();
    };
    auto sampler = make_sampler(spec, sources);
    int calls_before = -1;
    const auto enough = [&] {
      if (!ready && sampler->series().size() >= 20) {
        calls_before = calls;
        ready = true;
      }
      return calls > 0;
    };
    CHECK(run_until(io, *sampler, enough).has_value());
    CHECK(calls_before == 0);
    CHECK(calls > 0);
  }

  TEST_CASE("a heap command's number becomes the heap") {
    Folder folder;
    asio::io_context io;
    auto spec = spec_in(folder);
    spec.memory.heap = config::HeapSource{};
    spec.memory.heap->kind = config::HeapSource::Kind::command;
    spec.memory.heap->command.argv = {"heap"};
    spec.memory.heap->every_s = 0.02;
    auto sources = own_process();
    sources.run_command = [](config::Command) -> asio::awaitable<Result<std::string>> {
      co_return std::string("4096\n");
    };
    auto sampler = make_sampler(spec, sources);
    CHECK(run_until(io, *sampler, [&] {
            return count_of(*sampler, Metric::heap_used) >= 3;
          }).has_value());
    for (const auto& sample : sampler->series())
      if (sample.has(Metric::heap_used)) CHECK(sample.at(Metric::heap_used) == 4096);
  }
}
