// chat_rl: lets a model that can chat learn sums from whether its own answers are right.
//
// Reinforcement learning in its simplest form (nanochat: scripts/chat_rl.py). A step takes a few
// questions, draws several answers to each, all in one batch, rewards those that end with the right
// number, and moves the model towards what the better ones of each group said. Nobody shows it an
// answer.
//
// The same options, seed and number of threads give the same numbers to the last bit, also if a run
// was stopped and goes on with --resume: what is drawn depends on the number of the step alone.

#include <torch/utils.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <string>
#include <vector>

#include "nanochat/args.h"
#include "nanochat/arithmetic.h"
#include "nanochat/chat.h"
#include "nanochat/checkpoint_manager.h"
#include "nanochat/clip.h"
#include "nanochat/common.h"
#include "nanochat/conversation.h"
#include "nanochat/dataset.h"
#include "nanochat/engine.h"
#include "nanochat/files.h"
#include "nanochat/gpt.h"
#include "nanochat/metrics.h"
#include "nanochat/policy_gradient.h"
#include "nanochat/schedule.h"
#include "nanochat/tokenizer.h"
#include "programs/chat_rl_options.h"

namespace {

using namespace nanochat;

// A run under way: what training changes, and what it goes through.
struct Run {
  GPT model{nullptr};
  Tokenizer tokenizer;
  Optimizers optimizers;
  std::vector<Problem> train, val;
  LrSchedule schedule{};
  int64_t step = 0;  // optimizer steps taken so far
  Diagnostics diagnostics{};
};

// What one optimizer step has to say.
struct StepStats {
  double loss = 0.0;       // the mean over the step's questions
  double reward = 0.0;     // the mean over all answers
  double tokens = 0.0;     // of an answer, on average
  double grad_norm = 0.0;  // before clipping
  double lr = 0.0;         // of the matrices
};

// The questions of a step: the next ones in line, from the first again after the last.
std::vector<const Problem*> next_problems(const Options& o, const Run& run) {
  std::vector<const Problem*> problems;
  for (int64_t i = 0; i < o.questions; ++i) {
    const auto number = static_cast<size_t>(run.step * o.questions + i);
    problems.push_back(&run.train[number % run.train.size()]);
  }
  return problems;
}

// Adds to the gradients what the answers to a question teach.
void learn_question(const Options& o, Run& run, const Problem& problem,
                    const std::vector<int64_t>& prompt, const std::vector<Completion>& answers,
                    StepStats& stats) {
  torch::Tensor rewards = torch::zeros({o.samples}, torch::kFloat64);  // (B)
  double tokens = 0.0;
  for (int64_t i = 0; i < o.samples; ++i) {
    const Completion& answer = answers[static_cast<size_t>(i)];
    rewards[i] = arithmetic_reward(run.tokenizer, answer.tokens, problem.answer);
    tokens += static_cast<double>(answer.tokens.size());
  }
  const Rollouts rollouts = make_rollouts(prompt, answers, run.tokenizer.bos_token_id());
  run.diagnostics.batch(rollouts.inputs, rollouts.targets, run.tokenizer);
  const Diagnostics::Look look(run.diagnostics);
  const torch::Tensor logits = run.model(rollouts.inputs);  // (B, T, V)
  const torch::Tensor advantages = group_advantages(rewards).to(logits.options());
  run.diagnostics.question(rewards, advantages, answers[0].tokens, run.tokenizer);
  const torch::Tensor loss =
      policy_gradient_loss(logits, rollouts.targets.to(logits.device()), advantages) / o.questions;
  loss.backward();
  const auto questions = static_cast<double>(o.questions);
  stats.loss += loss.item<double>();
  stats.reward += rewards.mean().item<double>() / questions;
  stats.tokens += tokens / static_cast<double>(o.samples) / questions;
}

StepStats train_step(const Options& o, Run& run) {
  run.diagnostics.begin(run.step, *run.model);
  const std::vector<const Problem*> problems = next_problems(o, run);
  std::vector<std::vector<int64_t>> prompts;  // each as often as it is to be answered
  for (const Problem* problem : problems) {
    prompts.insert(prompts.end(), static_cast<size_t>(o.samples),
                   render_for_completion(run.tokenizer, problem->conversation));
  }
  SampleOptions sample = o.sample;
  sample.seed = static_cast<uint64_t>(o.seed + run.step);
  const std::vector<Completion> answers =
      Engine(run.model, run.tokenizer).complete_each(prompts, sample);

  StepStats stats;
  for (size_t i = 0; i < problems.size(); ++i) {
    const auto first = answers.begin() + static_cast<int64_t>(i) * o.samples;
    learn_question(o, run, *problems[i], prompts[i * static_cast<size_t>(o.samples)],
                   {first, first + o.samples}, stats);
  }
  const std::vector<torch::Tensor> params = run.model->parameters();
  run.diagnostics.gradients();
  stats.grad_norm =
      o.grad_clip > 0 ? clip_grad_norm_(params, o.grad_clip) : global_grad_norm(params);

  AdamW& adamw = run.optimizers.adamw;
  Muon& muon = run.optimizers.muon;
  const double multiplier = o.init_lr_frac * lr_multiplier(run.step, run.schedule);
  for (AdamWGroup& group : adamw.groups) group.lr = group.initial_lr * multiplier;
  for (MuonGroup& group : muon.groups) {
    group.lr = group.initial_lr * multiplier;
    group.momentum = muon_momentum(run.step);
  }
  adamw.step();
  muon.step();
  run.diagnostics.updates(run.optimizers);
  adamw.zero_grad();
  muon.zero_grad();
  run.step += 1;
  stats.lr = muon.groups[0].lr;
  return stats;
}

void save(const Options& o, Run& run) {
  save_checkpoint(last_path(o), run.model, run.tokenizer, run.step, std::nan(""), run.optimizers,
                  {.options = o.as_typed});
}

void train(const Options& o, Run& run, MetricsWriter& metrics) {
  while (run.step < o.steps) {
    const auto start = std::chrono::steady_clock::now();
    const StepStats stats = train_step(o, run);
    const std::chrono::duration<double, std::milli> dt = std::chrono::steady_clock::now() - start;
    MetricsLine line;
    line.add("step", run.step - 1).add("loss", stats.loss).add("reward", stats.reward);
    line.add("tokens", stats.tokens).add("grad_norm", stats.grad_norm).add("lr", stats.lr);
    line.add("dt_ms", dt.count());
    const bool last = run.step == o.steps;
    const bool evaluate = o.eval_every > 0 && (run.step % o.eval_every == 0 || last);
    double accuracy = 0.0;
    if (evaluate) {
      Engine engine(run.model, run.tokenizer);
      accuracy = arithmetic_accuracy(engine, run.tokenizer, run.val, o.sample.max_tokens);
      line.add("accuracy", accuracy);
    }
    metrics.write(line);
    if (!o.quiet && (evaluate || last || run.step % 10 == 0)) {
      std::fprintf(stderr, "step %5ld/%ld | reward %.3f | %.1f tokens | grad norm %.3f | lr %.5f",
                   run.step, o.steps, stats.reward, stats.tokens, stats.grad_norm, stats.lr);
      if (evaluate) std::fprintf(stderr, " | accuracy %.3f", accuracy);
      std::fprintf(stderr, "\n");
    }
    if (o.save_every > 0 && run.step % o.save_every == 0) save(o, run);
    run.diagnostics.write();
  }
  if (!o.out.empty()) save_model(o.out, run.model, run.tokenizer, run.step, std::nan(""));
}

// Takes up the run in --resume where it was left. Its model is there already.
void resume(const Options& o, Run& run) {
  load_training_state(o.resume, run.optimizers, o.as_typed);
  if (run.step >= o.steps) throw UsageError("the run in " + o.resume + " is over");
}

// What the model says to a few questions, as chat_cli would show it.
void show_answers(const Options& o, Run& run) {
  Engine engine(run.model, run.tokenizer);
  for (size_t i = 0; i < std::min<size_t>(2, run.val.size()); ++i) {
    const Conversation& asked = run.val[i].conversation;
    const std::vector<int64_t> prompt = render_for_completion(run.tokenizer, asked);
    const SampleOptions likeliest{.max_tokens = o.sample.max_tokens, .temperature = 0.0};
    const std::vector<Completion> answers = engine.generate_batch(prompt, 1, likeliest);
    AnswerText text(run.tokenizer);
    std::string answer;
    for (const int64_t token : answers[0].tokens) answer += text.push(token);
    answer += text.finish();
    std::string question;
    const Message& last = asked.messages[asked.messages.size() - 2];
    for (const Part& part : last.parts) question += part.text;
    std::printf("%s\n  %s\n", question.c_str(), answer.c_str());
  }
}

void run_training(Options o) {
  const torch::Device device = device_named(o.device);
  torch::set_num_threads(static_cast<int>(o.threads));
  const auto seed = static_cast<uint64_t>(o.seed);
  std::vector<Problem> problems = arithmetic_problems(
      o.data.empty() ? generate_conversations(o.conversations, seed) : load_conversations(o.data));
  const int64_t count = static_cast<int64_t>(problems.size());
  if (count <= o.eval_questions) {
    throw UsageError("of " + std::to_string(count) +
                     " sums, --eval-questions leaves none to learn");
  }
  LoadedModel first = load_model(o.resume.empty() ? o.base : o.resume);
  first.model->to(device);
  for (Block& block : first.model->blocks) block->attn->dropout = block->mlp->dropout = 0.0;
  Run run{.model = first.model,
          .tokenizer = first.tokenizer,
          .optimizers = first.model->configure_optimizers(o.optimizer),
          .train = {problems.begin(), problems.end() - o.eval_questions},
          .val = {problems.end() - o.eval_questions, problems.end()},
          .schedule = {.num_iterations = o.steps, .warmup_ratio = 0.0, .warmdown_ratio = 1.0},
          .step = o.resume.empty() ? 0 : first.step};
  if (!o.resume.empty()) resume(o, run);

  if (!o.out.empty()) check_writable(o.out);
  MetricsWriter metrics(o.metrics, run.step);
  o.diagnostics.first_step = run.step;
  run.diagnostics.open(o.diagnostics);
  if (!o.quiet) {
    std::fprintf(stderr, "%zu sums to learn, %zu to evaluate, %ld steps\n", run.train.size(),
                 run.val.size(), o.steps);
  }
  train(o, run, metrics);
  if (!o.quiet) show_answers(o, run);
}

}  // namespace

int main(int argc, char** argv) {
  Options options;
  Args args = declare(options);
  return run_program("chat_rl", args, argc, argv, [&] {
    // A run that goes on must agree with its first part in all of these.
    for (const char* section : {"training", "data"}) {
      options.as_typed.merge(args.values(section));
    }
    validate(options);
    run_training(options);
  });
}
