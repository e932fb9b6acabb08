#include "units/git/commit_graph.hpp"

#include "base/files.hpp"

#include <array>
#include <cstring>
#include <sstream>

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

namespace leakbisect::units {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t header_size = 8;
constexpr std::size_t entry_size = 12;                 // of the table of chunks
constexpr std::size_t data_size = GIT_OID_RAWSZ + 16;  // tree, two parents, generation and date
constexpr std::uint32_t no_parent = 0x70000000;
constexpr std::uint32_t high_bit = 0x80000000;

std::uint32_t read_u32(const std::uint8_t* at) {
  return std::uint32_t{at[0]} << 24 | std::uint32_t{at[1]} << 16 | std::uint32_t{at[2]} << 8 |
         std::uint32_t{at[3]};
}

std::uint64_t read_u64(const std::uint8_t* at) {
  return std::uint64_t{read_u32(at)} << 32 | read_u32(at + 4);
}

}  // namespace

/// One file of the chain, mapped.
class CommitGraph::Layer {
 public:
  Layer(const fs::path& file, std::uint32_t base) : base_(base) {
    const int descriptor = ::open(file.c_str(), O_RDONLY | O_CLOEXEC);
    if (descriptor < 0) return;
    struct stat status {};
    if (::fstat(descriptor, &status) == 0 && status.st_size > 0) {
      size_ = static_cast<std::size_t>(status.st_size);
      void* memory = ::mmap(nullptr, size_, PROT_READ, MAP_PRIVATE, descriptor, 0);
      if (memory != MAP_FAILED) bytes_ = static_cast<const std::uint8_t*>(memory);
    }
    ::close(descriptor);
    if (bytes_ != nullptr) is_whole_ = read_chunks();
  }
  ~Layer() {
    if (bytes_ != nullptr) ::munmap(const_cast<std::uint8_t*>(bytes_), size_);
  }
  Layer(const Layer&) = delete;
  Layer& operator=(const Layer&) = delete;

  [[nodiscard]] bool is_whole() const { return is_whole_; }
  [[nodiscard]] std::uint32_t base() const { return base_; }
  [[nodiscard]] std::uint32_t count() const { return count_; }
  [[nodiscard]] const std::uint8_t* id(std::uint32_t i) const {
    return ids_ + std::size_t{i} * GIT_OID_RAWSZ;
  }

  [[nodiscard]] std::optional<std::uint32_t> find(const git_oid& wanted) const {
    const std::size_t first = wanted.id[0];
    std::uint32_t low = first == 0 ? 0 : read_u32(fanout_ + 4 * (first - 1));
    std::uint32_t high = std::min(read_u32(fanout_ + 4 * first), count_);
    while (low < high) {
      const std::uint32_t middle = low + (high - low) / 2;
      const int order = std::memcmp(id(middle), wanted.id, GIT_OID_RAWSZ);
      if (order == 0) return middle;
      order < 0 ? low = middle + 1 : high = middle;
    }
    return std::nullopt;
  }

  bool parents(std::uint32_t i, std::vector<std::uint32_t>& to) const {
    const std::uint8_t* at = data_ + i * data_size + GIT_OID_RAWSZ;
    const std::uint32_t first = read_u32(at);
    const std::uint32_t second = read_u32(at + 4);
    if (first != no_parent) to.push_back(first);
    if (second == no_parent) return true;
    if ((second & high_bit) == 0) {
      to.push_back(second);
      return true;
    }
    // Three parents and more: the rest stands in a list whose last entry has its high bit set.
    for (std::size_t edge = second & ~high_bit; edge < edge_count_; ++edge) {
      const std::uint32_t value = read_u32(edges_ + 4 * edge);
      to.push_back(value & ~high_bit);
      if ((value & high_bit) != 0) return true;
    }
    return false;
  }

