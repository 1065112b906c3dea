// programs: see programs.h.
#include "mutator/workshop/programs.h"

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmath>
#include <future>
#include <limits>
#include <nlohmann/json.hpp>
#include <utility>

#include "mutator/base/files.h"
#include "mutator/workshop/surroundings.h"
#include "mutator/workshop/watch.h"

namespace nanobug::workshop {
namespace {

constexpr int kMetrics = 3;  // the descriptor that {metrics} is; stdout and stderr are the learner's

// A TCP port that nobody listens on just now.
Result<int> free_port() {
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address = {};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  const bool found = fd >= 0 && ::bind(fd, reinterpret_cast<sockaddr*>(&address), size) == 0 &&
                     ::getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size) == 0;
  const int reason = errno;
  if (fd >= 0) ::close(fd);
  if (!found) return fail(Exit::io, "no port for programs that work together: " + system_reason(reason));
  return ntohs(address.sin_port);
}

// What a program says of its files must not depend on where the scratch directory is.
void forget_place(std::string& text, const std::string& path) {
  for (size_t at = 0; (at = text.find(path, at)) != std::string::npos;)
    text.replace(at, path.size(), "{scratch}");
}

// One process, its records appended to `records`.
Result<Finished> run_one(Command command, Standby* standby, const StepOptions& options,
                         std::vector<Record>& records, bool tell) {
  command.lines_from = kMetrics;
  command.on_line = [&](std::string_view line) {
    auto record = parse_record(line);
    if (!record) return;
    records.push_back(std::move(*record));
    if (tell && options.on_record) options.on_record(records.back());
  };
  if (tell) command.on_output = options.on_output;
  return run(command, standby);
}

// As torchrun starts them: every rank a process that knows its number and where to meet.
Result<RunReport> run_ranks(const Command& command, Standby* standby, int ranks, const StepOptions& options) {
  const auto port = free_port();
  NANOBUG_TRY(port);
  std::vector<std::vector<Record>> records(static_cast<size_t>(ranks));
  std::vector<std::future<Result<Finished>>> running;
  for (int rank = 0; rank < ranks; ++rank) {
    Command one = command;
    const std::string number = std::to_string(rank), all = std::to_string(ranks);
    one.environment.insert({{"RANK", number},
                            {"LOCAL_RANK", number},
                            {"WORLD_SIZE", all},
                            {"LOCAL_WORLD_SIZE", all},
                            {"MASTER_ADDR", "127.0.0.1"},
                            {"MASTER_PORT", std::to_string(*port)}});
    running.push_back(std::async(std::launch::async, [&, rank, one] {
      return run_one(one, standby, options, records[static_cast<size_t>(rank)], rank == 0);
    }));
  }
  RunReport report;
  std::optional<Error> trouble;
  for (int rank = 0; rank < ranks; ++rank) {
    auto finished = running[static_cast<size_t>(rank)].get();
    if (!finished)
      trouble = finished.error();
    else if (rank == 0 || (report.finished.good() && !finished->good()))
      report.finished = std::move(*finished);
    auto& own = records[static_cast<size_t>(rank)];
    report.records.insert(report.records.end(), own.begin(), own.end());
  }
  if (trouble) return tl::unexpected(*trouble);
  return report;
}

}  // namespace

std::vector<double> RunReport::series(const std::string& name) const {
  std::vector<double> values;
  for (const Record& record : records)
    if (const auto it = record.find(name); it != record.end()) values.push_back(it->second);
  return values;
}

std::optional<double> number_in(const nlohmann::json& value) {
  if (value.is_number()) return value.get<double>();
  if (value == "nan") return std::numeric_limits<double>::quiet_NaN();
  if (value == "inf") return std::numeric_limits<double>::infinity();
  if (value == "-inf") return -std::numeric_limits<double>::infinity();
  return std::nullopt;
}

std::optional<Record> parse_record(std::string_view line) {
  const auto json = nlohmann::json::parse(line, nullptr, /*allow_exceptions=*/false);
  if (!json.is_object()) return std::nullopt;
  Record record;
  for (const auto& [name, value] : json.items()) {
    if (const auto number = number_in(value)) record[name] = *number;
  }
  return record;
}

