#include "explore/token.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <span>

#include <boost/crc.hpp>
#include <fmt/format.h>

#include "base/check.h"

namespace mpglab::explore {

namespace {

constexpr unsigned kFormatVersion = 2;
constexpr unsigned kVersionWithoutOrigins = 1;
constexpr std::string_view kAlphabet = "0123456789abcdefghjkmnpqrstvwxyz";
constexpr std::size_t kCrcSize = 4;

// ---- bytes ----

using Bytes = std::vector<std::uint8_t>;

void put_varint(Bytes& bytes, std::uint64_t number) {
  for (; number >= 0x80; number >>= 7) bytes.push_back(static_cast<std::uint8_t>(number | 0x80));
  bytes.push_back(static_cast<std::uint8_t>(number));
}

void put_word(Bytes& bytes, std::uint32_t word) {
  for (unsigned shift = 0; shift < 32; shift += 8)
    bytes.push_back(static_cast<std::uint8_t>(word >> shift));
}

// Takes numbers off the front; once something was missing or too large, everything is 0 and ok() is
// false.
class Source {
 public:
  explicit Source(std::span<const std::uint8_t> bytes) : bytes_(bytes) {}

  bool ok() const { return ok_; }
  std::size_t left() const { return bytes_.size(); }

  std::uint8_t byte() {
    if (bytes_.empty()) {
      ok_ = false;
      return 0;
    }
    const std::uint8_t first = bytes_.front();
    bytes_ = bytes_.subspan(1);
    return first;
  }

  std::uint64_t varint() {
    std::uint64_t number = 0;
    for (unsigned shift = 0; shift < 64; shift += 7) {
      const std::uint8_t next = byte();
      number |= std::uint64_t{next & 0x7fU} << shift;
      if ((next & 0x80) == 0) return ok_ ? number : 0;
    }
    ok_ = false;
    return 0;
  }

  std::uint32_t varint32() {
    const std::uint64_t number = varint();
    if (number > 0xffffffff) ok_ = false;
    return ok_ ? static_cast<std::uint32_t>(number) : 0;
  }

  std::uint32_t word() {
    std::uint32_t word = 0;
    for (unsigned shift = 0; shift < 32; shift += 8) word |= std::uint32_t{byte()} << shift;
    return ok_ ? word : 0;
  }

 private:
  std::span<const std::uint8_t> bytes_;
  bool ok_ = true;
};

std::uint32_t crc_of(std::string_view prefix, std::span<const std::uint8_t> bytes) {
  boost::crc_32_type crc;
  crc.process_bytes(prefix.data(), prefix.size());
  crc.process_bytes(bytes.data(), bytes.size());
  return crc.checksum();
}

// ---- base32 ----

std::string to_base32(const Bytes& bytes) {
  std::string text;
  std::uint32_t pending = 0;
  unsigned bits = 0;
  for (const std::uint8_t byte : bytes) {
    pending = (pending << 8 | byte) & 0xfff;
    for (bits += 8; bits >= 5; bits -= 5) text += kAlphabet[(pending >> (bits - 5)) & 31];
  }
  if (bits > 0) text += kAlphabet[(pending << (5 - bits)) & 31];
  return text;
}

struct Base32 {
  Bytes bytes;        // whole ones
  bool clean = true;  // the bits after the last byte are zeros, and fewer than 5
  std::optional<std::size_t>
      strange;  // the place of the first character that is not in the alphabet
};

Base32 from_base32(std::string_view text) {
  Base32 result;
  std::uint32_t pending = 0;
  unsigned bits = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const std::size_t digit = kAlphabet.find(text[i]);
    if (digit == std::string_view::npos) {
      result.strange = i;
      return result;
    }
    pending = (pending << 5 | static_cast<std::uint32_t>(digit)) & 0xfff;
    bits += 5;
    if (bits >= 8) {
      bits -= 8;
      result.bytes.push_back(static_cast<std::uint8_t>(pending >> bits));
    }
  }
  result.clean = bits < 5 && (pending & ((1U << bits) - 1)) == 0;
  return result;
}

// ---- errors ----

auto error(TokenError::Code code, std::string message) {
  return failure(TokenError{code, std::move(message)});
}

auto altered() {
  return error(TokenError::Code::kAltered,
               "the token has been altered: its checksum does not fit; copy it again");
}

// ---- parts ----

// Dots separate the parts of a token, and a shell must not want to read it.
std::string token_name(std::string_view scenario) {
  std::string name{scenario};
  for (char& c : name) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       c == '-' || c == '_';
    if (!plain) c = '_';
  }
  return name;
}

