// Recorded traces and what Go's own reader says of them: tests/data.
#pragma once

#include <cstddef>
#include <cstdint>
#include <fstream>
#include <iterator>
#include <ostream>
#include <span>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace mpglab::test {

inline std::string data_path(const std::string& name) {
  return std::string(MPGLAB_TEST_DATA) + "/" + name;
}

inline std::string read_text(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

inline std::span<const std::byte> bytes_of(const std::string& text) {
  return std::as_bytes(std::span(text));
}

// One line of verdicts.tsv.
struct RecordedVerdict {
  std::string trace;
  bool ok = false;
  std::uint64_t events = 0;
  std::string error;  // first line
};

// Of the traces that are in tests/data: the two long ones are not.
inline std::vector<RecordedVerdict> recorded_verdicts() {
  std::ifstream file(data_path("verdicts.tsv"));
  std::string line;
  std::getline(file, line);  // the heading
  std::vector<RecordedVerdict> verdicts;
  while (std::getline(file, line)) {
    RecordedVerdict verdict;
    std::vector<std::string> fields;
    for (std::size_t at = 0; at <= line.size();) {
      const std::size_t end = std::min(line.find('\t', at), line.size());
      fields.push_back(line.substr(at, end - at));
      at = end + 1;
    }
    verdict.trace = fields.at(0);
    verdict.ok = fields.at(1) == "OK";
    verdict.events = std::stoull(fields.at(2));
    if (fields.size() > 3) verdict.error = fields[3];
    if (std::ifstream(data_path(verdict.trace + ".trace"))) verdicts.push_back(verdict);
  }
  return verdicts;
}

// For INSTANTIATE_TEST_SUITE_P: "go122_chans".
inline std::string case_name(const testing::TestParamInfo<RecordedVerdict>& param) {
  std::string name = param.param.trace;
  for (char& c : name)
    if (c == '-') c = '_';
  return name;
}
// What googletest prints of a case.
inline void PrintTo(const RecordedVerdict& verdict, std::ostream* out) {
  *out << verdict.trace;
}

}  // namespace mpglab::test
