// The memory gauge against sizes known in advance, and what it shows of graphs that are kept.

#include "nanochat/memory.h"

#include <ATen/ops/_lazy_clone.h>
#include <sys/mman.h>

#include <cstring>
#include <thread>

#include "gpt_oracle.h"
#include "probe.h"

using nanochat::memory_use;
using nanochat::reset_peak_memory;

namespace {

int64_t live() {
  return memory_use().tensor_bytes;
}

}  // namespace

TEST_CASE("memory.live", "[memory]") {
  const int64_t before = live();
  {
    const torch::Tensor a = torch::empty({7, 11}, torch::kFloat32);
    CHECK(live() - before == 7 * 11 * 4);
    const torch::Tensor b = torch::zeros({3, 5, 2}, torch::kFloat64);
    CHECK(live() - before == 308 + 240);
    const torch::Tensor view = a.t().slice(0, 2, 9), same = b;  // they share
    CHECK(live() - before == 308 + 240);
    const torch::Tensor copy = view.clone();  // (7, 7)
    CHECK(live() - before == 308 + 240 + 196);
  }
  CHECK(live() == before);
}

TEST_CASE("memory.empty", "[memory]") {
  const int64_t before = live();
  const torch::Tensor nothing = torch::empty({0, 4});
  float borrowed[8] = {};
  const torch::Tensor blob = torch::from_blob(borrowed, {8});
  CHECK(live() == before);
  CHECK(nothing.sum().item<float>() == 0.0f);
}

TEST_CASE("memory.alignment", "[memory]") {
  // As LibTorch's own memory: vectors of 64 bytes can be loaded from it.
  for (const int64_t n : {1, 3, 64, 1000, 100000}) {
    const torch::Tensor x = torch::empty({n}, torch::kUInt8);
    CHECK(reinterpret_cast<uintptr_t>(x.data_ptr()) % 64 == 0);
    std::memset(x.data_ptr(), 0xab, static_cast<size_t>(n));  // all of it is the tensor's
    CHECK(x.eq(0xab).all().item<bool>());
  }
}

TEST_CASE("memory.copy_on_write", "[memory]") {
  // LibTorch's copies that may be made only when one side is written to: counted once they are made.
  const torch::Tensor x = torch::arange(100, torch::kFloat64);
  const int64_t before = live();
  torch::Tensor y = at::_lazy_clone(x);
  y.mul_(2.0);
  CHECK(live() - before == 800);
  CHECK_THAT(y, probe::same_as(torch::arange(0, 200, 2, torch::kFloat64)));
  CHECK_THAT(x, probe::same_as(torch::arange(100, torch::kFloat64)));
}

TEST_CASE("memory.peak", "[memory]") {
  reset_peak_memory();
  const int64_t before = live();
  CHECK(memory_use().peak_tensor_bytes == before);
  {
    const torch::Tensor a = torch::empty({1000}, torch::kUInt8);
    CHECK(memory_use().peak_tensor_bytes - before == 1000);
    {
      const torch::Tensor b = torch::empty({5000}, torch::kUInt8);
    }
    CHECK(memory_use().peak_tensor_bytes - before == 6000);
    const torch::Tensor c = torch::empty({100}, torch::kUInt8);
    CHECK(memory_use().peak_tensor_bytes - before == 6000);
    reset_peak_memory();
    CHECK(memory_use().peak_tensor_bytes - before == 1100);
  }
  CHECK(memory_use().peak_tensor_bytes - before == 1100);
}

TEST_CASE("memory.resize", "[memory]") {
  const int64_t before = live();
  torch::Tensor x = torch::arange(10, torch::kInt64);
  x.resize_({1000});
  CHECK(live() - before == 8000);
  for (int64_t i = 0; i < 10; ++i) CHECK(x[i].item<int64_t>() == i);
  x.reset();
  CHECK(live() == before);
}

TEST_CASE("memory.threads", "[memory]") {
  // Made on one thread and freed on another.
  const int64_t before = live();
  std::vector<torch::Tensor> made(4);
  std::vector<std::thread> threads;
  for (size_t i = 0; i < made.size(); ++i) {
    threads.emplace_back([&made, i] {
      for (int64_t n = 1; n <= 200; ++n) made[i] = torch::empty({n}, torch::kInt64);
    });
  }
  for (std::thread& thread : threads) thread.join();
  CHECK(live() - before == 4 * 200 * 8);
  std::thread([&made] { made.clear(); }).join();
  CHECK(live() == before);
}

TEST_CASE("memory.graph", "[memory]") {
  // A loss keeps all that its gradient needs; its value alone keeps nothing.
  nanochat::GPT model = oracle::make_gpt(oracle::configs()[0]);
  const torch::Tensor idx = oracle::token_ids(3, 8, 29);
  model->loss(idx, idx);  // a model may keep what every pass needs, a mask, say
  const int64_t before = live();
  const int64_t logits = 3 * 8 * 29 * 8;
  {
    const torch::Tensor loss = model->loss(idx, idx);
    CHECK(live() - before > logits);
    const double value = loss.item<double>();
    CHECK(std::isfinite(value));
  }
  CHECK(live() == before);
  {
    torch::NoGradGuard no_grad;
    const torch::Tensor loss = model->loss(idx, idx);
    CHECK(live() - before < logits / 4);
  }
}

TEST_CASE("memory.resident", "[memory]") {
  const size_t bytes = size_t{64} << 20;
  const int64_t before = memory_use().resident_bytes;
  CHECK(before > int64_t{10} << 20);  // LibTorch alone
  void* block = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  REQUIRE(block != MAP_FAILED);
  CHECK(memory_use().resident_bytes - before < int64_t{16} << 20);  // reserved is not resident
  std::memset(block, 1, bytes);
  const int64_t touched = memory_use().resident_bytes - before;
  munmap(block, bytes);
  CHECK(touched > int64_t{48} << 20);
  CHECK(touched < int64_t{96} << 20);

  // What is freed is free.
  const int64_t start = memory_use().resident_bytes;
  for (int64_t i = 0; i < 24; ++i) torch::ones({int64_t{8} << 20}, torch::kUInt8);
  CHECK(memory_use().resident_bytes - start < int64_t{48} << 20);
}
