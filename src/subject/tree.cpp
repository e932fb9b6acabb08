#include "subject/tree.hpp"

#include <algorithm>
#include <csignal>
#include <cstdlib>

#include <sys/wait.h>
#include <unistd.h>

namespace leakbisect::subject {
namespace {

// All trees of this process. One thread runs them all.
std::vector<Tree*>& living() {
  static std::vector<Tree*> trees;
  return trees;
}

bool is_main(const ProcessId& id) {
  return std::any_of(living().begin(), living().end(),
                     [&](const Tree* tree) { return tree->main() == id; });
}

}  // namespace

std::string marker_value(const std::string& marker) {
  const char* const outer = std::getenv(std::string(marker_variable).c_str());
  return outer != nullptr ? fmt::format("{}:{}", outer, marker) : marker;
}

bool carries_marker(pid_t pid, std::string_view marker) {
  const auto value = environment_of(pid, marker_variable);
  return value && value->find(marker) != value->npos;
}

Tree::Tree(pid_t main, std::string marker, Cgroup group)
    : marker_(std::move(marker)), group_(std::move(group)) {
  const auto stat = read_stat(main);
  main_ = stat ? stat->id : ProcessId{main, 0};
  seen_.insert(main_);
  sessions_.insert(main);
  living().push_back(this);
}

Tree::~Tree() {
  std::erase(living(), this);
}

std::vector<Stat> Tree::members() {
  if (!group_.holds_all()) return all_members();
  std::vector<Stat> alive;
  for (const pid_t pid : group_.members()) {
    const auto stat = read_stat(pid);
    if (!stat || !stat->alive()) continue;
    seen_.insert(stat->id);
    alive.insert(stat->id == main_ ? alive.begin() : alive.end(), *stat);
  }
  return alive;
}

std::vector<Stat> Tree::all_members() {
  std::vector<Stat> alive = by_ancestry();
  for (const pid_t pid : group_.members()) {
    const bool listed = std::any_of(alive.begin(), alive.end(),
                                    [&](const Stat& stat) { return stat.id.pid == pid; });
    if (listed) continue;
    if (const auto stat = read_stat(pid); stat && stat->alive()) alive.push_back(*stat);
  }
  for (const Stat& stat : alive) seen_.insert(stat.id);
  std::stable_partition(alive.begin(), alive.end(),
                        [&](const Stat& stat) { return stat.id == main_; });
  return alive;
}

// Everybody below our main process, and everybody below an orphan that is ours.
std::vector<Stat> Tree::by_ancestry() {
  const std::vector<Stat> below_us = descendants(::getpid());
  std::set<pid_t> ours;
  std::vector<Stat> alive;
  // Parents are listed before their children.
  for (const Stat& stat : below_us) {
    const bool child_of_us = stat.parent == ::getpid();
    const bool mine =
        child_of_us ? stat.id == main_ || owns_orphan(stat) : ours.contains(stat.parent);
    if (!mine) continue;
    ours.insert(stat.id.pid);
    if (!stat.alive()) continue;
    if (stat.session == stat.id.pid) sessions_.insert(stat.session);
    alive.push_back(stat);
  }
  return alive;
}

bool Tree::owns_orphan(const Stat& orphan) const {
  // Our own helpers stay in our session; a subject never does.
  if (is_main(orphan.id) || orphan.session == ::getsid(0)) return false;
  if (seen_.contains(orphan.id)) return true;
  const auto elsewhere = [&](const Tree* tree) {
    return tree != this && tree->seen_.contains(orphan.id);
  };
  if (std::any_of(living().begin(), living().end(), elsewhere)) return false;
  if (carries_marker(orphan.id.pid, marker_)) return true;
  for (const Tree* tree : living())
    if (tree != this && carries_marker(orphan.id.pid, tree->marker_)) return false;
  if (sessions_.contains(orphan.session)) return true;
  // A program that wrote over its environment (to show a title, say) and fled before anybody
  // looked: it can be told apart only while no other tree is alive.
  return living().size() == 1 && orphan.id.start >= main_.start;
}

void Tree::kill() {
  const auto killed = kill_to_fixpoint([this] { return all_members(); }, [this] { group_.kill(); });
  killed_.insert(killed.begin(), killed.end());
  reap_orphans();
}

int Tree::strays_killed() const {
  return static_cast<int>(killed_.size()) - static_cast<int>(killed_.count(main_));
}

void Tree::reap_orphans() {
  for (const Stat& stat : descendants(::getpid())) {
    const bool orphan = stat.parent == ::getpid() && !is_main(stat.id);
    if (!orphan || stat.alive() || stat.session == ::getsid(0)) continue;
    siginfo_t ignored{};
    ::waitid(P_PID, static_cast<id_t>(stat.id.pid), &ignored, WEXITED | WNOHANG);
  }
}

}  // namespace leakbisect::subject
