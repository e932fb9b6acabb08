#include "units/slots/file_copy.hpp"

#include <cerrno>
#include <string>
#include <string_view>
#include <utility>

#include <fcntl.h>
#include <linux/fs.h>
#include <sys/ioctl.h>
#include <unistd.h>

namespace leakbisect::units {

namespace fs = std::filesystem;

void raise(const char* doing, const fs::path& path) {
  throw fs::filesystem_error(doing, path, std::error_code(errno, std::generic_category()));
}

namespace {

class Descriptor {
 public:
  Descriptor(const fs::path& path, int flags, mode_t mode = 0)
      : fd_(::open(path.c_str(), flags | O_CLOEXEC | O_NOFOLLOW, mode)) {
    if (fd_ < 0) raise("open", path);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() { ::close(fd_); }
  [[nodiscard]] int get() const { return fd_; }

 private:
  int fd_;
};

void write_all(int fd, std::string_view text, const fs::path& path) {
  while (!text.empty()) {
    const ssize_t n = ::write(fd, text.data(), text.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) raise("write", path);
    text.remove_prefix(static_cast<std::size_t>(n));
  }
}

// Shares blocks where the file system can, else copies in the kernel, else through a buffer.
void copy_bytes(int from, int to, const fs::path& source, const fs::path& target) {
  if (::ioctl(to, FICLONE, from) == 0) return;
  constexpr std::size_t most = std::size_t{1} << 30;
  ssize_t n = 0;
  bool any = false;
  while ((n = ::copy_file_range(from, nullptr, to, nullptr, most, 0)) > 0) any = true;
  if (n == 0 && any) return;
  if (n < 0 && any) raise("copy", target);
  std::string block(std::size_t{1} << 16, '\0');
  while ((n = ::read(from, block.data(), block.size())) != 0) {
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) raise("read", source);
    write_all(to, std::string_view(block).substr(0, static_cast<std::size_t>(n)), target);
  }
}

// A new name in the folder, so that a link, a read-only file or a hard link there is not opened.
void clear_way(const fs::path& target, bool keep_folder) {
  const fs::file_type there = fs::symlink_status(target).type();
  if (there == fs::file_type::not_found) return;
  if (there == fs::file_type::directory && keep_folder) return;
  fs::remove_all(target);
}

void copy_regular(const fs::path& source, const fs::path& target, const TreeEntry& entry,
                  CopyHow how) {
  const Descriptor from(source, O_RDONLY);
  const Descriptor to(target, O_WRONLY | O_CREAT | O_EXCL, 0600);
  copy_bytes(from.get(), to.get(), source, target);
  if (::fchmod(to.get(), entry.mode) != 0) raise("set the mode of", target);
  if (how.times == Times::now) return;
  const timespec stamps[2] = {{0, UTIME_OMIT}, entry.modified};
  if (::futimens(to.get(), stamps) != 0) raise("set the time of", target);
}

bool is_below(const fs::path& path, const fs::path& root) {
  const fs::path relative = path.lexically_relative(root);
  return !relative.empty() && *relative.begin() != "..";
}

fs::path link_for_copy(const fs::path& from_root, const fs::path& to_root,
                       const std::string& path) {
  const fs::path written = fs::read_symlink(from_root / path);
  const fs::path meant =
      (written.is_absolute() ? written : (from_root / path).parent_path() / written)
          .lexically_normal();
  const bool inside = is_below(meant, from_root.lexically_normal());
  if (written.is_absolute()) {
    return inside ? to_root / meant.lexically_relative(from_root.lexically_normal()) : written;
  }
  return inside ? written : meant;
}

}  // namespace

void copy_entry(const fs::path& from_root, const fs::path& to_root, const TreeEntry& entry,
                CopyHow how) {
  const fs::path source = from_root / entry.path;
  const fs::path target = to_root / entry.path;
  make_folders(to_root, entry.path);
  clear_way(target, entry.type == fs::file_type::directory);
  if (entry.type == fs::file_type::directory) {
    fs::create_directory(target);
    // The owner must be able to fill it.
    if (::chmod(target.c_str(), entry.mode | 0700) != 0) raise("set the mode of", target);
  } else if (entry.type == fs::file_type::symlink) {
    const bool moved = how.links == Links::moved;
    fs::create_symlink(
        moved ? link_for_copy(from_root, to_root, entry.path) : fs::read_symlink(source), target);
    const timespec stamps[2] = {{0, UTIME_OMIT}, entry.modified};
    if (how.times == Times::kept)
      ::utimensat(AT_FDCWD, target.c_str(), stamps, AT_SYMLINK_NOFOLLOW);
  } else if (entry.type == fs::file_type::regular) {
    copy_regular(source, target, entry, how);
  }
}

void copy_below(const fs::path& from_root, const fs::path& to_root, const std::string& path,
                CopyHow how) {
  const TreeEntry top = read_entry(from_root, path);
  copy_entry(from_root, to_root, top, how);
  if (top.type != fs::file_type::directory) return;
  for (TreeEntry entry : read_tree(from_root / path)) {
    entry.path = path + "/" + entry.path;
    copy_entry(from_root, to_root, entry, how);
  }
}

void move_link(const fs::path& link, const fs::path& from_root, const fs::path& to_root) {
  const fs::path written = fs::read_symlink(link);
  const fs::path meant = written.lexically_normal();
  if (!written.is_absolute() || !is_below(meant, from_root.lexically_normal())) return;
  fs::remove(link);
  fs::create_symlink(to_root / meant.lexically_relative(from_root.lexically_normal()), link);
}

void write_file(const fs::path& target, std::string_view text, mode_t mode) {
  clear_way(target, false);
  const Descriptor file(target, O_WRONLY | O_CREAT | O_EXCL, 0600);
  write_all(file.get(), text, target);
  if (::fchmod(file.get(), mode) != 0) raise("set the mode of", target);
}

void make_folders(const fs::path& root, const std::string& path) {
  fs::path folder = root;
  fs::create_directories(folder);
  const fs::path above = fs::path(path).parent_path();
  for (const fs::path& name : above) {
    folder /= name;
    const fs::file_type there = fs::symlink_status(folder).type();
    if (there == fs::file_type::directory) continue;
    if (there != fs::file_type::not_found) fs::remove(folder);
    fs::create_directory(folder);
  }
}

}  // namespace leakbisect::units
