#include "repository.hpp"

#include <doctest/doctest.h>

namespace leakbisect::e2e {

Repository::Repository(const Workshop& shop, std::string folder)
    : shop_(shop), folder_(std::move(folder)) {
  std::filesystem::create_directories(shop.path() / folder_);
  git("init -q --initial-branch=main");
}

void Repository::write(const std::string& file, const std::string& text) const {
  shop_.write(folder_ + "/" + file, text);
}

std::string Repository::commit(const std::string& subject) const {
  git("add --all");
  git("commit -q -m '" + subject + "'");
  return git("rev-parse HEAD");
}

std::string Repository::git(const std::string& arguments) const {
  const Ran ran = shop_.run({"sh", "-c",
                             "cd " + folder_ +
                                 " && GIT_CONFIG_GLOBAL=/dev/null git -c user.name=A -c "
                                 "user.email=a@example.invalid " +
                                 arguments});
  CAPTURE(ran.err);
  REQUIRE(ran.code == 0);
  std::string text = ran.out;
  while (text.ends_with('\n')) text.pop_back();
  return text;
}

}  // namespace leakbisect::e2e
