// Token: one short text that stands for a schedule of a scenario, for ever.
//
//   m1.gcwait.0c5k00a9...
//
// "m" and the version of the format, the scenario's name, and a payload: which Go version and
// faults, a hash of the scenario's program, the number of the model, and every entry of the choice
// tape that is not the default (value 0), with a check byte at each, so that a replay that does not
// fit knows where it parted. A checksum covers all of it, the name too.
//
// The payload is base32 in Crockford's lower-case alphabet: no letter is taken for another, nothing
// needs quoting in a shell, and one double click marks it.
//
// Payload bytes: varints of the payload's length, model number, Go minor version, faults, tape
// length and number of deviations; the program's hash and the tape's hash, 4 bytes each; the
// deviations; the settings, if any is not the scenario's default; a CRC-32. A deviation is a varint
// of (distance to the one before) * 4 + min(value - 1, 3), after which a varint of value - 4
// follows if that was 3; then its check byte. A setting is two varints: its number in the
// scenario's file, and its value.
//
// Measured: the gcwait race as docs/your-first-race.md has it, five deviations, takes 63
// characters. 10 are its name, 30 the 19 bytes that every token has, of which 12 are hashes and
// checksum, and 23 the deviations with their checks. The best Rice code for these distances and
// values would spare 20 bits, four characters; the place of five in 1,179 choices and five checks
// are 84 of the 112 bits in any code. So bytes it is.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "explore/catalogue.h"
#include "explore/hash.h"
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

struct Token {
  std::string scenario;
  std::uint32_t model = kModelNumber;
  std::uint32_t go_minor = kGoMinor;
  FaultSet faults;
  std::uint32_t program_hash = 0;
  std::uint32_t tape_length = 0;
  std::uint32_t tape_hash = 0;
  std::vector<Deviation> deviations;   // by index
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
