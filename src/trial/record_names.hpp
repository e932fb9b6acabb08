#pragma once

// The words in a record's JSON, in one visible table a type, for writing and for reading.

#include "strategies/strategy.hpp"
#include "trial/record.hpp"

#include <array>
#include <optional>
#include <string_view>
#include <utility>

namespace leakbisect::trial {

inline constexpr std::array<std::pair<Purpose, std::string_view>, 9> purpose_names{{
    {Purpose::control_bad, "control_bad"},
    {Purpose::control_good, "control_good"},
    {Purpose::search, "search"},
    {Purpose::proof_on, "proof_on"},
    {Purpose::proof_off, "proof_off"},
    {Purpose::single, "single"},
    {Purpose::drill, "drill"},
    {Purpose::end_search, "end_search"},
    {Purpose::positive_control, "positive_control"},
}};

inline constexpr std::array<std::pair<strategies::OutcomeKind, std::string_view>, 4> outcome_names{{
    {strategies::OutcomeKind::measured, "measured"},
    {strategies::OutcomeKind::untestable, "untestable"},
    {strategies::OutcomeKind::error, "error"},
    {strategies::OutcomeKind::cancelled, "cancelled"},
}};

inline constexpr std::array<std::pair<Stage, std::string_view>, 4> stage_names{{
    {Stage::none, "none"},
    {Stage::build, "build"},
    {Stage::start, "start"},
    {Stage::load, "load"},
}};

/// The word for `value`; every value has one.
template <class Value, std::size_t n>
constexpr std::string_view name_in(const std::array<std::pair<Value, std::string_view>, n>& table,
                                   Value value) {
  for (const auto& [entry, name] : table)
    if (entry == value) return name;
  return "internal error: value without a name";
}

/// The value called `name`, or nothing.
template <class Value, std::size_t n>
constexpr std::optional<Value> value_in(
    const std::array<std::pair<Value, std::string_view>, n>& table, std::string_view name) {
  for (const auto& [value, entry] : table)
    if (entry == name) return value;
  return std::nullopt;
}

}  // namespace leakbisect::trial
