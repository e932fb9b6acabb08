// The bundled site: a dozen components render one page. Each is switched off by the environment
// variable of its name (VIDEO=0). PORT says where to listen; GET /healthz answers "ok".

#include "components/ads.hpp"
#include "components/analytics.hpp"
#include "components/cart.hpp"
#include "components/comments.hpp"
#include "components/footer.hpp"
#include "components/header.hpp"
#include "components/hero.hpp"
#include "components/nav.hpp"
#include "components/newsletter.hpp"
#include "components/recommendations.hpp"
#include "components/search.hpp"
#include "components/video.hpp"
#include "http.hpp"
#include "planted.hpp"
#include "site.hpp"

#include <cctype>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <memory>
#include <string>
#include <vector>

namespace {

bool switched_on(std::string_view name) {
  std::string variable(name);
  for (char& letter : variable) letter = static_cast<char>(std::toupper(letter));
  const char* value = std::getenv(variable.c_str());
  return value == nullptr || std::string_view(value) != "0";
}

class Site {
 public:
  Site() {
    add<Header>();
    add<Nav>();
    add<Hero>();
    add<Video>();
    add<Ads>();
    add<Search>();
    add<Cart>();
    add<Comments>();
    add<Recommendations>();
    add<Newsletter>();
    add<Analytics>();
    add<Footer>();
  }

  Response page(const std::string& path) {
    if (path == "/healthz") return {200, "text/plain", "ok\n"};
    const auto number = ++visits_;
    const Visit visit{path, number, mix(static_cast<std::uint32_t>(number)) % 64};
    Response response;
    response.body = "<!doctype html><title>The Evening Reel</title>\n";
    for (const auto& component : components_) {
      response.body += "<section id=\"" + std::string(component->name()) + "\">";
      component->render(visit, response.body);
      response.body += "</section>\n";
      if (planted_.leaks(component->name())) component->keep(visit);
    }
    return response;
  }

 private:
  template <typename Kind>
  void add() {
    auto component = std::make_unique<Kind>();
    if (!switched_on(component->name())) return;
    planted_.switched_on(component->name());
    components_.push_back(std::move(component));
  }

  std::vector<std::unique_ptr<Component>> components_;
  std::uint64_t visits_ = 0;
  Planted planted_;
};

}  // namespace

int main() {
  const char* port = std::getenv("PORT");
  try {
    Site site;
    HttpServer server(port != nullptr ? std::atoi(port) : 8080,
                      [&site](const std::string& path) { return site.page(path); });
    std::puts("ready");
    std::fflush(stdout);
    server.run();
  } catch (const std::exception& error) {
    std::fprintf(stderr, "server: %s\n", error.what());
    return 1;
  }
  return 0;
}
