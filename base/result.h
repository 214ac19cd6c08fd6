// Result<T, E>: a value or the error that took its place. Errors are values all over mpglab;
// nothing of ours throws.
#pragma once

#include <utility>

#include <tl/expected.hpp>

namespace mpglab {

template <class T, class E>
using Result = tl::expected<T, E>;

template <class E>
auto failure(E&& error) {
  return tl::make_unexpected(std::forward<E>(error));
}

}  // namespace mpglab
