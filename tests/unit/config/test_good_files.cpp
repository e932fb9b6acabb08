#include "sample.hpp"

#include <doctest/doctest.h>

using namespace leakbisect;
using namespace leakbisect::config;

namespace {
HuntFile good(const Sample& sample, std::string_view text) {
  const auto hunt = sample.parse(text);
  REQUIRE_MESSAGE(hunt.has_value(), hunt.error().message);
  return hunt.value();
}
}  // namespace

TEST_SUITE("good hunt files") {
  TEST_CASE("the full example has the values that are written in it") {
    const Sample sample;
    const HuntFile hunt = good(sample, full_example);
    CHECK(hunt.file == sample.folder / "hunt.json");
    REQUIRE(hunt.subject);
    CHECK(hunt.subject->directory == sample.folder / "app");
    CHECK(hunt.subject->build == Command{{"/bin/sh", "-c", "npm run build"}});
    CHECK(hunt.subject->start == Command{{"node", "server.mjs"}});
    CHECK(hunt.subject->env == std::map<std::string, std::string>{{"PORT", "{port}"}});
    CHECK(hunt.subject->ready.kind == Ready::Kind::http);
    CHECK(hunt.subject->stop.signal == 15);
    CHECK(hunt.subject->stop.grace_s == 5);
    const auto& load = std::get<HttpLoad>(hunt.load.kind);
    CHECK(load.rate == 50);
    REQUIRE(load.requests.size() == 2);
    CHECK(load.requests[0].weight == 3);
    CHECK(load.requests[1].path == "/item/{n}");
    CHECK(load.requests[1].weight == 1);
    CHECK(hunt.memory.settle->http_path == "/gc");
    CHECK(hunt.search.smallest_leak == 1024);
    CHECK(hunt.search.confidence == 0.99);
    CHECK(hunt.limits.budget_s == 8 * 3600);
    CHECK(hunt.limits.trial_s == 600);
    CHECK(hunt.limits.memory_bytes == 4.0 * 1024 * 1024 * 1024);
    CHECK(hunt.limits.parallel == 2);
    const auto& entries = std::get<ComponentUnits>(hunt.units).entries;
    REQUIRE(entries.size() == 4);
    CHECK(std::get<OffEnv>(std::get<Component>(entries[0]).off).set.at("VIDEO") == "0");
    CHECK(std::get<ComponentGlob>(entries[1]).replace == "<template><i/></template>");
    const auto& json = std::get<OffJson>(std::get<Component>(entries[2]).off);
    CHECK(json.file == "data/home.json");
    CHECK(json.set == decltype(json.set){{"/live", "false"}});
    CHECK(std::get<OffMask>(std::get<Component>(entries[3]).off).region == "ads");
    CHECK(std::get<Component>(entries[3]).needs == std::vector<std::string>{"layout"});
  }

  TEST_CASE("load by raw TCP, slow readers and a connection a request") {
    const Sample sample;
    const HuntFile raw = good(
        sample, with("load", R"({"tcp": {"send": "PING {n}\r\n", "expect": "+PONG\r\n", "rate": 20,
                                          "keep_alive": false, "read_rate": "1KiB"}})"));
    const auto& tcp = std::get<HttpLoad>(raw.load.kind);
    REQUIRE(tcp.tcp);
    CHECK(tcp.tcp->send == "PING {n}\r\n");
    CHECK(tcp.tcp->expect == "+PONG\r\n");
    CHECK(tcp.rate == 20);
    CHECK(!tcp.keep_alive);
    CHECK(tcp.read_rate == 1024);
    const HuntFile http = good(sample, with("load", R"({"http": {"keep_alive": false}})"));
    CHECK(!std::get<HttpLoad>(http.load.kind).keep_alive);
    CHECK(!std::get<HttpLoad>(http.load.kind).tcp);
  }

  TEST_CASE("what is left out has its default") {
    const Sample sample;
    const HuntFile hunt = good(sample, with("search", "{}"));
    CHECK(std::get<HttpLoad>(hunt.load.kind).keep_alive);
    CHECK(!std::get<HttpLoad>(hunt.load.kind).read_rate);
    CHECK(std::get<HttpLoad>(hunt.load.kind).requests.size() == 1);
    CHECK(hunt.subject->ready.kind == Ready::Kind::tcp);
    CHECK(!hunt.subject->port);
    CHECK(hunt.memory.metric == "auto");
    CHECK(!hunt.limits.memory_bytes);
    const auto& git = std::get<GitUnits>(hunt.units);
    CHECK(git.repository == sample.folder / "app");
    CHECK(git.bad == "HEAD");
  }

  TEST_CASE("a subject is read with every key") {
    const Sample sample;
    const HuntFile hunt = good(sample, with("subject", R"({"directory": "./app/", "build": ["make"],
        "build_timeout": "2m", "artifacts": ["bin/", "a/../b"], "start": "./server --port {port}",
        "env": {"N": 8080, "F": 0.5, "ON": true, "E": ""}, "port": 8080,
        "ready": {"log": "listening on [0-9]+", "timeout": "90s"},
        "stop": {"signal": "int", "grace": "0s"}, "log_cap": 1000})"));
    const Subject& subject = *hunt.subject;
    CHECK(subject.directory == sample.folder / "app");
    CHECK(subject.build == Command{{"make"}});
    CHECK(subject.build_timeout_s == 120);
    CHECK(subject.artifacts == std::vector<std::string>{"bin", "b"});
    CHECK(subject.env == std::map<std::string, std::string>{
                             {"N", "8080"}, {"F", "0.5"}, {"ON", "true"}, {"E", ""}});
    CHECK(subject.port == 8080);
    CHECK(subject.ready.kind == Ready::Kind::log);
    CHECK(subject.ready.log_pattern == "listening on [0-9]+");
    CHECK(subject.ready.timeout_s == 90);
    CHECK(subject.stop.signal == 2);
    CHECK(subject.stop.grace_s == 0);
    CHECK(subject.log_cap_bytes == 1000);
    for (const char* signal : {R"("SIGUSR1")", R"("USR1")", R"("usr1")", "10"})
      CHECK(good(sample, with_subject(fmt::format(R"("stop": {{"signal": {}}})", signal)))
                .subject->stop.signal == 10);
  }

  TEST_CASE("load is our own or a command") {
    const Sample sample;
    const auto http = [&](std::string_view value) {
      return std::get<HttpLoad>(
          good(sample, with("load", fmt::format(R"({{"http": {}}})", value))).load.kind);
    };
    CHECK(http(R"({"closed": true})").closed);
    CHECK(!http(R"({"closed": false, "rate": 2.5})").closed);
    CHECK(http(R"({"closed": {"think": "10ms"}, "connections": 4, "tls": true, "timeout": "3s"})")
              .think_s == 0.01);
    const auto request =
        http(R"({"requests": [{"method": "POST", "path": "/a?b=c", "body": "{\"n\": {n}}",
                 "headers": {"X-B": "2", "Accept": "text/html"}}]})")
            .requests.at(0);
    CHECK(request.method == "POST");
    CHECK(request.body == "{\"n\": {n}}");
    CHECK(request.headers == decltype(request.headers){{"X-B", "2"}, {"Accept", "text/html"}});
    const auto external = std::get<CommandLoad>(
        good(sample, with("load", R"({"command": "wrk {url}", "progress": "([0-9]+) done"})"))
            .load.kind);
    CHECK(external.command.argv.back() == "wrk {url}");
    CHECK(external.progress == "([0-9]+) done");
  }

  TEST_CASE("memory may come from a runtime, and after a collection") {
    const Sample sample;
    const auto memory = [&](std::string_view value) {
      return good(sample, with("memory", value)).memory;
    };
    const auto json = memory(R"({"metric": "external", "rate": 2, "warmup": "0s",
        "heap": {"http": "/mem", "pointer": "/heapUsed", "external": "/external",
                 "every": "1s"}})");
    CHECK(json.rate_hz == 2);
    CHECK(json.warmup_s == 0);
    CHECK(json.heap->pointer == "/heapUsed");
    CHECK(json.heap->external == "/external");
    CHECK(json.heap->every_s == 1);
    CHECK(memory(R"({"heap": {"http": "/", "pointer": ""}})").heap->pointer.empty());
    const auto text = memory(R"({"heap": {"prometheus": "/metrics", "name": "heap_bytes"}})");
    CHECK(text.heap->kind == HeapSource::Kind::http_prometheus);
    CHECK(text.heap->pointer == "heap_bytes");
    const auto command = memory(R"({"heap": {"command": ["jstat", "{pid}"]}})");
    CHECK(command.heap->command == Command{{"jstat", "{pid}"}});
    const auto signal = memory(R"({"metric": "settled",
        "settle": {"signal": "SIGUSR2", "every": "500ms"}})");
    CHECK(signal.settle->kind == Settle::Kind::signal);
    CHECK(signal.settle->signal == 12);
    CHECK(signal.settle->every_s == 0.5);
    CHECK(memory(R"({"settle": {"command": "jcmd {pid} GC.run"}})").settle->kind ==
          Settle::Kind::command);
    const auto post = memory(R"({"settle": {"http": "/gc", "method": "POST"}})");
    CHECK(post.settle->kind == Settle::Kind::http);
    CHECK(post.settle->http_method == "POST");
    CHECK(!post.settle->every_s);
    // Runtimes that are known are made to collect, unless that is switched off.
    CHECK(memory("{}").settle->kind == Settle::Kind::automatic);
    CHECK(memory(R"({"settle": "auto"})").settle->kind == Settle::Kind::automatic);
    CHECK(memory(R"({"settle": {"node": {}}})").settle->kind == Settle::Kind::node);
    CHECK(memory(R"({"settle": {"jvm": {}, "every": "1s"}})").settle->every_s == 1);
    CHECK(!memory(R"({"settle": "off"})").settle);
  }

  TEST_CASE("sizes may be numbers and a leak may be named with or without its unit") {
    const Sample sample;
    for (const char* leak : {R"("1KiB/request")", R"("1 KiB /request")", R"("1KiB")", "1024"})
      CHECK(good(sample, with("search", fmt::format(R"({{"smallest_leak": {}}})", leak)))
                .search.smallest_leak == 1024);
    for (const char* leak : {R"("0.1 threads/request")", R"("0.1/request")", R"("0.1")", "0.1"})
      CHECK(good(sample, with("memory", fmt::format(R"({{"metric": "threads"}}, "search": {{
                                 "smallest_leak": {}}})",
                                                    leak)))
                .search.smallest_leak == 0.1);
    CHECK(good(sample, with("limits", R"({"memory": 1000000, "cache": 0})")).limits.memory_bytes ==
          1000000);
    CHECK(good(sample, with("search", R"({"seed": 18446744073709551615})")).search.seed ==
          18446744073709551615ULL);
  }

  TEST_CASE("who is told at the end is a command, a web hook or both") {
    const Sample sample;
    const Notify both = good(sample, with("notify", R"({"command": ["mail", "me"],
                                "webhook": "http://127.0.0.1:8080/hook?a=b"})"))
                            .notify;
    CHECK(both.command == Command{{"mail", "me"}});
    CHECK(both.webhook == Webhook{"127.0.0.1", 8080, "/hook?a=b"});
    CHECK(good(sample, with("notify", R"({"webhook": "http://ci.example"})")).notify.webhook ==
          Webhook{"ci.example", 80, "/"});
    CHECK(!good(sample, full_example).notify.webhook);
  }

  TEST_CASE("an oracle needs neither load nor ways to switch") {
    const Sample sample;
    const auto hunt =
        good(sample, R"({"oracle": {"command": ["./test", "{on}"], "false_positive": 0,
        "false_negative": 0.2, "timeout": "1m"},
        "units": {"components": [{"name": "a"}, {"name": "b"}]}})");
    CHECK(!hunt.subject);
    CHECK(hunt.oracle->command == Command{{"./test", "{on}"}});
    CHECK(hunt.oracle->false_positive == 0);
    CHECK(hunt.oracle->false_negative == 0.2);
    CHECK(hunt.oracle->timeout_s == 60);
    CHECK(std::get<GitUnits>(good(sample, with_oracle(R"({"git": {"good": "v1"}})")).units)
              .repository == sample.folder);
    CHECK(std::get<VersionUnits>(
              good(sample, with_oracle(R"({"versions": {"list": ["1", "2"]}})")).units)
              .list.size() == 2);
  }

  TEST_CASE("a file on disk is read, and one that is not there is named") {
    const Sample sample;
    const auto file = sample.folder / "other.json";
    std::ofstream(file) << "\xEF\xBB\xBF" << full_example;
    CHECK(load_hunt(file).has_value());
    const auto missing = load_hunt(sample.folder / "none.json");
    REQUIRE(!missing);
    CHECK(missing.error().message.find("none.json: No such file") != std::string::npos);
  }
}
