// Data parallelism over c10d's Gloo. Contracts are in the header.
//
// Tensors travel in buckets: all of one dtype laid end to end, so that a model of a hundred
// matrices costs one round trip and not a hundred. c10d's header needs Gloo's own headers, which
// LibTorch does not bring along; without them this file compiles to a build that knows one rank.

#include "nanochat/distributed.h"

#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <csignal>
#include <cstdlib>
#include <map>
#include <optional>

#include "nanochat/common.h"

#if __has_include(<gloo/algorithm.h>) && __has_include(<torch/csrc/distributed/c10d/TCPStore.hpp>)
#define USE_C10D_GLOO
#include <c10/util/Logging.h>

#include <torch/csrc/distributed/c10d/PrefixStore.hpp>
#include <torch/csrc/distributed/c10d/ProcessGroupGloo.hpp>
#include <torch/csrc/distributed/c10d/TCPStore.hpp>
#endif

namespace nanochat {

namespace {

std::optional<std::string> variable(const char* name) {
  const char* value = std::getenv(name);
  if (value == nullptr) return std::nullopt;
  return value;
}

// A whole number in [least, most] from the environment.
int64_t number(const std::string& name, int64_t least, int64_t most) {
  const std::optional<std::string> text = variable(name.c_str());
  if (!text) {
    throw UsageError("the environment says that this is one of several ranks, but not " + name +
                     ": start it with torchrun, or unset RANK, WORLD_SIZE and LOCAL_RANK");
  }
  int64_t value = 0;
  const char* end = text->data() + text->size();
  const auto [stop, error] = std::from_chars(text->data(), end, value);
  if (error != std::errc() || stop != end || value < least || value > most) {
    throw UsageError("the environment variable " + name + " must be a whole number from " +
                     std::to_string(least) + " to " + std::to_string(most) + ", not '" + *text +
                     "'");
  }
  return value;
}

}  // namespace

DistributedOptions distributed_options_from_environment() {
  DistributedOptions options;
  if (!variable("RANK") && !variable("WORLD_SIZE") && !variable("LOCAL_RANK")) return options;
  options.world_size = number("WORLD_SIZE", 1, 1 << 16);
  options.rank = number("RANK", 0, options.world_size - 1);
  options.local_rank = number("LOCAL_RANK", 0, options.world_size - 1);
  if (options.world_size == 1) return options;
  options.master_port = number("MASTER_PORT", 1, 65535);
  options.master_addr = variable("MASTER_ADDR").value_or("");
  if (options.master_addr.empty()) {
    throw UsageError("the environment does not say in MASTER_ADDR where rank 0 is");
  }
  options.host_store = variable("TORCHELASTIC_USE_AGENT_STORE") != "True";
  return options;
}

int64_t grad_accum_steps(int64_t total_batch_size, int64_t B, int64_t T, int64_t world_size) {
  const int64_t tokens = B * T * world_size;  // of one batch on every rank
  if (total_batch_size < tokens || total_batch_size % tokens != 0) {
    throw UsageError("a step of " + std::to_string(total_batch_size) +
                     " tokens is not a multiple of the " + std::to_string(tokens) +
                     " that one batch on every rank has (" + std::to_string(B) + " rows of " +
                     std::to_string(T) + " tokens, " + std::to_string(world_size) + " ranks)");
  }
  return total_batch_size / tokens;
}

#ifdef USE_C10D_GLOO

struct Distributed::Group {
  explicit Group(const DistributedOptions& options);

  // Adds up `bucket` (N) over the ranks, in place.
  void sum_(torch::Tensor bucket);
  // Overwrites `bucket` (N) with that of rank 0.
  void broadcast_(torch::Tensor bucket);
  void barrier();

