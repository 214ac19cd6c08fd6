#include "format/event.h"

#include <fmt/format.h>

namespace mpglab::format {

std::string name_in(EventType type, Version version) {
  const auto number = static_cast<std::size_t>(type);
  if (!in_version(number, version)) return fmt::format("Invalid({})", number);
  return std::string(spec_of(type).name);
}

}  // namespace mpglab::format
