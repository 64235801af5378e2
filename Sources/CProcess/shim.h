// What running a program on somebody's behalf needs of the system that Swift cannot ask for.
//
// - `fork` is closed to Swift, and posix_spawn can neither tie a child's life to ours nor say for
//   certain that a program was not begun; between fork and exec only async-signal-safe calls are made.
// - `siginfo_t` holds its process id in a union that Swift sees differently from system to system.
// - `syscall` and `prctl` take a variable number of arguments.

#ifndef DAMCON_CPROCESS_SHIM_H
#define DAMCON_CPROCESS_SHIM_H

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

#ifdef __linux__
#include <sys/prctl.h>
#include <sys/syscall.h>
#endif

// Files from `first` on are none of ours: whoever started us may have left them open.
static inline void damcon_close_from(int first) {
#if defined(__linux__) && defined(SYS_close_range)
  if (syscall(SYS_close_range, (unsigned int)first, ~0U, 0U) == 0) return;
#endif
  long most = sysconf(_SC_OPEN_MAX);
  if (most < 0 || most > 65536) most = 65536;
  for (int file = first; file < most; file += 1) close(file);
}

static inline void damcon_child(
    const char *path, char *const argv[], char *const env[], int input, int output, int report,
    pid_t parent) {
  setsid();
#ifdef __linux__
  // It ends when we do, however that happens.
  prctl(PR_SET_PDEATHSIG, SIGKILL);
#endif
  if (getppid() != parent) _exit(127);
  // What we ignore or block is not its own.
  for (int number = 1; number < NSIG; number += 1) signal(number, SIG_DFL);
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, 0);
  if (dup2(input, 0) >= 0 && dup2(output, 1) >= 0 && dup2(output, 2) >= 0 && chdir("/") == 0) {
    execve(path, argv, env);
  }
  int reason = errno;
  ssize_t written = write(report, &reason, sizeof reason);
  (void)written;
  _exit(127);
}

// Begins the program at `path` in `/`, in a session of its own that ends when we do. All other files
// have to be close-on-exec.
//
// Answers its process id, which is its group's too, or the negative errno for which it was not begun.
static inline int damcon_begin(
    const char *path, char *const argv[], char *const env[], int input, int output) {
  int report[2];
  if (pipe(report) != 0) return -errno;
  if (fcntl(report[0], F_SETFD, FD_CLOEXEC) != 0 || fcntl(report[1], F_SETFD, FD_CLOEXEC) != 0) {
    int reason = errno;
    close(report[0]);
    close(report[1]);
    return -reason;
  }
  pid_t parent = getpid();
  pid_t child = fork();
  if (child == 0) damcon_child(path, argv, env, input, output, report[1], parent);
  int reason = errno;
  close(report[1]);
  if (child < 0) {
    close(report[0]);
    return -reason;
  }
  // Closed by the exec itself: then there is nothing to read.
  ssize_t count;
  do { count = read(report[0], &reason, sizeof reason); } while (count < 0 && errno == EINTR);
  close(report[0]);
  if (count != (ssize_t)sizeof reason) return child;
  while (waitpid(child, 0, 0) < 0 && errno == EINTR) {}
  return reason > 0 ? -reason : -EIO;
}

// Whether a child has ended. It is not buried by that: its group is still its own.
static inline int damcon_has_ended(int child) {
  siginfo_t info;
  memset(&info, 0, sizeof info);
  return waitid(P_PID, (id_t)child, &info, WEXITED | WNOHANG | WNOWAIT) == 0
      && info.si_pid == child;
}

#endif
