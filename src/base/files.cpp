#include "base/files.hpp"

#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <unistd.h>

namespace leakbisect {
namespace {

// A file descriptor that closes itself.
class Descriptor {
 public:
  Descriptor(const std::filesystem::path& path, int flags)
      : fd_(::open(path.c_str(), flags | O_CLOEXEC, 0600)) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  [[nodiscard]] int get() const { return fd_; }

 private:
  int fd_;
};

Error system_error(std::string_view doing, const std::filesystem::path& path) {
  return fail("cannot {} {}: {}", doing, path.string(), std::strerror(errno));
}

Result<> write_all(int fd, std::string_view text, const std::filesystem::path& path) {
  while (!text.empty()) {
    const ssize_t n = ::write(fd, text.data(), text.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return system_error("write", path);
    text.remove_prefix(static_cast<std::size_t>(n));
  }
  return {};
}

Result<> write_synced(int fd, std::string_view text, const std::filesystem::path& path) {
  if (auto written = write_all(fd, text, path); !written) return written;
  if (::fsync(fd) != 0 && errno != EINVAL && errno != EROFS) return system_error("sync", path);
  return {};
}

// Writes beside the file by `write`, and puts that in its place.
Result<> replace_by(decltype(write_all)* write, const std::filesystem::path& path,
                    std::string_view text) {
  std::filesystem::path beside = path;
  beside += fmt::format(".{}.tmp", ::getpid());
  {
    ::unlink(beside.c_str());  // of a process that was killed
    const Descriptor file(beside, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW);
    if (file.get() < 0) return system_error("create", beside);
    if (auto written = write(file.get(), text, beside); !written) {
      const Error error = written.error();
      ::unlink(beside.c_str());
      return error;
    }
  }
  if (::rename(beside.c_str(), path.c_str()) != 0) return system_error("replace", path);
  return {};
}

std::filesystem::path folder_of(const std::filesystem::path& path) {
  return path.has_parent_path() ? path.parent_path() : std::filesystem::path(".");
}

}  // namespace

Result<std::string> read_file(const std::filesystem::path& path) {
  const Descriptor file(path, O_RDONLY);
  if (file.get() < 0) return system_error("open", path);
  std::string text;
  char block[65536];
  while (true) {
    const ssize_t n = ::read(file.get(), block, sizeof block);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return system_error("read", path);
    if (n == 0) return text;
    text.append(block, static_cast<std::size_t>(n));
  }
}

std::string read_if_there(const std::filesystem::path& path) {
  auto text = read_file(path);
  return text ? std::move(*text) : std::string();
}

Result<> write_atomic(const std::filesystem::path& path, std::string_view text) {
  if (auto replaced = replace_by(write_synced, path, text); !replaced) return replaced;
  const Descriptor folder(folder_of(path), O_RDONLY | O_DIRECTORY);
  if (folder.get() >= 0) ::fsync(folder.get());
  return {};
}

Result<> replace_file(const std::filesystem::path& path, std::string_view text) {
  return replace_by(write_all, path, text);
}

Result<> append_synced(const std::filesystem::path& path, std::string_view text) {
  const Descriptor file(path, O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW);
  if (file.get() < 0) return system_error("open", path);
  return write_synced(file.get(), text, path);
}

}  // namespace leakbisect
