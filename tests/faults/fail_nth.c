// Fails one call of a program, for tests/faults/run.py: loaded by LD_PRELOAD, it stands before the C library.
//
// FAIL_KIND   which calls are counted: open, dir, read, write, sync, rename, link, unlink, copy, mmap, truncate, close,
//             stat, mkdir, access, thread, random, memory
// FAIL_NTH    which of them fails; 0: none
// FAIL_HOW    an errno, or "short": half of what was asked for is read, written or copied
// FAIL_MORE   how many of those behind it fail, too; -1: all
// FAIL_WITHOUT  letters: t: there are no nameless files, r: no rename that replaces nothing, c: no copies by the kernel
// FAIL_TOLD   a file that is told, at the end: how many calls there were, how many failed
// FAIL_SITES  a file that is told of each call a number of the place in the program that it came from
//
// Counted is what is called between the beginning of main and the end of the process, by all threads.
#define _GNU_SOURCE
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <execinfo.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

enum kind {
  k_open, k_dir, k_read, k_write, k_sync, k_rename, k_link, k_unlink, k_copy, k_mmap, k_truncate, k_close, k_stat,
  k_mkdir, k_access, k_thread, k_random, k_memory, k_kinds
};
static const char* const names[k_kinds] = {
    "open", "dir", "read", "write", "sync", "rename", "link", "unlink", "copy", "mmap", "truncate", "close", "stat",
    "mkdir", "access", "thread", "random", "memory"};

static int counting, kind = -1, how, is_short;
static long nth, more;
static atomic_long calls, failed;
static const char* without = "";
static int sites = -1;
static __thread int inside;  // what is called by what is here

#define SHORT (-1)

static void note_site(void) {
  void* frames[12];
  uint64_t hash = 14695981039346656037u;
  const int saved = errno;
  ++inside;
  const int count = backtrace(frames, 12);
  --inside;
  for (int i = 0; i < count; ++i) hash = (hash ^ (uint64_t)(uintptr_t)frames[i]) * 1099511628211u;
  if (syscall(SYS_write, sites, &hash, sizeof hash) < 0) sites = -1;
  errno = saved;
}

// 0: the call is made; SHORT: a part of it; else the errno that it fails with.
static int fault(enum kind of) {
  if (!counting || inside || (int)of != kind) return 0;
  if (sites >= 0) note_site();
  const long n = atomic_fetch_add(&calls, 1) + 1;
  if (nth == 0 || n < nth || (more >= 0 && n > nth + more)) return 0;
  atomic_fetch_add(&failed, 1);
  return is_short ? SHORT : how;
}

#define REAL(name) ((__typeof__(&name))real_of(#name))
static void* real_of(const char* name) {
  ++inside;
  void* found = dlsym(RTLD_NEXT, name);
  --inside;
  return found;
}

// The beginning of each function that can only fail or not.
#define FAIL(of, result)          \
  do {                            \
    const int why = fault(of);    \
    if (why > 0) {                \
      errno = why;                \
      return result;              \
    }                             \
  } while (0)
// The same for those that may do a part.
#define FAIL_OR_SHORT(of, size)                        \
  do {                                                 \
    const int why = fault(of);                         \
    if (why > 0) {                                     \
      errno = why;                                     \
      return -1;                                       \
    }                                                  \
    if (why == SHORT && (size) > 1) (size) = (size) / 2; \
  } while (0)

// ------------------------------------------------------------------------------ beginning and end

static int (*real_main)(int, char**, char**);

