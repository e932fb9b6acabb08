#include "config/schema.hpp"

#include "config/reader.hpp"
#include "config/sections.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cassert>
#include <iterator>
#include <map>
#include <memory>
#include <set>

namespace leakbisect::config {
namespace {

using Words = std::set<std::string>;

// What the checks came by in one file.
struct Trace final : Witness {
  struct Seen {
    std::vector<std::string> known, kinds;
    std::optional<std::string> kind;
    Words required, refused;
  };
  struct Followed {
    std::string schema, allowed;
  };
  std::map<std::string, Seen> objects;
  std::map<std::string, std::vector<Followed>> rules;
  std::set<std::string> arrays;

  void object(const std::string& path, const std::vector<std::string>& known) override {
    objects[path] = Seen{known, {}, {}, {}, {}};
  }
  void one_of(const std::string& path, const std::vector<std::string>& kinds,
              const std::optional<std::string>& chosen) override {
    Seen* const seen = at(path);
    if (seen == nullptr) return;
    seen->kinds = kinds;
    seen->kind = chosen;
  }
  void required(const std::string& path, const std::string& key) override {
    if (Seen* const seen = at(path)) seen->required.insert(key);
  }
  void refused(const std::string& path, const std::string& key) override {
    if (Seen* const seen = at(path)) seen->refused.insert(key);
  }
  void array(const std::string& path) override { arrays.insert(path); }
  void rule(const std::string& path, const std::string& schema,
            const std::string& allowed) override {
    rules[path].push_back({schema, allowed});
  }

 private:
  // Nothing where another type stands in an object's place.
  Seen* at(const std::string& path) {
    const auto found = objects.find(path);
    return found == objects.end() ? nullptr : &found->second;
  }
};

// What may stand at one place, of all files that were tried.
struct Node;
struct Shape {
  std::vector<std::string> known, kinds;
  // By the kind that was chosen; empty: there are none to choose from.
  std::map<std::string, std::pair<Words, Words>> required_and_refused;
  std::map<std::string, std::unique_ptr<Node>> entries;
};
struct Node {
  std::vector<Trace::Followed> rules;
  std::vector<Shape> shapes;
  std::unique_ptr<Node> items;
};

std::string below(const std::string& path, const std::string& key) {
  return fmt::format("{}/{}", path, key);
}

Node& made(std::unique_ptr<Node>& node) {
  if (!node) node = std::make_unique<Node>();
  return *node;
}

Shape& shape_of(Node& node, const Trace::Seen& seen) {
  const auto found = std::ranges::find(node.shapes, seen.known, &Shape::known);
  if (found != node.shapes.end()) return *found;
  node.shapes.push_back({seen.known, {}, {}, {}});
  return node.shapes.back();
}

void note_choice(Shape& shape, const Trace::Seen& seen) {
  if (!seen.kinds.empty()) shape.kinds = seen.kinds;
  if (!seen.kinds.empty() && !seen.kind) return;
  const auto [known, is_new] = shape.required_and_refused.try_emplace(
      seen.kind.value_or(""), std::pair(seen.required, seen.refused));
  if (is_new) return;
  // What depends on the rest of the file is left to the checks.
  std::erase_if(known->second.first, [&](const auto& key) { return !seen.required.contains(key); });
  std::erase_if(known->second.second, [&](const auto& key) { return !seen.refused.contains(key); });
}

void merge(Node& node, const Trace& trace, const std::string& path) {
  if (const auto rules = trace.rules.find(path); rules != trace.rules.end())
    for (const Trace::Followed& rule : rules->second)
      if (std::ranges::find(node.rules, rule.schema, &Trace::Followed::schema) == node.rules.end())
        node.rules.push_back(rule);
  if (trace.arrays.contains(path)) merge(made(node.items), trace, path + "/0");
  const auto seen = trace.objects.find(path);
  if (seen == trace.objects.end()) return;
  Shape& shape = shape_of(node, seen->second);
  note_choice(shape, seen->second);
  for (const std::string& key : shape.known)
    merge(made(shape.entries[key]), trace, below(path, key));
}

// Tries every key of every object with every type of value.
class Explorer {
 public:
  Node explored() {
    explore(Json::object(), "");
    return std::move(top_);
  }

