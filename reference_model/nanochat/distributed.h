// Data parallelism: several processes train one model, each on batches of its own.
//
// Every process, a rank, holds the whole model. After the backward pass the ranks average their
// gradients; from equal weights and equal gradients all of them take the same step, so nothing else
// has to be exchanged, and N ranks with B rows each do what one rank does with N * B rows. A
// launcher (torchrun) starts the processes and tells each who it is in its environment. They talk
// by c10d's Gloo backend, over TCP.
//
// Every call below except the questions (rank() and so on) is one that all ranks must make, in the
// same order; with one rank it does nothing. If a rank dies or does not come in time, the others
// get a std::runtime_error with one sentence, "rank 0 of 2 …", and their group is of no further use.

#pragma once

#include <torch/types.h>

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace nanochat {

struct DistributedOptions {
  int64_t rank = 0;
  int64_t world_size = 1;
  int64_t local_rank = 0;  // among the ranks on this machine
  std::string master_addr = "127.0.0.1";
  int64_t master_port = 29500;
  // Whether rank 0 opens the meeting place at master_addr, or a launcher has opened it already.
  bool host_store = true;
  std::chrono::milliseconds rendezvous_timeout = std::chrono::seconds(60);
  // Longer, because it includes how far one rank's work may be ahead of another's.
  std::chrono::milliseconds timeout = std::chrono::minutes(10);
};

// What torchrun's variables RANK, WORLD_SIZE, LOCAL_RANK, MASTER_ADDR and MASTER_PORT say; one rank
// if none of the first three is set. Throws UsageError, naming the variable, if one of them is
// missing or makes no sense.
DistributedOptions distributed_options_from_environment();

class Distributed {
 public:
  // Meets the other ranks, and waits for them. Objects are independent of each other: several
  // threads can be the ranks of one process, which ignores SIGPIPE from here on if nothing handles
  // it. Throws std::runtime_error, with one sentence, if the ranks do not find each other in time
  // or this build cannot talk to any.
  explicit Distributed(const DistributedOptions& options = {});
  ~Distributed();
  Distributed(Distributed&&) noexcept;
  Distributed& operator=(Distributed&&) noexcept;

  static Distributed from_environment();

  int64_t rank() const { return options_.rank; }
  int64_t local_rank() const { return options_.local_rank; }
  int64_t world_size() const { return options_.world_size; }
  bool is_main() const { return options_.rank == 0; }  // the one that prints and saves

  // Replaces each gradient by its mean over the ranks. A gradient that is missing on some ranks
  // counts there as zeros; one that is missing on all of them stays missing. Afterwards all ranks
  // have the same gradients to the last bit.
  void average_gradients(const std::vector<torch::Tensor>& params);

  // Overwrites these tensors with those of rank 0.
  void broadcast(const std::vector<torch::Tensor>& tensors);

  double all_reduce_sum(double value);
  double all_reduce_mean(double value);

  // Returns when all ranks have called it.
  void barrier();

 private:
  struct Group;

  DistributedOptions options_;
  std::unique_ptr<Group> group_;  // none with one rank
};

// How many batches of B rows of T tokens a rank goes through for one step of all ranks together on
// total_batch_size tokens. Throws UsageError unless that is a whole number of them.
int64_t grad_accum_steps(int64_t total_batch_size, int64_t B, int64_t T, int64_t world_size);

}  // namespace nanochat
