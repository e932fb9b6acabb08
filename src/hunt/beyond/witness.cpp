#include "hunt/beyond/witness.hpp"

#include "base/files.hpp"
#include "base/quantity.hpp"
#include "trial/witness_watch.hpp"
#include "witness/words.hpp"
#include "witness/write.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace leakbisect::hunt {

namespace asio = boost::asio;
namespace fs = std::filesystem;

namespace {

constexpr double least_load_s = 4, most_load_s = 30;  // of load
constexpr double around_s = 1.5;                      // stopping, and what a reading takes
constexpr double patience_s = 30;                     // beyond the load, for slow readings
constexpr double samples_wanted = 6000;               // of what grows
constexpr double finest = 1024, coarsest = 16384, usual = 4096;  // bytes between samples

double interval_for(const WitnessTerms& terms) {
  if (!terms.proven) return usual;
  const double grown = terms.proven->value * terms.rate * terms.load_s;
  return std::clamp(grown / samples_wanted, finest, coarsest);
}

asio::awaitable<std::optional<witness::Recording>> recorded(const RunTrial& run, const char* side,
                                                            strategies::Configuration configuration,
                                                            units::UnitSource* source,
                                                            const WitnessTerms& terms) {
  const auto order = std::make_shared<trial::Witnessing>();
  order->load_s = terms.load_s;
  order->interval = interval_for(terms);
  trial::Plan plan;
  plan.id = fmt::format("witness-{}", side);
  plan.purpose = trial::Purpose::single;
  plan.configuration = std::move(configuration);
  plan.source = source;
  plan.why = fmt::format("which line: the culprit {}", side);
  plan.max_load_s = terms.load_s + patience_s;
  plan.collects = false;  // the recorder does
  plan.witness = order;
  plan.look = [order](const stats::Series&) {
    stats::Decision decision;
    decision.final = order->done;
    return decision;
  };
  const auto record = co_await run(std::move(plan));
  if (!record) co_return std::nullopt;
  if (record->kind != strategies::OutcomeKind::measured && order->recording.trouble.empty())
    order->recording.trouble =
        fmt::format("the trial with the culprit {}: {}", side, record->reason);
  co_return std::move(order->recording);
}

// A word of the start command, or a collection that was forced, tells it before a trial does.
bool is_node(const HuntContext& context) {
  for (const trial::Record& record : context.trials.finished())
    for (const std::string& event : record.events)
      if (event.find(" (node) ") != std::string::npos) return true;
  if (!context.hunt.subject) return false;
  for (const std::string& word : context.hunt.subject->start.argv) {
    const std::string name = fs::path(word.substr(0, word.find(' '))).filename().string();
    for (const char* known : {"node", "nodejs", "npm", "npx", "pnpm", "yarn"})
      if (name == known) return true;
  }
  return false;
}

const trial::Record* find_trial(const HuntContext& context, const std::vector<std::string>& ids) {
  const trial::Record* found = nullptr;
  for (const trial::Record& record : context.trials.finished())
    if (std::ranges::find(ids, record.id) != ids.end() &&
        record.kind == strategies::OutcomeKind::measured)
      found = &record;
  return found;
}

std::vector<std::string> names_of(const report::Model& model) {
  std::vector<std::string> names;
  for (const report::CulpritRow& row : model.culprits) names.push_back(row.unit);
  return names;
}

// Toggles: everything, and everything but the culprits. A history: both sides of the proof.
std::optional<WitnessPair> pair_of(const HuntContext& context, const report::Model& model) {
  if (context.space.shape == strategies::Shape::history) {
    const trial::Record* const on = find_trial(context, model.proof.leaking_trials);
    const trial::Record* const off = find_trial(context, model.proof.clean_trials);
    if (on == nullptr || off == nullptr) return std::nullopt;
    return WitnessPair{on->configuration, off->configuration, nullptr, nullptr};
  }
  std::vector<strategies::UnitIndex> off;
  for (const report::CulpritRow& row : model.culprits) {
    std::vector<std::string> names = row.together;
    if (names.empty()) names.push_back(row.unit);
    for (const std::string& name : names) {
      const auto found = std::ranges::find(context.space.names, name);
      if (found == context.space.names.end()) return std::nullopt;
      off.push_back(static_cast<strategies::UnitIndex>(found - context.space.names.begin()));
    }
  }
  return WitnessPair{context.leaking_end(), strategies::without(context.space, off), nullptr,
                     nullptr};
}

// The proof's time again, for both.
double time_for_load(const HuntContext& context, const report::Model& model) {
  double proof_s = 0, ready_s = 0;
  for (const trial::Record& record : context.trials.finished()) {
    const auto is_in = [&](const auto& ids) {
      return std::ranges::find(ids, record.id) != ids.end();
    };
    if (!is_in(model.proof.leaking_trials) && !is_in(model.proof.clean_trials)) continue;
    proof_s += record.seconds;
    ready_s = std::max(ready_s, record.ready_seconds);
  }
  return std::min(most_load_s, proof_s / 2 - ready_s - around_s);
}

// What the proof has shown of the culprits together; nothing where that is not counted in bytes.
std::optional<witness::Slope> proven_slope(const Controls& controls, const report::Model& model) {
  const auto metric = controls.judge->metric();
  if (!metric || is_count(*metric) || model.culprits.empty()) return std::nullopt;
  if (model.culprits.size() > 1) return witness::Slope{controls.leak_slope, controls.leak_slope_se};
  const report::CulpritRow& row = model.culprits.front();
  if (row.slope <= 0) return std::nullopt;
  return witness::Slope{row.slope, row.slope_se};
}

bool is_wanted(const HuntContext& context, const Controls& controls, const report::Model& model) {
  return model.proof.holds && !model.culprits.empty() && controls.find == config::Find::leak &&
         controls.judge->curves() && is_node(context);
}

}  // namespace

