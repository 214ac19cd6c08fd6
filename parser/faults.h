// Faults of the reader that can be switched on: those that Go's own reader once had. Off by
// default. Each sits where Go had it.
#pragma once

namespace mpglab::parser {

struct ReaderFaults {
  // ProcSteal from oneself: the thread's P is cleared in its record, which the handler's unchanged
  // context then overwrites, so the thread seems to have its P still (before Go b6b72c775a).
  bool self_steal_update_order = false;
  // A thread that goes back to C keeps its P in the reader's eyes, so that another thread which is
  // given the same id seems to have two (before Go aae7734658).
  bool thread_id_reuse = false;
  // The same, and a callback from C may begin on a thread that has a P, as if it had never lost it
  // (between Go aae7734658 and 6d7b3c8cd1).
  bool create_syscall_with_proc = false;
  // The sequence number of GoSyscallBegin is not used, so a steal may be taken for one from an
  // earlier syscall on the same P (before Go c06beb9eff).
  bool syscall_steal_ambiguity = false;
  // The batches of a thread have to begin at ascending times (before Go e8298c09b1).
  bool batch_order_by_time = false;
  // A broken first batch of the next generation takes the whole one before it along (before Go
  // 4513f1a1c1).
  bool broken_spilled_batch = false;
  // The last sync is not delivered when the next generation is broken (before Go 85f8e240fe).
  bool final_sync_missing = false;
  // Events of different threads with equal times come out in another order at every read: by a
  // seed here, by a map's iteration there (before Go 1c4acea03d).
  bool nondeterministic_tie_order = false;
  // Nobody asks whether a resource that is used in a generation has been introduced in it: Go's
  // reader is so to this day, and so is ours. Here the fault takes the question away from where it
  // is asked, the judgement of each generation on its own.
  bool late_generation_leniency = false;
  // A ProcStart that has to wait leaves its P in the thread's record all the same (latent until Go
  // 7348773640).
  bool mstate_written_without_advance = false;

  friend bool operator==(const ReaderFaults&, const ReaderFaults&) = default;
};

}  // namespace mpglab::parser
