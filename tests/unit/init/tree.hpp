#pragma once

// A small project in a folder of its own, removed at the end.

#include <filesystem>
#include <fstream>
#include <string>

#include <stdlib.h>

namespace leakbisect::init {

class Tree {
 public:
  Tree() {
    std::string name = (std::filesystem::temp_directory_path() / "lb-init-XXXXXX").string();
    root_ = ::mkdtemp(name.data());
  }
  Tree(const Tree&) = delete;
  Tree& operator=(const Tree&) = delete;
  ~Tree() {
    std::error_code ignored;
    std::filesystem::remove_all(root_, ignored);
  }

  [[nodiscard]] const std::filesystem::path& root() const { return root_; }
  Tree& file(const std::string& name, const std::string& text) {
    std::filesystem::create_directories((root_ / name).parent_path());
    std::ofstream(root_ / name) << text;
    return *this;
  }

 private:
  std::filesystem::path root_;
};

}  // namespace leakbisect::init
