#pragma once

// Carries what a subject prints into a file, up to a cap. A full cap never blocks or ends the
// subject: the rest is read and dropped, and the file's last line says how much. Knows nothing of
// processes.

#include "base/error.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>

#include <cstdint>
#include <filesystem>
#include <memory>

namespace leakbisect::subject {

class Output : public std::enable_shared_from_this<Output> {
 public:
  /// Creates the file (and its folder) and the pipe. Fails when either cannot be made.
  static Result<std::shared_ptr<Output>> make(const boost::asio::any_io_executor& executor,
                                              const std::filesystem::path& file, double cap_bytes);
  Output(const Output&) = delete;
  Output& operator=(const Output&) = delete;
  ~Output();

  /// The end to write into; ours only until close_writer().
  [[nodiscard]] int writer() const { return writer_; }
  void close_writer();
  /// Carries from now on, as long as the io_context runs.
  void start();
  /// Carries what is in the pipe now, without waiting.
  void drain();
  /// Drains, writes the last line if anything was dropped, and lets go of the pipe.
  void close();

 private:
  Output(const boost::asio::any_io_executor& executor, int reader, int writer, int file,
         double cap_bytes);
  enum class Carried { some, nothing_now, closed };
  Carried carry();  ///< at most one block
  static boost::asio::awaitable<void> pump(std::shared_ptr<Output> self);
  void write(std::string_view text);

  boost::asio::posix::stream_descriptor reader_;
  int writer_;
  int file_;
  std::uint64_t room_;
  std::uint64_t cap_;
  std::uint64_t dropped_ = 0;
};

}  // namespace leakbisect::subject
