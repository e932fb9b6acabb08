#include "sample.hpp"

#include <doctest/doctest.h>

#include <random>
#include <set>

using namespace leakbisect;
using namespace leakbisect::config;

namespace {
// Every key of the file, in three files that hold each of them at least once.
const std::vector<std::string>& files() {
  static const std::vector<std::string> all{std::string(full_example),
                                            R"({
  "subject": {"directory": "app", "build": "b", "build_timeout": "1s", "artifacts": ["a"],
              "start": "s", "env": {}, "port": 1, "ready": {"log": "x", "timeout": "1s"},
              "stop": {"signal": 1, "grace": "1s"}, "log_cap": 1},
  "load": {"http": {"closed": {"think": "1s"}, "connections": 1, "tls": true, "timeout": "1s",
                    "requests": [{"method": "GET", "path": "/", "weight": 1, "headers": {},
                                  "body": ""}]}},
  "memory": {"metric": "auto", "rate": 1, "warmup": "1s", "settle": {"signal": 1, "every": "1s"},
             "heap": {"http": "/", "pointer": "", "external": "", "every": "1s"}},
  "units": {"git": {"repository": "app", "good": "a", "bad": "b", "first_parent": true,
                    "paths": []}},
  "search": {"strategy": "s", "confidence": 0.9, "smallest_leak": 1, "seed": 1},
  "limits": {"budget": "1s", "trial": "1s", "memory": 1, "cache": 1, "parallel": 1},
  "notify": {"command": "c", "webhook": "http://127.0.0.1/"}
})",
                                            R"({
  "subject": {"directory": "app", "start": "s", "ready": {"tcp": true}},
  "load": {"command": "a", "progress": "(.)+"},
  "memory": {"heap": {"prometheus": "/", "name": "n"}, "settle": {"command": "c"}},
  "units": {"components": [
    {"name": "n", "off": {"argument": "a"}, "needs": [], "always_on": true, "group": "g",
     "prior": 1},
    {"glob": "g", "off": {"remove": true}, "except": [], "always_on": [], "group": "g"},
    {"name": "o", "off": {"replace": {"file": "f", "text": "t"}}},
    {"name": "p", "off": {"patch": "ads.patch"}},
    {"name": "q", "off": {"json": {"file": "f", "set": {"": 1}}}},
    {"name": "r", "off": {"mask": {"file": "f", "region": "r"}}},
    {"name": "s", "off": {"remove": {"file": "f"}}},
    {"name": "t", "off": {"command": ["c"]}}]}
})",
                                            R"({
  "oracle": {"command": "c", "false_positive": 0, "false_negative": 0, "timeout": "1s"},
  "units": {"versions": {"list": ["a", "b"], "apply": "c"}}
})"};
  return all;
}

// Keys whose entries are the user's own words: what is mistyped there is no unknown key.
bool is_key_of_ours(const std::string& key) {
  static const std::set<std::string> words{"PORT", "VIDEO", "/live"};
  return !key.empty() && words.count(key) == 0;
}
}  // namespace

TEST_SUITE("hunt files that went wrong") {
  TEST_CASE("the files that are mutated below are good") {
    const Sample sample;
    for (const std::string& file : files()) {
      const auto hunt = sample.parse(file);
      CHECK_MESSAGE(hunt.has_value(), hunt.error().message);
    }
  }

  TEST_CASE("a key that lost a letter is unknown and its nearest is the key") {
    const Sample sample;
    std::set<std::string> seen;
    for (const std::string& file : files())
      for (auto colon = file.find("\":"); colon != std::string::npos;
           colon = file.find("\":", colon + 1)) {
        const auto quote = file.rfind('"', colon - 1);
        const std::string key = file.substr(quote + 1, colon - quote - 1);
        if (!is_key_of_ours(key)) continue;
        seen.insert(key);
        for (std::size_t i = 0; i < key.size(); ++i) {
          std::string mistyped = file;
          mistyped.erase(quote + 1 + i, 1);
          std::string word = key;
          word.erase(i, 1);
          if (word == "ttp") continue;  // as near to "tcp" as to "http"
          const std::string message = sample.errors(mistyped);
          CAPTURE(message);
          CHECK(message.find(fmt::format("/{}: unknown key \"{}\", did you mean \"{}\"?", word,
                                         word, key)) != std::string::npos);
        }
      }
    CHECK(seen.size() > 75);
  }

  TEST_CASE("a file with a few wrong bytes is read or refused by name") {
    const Sample sample;
    const std::string name = (sample.folder / "hunt.json").string() + ":";
    std::mt19937_64 random(20240501);
    const std::string likely = "{}[]\",:0e.-tfn/\\ \n";
    int refused = 0;
    for (int round = 0; round < 4000; ++round) {
      std::string text = files()[random() % files().size()];
      for (auto changes = 1 + random() % 3; changes > 0; --changes) {
        const auto at = random() % text.size();
        const char byte =
            random() % 2 == 0 ? likely[random() % likely.size()] : static_cast<char>(random());
        const auto way = random() % 4;
        if (way == 0)
          text.erase(at, 1 + random() % 8);
        else if (way == 1)
          text.insert(at, 1, byte);
        else if (way == 2)
          text.insert(at, text.substr(random() % text.size(), random() % 40));
        else
          text[at] = byte;
      }
      const auto hunt = sample.parse(text);
      if (hunt) continue;
      ++refused;
      CAPTURE(text);
      const std::string& message = hunt.error().message;
      CHECK(message.rfind(name, 0) == 0);
      CHECK(message.find("json.exception") == std::string::npos);
      const bool says_what = message.find("allowed: ") != std::string::npos ||
                             message.find("expected ") != std::string::npos;
      CHECK_MESSAGE(says_what, message);
    }
    CHECK(refused > 1000);
  }

  TEST_CASE("an expression is bounded in length, and deep ones do no harm") {
    const Sample sample;
    const auto ready = [&](const std::string& pattern) {
      return sample.errors(with_subject(fmt::format(R"("ready": {{"log": "{}"}})", pattern)));
    };
    CHECK(ready(std::string(500, '(') + std::string(500, ')')) == "accepted");
    CHECK(ready(std::string(1000, '(')).find("is no regular expression") != std::string::npos);
    CHECK(ready(std::string(1001, 'a')).find("is too long") != std::string::npos);
    CHECK(ready("(a{1000}){1000}").find("is no regular expression") != std::string::npos);
  }
}
