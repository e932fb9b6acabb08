#pragma once

// Serves a WatchSite on 127.0.0.1, in a thread of its own, which only reads files: a hunt beside it
// goes on undisturbed.

#include "report/watch_site.hpp"

#include <cstdint>
#include <memory>

namespace leakbisect::report {

class WatchServer {
 public:
  /// Listens; `port` 0 is any that is free. `is_running` is asked about once a second, in the
  /// thread.
  static Result<std::unique_ptr<WatchServer>> start(std::filesystem::path directory,
                                                    std::uint16_t port,
                                                    std::function<bool()> is_running);
  /// Ends at once.
  ~WatchServer();
  WatchServer(const WatchServer&) = delete;
  WatchServer& operator=(const WatchServer&) = delete;

  /// "http://127.0.0.1:4711/TOKEN/".
  [[nodiscard]] const std::string& address() const;
  /// Where somebody looks, waits until the page has the last report and knows that the hunt does
  /// not run any more; for some seconds at the most.
  void show_end();

 private:
  struct Inside;
  explicit WatchServer(std::unique_ptr<Inside> inside);
  std::unique_ptr<Inside> inside_;
};

}  // namespace leakbisect::report
