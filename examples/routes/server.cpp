// The bundled shop: a dozen routes in one server. What it keeps of a request is planted by the
// environment: LEAKS="POST /cart=2048, GET /reviews=1024" keeps that many bytes of every request of
// that kind for ever, TIMER=65536 that many bytes a second without any request. PORT says where to
// listen; GET /healthz answers "ok".

#include "http.hpp"

#include <cstdio>
#include <cstdlib>
#include <deque>
#include <exception>
#include <list>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace {

constexpr std::size_t cached_items = 256;  // of the item pages: this cache is full within seconds
constexpr std::size_t open_sessions = 200;

std::string environment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

// "GET /item/17?x=1" -> "GET /item": the kind of a request.
std::string kind_of(const Request& request) {
  return request.method + " " + request.path.substr(0, request.path.find_first_of("/?", 1));
}

// "POST /cart=2048, GET /reviews=1024"
std::map<std::string, std::size_t> read_leaks(std::string text) {
  std::map<std::string, std::size_t> leaks;
  while (!text.empty()) {
    const auto comma = text.find(", ");
    const std::string entry = text.substr(0, comma);
    const auto equals = entry.find('=');
    leaks[entry.substr(0, equals)] = std::strtoul(entry.c_str() + equals + 1, nullptr, 10);
    text = comma == std::string::npos ? "" : text.substr(comma + 2);
  }
  return leaks;
}

class Shop {
 public:
  Shop() : leaks_(read_leaks(environment("LEAKS"))) {
    timer_ = static_cast<std::size_t>(std::atoll(environment("TIMER").c_str()));
  }

  std::string answer(const Request& request) {
    const std::string kind = kind_of(request);
    if (kind == "GET /healthz") return "ok\n";
    const auto leak = leaks_.find(kind);
    if (leak != leaks_.end()) keep(leak->second);
    if (kind == "GET /item") return item(request.path);
    if (kind == "POST /login") sessions_.push_back(page(kind, 4));
    while (sessions_.size() > open_sessions) sessions_.pop_front();
    return page(kind, 1 + request.path.size() % 7);
  }

  // A tenth of a second's worth of what grows by itself.
  void tick() {
    if (timer_ > 0) keep(timer_ / 10);
  }

 private:
  void keep(std::size_t bytes) { kept_.push_back(std::make_unique<std::vector<char>>(bytes, 'x')); }

  // Work and garbage, as a page that is rendered from parts.
  static std::string page(std::string_view title, std::size_t parts) {
    std::string text = "<!doctype html><title>" + std::string(title) + "</title>\n";
    for (std::size_t i = 0; i < parts; ++i) {
      const std::string part = "<p>" + std::string(200 + 37 * i, 'a') + "</p>\n";
      text += part;
    }
    return text;
  }

  const std::string& item(const std::string& path) {
    const auto known = items_.find(path);
    if (known != items_.end()) return known->second;
    newest_.push_back(path);
    if (newest_.size() > cached_items) {
      items_.erase(newest_.front());
      newest_.pop_front();
    }
    return items_[path] = page(path, 8);
  }

  std::map<std::string, std::size_t> leaks_;
  std::size_t timer_ = 0;
  std::list<std::unique_ptr<std::vector<char>>> kept_;
  std::map<std::string, std::string> items_;
  std::deque<std::string> newest_;
  std::deque<std::string> sessions_;
};

}  // namespace

int main() {
  const std::string port = environment("PORT");
  try {
    Shop shop;
    HttpServer server(port.empty() ? 8080 : std::atoi(port.c_str()),
                      [&shop](const Request& request) { return shop.answer(request); });
    std::puts("ready");
    std::fflush(stdout);
    server.run([&shop] { shop.tick(); });
  } catch (const std::exception& error) {
    std::fprintf(stderr, "server: %s\n", error.what());
    return 1;
  }
  return 0;
}
