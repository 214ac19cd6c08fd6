// CallStack: which runtime functions a goroutine or a scheduler stack is in, for people.
#pragma once

#include <array>
#include <cstddef>
#include <string_view>

namespace mpglab::sim {

class CallStack {
 public:
  void push(const char* function) {
    if (depth_ < names_.size()) names_[depth_] = function;
    ++depth_;
  }
  void pop() { --depth_; }
  void clear() { depth_ = 0; }
  std::string_view innermost() const {
    if (depth_ == 0) return {};
    return names_[depth_ <= names_.size() ? depth_ - 1 : names_.size() - 1];
  }

 private:
  std::array<const char*, 24> names_{};
  std::size_t depth_ = 0;
};

// A function of the runtime is being run, on the stack that was current when it was entered.
class InFunction {
 public:
  InFunction(CallStack& stack, const char* name) : stack_(stack) { stack_.push(name); }
  ~InFunction() { stack_.pop(); }
  InFunction(const InFunction&) = delete;
  InFunction& operator=(const InFunction&) = delete;

 private:
  CallStack& stack_;
};

}  // namespace mpglab::sim