struct Parts {
  unsigned version;
  std::string_view prefix;  // up to and with the second dot
  std::string_view name;
  std::string_view payload;
};

constexpr const char* kWhatOneLooksLike = "this is no token: one looks like m2.gcwait.0c5k00a9...";

Result<Parts, TokenError> split(std::string_view text) {
  using Code = TokenError::Code;
  const std::size_t dot = text.find('.');
  unsigned version = 0;
  const char* const end = text.data() + std::min(dot, text.size());
  if (!text.starts_with('m') || text.size() < 2) return error(Code::kNotAToken, kWhatOneLooksLike);
  const auto [last, status] = std::from_chars(text.data() + 1, end, version);
  if (status != std::errc{} || last != end) return error(Code::kNotAToken, kWhatOneLooksLike);
  if (version != kFormatVersion && version != kVersionWithoutOrigins) {
    return error(Code::kOtherVersion,
                 fmt::format("the token is of version {}; this mpglab reads versions {} and {}",
                             version, kVersionWithoutOrigins, kFormatVersion));
  }
  const std::size_t second = dot == std::string_view::npos ? dot : text.find('.', dot + 1);
  if (second == std::string_view::npos)
    return error(Code::kCut, "the token is cut: it ends before its payload; copy all of it");
  return Parts{version, text.substr(0, second + 1), text.substr(dot + 1, second - dot - 1),
               text.substr(second + 1)};
}

// The bytes between the length and the checksum.
Result<Bytes, TokenError> open_payload(const Parts& parts) {
  using Code = TokenError::Code;
  Base32 decoded = from_base32(parts.payload);
  if (decoded.strange) {
    return error(
        Code::kAltered,
        fmt::format("the token has been altered: '{}' at place {} is no character of one",
                    parts.payload[*decoded.strange], parts.prefix.size() + *decoded.strange + 1));
  }
  Source source(decoded.bytes);
  const std::uint64_t length = source.varint();
  if (!source.ok())
    return error(Code::kCut, "the token is cut: it ends before its payload; copy all of it");
  if (length > source.left()) {
    return error(Code::kCut,
                 fmt::format("the token is cut: {} more bytes belong to it; copy all of it",
                             length - source.left()));
  }
  const std::size_t begin = decoded.bytes.size() - source.left();
  if (length < kCrcSize || length < source.left() || !decoded.clean) return altered();
  const std::span<const std::uint8_t> all = decoded.bytes;
  Source crc(all.last(kCrcSize));
  if (crc.word() != crc_of(parts.prefix, all.first(all.size() - kCrcSize))) return altered();
  return Bytes(decoded.bytes.begin() + static_cast<std::ptrdiff_t>(begin),
               decoded.bytes.end() - static_cast<std::ptrdiff_t>(kCrcSize));
}

bool read_deviations(Source& source, std::uint32_t count, Token& token) {
  constexpr std::size_t kLeastDeviation = 2;
  if (count > source.left() / kLeastDeviation) return false;
  token.deviations.reserve(count);
  std::uint64_t index = 0;
  for (std::uint32_t i = 0; i < count; ++i) {
    const std::uint64_t first = source.varint();
    std::uint64_t value = (first & 3) + 1;
    if (value == 4) value += source.varint32();
    index += first >> 2;
    const std::uint8_t check = source.byte();
    if (!source.ok() || index >= token.tape_length || value > 0xffff) return false;
    token.deviations.push_back(
        {static_cast<std::uint32_t>(index), static_cast<std::uint16_t>(value), check});
    ++index;
  }
  return true;
}

// By their codes, for ever: new ones come at the end.
constexpr std::array kStrategies = {
    StrategyKind::kRandom,  StrategyKind::kPct,     StrategyKind::kPos,
    StrategyKind::kUniform, StrategyKind::kFairPct, StrategyKind::kRoundRobin,
    StrategyKind::kDfs,     StrategyKind::kDpor,    StrategyKind::kStates};
