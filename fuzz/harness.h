// A harness: what is done with an input of a fuzzer, and what must hold whatever the input is.
//
// Each harness is one file that defines LLVMFuzzerTestOneInput, so that libFuzzer can drive it
// (preset fuzz) and so can run_corpus.cc, in every other build. What does not hold aborts.
#pragma once

#include <cstddef>
#include <cstdint>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);
