#pragma once

// What `leakbisect watch` answers: the report of one folder, to whoever has the address with its
// token. Requests in, replies out; sockets are in watch_server.
//
// Invariant: nothing is answered without the token, and no file but the report and the trials'
// logs, each opened step by step below the folder, no link followed.

#include "base/error.hpp"

#include <filesystem>
#include <functional>
#include <set>
#include <string>
#include <string_view>

namespace leakbisect::report {

struct WatchSite {
  std::filesystem::path directory;
  std::string token;
  std::string authority;             ///< "127.0.0.1:4711": the only Host that is answered
  std::function<bool()> is_running;  ///< whether a leakbisect hunts in the folder
};

struct WatchRequest {
  std::string method = "GET";
  std::string target;
  std::string host;
  std::string origin;  ///< "": the browser names none
};

struct WatchReply {
  unsigned status = 200;
  std::string type;
  std::string policy;    ///< Content-Security-Policy
  std::string body;      ///< to be left out where `is_head`
  std::string page_tag;  ///< of the report that the body is; "": it is none
  bool is_head = false;
  bool is_events = false;  ///< no body, but events as long as both sides stay
};

/// A name that nobody can guess: 32 hexadecimal digits.
Result<std::string> new_token();

WatchReply answer(const WatchSite& site, const WatchRequest& request);

/// Which report.html is there now: another text whenever it was written anew; "" for none.
std::string report_tag(const std::filesystem::path& directory);

/// The trials that a report names, read again whenever it was written anew.
class EndedTrials {
 public:
  const std::set<std::string>& of(const std::filesystem::path& directory);

 private:
  std::string tag_;
  std::set<std::string> ids_;
};

/// What the page is told: {"state": "running", "ended" or "stopped", "report": TAG, "trials":
/// [...]}, one line. Of trials those that run, not those that have `ended`.
std::string watch_event(const WatchSite& site, EndedTrials& ended, double now);

}  // namespace leakbisect::report