// The bases of an origin's first number: all origins that have no bound take one byte for it.
constexpr unsigned kCodes = 12;
constexpr unsigned kSeeds = 5;  // the last one: the seed follows
static_assert(kStrategies.size() <= kCodes && kCodes * 2 * kSeeds < 0x80);

void put_origin(Bytes& bytes, const Origin& origin) {
  const auto* const at = std::find(kStrategies.begin(), kStrategies.end(), origin.strategy);
  MPG_CHECK(at != kStrategies.end(), "a strategy without a code");
  const std::uint64_t seed = std::min<std::uint64_t>(origin.seed, kSeeds - 1);
  const unsigned code = static_cast<unsigned>(at - kStrategies.begin());
  put_varint(bytes, 1 + code +
                        kCodes * (std::uint64_t{origin.shrunk} +
                                  2 * (seed + kSeeds * std::uint64_t{origin.bound.has_value()})));
  if (seed == kSeeds - 1) put_varint(bytes, origin.seed - seed);
  if (origin.bound) put_varint(bytes, *origin.bound);
  put_varint(bytes, origin.run);
}

bool read_origin(Source& source, Token& token) {
  if (source.left() == 0) return true;
  std::uint64_t number = source.varint();
  if (number == 0) return source.ok();
  const std::uint64_t code = --number % kCodes;
  number /= kCodes;
  Origin origin;
  origin.shrunk = number % 2 == 1;
  number /= 2;
  origin.seed = number % kSeeds;
  number /= kSeeds;
  if (number > 1) return false;
  if (origin.seed == kSeeds - 1) origin.seed += source.varint();
  if (number == 1) origin.bound = source.varint32();
  origin.run = source.varint();
  // One that this mpglab does not have: the schedule is as good as any.
  if (code >= kStrategies.size()) return source.ok();
  origin.strategy = kStrategies[code];
  token.origin = origin;
  return source.ok();
}

// They are what is left.
bool read_settings(Source& source, Token& token) {
  while (source.ok() && source.left() > 0) {
    const std::uint32_t number = source.varint32();
    token.settings.push_back({number, source.varint32()});
  }
  return source.ok();
}

}  // namespace

std::string_view token_error_name(TokenError::Code code) {
  using Code = TokenError::Code;
  switch (code) {
    case Code::kNotAToken:
      return "not-a-token";
    case Code::kOtherVersion:
      return "other-version";
    case Code::kCut:
      return "cut";
    case Code::kAltered:
      return "altered";
    case Code::kOtherRelease:
      return "other-release";
    case Code::kOtherScenario:
      return "other-scenario";
    case Code::kUnknownFault:
      return "unknown-fault";
  }
  return "?";
}

void TapeHash::add(const interleave::Choice& choice) {
  hash_.add(static_cast<std::uint64_t>(choice.kind) << 32 |
            static_cast<std::uint64_t>(choice.bound) << 16 | choice.value);
}

sim::Program as_the_token_has_it(sim::Program program, const Token& token) {
  constexpr unsigned kSwitches = 3;
  for (unsigned changed = 0; changed < 1U << kSwitches; ++changed) {
    sim::Program other = program;
    other.bodies_only ^= (changed & 1) != 0;
    other.scheduling_at_once ^= (changed & 2) != 0;
    other.idle_ms_alike ^= (changed & 4) != 0;
    if (program_hash(other) == token.program_hash) return other;
  }
  return program;
}

std::uint32_t program_hash(const sim::Program& program) {
  Hash hash;
  hash.add(std::uint64_t{program.gomaxprocs});
  hash.add(std::uint64_t{program.trace_whole_run});
  // Not if it is false, so that tokens from before there was this are as good as ever.
  if (program.bodies_only) hash.add(std::uint64_t{program.bodies_only});
  constexpr std::uint64_t kAtOnce = 2;
  if (program.scheduling_at_once) hash.add(kAtOnce);
  constexpr std::uint64_t kAlike = 3;
  if (program.idle_ms_alike) hash.add(kAlike);
  hash.add(std::uint64_t{program.channels.size()});
  for (const sim::Channel& channel : program.channels) hash.add(std::uint64_t{channel.capacity});
  hash.add(std::uint64_t{program.bodies.size()});
  for (const sim::GoroutineBody& body : program.bodies) {
    // Names and lines are in the stacks of the trace.
    hash.add(body.name);
    hash.add(std::uint64_t{body.ops.size()});
    for (const sim::Op& op : body.ops) {
      hash.add(static_cast<std::uint64_t>(op.kind) << 32 | op.argument);
      hash.add(std::uint64_t{op.count} << 32 | op.line);
    }
  }
  return hash.value();
}

