#include "hunt/end_search.hpp"

#include "hunt/answer/answer.hpp"
#include "hunt/answer/report_files.hpp"
#include "hunt/begin.hpp"
#include "hunt/ends/judges.hpp"
#include "hunt/search/searched_space.hpp"

#include <boost/asio/this_coro.hpp>

#include <algorithm>

namespace leakbisect::hunt {

namespace asio = boost::asio;
using report::HuntResult;
using strategies::UnitIndex;

namespace {

constexpr double budget_for_ends = 1.0 / 3;
constexpr std::size_t few_candidates = 24;  // that are tried one by one
constexpr std::size_t most_looks_told = 6;

// In short: the trial's own line has told the rest.
std::string why_untestable(const trial::Record& last) {
  if (last.stage == trial::Stage::build)
    return fmt::format("does not build (trials/{}/build.log)", last.id);
  return fmt::format("cannot be tested ({})", last.reason);
}

class EndSearch {
 public:
  EndSearch(Parts parts, const asio::any_io_executor& io)
      : parts_(parts),
        space_(searched_space(parts.hunt, parts.source, parts.journal.header().confidence)),
        before_s_(parts.journal.seconds_spent()),
        trials_(io, parts.executor, parts.journal, parts.journal.header().budget_s - before_s_),
        context_(parts.hunt, space_, trials_, parts.directory),
        judge_(context_.kind.judge_ends(context_)) {
    result_.model = begun_model(parts);
    trials_.on_finished = [this](const trial::Record& record) { on_finished(record); };
  }

  Trials& trials() { return trials_; }

  asio::awaitable<Result<EndSearched>> run() {
    parts_.terminal.note(
        fmt::format("no good end is named: {} older commits may be it, measured beside the bad end",
                    candidates()));
    co_await look_back();
    co_await parts_.executor.finish();
    if (trials_.halt() == Halt::failed) co_return fail("{}", trials_.failure());
    if (result_.found && !parts_.journal.read_only()) {
      auto noted = parts_.journal.note_end(*result_.found, trials_.finished());
      if (!noted) co_return noted.error();
      co_return std::move(result_);
    }
    if (trials_.halt() != Halt::none) conclude_halt(result_.model, trials_.halt());
    result_.model.running = false;
    if (!parts_.journal.read_only())
      if (auto written = files_.write(result_.model); !written) co_return written.error();
    co_return std::move(result_);
  }

 private:
  [[nodiscard]] std::size_t candidates() const { return space_.size() - 1; }

  // Releases come first, since somebody has built them; what lies between the newest and the bad
  // end is for when none of them can be told.
  [[nodiscard]] std::vector<UnitIndex> order() const {
    std::vector<UnitIndex> releases;
    std::vector<UnitIndex> others;
    for (std::size_t place = 0; place < candidates(); ++place) {
      const auto unit = static_cast<UnitIndex>(candidates() - 1 - place);
      (is_release(unit) ? releases : others).push_back(unit);
    }
    std::vector<UnitIndex> order;
    for (const auto* units : {&releases, &others})
      for (const std::size_t place : order_of_ends(units->size())) order.push_back((*units)[place]);
    return order;
  }

  [[nodiscard]] bool is_release(UnitIndex unit) const {
    return parts_.source.label(unit) != units::short_name(space_.names[unit]);
  }

  asio::awaitable<void> look_back() {
    const EndVerdict bad = co_await judge_->bad_end();
    if (bad == EndVerdict::halted) co_return;
    if (bad == EndVerdict::untestable)
      co_return conclude(HuntResult::untestable,
                         fmt::format("the bad end cannot be tested: {}.", judge_->last().reason));
    auto oldest_leaking = static_cast<UnitIndex>(candidates());  // the bad end itself
    for (const UnitIndex unit : order()) {
      if (unit > oldest_leaking) continue;
      if (cost_s(trials_.finished()) > budget_for_ends * parts_.journal.header().budget_s)
        co_return conclude(HuntResult::budget,
                           fmt::format("no good end was found in a third of the budget: "
                                       "{}. Name one, or raise the budget.",
                                       story()));
      const EndVerdict verdict = co_await judge_->older(strategies::at_commit(unit));
      if (verdict == EndVerdict::halted) co_return;
      tell(unit, verdict);
      if (verdict == EndVerdict::leaks) oldest_leaking = unit;
      if (verdict == EndVerdict::flat) co_return found(unit, oldest_leaking);
    }
    none_is_flat(bad, oldest_leaking);
  }

