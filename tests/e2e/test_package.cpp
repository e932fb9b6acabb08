// What is given to others is made, by `.ci/package`, and runs where it should.

#include "workshop.hpp"

#include <doctest/doctest.h>

namespace leakbisect::e2e::test_package {

namespace {

// A root with glibc and a shell, and what the tarball holds; then a hunt of commits in it.
const std::string minimal_root = R"sh(
  mkdir -p root/opt root/bin root/proc root/tmp root/hunt/repository
  tar -xf "$1" -C root/opt --strip-components 1
  for file in $(ldd root/opt/bin/leakbisect |
      grep -oE '/[^ ]*/(ld-linux[^ ]*|lib(c|m|dl|rt|pthread|resolv)\.so\.[0-9]+)'); do
    mkdir -p "root/$(dirname "$file")" && cp -L "$file" "root/$file"
  done
  cp -L /bin/sh root/bin/sh
  cd root/hunt/repository && git init -q
  for i in 0 1 2 3 4 5 6 7; do
    echo $i > number && git add number
    git -c user.name=A -c user.email=a@example.invalid commit -q -m "Change $i"
    if [ $i = 0 ]; then git tag good; fi
    if [ $i -ge 5 ]; then git rev-parse HEAD >> ../leaking; fi
  done
  cd ../../..
  echo '{"oracle": {"command":
      "while read c; do [ \"$c\" = {commit} ] && exit 1; done < leaking; exit 0"},
    "units": {"git": {"repository": "repository", "good": "good"}}}' > root/hunt/hunt.json
  within() {
    unshare --mount sh -c 'mount --bind /proc root/proc && exec chroot root "$@"' sh "$@"
  }
  within /bin/sh -c : || exit 77
  within /opt/bin/leakbisect --version &&
    within /opt/bin/leakbisect run /hunt/hunt.json --out /hunt/out)sh";

std::string first_with(const std::filesystem::path& folder, const std::string& ending) {
  for (const auto& entry : std::filesystem::directory_iterator(folder))
    if (entry.path().string().ends_with(ending)) return entry.path().string();
  return "";
}

}  // namespace

TEST_CASE("the package and the tarball are built, and what is in them runs") {
  const Workshop shop;
  if (shop.run({"dpkg-shlibdeps", "--version"}).code != 0 ||
      shop.run({"file", "--version"}).code != 0) {
    MESSAGE("skipped: dpkg-dev and file are needed to make a Debian package");
    return;
  }
  const Ran packed = shop.run({"env", "BUILD=" LB_BUILD_DIR, LB_SOURCE_DIR "/.ci/package",
                               (shop.path() / "package").string()});
  CAPTURE(packed.out);
  CAPTURE(packed.err);
  REQUIRE(packed.code == 0);
  const std::string package = first_with(shop.path() / "package", ".deb");
  REQUIRE(!package.empty());
  const Ran needs = shop.run({"dpkg-deb", "-f", package, "Depends"});
  CHECK(needs.out.find("libgit2") != std::string::npos);
  REQUIRE(shop.run({"dpkg-deb", "-x", package, "root"}).code == 0);
  const Ran version = shop.run({(shop.path() / "root/usr/bin/leakbisect").string(), "--version"});
  CHECK(version.code == 0);
  CHECK(!version.out.empty());
  for (const char* file :
       {"man/man1/leakbisect.1", "bash-completion/completions/leakbisect",
        "zsh/vendor-completions/_leakbisect", "fish/vendor_completions.d/leakbisect.fish",
        "doc/leakbisect/changelog.Debian.gz"})
    CHECK_MESSAGE(read_text(shop.path() / "root/usr/share" / file).size() > 100, file);
  std::filesystem::remove_all(shop.path() / "root");

  const std::string tarball = first_with(shop.path() / "package", ".tar.gz");
  REQUIRE(!tarball.empty());
  const Ran ran = shop.run({"bash", "-euc", minimal_root, "bash", tarball});
  CAPTURE(ran.out);
  CAPTURE(ran.err);
  if (ran.code == 77) {
    MESSAGE("the tarball was not run: another root cannot be entered here");
    return;
  }
  CHECK(ran.code == 0);
  CHECK(ran.out.find(version.out) == 0);
  CHECK(ran.out.find("Change 5") != std::string::npos);
  CHECK(!std::filesystem::exists(shop.path() / "root/usr"));
}

}  // namespace leakbisect::e2e::test_package
