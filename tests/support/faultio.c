/* LD_PRELOAD library that lets one file operation go wrong, to test that checkpoints survive it.
 *
 *   FAULT_OP      write | fsync | rename | ftruncate | fallocate | open   (unset: count and log all, hurt none)
 *   FAULT_PATH    only files whose name contains this
 *   FAULT_AT      which matching operation of the process, from 1 (default 1); FAULT_STICKY=1: it and all later ones
 *   FAULT_RANK    only this MPI rank (default: all)
 *   FAULT_ACTION  kill | enospc | eio | short (half is written) | flip (one bit is changed) | stall | slow (goes on after
 *                 FAULT_SECONDS, default 3)
 *   FAULT_LOG     file to which every matching operation is appended, "stderr" for that
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

static int counter;          /* matching operations so far */
static __thread int inside;  /* no faults in the injector's own calls */

#define REAL(name) \
  static __typeof__(name)* real; \
  if (!real) real = (__typeof__(name)*)dlsym(RTLD_NEXT, #name)

static const char* setting(const char* name, const char* otherwise) {
  const char* value = getenv(name);
  return value && *value ? value : otherwise;
}

static void log_operation(const char* op, int n, const char* path, const char* action) {
  const char* where = getenv("FAULT_LOG");
  if (!where) return;
  char line[4400];
  int length = snprintf(line, sizeof line, "rank %s %s %d %s %s\n", setting("OMPI_COMM_WORLD_RANK", "-"), op, n, path, action);
  int fd = strcmp(where, "stderr") ? open(where, O_WRONLY | O_CREAT | O_APPEND, 0644) : 2;
  if (fd >= 0 && write(fd, line, (size_t)length) < 0) length = 0;
  if (fd > 2) close(fd);
}

/* The action to take for this operation; NULL for none. */
static const char* fault(const char* op, const char* path) {
  const char* part = getenv("FAULT_PATH");
  const char* rank = getenv("FAULT_RANK");
  const char* wanted = getenv("FAULT_OP");
  if (inside || !part || !path || !strstr(path, part)) return NULL;
  if (rank && strcmp(rank, setting("OMPI_COMM_WORLD_RANK", "0"))) return NULL;
  if (wanted && strcmp(wanted, op)) return NULL;
  inside = 1;
  const int n = __sync_add_and_fetch(&counter, 1);
  const int at = atoi(setting("FAULT_AT", "1"));
  const int hit = wanted && (getenv("FAULT_STICKY") ? n >= at : n == at);
  const char* action = hit ? setting("FAULT_ACTION", "kill") : NULL;
  log_operation(op, n, path, action ? action : "-");
  if (action && !strcmp(action, "kill")) {
    kill(getpid(), SIGKILL);
    pause();
  }
  if (action && !strcmp(action, "stall")) sleep(3600);
  if (action && !strcmp(action, "slow")) sleep((unsigned)atoi(setting("FAULT_SECONDS", "3")));
  inside = 0;
  return action;
}

/* True where the call shall fail; errno is set. */
static int fails(const char* action) {
  if (action && !strcmp(action, "enospc")) errno = ENOSPC;
  else if (action && !strcmp(action, "eio")) errno = EIO;
  else return 0;
  return 1;
}

static int is(const char* action, const char* name) { return action && !strcmp(action, name); }

static const char* name_of(int fd, char* buffer, size_t size) {
  char link[64];
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  const ssize_t n = readlink(link, buffer, size - 1);
  if (n < 0) return NULL;
  buffer[n] = 0;
  return buffer;
}

static const char* fault_on(const char* op, int fd) {
  char buffer[4096];
  const int saved = errno;
  if (fd <= 2) return NULL;
  const char* action = fault(op, name_of(fd, buffer, sizeof buffer));
  errno = saved;
  return action;
}

static void* flipped(const void* data, size_t n) {
  unsigned char* copy = malloc(n ? n : 1);
  memcpy(copy, data, n);
  if (n) copy[n / 2] ^= 0x10;
  return copy;
}

ssize_t write(int fd, const void* data, size_t n) {
  REAL(write);
  const char* action = fault_on("write", fd);
  if (fails(action)) return -1;
  if (is(action, "short") && n > 1) n /= 2;
  if (!is(action, "flip")) return real(fd, data, n);
  void* copy = flipped(data, n);
  const ssize_t result = real(fd, copy, n);
  free(copy);
  return result;
}

#define PWRITE(name, offset_type) \
  ssize_t name(int fd, const void* data, size_t n, offset_type offset) { \
    REAL(name); \
    const char* action = fault_on("write", fd); \
    if (fails(action)) return -1; \
    if (is(action, "short") && n > 1) n /= 2; \
    if (!is(action, "flip")) return real(fd, data, n, offset); \
    void* copy = flipped(data, n); \
    const ssize_t result = real(fd, copy, n, offset); \
    free(copy); \
    return result; \
  }
PWRITE(pwrite, off_t)
PWRITE(pwrite64, off64_t)

#define PWRITEV(name, offset_type) \
  ssize_t name(int fd, const struct iovec* parts, int count, offset_type offset) { \
    REAL(name); \
    const char* action = fault_on("write", fd); \
    if (fails(action)) return -1; \
    struct iovec first = count > 0 ? parts[0] : (struct iovec){0}; \
    if (is(action, "short")) { \
      if (first.iov_len > 1) first.iov_len /= 2; \
      return real(fd, &first, 1, offset); \
    } \
    if (!is(action, "flip") || count == 0) return real(fd, parts, count, offset); \
    struct iovec* copy = malloc(sizeof(struct iovec) * (size_t)count); \
    memcpy(copy, parts, sizeof(struct iovec) * (size_t)count); \
    copy[0].iov_base = flipped(first.iov_base, first.iov_len); \
    const ssize_t result = real(fd, copy, count, offset); \
    free(copy[0].iov_base); \
    free(copy); \
    return result; \
  }
PWRITEV(pwritev, off_t)
PWRITEV(pwritev64, off64_t)

int fsync(int fd) {
  REAL(fsync);
  return fails(fault_on("fsync", fd)) ? -1 : real(fd);
}
int fdatasync(int fd) {
  REAL(fdatasync);
  return fails(fault_on("fsync", fd)) ? -1 : real(fd);
}
int ftruncate(int fd, off_t n) {
  REAL(ftruncate);
  return fails(fault_on("ftruncate", fd)) ? -1 : real(fd, n);
}
int ftruncate64(int fd, off64_t n) {
  REAL(ftruncate64);
  return fails(fault_on("ftruncate", fd)) ? -1 : real(fd, n);
}
int fallocate(int fd, int mode, off_t offset, off_t n) {
  REAL(fallocate);
  return fails(fault_on("fallocate", fd)) ? -1 : real(fd, mode, offset, n);
}
int fallocate64(int fd, int mode, off64_t offset, off64_t n) {
  REAL(fallocate64);
  return fails(fault_on("fallocate", fd)) ? -1 : real(fd, mode, offset, n);
}
int rename(const char* from, const char* to) {
  REAL(rename);
  return fails(fault("rename", from)) ? -1 : real(from, to);
}

#define OPEN(name) \
  int name(const char* path, int flags, ...) { \
    REAL(name); \
    va_list rest; \
    va_start(rest, flags); \
    const int mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(rest, int) : 0; \
    va_end(rest); \
    return fails(fault("open", path)) ? -1 : real(path, flags, mode); \
  }
OPEN(open)
OPEN(open64)
