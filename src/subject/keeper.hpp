#pragma once

// A process of ours that outlives us: it sleeps until this one has ended, however that came about
// (kill -9, an out-of-memory kill), and then ends what was left running, builds and servers alike.
// Nothing that a hunt started is left to work on a machine that nobody watches.

#include "base/error.hpp"

#include <filesystem>
#include <memory>

#include <sys/types.h>

namespace leakbisect::subject {

class Keeper {
 public:
  /// What becomes of the folder at the end.
  enum class Folder { left, removed };

  /// Starts the keeper of a hunt's `folder`, in whose state/ the records of running trees are
  /// written (launch()). Call before any thread is started. It holds no file, terminal or port of
  /// ours. Fails where no process can be made.
  static Result<std::unique_ptr<Keeper>> start(const std::filesystem::path& folder,
                                               Folder at_the_end = Folder::left);

  /// The folder is not removed after all.
  void leave_folder();

  Keeper(const Keeper&) = delete;
  Keeper& operator=(const Keeper&) = delete;
  /// Lets it look once more, and waits for its end.
  ~Keeper();

 private:
  Keeper(pid_t pid, int line) : pid_(pid), line_(line) {}
  pid_t pid_;
  int line_;  ///< a pipe's end that closes with us
};

}  // namespace leakbisect::subject
