#include "report/watch_site.hpp"

#include "base/files.hpp"
#include "report/live.hpp"
#include "report/watch_page.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <optional>
#include <vector>

#include <fcntl.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

namespace leakbisect::report {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view no_policy = "default-src 'none'; sandbox";

WatchReply refusal(unsigned status, const std::string& why) {
  return {status, "text/plain; charset=utf-8", std::string(no_policy), why + "\n", ""};
}

// As long for a token that begins right as for any other.
bool is_same(std::string_view given, std::string_view secret) {
  if (given.size() != secret.size()) return false;
  unsigned difference = 0;
  for (std::size_t i = 0; i < given.size(); ++i)
    difference |= static_cast<unsigned char>(given[i]) ^ static_cast<unsigned char>(secret[i]);
  return difference == 0;
}

// "%2e" is "."; nothing where an escape is no escape.
std::optional<std::string> unescaped(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      out += text[i];
      continue;
    }
    const std::string_view digits = text.substr(i + 1, 2);
    const char* const end = digits.data() + digits.size();
    unsigned byte = 0;
    if (digits.size() < 2 || std::from_chars(digits.data(), end, byte, 16).ptr != end)
      return std::nullopt;
    out += static_cast<char>(byte);
    i += 2;
  }
  return out;
}

// The steps of a path below the folder; nothing where one of them is no plain name.
std::optional<std::vector<std::string>> steps_of(std::string_view path) {
  std::vector<std::string> steps;
  while (true) {
    const auto end = std::min(path.find('/'), path.size());
    const std::string step(path.substr(0, end));
    const bool is_plain = std::ranges::all_of(step, [](char c) {
      return static_cast<unsigned char>(c) > 0x20 && c != '\\' && c != 0x7F;
    });
    if (step.empty() || step.front() == '.' || !is_plain) return std::nullopt;
    steps.push_back(step);
    if (end == path.size()) return steps;
    path.remove_prefix(end + 1);
  }
}

// What the page links to; journal, slots and builds are nobody's business.
bool is_shown(const std::vector<std::string>& steps) {
  if (steps.size() > 1) return steps.front() == "trials";
  return steps.front() == "report.html" || steps.front() == "report.json" ||
         steps.front() == "report.md" || steps.front() == "report.txt";
}

std::string file_tag(const fs::path& file) {
  struct ::stat status {};
  if (::lstat(file.c_str(), &status) != 0) return "";
  return fmt::format("{}-{}-{}-{}", status.st_ino, status.st_size, status.st_mtim.tv_sec,
                     status.st_mtim.tv_nsec);
}

std::optional<std::string> text_of(int file) {
  struct ::stat status {};
  if (::fstat(file, &status) != 0 || !S_ISREG(status.st_mode)) return std::nullopt;
  std::string text;
  char part[65536];
  for (::ssize_t n; (n = ::read(file, part, sizeof part)) != 0;) {
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return std::nullopt;
    text.append(part, static_cast<std::size_t>(n));
  }
  return text;
}

