// Hunts by the real binary in a repository of 1,000 commits with merges, with an oracle that errs
// in 5% of its trials either side: how often is the culprit named, in how many trials?
// usage: bench_oracle_hunts LEAKBISECT HUNTS [SEED] [slopes]

#include "bench/search/search_play.hpp"
#include "made_repository.hpp"

#include <nlohmann/json.hpp>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>

using namespace leakbisect;
namespace fs = std::filesystem;

namespace {

constexpr std::size_t commits = 1000;
constexpr double error = 0.05;

void shell(const std::string& command) {
  if (std::system(command.c_str()) != 0) throw std::runtime_error("failed: " + command);
}

std::vector<std::string> lines_of(const fs::path& file) {
  std::ifstream in(file);
  std::vector<std::string> lines;
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

/// The oracle is a table, made before: a line a commit, its answers by the number of the visit.
class Repository {
 public:
  Repository(fs::path folder, bool slopes) : folder_(std::move(folder)), slopes_(slopes) {}

  void make(std::uint64_t seed) {
    bench::Luck luck(seed);
    shell(fmt::format("git init -q -b main '{}/repository'", folder_.string()));
    std::FILE* out = ::popen(
        fmt::format("git -C '{}/repository' fast-import --quiet --done", folder_.string()).c_str(),
        "w");
    if (out == nullptr) throw std::runtime_error("cannot start git fast-import");
    test::write_fast_import(bench::branches_of(commits, 0.1, luck), out);
    if (::pclose(out) != 0) throw std::runtime_error("git fast-import failed");
    shell(fmt::format("git -C '{0}/repository' rev-list --reverse main > '{0}/all'",
                      folder_.string()));
    all_ = lines_of(folder_ / "all");
  }

  /// Plants a culprit and the answers of every commit; returns the culprit.
  std::string plant(bench::Luck& luck) {
    std::string culprit = all_[1 + luck.below(all_.size() - 1)];
    shell(fmt::format("git -C '{0}/repository' rev-list --ancestry-path {1}..main > '{0}/leaking'",
                      folder_.string(), culprit));
    const auto below = lines_of(folder_ / "leaking");
    std::set<std::string> leaking(below.begin(), below.end());
    leaking.insert(culprit);
    const fs::path answers = folder_ / "answers";
    fs::remove_all(answers);
    fs::create_directories(answers);
    for (const std::string& commit : all_) {
      std::ofstream file(answers / commit);
      for (int visit = 0; visit < 40; ++visit) file << answer(leaking.contains(commit), luck);
    }
    return culprit;
  }

  void write_hunt() const {
    std::ofstream script(folder_ / "test.sh");
    script << "#!/bin/sh\ncd \"$(dirname \"$0\")/answers\" || exit 125\n"
              "line=$(head -n 1 $1) && sed -i 1d $1\n"
              "case $line in 0) exit 0 ;; 1) exit 1 ;; esac\necho \"$line\"\n";
    script.close();
    fs::permissions(folder_ / "test.sh", fs::perms::owner_all);
    const nlohmann::json hunt{{"oracle",
                               {{"command", {(folder_ / "test.sh").string(), "{commit}"}},
                                {"false_positive", error},
                                {"false_negative", error}}},
                              {"units",
                               {{"git",
                                 {{"repository", (folder_ / "repository").string()},
                                  {"good", all_.front()},
                                  {"bad", "main"}}}}}};
    std::ofstream(folder_ / "hunt.json") << hunt;
  }

 private:
  std::string answer(bool leaks, bench::Luck& luck) const {
    if (!slopes_) return luck.chance(error) != leaks ? "1\n" : "0\n";
    const double spread = bench::spread_for(error);
    const double slope = (leaks ? 1 : 0) + spread * luck.normal();
    return fmt::format(R"({{"slope": {}, "se": {}}})", slope, spread) + "\n";
  }

  fs::path folder_;
  bool slopes_;
  std::vector<std::string> all_;
};

struct Counted {
  std::map<std::string, double> by_purpose;
  bool right = false;
};

Counted read_report(const fs::path& file, const std::string& culprit) {
  std::ifstream in(file);
  const auto report = nlohmann::json::parse(in);
  Counted counted;
  for (const auto& trial : report["trials"]) {
    const std::string purpose = trial.value("purpose", "search");
    counted.by_purpose[purpose.substr(0, purpose.find('_'))] += 1;
  }
  for (const auto& named : report["culprits"]) {
    counted.right = counted.right || named["unit"] == culprit;
    for (const auto& same : named.value("class", nlohmann::json::array())) {
      counted.right = counted.right || same == culprit;
    }
  }
  return counted;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 3) {
    fmt::print(stderr, "usage: bench_oracle_hunts LEAKBISECT HUNTS [SEED] [slopes]\n");
    return 2;
  }
  const int hunts = std::atoi(argv[2]);
  const std::uint64_t seed = argc > 3 ? std::stoull(argv[3]) : 1;
  char name[] = "/tmp/leakbisect-hunts-XXXXXX";
  const fs::path folder = ::mkdtemp(name);
  Repository repository(folder, argc > 4);
  repository.make(seed);
  repository.write_hunt();
  bench::Proportion right;
  std::map<std::string, std::vector<double>> trials;
  for (int i = 0; i < hunts; ++i) {
    bench::Luck luck(bench::key_of(seed, static_cast<std::uint64_t>(i)));
    const std::string culprit = repository.plant(luck);
    const fs::path out = folder / fmt::format("out{}", i);
    // Exit codes say how it ended; the report says the rest.
    const int code =
        std::system(fmt::format("'{}' run '{}/hunt.json' --out '{}' > '{}/log' 2>&1", argv[1],
                                folder.string(), out.string(), folder.string())
                        .c_str());
    if (code < 0) return 1;
    const Counted counted = read_report(out / "report.json", culprit);
    ++right.of;
    right.hits += counted.right;
    for (const char* purpose : {"control", "search", "proof"}) {
      const auto found = counted.by_purpose.find(purpose);
      trials[purpose].push_back(found == counted.by_purpose.end() ? 0 : found->second);
    }
    fs::remove_all(out);
  }
  fmt::print("seed {}: {} of {} right, 95% interval {:.1f} to {:.1f}%\n", seed, right.hits,
             right.of, 100 * right.low(), 100 * right.high());
  for (const auto& [purpose, counts] : trials) {
    const bench::Spread spread = bench::spread_of(counts);
    fmt::print("{} trials: mean {:.2f}±{:.2f}, p95 {:.0f}\n", purpose, spread.mean,
               spread.half_width, spread.p95);
  }
  fs::remove_all(folder);
  return 0;
}