asio::awaitable<std::optional<witness::Finding>> bear_witness(RunTrial run, WitnessPair pair,
                                                              WitnessTerms terms) {
  const auto on = co_await recorded(run, "on", pair.on, pair.on_source, terms);
  if (!on) co_return std::nullopt;
  // One without a recorder tells that there is none for the other either.
  if (on->recorder.empty()) co_return witness::difference(*on, *on, terms.proven);
  const auto off = co_await recorded(run, "off", pair.off, pair.off_source, terms);
  if (!off) co_return std::nullopt;
  co_return witness::difference(*on, *off, terms.proven);
}

Result<> write_witness(const fs::path& directory, const witness::Finding& finding) {
  const std::string text =
      witness::to_json(finding).dump(2, ' ', false, nlohmann::json::error_handler_t::replace);
  auto written = write_atomic(directory / "witness.json", text + "\n");
  if (written.has_error()) return written;
  return write_atomic(directory / "witness.folded", witness::folded(finding));
}

asio::awaitable<void> look_at_lines(HuntContext& context, const Controls& controls,
                                    report::Terminal& terminal, report::Model& model) {
  if (!is_wanted(context, controls, model)) co_return;
  const std::string before = read_if_there(context.directory / "witness.json");
  if (const auto kept = nlohmann::json::parse(before, nullptr, false); !kept.is_discarded()) {
    auto finding = witness::finding_from_json(kept);
    if (finding && finding->of == names_of(model)) {
      model.witness = std::move(*finding);
      co_return;
    }
  }
  const auto pair = pair_of(context, model);
  const double load_s = time_for_load(context, model);
  if (!pair || load_s < least_load_s || context.trials.read_only()) co_return;
  terminal.note(fmt::format("which line: both sides again with a recorder, {} each",
                            format_duration(load_s)));
  WitnessTerms terms;
  terms.load_s = load_s;
  if (const auto* http = std::get_if<config::HttpLoad>(&context.hunt.load.kind))
    terms.rate = http->rate;
  terms.proven = proven_slope(controls, model);
  const RunTrial run = [&context](trial::Plan plan) {
    return context.trials.aside(std::move(plan));
  };
  auto finding = co_await bear_witness(run, *pair, terms);
  if (!finding) co_return;
  finding->of = names_of(model);
  for (const std::string& line : witness::first_lines(*finding)) terminal.note(line);
  const auto written = write_witness(context.directory, *finding);
  if (written.has_error()) terminal.warn(written.error().message);
  model.witness = std::move(*finding);
}

}  // namespace leakbisect::hunt
