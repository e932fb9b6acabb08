#include "config/rules.hpp"
#include "config/sections.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cctype>
#include <charconv>

namespace leakbisect::config {
namespace {

constexpr std::string_view hook_scheme = "http://";

bool is_host_letter(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '.' || c == '-' || c == '_';
}

std::optional<std::uint16_t> port_in(std::string_view text) {
  unsigned port = 0;
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), port);
  if (failed != std::errc() || end != text.data() + text.size() || port == 0 || port > 65535)
    return std::nullopt;
  return static_cast<std::uint16_t>(port);
}

// "http://HOST[:PORT][/PATH]"; nothing where it is anything else.
std::optional<Webhook> webhook_in(std::string_view text) {
  if (!text.starts_with(hook_scheme)) return std::nullopt;
  text.remove_prefix(hook_scheme.size());
  const auto is_plain = [](char c) { return c > 0x20 && c < 0x7F && c != '#' && c != '"'; };
  if (!std::ranges::all_of(text, is_plain)) return std::nullopt;
  const auto end = std::min(text.find_first_of("/?"), text.size());
  Webhook hook;
  hook.target = text.substr(end);
  if (!hook.target.starts_with('/')) hook.target.insert(0, "/");
  std::string_view host = text.substr(0, end);
  if (const auto colon = host.rfind(':'); colon != std::string_view::npos) {
    const auto port = port_in(host.substr(colon + 1));
    if (!port) return std::nullopt;
    hook.port = *port;
    host = host.substr(0, colon);
  }
  if (host.empty() || !std::ranges::all_of(host, is_host_letter)) return std::nullopt;
  hook.host = host;
  return hook;
}

Rule<Webhook> webhook() {
  return {R"(an address such as "http://127.0.0.1:8080/leakbisect")",
          [](const Value& value, const std::string& allowed) -> std::optional<Webhook> {
            const auto given = text(allowed)(value);
            if (!given) return std::nullopt;
            if (given->starts_with("https://"))
              return value.refuse("is not sent to by TLS",
                                  allowed + R"(, or a "command" such as ["curl", "-sS", "-d", )"
                                            R"("@-", "https://..."])");
            if (auto hook = webhook_in(*given)) return hook;
            return value.refuse("is no address of a web hook", allowed);
          },
          R"({"type":"string","pattern":"^http://"})"};
}

}  // namespace

Notify read_notify(const Value& value) {
  Notify notify;
  const Object object(value, {"command", "webhook"});
  object.read("command", notify.command, command());
  object.read("webhook", notify.webhook, webhook());
  if (value.json().is_object() && value.json().empty())
    value.refuse("tells nobody", R"("command", "webhook" or both)");
  return notify;
}

}  // namespace leakbisect::config
