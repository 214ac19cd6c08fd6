#include "explore/cut_program.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "base/check.h"

namespace mpglab::explore {

namespace {

using sim::Op;
using sim::OpKind;
using sim::Program;
using Ops = std::vector<Op>;

Ops::iterator at(Ops& ops, std::size_t index) {
  return ops.begin() + static_cast<std::ptrdiff_t>(index);
}

bool names_channel(const Op& op) {
  return op.kind == OpKind::kSend || op.kind == OpKind::kRecv;
}

// The end that closes the repeat at `open`. REQUIRES: repeats nest.
std::size_t end_of_repeat(const Ops& ops, std::size_t open) {
  std::size_t depth = 0;
  for (std::size_t i = open; i < ops.size(); ++i) {
    if (ops[i].kind == OpKind::kRepeat) ++depth;
    if (ops[i].kind == OpKind::kEnd && --depth == 0) return i;
  }
  MPG_CHECK(false, "a repeat without an end");
  return ops.size();
}

void remove_empty_repeats(Ops& ops) {
  for (std::size_t i = 0; i + 1 < ops.size();) {
    if (ops[i].kind != OpKind::kRepeat || ops[i + 1].kind != OpKind::kEnd) {
      ++i;
      continue;
    }
    ops.erase(at(ops, i), at(ops, i + 2));
    if (i > 0) --i;  // what is around it may be empty now
  }
}

// An end knows the place of its repeat.
void join_ends(Ops& ops) {
  std::vector<std::uint32_t> open;
  for (std::size_t i = 0; i < ops.size(); ++i) {
    if (ops[i].kind == OpKind::kRepeat) open.push_back(static_cast<std::uint32_t>(i));
    if (ops[i].kind != OpKind::kEnd) continue;
    ops[i].argument = open.back();
    open.pop_back();
  }
}

// By body: does main start it, or somebody whom main starts?
std::vector<bool> started(const Program& program) {
  std::vector<bool> reached(program.bodies.size(), false);
  reached[0] = true;
  std::vector<std::size_t> left = {0};
  while (!left.empty()) {
    const std::size_t body = left.back();
    left.pop_back();
    for (const Op& op : program.bodies[body].ops) {
      if (op.kind != OpKind::kGo || reached[op.argument]) continue;
      reached[op.argument] = true;
      left.push_back(op.argument);
    }
  }
  return reached;
}

// Takes out the entries that are not kept. The new number of each that is.
template <class T>
std::vector<std::uint32_t> keep_only(std::vector<T>& all, const std::vector<bool>& kept) {
  std::vector<std::uint32_t> numbers(all.size(), 0);
  std::vector<T> rest;
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (!kept[i]) continue;
    numbers[i] = static_cast<std::uint32_t>(rest.size());
    rest.push_back(std::move(all[i]));
  }
  all = std::move(rest);
  return numbers;
}

// Makes the operations of bodies a program again after some have been taken out.
Program tidied(Program program) {
  for (sim::GoroutineBody& body : program.bodies) remove_empty_repeats(body.ops);
  const std::vector<std::uint32_t> bodies = keep_only(program.bodies, started(program));
  std::vector<bool> named(program.channels.size(), false);
  for (const sim::GoroutineBody& body : program.bodies)
    for (const Op& op : body.ops)
      if (names_channel(op)) named[op.argument] = true;
  const std::vector<std::uint32_t> channels = keep_only(program.channels, named);
  for (sim::GoroutineBody& body : program.bodies) {
    for (Op& op : body.ops) {
      if (op.kind == OpKind::kGo) op.argument = bodies[op.argument];
      if (names_channel(op)) op.argument = channels[op.argument];
    }
    join_ends(body.ops);
  }
  program.trace_whole_run =
      std::none_of(program.bodies.begin(), program.bodies.end(), [](const auto& body) {
        return std::any_of(body.ops.begin(), body.ops.end(),
                           [](const Op& op) { return op.kind == OpKind::kTraceStart; });
      });
  return program;
}

void add_groups(const Ops& ops, OpRange inside, std::vector<std::vector<OpRange>>& groups) {
  const std::size_t mine = groups.size();
  groups.emplace_back();
  for (std::size_t i = inside.begin; i < inside.end;) {
    const bool repeat = ops[i].kind == OpKind::kRepeat;
    const std::size_t next = repeat ? end_of_repeat(ops, i) + 1 : i + 1;
    groups[mine].push_back({i, next});
    if (repeat) add_groups(ops, {i + 1, next - 1}, groups);
    i = next;
  }
}

}  // namespace

std::vector<std::vector<OpRange>> groups_of(const sim::GoroutineBody& body) {
  std::vector<std::vector<OpRange>> groups;
  add_groups(body.ops, {0, body.ops.size()}, groups);
  return groups;
}

Program without_body(const Program& program, std::size_t body) {
  MPG_CHECK(body != 0, "a program without a main");
  Program rest = program;
  for (sim::GoroutineBody& starter : rest.bodies)
    std::erase_if(starter.ops,
                  [&](const Op& op) { return op.kind == OpKind::kGo && op.argument == body; });
  return tidied(std::move(rest));
}

Program without_ops(const Program& program, std::size_t body, OpRange left_out) {
  Program rest = program;
  Ops& ops = rest.bodies[body].ops;
  ops.erase(at(ops, left_out.begin), at(ops, left_out.end));
  return tidied(std::move(rest));
}

Program with_count(const Program& program, std::size_t body, std::size_t op, std::uint32_t count) {
  Program changed = program;
  Ops& ops = changed.bodies[body].ops;
  const Op wanted = ops[op];
  if (wanted.kind == OpKind::kGo) {
    for (sim::GoroutineBody& starter : changed.bodies)
      for (Op& other : starter.ops)
        if (other.kind == OpKind::kGo && other.argument == wanted.argument) other.count = count;
    return changed;
  }
  if (wanted.kind == OpKind::kRepeat && count == 1) {
    ops.erase(at(ops, end_of_repeat(ops, op)));
    ops.erase(at(ops, op));
    return tidied(std::move(changed));
  }
  ops[op].count = count;
  return changed;
}

Program unrolled(const Program& program, std::size_t body, std::size_t op) {
  Program changed = program;
  Ops& ops = changed.bodies[body].ops;
  const std::size_t end = end_of_repeat(ops, op);
  const Ops turn(at(ops, op + 1), at(ops, end));
  const std::uint32_t count = ops[op].count;
  ops.erase(at(ops, op), at(ops, end + 1));
  for (std::uint32_t i = 0; i < count; ++i) ops.insert(at(ops, op), turn.begin(), turn.end());
  return tidied(std::move(changed));
}

Program with_procs(const Program& program, std::uint32_t procs) {
  Program changed = program;
  changed.gomaxprocs = procs;
  return changed;
}

}  // namespace mpglab::explore