// Opened step by step, so that no link leads out.
std::optional<std::string> read_below(const fs::path& directory,
                                      const std::vector<std::string>& steps) {
  int at = ::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  for (std::size_t i = 0; i < steps.size() && at >= 0; ++i) {
    const int kind = i + 1 == steps.size() ? O_NONBLOCK : O_DIRECTORY;
    const int next = ::openat(at, steps[i].c_str(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC | kind);
    ::close(at);
    at = next;
  }
  if (at < 0) return std::nullopt;
  auto text = text_of(at);
  ::close(at);
  return text;
}

WatchReply page_of(const WatchSite& site) {
  // Looked at first: a report that is written in between is taken for the older, and shown again.
  const std::string tag = report_tag(site.directory);
  const auto page = read_below(site.directory, {"report.html"});
  LivePage live = page ? live_page(*page, tag) : waiting_page();
  return {200, "text/html; charset=utf-8", std::move(live.policy), std::move(live.text), tag};
}

WatchReply file_of(const WatchSite& site, const std::vector<std::string>& steps) {
  auto text = is_shown(steps) ? read_below(site.directory, steps) : std::nullopt;
  if (!text) return refusal(404, "no such file is shown here");
  const bool is_json = steps.back().ends_with(".json");
  return {200, is_json ? "application/json" : "text/plain; charset=utf-8", std::string(no_policy),
          *std::move(text), ""};
}

WatchReply reply_to(const WatchSite& site, const WatchRequest& request) {
  // Another name that leads here is another site's page in our user's browser.
  if (request.host != site.authority)
    return refusal(403, "refused: this is not the address that leakbisect watch printed");
  if (!request.origin.empty() && request.origin != "http://" + site.authority)
    return refusal(403, "refused: asked by another site's page");
  if (request.method != "GET" && request.method != "HEAD")
    return refusal(405, "refused: this can only be read");
  std::string_view target = request.target;
  target = target.substr(0, target.find_first_of("?#"));
  if (!target.starts_with('/')) return refusal(400, "refused: no path");
  target.remove_prefix(1);
  const auto slash = std::min(target.find('/'), target.size());
  if (!is_same(target.substr(0, slash), site.token))
    return refusal(403, "refused: the address that leakbisect watch printed has another token");
  if (slash == target.size()) return refusal(404, "no such file is shown here");
  const auto path = unescaped(target.substr(slash + 1));
  if (!path) return refusal(400, "refused: a wrong escape in the path");
  if (path->empty() || *path == "report.html") return page_of(site);
  if (*path == "events") {
    WatchReply events{200, "text/event-stream", std::string(no_policy), "", ""};
    events.is_events = true;
    return events;
  }
  const auto steps = steps_of(*path);
  if (!steps) return refusal(403, "refused: no plain path below the hunt's folder");
  return file_of(site, *steps);
}

// No object where there is none, or a torn one.
nlohmann::json report_in(const fs::path& directory) {
  const auto text = read_below(directory, {"report.json"});
  return nlohmann::json::parse(text.value_or(""), nullptr, false);
}

// What became of a hunt that nobody works on any more.
std::string_view state_after(const fs::path& directory) {
  const auto report = report_in(directory);
  if (!report.is_object() || report.value("running", true)) return "stopped";
  return report.value("result", "interrupted") == "interrupted" ? "stopped" : "ended";
}

}  // namespace

Result<std::string> new_token() {
  unsigned char bytes[16];
  if (::getrandom(bytes, sizeof bytes, 0) != sizeof bytes)
    return fail("cannot make a token: {}", std::strerror(errno));
  std::string token;
  for (const unsigned char byte : bytes) token += fmt::format("{:02x}", byte);
  return token;
}

WatchReply answer(const WatchSite& site, const WatchRequest& request) {
  WatchReply reply = reply_to(site, request);
  reply.is_head = request.method == "HEAD";
  if (reply.is_head) reply.is_events = false;
  return reply;
}

std::string report_tag(const fs::path& directory) {
  return file_tag(directory / "report.html");
}

const std::set<std::string>& EndedTrials::of(const fs::path& directory) {
  std::string tag = file_tag(directory / "report.json");
  if (tag == tag_) return ids_;
  tag_ = std::move(tag);
  ids_.clear();
  const auto report = report_in(directory);
  if (report.is_object() && report.contains("trials"))
    for (const auto& trial : report["trials"])
      if (trial.is_object()) ids_.insert(trial.value("id", ""));
  return ids_;
}

std::string watch_event(const WatchSite& site, EndedTrials& ended, double now) {
  nlohmann::json event{{"state", "running"}, {"trials", nlohmann::json::array()}};
  if (site.is_running()) {
    for (const LiveTrial& each : read_live(site.directory))
      if (!ended.of(site.directory).contains(each.id))
        event["trials"].push_back(live_json(each, now));
  } else {
    event["state"] = state_after(site.directory);
  }
  event["report"] = report_tag(site.directory);
  return event.dump(-1, ' ', true, nlohmann::json::error_handler_t::replace);
}

}  // namespace leakbisect::report
