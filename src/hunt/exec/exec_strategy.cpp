#include "hunt/exec/exec_strategy.hpp"

#include "base/files.hpp"
#include "base/private_folder.hpp"
#include "base/utf8.hpp"
#include "hunt/exec/exec_protocol.hpp"
#include "subject/dialogue.hpp"

#include <algorithm>
#include <cstdlib>

namespace leakbisect::hunt {

namespace fs = std::filesystem;
using nlohmann::json;
using strategies::Answer;
using strategies::Ask;
using strategies::Configuration;

namespace {

// Above this many units the program is told by a file.
constexpr std::size_t most_units_in_a_line = 2000;
// A strategy that has not ended by then does not mean to.
constexpr std::size_t patience_trials = 2000;
constexpr double explain_s = 2, farewell_s = 0.3;

// The program's own folder: the hunt's, or a temporary one that goes with it.
class Folder {
 public:
  explicit Folder(fs::path given) : path_(std::move(given)), is_ours_(path_.empty()) {
    std::error_code failed;
    if (is_ours_) {
      if (auto made = make_temporary_folder("strategy"); made) path_ = std::move(*made);
    } else {
      fs::create_directories(path_, failed);
    }
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  ~Folder() {
    std::error_code ignored;
    if (is_ours_ && !path_.empty()) fs::remove_all(path_, ignored);
  }
  [[nodiscard]] const fs::path& path() const { return path_; }

 private:
  fs::path path_;
  bool is_ours_;
};

class ExecStrategy final : public strategies::Strategy {
 public:
  ExecStrategy(std::string command, const strategies::SearchSpace& space, std::uint64_t seed,
               const ExecPlace& place)
      : command_(std::move(command)),
        space_(space),
        names_(space),
        seed_(seed),
        place_(place),
        folder_(place.folder),
        shadow_(strategies::default_strategy(space).make(space, space.prior, seed)) {}
  ExecStrategy(const ExecStrategy&) = delete;
  ExecStrategy& operator=(const ExecStrategy&) = delete;
  ~ExecStrategy() override {
    if (!dialogue_ || failed_) return;
    if (!dialogue_->say(R"({"op":"end"})", farewell_s)) return;
    while (dialogue_->hear(farewell_s)) continue;
  }

  Result<> start() {
    subject::LaunchSpec spec;
    spec.command.argv = {"/bin/sh", "-c", command_};
    spec.directory = place_.directory.empty() ? fs::current_path() : place_.directory;
    spec.stderr_file = folder_.path() / "strategy.err";
    spec.name = "strategy";
    auto dialogue = subject::Dialogue::start(spec);
    if (!dialogue) return dialogue.error().within("strategy exec:" + command_);
    dialogue_ = std::move(*dialogue);
    return introduce();
  }

  std::vector<Ask> ask(std::size_t n, const strategies::Costs& costs) override {
    if (n == 0 || answer()) return {};
    json line{{"op", "ask"}, {"n", n}, {"pending", json::array()}};
    for (const Pending& one : pending_) line["pending"].push_back(one.id);
    if (costs != told_costs_) line["cost"] = weights_by_name(space_, costs);
    told_costs_ = costs;
    if (!say(line)) return {};
    auto reply = hear();
    return reply ? taken(std::move(*reply), n) : std::vector<Ask>{};
  }

  void tell(const Configuration& configuration, const strategies::Outcome& outcome) override {
    shadow_->tell(configuration, outcome);
    const auto asked = std::ranges::find(pending_, configuration, &Pending::configuration);
    json trial = trial_json(space_, configuration);
    json line{{"op", "tell"}};
    if (asked != pending_.end()) {
      line["id"] = asked->id;
      if (!asked->key.empty()) trial["key"] = asked->key;
      pending_.erase(asked);
    } else {
      line["id"] = fmt::format("c{}", ++unasked_);
    }
    line["trial"] = trial;
    line.update(outcome_json(outcome));
    if (!answer()) say(line);
  }

  [[nodiscard]] std::optional<Answer> answer() const override { return answer_; }

  [[nodiscard]] strategies::Belief belief() const override {
    strategies::Belief belief = shadow_->belief();
    if (!top_.empty()) {
      belief.ranking = top_;
      belief.summary = "as the user's strategy says";
    }
    return belief;
  }

 private:
  struct Pending {
    std::string id;
    std::string key;
    Configuration configuration;
  };

