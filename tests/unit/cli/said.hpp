#pragma once

// What a command prints: stdout and stderr of this process, taken while it runs.

#include "base/files.hpp"
#include "fakes.hpp"

#include <array>
#include <cstdio>
#include <string>
#include <utility>

#include <fcntl.h>
#include <unistd.h>

namespace leakbisect::test {

struct Said {
  int code = 0;
  std::string out, err;
};

template <class Command>
Said said(Command&& command) {
  const TempFolder folder;
  const std::array files{folder.path / "out", folder.path / "err"};
  std::array<int, 2> before{};
  std::fflush(nullptr);
  for (const int stream : {0, 1}) {
    const int target = stream + 1;
    before[static_cast<std::size_t>(stream)] = ::dup(target);
    const int file = ::open(files[static_cast<std::size_t>(stream)].c_str(),
                            O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    ::dup2(file, target);
    ::close(file);
  }
  Said said;
  said.code = std::forward<Command>(command)();
  std::fflush(nullptr);
  for (const int stream : {0, 1}) {
    ::dup2(before[static_cast<std::size_t>(stream)], stream + 1);
    ::close(before[static_cast<std::size_t>(stream)]);
  }
  said.out = read_if_there(files[0]);
  said.err = read_if_there(files[1]);
  return said;
}

}  // namespace leakbisect::test