std::string to_line(const Record& record) {
  nlohmann::json line = nlohmann::json::object();
  for (const auto& [name, value] : record) {
    if (std::isfinite(value))
      line[name] = value;
    else
      line[name] = std::isnan(value) ? "nan" : value > 0 ? "inf" : "-inf";
  }
  return line.dump();
}

Result<RunDirectory> RunDirectory::make(const catalog::Tree& spec) {
  const auto parent = directory_for_temporaries();
  NANOBUG_TRY(parent);
  auto path = make_temporary_directory(*parent, "nanobug-run");
  NANOBUG_TRY(path);
  RunDirectory made(std::move(*path), false);
  NANOBUG_TRY(made.put_inputs(spec));
  return made;
}

Result<RunDirectory> RunDirectory::keep(const catalog::Tree& spec, const fs::path& place) {
  std::error_code error;
  fs::create_directories(place, error);
  if (error) return fail(Exit::io, "cannot make " + place.string() + ": " + error.message());
  RunDirectory made(place, true);
  NANOBUG_TRY(made.put_inputs(spec));
  return made;
}

Status RunDirectory::put_inputs(const catalog::Tree& spec) const {
  for (const auto& [name, text] : spec.inputs) NANOBUG_TRY(write_unsynced(path_ / name, text));
  return {};
}

RunDirectory::~RunDirectory() {
  if (!path_.empty() && !stays_) (void)remove_tree(path_);
}

Limits limits_of(double time_limit_s) {
  return {.processor_s = time_limit_s, .wall_s = 10 * time_limit_s};
}

Result<RunReport> run_step(const Workshop& workshop, const catalog::Step& step, const fs::path& checkout,
                           const RunDirectory& scratch, const StepOptions& options) {
  Command command = workshop.command(
      step, checkout,
      {{"scratch", scratch.path().string()}, {"metrics", "/dev/fd/" + std::to_string(kMetrics)}});
  if (!step.input.empty()) command.input = scratch.path() / step.input;
  give_surroundings(command, workshop, checkout);
  for (const auto& [name, value] : options.environment) command.environment[name] = value;
  if (options.threads > 0) command.environment["OMP_NUM_THREADS"] = std::to_string(options.threads);
  command.limits = options.limits;
  Standby* const standby = options.standbys ? options.standbys->of(command) : nullptr;
  for (int attempt = 1;; ++attempt) {
    const auto watch = Watch::start(scratch.path(), options.watch);
    NANOBUG_TRY(watch);
    RunReport report;
    if (step.ranks == 1) {
      auto finished = run_one(command, standby, options, report.records, true);
      NANOBUG_TRY(finished);
      report.finished = std::move(*finished);
    } else {
      auto ran = run_ranks(command, standby, step.ranks, options);
      NANOBUG_TRY(ran);
      // Somebody else may have taken the port between the asking and the use.
      if (attempt == 1 && !ran->finished.good() && !ran->finished.timed_out) continue;
      report = std::move(*ran);
    }
    report.program = step.program;
    forget_place(report.finished.out, scratch.path().string());
    report.writes = watch->writes();
    return report;
  }
}

Result<RunReport> run_program(const Workshop& workshop, const catalog::Program& program,
                              const fs::path& checkout, const RunOptions& options) {
  std::optional<RunDirectory> own;
  const RunDirectory* scratch = options.scratch;
  if (!scratch) {
    auto made = RunDirectory::make(workshop.spec());
    NANOBUG_TRY(made);
    scratch = &own.emplace(std::move(*made));
  }
  StepOptions step_options{.threads = options.threads,
                           .limits = options.limits.value_or(limits_of(program.time_limit_s)),
                           .standbys = options.standbys};
  double processor_s = options.done_s;
  const auto run = [&](const catalog::Step& step) {
    auto report = run_step(workshop, step, checkout, *scratch, step_options);
    if (report) report->processor_s = processor_s += report->finished.processor_s;
    return report;
  };
  for (size_t i = options.done; i < program.before.size(); ++i) {
    auto report = run(program.before[i]);
    if (!report || !report->finished.good()) return report;
  }
  step_options.on_record = options.on_record, step_options.on_output = options.on_output;
  return run(program);
}

}  // namespace nanobug::workshop
