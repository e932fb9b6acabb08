// OpenAPI 3 and Swagger 2 descriptions, JSON or YAML: a request for each operation whose parameters
// and body can be made up from examples, defaults and types.

#include "base/yaml.hpp"
#include "traffic/json_text.hpp"
#include "traffic/reader_list.hpp"
#include "traffic/schema.hpp"
#include "traffic/wire_words.hpp"

#include <nlohmann/json.hpp>

#include <array>

namespace leakbisect::traffic {
namespace {

using Json = nlohmann::json;

// The path of the first server: "https://api.example/v1" is "/v1".
std::string base_path(const Json& api) {
  std::string base = text_at(api, "basePath");
  const Json* servers = member(api, "servers");
  if (servers != nullptr && servers->is_array() && !servers->empty()) {
    const std::string url = text_at((*servers)[0], "url");
    base =
        url.find("://") != std::string::npos || url.starts_with('/') ? parse_url(url).target : "";
  }
  while (base.ends_with('/')) base.pop_back();
  return base;
}

struct Operation {
  const Json& api;
  std::string method, path;
  const Json& shared;  ///< of the path: parameters of all its operations
  const Json& own;
};

// Parameters of the path and of the operation; the latter count where both are there.
std::vector<const Json*> parameters_of(const Operation& operation) {
  std::vector<const Json*> all;
  for (const Json* level : {&operation.own, &operation.shared}) {
    const Json* list = member(*level, "parameters");
    if (list == nullptr || !list->is_array()) continue;
    for (const Json& given : *list) all.push_back(&resolved(operation.api, given));
  }
  return all;
}

void fill_path(std::string& path, const std::string& name, const std::string& value) {
  const std::string braces = "{" + name + "}";
  if (const auto at = path.find(braces); at != std::string::npos)
    path.replace(at, braces.size(), value);
}

// Makes the body; false where it cannot.
bool make_body(const Operation& operation, Seen& seen, Withheld& withheld) {
  const Json* body = member(operation.own, "requestBody");
  if (body == nullptr) return true;
  const Json& there = resolved(operation.api, *body);
  const Json* content = member(there, "content");
  if (content == nullptr || !content->is_object()) return false;
  for (const auto& [type, media] : content->items()) {
    if (type.find("json") == std::string::npos) continue;
    seen.body = example_of(operation.api, media).dump();
    withheld.add_header(seen, "Content-Type", type);
    return true;
  }
  const Json* required = member(there, "required");
  return required == nullptr || *required != true;
}

Seen request_of(const Operation& operation, const std::string& base, bool& is_possible,
                Withheld& withheld) {
  Seen seen;
  seen.method = operation.method;
  std::string path = operation.path, query;
  for (const Json* parameter : parameters_of(operation)) {
    const std::string name = text_at(*parameter, "name"), in = text_at(*parameter, "in");
    const Json* required = member(*parameter, "required");
    if (in == "path") fill_path(path, name, word_of_parameter(operation.api, *parameter));
    if (required == nullptr || *required != true) continue;
    const std::string value = word_of_parameter(operation.api, *parameter);
    if (in == "query") query += fmt::format("{}{}={}", query.empty() ? "?" : "&", name, value);
    if (in == "header") withheld.add_header(seen, name, value);
    if (in == "body")
      if (const Json* schema = member(*parameter, "schema")) {
        seen.body = example_of(operation.api, {{"schema", *schema}}).dump();
        withheld.add_header(seen, "Content-Type", "application/json");
      }
    if (in == "formData") is_possible = false;
  }
  // What no parameter describes is a number.
  for (auto open = path.find('{'); open != std::string::npos; open = path.find('{', open + 1)) {
    const auto close = path.find('}', open);
    if (close == std::string::npos) break;
    path.replace(open, close - open + 1, "{n}");
  }
  seen.target = parse_url(base + path + query).target;
  is_possible = make_body(operation, seen, withheld) && is_possible;
  withheld.clean(seen);
  return seen;
}

struct Left {
  std::size_t removing = 0, impossible = 0;
};

void read_path(const Json& api, const std::string& path, const Json& item, Recording& recording,
               Withheld& withheld, Left& left) {
  static constexpr std::array methods{std::pair{"get", "GET"}, std::pair{"head", "HEAD"},
                                      std::pair{"post", "POST"}, std::pair{"put", "PUT"},
                                      std::pair{"patch", "PATCH"}};
  left.removing += member(item, "delete") != nullptr ? 1 : 0;
  for (const auto& [key, method] : methods) {
    const Json* own = member(item, key);
    if (own == nullptr || !own->is_object()) continue;
    bool is_possible = true;
    Seen seen = request_of({api, method, path, item, *own}, base_path(api), is_possible, withheld);
    if (is_possible)
      recording.requests.push_back(std::move(seen));
    else
      ++left.impossible;
  }
}

}  // namespace

Result<Recording> read_openapi(std::string_view text, const std::string& name, Secrets secrets) {
  const bool is_json = stripped(text).starts_with('{');
  const auto api = is_json ? parse_json_text(text, name) : parse_yaml(text, name);
  if (!api) return fail("{}; expected an OpenAPI description as JSON or YAML", api.error().message);
  const Json* paths = member(*api, "paths");
  if (paths == nullptr || !paths->is_object())
    return fail(
        "{}:1: has no \"paths\", so it is no OpenAPI description; give the file that your "
        "server publishes, such as openapi.json",
        name);
  Recording recording;
  Withheld withheld(secrets);
  Left left;
  for (const auto& [path, item] : paths->items())
    if (path.starts_with('/') && item.is_object())
      read_path(*api, path, resolved(*api, item), recording, withheld, left);
  if (recording.requests.empty())
    return fail(
        "{}: none of its {} paths has an operation that a load can send (GET, POST, PUT or "
        "PATCH with a JSON body)",
        name, paths->size());
  recording.notes.push_back(fmt::format("{} operations of {}", recording.requests.size(), name));
  if (left.removing > 0)
    recording.notes.push_back(
        fmt::format("{} operations that delete are left out: they would empty what the others read",
                    left.removing));
  if (left.impossible > 0)
    recording.notes.push_back(fmt::format(
        "{} operations whose body is no JSON are left out; add them by --curl", left.impossible));
  if (member(*api, "security") != nullptr || text.find("securityS") != std::string_view::npos)
    recording.notes.push_back(
        "the interface asks for authorization: where it is needed, add the "
        "header to the requests, or use --curl --with-secrets");
  withheld.tell(recording);
  return recording;
}

}  // namespace leakbisect::traffic
