#pragma once

// A cursor over the hunt file: a JSON value that knows its path and where its errors go. Knows JSON
// and nothing of hunts; what counts as a duration or a command is said by rules.hpp. Reading goes
// on after an error, so that one run reports all of them; a refused value leaves its default.
//
// Invariant: every error names the file, line and column, the JSON path, the value or key, and what
// is allowed.

#include "base/error.hpp"
#include "config/places.hpp"

#include <nlohmann/json_fwd.hpp>

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace leakbisect::config {

using Json = nlohmann::ordered_json;

/// The errors of one file, in the order found.
class Problems {
 public:
  /// `places` of the file outlives it.
  explicit Problems(const Places& places) : places_(&places) {}

  /// Adds "FILE:LINE:COLUMN: PATH: TEXT", at the entry's value or at its key. Control characters of
  /// path and text are shown as \uXXXX.
  enum class Part { value, key };
  void add(std::string_view path, std::string_view text, Part part = Part::value);
  [[nodiscard]] std::size_t count() const { return count_; }
  /// All errors, one a line; the first twenty, where there are more.
  [[nodiscard]] Error error() const;

 private:
  const Places* places_;
  std::string text_;
  std::size_t count_ = 0;
};

class Value {
 public:
  /// The whole file, whose path is empty.
  Value(const Json& json, Problems& problems) : json_(&json), problems_(&problems) {}

  [[nodiscard]] const Json& json() const { return *json_; }
  [[nodiscard]] const std::string& path() const { return path_; }
  /// The entry `key` of an object, which is there.
  [[nodiscard]] Value at(const std::string& key) const;
  /// The entry `index` of an array.
  [[nodiscard]] Value at(std::size_t index) const;

  /// Reports "VALUE WHY; allowed: ALLOWED", for example `"fast" is not a number; allowed: ...`.
  std::nullopt_t refuse(std::string_view why, std::string_view allowed) const;
  /// Reports `text` at the entry `key`, which need not be there.
  void report(std::string_view key, std::string_view text) const;
  [[nodiscard]] std::size_t problem_count() const { return problems_->count(); }

 private:
  Value(const Json& json, Problems& problems, std::string path)
      : json_(&json), problems_(&problems), path_(std::move(path)) {}

  const Json* json_;
  Problems* problems_;
  std::string path_;
};

/// What a value has to be, and how it is read. `read` reports an error where it returns nothing.
template <class T>
struct Rule {
  std::string allowed;  ///< "a number above 0, requests per second"
  std::function<std::optional<T>(const Value& value, const std::string& allowed)> read;

  std::optional<T> operator()(const Value& value) const { return read(value, allowed); }
};

/// A JSON object whose keys are known. Unknown ones are reported when it is made.
class Object {
 public:
  /// `elsewhere` are JSON pointers of keys that people write here by mistake.
  Object(const Value& value, std::vector<std::string> known,
         const std::vector<std::string>& elsewhere = {});

  [[nodiscard]] const Value& value() const { return value_; }
  [[nodiscard]] bool has(const std::string& key) const { return find(key).has_value(); }
  /// The entry of that name, which must be one of the known keys.
  [[nodiscard]] std::optional<Value> find(const std::string& key) const;

  /// Reads an entry that may be absent; `out` stays as it is then.
  template <class T, class U>
  void read(const std::string& key, T& out, const Rule<U>& rule) const {
    if (const auto entry = find(key))
      if (auto value = rule(*entry)) out = *std::move(value);
  }
  /// Reads an entry that must be there.
  template <class T, class U>
  void require(const std::string& key, T& out, const Rule<U>& rule) const {
    if (!has(key)) missing(key, rule.allowed);
    read(key, out, rule);
  }

  /// The one of `kinds` that is there. Reports when there is none or more than one.
  [[nodiscard]] std::optional<std::string> one_of(const std::vector<std::string>& kinds) const;
  /// Reports every key that has no meaning beside `kind`; `keys` are those that have.
  void only_beside(const std::string& kind, const std::vector<std::string>& keys) const;
  /// Reports that a required key is not there, unless a mistyped one may have been meant for it.
  void missing(std::string_view key, std::string_view allowed) const;

 private:
  Value value_;
  std::vector<std::string> known_;
  bool mistyped_ = false;  ///< not an object, or a key is unknown: what is missing may be there
};

/// `, did you mean "WORD"?`, or nothing: the end of a reason that is given to refuse().
std::string did_you_mean(const std::optional<std::string>& meant);

/// "a, b or c", each in double quotes.
std::string one_of_text(const std::vector<std::string>& words);

}  // namespace leakbisect::config
