// Channels. Source: Go 1.22 chansend, chanrecv (chan.go at 3d20a327a1).

#include "sim/runtime.h"

namespace mpglab::sim {

namespace {

// chanparkcommit: the lock is given up only when the goroutine is waiting, so whoever finds it in
// the queue can wake it.
bool unlock_channel(Runtime& /*runtime*/, G& /*g*/, void* lock) {
  static_cast<interleave::Mutex*>(lock)->unlock();
  return true;
}

}  // namespace

void Runtime::chansend(Chan& c) {
  const interleave::AtOnce at_once = this->at_once();
  const InFunction here(calls(), "chansend");
  c.lock.lock();
  engine_.saw(c.count);
  if (G* receiver = c.receivers.pop()) {
    engine_.saw(number_of(receiver));
    c.lock.unlock();
    goready(*receiver, tracer::Site::kChanSend);
    return;
  }
  if (c.count < c.capacity) {
    ++c.count;
    c.lock.unlock();
    return;
  }
  c.senders.push(this_g());
  gopark(unlock_channel, &c.lock, WaitReason::kChanSend, tracer::BlockReason::kChanSend,
         tracer::Site::kChanSend);
}

void Runtime::chanrecv(Chan& c) {
  const interleave::AtOnce at_once = this->at_once();
  const InFunction here(calls(), "chanrecv");
  c.lock.lock();
  engine_.saw(c.count);
  if (G* sender = c.senders.pop()) {
    engine_.saw(number_of(sender));
    // With a buffer the receiver takes the oldest element and the sender's goes in: the count
    // stays.
    c.lock.unlock();
    goready(*sender, tracer::Site::kChanRecv);
    return;
  }
  if (c.count > 0) {
    --c.count;
    c.lock.unlock();
    return;
  }
  c.receivers.push(this_g());
  gopark(unlock_channel, &c.lock, WaitReason::kChanReceive, tracer::BlockReason::kChanRecv,
         tracer::Site::kChanRecv);
}

}  // namespace mpglab::sim