 private:
  Trace traced(const Json& file) {
    Trace trace;
    const Places places("", "");
    Problems problems(places, &trace);
    static_cast<void>(read_top(Value(file, problems), "/hunt.json"));
    merge(top_, trace, "");
    return trace;
  }

  // `file` has an object at `path`.
  void explore(const Json& file, const std::string& path) {
    const Trace here = traced(file);
    const auto found = here.objects.find(path);
    if (found == here.objects.end()) return;
    const Trace::Seen& seen = found->second;
    if (!seen.kinds.empty() && !seen.kind) {
      for (const std::string& kind : seen.kinds)
        explore(with(file, below(path, kind), Json::object()), path);
      return;
    }
    for (const std::string& key : seen.known) {
      const std::string entry = below(path, key);
      // Of a key that is not there a rule has told all; of one that is, only of this value.
      const bool is_there = file.contains(Json::json_pointer(entry));
      const bool is_other_kind =
          !is_there && std::ranges::find(seen.kinds, key) != seen.kinds.end();
      if (seen.refused.contains(key) || is_other_kind) continue;
      if (is_there || !here.rules.contains(entry)) explore_entry(file, entry);
    }
  }

  void explore_entry(const Json& file, const std::string& entry) {
    for (const Json& value :
         {Json::object(), Json::array({Json::object()}), Json("word"), Json(true)}) {
      const Json changed = with(file, entry, value);
      const Trace there = traced(changed);
      for (const std::string& object : {entry, entry + "/0"})
        if (there.objects.contains(object)) explore(changed, object);
    }
  }

  static Json with(Json file, const std::string& path, const Json& value) {
    file[Json::json_pointer(path)] = value;
    return file;
  }

  Node top_;
};

Json schema_of(const Node& node);

Json as_array(const Words& words) {
  Json array = Json::array();
  std::ranges::copy(words, std::back_inserter(array));
  return array;
}

Json schema_of(const Shape& shape) {
  Json schema{{"type", "object"}, {"additionalProperties", false}, {"properties", Json::object()}};
  for (const std::string& key : shape.known)
    schema["properties"][key] = schema_of(*shape.entries.at(key));
  if (shape.kinds.empty()) {
    const auto of_all = shape.required_and_refused.find("");
    if (of_all != shape.required_and_refused.end() && !of_all->second.first.empty())
      schema["required"] = as_array(of_all->second.first);
    return schema;
  }
  schema["oneOf"] = Json::array();
  for (const auto& [kind, keys] : shape.required_and_refused) {
    Words required = keys.first;
    required.insert(kind);
    Json choice{{"required", as_array(required)}};
    for (const std::string& key : keys.second)
      if (std::ranges::find(shape.kinds, key) == shape.kinds.end())
        choice["properties"][key] = false;
    schema["oneOf"].push_back(std::move(choice));
  }
  return schema;
}

Json schema_of(const Node& node) {
  Json choices = Json::array();
  for (const Trace::Followed& rule : node.rules) {
    assert(!rule.schema.empty() && "internal error: a rule says no schema");
    choices.push_back(Json::parse(rule.schema));
    choices.back()["description"] = rule.allowed;
  }
  for (const Shape& shape : node.shapes) choices.push_back(schema_of(shape));
  if (node.items) choices.push_back({{"type", "array"}, {"items", schema_of(*node.items)}});
  assert(!choices.empty() && "internal error: nothing reads a key that is known");
  if (choices.size() == 1) return choices.front();
  return Json{{"anyOf", std::move(choices)}};
}

}  // namespace

std::string hunt_schema() {
  Json schema{{"$schema", "http://json-schema.org/draft-07/schema#"},
              {"title", "leakbisect hunt file"}};
  schema.update(schema_of(Explorer().explored()));
  return schema.dump(2) + "\n";
}

}  // namespace leakbisect::config