  void tell(UnitIndex unit, EndVerdict verdict) {
    std::string what;
    if (verdict == EndVerdict::leaks) what = "leaks too";
    if (verdict == EndVerdict::flat) what = "is flat";
    if (verdict == EndVerdict::unclear) what = "is not plain";
    if (verdict == EndVerdict::untestable) what = why_untestable(judge_->last());
    told_.push_back(fmt::format("{} {}", parts_.source.label(unit), what));
    if (!trials_.replaying()) parts_.terminal.note(told_.back());
  }

  [[nodiscard]] std::string story() const {
    if (told_.empty()) return "none was measured yet";
    const std::size_t skipped = told_.size() > most_looks_told ? told_.size() - most_looks_told : 0;
    const std::vector<std::string> last(told_.begin() + static_cast<std::ptrdiff_t>(skipped),
                                        told_.end());
    return fmt::format("{}{}", skipped > 0 ? fmt::format("of {} tried, ", told_.size()) : "",
                       fmt::join(last, "; "));
  }

  void found(UnitIndex good, UnitIndex bad) {
    FoundEnd end;
    end.good = space_.names[good];
    end.bad = space_.names[bad];
    end.trials = trials_.finished().size();
    const std::string release = is_release(good) ? parts_.source.label(good) + ": " : "";
    end.sentence = fmt::format("{}{}, found by looking back from the bad end: {}", release,
                               parts_.source.describe(good), story());
    // Releases are of several branches at times: then it is searched up to the bad end.
    if (!units::make_unit_source(between(parts_.hunt, end)))
      end.bad = space_.names[static_cast<UnitIndex>(candidates())];
    result_.found = std::move(end);
  }

  void none_is_flat(EndVerdict bad, UnitIndex oldest_leaking) {
    if (bad == EndVerdict::flat)
      return conclude(
          HuntResult::clean,
          fmt::format("nothing leaks: the bad end is flat, and no older commit grows less ({}).",
                      story()));
    if (oldest_leaking == candidates())
      return conclude(HuntResult::untestable,
                      fmt::format("no older commit could be told from the bad end: "
                                  "{}. Name a good end.",
                                  story()));
    conclude(HuntResult::untestable,
             fmt::format("the oldest that can be tested leaks too: {} ({}). The leak is older, or "
                         "not in the commits: name an older good end that builds.",
                         parts_.source.describe(oldest_leaking), story()));
  }

  void conclude(HuntResult result, const std::string& sentence) {
    result_.model.result = result;
    result_.model.sentence = sentence;
    if (result == HuntResult::clean) result_.model.none_probability = 1;
  }

  void on_finished(const trial::Record& record) {
    result_.model.trials.push_back(record);
    if (trials_.replaying() || parts_.journal.read_only()) return;
    parts_.terminal.finished(record, -1);
    if (auto written = files_.write(result_.model); !written)
      parts_.terminal.warn(written.error().message);
  }

  Parts parts_;
  strategies::SearchSpace space_;
  double before_s_;
  Trials trials_;
  HuntContext context_;
  std::unique_ptr<EndJudge> judge_;
  EndSearched result_;
  ReportFiles files_{parts_.directory, before_s_};
  std::vector<std::string> told_;
};

}  // namespace

bool lacks_good_end(const config::HuntFile& hunt) {
  const auto* git = std::get_if<config::GitUnits>(&hunt.units);
  return git != nullptr && git->good.empty();
}

config::HuntFile between(config::HuntFile hunt, const FoundEnd& found) {
  auto& git = std::get<config::GitUnits>(hunt.units);
  git.good = found.good;
  git.bad = found.bad;
  return hunt;
}

std::vector<std::size_t> order_of_ends(std::size_t candidates) {
  std::vector<std::size_t> order;
  std::vector<bool> is_in(candidates, false);
  const auto add = [&](std::size_t place) {
    if (!is_in[place]) order.push_back(place);
    is_in[place] = true;
  };
  if (candidates > few_candidates) {
    for (std::size_t step = 1; step <= candidates; step *= 2) add(step - 1);
    add(candidates - 1);
  }
  for (std::size_t place = 0; place < candidates; ++place) add(place);
  return order;
}

asio::awaitable<Result<EndSearched>> search_good_end(Parts parts, Interrupt& interrupt) {
  const auto io = co_await asio::this_coro::executor;
  EndSearch search(parts, io);
  interrupt.on_raise([&search] { search.trials().stop(Halt::interrupted); });
  if (interrupt.raised()) search.trials().stop(Halt::interrupted);
  auto result = co_await search.run();
  interrupt.on_raise(nullptr);
  co_return result;
}

}  // namespace leakbisect::hunt
