#include "hunt/trials/journal_header.hpp"

#include "config/parse.hpp"
#include "hunt/trials/journal.hpp"
#include "units/unit_source.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <set>

namespace leakbisect::hunt {

using nlohmann::json;

namespace {

constexpr std::size_t most_names_told = 3;

// "c and d are new"; "" where there are none.
std::string named(const std::vector<std::string>& names, std::string_view what) {
  if (names.empty()) return "";
  const auto shown = std::min(names.size(), most_names_told);
  std::string text;
  for (std::size_t i = 0; i < shown; ++i) text += (i > 0 ? ", " : "") + units::short_name(names[i]);
  const std::size_t more = names.size() - shown;
  if (more > 0) text += fmt::format(" and {} more", more);
  return fmt::format("{} {} {}", text, names.size() == 1 ? "is" : "are", what);
}

std::vector<std::string> missing_in(const std::vector<std::string>& some,
                                    const std::vector<std::string>& others) {
  const std::set<std::string> there(others.begin(), others.end());
  std::vector<std::string> missing;
  std::ranges::copy_if(some, std::back_inserter(missing),
                       [&](const std::string& name) { return !there.contains(name); });
  return missing;
}

}  // namespace

json header_json(const Header& header) {
  return {{"type", "hunt"},
          {"version", 1},
          {"leakbisect", header.tool},
          {"hunt_file", header.hunt_file},
          {"hunt_text", header.hunt_text},
          {"find", config::find_name(header.find)},
          {"strategy", header.strategy},
          {"seed", header.seed},
          {"confidence", header.confidence},
          {"budget_s", header.budget_s},
          {"jobs", header.jobs},
          {"drill", header.drill},
          {"others", header.others},
          {"good", header.ends.good},
          {"bad", header.ends.bad},
          {"units", header.units},
          {"space_digest", header.space_digest}};
}

Header header_from(const json& line) {
  Header header;
  line.at("hunt_file").get_to(header.hunt_file);
  line.at("hunt_text").get_to(header.hunt_text);
  if (line.value("find", "leak") == config::find_name(config::Find::fix))
    header.find = config::Find::fix;
  line.at("strategy").get_to(header.strategy);
  line.at("seed").get_to(header.seed);
  line.at("confidence").get_to(header.confidence);
  line.at("budget_s").get_to(header.budget_s);
  line.at("jobs").get_to(header.jobs);
  header.drill = line.value("drill", true);
  header.others = line.value("others", true);
  header.ends = {line.value("good", ""), line.value("bad", "")};
  header.units = line.value("units", std::vector<std::string>());
  header.tool = line.value("leakbisect", "");
  line.at("space_digest").get_to(header.space_digest);
  return header;
}

Result<config::HuntFile> hunt_as_begun(const Header& header) {
  auto hunt = config::parse_hunt(header.hunt_text, header.hunt_file);
  if (!hunt) return hunt.error();
  hunt->search.find = header.find;
  hunt->search.strategy = header.strategy;
  hunt->search.seed = header.seed;
  hunt->search.drill = header.drill;
  hunt->search.others = header.others;
  hunt->search.confidence = header.confidence;
  hunt->limits.budget_s = header.budget_s;
  hunt->limits.parallel = header.jobs;
  return units::between(std::move(*hunt), header.ends);
}

std::string other_units(const Header& header, const strategies::Names& now) {
  if (digest_of(now) == header.space_digest) return "";
  std::vector<std::string> names(now.begin(), now.end());
  const std::string fresh = named(missing_in(names, header.units), "new");
  const std::string gone = named(missing_in(header.units, names), "gone");
  if (header.units.empty() || (fresh.empty() && gone.empty()))
    return "the units are not those this hunt began with";
  return fmt::format("the units are not those this hunt began with: {}{}{}", fresh,
                     fresh.empty() || gone.empty() ? "" : "; ", gone);
}

}  // namespace leakbisect::hunt
