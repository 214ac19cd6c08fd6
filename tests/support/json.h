// What the command prints with --json.
#pragma once

#include <string>

#include <nlohmann/json.hpp>

#include "support/command.h"

namespace mpglab::test {

// The object in the last line.
inline nlohmann::json last_object(const CommandResult& result) {
  std::string text = result.out;
  while (text.ends_with('\n')) text.pop_back();
  return nlohmann::json::parse(text.substr(text.rfind('\n') + 1));
}

}  // namespace mpglab::test
