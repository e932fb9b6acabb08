#include "fakes.hpp"

#include "base/files.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <cmath>
#include <cstdlib>

namespace leakbisect::test {

namespace asio = boost::asio;
namespace fs = std::filesystem;
using strategies::OutcomeKind;

TempFolder::TempFolder() {
  char name[] = "/tmp/leakbisect-hunt-XXXXXX";
  path = ::mkdtemp(name);
}

TempFolder::~TempFolder() {
  std::error_code ignored;
  fs::remove_all(path, ignored);
}

FakeSource::FakeSource(strategies::Shape shape, std::size_t units) {
  space_.shape = shape;
  for (std::size_t i = 0; i < units; ++i) {
    space_.names.push_back("unit" + std::to_string(i));
    std::vector<strategies::UnitIndex> row;
    if (shape == strategies::Shape::history && i > 0)
      row.push_back(static_cast<strategies::UnitIndex>(i - 1));
    space_.parents.push_row(row);
  }
}

void FakeSource::suspect(strategies::UnitIndex unit, double weight) {
  space_.prior.assign(space_.size(), 1);
  space_.prior[unit] = weight;
}

Result<units::Applied> FakeSource::apply(const strategies::Configuration&, const fs::path&) {
  return units::Applied{};
}

Result<units::Inside> FakeSource::inside(strategies::UnitIndex) const {
  units::Inside inside;
  inside.is_merge = is_merge;
  inside.parts = told;
  inside.needs = needs;
  if (parts > 0)
    inside.source = std::make_unique<FakeSource>(strategies::Shape::toggles, parts);
  else
    inside.why_not = "it has no parts";
  if (!is_carried || parts == 0) return inside;
  auto carried = std::make_unique<FakeSource>(strategies::Shape::toggles, parts);
  carried->is_carried = true;
  inside.upon_good = std::move(carried);
  return inside;
}

std::string FakeSource::describe(strategies::UnitIndex unit) const {
  return unit == strategies::no_unit ? "the good end" : space_.names[unit];
}

bool is_on(const strategies::Configuration& configuration, strategies::UnitIndex unit) {
  return configuration.shape == strategies::Shape::history
             ? configuration.commit != strategies::no_unit && configuration.commit >= unit
             : !std::ranges::binary_search(configuration.off, unit);
}

Truth leaks_since(strategies::UnitIndex culprit, double slope) {
  return [culprit, slope](const strategies::Configuration& at) -> std::optional<double> {
    return at.commit != strategies::no_unit && at.commit >= culprit ? slope : 0.0;
  };
}

FakeExecutor::FakeExecutor(const FakeSource& source, fs::path directory, Truth truth)
    : source_(source), directory_(std::move(directory)), truth_(std::move(truth)) {}

asio::awaitable<trial::Record> FakeExecutor::run(trial::Plan plan) {
  const auto executor = co_await asio::this_coro::executor;
  trial::Record record;
  record.id = plan.id;
  record.purpose = plan.purpose;
  record.configuration = plan.configuration;
  record.why = plan.why;
  const units::UnitSource* const other = plan.source;
  const units::UnitSource& source = other != nullptr ? *other : source_;
  record.label = units::describe(source, plan.configuration);
  for (const auto unit : plan.configuration.off) record.off.push_back(source.space().names[unit]);
  try {
    // Once to begin as a real trial does, and once for a cancellation to be seen.
    co_await asio::post(executor, asio::use_awaitable);
    ran.push_back(plan.id);
    if (on_run) on_run(plan.id);
    co_await asio::post(executor, asio::use_awaitable);
  } catch (const boost::system::system_error&) {
    record.kind = OutcomeKind::cancelled;
    co_return record;
  }
  if (loses && loses(plan)) {
    record.reason = "lost by the test";
    co_return record;
  }
  record.is_built = !builds || plan.purpose != trial::Purpose::drill || builds(plan.configuration);
  record.build_only = plan.build_only;
  if (!record.is_built || plan.build_only) {
    record.kind = record.is_built ? OutcomeKind::measured : OutcomeKind::untestable;
    record.build_seconds = build_s;
    co_return record;
  }
  const auto* const fake = dynamic_cast<const FakeSource*>(&source);
  const bool is_upon = upon_good && fake != nullptr && fake != &source_ && fake->is_carried;
  const auto slope = (is_upon ? upon_good : truth_)(plan.configuration);
  if (!slope) {
    record.kind = OutcomeKind::untestable;
    record.reason = "broken by the test";
    co_return record;
  }
  if (lost.contains(plan.id)) {
    record.kind = OutcomeKind::error;
    record.reason = "lost by the test";
    record.lost = true;
    co_return record;
  }
  record.kind = OutcomeKind::measured;
  record.seconds = 1;
  record.build_seconds = build_s;
  if (curves) {
    write_curve(plan, record, *slope);
  } else {
    record.decision.verdict = *slope > 0 ? stats::Verdict::leaking : stats::Verdict::clean;
    record.decision.llr = *slope > 0 ? 4.6 : -4.6;
    record.decision.slope = *slope;
  }
  if (driven != nullptr) record.load_rate = driven->rate;
  if (on_end) on_end(record);
  co_return record;
}

// A quiet server: warm-up of 2 MB, then `slope` bytes a request, and
// seeded noise. Looked at every half second, as a live trial would be.
void FakeExecutor::write_curve(const trial::Plan& plan, trial::Record& record, double slope) const {
  stats::Series series;
  std::uint64_t noise = 1 + std::hash<std::string>{}(plan.id);
  std::string csv = stats::csv_header();
  slope += ballast_shown * plan.ballast.value_or(0);
  for (int i = 0; i < 10 * trial_s; ++i) {
    noise = noise * 6364136223846793005ull + 1442695040888963407ull;
    stats::Sample sample;
    sample.t_s = 0.1 * i;
    sample.requests = 0.1 * pace * i;
    sample.newest_pid = 42;
    sample.at(stats::Metric::anon) =
        2e6 * (1 - std::exp(-0.5 * i)) + slope * std::max(0.0, sample.requests - pace * begins_s) +
        std::ldexp(static_cast<double>(noise >> 11), -53) * noise_bytes;
    if (holds) sample.at(stats::Metric::anon) += holds(plan.configuration, sample.requests);
    series.push_back(sample);
    csv += stats::csv_line(sample);
    if (i % 5 == 4) record.decision = plan.look(series);
    if (record.decision.final) break;
  }
  record.requests = series.back().requests;
  record.seconds = series.back().t_s;
  if (plan.ballast)
    record.ballast = trial::Ballast{*plan.ballast, *plan.ballast * record.requests, "a fake"};
  const fs::path folder = trial::folder_of(directory_, plan.id);
  fs::create_directories(folder);
  static_cast<void>(write_atomic(folder / "samples.csv", csv));
}

namespace {

asio::awaitable<void> run_hunt(hunt::Parts parts, hunt::Interrupt& interrupt,
                               Result<report::Model>& model) {
  model = co_await hunt::hunt(parts, interrupt);
}

}  // namespace

namespace {

// A hunt of fakes with its journal, new or gone on with.
struct Laid {
  config::HuntFile file;
  Result<std::unique_ptr<hunt::Journal>> journal = fail("no journal");

