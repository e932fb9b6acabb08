// Error rates and times of the decision rules on recorded traces:
//   bench_traces DIRECTORY [T_MAX_SECONDS] [--each]
// DIRECTORY holds manifest.json and one CSV a run, with the truth of each. Three kinds of question:
//   twin   calibrated on one clean and one leaking run of a server, judging its other clean runs
//   and
//          other runs of the same leak
//   cross  the same, judging other leaks, loads, caches and heap settings of the server
//   split  calibrated on the first half of a pair, judging only what was recorded after it
// A judged leak smaller than 0.7 of the calibrated one is no question for "leaking"; between 0.3
// and 0.7 any answer is right and the run is left out.

#include "base/files.hpp"
#include "bench/trace_pairs.hpp"
#include "stats/decision.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <filesystem>
#include <map>
#include <string_view>

namespace {

using namespace leakbisect;
using namespace leakbisect::stats;
using bench::families;
using bench::Pair;
using bench::pairs;

struct Trace {
  std::string name;
  Series series;
  bool leaks = false;
  double bytes = 0;  ///< per request, by construction
};

struct Tally {
  int clean = 0, leaking = 0, wrong_clean = 0, wrong_leaking = 0, open_clean = 0, open_leaking = 0;
  std::vector<double> seconds, requests;  // undecided ones count as T_max

