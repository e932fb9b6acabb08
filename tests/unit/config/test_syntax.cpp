#include "sample.hpp"

#include <doctest/doctest.h>

using namespace leakbisect;
using namespace leakbisect::config;

TEST_SUITE("syntax of the hunt file") {
  TEST_CASE("an error names line, column and what was expected") {
    const Sample sample;
    CHECK(sample.errors("") ==
          "1:1: the file ends; expected a value: an object, an array, a text in double quotes, a "
          "number, true, false or null; a hunt file is JSON that begins with {: `leakbisect init` "
          "writes one");
    CHECK(sample.errors("{\n  \"load\": {\"http\" {}}\n}") ==
          "2:19: unexpected {; expected \":\" behind the key");
    CHECK(sample.errors("{\"a\": 1,\n}") ==
          "2:1: unexpected }; expected a key in double quotes (no comma behind the last entry)");
    CHECK(sample.errors("{\"a\": [1, ]}").rfind("1:11: unexpected ]; expected a value", 0) == 0);
    CHECK(sample.errors("{\"a\": 1 \"b\": 2}") == "1:9: unexpected \"b\"; expected \",\" or \"}\"");
    CHECK(sample.errors("{\"a\": [1 2]}") == "1:10: unexpected 2; expected \",\" or \"]\"");
    CHECK(sample.errors("{} {}") == "1:4: unexpected {; expected the end of the file");
    CHECK(sample.errors("{\"a\": tru}").find("1:7: unexpected tru; expected a value") == 0);
    CHECK(sample.errors("{\"a\": 1e999}") ==
          "1:7: 1e999 is too large; expected a number below 1.8e308");
    CHECK(sample.errors("{\"\xC3\xA9\": }").find("1:7: unexpected }") == 0);
    CHECK(sample.errors("{\"a\": \"b\n\"}").find("1:9: invalid string: control character") == 0);
    CHECK(sample.errors("{\"a\": \"\xFF\"}").find("1:8: invalid string: ill-formed UTF-8") == 0);
    CHECK(sample.errors("{'a': 1}") == "1:2: unexpected '; expected a key in double quotes");
    CHECK(sample.errors("{\"a\": 5 true}") == "1:9: unexpected true; expected \",\" or \"}\"");
    CHECK(sample.errors("[nul").find("1:5: the file ends; expected a value") == 0);
    CHECK(sample.errors("{\"a\": -x}").find("1:8: invalid number; expected digit") == 0);
    CHECK(sample.errors("{ /* no end").find("invalid comment") != std::string::npos);
  }

  TEST_CASE("an error of a value or a key names line and column as well") {
    const Sample sample;
    const std::string text =
        "\xEF\xBB\xBF// \"a\": {\n{ /* { */ \"subject\" : {\"directory\": \"app\",\n"
        "  \"start\": [\"\\\"\\\\\", 5], \"prot\": 1},\r\n"
        "  \"load\": {\"http\": {\"tls\" /* 1 */ : 1e3, \"rate\": -1, \"closed\": 1}},\n"
        "  \"units\": {\"components\": [{\"name\": \"a\"}, {}, 7]}}";
    CHECK(sample.placed_errors(text).find("3:21: /subject/start/1: 5 is not a text") !=
          std::string::npos);
    const std::string all = sample.placed_errors(text);
    CAPTURE(all);
    for (const char* told :
         {"3:25: /subject/prot: unknown key", "4:37: /load/http/tls: 1000.0 is not a boolean",
          "4:50: /load/http/rate: -1 is out", "4:64: /load/http/closed: 1 is not a closed loop",
          "5:28: /units/components/0/off: \"off\" is missing", "5:43: /units/components/1: {} has",
          "5:47: /units/components/2: 7 is not an object"})
      CHECK_MESSAGE(all.find(told) != std::string::npos, told);
    CHECK(sample.placed_errors("{\"load\": {},\n \"load\": {}}") ==
          "2:2: /load: \"load\" is given twice; allowed: once");
  }

  TEST_CASE("an error does not name the library") {
    const Sample sample;
    for (const char* text :
         {"", "{", "[1,", "{\"a\"", "{\"a\":1e999}", "nul", "\"\\x\"", "-", "01"}) {
      CAPTURE(text);
      const std::string message = sample.errors(text);
      CHECK(message.find("exception") == std::string::npos);
      CHECK(message.find("last read") == std::string::npos);
      CHECK(message.find("expected") != std::string::npos);
    }
  }

  TEST_CASE("a key that is given twice is refused, wherever it stands") {
    const Sample sample;
    CHECK(sample.errors(R"({"load": {}, "load": {}})") ==
          "/load: \"load\" is given twice; allowed: once");
    CHECK(sample.errors(R"({"a": [{}, {"b/c": 1, "d": [], "b/c": 2}], "e": {}, "e": 1})") ==
          "/a/1/b~1c: \"b/c\" is given twice; allowed: once\n/e: \"e\" is given twice; allowed: "
          "once");
    CHECK(sample.errors(R"({"a": {"b": 1}, "c": {"b": 1}})").find("twice") == std::string::npos);
  }

  TEST_CASE("nesting without end is refused before it can hurt") {
    const Sample sample;
    CHECK(sample.errors(std::string(1000000, '[')) == "nested too deeply; allowed: 64 levels");
    std::string objects;
    for (int i = 0; i < 100000; ++i) objects += "{\"a\":";
    CHECK(sample.errors(objects) == "nested too deeply; allowed: 64 levels");
    CHECK(sample.errors(std::string(64, '[') + std::string(64, ']')).find("not an object") !=
          std::string::npos);
  }
}