  Laid(const FakeSource& source, const FakeExecutor& executor, const fs::path& directory,
       const std::string& strategy, double budget_s) {
    file.file = directory / "hunt.json";
    file.limits.trial_s = executor.trial_s;
    file.limits.budget_s = budget_s;
    if (executor.has_port) {
      file.subject.emplace();
      file.subject->env["PORT"] = "{port}";
    }
    file.search.find = source.find();
    if (source.space().shape == strategies::Shape::history) file.units = config::GitUnits{};
    hunt::Header header;
    header.find = source.find();
    header.strategy = strategy;
    header.budget_s = budget_s;
    header.jobs = executor.slot_count;
    header.space_digest = hunt::digest_of(source.space().names);
    journal = fs::exists(directory / "journal.jsonl") ? hunt::Journal::open(directory)
                                                      : hunt::Journal::create(directory, header);
  }
};

asio::awaitable<void> run_end_search(hunt::Parts parts, hunt::Interrupt& interrupt,
                                     Result<hunt::EndSearched>& searched) {
  searched = co_await hunt::search_good_end(parts, interrupt);
}

void run_to_end(asio::awaitable<void> work) {
  asio::io_context io(1);
  asio::co_spawn(io, std::move(work), [&](std::exception_ptr failed) {
    if (failed) std::rethrow_exception(failed);
    io.stop();
  });
  io.run();
}

}  // namespace

Result<report::Model> hunt_with(FakeSource& source, FakeExecutor& executor,
                                const fs::path& directory, const std::string& strategy,
                                hunt::Interrupt& interrupt, double budget_s, double drill_factor) {
  Laid laid(source, executor, directory, strategy, budget_s);
  if (!laid.journal) return laid.journal.error();
  laid.file.search.drill_factor = drill_factor;
  laid.file.search.positive_control = executor.has_known_leak;
  laid.file.load.kind = executor.load;
  if (executor.ready_timeout_s > 0)
    laid.file.subject.emplace().ready.timeout_s = executor.ready_timeout_s;
  auto* const load =
      executor.has_rate ? std::get_if<config::HttpLoad>(&laid.file.load.kind) : nullptr;
  executor.driven = load;
  const auto terminal = report::make_terminal(report::Style::quiet);
  Result<report::Model> model = fail("the hunt did not run");
  const hunt::Parts parts{laid.file, source, executor, **laid.journal, *terminal, directory, load};
  run_to_end(run_hunt(parts, interrupt, model));
  executor.driven = nullptr;
  return model;
}

Result<hunt::EndSearched> search_end_with(FakeSource& source, FakeExecutor& executor,
                                          const fs::path& directory, hunt::Interrupt& interrupt,
                                          double budget_s) {
  const Laid laid(source, executor, directory, "bisect", budget_s);
  if (!laid.journal) return laid.journal.error();
  const auto terminal = report::make_terminal(report::Style::quiet);
  Result<hunt::EndSearched> searched = fail("no good end was looked for");
  const hunt::Parts parts{laid.file, source, executor, **laid.journal, *terminal, directory};
  run_to_end(run_end_search(parts, interrupt, searched));
  return searched;
}

}  // namespace leakbisect::test
