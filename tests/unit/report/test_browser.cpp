// The page in a real browser, where there is one.

#include "base/files.hpp"
#include "report/model.hpp"
#include "sample.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <array>
#include <cstdio>
#include <cstdlib>

using namespace leakbisect;
using namespace leakbisect::report;

namespace {

bool have_browser() {
  return std::system("command -v chromium >/dev/null 2>&1") == 0;
}

// The page's elements after its scripts have run.
std::string dom_of(const Model& model, const std::filesystem::path& folder) {
  // With all that is folded open: a chart has a size only then.
  std::string page = to_html(model);
  const std::string fold = "<details class=\"fold\"";
  for (auto at = page.find(fold); at != std::string::npos; at = page.find(fold, at + 1))
    if (page[at + fold.size()] == '>') page.insert(at + fold.size(), " open");
  write_atomic(folder / "report.html", page).value();
  const std::string command = fmt::format(
      "timeout 60 chromium --headless=new --no-sandbox --disable-gpu --user-data-dir={0}/profile "
      "--disable-background-networking --virtual-time-budget=2000 --dump-dom "
      "file://{0}/report.html 2>/dev/null",
      folder.string());
  std::string out;
  std::FILE* pipe = ::popen(command.c_str(), "r");
  REQUIRE(pipe != nullptr);
  std::array<char, 65536> part;
  for (std::size_t n; (n = std::fread(part.data(), 1, part.size(), pipe)) > 0;)
    out.append(part.data(), n);
  ::pclose(pipe);
  return out;
}

}  // namespace

TEST_SUITE("page in a browser") {
  TEST_CASE("the charts are drawn under the page's own policy") {
    if (!have_browser()) {
      MESSAGE("skipped: chromium is not installed");
      return;
    }
    const TempFolder folder;
    const std::string dom = dom_of(component_hunt(folder.path), folder.path);
    CHECK(dom.find("<canvas") != std::string::npos);
    CHECK(dom.find("aria-pressed=\"true\">leaking 5</button>") != std::string::npos);
    CHECK(dom.find("id=\"first\"") < dom.find("<canvas"));
    CHECK(dom.find("400 MiB</div>") != std::string::npos);
  }
  TEST_CASE("hostile names run nothing") {
    if (!have_browser()) {
      MESSAGE("skipped: chromium is not installed");
      return;
    }
    const TempFolder folder;
    const std::string owned = "document.documentElement.dataset.owned=1";
    const std::string dom = dom_of(
        model_of(fmt::format("</script><script>{0}</script>\"><img src=x onerror='{0}'>", owned)),
        folder.path);
    CHECK(dom.find("</html>") != std::string::npos);
    CHECK(dom.find("data-owned") == std::string::npos);
    CHECK(dom.find("<img src=\"x\"") == std::string::npos);  // as an element would be told
  }
}
