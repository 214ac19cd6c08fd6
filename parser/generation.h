// Generation: the batches of one generation, sorted by what they are.
//
// A generation is read whole: its strings and stacks may come after the events that name them. It
// is used again for the next one; nothing is allocated in steady state.
#pragma once

#include <cstdint>
#include <vector>

#include "format/version.h"
#include "parser/batch.h"
#include "parser/event.h"
#include "parser/faults.h"
#include "parser/id_map.h"
#include "parser/table.h"

namespace mpglab::parser {

struct CpuSample {
  Time time;
  ThreadId thread;
  ProcId proc;
  GoId goroutine;
  std::uint64_t stack;
};

// The batches of one thread, in the order of the input, which is the thread's own order.
struct Stream {
  ThreadId thread;
  std::uint32_t first;
  std::uint32_t last;
};

struct Generation {
  std::uint64_t number = 0;  // 0: none yet
  std::uint64_t min_time = 0;
  Table table;
  std::vector<Batch> batches;   // of events only
  std::vector<Stream> streams;  // by first batch
  IdMap stream_of;
  std::vector<CpuSample> samples;  // by time, when finished

  void clear();
  Table::Status add(const Batch& batch, format::Version version);
  // After the last batch.
  Table::Status finish(format::Version version, const ReaderFaults& faults);

 private:
  Table::Status add_samples(const Batch& batch);
  Table::Status check_batch_times() const;
};

}  // namespace mpglab::parser
