// What Clang's instrumentation calls: before every load and store
// (-fsanitize-coverage=trace-loads,trace-stores), and where UBSan's checks of bounds, alignment and
// index arithmetic fail (-fsanitize=…). Their names and the layout of what they are given are
// Clang's.

#include "machine.h"
#include "symbols.h"

namespace {

struct SourceLocation {
  const char* file;
  uint32_t line, column;
};

struct TypeDescriptor {
  uint16_t kind, info;
  char name[1];  // in quotes, and longer than this
};

struct OutOfBounds {
  SourceLocation location;
  const TypeDescriptor *array, *index;
};

struct TypeMismatch {
  SourceLocation location;
  const TypeDescriptor* type;
  unsigned char log_alignment, check;
};

struct Overflow {
  SourceLocation location;
  const TypeDescriptor* type;
};

struct Shift {
  SourceLocation location;
  const TypeDescriptor *left, *right;
};

// Reports what stands at a place of the source, and ends the launch unless that is with
// cudaSuccess. In the host's own code nothing is said: it is no kernel.
void found(emulator::Kind kind, const SourceLocation& location, const char* what,
           const std::string& message, cudaError_t ends_with) {
  using namespace emulator;
  const Thread* self = machine.current;
  if (self == nullptr) return;
  const uintptr_t place = reinterpret_cast<uintptr_t>(&location);
  if (!reported(kind, place, 0)) {
    Access access = describe(*self, 0, what);
    const std::string file = location.file;
    access.file = file.substr(file.rfind('/') + 1);
    access.line = static_cast<int>(location.line);
    access.function = function_name(machine.kernel);
    report(kind, "", message, place, 0, access);
  }
  if (ends_with != cudaSuccess) stop_launch(ends_with);
}

void overflow(const Overflow* data, const char* what) {
  found(emulator::Kind::arithmetic, data->location, what,
        std::string("the result does not fit into ") + data->type->name, cudaSuccess);
}

}  // namespace

extern "C" {

#define NANOCHAT_TRACE(bytes)                                         \
  void __sanitizer_cov_load##bytes(void* address) {                   \
    emulator::access(address, bytes, emulator::Mode::read,            \
                     emulator::site_of(__builtin_return_address(0))); \
  }                                                                   \
  void __sanitizer_cov_store##bytes(void* address) {                  \
    emulator::access(address, bytes, emulator::Mode::write,           \
                     emulator::site_of(__builtin_return_address(0))); \
  }
NANOCHAT_TRACE(1)
NANOCHAT_TRACE(2)
NANOCHAT_TRACE(4)
NANOCHAT_TRACE(8)
NANOCHAT_TRACE(16)
#undef NANOCHAT_TRACE

void __ubsan_handle_out_of_bounds(OutOfBounds* data, uintptr_t index) {
  found(emulator::Kind::out_of_bounds, data->location, "index",
        "index " + std::to_string(static_cast<int64_t>(index)) + " is outside of " +
            data->array->name,
        cudaErrorIllegalAddress);
}

void __ubsan_handle_type_mismatch_v1(TypeMismatch* data, uintptr_t address) {
  const unsigned alignment = 1u << data->log_alignment;
  if (address == 0) return;  // the access itself says so
  found(emulator::Kind::misaligned, data->location, "access",
        "the address is " + std::to_string(address % alignment) + " bytes beyond a multiple of " +
            std::to_string(alignment) + ", which " + data->type->name + " needs",
        cudaErrorMisalignedAddress);
}

void __ubsan_handle_add_overflow(Overflow* data, uintptr_t, uintptr_t) {
  overflow(data, "addition");
}
void __ubsan_handle_sub_overflow(Overflow* data, uintptr_t, uintptr_t) {
  overflow(data, "subtraction");
}
void __ubsan_handle_mul_overflow(Overflow* data, uintptr_t, uintptr_t) {
  overflow(data, "multiplication");
}
void __ubsan_handle_negate_overflow(Overflow* data, uintptr_t) {
  overflow(data, "negation");
}
void __ubsan_handle_divrem_overflow(Overflow* data, uintptr_t, uintptr_t) {
  found(emulator::Kind::arithmetic, data->location, "division",
        "division by zero, or a quotient that does not fit", cudaErrorLaunchFailure);
}
void __ubsan_handle_shift_out_of_bounds(Shift* data, uintptr_t, uintptr_t) {
  found(emulator::Kind::arithmetic, data->location, "shift",
        std::string("a shift by more than ") + data->left->name + " has bits", cudaSuccess);
}
}
