// What the bench needs of Linux that Swift's Glibc module does not show.
//
// - `fork` is closed to Swift, and posix_spawn can neither make a controlling terminal nor tie a
//   child's life to ours; between fork and exec only async-signal-safe calls are made.
// - `struct epoll_event` holds a union and is packed on some machines.
// - `SOCK_NONBLOCK` and friends are enumerators whose Swift type differs between C libraries.

#ifndef DAMCON_BENCH_SHIM_H
#define DAMCON_BENCH_SHIM_H

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pty.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

// What a child undoes before exec: our blocked and ignored signals are not its own. It ends when
// we do, however that happens.
static inline void bench_become(const char *folder, char *const argv[], char *const env[]) {
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, 0);
  signal(SIGINT, SIG_DFL);
  signal(SIGTERM, SIG_DFL);
  signal(SIGPIPE, SIG_DFL);
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (folder && chdir(folder) != 0) _exit(127);
  execve(argv[0], argv, env);
  _exit(127);
}

// Starts argv[0] in `folder` with its output going to `out` and `err`; answers its process id.
static inline int bench_spawn(
    const char *folder, char *const argv[], char *const env[], int out, int err) {
  pid_t pid = fork();
  if (pid != 0) return pid;
  // Of its own group, so that Ctrl-C reaches only us and everything is ended in order.
  setpgid(0, 0);
  int null = open("/dev/null", O_RDWR);
  dup2(null, 0);
  dup2(out < 0 ? null : out, 1);
  dup2(err < 0 ? null : err, 2);
  bench_become(folder, argv, env);
  return -1;
}

// Starts argv[0] on a new terminal of the given size; `terminal` becomes our end of it.
static inline int bench_spawn_terminal(
    const char *folder, char *const argv[], char *const env[], int columns, int rows,
    int *terminal) {
  struct winsize size = {.ws_row = rows, .ws_col = columns};
  pid_t pid = forkpty(terminal, 0, 0, &size);
  if (pid == 0) bench_become(folder, argv, env);
  return pid;
}

static inline int bench_set_nonblocking(int fd) {
  return fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
}

// Ours are not our children's: a listener held open by a child would outlive its server.
static inline int bench_set_close_on_exec(int fd) { return fcntl(fd, F_SETFD, FD_CLOEXEC); }

static inline struct sockaddr_in bench_loopback(uint16_t port) {
  struct sockaddr_in address;
  memset(&address, 0, sizeof address);
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

// A listener on 127.0.0.1 at a port that the kernel picks and `port` is told.
static inline int bench_listen(uint16_t *port) {
  int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd < 0) return -1;
  struct sockaddr_in address = bench_loopback(0);
  socklen_t size = sizeof address;
  if (bind(fd, (struct sockaddr *)&address, size) != 0 || listen(fd, 256) != 0 ||
      getsockname(fd, (struct sockaddr *)&address, &size) != 0) {
    close(fd);
    return -1;
  }
  *port = ntohs(address.sin_port);
  return fd;
}

// A blocking connection to a port of 127.0.0.1, giving up on a silent peer after ten seconds.
static inline int bench_connect(uint16_t port) {
  int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd < 0) return -1;
  struct timeval patience = {.tv_sec = 10};
  setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  struct sockaddr_in address = bench_loopback(port);
  if (connect(fd, (struct sockaddr *)&address, sizeof address) != 0) {
    close(fd);
    return -1;
  }
  return fd;
}

static inline int bench_accept(int listener) {
  int fd = accept(listener, 0, 0);
  if (fd < 0) return -1;
  int on = 1;
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  bench_set_nonblocking(fd);
  bench_set_close_on_exec(fd);
  return fd;
}

static inline ssize_t bench_send(int fd, const void *bytes, size_t count) {
  return send(fd, bytes, count, MSG_NOSIGNAL);
}

static inline int bench_epoll(void) { return epoll_create1(EPOLL_CLOEXEC); }

// Watches `fd` for input, and for room to write where `writing` is set; `known` when it already is.
static inline int bench_watch(int epoll, int fd, int writing, int known) {
  struct epoll_event event;
  memset(&event, 0, sizeof event);
  event.events = EPOLLIN | (writing ? EPOLLOUT : 0);
  event.data.fd = fd;
  return epoll_ctl(epoll, known ? EPOLL_CTL_MOD : EPOLL_CTL_ADD, fd, &event);
}

// Fills `ready` with descriptors something can be done on; answers how many, 0 after `timeout` ms.
static inline int bench_wait(int epoll, int *ready, int limit, int timeout) {
  struct epoll_event events[256];
  if (limit > 256) limit = 256;
  int count = epoll_wait(epoll, events, limit, timeout);
  for (int i = 0; i < count; i++) ready[i] = events[i].data.fd;
  return count;
}

#endif
