// The units on a line: the commits that were tested in their order, each trial with its slope; and
// a bar a route.

#include "report/culprit_words.hpp"
#include "report/html_escape.hpp"
#include "report/html_parts.hpp"
#include "report/trial_words.hpp"
#include "report/words.hpp"
#include "units/unit_source.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

namespace leakbisect::report {
namespace {

using strategies::no_unit;

constexpr std::size_t beside_step = 5;  // commits on each side of the culprit
constexpr std::size_t most_commits = 40;

struct Tested {
  std::size_t place = 0;  // in the history; 0: the good end
  std::string name;
  std::vector<const trial::Record*> trials;
};

bool is_of_line(const trial::Record& record) {
  using trial::Purpose;
  return record.configuration.shape == strategies::Shape::history &&
         record.purpose != Purpose::drill && record.purpose != Purpose::positive_control &&
         record.purpose != Purpose::end_search && record.kind != strategies::OutcomeKind::cancelled;
}

// In the history's order.
std::vector<Tested> tested_commits(const Model& model) {
  std::map<std::size_t, Tested> tested;
  for (const trial::Record& record : model.trials) {
    if (!is_of_line(record)) continue;
    const bool is_end = record.configuration.commit == no_unit;
    const std::size_t place = is_end ? 0 : std::size_t{record.configuration.commit} + 1;
    Tested& one = tested[place];
    one.place = place;
    if (one.name.empty())
      one.name = is_end || record.on_or_commit.empty() ? record.label : record.on_or_commit.front();
    one.trials.push_back(&record);
  }
  std::vector<Tested> line;
  line.reserve(tested.size());
  for (auto& [place, one] : tested) line.push_back(std::move(one));
  return line;
}

double largest_slope(const std::vector<Tested>& line) {
  double most = 0;
  for (const Tested& one : line)
    for (const trial::Record* record : one.trials)
      if (has_slope(*record)) most = std::max(most, record->decision.slope);
  return most;
}

std::string bar(double value, double most, std::string_view word) {
  const double share = most > 0 && std::isfinite(value) ? std::clamp(value / most, 0.0, 1.0) : 0;
  return fmt::format(
      "<td class=\"bar {}\" aria-hidden=\"true\"><i style=\"width:{:.1f}%\"></i></td>", word,
      100 * share);
}

std::string trial_line(const trial::Record& record, double most) {
  const std::string_view word = standing(record);
  const std::string slope = trial_slope(record);
  return fmt::format(
      "<td class=\"who\"><a href=\"#{0}\">{0}</a> {1}</td>{2}"
      "<td class=\"number\">{3}</td></tr>\n",
      escape_html(record.id), word, bar(record.decision.slope, most, word),
      slope.empty() ? "" : slope);
}

std::string commit_rows(const Model& model, const Tested& one, double most) {
  const auto known = model.described.find(one.name);
  const std::string name =
      known == model.described.end() ? units::short_name(one.name) : known->second;
  std::string out;
  for (const trial::Record* record : one.trials) {
    out += fmt::format("<tr{}>", has_row(model.culprits, one.name) ? " class=\"guilty\"" : "");
    if (record == one.trials.front())
      out += fmt::format("<th scope=\"rowgroup\" rowspan=\"{}\">{}{}</th>", one.trials.size(),
                         escape_html(name),
                         has_row(model.culprits, one.name) ? " <em>the culprit</em>" : "");
    out += trial_line(*record, most);
  }
  return out;
}

std::string gap_row(std::size_t count) {
  if (count == 0) return "";
  return fmt::format("<tr class=\"gap\"><td colspan=\"4\">{} not tested</td></tr>\n",
                     count == 1 ? "1 commit" : count_text(static_cast<double>(count)) + " commits");
}

// Around the first culprit, both ends beside; all of a line that is short.
std::set<std::size_t> shown_of(const Model& model, const std::vector<Tested>& line) {
  std::set<std::size_t> shown;
  const auto guilty = std::ranges::find_if(
      line, [&](const Tested& one) { return has_row(model.culprits, one.name); });
  const auto step = static_cast<std::size_t>(guilty - line.begin());
  for (std::size_t i = 0; i < line.size(); ++i) {
    const std::size_t apart = i < step ? step - i : i - step;
    const bool is_near = guilty == line.end() ? i < most_commits : apart <= beside_step;
    if (is_near || i == 0 || i + 1 == line.size() || has_row(model.culprits, line[i].name))
      shown.insert(i);
  }
  return shown;
}

// Names of all units that can be switched, in the order in which the trials name them.
std::vector<std::string> route_names(const Model& model) {
  std::vector<std::string> names;
  const auto add = [&](const std::string& name) {
    if (std::ranges::find(names, name) == names.end()) names.push_back(name);
  };
  for (const CulpritRow& row : model.culprits) {
    if (row.together.empty()) add(row.unit);
    for (const std::string& name : row.together) add(name);
  }
  for (const auto& [name, probability] : model.ranking) add(name);
  for (const trial::Record& record : model.trials)
    for (const std::string& name : record.off) add(name);
  return names;
}

const CulpritRow* culprit_called(const Model& model, const std::string& name) {
  for (const CulpritRow& row : model.culprits)
    if (row.unit == name || std::ranges::find(row.together, name) != row.together.end())
      return &row;
  return nullptr;
}

std::string suspicion(const Model& model, const std::string& name) {
  for (const auto& [unit, probability] : model.ranking)
    if (unit == name) return percent_text(probability) + " probable";
  return model.proof.done && model.proof.holds ? "no leak seen" : "";
}

std::string route_row(const Model& model, const std::string& name, double most) {
  const CulpritRow* row = culprit_called(model, name);
  const bool is_refuted = model.proof.done && !model.proof.holds;
  const bool leaks = row != nullptr && !is_refuted;
  std::string words = suspicion(model, name);
  if (leaks) words = slope_words(row->slope, row->slope_se, per_what(model));
  return fmt::format(
      "<tr{}><th scope=\"row\"><code>{}</code></th>{}<td class=\"number\">{}</td>"
      "</tr>\n",
      leaks ? " class=\"guilty\"" : "", escape_html(name),
      bar(leaks ? row->slope : 0, most, leaks ? "leaking" : "clean"), words);
}

}  // namespace

std::string history_section(const Model& model) {
  const std::vector<Tested> line = tested_commits(model);
  if (line.size() < 2) return "";
  const double most = largest_slope(line);
  const std::set<std::size_t> shown = shown_of(model, line);
  std::string out = "<table class=\"line\"><tbody>\n";
  std::size_t hidden = 0;
  for (std::size_t i = 0; i < line.size(); ++i) {
    if (!shown.contains(i)) {
      ++hidden;
      continue;
    }
    if (hidden > 0)
      out += fmt::format(
          "<tr class=\"gap\"><td colspan=\"4\">{} tested, in the table of trials"
          "</td></tr>\n",
          hidden == 1 ? "1 more" : std::to_string(hidden) + " more");
    else if (i > 0)
      out += gap_row(line[i].place - line[i - 1].place - 1);
    hidden = 0;
    out += commit_rows(model, line[i], most);
  }
  const std::string title = model.kind == "version" ? "Versions in order" : "Commits in order";
  return fold(title, fmt::format("the oldest first, {} tested", line.size()),
              out + "</tbody></table>", true);
}

std::string routes_section(const Model& model) {
  if (model.kind != "route") return "";
  const std::vector<std::string> names = route_names(model);
  if (names.empty()) return "";
  double most = 0;
  for (const CulpritRow& row : model.culprits) most = std::max(most, row.slope);
  std::string out = "<table class=\"line\"><tbody>\n";
  for (const std::string& name : names) out += route_row(model, name, most);
  return fold("Routes", "what a request of each leaks", out + "</tbody></table>", true);
}

}  // namespace leakbisect::report