  void add(const Trace& truth, const Decision& decision, double from_s, double t_max_s) {
    const bool leak = truth.leaks;
    (leak ? leaking : clean) += 1;
    if (decision.verdict == Verdict::undecided)
      (leak ? open_leaking : open_clean) += 1;
    else if ((decision.verdict == Verdict::leaking) != leak)
      (leak ? wrong_leaking : wrong_clean) += 1;
    const bool open = decision.verdict == Verdict::undecided;
    seconds.push_back(open ? t_max_s : decision.decided_at_s - from_s);
    requests.push_back(decision.decided_at_requests);
  }
};

double median(std::vector<double> values) {
  if (values.empty()) return 0;
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

double mean(const std::vector<double>& values) {
  double sum = 0;
  for (const double value : values) sum += value / static_cast<double>(values.size());
  return sum;
}

/// A clean run of the plain server (fragmentation is another server), or the same leak again.
bool is_twin(const Trace& run, const Trace& leaking) {
  const auto kind = [](const Trace& trace) {
    return trace.name == "node-flag-on" ? std::string("node-array1k") : trace.name;
  };
  return run.leaks ? kind(run) == kind(leaking) : run.name != "c-frag";
}

class Bench {
 public:
  Bench(std::map<std::string, Trace, std::less<>> traces, double t_max_s, bool each)
      : traces_(std::move(traces)), each_(each) {
    options_.t_max_s = t_max_s;
  }

  void run() {
    for (const auto& pair : pairs) {
      if (!traces_.contains(pair.clean) || !traces_.contains(pair.leaking)) continue;
      const auto& clean = traces_.find(pair.clean)->second;
      const auto& leaking = traces_.find(pair.leaking)->second;
      judge_family(pair, clean, leaking);
      judge_split(clean, leaking);
    }
    print();
  }

 private:
  void judge_family(const Pair& pair, const Trace& clean, const Trace& leaking) {
    const auto ends = Ends::calibrate({clean.series}, {leaking.series}, options_);
    if (!ends) {
      fmt::print("{} | {}: refused: {}\n", clean.name, leaking.name, ends.error().message);
      ++refused_;
      return;
    }
    fmt::print("{} | {}: {} delta {:.0f} (true {:.0f}), told at {:.1f} s, looks each {:.2f} s\n",
               clean.name, leaking.name, metric_name((*ends)->metric()), (*ends)->delta(),
               leaking.bytes, (*ends)->separated_at_s(), (*ends)->look_interval_s());
    for (const auto& [family, members] : families) {
      if (family != pair.family) continue;
      const auto plain = [&members = members](std::string_view name) {
        return std::find(members.begin(), members.end(), name) != members.end();
      };
      for (auto member : members) {
        const bool other = member.front() == '~';
        if (other) member.remove_prefix(1);
        if (!traces_.contains(member) || member == pair.clean || member == pair.leaking) continue;
        const auto& run = traces_.find(member)->second;
        const bool twin =
            !other && plain(pair.clean) && plain(pair.leaking) && is_twin(run, leaking);
        judge_run(twin ? "twin" : "cross", run, leaking, *ends, 0);
      }
    }
  }

  void judge_split(const Trace& clean, const Trace& leaking) {
    const double half_s =
        std::min({clean.series.back().t_s, leaking.series.back().t_s, options_.t_max_s}) / 2;
    const auto before = [half_s](const Sample& sample) { return sample.t_s < half_s; };
    const auto first = [&](const Series& s) {
      return Series(s.begin(), std::partition_point(s.begin(), s.end(), before));
    };
    const auto ends = Ends::calibrate({first(clean.series)}, {first(leaking.series)}, options_);
    if (!ends) {
      ++refused_split_;
      return;
    }
    for (const auto* trace : {&clean, &leaking}) {
      Trace rest = *trace;
      rest.series.erase(rest.series.begin(),
                        std::partition_point(rest.series.begin(), rest.series.end(), before));
      judge_run("split", rest, leaking, *ends, half_s);
    }
  }

  void judge_run(const std::string& question, const Trace& run, const Trace& leaking,
                 const std::shared_ptr<const Ends>& ends, double from_s) {
    const double share = run.bytes / leaking.bytes;
    if (share > 0.3 && share < 0.7) return;
    Trace truth = run;
    truth.leaks = share >= 0.7;
    const auto decision = replay(run.series, ends, options_);
    tallies_[question + "  template"].add(truth, decision, from_s, options_.t_max_s);
    Options alone = options_;
    alone.smallest_slope = ends->delta() / 2;
    alone.metric = ends->metric();
    Series cut = run.series;
    std::erase_if(cut, [&](const Sample& s) { return s.t_s > options_.t_max_s; });
    tallies_[question + "  MSER-5"].add(truth, judge_alone(cut, alone), from_s, options_.t_max_s);
    const bool wrong = decision.verdict != Verdict::undecided &&
                       (decision.verdict == Verdict::leaking) != truth.leaks;
    if (each_ || wrong)
      fmt::print("   {}{:6} {:22} {:9} lambda {:5.2f} se {:4.2f} at {:5.1f} s: {}\n",
                 wrong ? "WRONG " : "", question, run.name, verdict_name(decision.verdict),
                 decision.lambda, decision.se, decision.decided_at_s, decision.reason);
  }

  void print() const {
    fmt::print("\n{:18} {:>6} {:>6} {:>12} {:>12} {:>7} {:>7} {:>9}\n", "rule", "clean", "leaks",
               "wrong", "undecided", "mean s", "med. s", "med. req");
    for (const auto& [name, tally] : tallies_)
      fmt::print("{:18} {:6} {:6} {:>12} {:>12} {:7.1f} {:7.1f} {:9.0f}\n", name, tally.clean,
                 tally.leaking, fmt::format("{} / {}", tally.wrong_clean, tally.wrong_leaking),
                 fmt::format("{} / {}", tally.open_clean, tally.open_leaking), mean(tally.seconds),
                 median(tally.seconds), median(tally.requests));
    fmt::print("refused calibrations: {} of {}, of the first halves {}\n", refused_, pairs.size(),
               refused_split_);
  }

  std::map<std::string, Trace, std::less<>> traces_;
  bool each_;
  Options options_;
  std::map<std::string, Tally> tallies_;
  int refused_ = 0;
  int refused_split_ = 0;
};

std::map<std::string, Trace, std::less<>> load(const std::filesystem::path& directory) {
  const auto manifest = nlohmann::json::parse(read_file(directory / "manifest.json").value());
  std::map<std::string, Trace, std::less<>> traces;
  for (const auto& row : manifest.at("traces")) {
    const auto file = row.at("file").get<std::string>();
    Trace trace;
    trace.name = file.substr(0, file.rfind("_s"));
    trace.series = parse_csv(read_file(directory / file).value()).value();
    trace.leaks = row.at("label") == "leaks";
    trace.bytes = row.at("true_bytes_per_request").get<double>();
    traces.emplace(trace.name, std::move(trace));
  }
  return traces;
}

}  // namespace

int main(int argc, char** argv) {
  double t_max_s = 60;
  bool each = false;
  if (argc < 2) {
    fmt::print(stderr, "usage: bench_traces DIRECTORY [T_MAX_SECONDS] [--each]\n");
    return 2;
  }
  for (int i = 2; i < argc; ++i) {
    if (std::string_view(argv[i]) == "--each")
      each = true;
    else
      t_max_s = std::stod(argv[i]);
  }
  try {
    Bench(load(argv[1]), t_max_s, each).run();
  } catch (const std::exception& error) {
    fmt::print(stderr, "bench_traces: {}\n", error.what());
    return 1;
  }
  return 0;
}
