// Gives the terminal back whatever happens. Everything a handler calls is async-signal-safe.
#define _GNU_SOURCE 1
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <termios.h>
#include <unistd.h>

#include "cncurses.h"

static const int heard[] = {SIGWINCH, SIGTERM, SIGINT, SIGHUP, SIGTSTP, SIGCONT};
static const int fatal[] = {SIGSEGV, SIGBUS, SIGILL, SIGTRAP, SIGABRT, SIGFPE, SIGQUIT, SIGSYS};
enum { HEARD = sizeof heard / sizeof *heard, FATAL = sizeof fatal / sizeof *fatal };

static struct sigaction heard_before[HEARD];
static struct sigaction fatal_before[FATAL];
static int signal_pipe = -1;

static struct termios shell_mode, raw_mode;
static int input_fd = -1, output_fd = -1;
static char farewell[512];
static size_t farewell_length;
// 1 while the terminal is not as the shell left it; whoever takes it to 0 restores.
static atomic_int armed;

static int real_stderr = -1, captured_stderr = -1;

static void heard_set(sigset_t *set) {
  sigemptyset(set);
  for (int i = 0; i < HEARD; i++) sigaddset(set, heard[i]);
}

void guard_block_signals(void) {
  sigset_t set;
  heard_set(&set);
  pthread_sigmask(SIG_BLOCK, &set, NULL);
}

void guard_unblock_signals(void) {
  sigset_t set;
  heard_set(&set);
  pthread_sigmask(SIG_UNBLOCK, &set, NULL);
}

static void on_heard(int number) {
  int saved = errno;
  unsigned char byte = (unsigned char)number;
  // A full pipe holds enough already; the loop looks at everything when it wakes.
  if (signal_pipe >= 0) (void)!write(signal_pipe, &byte, 1);
  errno = saved;
}

// Writes all of it, but gives a terminal that takes nothing no more than a few tries.
static void write_patiently(int fd, const char *bytes, size_t length) {
  int patience = 5;
  while (length > 0 && patience > 0) {
    ssize_t n = write(fd, bytes, length);
    if (n > 0) {
      bytes += n;
      length -= (size_t)n;
    } else if (n < 0 && errno == EINTR) {
      continue;
    } else {
      struct pollfd p = {.fd = fd, .events = POLLOUT};
      poll(&p, 1, 50);
      patience--;
    }
  }
}

// From a crash or an exit() that nobody expected.
static void restore_now(void) {
  if (atomic_exchange(&armed, 0) == 0) return;
  write_patiently(output_fd, farewell, farewell_length);
  // The terminal may still be processing; the mode must not change under what is in flight.
  tcsetattr(input_fd, TCSANOW, &shell_mode);
  if (captured_stderr >= 0) {
    char buffer[1024];
    off_t at = 0;
    ssize_t n;
    while ((n = pread(captured_stderr, buffer, sizeof buffer, at)) > 0) {
      write_patiently(real_stderr, buffer, (size_t)n);
      at += n;
    }
    dup2(real_stderr, STDERR_FILENO);
  }
}

static void on_fatal(int number) {
  restore_now();
  for (int i = 0; i < FATAL; i++) {
    if (fatal[i] == number) sigaction(number, &fatal_before[i], NULL);
  }
  // Pending until this handler returns; then it meets the action from before us, with the
  // registers of the crash, so that exit status and core tell the truth.
  raise(number);
}

static void restore_at_exit(void) { restore_now(); }

void guard_install(int pipe) {
  static char stack[64 * 1024];
  static int once;
  signal_pipe = pipe;
  stack_t alternate = {.ss_sp = stack, .ss_size = sizeof stack};
  sigaltstack(&alternate, NULL);

  struct sigaction action;
  memset(&action, 0, sizeof action);
  action.sa_handler = on_heard;
  action.sa_flags = SA_RESTART;
  heard_set(&action.sa_mask);
  for (int i = 0; i < HEARD; i++) sigaction(heard[i], &action, &heard_before[i]);

  memset(&action, 0, sizeof action);
  action.sa_handler = on_fatal;
  action.sa_flags = SA_ONSTACK;
  sigfillset(&action.sa_mask);
  sigset_t crashes;
  sigemptyset(&crashes);
  for (int i = 0; i < FATAL; i++) {
    sigaction(fatal[i], &action, &fatal_before[i]);
    sigaddset(&crashes, fatal[i]);
  }
  // Whoever started us may have had them blocked.
  pthread_sigmask(SIG_UNBLOCK, &crashes, NULL);
  if (!once) {
    once = 1;
    atexit(restore_at_exit);
  }
}

void guard_uninstall(void) {
  // curses puts its own handlers under ours at start, and they belong to a screen that is gone.
  for (int i = 0; i < HEARD; i++) signal(heard[i], SIG_DFL);
  for (int i = 0; i < FATAL; i++) sigaction(fatal[i], &fatal_before[i], NULL);
  signal_pipe = -1;
}

int guard_enter(int input, int output, const char *goodbye, size_t length) {
  if (tcgetattr(input, &shell_mode) != 0) return -1;
  raw_mode = shell_mode;
  cfmakeraw(&raw_mode);
  raw_mode.c_cc[VMIN] = 1;
  raw_mode.c_cc[VTIME] = 0;
  input_fd = input;
  output_fd = output;
  farewell_length = length < sizeof farewell ? length : sizeof farewell;
  memcpy(farewell, goodbye, farewell_length);
  return guard_reenter();
}

int guard_reenter(void) {
  atomic_store(&armed, 1);
  return tcsetattr(input_fd, TCSANOW, &raw_mode);
}

void guard_leave(void) {
  if (atomic_exchange(&armed, 0) == 0) return;
  tcsetattr(input_fd, TCSANOW, &shell_mode);
}

int cn_scratch_file(void) {
#if defined(__linux__)
  return memfd_create("screen", MFD_CLOEXEC);
#else
  char name[] = "/tmp/damcon-screen-XXXXXX";
  int file = mkstemp(name);
  if (file >= 0) unlink(name);
  return file;
#endif
}

void guard_capture_stderr(void) {
  if (captured_stderr >= 0 || !isatty(STDERR_FILENO)) return;
  int file = cn_scratch_file();
  if (file < 0) return;
  real_stderr = dup(STDERR_FILENO);
  fflush(stderr);
  dup2(file, STDERR_FILENO);
  captured_stderr = file;
}

void guard_release_stderr(void) {
  if (captured_stderr < 0) return;
  fflush(stderr);
  dup2(real_stderr, STDERR_FILENO);
  char buffer[4096];
  off_t at = 0;
  ssize_t n;
  while ((n = pread(captured_stderr, buffer, sizeof buffer, at)) > 0) {
    write_patiently(STDERR_FILENO, buffer, (size_t)n);
    at += n;
  }
  close(captured_stderr);
  close(real_stderr);
  captured_stderr = real_stderr = -1;
}

void guard_stop(int whole_group) {
  struct sigaction before, plain;
  memset(&plain, 0, sizeof plain);
  plain.sa_handler = SIG_DFL;
  sigaction(SIGTSTP, &plain, &before);
  kill(whole_group ? 0 : getpid(), SIGTSTP);
  // An orphaned group is not stopped by SIGTSTP; then this simply goes on.
  sigaction(SIGTSTP, &before, NULL);
}
