#include "probe/ballast.hpp"
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

constexpr double much = 16 << 20;

// The server's settled memory grows by what is put in, and by nothing else.
void check_kept_by(const Program& program, const Folder& folder) {
  double wanted = 0;
  Sources sources;
  sources.tree = [&] { return process_tree(program.pid()); };
  sources.pid = program.pid();
  sources.ready = [ready = folder.path / "ready"] { return std::filesystem::exists(ready); };
  sources.ballast = [&wanted] { return wanted; };
  asio::io_context io;
  const auto sampler = make_sampler(spec_in(folder), sources);
  double before = 0;
  const auto is_kept = [&] {
    const bool is_ready = sampler->keeps_ballast() == true && last_settled(*sampler) > 0;
    if (is_ready && wanted == 0) {
      before = last_settled(*sampler);
      wanted = much;
    }
    return is_ready && last_settled(*sampler) > before + 0.9 * much;
  };
  CHECK(run_until(io, *sampler, is_kept).has_value());
  CHECK(sampler->keeps_ballast() == true);
  CHECK(last_settled(*sampler) - before == doctest::Approx(much).epsilon(0.1));
}

}  // namespace

TEST_SUITE("ballast") {
  TEST_CASE("is kept in touched pages, as many as the last line says, until the pipe ends") {
    pid_t child = 0;
    const auto start = [&](const std::vector<std::string>& argv, int in) -> Result<pid_t> {
      CHECK(argv.back() == ballast_command);
      child = fork();
      if (child == 0) {
        // Only its own end of the pipe: the other one's closing is the end.
        for (int fd = 3; fd < 256; ++fd)
          if (fd != in) close(fd);
        _exit(keep_ballast(in));
      }
      return child;
    };
    auto keeper = BallastKeeper::start(start);
    REQUIRE(keeper.has_value());
    const auto anon = [&] { return read_status(child).value_or(ProcessMemory{}).anon; };
    const double before = anon();
    CHECK((*keeper)->keep(1000));
    CHECK((*keeper)->keep(much));
    for (int i = 0; i < 500 && anon() < before + much; ++i) usleep(10'000);
    CHECK(anon() - before >= much);
    CHECK(anon() - before < 1.1 * much);
    keeper->reset();
    int status = -1;
    CHECK(waitpid(child, &status, 0) == child);
    CHECK(status == 0);
  }

  TEST_CASE("is kept in the heap of a Node process") {
    if (!is_installed("node")) return;
    const Folder folder;
    const auto script = folder.path / "server.cjs";
    std::ofstream(script) << "require('fs').writeFileSync(process.argv[2], '');\n"
                             "setInterval(() => {}, 1000);\n";
    const Program program(
        folder, fmt::format("exec node {} {}", script.string(), (folder.path / "ready").string()));
    check_kept_by(program, folder);
  }

  TEST_CASE("is kept in the heap of a JVM, and leaves no file") {
    if (!is_installed("javac")) return;
    const Folder folder;
    const auto source = folder.path / "Idle.java";
    std::ofstream(source) << "class Idle { public static void main(String[] a) throws Exception {\n"
                             "  new java.io.File(a[0]).createNewFile();\n"
                             "  Thread.sleep(1000000); } }\n";
    REQUIRE(std::system(
                fmt::format("javac -d {} {}", folder.path.string(), source.string()).c_str()) == 0);
    const Program program(folder,
                          fmt::format("exec java -Xmx200m -cp {} Idle {}", folder.path.string(),
                                      (folder.path / "ready").string()));
    check_kept_by(program, folder);
    const std::string left = fmt::format("/tmp/.leakbisect-ballast-{}", program.pid());
    CHECK_FALSE(std::filesystem::exists(left));
    CHECK_FALSE(std::filesystem::exists(left + ".jar"));
  }
}
