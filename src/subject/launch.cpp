#include "subject/life.hpp"
#include "subject/record.hpp"
#include "subject/spawn.hpp"

#include <cerrno>
#include <csignal>
#include <cstring>

#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

namespace leakbisect::subject {

namespace asio = boost::asio;

namespace {

ProcessId ourselves() {
  static const ProcessId id = read_stat(::getpid()).value_or(Stat{}).id;
  return id;
}

// One output a file: two would write over each other.
Result<std::vector<std::shared_ptr<Output>>> open_outputs(const asio::any_io_executor& executor,
                                                          const LaunchSpec& spec) {
  std::vector<std::filesystem::path> files{spec.stderr_file};
  if (spec.stdout_fd < 0 && spec.stdout_file != spec.stderr_file)
    files.insert(files.begin(), spec.stdout_file);
  std::vector<std::shared_ptr<Output>> outputs;
  for (const auto& file : files) {
    auto output = Output::make(executor, file, spec.log_cap_bytes);
    if (!output) return output.error();
    outputs.push_back(*output);
  }
  return outputs;
}

SpawnSpec spawn_spec(const LaunchSpec& spec, const Life::Parts& parts) {
  SpawnSpec child;
  child.argv = spec.command.argv;
  child.directory = spec.directory;
  child.env = spec.env;
  child.env[std::string(marker_variable)] = marker_value(parts.marker);
  child.in = spec.stdin_fd;
  child.out = spec.stdout_fd >= 0 ? spec.stdout_fd : parts.outputs.front()->writer();
  child.err = parts.outputs.back()->writer();
  child.join_files = parts.group.join_files();
  child.idle = spec.idle;
  return child;
}

void undo(Life::Parts& parts) {
  if (parts.pid > 0) {
    ::kill(-parts.pid, SIGKILL);
    ::waitpid(parts.pid, nullptr, 0);
  }
  parts.group.kill();
  parts.group.remove();
  std::error_code absent;
  if (!parts.record.empty()) std::filesystem::remove(parts.record, absent);
}

// Begins to watch what was started; without a watch nothing stays running.
Result<std::shared_ptr<Life>> watch(const asio::any_io_executor& executor, Life::Parts& parts) {
  std::string why;
  parts.pidfd = static_cast<int>(::syscall(SYS_pidfd_open, parts.pid, 0));
  if (parts.pidfd < 0) why = std::strerror(errno);
  try {
    if (why.empty()) return std::make_shared<Life>(executor, parts);
  } catch (const std::exception& error) {
    why = error.what();
  }
  undo(parts);
  return fail("cannot watch a process: {}; raise the limit on open files (ulimit -n)", why);
}

}  // namespace

void become_subreaper() {
  ::prctl(PR_SET_CHILD_SUBREAPER, 1);
  // Where the one who started us ignores SIGCHLD, the kernel would reap our children for us, and
  // nobody would learn how they ended.
  struct sigaction now {};
  if (::sigaction(SIGCHLD, nullptr, &now) == 0 && now.sa_handler == SIG_IGN)
    ::signal(SIGCHLD, SIG_DFL);
}

Result<std::unique_ptr<Process>> launch(const asio::any_io_executor& executor,
                                        const LaunchSpec& spec) {
  become_subreaper();
  Life::Parts parts;
  parts.marker = unique_marker(spec.name);
  auto outputs = open_outputs(executor, spec);
  if (!outputs) return outputs.error();
  parts.outputs = std::move(*outputs);
  const Layers layers = wanted_layers();
  if (layers != Layers::subreaper)
    parts.group = Cgroup::make(own_places(), parts.marker, spec.memory_cap_bytes);

  Record record{parts.marker, boot_id(), ourselves(), {}, parts.group.folders()};
  if (!spec.state_directory.empty()) {
    parts.record = record_file(spec.state_directory, parts.marker);
    if (const auto written = write_record(parts.record, record); !written) {
      undo(parts);
      return written.error();
    }
  }
  const auto pid = spawn(spawn_spec(spec, parts));
  for (const auto& output : parts.outputs) output->close_writer();
  if (!pid) {
    undo(parts);
    return pid.error();
  }
  parts.pid = *pid;
  parts.group.keep_joined(parts.pid);
  record.main = read_stat(parts.pid).value_or(Stat{}).id;
  const auto watched = watch(executor, parts);
  if (!watched) return watched.error();
  const std::shared_ptr<Life>& life = *watched;
  if (!parts.record.empty()) {
    const auto written = write_record(parts.record, record);
    if (!written) return written.error();
  }
  if (layers == Layers::cgroup && !life->tree().group().holds_all())
    return fail("cannot make a cgroup v2 for {}: not permitted here; unset LEAKBISECT_CONTAINMENT",
                spec.name);
  life->start();
  return make_process(life);
}

}  // namespace leakbisect::subject
