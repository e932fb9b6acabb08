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

/// Is told what the checks come by while they read, by JSON path. The schema is made of it.
class Witness {
 public:
  virtual ~Witness() = default;
  /// An object may hold these keys and no others.
  virtual void object(const std::string& path, const std::vector<std::string>& known) = 0;
  /// Exactly one of `kinds` has to be in it; `chosen` is.
  virtual void one_of(const std::string& path, const std::vector<std::string>& kinds,
                      const std::optional<std::string>& chosen) = 0;
  /// The key must be there.
  virtual void required(const std::string& path, const std::string& key) = 0;
  /// The key has no meaning beside the kind that was chosen.
  virtual void refused(const std::string& path, const std::string& key) = 0;
  /// An array has entries that are read one by one.
  virtual void array(const std::string& path) = 0;
  /// The value, which need not be there, follows a rule.
  virtual void rule(const std::string& path, const std::string& schema,
                    const std::string& allowed) = 0;
};

/// The errors of one file, in the order found.
class Problems {
 public:
  /// `places` of the file and the witness, where there is one, outlive it.
  explicit Problems(const Places& places, Witness* witness = nullptr)
      : places_(&places), witness_(witness) {}

  /// Nothing while a rule reads: what it is made of is the rule's.
  [[nodiscard]] Witness* witness() const { return rules_ == 0 ? witness_ : nullptr; }
  /// A rule begins to read (1), or has read (-1).
  void within_rule(int change) { rules_ += change; }

  /// Adds "FILE:LINE:COLUMN: PATH: TEXT", at the entry's value or at its key. Control characters of
  /// path and text are shown as \uXXXX.
  enum class Part { value, key };
  void add(std::string_view path, std::string_view text, Part part = Part::value);
  [[nodiscard]] std::size_t count() const { return count_; }
  /// All errors, one a line; the first twenty, where there are more.
  [[nodiscard]] Error error() const;

 private:
  const Places* places_;
  Witness* witness_;
  int rules_ = 0;
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
  [[nodiscard]] Problems& problems() const { return *problems_; }
  /// Tells the witness, if there is one, that the entry `key` follows a rule.
  void note_rule(const std::string& key, const std::string& schema,
                 const std::string& allowed) const;

 private:
  Value(const Json& json, Problems& problems, std::string path)
      : json_(&json), problems_(&problems), path_(std::move(path)) {}

  const Json* json_;
  Problems* problems_;
  std::string path_;
};

/// While it lives a rule reads `value`, which the witness was told of.
class RuleScope {
 public:
  RuleScope(const Value& value, const std::string& schema, const std::string& allowed);
  ~RuleScope() { problems_->within_rule(-1); }
  RuleScope(const RuleScope&) = delete;
  RuleScope& operator=(const RuleScope&) = delete;

 private:
  Problems* problems_;
};

/// What a value has to be, and how it is read. `read` reports an error where it returns nothing.
template <class T>
struct Rule {
  std::string allowed;  ///< "a number above 0, requests per second"
  std::function<std::optional<T>(const Value& value, const std::string& allowed)> read;
  /// The same as a JSON schema, as far as that can say it: what is refused here may pass there, and
  /// never the other way round.
  std::string schema;

  std::optional<T> operator()(const Value& value) const {
    const RuleScope scope(value, schema, allowed);
    return read(value, allowed);
  }
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
    const auto entry = find(key);
    if (!entry)
      value_.note_rule(key, rule.schema, rule.allowed);
    else if (auto value = rule(*entry))
      out = *std::move(value);
  }
  /// Reads an entry that must be there.
  template <class T, class U>
  void require(const std::string& key, T& out, const Rule<U>& rule) const {
    static_cast<void>(need(key, rule.allowed));
    read(key, out, rule);
  }
  /// The entry of that name, which is reported as missing where it is not there.
  [[nodiscard]] std::optional<Value> need(const std::string& key, std::string_view allowed) const;

  /// The one of `kinds` that is there. Reports when there is none or more than one.
  [[nodiscard]] std::optional<std::string> one_of(const std::vector<std::string>& kinds) const;
  /// Reports every key that has no meaning beside `kind`; `keys` are those that have.
  void only_beside(const std::string& kind, const std::vector<std::string>& keys) const;
  /// Reports `text` where a key is there that has no meaning beside the kind.
  void refuse_key(const std::string& key, std::string_view text) const;
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