static void tell(void) {
  const char* const path = getenv("FAIL_TOLD");
  if (path == NULL) return;
  char text[64];
  const int size = snprintf(text, sizeof text, "%ld %ld\n", atomic_load(&calls), atomic_load(&failed));
  const long fd = syscall(SYS_openat, AT_FDCWD, path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
  if (fd < 0 || syscall(SYS_write, fd, text, size) != size) abort();
  syscall(SYS_close, fd);
}

static int counted_main(int argc, char** argv, char** envp) {
  const char* text = getenv("FAIL_KIND");
  for (int i = 0; text != NULL && i < k_kinds; ++i) {
    if (strcmp(text, names[i]) == 0) kind = i;
  }
  if ((text = getenv("FAIL_NTH"))) nth = atol(text);
  if ((text = getenv("FAIL_MORE"))) more = atol(text);
  if ((text = getenv("FAIL_HOW"))) {
    is_short = strcmp(text, "short") == 0;
    how = atoi(text);
  }
  if ((text = getenv("FAIL_WITHOUT"))) without = text;
  void* frame;
  backtrace(&frame, 1);  // loads what it needs
  if ((text = getenv("FAIL_SITES"))) {
    sites = (int)syscall(SYS_openat, AT_FDCWD, text, O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC, 0600);
  }
  counting = kind >= 0;
  return real_main(argc, argv, envp);
}

__attribute__((destructor)) static void end(void) {
  counting = 0;
  tell();
}

int __libc_start_main(int (*main)(int, char**, char**), int argc, char** argv, void (*init)(void),
                      void (*fini)(void), void (*rtld_fini)(void), void* stack_end) {
  real_main = main;
  int (*real)(int (*)(int, char**, char**), int, char**, void (*)(void), void (*)(void), void (*)(void), void*) =
      (__typeof__(real))real_of("__libc_start_main");
  return real(counted_main, argc, argv, init, fini, rtld_fini, stack_end);
}

// ------------------------------------------------------------------------------ opening

static mode_t mode_of(int flags, va_list arguments) {
  return (flags & O_CREAT) != 0 || (flags & O_TMPFILE) == O_TMPFILE ? va_arg(arguments, mode_t) : 0;
}

static int open_it(int directory, const char* path, int flags, mode_t mode) {
  FAIL(k_open, -1);
  if ((flags & O_TMPFILE) == O_TMPFILE && strchr(without, 't') != NULL) {
    errno = EOPNOTSUPP;
    return -1;
  }
  return (int)syscall(SYS_openat, directory, path, flags, mode);
}

#define OPEN(name)                                  \
  int name(const char* path, int flags, ...) {      \
    va_list arguments;                              \
    va_start(arguments, flags);                     \
    const mode_t mode = mode_of(flags, arguments);  \
    va_end(arguments);                              \
    return open_it(AT_FDCWD, path, flags, mode);    \
  }
#define OPENAT(name)                                           \
  int name(int directory, const char* path, int flags, ...) {  \
    va_list arguments;                                         \
    va_start(arguments, flags);                                \
    const mode_t mode = mode_of(flags, arguments);             \
    va_end(arguments);                                         \
    return open_it(directory, path, flags, mode);              \
  }
OPEN(open)
OPEN(open64)
OPENAT(openat)
OPENAT(openat64)
int __open_2(const char* path, int flags) { return open_it(AT_FDCWD, path, flags, 0); }
int __open64_2(const char* path, int flags) { return open_it(AT_FDCWD, path, flags, 0); }
int __openat_2(int directory, const char* path, int flags) { return open_it(directory, path, flags, 0); }
int __openat64_2(int directory, const char* path, int flags) { return open_it(directory, path, flags, 0); }

FILE* fopen(const char* path, const char* mode) {
  FAIL(k_open, NULL);
  return REAL(fopen)(path, mode);
}
FILE* fopen64(const char* path, const char* mode) {
  FAIL(k_open, NULL);
  return REAL(fopen64)(path, mode);
}
int mkostemp(char* path, int flags) {
  FAIL(k_open, -1);
  return REAL(mkostemp)(path, flags);
}
DIR* opendir(const char* path) {
  FAIL(k_dir, NULL);
  return REAL(opendir)(path);
}
DIR* fdopendir(int fd) {
  FAIL(k_dir, NULL);
  return REAL(fdopendir)(fd);
}
struct dirent* readdir(DIR* directory) {
  FAIL(k_dir, NULL);
  return REAL(readdir)(directory);
}
struct dirent64* readdir64(DIR* directory) {
  FAIL(k_dir, NULL);
  return REAL(readdir64)(directory);
}
int close(int fd) {
  const int why = fault(k_close);
  const long result = syscall(SYS_close, fd);  // closed it is in any case, as on Linux
  if (why <= 0) return (int)result;
  errno = why;
  return -1;
}

// ------------------------------------------------------------------------------ reading and writing

ssize_t read(int fd, void* into, size_t size) {
  FAIL_OR_SHORT(k_read, size);
  return syscall(SYS_read, fd, into, size);
}
ssize_t __read_chk(int fd, void* into, size_t size, size_t room) {
  (void)room;
  return read(fd, into, size);
}
ssize_t pread(int fd, void* into, size_t size, off_t at) {
  FAIL_OR_SHORT(k_read, size);
  return syscall(SYS_pread64, fd, into, size, at);
}
ssize_t pread64(int fd, void* into, size_t size, off64_t at) { return pread(fd, into, size, at); }
ssize_t __pread_chk(int fd, void* into, size_t size, off_t at, size_t room) {
  (void)room;
  return pread(fd, into, size, at);
}
ssize_t __pread64_chk(int fd, void* into, size_t size, off64_t at, size_t room) {
  (void)room;
  return pread(fd, into, size, at);
}
ssize_t write(int fd, const void* from, size_t size) {
  FAIL_OR_SHORT(k_write, size);
  return syscall(SYS_write, fd, from, size);
}
ssize_t writev(int fd, const struct iovec* parts, int count) {
  FAIL(k_write, -1);
  return syscall(SYS_writev, fd, parts, count);
}
ssize_t pwrite(int fd, const void* from, size_t size, off_t at) {
  FAIL_OR_SHORT(k_write, size);
  return syscall(SYS_pwrite64, fd, from, size, at);
}
ssize_t pwrite64(int fd, const void* from, size_t size, off64_t at) { return pwrite(fd, from, size, at); }
ssize_t copy_file_range(int from, off64_t* from_at, int to, off64_t* to_at, size_t size, unsigned flags) {
  if (strchr(without, 'c') != NULL) {
    errno = EXDEV;
    return -1;
  }
  FAIL_OR_SHORT(k_copy, size);
  return syscall(SYS_copy_file_range, from, from_at, to, to_at, size, flags);
}
ssize_t sendfile(int to, int from, off_t* at, size_t size) {
  FAIL_OR_SHORT(k_copy, size);
  return syscall(SYS_sendfile, to, from, at, size);
}
int ioctl(int fd, unsigned long request, ...) {
  va_list arguments;
  va_start(arguments, request);
  const long argument = va_arg(arguments, long);
  va_end(arguments);
  if (strchr(without, 'c') != NULL) {
    errno = EOPNOTSUPP;
    return -1;
  }
  FAIL(k_copy, -1);
  return (int)syscall(SYS_ioctl, fd, request, argument);
}
int ftruncate(int fd, off_t size) {
  FAIL(k_truncate, -1);
  return (int)syscall(SYS_ftruncate, fd, size);
}
int ftruncate64(int fd, off64_t size) { return ftruncate(fd, size); }
off_t lseek(int fd, off_t to, int from) {
  FAIL(k_truncate, -1);
  return syscall(SYS_lseek, fd, to, from);
}
off64_t lseek64(int fd, off64_t to, int from) { return lseek(fd, to, from); }
int fsync(int fd) {
  FAIL(k_sync, -1);
  return (int)syscall(SYS_fsync, fd);
}
int fdatasync(int fd) {
  FAIL(k_sync, -1);
  return (int)syscall(SYS_fdatasync, fd);
}
int syncfs(int fd) {
  FAIL(k_sync, -1);
  return (int)syscall(SYS_syncfs, fd);
}
void* mmap(void* address, size_t size, int protection, int flags, int fd, off_t at) {
  FAIL(k_mmap, MAP_FAILED);
  return (void*)syscall(SYS_mmap, address, size, protection, flags, fd, at);
}
void* mmap64(void* address, size_t size, int protection, int flags, int fd, off64_t at) {
  return mmap(address, size, protection, flags, fd, at);
}

// ------------------------------------------------------------------------------ names

int renameat2(int from, const char* old, int to, const char* name, unsigned flags) {
  FAIL(k_rename, -1);
  if (flags != 0 && strchr(without, 'r') != NULL) {
    errno = EINVAL;
    return -1;
  }
  return (int)syscall(SYS_renameat2, from, old, to, name, flags);
}
int rename(const char* old, const char* name) { return renameat2(AT_FDCWD, old, AT_FDCWD, name, 0); }
int renameat(int from, const char* old, int to, const char* name) { return renameat2(from, old, to, name, 0); }
int linkat(int from, const char* old, int to, const char* name, int flags) {
  FAIL(k_link, -1);
  return (int)syscall(SYS_linkat, from, old, to, name, flags);
}
int link(const char* old, const char* name) { return linkat(AT_FDCWD, old, AT_FDCWD, name, 0); }
int unlinkat(int directory, const char* name, int flags) {
  FAIL(k_unlink, -1);
  return (int)syscall(SYS_unlinkat, directory, name, flags);
}
int unlink(const char* name) { return unlinkat(AT_FDCWD, name, 0); }
int rmdir(const char* name) { return unlinkat(AT_FDCWD, name, AT_REMOVEDIR); }
int remove(const char* name) {
  FAIL(k_unlink, -1);
  return REAL(remove)(name);
}
int mkdirat(int directory, const char* name, mode_t mode) {
  FAIL(k_mkdir, -1);
  return (int)syscall(SYS_mkdirat, directory, name, mode);
}
int mkdir(const char* name, mode_t mode) { return mkdirat(AT_FDCWD, name, mode); }

// ------------------------------------------------------------------------------ what files are

int stat(const char* path, struct stat* into) {
  FAIL(k_stat, -1);
  return REAL(stat)(path, into);
}
int lstat(const char* path, struct stat* into) {
  FAIL(k_stat, -1);
  return REAL(lstat)(path, into);
}
int fstat(int fd, struct stat* into) {
  FAIL(k_stat, -1);
  return REAL(fstat)(fd, into);
}
int fstatat(int directory, const char* path, struct stat* into, int flags) {
  FAIL(k_stat, -1);
  return REAL(fstatat)(directory, path, into, flags);
}
int statx(int directory, const char* path, int flags, unsigned mask, struct statx* into) {
  FAIL(k_stat, -1);
  return (int)syscall(SYS_statx, directory, path, flags, mask, into);
}
int faccessat(int directory, const char* path, int mode, int flags) {
  FAIL(k_access, -1);
  return REAL(faccessat)(directory, path, mode, flags);
}
int access(const char* path, int mode) {
  FAIL(k_access, -1);
  return (int)syscall(SYS_access, path, mode);
}
ssize_t readlink(const char* path, char* into, size_t size) {
  FAIL(k_access, -1);
  return syscall(SYS_readlink, path, into, size);
}
char* realpath(const char* path, char* into) {
  FAIL(k_access, NULL);
  return REAL(realpath)(path, into);
}
int fchmod(int fd, mode_t mode) {
  FAIL(k_access, -1);
  return (int)syscall(SYS_fchmod, fd, mode);
}
int fchown(int fd, uid_t owner, gid_t group) {
  FAIL(k_access, -1);
  return (int)syscall(SYS_fchown, fd, owner, group);
}

// ------------------------------------------------------------------------------ the rest

ssize_t getrandom(void* into, size_t size, unsigned flags) {
  FAIL(k_random, -1);
  return syscall(SYS_getrandom, into, size, flags);
}
int pthread_create(pthread_t* thread, const pthread_attr_t* attributes, void* (*run)(void*), void* with) {
  const int why = fault(k_thread);
  return why > 0 ? why : REAL(pthread_create)(thread, attributes, run, with);
}

extern void* __libc_malloc(size_t);
extern void* __libc_calloc(size_t, size_t);
extern void* __libc_realloc(void*, size_t);
extern void* __libc_memalign(size_t, size_t);

void* malloc(size_t size) {
  FAIL(k_memory, NULL);
  return __libc_malloc(size);
}
void* calloc(size_t count, size_t size) {
  FAIL(k_memory, NULL);
  return __libc_calloc(count, size);
}
void* realloc(void* old, size_t size) {
  FAIL(k_memory, NULL);
  return __libc_realloc(old, size);
}
void* aligned_alloc(size_t alignment, size_t size) {
  FAIL(k_memory, NULL);
  return __libc_memalign(alignment, size);
}
int posix_memalign(void** into, size_t alignment, size_t size) {
  const int why = fault(k_memory);
  if (why > 0) return why;
  *into = __libc_memalign(alignment, size);
  return *into == NULL ? ENOMEM : 0;
}
