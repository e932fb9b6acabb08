// The Debian package is made, names what it needs, and its binary runs.

#include "workshop.hpp"

#include <doctest/doctest.h>

namespace leakbisect::e2e::test_package {

TEST_CASE("the package is built, and what is in it runs") {
  const Workshop shop;
  if (shop.run({"dpkg-shlibdeps", "--version"}).code != 0 ||
      shop.run({"file", "--version"}).code != 0) {
    MESSAGE("skipped: dpkg-dev and file are needed to make a Debian package");
    return;
  }
  const Ran packed = shop.run({"cpack", "--config", LB_BUILD_DIR "/CPackConfig.cmake", "-B",
                               (shop.path() / "package").string()});
  CAPTURE(packed.out);
  CAPTURE(packed.err);
  REQUIRE(packed.code == 0);
  std::string package;
  for (const auto& entry : std::filesystem::directory_iterator(shop.path() / "package"))
    if (entry.path().extension() == ".deb") package = entry.path().string();
  REQUIRE(!package.empty());
  const Ran needs = shop.run({"dpkg-deb", "-f", package, "Depends"});
  CHECK(needs.out.find("libgit2") != std::string::npos);
  REQUIRE(shop.run({"dpkg-deb", "-x", package, "root"}).code == 0);
  const Ran version = shop.run({(shop.path() / "root/usr/bin/leakbisect").string(), "--version"});
  CHECK(version.code == 0);
  CHECK(!version.out.empty());
  for (const char* file :
       {"man/man1/leakbisect.1", "bash-completion/completions/leakbisect",
        "zsh/vendor-completions/_leakbisect", "fish/vendor_completions.d/leakbisect.fish"})
    CHECK_MESSAGE(read_text(shop.path() / "root/usr/share" / file).size() > 100, file);
}

}  // namespace leakbisect::e2e::test_package
