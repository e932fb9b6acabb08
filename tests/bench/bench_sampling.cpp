// What sampling costs: a tree of 20 processes at 10 Hz, as trials do it, in CPU seconds of the
// sampling process itself.
//
//   bench_sampling [SECONDS] [PROCESSES]
//
// Prints the share of one core, finding the tree and all other readings included.

#include "probe/sampler.hpp"
#include "subject/process.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

#include <cstdlib>
#include <filesystem>

#include <sys/resource.h>
#include <unistd.h>

namespace asio = boost::asio;
using namespace leakbisect;

namespace {

double process_cpu_s() {
  rusage used{};
  getrusage(RUSAGE_SELF, &used);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + 1e-6 * static_cast<double>(time.tv_usec);
  };
  return seconds(used.ru_utime) + seconds(used.ru_stime);
}

subject::LaunchSpec family(int processes, const std::filesystem::path& folder) {
  subject::LaunchSpec spec;
  const std::string script =
      fmt::format("k=1; while [ $k -lt {} ]; do sleep 600 & k=$((k+1)); done; wait", processes);
  spec.command.argv = {"/bin/sh", "-c", script};
  spec.directory = folder;
  spec.stdout_file = spec.stderr_file = folder / "out";
  spec.name = "family";
  spec.state_directory = folder / "state";
  return spec;
}

}  // namespace

int main(int count, char** words) {
  const double wanted_s = count > 1 ? std::atof(words[1]) : 20;
  const int processes = count > 2 ? std::atoi(words[2]) : 20;
  const auto folder =
      std::filesystem::temp_directory_path() / fmt::format("leakbisect-sampling-{}", getpid());
  std::filesystem::create_directories(folder);
  subject::become_subreaper();
  asio::io_context io(1);
  auto server = subject::launch(io.get_executor(), family(processes, folder));
  if (!server) {
    fmt::print(stderr, "{}\n", server.error().message);
    return 1;
  }
  probe::SamplerSpec spec;
  spec.csv_file = folder / "samples.csv";
  probe::Sources sources;
  sources.tree = [&] { return (*server)->tree(); };
  sources.group_memory = [&] { return (*server)->group_memory(); };
  sources.ready = [] { return true; };
  const auto sampler = probe::make_sampler(spec, sources);
  asio::co_spawn(io, sampler->run(), [](const std::exception_ptr&, const Result<>&) {});
  asio::steady_timer end(io, std::chrono::milliseconds(static_cast<long>(1e3 * wanted_s)));
  end.async_wait([&](boost::system::error_code) { io.stop(); });
  const double before_s = process_cpu_s();
  io.run();
  const double used_s = process_cpu_s() - before_s;
  const probe::Cost cost = sampler->cost();
  const int found = sampler->series().empty() ? 0 : sampler->series().back().nproc;
  fmt::print("{} processes, {} samples in {:.0f} s ({:.1f} Hz at the end)\n", found, cost.samples,
             wanted_s, cost.rate_hz);
  fmt::print(
      "one sample: {:.0f} us (median); share of one core: {:.2f} % by the sampler's count, "
      "{:.2f} % of this process\n",
      cost.median_us, 100 * cost.cpu_s / wanted_s, 100 * used_s / wanted_s);
  if (!cost.note.empty()) fmt::print("{}\n", cost.note);
  server->reset();
  std::filesystem::remove_all(folder);
  return 0;
}
