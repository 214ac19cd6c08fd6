#include "cli/numbers.h"

#include <array>
#include <charconv>
#include <string>
#include <string_view>

#include <fmt/format.h>

namespace mpglab::cli {

CLI::Validator whole_number(std::uint64_t least, std::uint64_t most) {
  return {[least, most](std::string& text) -> std::string {
            std::uint64_t number = 0;
            const char* const end = text.data() + text.size();
            const auto [at, error] = std::from_chars(text.data(), end, number);
            if (error == std::errc{} && at == end && number >= least && number <= most) return {};
            return fmt::format("'{}' is no whole number from {} to {}", text, least, most);
          },
          "", "whole number"};
}

CLI::Option* add_duration(CLI::App& command, const char* name, double& seconds,
                          const char* description) {
  struct Unit {
    std::string_view name;
    double seconds;
  };
  static constexpr std::array<Unit, 5> kUnits = {
      {{"", 1}, {"ms", 0.001}, {"s", 1}, {"m", 60}, {"h", 3600}}};
  return command.add_option_function<std::string>(
      name,
      [&seconds, name](const std::string& text) {
        double number = 0;
        const char* const end = text.data() + text.size();
        const auto [at, error] = std::from_chars(text.data(), end, number);
        const std::string_view rest(at, static_cast<std::size_t>(end - at));
        for (const Unit& unit : kUnits) {
          if (error != std::errc{} || rest != unit.name || !(number > 0) || number > 1e9) continue;
          seconds = number * unit.seconds;
          return;
        }
        throw CLI::ValidationError(
            name, fmt::format("'{}' is no length of time, as 10s, 500ms, 5m or 1h is", text));
      },
      description);
}

}  // namespace mpglab::cli
