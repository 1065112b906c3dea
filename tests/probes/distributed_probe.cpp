// Ranks that share their work, as threads of this process, against one rank that does all of it.

#include "nanochat/distributed.h"

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <csignal>
#include <cstdlib>
#include <functional>
#include <future>
#include <nlohmann/json.hpp>
#include <optional>
#include <thread>

#include "gpt_oracle.h"
#include "nanochat/clip.h"
#include "nanochat/common.h"
#include "nanochat/diagnostics.h"
#include "patience.h"
#include "probe.h"
#include "temporary.h"

using namespace probe;
using nanochat::Distributed;
using nanochat::distributed_options_from_environment;
using nanochat::DistributedOptions;
using nanochat::grad_accum_steps;
using Tensors = std::vector<torch::Tensor>;

namespace {

// A port that nobody else gets while this lives, and that rank 0 can listen on all the same, unless it is
// `taken`.
class FreePort {
 public:
  explicit FreePort(bool taken = false) : socket_(socket(AF_INET, SOCK_STREAM, 0)) {
    const int yes = 1;
    sockaddr_in address{};
    address.sin_family = AF_INET;
    socklen_t size = sizeof address;
    setsockopt(socket_, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    auto* any = reinterpret_cast<sockaddr*>(&address);
    if (bind(socket_, any, size) != 0 || getsockname(socket_, any, &size) != 0) std::abort();
    if (taken && listen(socket_, 1) != 0) std::abort();
    number = ntohs(address.sin_port);
  }
  ~FreePort() { close(socket_); }
  FreePort(const FreePort&) = delete;

  int64_t number = 0;

 private:
  int socket_;
};

// Returns once rank 0 listens: who comes too early waits a second before it tries again.
void wait_for_main(int64_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const auto deadline = std::chrono::steady_clock::now() + patience();
  while (true) {
    const int visitor = socket(AF_INET, SOCK_STREAM, 0);
    const bool listening = connect(visitor, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0;
    close(visitor);
    if (listening) return;
    if (std::chrono::steady_clock::now() > deadline) throw std::runtime_error("rank 0 does not listen");
    std::this_thread::sleep_for(std::chrono::milliseconds(1));  // nobody can tell that it does
  }
}

// Runs `work` on every rank, each a thread, and returns what each threw, "" for nothing. A thread that
// finishes leaves its group like a process that ends.
std::vector<std::string> errors_of_ranks(int64_t world_size, const std::function<void(Distributed&)>& work,
                                         std::chrono::milliseconds timeout = patience(),
                                         const FreePort& port = FreePort()) {
  std::vector<std::string> errors(static_cast<size_t>(world_size));
  std::vector<std::thread> threads;
  for (int64_t rank = 0; rank < world_size; ++rank) {
    threads.emplace_back([&, rank] {
      try {
        if (rank != 0) wait_for_main(port.number);
        Distributed ranks({.rank = rank,
                           .world_size = world_size,
                           .local_rank = rank,
                           .master_port = port.number,
                           .rendezvous_timeout = patience(),
                           .timeout = timeout});
        work(ranks);
      } catch (const std::exception& error) {
        errors[static_cast<size_t>(rank)] = error.what();
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  return errors;
}

// The same, with a last barrier, so that no rank leaves while another is still at work.
void on_ranks(int64_t world_size, const std::function<void(Distributed&)>& work) {
  const auto errors = errors_of_ranks(world_size, [&](Distributed& ranks) {
    work(ranks);
    ranks.barrier();
  });
  for (const std::string& error : errors) CHECK(error == "");
}

// One sentence that says which rank of how many.
void check_one_sentence(const std::string& error, const std::string& who) {
  CHECK_THAT(error, Catch::Contains(who));
  CHECK(error.find('\n') == std::string::npos);
  CHECK(error.size() < 400);
  for (const char* place : {".cc:", ".cpp:", "] "}) {  // of somebody's source, or what is left of one
    CHECK(error.find(place) == std::string::npos);
  }
}

// Environment variables that are as they were afterwards.
class Environment {
 public:
  explicit Environment(const std::vector<std::pair<std::string, std::string>>& wanted) {
    for (const char* name : {"RANK", "WORLD_SIZE", "LOCAL_RANK", "MASTER_ADDR", "MASTER_PORT",
                             "TORCHELASTIC_USE_AGENT_STORE", "TORCHELASTIC_RESTART_COUNT"}) {
      const char* value = std::getenv(name);
      before_.emplace_back(name, value ? std::optional<std::string>(value) : std::nullopt);
      unsetenv(name);
    }
    for (const auto& [name, value] : wanted) setenv(name.c_str(), value.c_str(), 1);
  }
  ~Environment() {
    for (const auto& [name, value] : before_) {
      if (value) {
        setenv(name.c_str(), value->c_str(), 1);
      } else {
        unsetenv(name.c_str());
      }
    }
  }

 private:
  std::vector<std::pair<std::string, std::optional<std::string>>> before_;
};

const std::vector<std::pair<std::string, std::string>> kTorchrun = {
    {"RANK", "3"}, {"WORLD_SIZE", "8"}, {"LOCAL_RANK", "1"}, {"MASTER_ADDR", "n07"}, {"MASTER_PORT", "4321"},
};

// One step of training on these rows, as the training loop takes it.
void train_step(nanochat::GPT& model, nanochat::Optimizers& optimizers, const torch::Tensor& idx,
                const torch::Tensor& targets, Distributed& ranks) {
  model->loss(idx, targets).backward();
  ranks.average_gradients(model->parameters());
  nanochat::clip_grad_norm_(model->parameters(), 0.05);
  optimizers.adamw.step();
  optimizers.muon.step();
  optimizers.adamw.zero_grad();
  optimizers.muon.zero_grad();
}

}  // namespace

TEST_CASE("distributed.average", "[ranks]") {
  // Against the mean in plain arithmetic; several shapes and dtypes, strided gradients.
  for (const int64_t N : {2, 3}) {
    std::vector<Tensors> params(static_cast<size_t>(N)), grads(params.size());
    for (size_t r = 0; r < params.size(); ++r) {
      for (const torch::IntArrayRef shape : std::vector<std::vector<int64_t>>{{5, 3}, {}, {7}, {2, 3, 4}}) {
        params[r].push_back(oracle::leaf(oracle::normal(shape)));
        grads[r].push_back(shape.size() == 2 ? oracle::strided(shape, 3.0) : oracle::normal(shape));
        params[r].back().mutable_grad() = grads[r].back().clone(at::MemoryFormat::Preserve);
      }
      params[r].insert(params[r].begin() + 2, oracle::normal({6, 2}).to(torch::kFloat32).requires_grad_());
      grads[r].insert(grads[r].begin() + 2, oracle::normal({6, 2}).to(torch::kFloat32));
      params[r][2].mutable_grad() = grads[r][2].clone();
    }
    const std::vector<Tensors> before = params;
    on_ranks(N,
             [&](Distributed& ranks) { ranks.average_gradients(params[static_cast<size_t>(ranks.rank())]); });
    for (size_t i = 0; i < params[0].size(); ++i) {
      torch::Tensor sum = torch::zeros_like(grads[0][i], torch::kFloat64);
      for (const Tensors& of_rank : grads) sum += of_rank[i];
      const torch::Tensor mean = (sum / N).to(grads[0][i].dtype());
      for (size_t r = 0; r < params.size(); ++r) {
        CAPTURE(N, i, r);
        CHECK_THAT(params[r][i].grad(), close_to(mean, i == 2 ? 1e-6 : 1e-14));
        CHECK_THAT(params[r][i].grad(), same_as(params[0][i].grad()));
        CHECK(params[r][i].requires_grad());
        CHECK_FALSE(params[r][i].grad().requires_grad());
      }
    }
  }
}

TEST_CASE("distributed.missing_gradients", "[ranks]") {
  // Missing on some ranks it is zeros there; missing on all it stays missing, also after others of its kind.
  const int64_t N = 3;
  std::vector<Tensors> params(3);
  for (size_t r = 0; r < 3; ++r) {
    for (int64_t i = 1; i <= 5; ++i) params[r].push_back(oracle::leaf(oracle::normal({i, 2})));
  }
  const auto grad = [&](size_t rank, size_t i) -> torch::Tensor& { return params[rank][i].mutable_grad(); };
  grad(0, 0) = torch::full({1, 2}, 3.0, torch::kFloat64);
  grad(2, 2) = torch::full({3, 2}, -6.0, torch::kFloat64);
  grad(1, 4) = torch::full({5, 2}, 1.5, torch::kFloat64);
  grad(2, 4) = torch::full({5, 2}, 1.5, torch::kFloat64);
  on_ranks(N,
           [&](Distributed& ranks) { ranks.average_gradients(params[static_cast<size_t>(ranks.rank())]); });
  for (size_t r = 0; r < 3; ++r) {
    CAPTURE(r);
    REQUIRE((grad(r, 0).defined() && grad(r, 2).defined() && grad(r, 4).defined()));
    CHECK_THAT(grad(r, 0), close_to(torch::full({1, 2}, 1.0, torch::kFloat64)));
    CHECK_THAT(grad(r, 2), close_to(torch::full({3, 2}, -2.0, torch::kFloat64)));
    CHECK_THAT(grad(r, 4), close_to(torch::full({5, 2}, 1.0, torch::kFloat64)));
    CHECK_FALSE(grad(r, 1).defined());
    CHECK_FALSE(grad(r, 3).defined());
  }
}

TEST_CASE("distributed.zero_gradients", "[ranks]") {
  // A gradient of zeros is not a missing one; one that cancels over the ranks is there too.
  std::vector<torch::Tensor> params;
  for (size_t r = 0; r < 2; ++r) {
    params.push_back(oracle::leaf(oracle::normal({4})));
    params[r].mutable_grad() = torch::full({4}, r == 0 ? 2.0 : -2.0, torch::kFloat64);
  }
  on_ranks(2,
           [&](Distributed& ranks) { ranks.average_gradients({params[static_cast<size_t>(ranks.rank())]}); });
  for (size_t r = 0; r < 2; ++r) {
    REQUIRE(params[r].grad().defined());
    CHECK_THAT(params[r].grad(), same_as(torch::zeros({4}, torch::kFloat64)));
  }
}

TEST_CASE("distributed.training", "[ranks]") {
  // N ranks with B rows each do what one rank does with N * B rows; they start from rank 0's weights.
  for (const int64_t N : {2, 3}) {
    const nanochat::GPTConfig config = oracle::configs()[0];
    const int64_t B = 2, T = 7, V = config.vocab_size, steps = 3;
    std::vector<nanochat::GPT> models;
    for (int64_t rank = 0; rank <= N; ++rank) models.push_back(oracle::make_gpt(config));
    nanochat::GPT& alone = models[static_cast<size_t>(N)];
    {
      torch::NoGradGuard no_grad;
      const Tensors from = oracle::weights(models[0]), to = oracle::weights(alone);
      for (size_t i = 0; i < to.size(); ++i) to[i].copy_(from[i]);
    }
    const torch::Tensor idx = torch::stack(
        {oracle::token_ids(N * B, T, V), oracle::token_ids(N * B, T, V), oracle::token_ids(N * B, T, V)});
    const torch::Tensor targets = idx.roll(1, -1);

    nanochat::Optimizers optimizers = alone->configure_optimizers({.weight_decay = 0.1});
    Distributed one;
    for (int64_t step = 0; step < steps; ++step) train_step(alone, optimizers, idx[step], targets[step], one);

    on_ranks(N, [&](Distributed& ranks) {
      nanochat::GPT& model = models[static_cast<size_t>(ranks.rank())];
      ranks.broadcast(model->parameters());
      nanochat::Optimizers own = model->configure_optimizers({.weight_decay = 0.1});
      for (int64_t step = 0; step < steps; ++step) {
        const auto mine = [&](const torch::Tensor& rows) {
          return rows[step].slice(0, ranks.rank() * B, (ranks.rank() + 1) * B);
        };
        train_step(model, own, mine(idx), mine(targets), ranks);
      }
    });
    const Tensors expected = oracle::weights(alone);
    for (int64_t rank = 0; rank < N; ++rank) {
      const Tensors weights = oracle::weights(models[static_cast<size_t>(rank)]);
      const Tensors of_main = oracle::weights(models[0]);
      for (size_t i = 0; i < expected.size(); ++i) {
        CAPTURE(N, rank, i);
        CHECK_THAT(weights[i], close_to(expected[i], 1e-11));
        CHECK_THAT(weights[i], same_as(of_main[i]));
      }
    }
  }
}

TEST_CASE("distributed.broadcast", "[ranks]") {
  std::vector<Tensors> of_rank;
  for (int64_t rank = 0; rank < 3; ++rank) {
    of_rank.push_back({oracle::leaf(oracle::normal({3, 4})), oracle::normal({5}).to(torch::kFloat32),
                       torch::randint(1000, {2, 2}, torch::kInt64), oracle::strided({4, 3}),
                       oracle::leaf(oracle::normal({2}))});
  }
  Tensors wanted;
  for (const torch::Tensor& tensor : of_rank[0]) wanted.push_back(tensor.detach().clone());
  const std::vector<Tensors> handles = of_rank;
  on_ranks(3, [&](Distributed& ranks) { ranks.broadcast(of_rank[static_cast<size_t>(ranks.rank())]); });
  for (const Tensors& tensors : handles) {  // the very tensors, not new ones
    for (size_t i = 0; i < wanted.size(); ++i) CHECK_THAT(tensors[i].detach(), same_as(wanted[i]));
    CHECK((tensors[0].requires_grad() && tensors[0].is_leaf()));
  }
}

TEST_CASE("distributed.all_reduce", "[ranks]") {
  std::vector<double> sums(3), means(3);
  on_ranks(3, [&](Distributed& ranks) {
    const auto rank = static_cast<size_t>(ranks.rank());
    const double value = std::vector<double>{1.0 / 3.0, -2.5, 1e-9}[rank];
    sums[rank] = ranks.all_reduce_sum(value);
    means[rank] = ranks.all_reduce_mean(value);
  });
  const double sum = 1.0 / 3.0 - 2.5 + 1e-9;
  for (size_t rank = 0; rank < 3; ++rank) {
    CHECK(sums[rank] == Approx(sum).epsilon(1e-15));
    CHECK(means[rank] == Approx(sum / 3.0).epsilon(1e-15));
    CHECK(sums[rank] == sums[0]);
    CHECK(means[rank] == means[0]);
  }
}

TEST_CASE("distributed.barrier", "[ranks]") {
  // After the barrier of a round everybody has come to it, whoever was last.
  const int64_t N = 3, rounds = 30;
  std::vector<std::atomic<int64_t>> arrived(static_cast<size_t>(rounds));
  std::atomic<int64_t> too_early{0};
  on_ranks(N, [&](Distributed& ranks) {
    for (int64_t round = 0; round < rounds; ++round) {
      if (round % N == ranks.rank()) oracle::normal({40, 40}).matmul(oracle::normal({40, 40}));
      ++arrived[static_cast<size_t>(round)];
      ranks.barrier();
      if (arrived[static_cast<size_t>(round)] != N) ++too_early;
    }
  });
  CHECK(too_early == 0);
}

TEST_CASE("distributed.who", "[ranks]") {
  std::vector<std::string> who(2);
  on_ranks(2, [&](Distributed& ranks) {
    Distributed moved = std::move(ranks);
    who[static_cast<size_t>(moved.rank())] =
        std::to_string(moved.rank()) + " of " + std::to_string(moved.world_size()) + ", here " +
        std::to_string(moved.local_rank()) + (moved.is_main() ? ", main" : "");
    ranks = std::move(moved);
  });
  CHECK(who == std::vector<std::string>{"0 of 2, here 0, main", "1 of 2, here 1"});
}

TEST_CASE("distributed.alone", "[ranks]") {
  // One rank: everything is as it was.
  Distributed one, another;  // which need no port
  // Nobody to meet, so it is no matter that nobody is there.
  CHECK_NOTHROW(Distributed(
      {.master_port = 1, .host_store = false, .rendezvous_timeout = std::chrono::milliseconds(50)}));
  CHECK(another.world_size() == 1);
  CHECK(one.rank() == 0);
  CHECK(one.world_size() == 1);
  CHECK(one.is_main());
  const torch::Tensor p = oracle::leaf(oracle::normal({3})), without = oracle::leaf(oracle::normal({3}));
  const torch::Tensor before = p.detach().clone(), grad = oracle::normal({3});
  torch::Tensor(p).mutable_grad() = grad.clone();
  one.average_gradients({p, without});
  one.broadcast({p});
  one.barrier();
  CHECK_THAT(p.grad(), same_as(grad));
  CHECK_FALSE(without.grad().defined());
  CHECK_THAT(p.detach(), same_as(before));
  CHECK(one.all_reduce_sum(0.3) == 0.3);
  CHECK(one.all_reduce_mean(0.3) == 0.3);
}

TEST_CASE("distributed.rank_dies", "[ranks]") {
  // Rank 1 is gone after the first barrier, and the other is told instead of waiting for ever.
  const auto errors = errors_of_ranks(2, [](Distributed& ranks) {
    ranks.barrier();
    if (ranks.rank() == 1) return;
    const torch::Tensor p = oracle::leaf(oracle::normal({3}));
    ranks.average_gradients({p});
  });
  CHECK(errors[1] == "");
  check_one_sentence(errors[0], "rank 0 of 2");
}

TEST_CASE("distributed.broken_pipe", "[ranks]") {
  // Writing to a rank that has died must not end this process, unless somebody has decided otherwise.
  const auto before = std::signal(SIGPIPE, SIG_DFL);
  on_ranks(2, [](Distributed&) {});
  CHECK(std::raise(SIGPIPE) == 0);
  void (*const handler)(int) = [](int) {};
  std::signal(SIGPIPE, handler);
  on_ranks(2, [](Distributed&) {});
  CHECK(std::signal(SIGPIPE, before) == handler);
}

TEST_CASE("distributed.rank_hangs", "[ranks]") {
  // One rank lives and does not come. Calls have a limit of their own, far from that of the meeting.
  const auto gives_up = [](int64_t rank, const std::function<void(Distributed&)>& call) {
    std::promise<void> given_up;
    const auto start = std::chrono::steady_clock::now();
    const auto errors = errors_of_ranks(
        2,
        [&](Distributed& ranks) {
          if (ranks.rank() != rank) return given_up.get_future().wait();
          const std::shared_ptr<void> let_go(nullptr, [&](void*) { given_up.set_value(); });
          call(ranks);
        },
        std::chrono::milliseconds(40));
    CHECK(std::chrono::steady_clock::now() - start < patience());
    CHECK(errors[static_cast<size_t>(1 - rank)] == "");
    check_one_sentence(errors[static_cast<size_t>(rank)], "rank " + std::to_string(rank) + " of 2");
  };
  gives_up(0, [](Distributed& ranks) { ranks.barrier(); });
  gives_up(0, [](Distributed& ranks) { ranks.all_reduce_sum(1.0); });
  gives_up(0, [](Distributed& ranks) { ranks.average_gradients({oracle::leaf(oracle::normal({3}))}); });
  gives_up(1, [](Distributed& ranks) { ranks.broadcast({oracle::normal({3})}); });
}

TEST_CASE("distributed.rank_missing", "[ranks]") {
  // Rank 1 never comes; and rank 0 cannot listen because somebody else does.
  for (const bool taken : {false, true}) {
    const FreePort port(taken);
    std::string error;
    try {
      Distributed(
          {.world_size = 2, .master_port = port.number, .rendezvous_timeout = std::chrono::milliseconds(60)});
    } catch (const std::runtime_error& thrown) {
      error = thrown.what();
    }
    check_one_sentence(error, "rank 0 of 2");
  }
}

TEST_CASE("distributed.second_attempt", "[ranks]") {
  // A launcher's store is still there from the ranks' first attempt, and is not opened again.
  const Environment environment({});
  const FreePort port;
  std::vector<double> sums(2);
  const auto errors = errors_of_ranks(
      2,
      [&](Distributed& first) {
        first.barrier();
        if (first.is_main()) setenv("TORCHELASTIC_RESTART_COUNT", "1", 1);
        first.barrier();
        Distributed second({.rank = first.rank(),
                            .world_size = 2,
                            .master_port = port.number,
                            .host_store = false,
                            .rendezvous_timeout = patience(),
                            .timeout = patience()});
        sums[static_cast<size_t>(second.rank())] = second.all_reduce_sum(second.is_main() ? 1.5 : 4.0);
        first.barrier();
      },
      patience(), port);
  CHECK(errors == std::vector<std::string>{"", ""});
  CHECK(sums == std::vector<double>{5.5, 5.5});
}

TEST_CASE("distributed.bad_rank", "[errors]") {
  for (const auto& [rank, world_size] :
       std::vector<std::pair<int64_t, int64_t>>{{2, 2}, {-1, 2}, {1, 1}, {0, 0}}) {
    CHECK_THROWS_AS(Distributed({.rank = rank, .world_size = world_size}), c10::Error);
  }
}

TEST_CASE("distributed.environment", "[ranks]") {
  {
    const Environment environment(kTorchrun);
    const DistributedOptions options = distributed_options_from_environment();
    CHECK(options.rank == 3);
    CHECK(options.world_size == 8);
    CHECK(options.local_rank == 1);
    CHECK(options.master_addr == "n07");
    CHECK(options.master_port == 4321);
    CHECK(options.host_store);
    setenv("TORCHELASTIC_USE_AGENT_STORE", "True", 1);
    CHECK_FALSE(distributed_options_from_environment().host_store);
  }
  {
    const Environment none({});
    CHECK(distributed_options_from_environment().world_size == 1);
    const Distributed one = Distributed::from_environment();
    CHECK((one.rank() == 0 && one.world_size() == 1));
  }
  {
    const Environment one({{"RANK", "0"}, {"WORLD_SIZE", "1"}, {"LOCAL_RANK", "0"}});
    CHECK(Distributed::from_environment().world_size() == 1);
  }
  {
    const Environment leftover({{"MASTER_ADDR", "elsewhere"}, {"MASTER_PORT", "1"}});  // of something else
    CHECK(Distributed::from_environment().world_size() == 1);
  }
}

TEST_CASE("distributed.bad_environment", "[errors]") {
  // Each variable missing, and each with nonsense in it; the sentence names it.
  const auto check = [](const std::string& name) {
    CAPTURE(name);
    try {
      distributed_options_from_environment();
      FAIL_CHECK("nothing was thrown");
    } catch (const nanochat::UsageError& error) {
      CHECK_THAT(error.what(), Catch::Contains(name));
    }
  };
  for (const auto& [name, value] : kTorchrun) {
    const Environment environment(kTorchrun);
    unsetenv(name.c_str());
    check(name);
    setenv(name.c_str(), "", 1);
    check(name);
  }
  for (const auto& [name, value] :
       std::vector<std::pair<std::string, std::string>>{{"RANK", "8"},
                                                        {"RANK", "-1"},
                                                        {"RANK", "x"},
                                                        {"RANK", "1x"},
                                                        {"LOCAL_RANK", "8"},
                                                        {"LOCAL_RANK", "-1"},
                                                        {"WORLD_SIZE", "0"},
                                                        {"WORLD_SIZE", "-2"},
                                                        {"WORLD_SIZE", "many"},
                                                        {"MASTER_PORT", "0"},
                                                        {"MASTER_PORT", "65536"},
                                                        {"MASTER_PORT", "http"}}) {
    const Environment environment(kTorchrun);
    setenv(name.c_str(), value.c_str(), 1);
    check(name);
  }
}

TEST_CASE("distributed.grad_accum_steps", "[ranks]") {
  CHECK(grad_accum_steps(4096, 8, 64, 1) == 8);
  CHECK(grad_accum_steps(4096, 8, 64, 2) == 4);
  CHECK(grad_accum_steps(4096, 8, 64, 8) == 1);
  CHECK(grad_accum_steps(210, 2, 5, 3) == 7);
  CHECK(grad_accum_steps(210, 7, 5, 2) == 3);
}

TEST_CASE("distributed.bad_batch", "[errors]") {
  CHECK_THROWS_AS(grad_accum_steps(4097, 8, 64, 1), nanochat::UsageError);
  CHECK_THROWS_AS(grad_accum_steps(4096, 8, 64, 3), nanochat::UsageError);
  CHECK_THROWS_AS(grad_accum_steps(512, 8, 64, 2), nanochat::UsageError);
  CHECK_THROWS_AS(grad_accum_steps(0, 8, 64, 1), nanochat::UsageError);
}

TEST_CASE("diagnostics.ranks", "[diagnostics]") {
  const TemporaryDirectory directory;
  // Each rank has weights and a loss of its own; the sums of the weights are 6.5 and 11.25.
  const auto weights_of = [](int64_t rank) {
    torch::nn::Linear one(torch::nn::LinearOptions(2, 1));
    torch::NoGradGuard no_grad;
    one->weight.copy_(torch::tensor({{1.0 + static_cast<double>(rank), 5.0}}));
    one->bias.copy_(torch::tensor({rank == 0 ? 0.5 : 4.25}));
    return one;
  };
  on_ranks(2, [&](Distributed& ranks) {
    const bool first = ranks.is_main();
    nanochat::Diagnostics diagnostics;
    diagnostics.open({.path = directory / (first ? "main" : "other"), .every = 2, .writes = first});
    for (int64_t step = 0; step < 2; ++step) {  // of which only the first is told of
      diagnostics.begin(step, *weights_of(ranks.rank()));
      diagnostics.ranks(ranks, 2.0 + static_cast<double>(ranks.rank()));
      diagnostics.write();
    }
  });
  const std::string text = content_of(directory / "main");
  REQUIRE(std::count(text.begin(), text.end(), '\n') == 1);
  const auto line = nlohmann::json::parse(text);
  CHECK(line["rank_loss/0"] == 2.0);
  CHECK(line["rank_loss/1"] == 3.0);
  CHECK(line["weights_checksum/0"] == 6.5);
  CHECK(line["weights_checksum/1"] == 11.25);
  CHECK_FALSE(std::filesystem::exists(directory / "other"));

  // One rank has nobody to be compared with.
  Distributed alone(DistributedOptions{});
  nanochat::Diagnostics diagnostics;
  diagnostics.open({.path = directory / "alone", .every = 1});
  diagnostics.begin(0, *weights_of(0));
  diagnostics.ranks(alone, 2.0);
  diagnostics.write();
  CHECK(content_of(directory / "alone").find("rank") == std::string::npos);
}
