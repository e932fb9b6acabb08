#include "program.hpp"

#include <doctest/doctest.h>

#include <cstdlib>
#include <fstream>

#include <unistd.h>

using namespace leakbisect;
using namespace leakbisect::probe;
namespace asio = boost::asio;
using stats::Metric;

namespace {

Sources of(const Program& program, const Folder& folder) {
  Sources sources;
  sources.tree = [&] { return process_tree(program.pid()); };
  sources.pid = program.pid();
  sources.ready = [ready = folder.path / "ready"] { return std::filesystem::exists(ready); };
  return sources;
}

std::string events_of(const Sampler& sampler) {
  std::string text;
  for (const std::string& event : sampler.events()) text += event + "\n";
  return text;
}

}  // namespace

TEST_SUITE("forced collections") {
  TEST_CASE("Node processes below a shell are read after a collection, and summed up") {
    if (!is_installed("node")) return;
    Folder folder;
    const auto script = folder.path / "server.cjs";
    std::ofstream(script) << "globalThis.kept = []; let garbage;\n"
                             "setInterval(() => { garbage = new Array(20000).fill(0.5); }, 1);\n"
                             "kept.push(Buffer.alloc(8 << 20, 1));\n"
                             "require('fs').writeFileSync(process.argv[2], '');\n";
    const Program program(folder, fmt::format("node {0} {1} & node {0} {1}; true", script.string(),
                                              (folder.path / "ready").string()));
    asio::io_context io;
    auto sampler = make_sampler(spec_in(folder), of(program, folder));
    CHECK(run_until(io, *sampler, [&] { return last_settled(*sampler) > 20e6; }).has_value());
    // Twice 8 MiB outside the heap, and two small heaps: no garbage is left in them.
    CHECK(last_settled(*sampler) > 2 * (8 << 20));
    CHECK(last_settled(*sampler) < 2 * (8 << 20) + 20e6);
    CHECK(count_of(*sampler, Metric::external) == count_of(*sampler, Metric::settled));
    CHECK(events_of(*sampler).find("(node) collects garbage when told to") != std::string::npos);
  }

  TEST_CASE("the workers of a cluster are read beside their master, each on its port") {
    if (!is_installed("node")) return;
    Folder folder;
    const auto script = folder.path / "server.cjs";
    std::ofstream(script) << "const cluster = require('cluster'); let up = 0;\n"
                             "const note = () => { if (++up === 2) "
                             "require('fs').writeFileSync(process.argv[2], ''); };\n"
                             "if (cluster.isPrimary) for (let k = 0; k < 2; ++k) "
                             "cluster.fork().on('message', note);\n"
                             "else process.send('up');\n"
                             "setInterval(() => {}, 1000);\n";
    asio::io_context io;
    // Ports below those that the kernel gives out by itself, by one of which this test differs from
    // others that run beside it.
    const TinyServer neighbour(io);
    const Program program(
        folder, fmt::format("exec node {} {}", script.string(), (folder.path / "ready").string()),
        static_cast<std::uint16_t>(10000 + neighbour.port() % 20000));
    auto sampler = make_sampler(spec_in(folder), of(program, folder));
    const auto told = [&] {
      const std::string text = events_of(*sampler);
      std::size_t times = 0;
      for (auto at = text.find("when told to"); at != text.npos;
           at = text.find("when told to", at + 1))
        ++times;
      return times;
    };
    CHECK(run_until(io, *sampler, [&] { return told() == 3; }).has_value());
    CAPTURE(events_of(*sampler));
    CHECK(told() == 3);
    CHECK(count_of(*sampler, Metric::settled) > 0);
  }

  TEST_CASE("a Node process that keeps SIGUSR1 for itself is told of and goes on") {
    if (!is_installed("node")) return;
    Folder folder;
    const auto script = folder.path / "server.cjs";
    std::ofstream(script) << "process.on('SIGUSR1', () => {});\n"
                             "require('fs').writeFileSync(process.argv[2], '');\n"
                             "setInterval(() => {}, 1000);\n";
    const Program program(
        folder, fmt::format("exec node {} {}", script.string(), (folder.path / "ready").string()));
    asio::io_context io;
    auto sampler = make_sampler(spec_in(folder), of(program, folder));
    const auto told = [&] {
      return events_of(*sampler).find("is not made to") != std::string::npos;
    };
    CHECK(run_until(io, *sampler, told).has_value());
    CHECK(told());
    CHECK(count_of(*sampler, Metric::settled) == 0);
    CHECK(kill(program.pid(), 0) == 0);
  }

  TEST_CASE("a Node process that ends while we are attached ends at once") {
    if (!is_installed("node")) return;
    Folder folder;
    const auto script = folder.path / "server.cjs";
    std::ofstream(script) << "require('fs').writeFileSync(process.argv[2], '');\n"
                             "setTimeout(() => process.exit(3), 2500);\n";
    const Program program(
        folder, fmt::format("exec node {} {}", script.string(), (folder.path / "ready").string()));
    asio::io_context io;
    auto sampler = make_sampler(spec_in(folder), of(program, folder));
    int ended = 0;
    bool attached = false;
    const auto enough = [&] {
      attached = attached || count_of(*sampler, Metric::settled) > 0;
      siginfo_t how{};
      const auto id = static_cast<id_t>(program.pid());
      if (waitid(P_PID, id, &how, WEXITED | WNOHANG | WNOWAIT) == 0 && how.si_pid == program.pid())
        ended = how.si_status;
      return ended != 0;
    };
    CHECK(run_until(io, *sampler, enough).has_value());
    CHECK(attached);
    CHECK(ended == 3);
  }

  TEST_CASE("a JVM is attached to and read after a collection") {
    if (!is_installed("javac")) return;
    Folder folder;
    std::ofstream(folder.path / "Holder.java")
        << "public class Holder { static byte[] kept = new byte[8 << 20];\n"
           "  public static void main(String[] a) throws Exception {\n"
           "    new java.io.File(a[0]).createNewFile();\n"
           "    for (;;) { byte[] garbage = new byte[1 << 16]; Thread.sleep(1); } } }\n";
    const Program program(
        folder, fmt::format("java -Xmx200m {} {}; true", (folder.path / "Holder.java").string(),
                            (folder.path / "ready").string()));
    asio::io_context io;
    auto sampler = make_sampler(spec_in(folder), of(program, folder));
    CHECK(run_until(io, *sampler, [&] {
            return count_of(*sampler, Metric::settled) >= 3;
          }).has_value());
    CHECK(last_settled(*sampler) > (8 << 20));
    CHECK(last_settled(*sampler) < 60e6);
    CHECK(events_of(*sampler).find("(JVM) collects garbage when told to") != std::string::npos);
    bool left_over = false;
    for (const auto& entry : std::filesystem::directory_iterator("/tmp"))
      for (const pid_t pid : process_tree(program.pid()))
        left_over = left_over || entry.path() == fmt::format("/tmp/.attach_pid{}", pid);
    CHECK(!left_over);
  }

  TEST_CASE("a program that is no known runtime is left alone, without a word") {
    Folder folder;
    std::ofstream(folder.path / "ready");
    const Program program(folder, "exec sleep 60");
    asio::io_context io;
    auto sampler = make_sampler(spec_in(folder), of(program, folder));
    CHECK(run_until(io, *sampler, [&] { return sampler->series().size() >= 60; }).has_value());
    CHECK(count_of(*sampler, Metric::settled) == 0);
    CHECK(events_of(*sampler).find("collect") == std::string::npos);
    CHECK(kill(program.pid(), 0) == 0);
  }
}
