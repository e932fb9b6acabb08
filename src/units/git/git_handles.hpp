#pragma once

// Owners for libgit2's handles, and its errors as ours. Private to this room: only git_*.cpp and
// content_hash.cpp include it, so that no other file sees git2.h.

#include "base/error.hpp"

#include <git2.h>

#include <cstring>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace leakbisect::units {

template <auto Free>
struct Freed {
  template <class T>
  void operator()(T* handle) const {
    Free(handle);
  }
};
template <class T, auto Free>
using Owned = std::unique_ptr<T, Freed<Free>>;

using Repository = Owned<git_repository, git_repository_free>;
using Revwalk = Owned<git_revwalk, git_revwalk_free>;
using Object = Owned<git_object, git_object_free>;
using Commit = Owned<git_commit, git_commit_free>;
using Tree = Owned<git_tree, git_tree_free>;
using GitTreeEntry = Owned<git_tree_entry, git_tree_entry_free>;
using Index = Owned<git_index, git_index_free>;
using StatusList = Owned<git_status_list, git_status_list_free>;

/// Fills `handle` by a libgit2 function that takes a pointer to it first; returns its code.
template <class Handle, class Make, class... Args>
int make_handle(Handle& handle, Make make, Args... args) {
  typename Handle::pointer raw = nullptr;
  const int code = make(&raw, args...);
  handle.reset(raw);
  return code;
}

/// Starts libgit2 once a process.
inline void start_libgit2() {
  struct Library {
    Library() { git_libgit2_init(); }
    Library(const Library&) = delete;
    Library& operator=(const Library&) = delete;
    ~Library() { git_libgit2_shutdown(); }
  };
  static const Library library;
}

/// The last error of libgit2: "cannot DOING: reason".
inline Error git_failure(std::string_view doing) {
  const git_error* last = git_error_last();
  return fail("cannot {}: {}", doing, last != nullptr ? last->message : "libgit2 gives no reason");
}

inline std::string to_hex(const git_oid& id) {
  std::string text(GIT_OID_HEXSZ, '0');
  git_oid_fmt(text.data(), &id);
  return text;
}

/// For unordered containers: an id is a hash already.
struct OidHash {
  std::size_t operator()(const git_oid& id) const {
    std::size_t start = 0;
    std::memcpy(&start, id.id, sizeof start);
    return start;
  }
};
struct OidEqual {
  bool operator()(const git_oid& a, const git_oid& b) const { return git_oid_equal(&a, &b) != 0; }
};

}  // namespace leakbisect::units
