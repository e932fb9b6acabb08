#pragma once

// A hunt's page, live, in the user's browser.

#include "base/error.hpp"
#include "report/watch_server.hpp"

#include <atomic>
#include <filesystem>
#include <memory>

namespace leakbisect::cli {

/// Opens a served page in a browser by DIR/watch.html, which leads there: the address itself would
/// tell its token to whoever lists the processes of this machine. The file goes away with it.
class OpenedPage {
 public:
  OpenedPage(const report::WatchServer& server, const std::filesystem::path& directory);
  ~OpenedPage();
  OpenedPage(const OpenedPage&) = delete;
  OpenedPage& operator=(const OpenedPage&) = delete;

 private:
  std::filesystem::path file_;
};

/// The page of the hunt that this process runs.
class Watching {
 public:
  /// Serves it and opens it; says the address on stderr. A page that cannot be had is told, and is
  /// no reason not to hunt.
  explicit Watching(const std::filesystem::path& directory);
  /// The hunt has ended: shows that to who looks.
  ~Watching();
  Watching(const Watching&) = delete;
  Watching& operator=(const Watching&) = delete;

 private:
  std::atomic<bool> is_hunting_ = true;
  std::unique_ptr<report::WatchServer> server_;
  std::unique_ptr<OpenedPage> opened_;
};

}  // namespace leakbisect::cli