 private:
  bool read_chunks() {
    constexpr std::array<std::uint8_t, 6> begins{'C', 'G', 'P', 'H', 1, 1};
    if (size_ < header_size || std::memcmp(bytes_, begins.data(), begins.size()) != 0) return false;
    const std::size_t chunks = bytes_[6];
    if (size_ < header_size + entry_size * (chunks + 1)) return false;
    std::size_t id_bytes = 0;
    std::size_t data_bytes = 0;
    for (std::size_t i = 0; i < chunks; ++i) {
      const std::uint8_t* entry = bytes_ + header_size + entry_size * i;
      const std::uint64_t begin = read_u64(entry + 4);
      const std::uint64_t end = read_u64(entry + entry_size + 4);
      if (begin > end || end > size_) return false;
      const std::string_view name(reinterpret_cast<const char*>(entry), 4);
      if (name == "OIDF" && end - begin == 1024) fanout_ = bytes_ + begin;
      if (name == "OIDL") ids_ = bytes_ + begin, id_bytes = end - begin;
      if (name == "CDAT") data_ = bytes_ + begin, data_bytes = end - begin;
      if (name == "EDGE") edges_ = bytes_ + begin, edge_count_ = (end - begin) / 4;
    }
    if (fanout_ == nullptr || ids_ == nullptr || data_ == nullptr) return false;
    count_ = read_u32(fanout_ + 1020);
    return id_bytes >= std::size_t{count_} * GIT_OID_RAWSZ &&
           data_bytes >= std::size_t{count_} * data_size;
  }

  std::uint32_t base_;
  std::size_t size_ = 0;
  const std::uint8_t* bytes_ = nullptr;
  const std::uint8_t* fanout_ = nullptr;
  const std::uint8_t* ids_ = nullptr;
  const std::uint8_t* data_ = nullptr;
  const std::uint8_t* edges_ = nullptr;
  std::size_t edge_count_ = 0;
  std::uint32_t count_ = 0;
  bool is_whole_ = false;
};

CommitGraph::CommitGraph(git_repository* repository) {
  // Grafts replace parents that the graph knows; git does not use it then either.
  const fs::path common = git_repository_commondir(repository);
  std::error_code ignored;
  if (git_repository_is_shallow(repository) == 1 || fs::exists(common / "info/grafts", ignored)) {
    return;
  }
  const fs::path info = common / "objects/info";
  if (open(info / "commit-graph")) return;
  std::istringstream chain(read_if_there(info / "commit-graphs/commit-graph-chain"));
  bool is_whole = true;
  for (std::string hash; is_whole && std::getline(chain, hash);) {
    is_whole = open(info / "commit-graphs" / ("graph-" + hash + ".graph"));
  }
  if (is_whole) return;
  layers_.clear();
  size_ = 0;
}

CommitGraph::~CommitGraph() = default;

bool CommitGraph::open(const fs::path& file) {
  auto layer = std::make_unique<Layer>(file, size_);
  if (!layer->is_whole()) return false;
  size_ += layer->count();
  layers_.push_back(std::move(layer));
  return true;
}

const CommitGraph::Layer& CommitGraph::layer_of(std::uint32_t position) const {
  std::size_t i = layers_.size() - 1;
  while (layers_[i]->base() > position) --i;
  return *layers_[i];
}

std::optional<std::uint32_t> CommitGraph::find(const git_oid& id) const {
  for (const auto& layer : layers_) {
    if (const auto found = layer->find(id)) return layer->base() + *found;
  }
  return std::nullopt;
}

git_oid CommitGraph::id(std::uint32_t position) const {
  const Layer& layer = layer_of(position);
  git_oid id{};
  std::memcpy(id.id, layer.id(position - layer.base()), GIT_OID_RAWSZ);
  return id;
}

bool CommitGraph::parents(std::uint32_t position, std::vector<std::uint32_t>& to) const {
  const Layer& layer = layer_of(position);
  const std::size_t before = to.size();
  if (!layer.parents(position - layer.base(), to)) return false;
  for (std::size_t i = before; i < to.size(); ++i) {
    if (to[i] >= size_) return false;
  }
  return true;
}

}  // namespace leakbisect::units