  Result<> introduce() {
    const bool is_history = space_.shape == strategies::Shape::history;
    json line{
        {"op", "init"},
        {"v", 1},
        {"seed", seed_},
        {"kind", is_history ? "commits" : "toggles"},
        {"noise", {{"alpha", space_.noise.false_positive}, {"beta", space_.noise.false_negative}}},
        {"conf", space_.confidence},
        {"budget", json::object()},
        {"workers", place_.workers}};
    if (place_.budget_s > 0) line["budget"]["seconds"] = place_.budget_s;
    if (space_.smallest_slope) line["w_min"] = *space_.smallest_slope;
    if (space_.size() > most_units_in_a_line) {
      const fs::path file = folder_.path() / "units.json";
      if (auto written = write_atomic(file, units_json(space_).dump() + "\n"); !written)
        return written;
      line["units_file"] = file.string();
    } else {
      line.update(units_json(space_));
    }
    say(line);
    return {};
  }

  bool say(const json& line) {
    const auto said = dialogue_->say(line.dump(), place_.timeout_s);
    if (!said) give_up(said.error());
    return said.has_value();
  }

  // The reply to an ask; acknowledgements of earlier lines are passed over.
  std::optional<Reply> hear() {
    while (true) {
      const auto line = dialogue_->hear(place_.timeout_s);
      if (!line) {
        give_up(line.error());
        return std::nullopt;
      }
      auto reply = read_reply(*line, names_);
      if (!reply) {
        give_up(reply.error());
        return std::nullopt;
      }
      if (*reply) return std::move(**reply);
    }
  }

  std::vector<Ask> taken(Reply reply, std::size_t n) {
    if (!reply.top.empty()) top_ = std::move(reply.top);
    if (reply.done) {
      conclude(std::move(*reply.done), reply.confidence);
      return {};
    }
    if (reply.trials.empty() && pending_.empty())
      give_up(fail("it asks for no trial while none is running, and gives no answer"));
    if (reply.trials.size() > n)
      give_up(fail("it asks for {} trials where {} were free", reply.trials.size(), n));
    if (asked_ + reply.trials.size() > patience_trials + 10 * space_.size())
      give_up(fail("it has asked for {} trials and has no answer yet", asked_));
    std::vector<Ask> asks;
    if (failed_) return asks;
    for (Reply::Trial& trial : reply.trials) {
      pending_.push_back(
          {fmt::format("t{}", ++asked_), std::move(trial.key), trial.ask.configuration});
      asks.push_back(std::move(trial.ask));
    }
    return asks;
  }

  void conclude(Answer answer, std::optional<double> state_confidence) {
    if (answer.confidence == 0 && state_confidence) answer.confidence = *state_confidence;
    for (strategies::Culprit& culprit : answer.culprits) culprit.probability = answer.confidence;
    answer.reason = "The user's strategy says: " +
                    (answer.reason.empty() ? std::string("done") : answer.reason);
    if (dialogue_->say(R"({"op":"explain"})", explain_s)) {
      const auto line = dialogue_->hear(explain_s);
      const json said = line ? json::parse(*line, nullptr, false) : json();
      if (said.is_object() && said.contains("text") && said["text"].is_string())
        answer.reason += ". " + valid_utf8(said["text"].get<std::string>());
    }
    answer_ = std::move(answer);
  }

  // The search ends here, with the ranking as it is.
  void give_up(const Error& why) {
    if (failed_) return;
    failed_ = true;
    answer_.emplace();
    answer_->reason = fmt::format(
        "The strategy exec:{} failed: {}. Mend it, then `leakbisect resume` (or begin again with "
        "another --strategy).{}",
        command_, why.message,
        place_.folder.empty() ? ""
                              : fmt::format(" What it wrote to stderr is in {}.",
                                            (folder_.path() / "strategy.err").string()));
  }

  std::string command_;
  const strategies::SearchSpace& space_;
  UnitNames names_;
  std::uint64_t seed_;
  ExecPlace place_;
  Folder folder_;
  std::unique_ptr<strategies::Strategy> shadow_;
  std::unique_ptr<subject::Dialogue> dialogue_;
  std::vector<Pending> pending_;
  std::vector<std::pair<strategies::UnitIndex, double>> top_;
  std::optional<Answer> answer_;
  strategies::Costs told_costs_;
  std::size_t asked_ = 0;
  std::size_t unasked_ = 0;
  bool failed_ = false;
};

}  // namespace

Result<std::unique_ptr<strategies::Strategy>> make_exec_strategy(
    const std::string& command, const strategies::SearchSpace& space, std::uint64_t seed,
    const ExecPlace& place) {
  auto strategy = std::make_unique<ExecStrategy>(command, space, seed, place);
  if (auto started = strategy->start(); !started) return started.error();
  return std::unique_ptr<strategies::Strategy>(std::move(strategy));
}

}  // namespace leakbisect::hunt
