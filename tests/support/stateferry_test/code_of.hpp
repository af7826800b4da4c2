// What a call came to, as tests compare it.
#pragma once

#include <string>

#include "stateferry/diag/error.hpp"

namespace stateferry::test {

/// The code of the Error that `call` throws; `ok` when it throws nothing.
template <class F>
std::string code_of(F&& call) {
  try {
    call();
    return "ok";
  } catch (const Error& error) {
    return error.code();
  }
}

/// What `call` throws; empty when it throws nothing.
template <class F>
Diagnostic thrown_by(F&& call) {
  try {
    call();
  } catch (const Error& error) {
    return error.diagnostic();
  }
  return {};
}

}  // namespace stateferry::test
