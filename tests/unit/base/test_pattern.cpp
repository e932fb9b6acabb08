#include "base/pattern.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace leakbisect;

TEST_SUITE("pattern") {
  TEST_CASE("is found anywhere, and gives its first group") {
    const auto listening = Pattern::make("listening on .*:([0-9]+)");
    REQUIRE(listening.has_value());
    CHECK(listening->groups() == 1);
    CHECK(listening->is_in("12:00 listening on 127.0.0.1:8080 (http)"));
    CHECK(!listening->is_in("listening"));
    CHECK(listening->first_group("listening on [::1]:81") == "81");
    CHECK(!listening->first_group("nothing"));
    CHECK(!Pattern::make("ready")->first_group("ready"));
    CHECK(Pattern::make("")->is_in(""));
    CHECK(Pattern::make("^\\d+ \\w+\\b")->is_in("12 requests"));
  }
  TEST_CASE("occurrences are found one after the other, with their groups") {
    const auto call = Pattern::make("get\\('(/\\w*)'(, x)?\\)");
    REQUIRE(call.has_value());
    const std::string_view text = "get('/a') get('/b', x)";
    const auto first = call->find(text);
    REQUIRE(first.has_value());
    CHECK(*first == std::vector<std::string_view>{"get('/a')", "/a", ""});
    const auto second = call->find(text, first->front().size());
    REQUIRE(second.has_value());
    CHECK(second->back() == ", x");
    CHECK(!call->find(text, text.size()));
    CHECK(!Pattern::make("^b")->find("ab", 1));  // not at the text's begin
    CHECK(call->replaced(std::string(text), "<\\1>") == "</a> </b>");
  }
  TEST_CASE("bytes that are no characters are passed over by patterns of bytes only") {
    const std::string latin = "caf\xe9 = 8080";
    CHECK(Pattern::make("^.+ = (\\d+)$", Pattern::Text::bytes)->first_group(latin) == "8080");
    CHECK(!Pattern::make("^.+ = (\\d+)$")->first_group(latin));
  }
  TEST_CASE("a text as an expression finds itself only") {
    CHECK(Pattern::make(literally("$a.b"))->is_in("= $a.b;"));
    CHECK(!Pattern::make(literally("$a.b"))->is_in("= $axb;"));
  }
  TEST_CASE("what is none says why, and what is not known") {
    CHECK(Pattern::make("([").error().message.find("missing ]") != std::string::npos);
    CHECK(Pattern::make("(?=ready)").error().message.find("assertions") != std::string::npos);
    CHECK(Pattern::make("(a)\\1").error().message.find("backreferences") != std::string::npos);
    CHECK(Pattern::make("(a{1000}){1000}").has_error());
  }
  TEST_CASE("takes no longer for what makes others try every way") {
    const auto nested = Pattern::make("(a+)+(b|a)*$");
    REQUIRE(nested.has_value());
    CHECK(!nested->is_in(std::string(1 << 20, 'a') + "!"));
    CHECK(Pattern::make("(x|.)*y")->is_in(std::string(1 << 20, '.') + "y"));
  }
  TEST_CASE("a word is one with nothing of a name beside it") {
    CHECK(holds_word("if (process.env.ADS) x()", "ADS"));
    CHECK(holds_word("ADS_OFF ADS", "ADS"));
    CHECK(!holds_word("ADS_OFF LOADS ADS2", "ADS"));
    CHECK(!holds_word("", "ADS"));
  }
}
