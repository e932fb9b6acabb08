#include "base/files.hpp"
#include "report/assets.hpp"
#include "report/curves.hpp"
#include "report/html_escape.hpp"
#include "report/model.hpp"
#include "sample.hpp"
#include "tests/says.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <cmath>

using namespace leakbisect;
using namespace leakbisect::report;
using leakbisect::test::says;

namespace {

std::size_t count_of(const std::string& text, std::string_view part) {
  std::size_t count = 0;
  for (auto at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++count;
  return count;
}

// The object between the data element's tags.
nlohmann::json data_of(const std::string& page) {
  const std::string open = "<script type=\"application/json\" id=\"data\">";
  const auto begin = page.find(open) + open.size();
  return nlohmann::json::parse(page.substr(begin, page.find("</script>", begin) - begin));
}

}  // namespace

TEST_SUITE("page") {
  TEST_CASE("hostile text appears only escaped, wherever it stands") {
    const std::string plain = to_html(model_of("harmless"));
    for (const std::string hostile :
         {"</script><script>alert(1)</script>", "\"><img src=x onerror=alert(1)>",
          "' onmouseover='alert(1)", "<!--<script>", "</title><style>*{display:none}</style>",
          "javascript:alert(1)", "]]>&lt;b&gt;"}) {
      const std::string page = to_html(model_of(hostile));
      INFO(hostile);
      // The same tags, quotes and comments as the page with a harmless name: nothing was added.
      for (const char* mark : {"<", ">", "<!--", "</script", "<style", "<img"})
        CHECK(count_of(page, mark) == count_of(plain, mark));
      // A quote in the charts' data is an escaped one.
      CHECK(count_of(page, "\"") - count_of(page, "\\\"") ==
            count_of(plain, "\"") - count_of(plain, "\\\""));
      CHECK(!says(page, "href=\"javascript:"));
    }
  }
  TEST_CASE("escape sequences and marks that reorder text do not reach the page") {
    const std::string page = to_html(model_of("a\x1b[31mb\u202ec\u2028d\xff"));
    CHECK(!says(page, "\x1b"));
    CHECK(!says(page, "\u202e"));
    CHECK(!says(page, "\u2028"));
    CHECK(says(page, "abc d\uFFFD"));
  }
  TEST_CASE("nothing is fetched, and only the two scripts of the binary may run") {
    const TempFolder folder;
    const std::string page = to_html(component_hunt(folder.path));
    CHECK(says(page, "default-src 'none'"));
    CHECK(says(page, policy_source(dygraphs_script())));
    CHECK(says(page, policy_source(page_script())));
    CHECK(!says(page, "unsafe-eval"));
    CHECK(!says(page, "script-src 'unsafe-inline'"));
    for (const char* address : {"src=\"http", "href=\"http", "url(http", "@import"})
      CHECK_MESSAGE(!says(page, address), address);
  }
  TEST_CASE("the policy names a text by the Base64 of its SHA-256") {
    CHECK(policy_source({"", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"}) ==
          "'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='");
  }
  TEST_CASE("the charts' data cannot end its element") {
    const std::string text = script_json({{"a", "</script>&\u2028<!--"}});
    for (const char* mark : {"<", ">", "&", "\u2028"}) CHECK(!says(text, mark));
    CHECK(nlohmann::json::parse(text).at("a") == "</script>&\u2028<!--");
    CHECK(!script_json({{"a", "\xff"}}).empty());
  }
  TEST_CASE("logs are linked when they exist, and from below the report's folder only") {
    const TempFolder folder;
    Model model = component_hunt(folder.path);
    CHECK(says(to_html(model), "href=\"trials/t1/build.log\""));
    std::filesystem::remove(folder.path / "trials/t1/build.log");
    CHECK(!says(to_html(model), "href=\"trials/t1/build.log\""));
    CHECK(!is_link_name(".."));
    CHECK(!is_link_name("a/b"));
    CHECK(!is_link_name("a:b"));
    CHECK(is_link_name("t7"));
  }
  TEST_CASE("every trial has its cell, its row and its command") {
    const TempFolder folder;
    const Model model = component_hunt(folder.path);
    const std::string page = to_html(model);
    for (const auto& record : model.trials) {
      CHECK(says(page, "<tr id=\"" + record.id + "\">"));
      CHECK(says(page, "href=\"#" + record.id + "\""));
    }
    CHECK(says(page, "leakbisect measure examples/nuxt-live-video/hunt.json --off video<"));
    CHECK(says(page, "build failed: &quot;npm run build&quot; exited with code 2"));
  }
  TEST_CASE("an empty hunt is a page") {
    Model model;
    model.sentence = "Nothing was tried yet.";
    const std::string page = to_html(model);
    CHECK(says(page, "<h1>Nothing was tried yet.</h1>"));
    CHECK(says(page, "</html>"));
    CHECK(!says(page, "id=\"curves\""));
  }
}

TEST_SUITE("curves") {
  TEST_CASE("memory counts from the start of the load, leaking trials lie on top") {
    const TempFolder folder;
    const Model model = component_hunt(folder.path);
    const Curves curves = read_curves(model);
    REQUIRE(curves.curves.size() == 12);
    CHECK(curves.grid.size() <= 500);
    CHECK(curves.curves.front().record->decision.verdict == stats::Verdict::undecided);
    const Curve& top = curves.curves.back();
    CHECK(top.record->decision.verdict == stats::Verdict::leaking);
    CHECK(std::abs(top.growth.front()) < 5e6);
    double last = 0;
    for (const double value : top.growth)
      if (!std::isnan(value)) last = value;
    CHECK(last > 100e6);
    CHECK(std::isnan(curves.curves[5].growth.back()));  // it ended before the longest one
  }
  TEST_CASE("a missing file is left out, a torn last line is not missed") {
    const TempFolder folder;
    const Model model = component_hunt(folder.path);
    std::filesystem::remove(folder.path / "trials/t1/samples.csv");
    write_atomic(folder.path / "trials/t2/samples.csv", "no such\ntable\n").value();
    write_atomic(folder.path / "trials/t3/samples.csv", "").value();
    const auto torn = folder.path / "trials/t5/samples.csv";
    const std::string text = read_file(torn).value();
    write_atomic(torn, text.substr(0, text.size() - 9)).value();
    CHECK(read_curves(model).curves.size() == 9);
    CHECK(data_of(to_html(model)).at("curves").size() == 9);
  }
  TEST_CASE("many trials share the page's points") {
    const TempFolder folder;
    const Curves curves = read_curves(long_hunt(folder.path, 190));
    CHECK(curves.curves.size() == 202);
    CHECK(curves.grid.size() < 320);
    CHECK(curves.grid.size() >= 150);
  }
  TEST_CASE("requests that are not counted give a grid of seconds") {
    const TempFolder folder;
    Model model = component_hunt(folder.path);
    for (auto& record : model.trials) record.counts.counts_requests = false;
    const Curves curves = read_curves(model);
    CHECK(curves.over_time);
    CHECK(curves.grid.back() == doctest::Approx(23.9));
  }
}
