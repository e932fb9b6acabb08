// Judges real servers that leak a known amount, and ones that only look like it, through the whole
// program: two controls a subject, then trials of either end between them.
//
//   live_bench [--runs N] [--jobs K] [--only NAME,NAME...] [--keep DIR] [--alone] [--strict]
//
// With --alone there are no controls: each run is judged by itself, after a minute of load.
// Prints a row for each side of each subject. Exit code 1 when a verdict is wrong, with --strict
// also when a row takes longer than is wanted of it; 0 otherwise. A subject whose runtime is
// missing is skipped, with the reason.

#include "subjects.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <mutex>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

#include <sys/wait.h>
#include <unistd.h>

namespace fs = std::filesystem;
using leakbisect::live::Subject;

namespace {

struct Options {
  int runs = 2;
  int jobs = 1;
  bool strict = false;
  bool alone = false;
  fs::path keep;
  std::vector<std::string> only;
};

struct Row {
  int leaking = 0, clean = 0, undecided = 0, other = 0, again = 0;
  std::vector<double> seconds;  // of decided trials
};

struct Tally {
  const Subject* subject = nullptr;
  std::string skipped;  // why
  Row sides[2];         // leaking end, clean end
};

std::mutex printing;

std::vector<std::string> split(const std::string& text) {
  std::istringstream words(text);
  std::vector<std::string> found;
  for (std::string word; std::getline(words, word, ',');) found.push_back(word);
  return found;
}

std::string output_of(const std::string& command) {
  std::string text;
  FILE* const pipe = ::popen(command.c_str(), "r");
  if (pipe == nullptr) return text;
  char chunk[4096];
  while (const std::size_t got = std::fread(chunk, 1, sizeof chunk, pipe)) text.append(chunk, got);
  ::pclose(pipe);
  return text;
}

/// "" where there is no text: an untestable trial has no verdict and no metric.
std::string text_in(const nlohmann::json& record, const char* key) {
  const auto found = record.find(key);
  return found != record.end() && found->is_string() ? found->get<std::string>() : "";
}

void judge_one(const Subject& subject, const Options& options, bool off, Row& row) {
  const fs::path folder = options.keep / subject.name;
  const fs::path errors = folder.string() + ".err";
  const std::string command = fmt::format(
      "timeout 900 '{}' measure '{}/tests/live/hunts/{}.json' --out '{}' --json{}{} 2>>'{}'",
      LB_BINARY, LB_SOURCE_DIR, subject.name, folder.string(), off ? " --off leak" : "",
      options.alone ? " --alone --for 60s" : "", errors.string());
  const auto record = nlohmann::json::parse(output_of(command), nullptr, false);
  const std::scoped_lock lock(printing);
  if (!record.is_object()) {
    ++row.other;
    fmt::print("  {:14} {:8} no answer, see {}\n", subject.name, off ? "off" : "on",
               errors.string());
    return;
  }
  const std::string verdict =
      text_in(record, "outcome") == "measured" ? text_in(record, "verdict") : "untestable";
  const double seconds = record.contains("decided_at_s") && record["decided_at_s"].is_number()
                             ? record["decided_at_s"].get<double>()
                             : record.value("seconds", 0.0);
  const std::string id = text_in(record, "id");
  const bool is_first = options.alone || id.ends_with("-1");
  row.again += is_first ? 0 : 1;
  row.leaking += verdict == "leaking" ? 1 : 0;
  row.clean += verdict == "clean" ? 1 : 0;
  row.undecided += verdict == "undecided" ? 1 : 0;
  row.other += verdict == "untestable" ? 1 : 0;
  if (verdict == "leaking" || verdict == "clean") row.seconds.push_back(seconds);
  fmt::print("  {:14} {:8} {:9} {:6.1f} s by {}{}\n", subject.name, off ? "off" : "on", verdict,
             seconds, text_in(record, "metric"), is_first ? "" : ", run again");
  std::fflush(stdout);
}

void judge(Tally& tally, const Options& options) {
  const Subject& subject = *tally.subject;
  for (const std::string& program : subject.needs)
    if (std::system(fmt::format("command -v {} >/dev/null 2>&1", program).c_str()) != 0)
      tally.skipped = program + " is not installed";
  if (!tally.skipped.empty()) return;
  for (int run = 0; run < options.runs; ++run)
    for (const bool off : {false, true}) judge_one(subject, options, off, tally.sides[off]);
}

double median(std::vector<double> values) {
  if (values.empty()) return 0;
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

/// False when the row holds a wrong verdict, or is too slow and that counts.
bool print(const Subject& subject, bool off, const Row& row, bool strict) {
  const int wrong = off ? row.leaking : row.clean;
  const double middle = median(row.seconds);
  const double slowest =
      row.seconds.empty() ? 0 : *std::max_element(row.seconds.begin(), row.seconds.end());
  fmt::print("{:14} {:6} {:7} {:5} {:9} {:5} {:6} {:8.1f} {:7.1f} {:>7}\n", subject.name,
             off ? "clean" : "leaks", row.leaking, row.clean, row.undecided, row.other, row.again,
             middle, slowest, subject.within_s > 0 ? fmt::format("{:.0f}", subject.within_s) : "-");
  const bool slow = subject.within_s > 0 && (row.seconds.empty() || middle > subject.within_s);
  return wrong == 0 && !(strict && slow);
}

Options read_options(int count, char** words) {
  Options options;
  options.keep = fs::temp_directory_path() / fmt::format("leakbisect-live-{}", ::getpid());
  for (int k = 1; k < count; ++k) {
    const std::string word = words[k];
    const std::string value = k + 1 < count ? words[k + 1] : "";
    options.strict = options.strict || word == "--strict";
    options.alone = options.alone || word == "--alone";
    if (word == "--strict" || word == "--alone") continue;
    ++k;
    if (word == "--runs") options.runs = std::max(1, std::atoi(value.c_str()));
    if (word == "--jobs") options.jobs = std::max(1, std::atoi(value.c_str()));
    if (word == "--keep") options.keep = value;
    if (word == "--only") options.only = split(value);
  }
  return options;
}

}  // namespace

int main(int count, char** words) {
  const Options options = read_options(count, words);
  fs::create_directories(options.keep);
  std::vector<Tally> tallies;
  for (const Subject& subject : leakbisect::live::subjects()) {
    const bool asked = options.only.empty() || std::find(options.only.begin(), options.only.end(),
                                                         subject.name) != options.only.end();
    if (asked) tallies.push_back({&subject, {}, {}});
  }
  std::atomic<std::size_t> next = 0;
  std::vector<std::thread> workers;
  for (int k = 0; k < options.jobs; ++k)
    workers.emplace_back([&] {
      for (std::size_t one; (one = next++) < tallies.size();) judge(tallies[one], options);
    });
  for (auto& worker : workers) worker.join();
  fmt::print("{:14} {:6} {:>7} {:>5} {:>9} {:>5} {:>6} {:>8} {:>7} {:>7}\n", "subject", "side",
             "leaking", "clean", "undecided", "other", "again", "median s", "max s", "wanted");
  bool good = true;
  for (const Tally& tally : tallies) {
    if (!tally.skipped.empty())
      fmt::print("{:14} skipped: {}\n", tally.subject->name, tally.skipped);
    for (const bool off : {false, true})
      if (tally.skipped.empty())
        good = print(*tally.subject, off, tally.sides[off], options.strict) && good;
  }
  return good ? 0 : 1;
}
