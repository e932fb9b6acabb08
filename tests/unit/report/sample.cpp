#include "sample.hpp"

#include "stats/series.hpp"

#include <fmt/format.h>

#include <cmath>
#include <fstream>
#include <random>

#include <stdlib.h>

namespace leakbisect::report {
namespace {

constexpr double leak_bytes = 92979;
constexpr double requests_per_s = 200;

std::string off_label(const std::vector<std::string>& off) {
  if (off.empty()) return "all on";
  if (off.size() > 3) return fmt::format("off: {} and {} more", off.front(), off.size() - 1);
  return fmt::format("off: {}", fmt::join(off, ", "));
}

std::vector<std::string> names(std::string_view stem, int first, int last) {
  std::vector<std::string> out;
  for (int i = first; i <= last; ++i) out.push_back(fmt::format("components/{}-{}.vue", stem, i));
  return out;
}

// Not synced to disk: hundreds of files are thrown away at once.
void put(const std::filesystem::path& file, const std::string& text) {
  std::ofstream(file) << text;
}

// Warm-up that saturates, a collector's sawtooth, and the leak.
void write_curve(const std::filesystem::path& folder, const trial::Record& record, unsigned seed) {
  std::mt19937 random(seed);
  std::normal_distribution<double> noise(0, 300e3);
  const bool leaks = record.decision.slope > leak_bytes / 2;
  std::string text = stats::csv_header();
  for (int i = 0; i < static_cast<int>(record.seconds * 10); ++i) {
    stats::Sample sample;
    sample.t_s = i * 0.1;
    sample.requests = std::max(0.0, std::floor((sample.t_s - 0.8) * requests_per_s));
    const double n = sample.requests;
    sample.at(stats::Metric::anon) = 48e6 + 30e6 * (1 - std::exp(-n / 900)) +
                                     9e6 * std::fmod(n + 40 * seed, 420) / 420 + noise(random) +
                                     (leaks ? leak_bytes * n : 0);
    sample.newest_pid = 4711;
    text += stats::csv_line(sample);
  }
  std::filesystem::create_directories(folder);
  put(folder / "samples.csv", text);
  for (const char* log : {"build.log", "server.out", "server.err", "load.log"})
    put(folder / log, "listening\n");
}

class Story {
 public:
  explicit Story(Model& model) : model_(model) {}

  trial::Record& add(std::vector<std::string> off, stats::Verdict verdict, std::string why) {
    const double slope = verdict == stats::Verdict::leaking ? leak_bytes : 14;
    auto record = measured(fmt::format("t{}", model_.trials.size() + 1), std::move(off), verdict,
                           slope + 31.0 * static_cast<double>(model_.trials.size() % 5));
    record.why = std::move(why);
    model_.trials.push_back(std::move(record));
    return model_.trials.back();
  }
  void progress(std::size_t suspects, double top, std::string summary) {
    model_.progress.push_back({model_.trials.back().id, suspects, top, std::move(summary)});
  }

