#include "traffic/mix.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <string_view>
#include <tuple>

namespace leakbisect::traffic {
namespace {

constexpr std::size_t fewest_values = 3;  // of a number that is said to vary
constexpr std::size_t most_siblings = 8;  // paths that differ in their last name only
constexpr std::size_t kept_siblings = 5;  // of which so many stand for all
constexpr double largest_weight = 1e6;    // of the hunt file
constexpr char number_mark = '\x01';

// A target as literal pieces with the numbers taken out.
struct Shape {
  std::string literal;               // with number_mark where a number stood
  std::vector<std::string> numbers;  // in their order
};

bool is_delimiter(char c) {
  return std::string_view("/?&=").find(c) != std::string_view::npos;
}

bool is_number(std::string_view piece) {
  return !piece.empty() && piece.size() <= 18 &&
         piece.find_first_not_of("0123456789") == std::string_view::npos;
}

Shape shape_of(std::string_view target) {
  Shape shape;
  for (std::size_t from = 0; from <= target.size();) {
    std::size_t end = from;
    while (end < target.size() && !is_delimiter(target[end])) ++end;
    const auto piece = target.substr(from, end - from);
    // The name of a parameter is none of its values.
    const bool is_name = end < target.size() && target[end] == '=';
    if (is_number(piece) && !is_name) {
      shape.literal += number_mark;
      shape.numbers.emplace_back(piece);
    } else {
      shape.literal += piece;
    }
    if (end < target.size()) shape.literal += target[end];
    from = end + 1;
  }
  return shape;
}

// What has to be the same for two requests to be one route.
using Key = std::tuple<std::string, std::string, std::string,
                       std::vector<std::pair<std::string, std::string>>, std::string>;

struct Varying {
  std::vector<std::set<std::string>> values;  // at each number of a shape
};

std::string with_numbers_filled(const Shape& shape, const Varying& varying) {
  std::string target;
  std::size_t index = 0;
  for (const char c : shape.literal) {
    if (c != number_mark) {
      target += c;
    } else {
      target += varying.values[index].size() >= fewest_values ? "{n}" : shape.numbers[index];
      ++index;
    }
  }
  return target;
}

std::map<std::pair<std::string, std::string>, Varying> varying_numbers(
    const std::vector<Seen>& seen) {
  std::map<std::pair<std::string, std::string>, Varying> all;
  for (const Seen& request : seen) {
    const Shape shape = shape_of(request.target);
    Varying& varying = all[{request.method, shape.literal}];
    varying.values.resize(shape.numbers.size());
    for (std::size_t i = 0; i < shape.numbers.size(); ++i)
      if (varying.values[i].size() < fewest_values) varying.values[i].insert(shape.numbers[i]);
  }
  return all;
}

std::vector<Seen> grouped(const std::vector<Seen>& seen) {
  const auto varying = varying_numbers(seen);
  std::map<Key, Seen> groups;
  for (const Seen& request : seen) {
    const Shape shape = shape_of(request.target);
    Seen group = request;
    group.target = with_numbers_filled(shape, varying.at({request.method, shape.literal}));
    const auto [entry, is_new] = groups.try_emplace(
        Key{group.method, group.target, group.body, group.headers, group.name}, group);
    if (!is_new) entry->second.count += request.count;
  }
  std::vector<Seen> all;
  all.reserve(groups.size());
  for (auto& [key, group] : groups) all.push_back(std::move(group));
  return all;
}

void sort_by_count(std::vector<Seen>& groups) {
  std::ranges::stable_sort(groups, [](const Seen& a, const Seen& b) { return a.count > b.count; });
}

// "/blog/" of "/blog/some-title?page=2".
std::string family_of(const Seen& group) {
  const std::string path = group.target.substr(0, group.target.find('?'));
  return group.method + " " + path.substr(0, path.rfind('/') + 1);
}

// Of many pages of one kind the most frequent stand for all, with the weight of all.
std::vector<Seen> represented(std::vector<Seen> groups, Mix& out) {
  std::map<std::string, std::pair<std::size_t, double>> families;
  for (const Seen& group : groups) {
    auto& [members, count] = families[family_of(group)];
    ++members;
    count += group.count;
  }
  std::map<std::string, std::pair<std::size_t, double>> kept;
  std::vector<Seen> chosen;
  for (Seen& group : groups) {
    const std::string family = family_of(group);
    auto& [members, count] = kept[family];
    if (families[family].first > most_siblings && members >= kept_siblings) continue;
    ++members;
    count += group.count;
    chosen.push_back(std::move(group));
  }
  for (Seen& group : chosen) {
    const std::string family = family_of(group);
    group.count *= families[family].second / kept[family].second;
  }
  for (const auto& [family, all] : families)
    if (all.first > most_siblings && family.size() > 5)
      out.notes.push_back(fmt::format("of {} different {}... the {} most frequent stand for all",
                                      all.first, family, kept[family].first));
  return chosen;
}

// A name as the hunt file takes it: one line without commas.
std::string plain_name(std::string name) {
  std::ranges::replace_if(
      name, [](unsigned char c) { return c < 0x20 || c == 0x7F || c == ','; }, ' ');
  return name;
}

// Weights that a person can read: whole, the largest as the hunt file allows.
double weight_of(double count, double largest) {
  const double scaled = largest > largest_weight ? count * largest_weight / largest : count;
  return std::max(1.0, std::round(scaled));
}

}  // namespace

Mix mix(const std::vector<Seen>& seen, std::size_t most_routes) {
  Mix out;
  auto groups = grouped(seen);
  sort_by_count(groups);
  groups = represented(std::move(groups), out);
  sort_by_count(groups);
  double all = 0, taken = 0;
  for (const Seen& group : groups) all += group.count;
  const std::size_t routes = groups.size();
  groups.resize(std::min(routes, most_routes));
  const double largest = groups.empty() ? 1 : groups.front().count;
  std::set<std::string> names;
  for (Seen& group : groups) {
    taken += group.count;
    config::HttpRequest request;
    request.method = group.method;
    request.path = group.target;
    request.headers = std::move(group.headers);
    request.body = std::move(group.body);
    request.weight = weight_of(group.count, largest);
    if (!group.name.empty()) request.name = plain_name(group.name);
    // Routes of one method and path that differ in what they send are routes of their own.
    std::string name = config::route_name(request);
    if (!names.insert(name).second || name.find(',') != std::string::npos) {
      std::ranges::replace(name, ',', ';');
      const std::string first = name;
      for (int number = 2; !names.insert(name).second; ++number)
        name = fmt::format("{} #{}", first, number);
      request.name = name;
    }
    out.requests.push_back(std::move(request));
  }
  if (routes > groups.size())
    out.notes.push_back(
        fmt::format("the {} most frequent of {} routes are taken, {:.1f}% of the requests",
                    groups.size(), routes, 100 * taken / all));
  return out;
}

}  // namespace leakbisect::traffic
