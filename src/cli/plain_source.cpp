#include "cli/plain_source.hpp"

namespace leakbisect::cli {
namespace {

class PlainSource final : public units::UnitSource {
 public:
  explicit PlainSource(std::filesystem::path directory) : directory_(std::move(directory)) {}

  const strategies::SearchSpace& space() const override { return space_; }
  Result<units::Applied> apply(const strategies::Configuration&,
                               const std::filesystem::path&) override {
    units::Applied applied;
    applied.directory = directory_;
    return applied;
  }
  std::string describe(strategies::UnitIndex) const override { return ""; }
  void discard(const std::filesystem::path&) override {}

 private:
  std::filesystem::path directory_;
  strategies::SearchSpace space_;
};

}  // namespace

Result<std::unique_ptr<Assembly>> assemble_plain(config::HuntFile hunt,
                                                 const std::filesystem::path& directory,
                                                 bool quiet) {
  auto source = std::make_unique<PlainSource>(hunt.subject->directory);
  return assemble_with(std::move(hunt), std::move(source), directory, 1, quiet);
}

}  // namespace leakbisect::cli