 private:
  Model& model_;
};

void close(Model& model) {
  model.result = HuntResult::culprit;
  model.running = false;
  model.sentence = "The component video leaks 90.8 KiB with every request (probability 99.7%).";
  model.confidence = 0.997;
  model.culprits = {
      {"video", "stub of components/LiveVideo.vue", 0.997, {}, {"video"}, leak_bytes, 940}};
  model.ranking = {{"video", 0.997}, {"comments", 0.0012}, {"ads", 0.0006}};
  model.none_probability = 0.0007;
  for (auto& record : model.trials) {
    if (record.purpose == trial::Purpose::proof_on) model.proof.leaking_trials.push_back(record.id);
    if (record.purpose == trial::Purpose::proof_off) model.proof.clean_trials.push_back(record.id);
    model.wall_seconds += record.seconds + record.build_seconds;
  }
  model.proof.done = model.proof.holds = true;
  model.proof.sentence =
      "With only video on the server leaks; with video off and all else on it does not. Two fresh "
      "processes each, twice as long.";
}

Model begin(const std::filesystem::path& directory) {
  Model model;
  model.directory = directory;
  model.kind = "component";
  model.strategy = "split";
  model.seed = 1;
  model.budget_seconds = 8 * 3600;
  model.hunt_file = "examples/nuxt-live-video/hunt.json";
  return model;
}

void write_files(const Model& model) {
  unsigned seed = 1;
  for (const auto& record : model.trials) {
    const auto folder = model.directory / "trials" / record.id;
    if (record.kind == strategies::OutcomeKind::measured)
      write_curve(folder, record, seed++);
    else {
      std::filesystem::create_directories(folder);
      put(folder / "build.log", "error\n");
    }
  }
}

}  // namespace

TempFolder::TempFolder() {
  char name[] = "/tmp/leakbisect-test-XXXXXX";
  path = ::mkdtemp(name);
}
TempFolder::~TempFolder() {
  std::filesystem::remove_all(path);
}

trial::Record measured(std::string id, std::vector<std::string> off, stats::Verdict verdict,
                       double slope) {
  trial::Record record;
  record.id = std::move(id);
  record.label = off_label(off);
  for (std::size_t i = 0; i < off.size(); ++i)
    record.configuration.off.push_back(static_cast<strategies::UnitIndex>(i));
  record.off = std::move(off);
  record.kind = strategies::OutcomeKind::measured;
  record.decision.verdict = verdict;
  record.decision.final = true;
  record.decision.slope = slope;
  record.decision.slope_se = slope > 1000 ? 940 : 21;
  record.decision.lambda = verdict == stats::Verdict::leaking ? 1.01 : 0.02;
  record.decision.se = 0.06;
  record.decision.llr = verdict == stats::Verdict::leaking ? 8.2 : -7.9;
  record.requests = 2350;
  record.seconds = 12.4;
  return record;
}

Model component_hunt(const std::filesystem::path& directory) {
  return long_hunt(directory, 0);
}

Model long_hunt(const std::filesystem::path& directory, int trials) {
  using enum stats::Verdict;
  Model model = begin(directory);
  Story story(model);
  const auto half = names("card", 1, 20);
  story.add({}, leaking, "the end that should leak").purpose = trial::Purpose::control_bad;
  model.trials.back().seconds = 18.2;
  model.trials.back().build_seconds = 31.5;
  story.add(names("card", 1, 40), clean, "the end that should be clean").purpose =
      trial::Purpose::control_good;
  model.trials.back().seconds = 18.2;
  story.progress(40, 0.025, "40 suspects");
  story.add(half, leaking, "halves 40 suspects").build_seconds = 24.1;
  story.progress(20, 0.05, "20 suspects");
  for (int i = 0; i < trials; ++i) {
    story.add(names("card", 1, i % 9 + 1), i % 3 == 0 ? leaking : clean, "halves suspects");
    story.progress(20, 0.05, "20 suspects");
  }
  auto& broken = story.add(names("list", 1, 3), undecided, "halves 20 suspects");
  broken.kind = strategies::OutcomeKind::untestable;
  broken.reason = "build failed: \"npm run build\" exited with code 2 after 9.1 s; see build.log";
  broken.requests = broken.seconds = 0;
  broken.build_seconds = 9.1;
  story.progress(20, 0.05, "20 suspects, one configuration does not build");
  story.add(names("list", 1, 10), clean, "halves 20 suspects, another way");
  story.progress(10, 0.1, "10 suspects");
  auto& open = story.add({"video", "poster", "captions"}, undecided, "halves 10 suspects");
  open.decision.llr = -1.2;
  open.reason = "undecided after 60 s: the growth fits neither end";
  open.seconds = 24;
  open.requests = 4600;
  story.progress(10, 0.11, "10 suspects");
  story.add({"video", "poster", "captions"}, clean, "again, with a fresh process");
  story.progress(3, 0.33, "3 suspects");
  story.add({"poster"}, leaking, "halves 3 suspects");
  story.progress(2, 0.49, "2 suspects");
  story.add({"video"}, clean, "tells 2 suspects apart").build_cached = true;
  story.progress(1, 0.94, "video leads");
  for (int i = 0; i < 4; ++i) {
    auto& proof = story.add(i % 2 == 0 ? std::vector<std::string>{"video"} : names("list", 1, 39),
                            i % 2 == 0 ? clean : leaking, "proves the answer");
    proof.purpose = i % 2 == 0 ? trial::Purpose::proof_off : trial::Purpose::proof_on;
    proof.seconds = 22;
    proof.requests = 4200;
    story.progress(1, 0.96 + 0.012 * i, "video leads");
  }
  model.warnings = {"Trial t4 could not be built; the answer does not depend on it."};
  model.advice = {"Look at what components/LiveVideo.vue starts in created() and never stops."};
  close(model);
  write_files(model);
  return model;
}

Model model_of(const std::string& text) {
  Model model;
  model.directory = "/nonexistent";
  model.sentence = model.kind = model.strategy = text;
  model.hunt_file = text;
  model.advice = model.warnings = {text};
  model.culprits = {{text, text, 0.5, {text, text}, {text, text}, 1, 1}};
  model.ranking = {{text, 0.5}};
  model.progress = {{text, 1, 0.5, text}, {text, 1, 0.5, text}};
  auto record = measured(text, {text, text}, stats::Verdict::leaking, 1);
  record.label = record.why = record.reason = record.decision.reason = text;
  record.events = {text};
  record.followed = {{4711, 99, text}};
  model.trials = {record};
  model.proof = {true, true, {text}, {text}, text, text, true};
  return model;
}

}  // namespace leakbisect::report