Token make_token(const sim::Program& program, FaultSet faults, const interleave::Tape& tape) {
  Token token;
  token.scenario = token_name(program.name);
  token.faults = faults;
  token.program_hash = program_hash(program);
  for (std::uint32_t i = 0; i < program.settings.size(); ++i)
    if (program.settings[i].changed) token.settings.push_back({i, program.settings[i].value});
  token.tape_length = static_cast<std::uint32_t>(tape.size());
  TapeHash hash;
  for (std::uint32_t i = 0; i < tape.size(); ++i) {
    hash.add(tape[i]);
    if (tape[i].value != 0) token.deviations.push_back({i, tape[i].value, hash.check()});
  }
  token.tape_hash = hash.value();
  return token;
}

std::string to_text(const Token& token) {
  Bytes body;
  put_varint(body, token.model);
  put_varint(body, token.go_minor);
  put_varint(body, token.faults.bits());
  put_varint(body, token.tape_length);
  put_varint(body, token.deviations.size());
  put_word(body, token.program_hash);
  put_word(body, token.tape_hash);
  std::uint32_t next = 0;
  for (const Deviation& deviation : token.deviations) {
    const unsigned small = std::min<unsigned>(deviation.value - 1U, 3);
    put_varint(body, std::uint64_t{deviation.index - next} << 2 | small);
    if (small == 3) put_varint(body, deviation.value - 4U);
    body.push_back(deviation.check);
    next = deviation.index + 1;
  }
  if (token.origin) {
    put_origin(body, *token.origin);
  } else if (!token.settings.empty()) {
    body.push_back(0);
  }
  for (const TokenSetting& setting : token.settings) {
    put_varint(body, setting.number);
    put_varint(body, setting.value);
  }
  const std::string prefix = fmt::format("m{}.{}.", kFormatVersion, token.scenario);
  Bytes payload;
  put_varint(payload, body.size() + kCrcSize);
  payload.insert(payload.end(), body.begin(), body.end());
  put_word(payload, crc_of(prefix, payload));
  return prefix + to_base32(payload);
}

Result<Token, TokenError> token_from_text(std::string_view text) {
  const auto parts = split(text);
  if (!parts) return failure(parts.error());
  const auto body = open_payload(*parts);
  if (!body) return failure(body.error());
  Source source(*body);
  Token token;
  token.scenario = parts->name;
  token.model = source.varint32();
  token.go_minor = source.varint32();
  if (source.ok() && token.go_minor != kGoMinor) {
    return error(
        TokenError::Code::kOtherRelease,
        fmt::format("the token is of Go 1.{}; this mpglab has Go 1.{}", token.go_minor, kGoMinor));
  }
  token.faults = FaultSet::from_bits(source.varint());
  token.tape_length = source.varint32();
  const std::uint32_t count = source.varint32();
  token.program_hash = source.word();
  token.tape_hash = source.word();
  const bool has_origin = parts->version != kVersionWithoutOrigins;
  if (!source.ok() || !read_deviations(source, count, token) ||
      (has_origin && !read_origin(source, token)) || !read_settings(source, token))
    return altered();
  if (!token.faults.known()) {
    return error(TokenError::Code::kUnknownFault,
                 "the token has a fault switched on that this mpglab does not know");
  }
  return token;
}

Result<void, TokenError> check_fits(const Token& token, const sim::Program& program) {
  using Code = TokenError::Code;
  if (token.scenario != token_name(program.name)) {
    return error(Code::kOtherScenario, fmt::format("the token is of scenario '{}', not of '{}'",
                                                   token.scenario, program.name));
  }
  if (token.program_hash != program_hash(program)) {
    return error(
        Code::kOtherScenario,
        fmt::format("the token is of another text of scenario '{}': it has been edited, or "
                    "--set gives it other settings",
                    token.scenario));
  }
  return {};
}

}  // namespace mpglab::explore
