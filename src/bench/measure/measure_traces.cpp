#include "base/files.hpp"
#include "bench/measure/measure_cases.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <map>
#include <set>

namespace leakbisect::bench {

namespace {

using stats::Series;

struct Kinds {
  std::string_view clean;
  std::string_view leaking;
};

/// Every leaking kind that was recorded twice, with its clean mate.
constexpr Kinds kinds[] = {{"c-clean", "c-leak16"},
                           {"c-clean", "c-leak64"},
                           {"c-clean", "c-leak1k"},
                           {"java-clean-default", "java-leak1k-default"},
                           {"java-clean-forcedgc", "java-leak1k-forcedgc"},
                           {"java-clean-xmx64", "java-leak1k-xmx64"},
                           {"burst-clean", "burst-array1k"},
                           {"node-clean", "node-array10k"},
                           {"node-clean-closed", "node-array1k-closed"},
                           {"node-clean", "node-array1k"},
                           {"node-clean", "node-buffer1k"},
                           {"node-flag-off", "node-flag-on"},
                           {"node-clean", "node-interval4k"},
                           {"node-clean", "node-num100"},
                           {"node-clean", "node-rare"},
                           {"node-warm", "node-warmleak"},
                           {"noisy-clean", "noisy-array1k"},
                           {"restart-clean", "restart-leak10k"},
                           {"prefork-clean", "prefork-leak1k"},
                           {"py-clean", "py-dict200"},
                           {"redis-clean", "redis-grow"},
                           {"vue-ssr-clean", "vue-ssr-interval"}};

/// Kinds whose runs are put to each other's controls: one server, under other loads or with other
/// caches.
constexpr std::string_view families[] = {"c-", "node- burst- noisy- restart-", "py-"};
/// One server and one leak, recorded three times under other names.
constexpr Kinds mates[] = {{"node-clean", "node-array1k"},
                           {"node-flag-off", "node-flag-on"},
                           {"noisy-clean", "noisy-array1k"}};
constexpr std::string_view story_kind = "node-interval4k";

struct Trace {
  std::string kind;
  int seed = 1;
  std::shared_ptr<const Series> run;
  bool leaks = false;
  double bytes = 0;  ///< per request, by construction
};

using Store = std::map<std::string, std::map<int, Trace>, std::less<>>;

Result<Store> load(const std::filesystem::path& folder) {
  const auto text = read_file(folder / "manifest.json");
  if (!text) return text.error().within("reading the traces");
  const auto manifest = nlohmann::json::parse(*text, nullptr, false);
  if (manifest.is_discarded() || !manifest.contains("traces"))
    return fail("{}: no list \"traces\"; choose a folder of recorded curves",
                (folder / "manifest.json").string());
  Store store;
  for (const auto& row : manifest.at("traces")) {
    Trace trace;
    const auto file = row.value("file", "");
    trace.seed = row.value("seed", 1);
    trace.leaks = row.value("label", "") == "leaks";
    trace.bytes = row.value("true_bytes_per_request", 0.0);
    const auto csv = read_file(folder / file);
    if (!csv) return csv.error().within("reading the traces");
    auto series = stats::parse_csv(*csv);
    if (!series) return series.error().within(file);
    trace.run = std::make_shared<const Series>(*std::move(series));
    trace.kind = file.substr(0, file.rfind("_s"));
    store[trace.kind][trace.seed] = trace;
  }
  return store;
}

Calibration controls_of(const Trace& clean, const Trace& leaking, double t_max_s) {
  return {{*clean.run}, {*leaking.run}, leaking.bytes, t_max_s};
}

Judged judged(const Trace& trace) {
  return {fmt::format("{}_s{}", trace.kind, trace.seed), trace.run, trace.leaks};
}

void add_pairs(std::vector<Case>& cases, const std::map<int, Trace>& clean,
               const std::map<int, Trace>& leaking, double t_max_s) {
  for (const auto& [seed, good] : clean) {
    if (!leaking.contains(seed)) continue;
    const auto& bad = leaking.at(seed);
    Case one{"",
             fmt::format("{} | {} s{}", good.kind, bad.kind, seed),
             controls_of(good, bad, t_max_s),
             {},
             0};
    for (const auto* side : {&clean, &leaking})
      for (const auto& [other, trace] : *side)
        if (other != seed) one.runs.push_back(judged(trace));
    one.set = one.runs.empty() ? "own" : "pairs";
    if (one.runs.empty()) one.runs = {judged(good), judged(bad)};
    if (bad.kind == story_kind) {
      cases.push_back(one);
      cases.back().set = "story";
    }
    cases.push_back(std::move(one));
  }
}

void add_split(std::vector<Case>& cases, const Trace& clean, const Trace& leaking, double t_max_s) {
  const double half_s = std::min({clean.run->back().t_s, leaking.run->back().t_s, t_max_s}) / 2;
  const auto part = [half_s](const Series& run, bool first) {
    Series kept = run;
    std::erase_if(kept, [&](const auto& sample) { return (sample.t_s < half_s) != first; });
    return kept;
  };
  Case one{"split", fmt::format("{} | {} split", clean.kind, leaking.kind), {}, {}, half_s};
  one.controls = {{part(*clean.run, true)}, {part(*leaking.run, true)}, leaking.bytes, t_max_s};
  for (const auto* trace : {&clean, &leaking})
    one.runs.push_back(
        {trace->kind, std::make_shared<const Series>(part(*trace->run, false)), trace->leaks});
  cases.push_back(std::move(one));
}

void add_cross(std::vector<Case>& cases, const Store& store, const Trace& clean,
               const Trace& leaking, double t_max_s) {
  const auto family_of = [](std::string_view kind) {
    const auto stem = kind.substr(0, kind.find('-') + 1);
    for (const auto family : families)
      if (family.find(stem) != std::string_view::npos) return family;
    return std::string_view{};
  };
  const auto family = family_of(leaking.kind);
  if (family.empty()) return;
  Case one{"cross",
           fmt::format("{} | {} cross", clean.kind, leaking.kind),
           controls_of(clean, leaking, t_max_s),
           {},
           0};
  for (const auto& [kind, seeds] : store) {
    if (family_of(kind) != family || kind == clean.kind || kind == leaking.kind) continue;
    for (const auto& [seed, trace] : seeds) {
      const double share = trace.bytes / leaking.bytes;
      if (share > 0.3 && share < 0.7) continue;
      one.runs.push_back(judged(trace));
      one.runs.back().leaks = share >= 0.7;
    }
  }
  cases.push_back(std::move(one));
}

/// Every control pair of the mates judges the other two.
void add_mates(std::vector<Case>& cases, const Store& store, double t_max_s) {
  for (const auto& own : mates) {
    if (!store.contains(own.clean) || !store.contains(own.leaking)) continue;
    const auto& good = store.find(own.clean)->second.begin()->second;
    const auto& bad = store.find(own.leaking)->second.begin()->second;
    Case one{"mates",
             fmt::format("{} | {} mates", good.kind, bad.kind),
             controls_of(good, bad, t_max_s),
             {},
             0};
    for (const auto& other : mates)
      for (const auto kind : {other.clean, other.leaking})
        if (other.clean != own.clean && store.contains(kind))
          one.runs.push_back(judged(store.find(kind)->second.begin()->second));
    cases.push_back(std::move(one));
  }
}

}  // namespace

Result<std::vector<Case>> trace_cases(const std::filesystem::path& folder, double t_max_s) {
  const auto store = load(folder);
  if (!store) return store.error();
  std::vector<Case> cases;
  for (const auto& [good_kind, bad_kind] : kinds) {
    const auto clean = store->find(good_kind);
    const auto leaking = store->find(bad_kind);
    if (clean == store->end() || leaking == store->end()) continue;
    add_pairs(cases, clean->second, leaking->second, t_max_s);
    const auto& good = clean->second.begin()->second;
    const auto& bad = leaking->second.begin()->second;
    add_split(cases, good, bad, t_max_s);
    add_cross(cases, *store, good, bad, t_max_s);
  }
  add_mates(cases, *store, t_max_s);
  if (cases.empty()) return fail("{}: none of the known kinds of curves is there", folder.string());
  return cases;
}

}  // namespace leakbisect::bench