  DistributedOptions options;
  c10::intrusive_ptr<c10d::ProcessGroupGloo> gloo;
};

namespace {

// Does `work`, and turns what c10d throws, pages with a backtrace, into one sentence.
template <typename Work>
auto in_one_sentence(const DistributedOptions& options, const std::string& what, Work&& work) {
  try {
    return work();
  } catch (const std::exception& error) {
    const auto* of_torch = dynamic_cast<const c10::Error*>(&error);
    std::string reason = of_torch ? of_torch->what_without_backtrace() : error.what();
    reason = reason.substr(0, reason.find('\n'));
    reason = reason.substr(0, reason.find(" This is typically"));
    if (reason.starts_with("[/")) reason.erase(0, reason.find("] ") + 2);  // a place in Gloo
    throw std::runtime_error("rank " + std::to_string(options.rank) + " of " +
                             std::to_string(options.world_size) + " " + what + ": " + reason);
  }
}

// What c10d has to say comes as an exception; it logs pages about the same, with backtraces.
void quieten_c10d() {
  [[maybe_unused]] static const bool once = [] {
    if (!variable("TORCH_CPP_LOG_LEVEL")) FLAGS_caffe2_log_level = c10::GLOG_FATAL;
    return true;
  }();
}

// Who writes to a rank that has died should get an error and not a signal, which would end this
// rank too, without a word.
void ignore_broken_pipes() {
  struct sigaction current = {};
  sigaction(SIGPIPE, nullptr, &current);
  if (current.sa_handler == SIG_DFL) std::signal(SIGPIPE, SIG_IGN);
}

bool is_loopback(const std::string& address) {
  return address == "localhost" || address == "::1" || address.starts_with("127.");
}

c10::intrusive_ptr<c10d::Store> open_store(const DistributedOptions& options) {
  c10d::TCPStoreOptions store;
  store.port = static_cast<uint16_t>(options.master_port);
  store.isServer = options.host_store && options.rank == 0;
  store.timeout = options.rendezvous_timeout;
  // torchrun may give this machine's own name, which need not resolve.
  char name[256] = {};
  gethostname(name, sizeof name - 1);
  const bool here = options.master_addr == name;
  return c10::make_intrusive<c10d::TCPStore>(here ? "127.0.0.1" : options.master_addr, store);
}

// Returns once every rank has been at `store`, each in time after the one before it.
void meet(c10d::Store& store, const DistributedOptions& options) {
  const auto seen = [](int64_t rank) { return "rank " + std::to_string(rank); };
  store.set(seen(options.rank), std::vector<uint8_t>{1});
  for (int64_t rank = 0; rank < options.world_size; ++rank) {
    store.wait({seen(rank)}, options.rendezvous_timeout);
  }
}

c10::intrusive_ptr<c10d::ProcessGroupGloo> connect(const DistributedOptions& options) {
  quieten_c10d();
  ignore_broken_pipes();
  // torchrun keeps one store for several attempts, and for itself.
  const std::string attempt = variable("TORCHELASTIC_RESTART_COUNT").value_or("0");
  const auto store =
      c10::make_intrusive<c10d::PrefixStore>("nanochat/" + attempt, open_store(options));
  meet(*store, options);
  // Before LibTorch 2.9 this limits every call too, whatever the call itself says.
  const auto gloo = c10d::ProcessGroupGloo::Options::create(
      std::max(options.rendezvous_timeout, options.timeout));
  gloo->threads = 2;
  gloo->devices.push_back(is_loopback(options.master_addr)
                              ? c10d::ProcessGroupGloo::createDeviceForHostname("127.0.0.1")
                              : c10d::ProcessGroupGloo::createDefaultDevice());
  return c10::make_intrusive<c10d::ProcessGroupGloo>(store, static_cast<int>(options.rank),
                                                     static_cast<int>(options.world_size), gloo);
}

}  // namespace

Distributed::Group::Group(const DistributedOptions& options) : options(options) {
  const std::string what = "did not meet the others at " + options.master_addr + ":" +
                           std::to_string(options.master_port);
  gloo = in_one_sentence(options, what, [&] { return connect(options); });
}

void Distributed::Group::sum_(torch::Tensor bucket) {
  in_one_sentence(options, "has lost the others", [&] {
    std::vector<torch::Tensor> buckets = {bucket};
    c10d::AllreduceOptions sum;
    sum.reduceOp = c10d::ReduceOp::SUM;
    sum.timeout = options.timeout;
    gloo->allreduce(buckets, sum)->wait(options.timeout);
  });
}

void Distributed::Group::broadcast_(torch::Tensor bucket) {
  in_one_sentence(options, "has lost the others", [&] {
    std::vector<torch::Tensor> buckets = {bucket};
    c10d::BroadcastOptions from_main;
    from_main.rootRank = 0;
    from_main.timeout = options.timeout;
    gloo->broadcast(buckets, from_main)->wait(options.timeout);
  });
}

void Distributed::Group::barrier() {
  in_one_sentence(options, "has lost the others", [&] {
    c10d::BarrierOptions all;
    all.timeout = options.timeout;
    gloo->barrier(all)->wait(options.timeout);
  });
}

#else

struct Distributed::Group {
  explicit Group(const DistributedOptions& options) {
    throw std::runtime_error("this build knows one rank only, not " +
                             std::to_string(options.world_size) +
                             ": install Gloo's headers (Debian's libgloo-dev) and build it again");
  }
  void sum_(const torch::Tensor&) {}
  void broadcast_(const torch::Tensor&) {}
  void barrier() {}
};

#endif

namespace {

// The tensors of each dtype.
std::map<torch::ScalarType, std::vector<torch::Tensor>> by_dtype(
    const std::vector<torch::Tensor>& tensors) {
  std::map<torch::ScalarType, std::vector<torch::Tensor>> groups;
  for (const torch::Tensor& tensor : tensors) groups[tensor.scalar_type()].push_back(tensor);
  return groups;
}

torch::Tensor flatten(const std::vector<torch::Tensor>& tensors) {
  std::vector<torch::Tensor> flat;
  for (const torch::Tensor& tensor : tensors) flat.push_back(tensor.reshape({-1}));
  return torch::cat(flat);
}

// The parts of `bucket` that flatten() made of `tensors`, in their shapes.
std::vector<torch::Tensor> unflatten(const torch::Tensor& bucket,
                                     const std::vector<torch::Tensor>& tensors) {
  std::vector<torch::Tensor> parts;
  int64_t start = 0;
  for (const torch::Tensor& tensor : tensors) {
    parts.push_back(bucket.slice(0, start, start + tensor.numel()).view(tensor.sizes()));
    start += tensor.numel();
  }
  return parts;
}

}  // namespace

Distributed::Distributed(const DistributedOptions& options) : options_(options) {
  TORCH_CHECK(options.rank >= 0 && options.rank < options.world_size, "there is no rank ",
              options.rank, " of ", options.world_size);
  if (options.world_size > 1) group_ = std::make_unique<Group>(options);
}

Distributed::~Distributed() = default;
Distributed::Distributed(Distributed&&) noexcept = default;
Distributed& Distributed::operator=(Distributed&&) noexcept = default;

Distributed Distributed::from_environment() {
  return Distributed(distributed_options_from_environment());
}

void Distributed::average_gradients(const std::vector<torch::Tensor>& params) {
  if (!group_) return;
  torch::NoGradGuard no_grad;
  for (auto& [dtype, group] : by_dtype(params)) {
    // Behind the gradients, how many ranks have each.
    std::vector<torch::Tensor> sent;
    std::vector<double> has_grad;
    for (const torch::Tensor& param : group) {
      const bool has = param.grad().defined();
      sent.push_back(has ? param.grad() : torch::zeros_like(param));
      has_grad.push_back(has ? 1.0 : 0.0);
    }
    sent.push_back(torch::tensor(has_grad, group[0].options().requires_grad(false)));
    const torch::Tensor bucket = flatten(sent);
    group_->sum_(bucket);

    const std::vector<torch::Tensor> sums = unflatten(bucket, sent);
    const torch::Tensor ranks_with = sums.back();
    for (size_t i = 0; i < group.size(); ++i) {
      if (ranks_with[static_cast<int64_t>(i)].item<double>() == 0.0) continue;
      group[i].mutable_grad() = sums[i].div(static_cast<double>(world_size()));
    }
  }
}

void Distributed::broadcast(const std::vector<torch::Tensor>& tensors) {
  if (!group_) return;
  torch::NoGradGuard no_grad;
  for (auto& [dtype, group] : by_dtype(tensors)) {
    const torch::Tensor bucket = flatten(group);
    group_->broadcast_(bucket);
    const std::vector<torch::Tensor> parts = unflatten(bucket, group);
    for (size_t i = 0; i < group.size(); ++i) group[i].copy_(parts[i]);
  }
}

double Distributed::all_reduce_sum(double value) {
  if (!group_) return value;
  const torch::Tensor sum = torch::tensor({value}, torch::kFloat64);
  group_->sum_(sum);
  return sum.item<double>();
}

double Distributed::all_reduce_mean(double value) {
  return all_reduce_sum(value) / static_cast<double>(world_size());
}

void Distributed::barrier() {
  if (group_) group_->barrier();
}

}  // namespace nanochat
