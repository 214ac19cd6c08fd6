// Token: one short text that stands for a schedule of a scenario, for ever.
//
//   m2.gcwait.0c5k00a9...
//
// "m" and the version of the format, the scenario's name, and a payload: which Go version and
// faults, a hash of the scenario's program, the number of the model, and every entry of the choice
// tape that is not the default (value 0), with a check byte at each, so that a replay that does not
// fit knows where it parted. It also says which hunt met the schedule, if one did. A checksum
// covers all of it, the name too.
//
// The payload is base32 in Crockford's lower-case alphabet: no letter is taken for another, nothing
// needs quoting in a shell, and one double click marks it.
//
// Payload bytes: varints of the payload's length, model number, Go minor version, faults, tape
// length and number of deviations; the program's hash and the tape's hash, 4 bytes each; the
// deviations; the origin; the settings, if any is not the scenario's default; a CRC-32. A deviation
// is a varint of (distance to the one before) * 4 + min(value - 1, 3), after which a varint of
// value - 4 follows if that was 3; then its check byte. A setting is two varints: its number in the
// scenario's file, and its value.
//
// The origin is a varint of 1 + code + 12 * (shrunk + 2 * (min(seed, 4) + 5 * (has a bound))), in
// which the code is the strategy's, below 12; a varint of seed - 4, if that was 4; the bound, if
// there is one; and the schedule's number. Without an origin it is 0, or nothing if no settings
// follow. Version 1 of the format is the same without origins, and is still read.
//
// Measured: the gcwait race as docs/your-first-race.md has it, five deviations, takes 68
// characters. 10 are its name, 30 the 19 bytes that every token has, of which 12 are hashes and
// checksum, 23 the deviations with their checks, and 5 the origin's three bytes. The best Rice code
// for these distances and values would spare 20 bits, four characters; the place of five in 1,179
// choices and five checks are 84 of the 112 bits in any code. So bytes it is.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "explore/catalogue.h"
#include "explore/hash.h"
#include "explore/strategies.h"
#include "interleave/tape.h"
#include "sim/program.h"

namespace mpglab::explore {

// Goes up when a change of the model may give one tape another schedule. A token of another model
// is read all the same: it may still fit, and if not, its replay says where it parts.
inline constexpr std::uint32_t kModelNumber = 1;

// The release whose protocol the model speaks: 1.22.
inline constexpr std::uint32_t kGoMinor = 22;

struct Deviation {
  std::uint32_t index;  // of the tape entry
  std::uint16_t value;  // not 0
  std::uint8_t check;   // low byte of the hash of the tape up to and with this entry

  friend bool operator==(const Deviation&, const Deviation&) = default;
};

struct TokenSetting {
  std::uint32_t number;  // in the scenario's file, from 0
  std::uint32_t value;

  friend bool operator==(const TokenSetting&, const TokenSetting&) = default;
};

// Who met the schedule: all that decides which schedule it is, so that the same hunt meets it again
// as the same number. Replaying needs none of it.
struct Origin {
  StrategyKind strategy = StrategyKind::kRandom;
  std::uint64_t seed = 0;  // 0 for a strategy that has none
  // Of PCT its depth, of DFS and the search for states the bound of preemptions; if it is not the
  // default.
  std::optional<std::uint32_t> bound;
  std::uint64_t run = 0;  // which schedule of the hunt, from 1; 0: `mpglab run` made it, no hunt
  // The token is of a smaller schedule with the same finding. Where the finding came from stays
  // worth knowing, and the tokens that a hunt prints are shrunk.
  bool shrunk = false;

  friend bool operator==(const Origin&, const Origin&) = default;
};

struct Token {
  std::string scenario;
  std::uint32_t model = kModelNumber;
  std::uint32_t go_minor = kGoMinor;
  FaultSet faults;
  std::uint32_t program_hash = 0;
  std::uint32_t tape_length = 0;
  std::uint32_t tape_hash = 0;
  std::vector<Deviation> deviations;   // by index
  std::optional<Origin> origin;        // nothing: made in another way
  std::vector<TokenSetting> settings;  // those that are not the scenario's defaults

  friend bool operator==(const Token&, const Token&) = default;
};

struct TokenError {
  enum class Code : std::uint8_t {
    kNotAToken,      // it does not look like one at all
    kOtherVersion,   // of the token format
    kCut,            // the end is missing
    kAltered,        // some character is not what it was
    kOtherRelease,   // of Go, which this mpglab does not model
    kOtherScenario,  // made with another scenario, or another text of it
    kUnknownFault,   // a fault that this mpglab does not have
  };
  Code code;
  std::string message;  // one line
};

std::string_view token_error_name(TokenError::Code code);

// Without an origin.
Token make_token(const sim::Program& program, FaultSet faults, const interleave::Tape& tape);

std::string to_text(const Token& token);

// Never takes memory out of proportion to `text`.
Result<Token, TokenError> token_from_text(std::string_view text);

// Is this token of this program? kOtherScenario if not.
Result<void, TokenError> check_fits(const Token& token, const sim::Program& program);

// The program with only its bodies open, or with everything, whichever the token is of; unchanged
// if it is of neither.
sim::Program as_the_token_has_it(sim::Program program, const Token& token);

// Everything in a program that a schedule can depend on: not title, story or the path of its file.
std::uint32_t program_hash(const sim::Program& program);

// The hash of a tape, entry by entry, as tokens have it.
class TapeHash {
 public:
  void add(const interleave::Choice& choice);
  std::uint32_t value() const { return hash_.value(); }
  std::uint8_t check() const { return static_cast<std::uint8_t>(value()); }

 private:
  Hash hash_;
};

}  // namespace mpglab::explore
