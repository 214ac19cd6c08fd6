// JSON Lines: one object a line, each with the number of the schema.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "explore/finding.h"
#include "explore/nearest_passing.h"
#include "explore/token.h"
#include "sim/program.h"

namespace mpglab::cli {

// Keys stay in the order in which they are put in.
using Json = nlohmann::ordered_json;

inline constexpr int kJsonSchema = 1;

Json json_object();
// The object in one line. Bytes that are no UTF-8 are replaced.
std::string json_line(const Json& object);

Json json_of(explore::FaultSet faults);
// Those that are not the scenario's defaults, by name.
Json json_of(const std::vector<sim::ProgramSetting>& settings);
// Puts code, message, signature and place of a finding into an object.
void add_finding(Json& object, const explore::Finding& finding);
// Puts a token and where it came from into an object.
void add_token(Json& object, const explore::Token& token);
// The schedule nearest to a failing one that passes; null if there is none.
void add_nearest_passing(Json& object, const std::optional<explore::NearestPassing>& passing);

}  // namespace mpglab::cli
