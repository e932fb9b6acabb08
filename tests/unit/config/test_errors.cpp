#include "sample.hpp"

#include <doctest/doctest.h>

using namespace leakbisect;
using namespace leakbisect::config;

namespace {
struct Case {
  std::string text;
  std::string error;  // how the message begins
};

void check(const std::vector<Case>& cases) {
  const Sample sample;
  for (const Case& given : cases) {
    CAPTURE(given.text);
    const std::string message = sample.errors(given.text);
    CHECK_MESSAGE(message.rfind(given.error, 0) == 0, message);
    CHECK(message.find("allowed: ") != std::string::npos);
  }
}
}  // namespace

TEST_SUITE("errors of the hunt file") {
  TEST_CASE("a message is whole: file, path, value, what is allowed") {
    const Sample sample;
    const auto hunt = sample.parse(with("load", R"({"http": {"rate": "fast"}})"));
    REQUIRE(!hunt);
    CHECK(hunt.error().message ==
          (sample.folder / "hunt.json").string() +
              ":1:116: /load/http/rate: \"fast\" is not a number; allowed: a number "
              "above 0, requests per second, up to 1000000, or \"auto\"");
  }

  TEST_CASE("an unknown key comes with the nearest known one and all that are allowed") {
    const Sample sample;
    CHECK(sample.errors(with("load", R"({"http": {"rat": 5}})")) ==
          "/load/http/rat: unknown key \"rat\", did you mean \"rate\"? allowed: rate, rate_fixed, "
          "closed, connections, tls, timeout, bursts, keep_alive, read_rate, requests");
    CHECK(sample.errors(with("memroy", "{}")) ==
          "/memroy: unknown key \"memroy\", did you mean \"memory\"? allowed: subject, oracle, "
          "load, "
          "memory, units, search, limits, notify, $schema");
    CHECK(sample.errors(with("units", R"({"queues": {}})")) ==
          "/units/queues: unknown key \"queues\"; allowed: components, git, versions, routes");
  }

  TEST_CASE("what was meant is said where it can be told") {
    const Sample sample;
    const auto says = [&](const std::string& text, const char* words) {
      const std::string message = sample.errors(text);
      CHECK_MESSAGE(message.find(words) != std::string::npos, message);
    };
    const auto request = [](const char* entries) {
      return with("load", fmt::format(R"({{"http": {{"requests": [{{{}}}]}}}})", entries));
    };
    says(with("smallestLeak", "1"),
         "/smallestLeak: unknown key \"smallestLeak\", did you mean "
         "/search/smallest_leak? allowed: subject");
    says(with("load", R"({"http": {"rate": "50/s"}})"), "did you mean 50 without quotes?");
    says(with("search", R"({"confidence": "99%"})"), "did you mean 0.99 without quotes?");
    says(with("search", R"({"confidence": "99"})"), "\"99\" is not a number; allowed");
    says(with("limits", R"({"budget": "8 hours"})"), "did you mean \"8h\"?");
    says(with("limits", R"({"budget": "1 Minute"})"), "did you mean \"1m\"?");
    says(request(R"("path": "items")"), "did you mean \"/items\"?");
    says(request(R"("path": "http://a:3000/b?c")"), "did you mean \"/b?c\"?");
    says(request(R"("method": "post")"), "did you mean \"POST\"?");
    says(request(R"("body": {"a": [1]})"), R"(did you mean "{\"a\":[1]}"?)");
    says(with_subject(R"("env": ["PORT={port}", "A=b=c"])"),
         R"(did you mean {"PORT":"{port}","A":"b=c"}?)");
    says(with_off(R"({"VIDEO": "0"})"), R"(did you mean {"env": {"VIDEO":"0"}}?)");
    says(with_off("false"), "always_on");
    says(with_off(R"({"envv": "0"})"), "did you mean \"env\"?");
  }

  TEST_CASE("load by raw TCP says what it needs, and has no requests") {
    const Sample sample;
    CHECK(sample.errors(with("load", R"({"tcp": {"send": "", "rate": 5}})")) ==
          "/load/tcp/send: \"\" is empty; allowed: a text that is not empty\n"
          "/load/tcp/expect: \"expect\" is missing; allowed: a text that is not empty");
    CHECK(sample.errors(with("load", R"({"tcp": {"send": "a", "expect": "b", "requests": []}})"))
              .find("/load/tcp/requests: unknown key \"requests\"") != std::string::npos);
    CHECK(sample.errors(with("load", R"({"http": {}, "tcp": {"send": "a", "expect": "b"}})"))
              .find("exactly one of") != std::string::npos);
  }

  TEST_CASE("who cannot be told is refused") {
    const Sample sample;
    for (const char* address :
         {"127.0.0.1:80/", "ftp://a/", "http://", "http://:80/", "http://a:0/", "http://a:99999/",
          "http://a:b/", "http://me@a/", "http://a b/", "http://a/#b", "http://[::1]/"}) {
      const std::string text = with("notify", fmt::format(R"({{"webhook": "{}"}})", address));
      CHECK_MESSAGE(sample.errors(text).starts_with("/notify/webhook: "), address);
    }
    CHECK(sample.placed_errors(with("notify", R"({"webhook": "https://a/"})")) ==
          "1:112: /notify/webhook: \"https://a/\" is not sent to by TLS; allowed: an address such "
          "as \"http://127.0.0.1:8080/leakbisect\", or a \"command\" such as [\"curl\", \"-sS\", "
          "\"-d\", \"@-\", \"https://...\"]");
    CHECK(sample.errors(with("notify", "{}")) ==
          "/notify: {} tells nobody; allowed: \"command\", \"webhook\" or both");
  }

  TEST_CASE("all errors of a file are told in one run") {
    const Sample sample;
    CHECK(sample.errors(
              R"({"subject": {"directory": "app", "start": []},
                                "units": 5, "limits": {"trial": 3}})") ==
          "/subject/start: [] is not a command; allowed: an array of texts such as [\"node\", "
          "\"server.mjs\"], or a text for the shell\n"
          "/units: 5 is not an object; allowed: an object with the keys components, git, versions, "
          "routes\n"
          "/limits/trial: 3 is not a duration; allowed: a duration above 0 (a text such as "
          "\"250ms\", "
          "\"90s\" or \"1h 30m\"; at most 366 days)");
    std::string many = "[";
    for (int i = 0; i < 100; ++i) many += "5,";
    const std::string message = sample.errors(with("units", "{\"components\": " + many + "5]}"));
    CHECK(message.find("and 81 more errors") != std::string::npos);
  }

  TEST_CASE("what a file holds cannot drive the terminal") {
    const Sample sample;
    const std::string message =
        sample.errors("{\"\\u001b[2J\xC2\x9B\x33\x31m\": 1, \"load\": \"\xE2\x80\xAE\x7F\"}");
    for (const char c : message) CHECK((static_cast<unsigned char>(c) >= 32 || c == '\n'));
    CHECK(message.find('\x7F') == std::string::npos);
    CHECK(message.find("\xC2\x9B") == std::string::npos);
    CHECK(message.find("\\u202e") != std::string::npos);
  }

  TEST_CASE("the top level has a subject or an oracle, and units") {
    check({{"[]", "top level: [] is not an object"},
           {R"({"units": {"git": {"good": "a"}}})",
            "top level: {\"units\":{\"git\":{\"good\":\"a\"}}} has none of \"subject\" or "
            "\"oracle\""},
           {R"({"subject": {"directory": "app", "start": "s"}})", "/units: \"units\" is missing"},
           {R"({"oracle": {"command": "t"}, "load": {}, "units": {"git": {"good": "a"}}})",
            "/load: \"load\" has no meaning beside \"oracle\""},
           {R"({"oracle": {"command": "t"}, "memory": {}, "units": {"git": {"good": "a"}}})",
            "/memory: \"memory\" has no meaning beside \"oracle\""}});
    const Sample sample;
    const std::string both = sample.errors(
        R"({"oracle": {"command": "t"}, "subject": {"directory": "app", "start": "s"},
            "units": {"git": {"good": "a"}}})");
    CHECK(both.find("has \"subject\" and \"oracle\" at once; allowed: exactly one of") !=
          std::string::npos);
  }

  TEST_CASE("errors of the subject") {
    check(
        {{with("subject", R"({"start": "s"})"), "/subject/directory: \"directory\" is missing"},
         {with("subject", R"({"directory": "app"})"), "/subject/start: \"start\" is missing"},
         {with("subject", R"({"directory": "ap", "start": "s"})"), "/subject/directory: \"ap\" ("},
         {with("subject", R"({"directory": "ads.patch", "start": "s"})"),
          "/subject/directory: \"ads.patch\" ("},
         {with("subject", R"({"directory": "app", "start": ["a", 5]})"),
          "/subject/start/1: 5 is not a text"},
         {with("subject", R"({"directory": "app", "start": [""]})"),
          "/subject/start/0: \"\" is empty"},
         {with("subject", R"({"directory": "app", "start": "a\u0000b"})"),
          "/subject/start: \"a\\u0000b\" holds a NUL"},
         {with_subject(R"("port": 0)"),
          "/subject/port: 0 is out of range; allowed: a whole number from 1 to 65535"},
         {with_subject(R"("port": 80.5)"), "/subject/port: 80.5 is not a whole number"},
         {with_subject(R"("artifacts": ["../out"])"),
          "/subject/artifacts/0: \"../out\" goes up and out"},
         {with_subject(R"("artifacts": "dist")"), "/subject/artifacts: \"dist\" is not an array"},
         {with_subject(R"("env": {"A": null})"), "/subject/env/A: null is no value of a variable"},
         {with_subject(R"("env": {"A=B": "1"})"),
          "/subject/env/A=B: \"A=B\" is no name of a variable"},
         {with_subject(R"("build_timeout": "90")"),
          "/subject/build_timeout: \"90\" is not a duration"},
         {with_subject(R"("build_timeout": "0s")"), "/subject/build_timeout: \"0s\" is too small"},
         {with_subject(R"("build_timeout": "1e30h")"),
          "/subject/build_timeout: \"1e30h\" is too large"},
         {with_subject(R"("log_cap": "big")"), "/subject/log_cap: \"big\" is not a size"},
         {with_subject(R"("ready": {})"),
          "/subject/ready: {} has none of \"tcp\", \"http\" or \"log\""},
         {with_subject(R"("ready": {"tcp": true, "log": "x"})"),
          "/subject/ready: {\"tcp\":true,\"log\":\"x\"} has \"tcp\" and \"log\" at once"},
         {with_subject(R"("ready": {"tcp": false})"), "/subject/ready/tcp: false says nothing"},
         {with_subject(R"("ready": {"log": "(["})"),
          "/subject/ready/log: \"([\" is no regular expression: missing ]"},
         {with_subject(R"("ready": {"http": "up"})"),
          "/subject/ready/http: \"up\" does not begin with \"/\""},
         {with_subject(R"("stop": {"signal": "SIGNOTHING"})"),
          "/subject/stop/signal: \"SIGNOTHING\" is not a signal"},
         {with_subject(R"("stop": {"signal": 65})"), "/subject/stop/signal: 65 is out of range"},
         {with_subject(R"("stop": {"grace": 5})"), "/subject/stop/grace: 5 is not a duration"}});
  }

  TEST_CASE("errors of load and memory") {
    check(
        {{with("load", "{}"), "/load: {} has none of \"http\", \"tcp\" or \"command\""},
         {with("load", R"({"http": {}, "progress": "(.)+"})"),
          "/load/progress: \"progress\" has no meaning beside \"http\""},
         {with("load", R"({"command": "a", "progress": "x"})"),
          "/load/progress: \"x\" has no group"},
         {with("load", R"({"http": {"rate": 0}})"), "/load/http/rate: 0 is out of range"},
         {with("load", R"({"http": {"rate": 5, "closed": true}})"),
          "/load/http/rate: \"rate\" has no meaning beside \"closed\""},
         {with("load", R"({"http": {"closed": 1}})"), "/load/http/closed: 1 is not a closed loop"},
         {with("load", R"({"http": {"tls": "yes"}})"), "/load/http/tls: \"yes\" is not a boolean"},
         {with("load", R"({"http": {"requests": []}})"),
          "/load/http/requests: [] is not an array of requests"},
         {with("load", R"({"http": {"requests": [{}, {"path": "a b"}]}})"),
          "/load/http/requests/1/path: \"a b\" does not begin"},
         {with("load", R"({"http": {"requests": [{"path": "/a b"}]}})"),
          "/load/http/requests/0/path: \"/a b\" cannot stand in a request line"},
         {with("load", R"({"http": {"requests": [{"method": "get"}]}})"),
          "/load/http/requests/0/method: \"get\" is not a method"},
         {with("load", R"({"http": {"requests": [{"weight": -1}]}})"),
          "/load/http/requests/0/weight: -1 is out of range"},
         {with("load", R"({"http": {"requests": [{"headers": {"A": "x\ny"}}]}})"),
          "/load/http/requests/0/headers/A: \"x\\ny\" cannot stand in a header"},
         {with("load", R"({"http": {"requests": [{"headers": {"A B": "x"}}]}})"),
          "/load/http/requests/0/headers/A B: \"A B\" is no name"},
         {with("memory", R"({"metric": "annon"})"),
          "/memory/metric: \"annon\" is not a metric, did you mean \"anon\"? allowed: \"auto\", "
          "\"rss\""},
         {with("memory", R"({"metric": "heap_used"})"),
          "/memory: metric \"heap_used\" needs \"heap\""},
         {with("memory", R"({"metric": "settled", "settle": "off"})"),
          "/memory: metric \"settled\" needs \"settle\""},
         {with("memory", R"({"settle": "of"})"),
          "/memory/settle: \"of\" is no way to collect garbage, did you mean \"off\"? allowed: "
          "\"auto\", \"off\", or an object"},
         {with("memory", R"({"settle": true})"),
          "/memory/settle: true is not an object; allowed: an object with the keys node, jvm, "
          "http"},
         {with("memory", R"({"settle": {"node": {}, "jvm": {}}})"), "/memory/settle: "},
         {with("memory", R"({"settle": {"node": true}})"),
          "/memory/settle/node: true is not an object"},
         {with("memory", R"({"settle": {"jvm": {"pid": 1}}})"),
          "/memory/settle/jvm/pid: unknown key \"pid\"; allowed: none"},
         {with("memory", R"({"settle": {"signal": "USR2", "method": "POST"}})"),
          "/memory/settle/method: \"method\" has no meaning beside \"signal\"; allowed: \"every\""},
         {with("memory", R"({"settle": {"http": "/gc", "method": "PATCH"}})"),
          "/memory/settle/method: \"PATCH\" is not a method of a settle hook; allowed: \"GET\""},
         {with("memory", R"({"settle": {"signal": "KILL"}})"),
          "/memory/settle/signal: \"KILL\" cannot be handled"},
         {with("memory", R"({"rate": "10 Hz"})"),
          "/memory/rate: \"10 Hz\" is not a number, did you mean 10 without quotes? allowed: a "
          "number"},
         {with("memory", R"({"heap": {"http": "/mem"}})"),
          "/memory/heap/pointer: \"pointer\" is missing"},
         {with("memory", R"({"heap": {"http": "/mem", "pointer": "heapUsed"}})"),
          "/memory/heap/pointer: \"heapUsed\" is not a JSON pointer"},
         {with("memory", R"({"heap": {"http": "/mem", "pointer": "/a~2"}})"),
          "/memory/heap/pointer: \"/a~2\" is not a JSON pointer"},
         {with("memory", R"({"heap": {"command": "x", "external": "/e"}})"),
          "/memory/heap/external: \"external\" has no meaning beside \"command\""},
         {with("memory", R"({"heap": {"prometheus": "/metrics"}})"),
          "/memory/heap/name: \"name\" is missing"}});
  }

  TEST_CASE("errors of search, limits and the oracle") {
    check(
        {{with("search", R"({"confidence": 0.5})"),
          "/search/confidence: 0.5 is out of range; allowed: a probability above 0.5 and below 1"},
         {with("search", R"({"confidence": 1})"), "/search/confidence: 1 is out of range"},
         {with("search", R"({"seed": -1})"), "/search/seed: -1 is not such a number"},
         {with("search", R"({"smallest_leak": "0B/request"})"),
          "/search/smallest_leak: \"0B/request\" is too small"},
         {with("search", R"({"smallest_leak": "1KiB/s"})"),
          "/search/smallest_leak: \"1KiB/s\" is not a leak per request"},
         {with("search", R"({"strategy": ""})"), "/search/strategy: \"\" is empty"},
         {with("limits", R"({"parallel": 65})"),
          "/limits/parallel: 65 is out of range; allowed: a whole number from 1 to 64"},
         {with("limits", R"({"memory": -5})"), "/limits/memory: -5 is too small"},
         {with("limits", R"({"budget": "tonight"})"),
          "/limits/budget: \"tonight\" is not a duration"},
         {R"({"oracle": {}, "units": {"git": {"good": "a"}}})",
          "/oracle/command: \"command\" is missing"},
         {R"({"oracle": {"command": "t", "false_positive": 0.5}, "units": {"git": {"good": "a"}}})",
          "/oracle/false_positive: 0.5 is out of range; allowed: a probability from 0 to below "
          "0.5"}});
  }
}
