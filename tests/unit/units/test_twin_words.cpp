// What the messages of two commits say of each other.

#include "units/git/twin_words.hpp"

#include <doctest/doctest.h>

using leakbisect::units::relation_of;

namespace {

const std::string older = "1234567890abcdef1234567890abcdef12345678";
const std::string newer = "fedcba9876543210fedcba9876543210fedcba98";

std::string relation(const std::string& message, const std::string& other = "Keep bodies\n") {
  return relation_of({newer, message}, {older, other});
}

}  // namespace

TEST_CASE("a message that names another commit says how they stand to each other") {
  CHECK(relation("Keep\n\n(cherry picked from commit " + older + ")\n") ==
        "was cherry-picked from it");
  CHECK(relation("Keep\n\nBackport of 1234567890ab to 2.x.\n") == "is a backport of it");
  CHECK(relation("Revert \"Keep bodies\"\n\nThis reverts commit " + older + ".\n").empty());
  CHECK(relation("Reapply \"Keep bodies\"\n") == "reapplies it");
  CHECK(relation("Revert \"Revert \"Keep bodies\"\"\n") == "reapplies it");
  CHECK(relation_of({older, "Keep bodies\n"},
                    {newer, "Keep\n\n(cherry picked from commit " + older + ")\n"}) ==
        "was cherry-picked to it");
}

TEST_CASE("a message that names none, or another, says nothing") {
  CHECK(relation("Keep bodies longer\n").empty());
  CHECK(relation("Keep\n\n(cherry picked from commit 1234567890ffff)\n").empty());
  CHECK(relation("Keep\n\nSee 1234567890ab.\n").empty());
  CHECK(relation("Backport of 0012345678.\n").empty());
}
