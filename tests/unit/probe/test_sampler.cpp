#include "base/files.hpp"
#include "children.hpp"
#include "fixture.hpp"

#include <doctest/doctest.h>

#include <algorithm>

#include <time.h>
#include <unistd.h>

using namespace leakbisect;
using namespace leakbisect::probe;
namespace asio = boost::asio;
using stats::Metric;

TEST_SUITE("sampler") {
  TEST_CASE("samples go to the series and, the same, to the CSV") {
    Folder folder;
    asio::io_context io;
    auto sources = own_process();
    sources.group_memory = [] {
      GroupMemory parts;
      parts.held = 12345;
      parts.shared = 345;
      return std::optional(parts);
    };
    auto sampler = make_sampler(spec_in(folder), sources);
    const auto ended = run_until(io, *sampler, [&] {
      return sampler->series().size() >= 60 && count_of(*sampler, Metric::pss) > 0;
    });
    CHECK(ended.has_value());
    const auto& series = sampler->series();
    REQUIRE(series.size() >= 60);
    CHECK(series.front().t_s < 1);
    CHECK(series.front().requests == 7);
    CHECK(series.front().errors == 2);
    CHECK(series.front().newest_pid == getpid());
    CHECK(count_of(*sampler, Metric::anon) == series.size());
    CHECK(count_of(*sampler, Metric::rss) == series.size());
    CHECK(count_of(*sampler, Metric::threads) == series.size());
    CHECK(count_of(*sampler, Metric::fds) < series.size());
    CHECK(count_of(*sampler, Metric::cgroup) > 0);
    CHECK(count_of(*sampler, Metric::heap_used) == 0);
    for (std::size_t k = 1; k < series.size(); ++k) CHECK(series[k].t_s > series[k - 1].t_s);

    const auto text = read_file(folder.path / "memory.csv");
    REQUIRE(text.has_value());
    CHECK(text->starts_with("t_seconds,requests_completed,"));
    for (const char* column : {"rss_bytes", "anon_bytes", "pss_anon_bytes", "private_bytes",
                               "heap_used", "nproc", "newest_pid", "errors", "cgroup_bytes"})
      CHECK(text->substr(0, text->find('\n')).find(column) != std::string::npos);
    const auto back = stats::parse_csv(*text);
    REQUIRE(back.has_value());
    REQUIRE(back->size() == series.size());
    CHECK(back->back().at(Metric::anon) == doctest::Approx(series.back().at(Metric::anon)));
    CHECK(back->back().t_s == doctest::Approx(series.back().t_s).epsilon(1e-3));
  }

  TEST_CASE("the cost of sampling is measured") {
    Folder folder;
    asio::io_context io;
    auto sampler = make_sampler(spec_in(folder), own_process());
    CHECK(run_until(io, *sampler, [&] { return sampler->series().size() >= 20; }).has_value());
    const Cost cost = sampler->cost();
    CHECK(cost.samples == sampler->series().size());
    CHECK(cost.median_us > 0);
    CHECK(cost.cpu_s > 0);
    CHECK(cost.rate_hz == 50);
    CHECK(cost.note.empty());
  }

  TEST_CASE("a dear sample lowers the rate, and says so") {
    Folder folder;
    asio::io_context io;
    auto sources = own_process();
    sources.requests = [] {
      timespec begin{}, now{};
      clock_gettime(CLOCK_THREAD_CPUTIME_ID, &begin);
      do clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
      while ((now.tv_sec - begin.tv_sec) * 1000000000L + now.tv_nsec - begin.tv_nsec < 7000000);
      return std::pair<double, double>(0, 0);
    };
    auto sampler = make_sampler(spec_in(folder), sources);
    CHECK(run_until(io, *sampler, [&] { return !sampler->cost().note.empty(); }).has_value());
    CHECK(sampler->cost().rate_hz == 2);
    CHECK(sampler->cost().note.starts_with("rate lowered to 2 Hz: a sample takes"));
  }

  TEST_CASE("a worker that is replaced shows as a new generation and in the events") {
    Folder folder;
    asio::io_context io;
    Children family(2, 20u << 20);
    auto sources = own_process();
    sources.tree = [&] { return process_tree(family.parent()); };
    auto sampler = make_sampler(spec_in(folder), sources);
    const pid_t lost = family.pids().front();
    pid_t fresh = 0;
    std::size_t whole = 0;
    const auto enough = [&] {
      const auto& series = sampler->series();
      // A worker counts only when it has lived for two seconds.
      if (fresh == 0 && !series.empty() && series.back().t_s > 2.2) {
        whole = series.size();
        fresh = family.replace_first();
      }
      return fresh != 0 && series.size() > whole + 3;
    };
    CHECK(run_until(io, *sampler, enough).has_value());
    const auto& full = sampler->series().at(whole - 1);
    CHECK(full.newest_pid == family.parent());
    CHECK(full.nproc == 3);
    CHECK(full.at(Metric::anon) > 40e6);
    CHECK(sampler->series().back().newest_pid == fresh);
    const auto events = sampler->events();
    const auto told = [&](const std::string& what) {
      return std::any_of(events.begin(), events.end(),
                         [&](const auto& event) { return event.ends_with(what); });
    };
    CHECK(told(fmt::format("process {} ended", lost)));
    CHECK(told(fmt::format("process {} appeared", fresh)));
    CHECK(told(fmt::format("restarted as process {}", fresh)));
  }

  TEST_CASE("a process that was forked before the server was ready is in the first sample after") {
    Folder folder;
    asio::io_context io;
    Children family(1, 5u << 20);
    bool ready = false;
    auto sources = own_process();
    sources.ready = [&] { return ready; };
    sources.tree = [&] {
      return ready ? process_tree(family.parent()) : std::vector<pid_t>{family.parent()};
    };
    auto sampler = make_sampler(spec_in(folder), sources);
    std::size_t before = 0;
    const auto enough = [&] {
      const std::size_t size = sampler->series().size();
      if (!ready && size >= 2) {
        ready = true;
        before = size;
      }
      return size >= 5;
    };
    CHECK(run_until(io, *sampler, enough).has_value());
    CHECK(sampler->series().at(before - 1).nproc == 1);
    CHECK(sampler->series().at(before).nproc == 2);
  }

  TEST_CASE("a tree over its cap is reported once") {
    Folder folder;
    asio::io_context io;
    Children family(1, 30u << 20);
    auto spec = spec_in(folder);
    spec.cap_bytes = 25e6;
    auto sources = own_process();
    sources.tree = [&] { return process_tree(family.parent()); };
    std::vector<double> reports;
    sources.over_cap = [&](double bytes) { reports.push_back(bytes); };
    auto sampler = make_sampler(spec, sources);
    CHECK(run_until(io, *sampler, [&] { return sampler->series().size() >= 5; }).has_value());
    REQUIRE(reports.size() == 1);
    CHECK(reports.front() > 30e6);
  }

  TEST_CASE("a CSV that cannot be written is an error") {
    Folder folder;
    asio::io_context io;
    auto spec = spec_in(folder);
    spec.csv_file = "/proc/no/such/file.csv";
    auto sampler = make_sampler(spec, own_process());
    const auto ended = run_until(io, *sampler, [] { return false; });
    REQUIRE(ended.has_error());
    CHECK(ended.error().message.find("/proc/no/such/file.csv") != std::string::npos);
  }
}
